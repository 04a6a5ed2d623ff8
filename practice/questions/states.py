"""This file knows where questions, answers and follow-ups can be, what of it is public, whom a question is about."""

from __future__ import annotations

from enum import StrEnum


class QuestionState(StrEnum):
    """Where a question stands. Held for safety: a person reads it first, and nothing publishes it by itself."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    HELD_SAFETY = "held_safety"
    NEEDS_EDIT = "needs_edit"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


S = QuestionState
# What everybody can read. Who asks for public questions asks `queries.visible()`.
VISIBLE = (S.PUBLISHED, S.ANSWERED, S.RESOLVED, S.CLOSED)
# A person has it before them.
WAITING = (S.IN_REVIEW, S.HELD_SAFETY)
# Published and open: specialists can answer.
ANSWERABLE = (S.PUBLISHED, S.ANSWERED)
# Nothing more comes of it.
GONE = (S.WITHDRAWN, S.ARCHIVED)
_DOWN = frozenset({S.NEEDS_EDIT, S.REJECTED, S.WITHDRAWN, S.ARCHIVED})

MOVES: dict[QuestionState, frozenset[QuestionState]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.HELD_SAFETY}),
    S.IN_REVIEW: frozenset({S.PUBLISHED, S.NEEDS_EDIT, S.REJECTED, S.WITHDRAWN}),
    S.HELD_SAFETY: frozenset({S.PUBLISHED, S.NEEDS_EDIT, S.REJECTED, S.WITHDRAWN}),
    S.NEEDS_EDIT: frozenset({S.SUBMITTED, S.PUBLISHED, S.REJECTED, S.WITHDRAWN}),
    S.PUBLISHED: _DOWN | {S.ANSWERED, S.RESOLVED, S.CLOSED},
    # Back to published, once the only answer is gone.
    S.ANSWERED: _DOWN | {S.PUBLISHED, S.RESOLVED, S.CLOSED},
    S.RESOLVED: _DOWN | {S.PUBLISHED, S.ANSWERED, S.CLOSED},
    S.CLOSED: _DOWN,
    # After an appeal that another of the staff agreed with; sent anew by whoever says that it is another than its twin.
    S.REJECTED: frozenset({S.PUBLISHED, S.SUBMITTED, S.WITHDRAWN, S.ARCHIVED}),
    S.WITHDRAWN: frozenset({S.ARCHIVED}),
}


class AnswerState(StrEnum):
    """Where an answer or a follow-up stands."""

    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    NEEDS_EDIT = "needs_edit"
    REJECTED = "rejected"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


A = AnswerState
ANSWER_MOVES: dict[AnswerState, frozenset[AnswerState]] = {
    A.IN_REVIEW: frozenset({A.PUBLISHED, A.NEEDS_EDIT, A.REJECTED, A.WITHDRAWN}),
    A.PUBLISHED: frozenset({A.IN_REVIEW, A.NEEDS_EDIT, A.REMOVED, A.WITHDRAWN}),
    A.NEEDS_EDIT: frozenset({A.IN_REVIEW, A.PUBLISHED, A.REJECTED, A.REMOVED, A.WITHDRAWN}),
    A.REJECTED: frozenset({A.PUBLISHED, A.WITHDRAWN}),
    A.REMOVED: frozenset({A.PUBLISHED, A.WITHDRAWN}),
}


class Relation(StrEnum):
    """Whom a question is about, besides who asks it."""

    PARTNER = "partner"
    FAMILY = "family"
    FRIEND = "friend"
    WORK = "work"
    SELF = "self"


class AgeBand(StrEnum):
    """How old somebody is, as roughly as an answer needs."""

    UNDER_25 = "under_25"
    UNDER_35 = "under_35"
    UNDER_45 = "under_45"
    UNDER_55 = "under_55"
    UNDER_65 = "under_65"
    OLDER = "older"


class Actor(StrEnum):
    """Who moved something, without a name: the log of staff knows which of them it was."""

    ASKER = "asker"
    SPECIALIST = "specialist"
    STAFF = "staff"
    CLOCK = "clock"
