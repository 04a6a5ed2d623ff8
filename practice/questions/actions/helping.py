"""This file knows how people say what an answer is worth to them: members that it helped, colleagues that they agree,
the asker which helped most. None of it is undone by anything but their own press."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from practice.accounts.models import User
from practice.moderation import queries as limits
from practice.moderation.states import Feature
from practice.questions import answer_policy as policy
from practice.questions.models import Agreement, Answer, HelpfulVote, Question
from practice.questions.policy import KEYS_OF_VOTES
from practice.questions.states import AnswerState
from practice.specialists.models import Specialist
from practice.store.db import changed, db, insert_once, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

from .answering import lock_question


@dataclass(frozen=True)
class Seen:
    """What is noted of where a vote comes from: keyed hashes that mean nothing beyond one question. `is_theirs`:
    whoever answered or asked was signed in from the same network."""

    browser_key: str | None
    network_key: str | None
    is_theirs: bool = False


@transactional
def say_helped(answer: Answer, seen: Seen, *, by: User) -> None:
    """A member says that it helped; a second time changes nothing. A vote that counts for nothing looks like any other
    to whoever gave it. Raises `NotAllowed`."""
    policy.may_vote(voter(answer, by), limits.refusal_for(by, Feature.VOTE) or "").require()
    insert_once(
        HelpfulVote,
        answer_id=answer.id,
        user_id=by.id,
        counts=_counts(answer, seen, by),
        browser_key=seen.browser_key,
        network_key=seen.network_key,
        at=clock.now(),
    )


@transactional
def take_back_helped(answer: Answer, *, by: User) -> None:
    """It helped after all not; also where nothing was said."""
    changed(delete(HelpfulVote).where(HelpfulVote.answer_id == answer.id, HelpfulVote.user_id == by.id))


def voter(answer: Answer, user: User) -> policy.Voter:
    """Who somebody is to an answer."""
    if answer.specialist.user_id == user.id:
        return policy.Voter.AUTHOR
    if answer.question.asker_id == user.id:
        return policy.Voter.ASKER
    specialist = user.specialist
    return policy.Voter.SPECIALIST if specialist is not None and specialist.is_visible else policy.Voter.MEMBER


def _counts(answer: Answer, seen: Seen, by: User) -> bool:
    asker = answer.question.asker
    mailboxes = {answer.specialist.user.person_key, asker.person_key if asker is not None else None}
    return policy.counts(
        policy.Vote(
            opened_at=by.confirmed_at or by.created_at,
            now=clock.now(),
            shares_mark=seen.is_theirs or _was_here(answer, seen, by),
            is_double=by.person_key in mailboxes,
        )
    )


def _was_here(answer: Answer, seen: Seen, by: User) -> bool:
    """Whether this browser or network has said so of an answer to the same question, from another account."""
    marks = [
        column == key
        for column, key in ((HelpfulVote.browser_key, seen.browser_key), (HelpfulVote.network_key, seen.network_key))
        if key is not None
    ]
    return bool(marks) and _exists(answer, HelpfulVote.user_id != by.id, or_(*marks))


def _exists(answer: Answer, *which: ColumnElement[bool]) -> bool:
    siblings = select(Answer.id).where(Answer.question_id == answer.question_id)
    return bool(db.session.scalar(select(exists().where(HelpfulVote.answer_id.in_(siblings), *which))))


# ---------------------------------------------------------------- colleagues


@transactional
def agree(answer: Answer, *, by: User) -> None:
    """A specialist would answer like this colleague; a second time changes nothing. Raises `NotAllowed`."""
    insert_once(Agreement, answer_id=answer.id, specialist_id=_colleague(answer, by).id, at=clock.now())


@transactional
def take_back_agreement(answer: Answer, *, by: User) -> None:
    """Not any more; also where nothing was said."""
    specialist: Specialist | None = by.specialist
    if specialist is not None:
        changed(delete(Agreement).where(Agreement.answer_id == answer.id, Agreement.specialist_id == specialist.id))


def _colleague(answer: Answer, by: User) -> Specialist:
    specialist: Specialist | None = by.specialist
    if specialist is None or not specialist.is_visible:
        raise NotAllowed("Only specialists whose profile is public can agree with an answer.")
    if specialist.id == answer.specialist_id:
        raise NotAllowed("That is for your colleagues to say.")
    refusal = limits.refusal_for(by, Feature.VOTE)
    if refusal is not None:
        raise NotAllowed(refusal)
    return specialist


# ---------------------------------------------------------------- the asker


@transactional
def pick(answer: Answer, *, by: User) -> None:
    """This one helped its asker most, in place of any other. Raises `NotAllowed`, `Conflict`."""
    question = _asked_by(answer, by)
    if answer.state != AnswerState.PUBLISHED:
        raise Conflict("This answer isn’t shown any more.")
    _unpick(question)
    answer.is_picked = True


@transactional
def unpick(answer: Answer, *, by: User) -> None:
    """None helped most; also where none was chosen."""
    _unpick(_asked_by(answer, by))


def _asked_by(answer: Answer, by: User) -> Question:
    question = lock_question(answer.question)
    _own(question, by)
    return question


def _own(question: Question, by: User) -> None:
    if question.asker_id != by.id:
        raise NotAllowed("That is for whoever asked to say.")


def _unpick(question: Question) -> None:
    changed(update(Answer).where(Answer.question_id == question.id).values(is_picked=False))
    for each in question.answers:
        db.session.refresh(each)


# ---------------------------------------------------------------- forgotten


@transactional
def forget_keys() -> int:
    """Where votes came from goes when it is of no use any more; how many there were."""
    old = (HelpfulVote.at < clock.now() - KEYS_OF_VOTES,)
    known = or_(HelpfulVote.browser_key.is_not(None), HelpfulVote.network_key.is_not(None))
    return changed(update(HelpfulVote).where(*old, known).values(browser_key=None, network_key=None))
