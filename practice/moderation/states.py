"""This file knows where a case can be, how urgent one is, and what may be decided."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How soon a person looks: by rule of what happened, never by guessing at somebody's state."""

    SAFETY = "s1"
    HARM = "s2"
    USUAL = "s3"
    QUALITY = "s4"


class Decision(StrEnum):
    """What one of the staff can decide about what somebody wrote."""

    PUBLISH = "publish"
    ASK_EDIT = "ask_edit"
    MASK = "mask"
    REJECT = "reject"
    # It was asked and answered before; whoever asked may say that theirs is another.
    DUPLICATE = "duplicate"
    REMOVE = "remove"
    # A report that changes nothing.
    LEAVE = "leave"
    # About a person, not about words: a step of the ladder.
    SANCTION = "sanction"


class CaseState(StrEnum):
    """Where a case is. Who has it is no state: a claim lapses by itself."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVERSED = "reversed"
    # Its author took the words back before anybody decided.
    WITHDRAWN = "withdrawn"


S = CaseState
MOVES: dict[CaseState, frozenset[CaseState]] = {
    S.OPEN: frozenset({S.DECIDED, S.WITHDRAWN}),
    S.DECIDED: frozenset({S.APPEALED}),
    # Decided as before, where what was to be looked at anew is gone.
    S.APPEALED: frozenset({S.UPHELD, S.REVERSED, S.DECIDED}),
}


class ReportReason(StrEnum):
    """What is wrong with something, as whoever reports it chose."""

    DANGER = "danger"
    HARASSMENT = "harassment"
    PRIVATE = "private"
    WRONG = "wrong"
    SPAM = "spam"
    OTHER = "other"


class Part(StrEnum):
    """Why somebody is part of a case, and so cannot decide it."""

    AUTHOR = "author"
    REPORTER = "reporter"
    CONCERNED = "concerned"


class Step(StrEnum):
    """A step of the ladder; money is never one. To stop an account takes two people, on its own page."""

    NOTE = "note"
    WARNING = "warning"
    LIMIT = "limit"


class Feature(StrEnum):
    """What a limit can take from somebody for a while."""

    ASK = "ask"
    ANSWER = "answer"
    MESSAGE = "message"
    VOTE = "vote"
