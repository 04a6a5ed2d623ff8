"""This file knows how many, how long and how late in the questions room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from practice.bookings.who_may import Answer
from practice.values.errors import Conflict, NotAllowed

from .states import VISIBLE, QuestionState

# ---------------------------------------------------------------- asking

LONGEST_TITLE = 120
LONGEST_WORDS = 3000
MOST_TOPICS = 3
MOST_ASKED = 5  # by one person in a day
ASKED_WITHIN = timedelta(hours=24)
MOST_DRAFTS = 20
OWN_PAGE = 30
TWINS = 3  # of the same question, beside one
# Posts of one account; those of whoever has none are counted by network, and lock no account out.
ASKS_AN_HOUR = "60 per hour"

S = QuestionState
YES = Answer()
_NOT_NOW = Answer(Conflict, "That can’t be done with this question as it stands now.")


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What decides whether somebody can ask. `limited`: why staff keep them from it, "" where nobody does."""

    is_confirmed: bool
    limited: str
    asked_today: int


def may_ask(known: Asking) -> Answer:
    """Whether somebody can send a question now; what they wrote is kept either way."""
    if not known.is_confirmed:
        return Answer(NotAllowed, "Confirm your email address first. What you wrote is kept on this page.")
    if known.limited:
        return Answer(NotAllowed, known.limited)
    if known.asked_today >= MOST_ASKED:
        return Answer(
            NotAllowed,
            f"You have sent {MOST_ASKED} questions within a day. Keep this one for you, and send it tomorrow.",
        )
    return YES


# What its asker can do, and in which states.
CAN: Mapping[str, frozenset[QuestionState]] = {
    "edit": frozenset({S.DRAFT, S.NEEDS_EDIT}),
    "withdraw": frozenset(
        {S.DRAFT, S.IN_REVIEW, S.HELD_SAFETY, S.NEEDS_EDIT, S.REJECTED, *VISIBLE},
    ),
    "resolve": frozenset({S.PUBLISHED, S.ANSWERED}),
    "reopen": frozenset({S.RESOLVED}),
    # What is about its public page can be said before there is one.
    "choose": frozenset({S.DRAFT, S.IN_REVIEW, S.HELD_SAFETY, S.NEEDS_EDIT, *VISIBLE}),
}


def may(what: str, state: QuestionState) -> Answer:
    """Whether its asker can do this with a question: "edit", "withdraw", "resolve", "reopen" or "choose"."""
    return YES if state in CAN[what] else _NOT_NOW


# ---------------------------------------------------------------- finding

A_PAGE = 20  # questions of the list
LONGEST_SEARCH = 200
CHIPS = 8  # topics that stand open above the list
FACES = 5  # of those who answered, on a card
EXCERPT = 220  # characters of a question's words on its card
LONGEST_COMPARED = 400  # characters of what somebody writes, when something alike is looked for
MOST_ALIKE = 4  # answered questions beside a form or a page
# Beyond so many questions a word is common: it is counted no further, and nothing is alike for holding it.
MOST_COUNTED = 1_000
# So many places of a text's rarest words are looked through for what is alike.
MOST_POSTINGS = 4_000

# ---------------------------------------------------------------- answers

READ_FIRST = 3  # of a new specialist's answers, before the others appear at once
LONGEST_ANSWER = 3000  # in characters
LONGEST_FOLLOW_UP = 1500  # in characters
# Whom a question is put to (docs/decisions/0078): of a hundred so many are left out, and
# after a week some more each day.
LEFT_OUT_OF_100 = 25
OPEN_AT_LEAST_DAYS = 7
ANSWERED_FOR_DAYS = 90
SILENCE_AFTER = timedelta(days=5)
OLD_ENOUGH_TO_COUNT = timedelta(days=1)  # of an account whose vote counts
KNOWN_AFTER = timedelta(days=30)  # an account that shares a browser or a network and is older is somebody else
KEYS_OF_VOTES = timedelta(days=30)  # the marks of a browser and a network stay with a vote for so long
ROWS_A_PAGE = 50  # of what waits for a specialist, of their answers, of what nobody has answered
ON_A_PROFILE = 3  # answers, the newest first
