"""This file knows how a specialist answers in public, changes what they wrote and takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from practice.accounts.models import User
from practice.moderation import actions as moderation
from practice.moderation import queries as limits
from practice.moderation.states import Feature, Severity
from practice.questions import answer_policy as policy
from practice.questions import answers as queries
from practice.questions import emails
from practice.questions.models import MOST_ANSWERS, Answer, Question
from practice.questions.states import VISIBLE, Actor, AnswerState, QuestionState
from practice.questions.unwanted import sentences
from practice.specialists.models import Specialist
from practice.store import audit
from practice.store.db import db, transactional
from practice.store.versions import Shown, mark_of
from practice.store.versions import check as check_shown
from practice.values import clock
from practice.values.errors import Conflict, Invalid, SentBefore

KIND = "answer"
S, A = QuestionState, AnswerState


@dataclass(frozen=True)
class NewAnswer:
    """What a specialist wrote, and the key of the form in which it came."""

    text: str
    form_key: str


@transactional
def answer(question: Question, new: NewAnswer, *, by: User) -> Answer:
    """Answer a question in public. The first of somebody new are read by staff before they appear. The same form sent
    twice is one answer. Raises `Conflict`, `NotAllowed`, `Invalid`, `SentBefore`."""
    question, specialist = lock_question(question), _practice(by)
    before = queries.sent_with(specialist, new.form_key)
    if before is not None:
        return _same(before, question, new)
    may_answer(question, by).require()
    _check(new.text)
    made = Answer(
        question=question,
        specialist=specialist,
        place=_free_place(question, specialist),
        state=A.IN_REVIEW,
        words=new.text,
        form_key=new.form_key,
        form_mark=mark_of((question.code, new.text)),
        written_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit.record("answer.written", f"answer:{made.code}", actor=by)
    _publish_or_submit(made, by=Actor.SPECIALIST)
    return made


def may_answer(question: Question, by: User) -> policy.May:
    """Whether this specialist can answer; asked by the page and, behind the lock, by the action."""
    specialist: Specialist | None = by.specialist
    if specialist is None or not specialist.is_visible:
        return policy.NOT_PUBLIC
    return policy.may_answer(
        policy.Answering(
            is_public=True,
            limited=limits.refusal_for(by, Feature.ANSWER) or "",
            places_taken=len(queries.places_taken(question, specialist)),
            most=MOST_ANSWERS,
            is_put_to=queries.is_put_to(question, specialist),
        )
    )


def may_change(answer: Answer, by: User) -> policy.May:
    """Whether its author can put it in other words: who cannot answer now cannot do so below an old answer either."""
    limited = limits.refusal_for(by, Feature.ANSWER) or ""
    return policy.may_change(AnswerState(answer.state), is_public=answer.specialist.is_visible, limited=limited)


@transactional
def change(answer: Answer, text: str, *, by: User, shown: Shown | None = None) -> Answer:
    """Put an answer in other words. Where answers of its author appear at once, so does this; else what is public
    stays until the new words were read. Raises `Conflict`, `Invalid`, `Changed`."""
    lock_question(answer.question)
    check_shown(shown)
    may_change(answer, by).require()
    _check(text)
    if text == answer.words:
        return answer
    answer.words, answer.masked_words, answer.reason = text, "", ""
    answer.edition += 1
    audit.record("answer.changed", f"answer:{answer.code}", actor=by)
    if answer.state == A.NEEDS_EDIT:
        answer.move_to(A.IN_REVIEW, by=Actor.SPECIALIST)
        moderation.submit(KIND, answer.code, Severity.USUAL)
    elif answer.state == A.PUBLISHED and queries.is_known(answer.specialist):
        answer.public_words = text
    else:
        moderation.submit(KIND, answer.code, Severity.QUALITY)
    return answer


@transactional
def withdraw(answer: Answer, *, by: User | None) -> None:
    """Take an answer back, at any time: its words go with it, and its place is free. A second time changes nothing."""
    lock_question(answer.question, must_be_public=False)
    if answer.state == A.WITHDRAWN:
        return
    moderation.withdraw(KIND, answer.code)
    hide(answer, A.WITHDRAWN, by=Actor.SPECIALIST)
    answer.words = answer.masked_words = answer.reason = ""
    audit.record("answer.withdrawn", f"answer:{answer.code}", actor=by)


# ---------------------------------------------------------------- shared with decisions of staff


def publish(answer: Answer, *, by: Actor) -> None:
    """Everybody can read it as it stands now; the asker hears of it the first time."""
    is_first_time = answer.published_at is None
    if answer.state != A.PUBLISHED:
        answer.move_to(A.PUBLISHED, by=by)
    answer.public_words, answer.reason = (answer.words if answer.question.is_visible else None), ""
    if is_first_time:
        answer.published_at, answer.published_on = clock.now(), clock.today("UTC")
    if answer.question.state == S.PUBLISHED:
        answer.question.move_to(S.ANSWERED, by=by)
    if is_first_time and answer.question.is_visible:
        emails.answered(answer)


def hide(answer: Answer, became: AnswerState, *, by: Actor) -> None:
    """Nobody reads it any more; a question whose only answer it was waits again."""
    answer.public_words, answer.is_picked = None, False
    db.session.flush()
    if answer.state != became:
        answer.move_to(became, by=by)
        db.session.flush()
    others = select(Answer.id).where(Answer.question_id == answer.question_id, Answer.state == A.PUBLISHED)
    if answer.question.state == S.ANSWERED and db.session.scalar(others.limit(1)) is None:
        answer.question.move_to(S.PUBLISHED, by=Actor.CLOCK)


def lock_question(question: Question, *, must_be_public: bool = True) -> Question:
    """It and its answers stay as they are until the transaction ends, and are read again. Raises `Conflict` where it is
    not public any more."""
    asked = select(Question).where(Question.id == question.id).with_for_update()
    found = db.session.scalars(asked, execution_options={"populate_existing": True}).one()
    db.session.expire(found, ["answers"])
    for each in found.answers:
        db.session.refresh(each)
    if must_be_public and found.state not in VISIBLE:
        raise Conflict("This question isn’t public any more.")
    return found


# ---------------------------------------------------------------- parts


def _practice(by: User) -> Specialist:
    specialist: Specialist | None = by.specialist
    if specialist is None:
        policy.NOT_PUBLIC.require()
    assert specialist is not None
    return specialist


def _same(before: Answer, question: Question, new: NewAnswer) -> Answer:
    if before.form_mark != mark_of((question.code, new.text)):
        raise SentBefore("This form was sent already, with other words.")
    return before


def _check(text: str) -> None:
    found = sentences(text)
    if found:
        raise Invalid("", {"text": " ".join(found)})


def _free_place(question: Question, specialist: Specialist) -> int:
    taken = queries.places_taken(question, specialist)
    return next(each for each in range(1, MOST_ANSWERS + 1) if each not in taken)


def _publish_or_submit(answer: Answer, *, by: Actor) -> None:
    if queries.is_known(answer.specialist):
        publish(answer, by=by)
    else:
        moderation.submit(KIND, answer.code, Severity.QUALITY)
