"""This file knows why a dispute is opened, how it goes, how it ends, and how far staff are with deciding."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What was wrong, as the client chose it."""

    NOT_THERE = "not_there"
    LATE_OR_SHORT = "late_or_short"
    TECHNICAL = "technical"
    CONDUCT = "conduct"
    OTHER = "other"


class Wish(StrEnum):
    """What would put it right, for the client."""

    UNSURE = "unsure"
    PART = "part"
    ALL = "all"


class DisputeState(StrEnum):
    """Where a dispute stands."""

    AWAITING_REPLY = "awaiting_reply"
    IN_MEDIATION = "in_mediation"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


S = DisputeState
MOVES: dict[DisputeState, frozenset[DisputeState]] = {
    S.AWAITING_REPLY: frozenset({S.IN_MEDIATION, S.CLOSED}),
    S.IN_MEDIATION: frozenset({S.DECIDED, S.CLOSED}),
    S.DECIDED: frozenset({S.APPEALED, S.CLOSED}),
    S.APPEALED: frozenset({S.CLOSED}),
}


class Ending(StrEnum):
    """How a dispute ended: by what staff decided, taken back, all given back by the specialist or by some other rule,
    or by the card holder's bank."""

    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    GIVEN = "given"
    RETURNED = "returned"
    BY_BANK = "by_bank"


class RulingState(StrEnum):
    """Whether what one of the staff decided holds, waits for a second of them, or was not agreed to."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    DECLINED = "declined"


class CaseState(StrEnum):
    """Whether somebody still looks into how a client was treated."""

    OPEN = "open"
    CLOSED = "closed"
