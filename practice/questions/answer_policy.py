"""This file knows who may answer and say what about an answer, as decisions from values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from practice.bookings.who_may import Answer as May
from practice.values.errors import Conflict, NotAllowed

from .policy import KNOWN_AFTER, OLD_ENOUGH_TO_COUNT
from .states import AnswerState

YES = May()
NOT_PUBLIC = May(NotAllowed, "Answers come from specialists whose profile is public. Yours isn’t at the moment.")
TWICE = May(
    Conflict,
    "Both of your answers to this question are there. You can change them on the page of your answers.",
)
# The same sentence whatever is behind it: which question is not theirs says nothing (docs/decisions/0078).
NOT_YOURS = May(Conflict, "This question isn’t one of those that are with you.")
CHANGEABLE = frozenset({AnswerState.IN_REVIEW, AnswerState.PUBLISHED, AnswerState.NEEDS_EDIT})


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What decides whether a specialist can answer a question. `limited`: why staff keep them from it, "" for not."""

    is_public: bool
    limited: str
    places_taken: int
    most: int
    is_put_to: bool


def may_answer(known: Answering) -> May:
    """What they know of themselves is said first: all else has one sentence."""
    if not known.is_public:
        return NOT_PUBLIC
    if known.limited:
        return May(NotAllowed, known.limited)
    if known.places_taken >= known.most:
        return TWICE
    return YES if known.is_put_to else NOT_YOURS


def may_change(state: AnswerState, *, is_public: bool, limited: str) -> May:
    """Whether its author, whose profile is public or not, can put an answer in other words."""
    if state not in CHANGEABLE:
        return May(Conflict, "This answer can’t be changed any more. You can ask for another look at the decision.")
    if not is_public:
        return NOT_PUBLIC
    return May(NotAllowed, limited) if limited else YES


# ---------------------------------------------------------------- votes


class Voter(StrEnum):
    """Who somebody is to an answer."""

    MEMBER = "member"
    AUTHOR = "author"
    ASKER = "asker"
    SPECIALIST = "specialist"


REFUSED = {
    Voter.AUTHOR: "That is for the people you wrote to.",
    Voter.ASKER: "You asked this question: choose the answer that helped you most instead.",
    Voter.SPECIALIST: "As a specialist you can agree with an answer instead.",
}


def may_vote(who: Voter, limited: str) -> May:
    """Members say that an answer helped; its author, who asked, and colleagues have other ways."""
    if who in REFUSED:
        return May(NotAllowed, REFUSED[who])
    return May(NotAllowed, limited) if limited else YES


@dataclass(frozen=True, kw_only=True)
class Vote:
    """What decides whether a vote counts. `confirmed_at`: of the account; `shares_mark`: its browser or network has
    said something about this question before, from another account; `is_double`: of its author's or asker's mailbox."""

    opened_at: datetime
    now: datetime
    shares_mark: bool
    is_double: bool


def counts(vote: Vote) -> bool:
    """Whether a vote decides anything. Nobody is told: who votes for show would only try again, and who shares a
    household with somebody has nothing to explain."""
    age = vote.now - vote.opened_at
    if vote.is_double or age < OLD_ENOUGH_TO_COUNT:
        return False
    return not vote.shares_mark or age >= KNOWN_AFTER
