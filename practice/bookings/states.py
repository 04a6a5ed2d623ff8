"""This file knows which states a booking has, which moves between them exist, and which of them block or count."""

from __future__ import annotations

from enum import StrEnum


class BookingState(StrEnum):
    """Where a booking stands. "Upcoming", "in progress" and "re-confirmed" are facts of the clock, not states."""

    HELD = "held"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    UNDONE = "undone"
    CANCELLED_BY_CLIENT = "cancelled_by_client"
    LATE_RELEASED = "late_released"
    CANCELLED_BY_SPECIALIST = "cancelled_by_specialist"
    RELEASED = "released"
    COMPLETED = "completed"
    CLIENT_MISSED = "client_missed"
    SPECIALIST_MISSED = "specialist_missed"
    TECH_FAILURE = "tech_failure"


S = BookingState
MOVES: dict[BookingState, frozenset[BookingState]] = {
    S.HELD: frozenset({S.CONFIRMED, S.EXPIRED}),
    # Paid after it had run out, and the time is still free: taken again.
    S.EXPIRED: frozenset({S.CONFIRMED}),
    S.CONFIRMED: frozenset(
        {
            S.UNDONE,
            S.CANCELLED_BY_CLIENT,
            S.LATE_RELEASED,
            S.CANCELLED_BY_SPECIALIST,
            S.RELEASED,
            S.COMPLETED,
            S.CLIENT_MISSED,
            S.SPECIALIST_MISSED,
            S.TECH_FAILURE,
        }
    ),
    # Its specialist could not make it, and its client chose another time.
    S.CANCELLED_BY_SPECIALIST: frozenset({S.CONFIRMED}),
    # Either side may say within a day that the call broke; a contest may turn what the other side marked.
    S.COMPLETED: frozenset({S.TECH_FAILURE, S.SPECIALIST_MISSED}),
    S.CLIENT_MISSED: frozenset({S.COMPLETED, S.TECH_FAILURE, S.SPECIALIST_MISSED}),
    S.SPECIALIST_MISSED: frozenset({S.COMPLETED, S.TECH_FAILURE, S.CLIENT_MISSED}),
    # Of what was paid the other side may say otherwise, and staff decide.
    S.TECH_FAILURE: frozenset({S.COMPLETED, S.CLIENT_MISSED, S.SPECIALIST_MISSED}),
}

# A hold that never became a booking is nobody's business but its owner's.
NOT_FOR_SPECIALISTS = (S.HELD, S.EXPIRED)
# These keep the time taken.
LIVE = frozenset({S.HELD, S.CONFIRMED})
# These use up the one free consultation of a pair.
COUNTING = frozenset({S.CONFIRMED, S.COMPLETED, S.CLIENT_MISSED, S.LATE_RELEASED})
CANCELLED = frozenset({S.UNDONE, S.CANCELLED_BY_CLIENT, S.LATE_RELEASED, S.CANCELLED_BY_SPECIALIST, S.RELEASED})
# Their client did not want them any more.
GIVEN_UP = frozenset({S.UNDONE, S.CANCELLED_BY_CLIENT, S.LATE_RELEASED})

# These give their place back to others.
GIVES_BACK = CANCELLED | {S.EXPIRED}


class ProposalState(StrEnum):
    """Where a specialist's offer of other times stands; the original time stands until one is accepted."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What staff decided about a contested "missed"."""

    OPEN = "open"
    UPHELD = "upheld"
    TOOK_PLACE = "took_place"
    TECHNICAL = "technical"
    OTHER_SIDE = "other_side"
