"""This file knows how an asker adds the one thing below the answers; a person reads it before others do."""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts.models import User
from practice.moderation import actions as moderation
from practice.moderation import queries as limits
from practice.moderation.states import Decision, Feature, Severity
from practice.questions.models import FollowUp, Question
from practice.questions.states import AnswerState, QuestionState
from practice.safety import danger as safety
from practice.store import audit
from practice.store.db import db, transactional
from practice.store.versions import mark_of
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed, SentBefore

from .answering import lock_question

KIND = "follow_up"
# Of these there is something to add to.
OPEN = (QuestionState.ANSWERED, QuestionState.RESOLVED)
A = AnswerState


@transactional
def follow_up(question: Question, text: str, form_key: str, *, by: User) -> FollowUp:
    """Add something below the answers, once, or put what staff sent back in other words. The same form sent twice is
    one. Raises `NotAllowed`, `Conflict`, `SentBefore`."""
    question = lock_question(question)
    before = follow_up_of(question)
    if before is not None and before.form_key == form_key:
        return _same(before, text)
    may_add(question, by)
    made = before if before is not None else FollowUp(question_id=question.id)
    if before is None:
        db.session.add(made)
    elif before.state == A.NEEDS_EDIT:
        before.move_to(A.IN_REVIEW)
        before.edition += 1
    made.state = made.state or A.IN_REVIEW
    made.words, made.reason, made.form_key, made.form_mark = text, "", form_key, mark_of(text)
    made.asked_at = clock.now()
    db.session.flush()
    audit.record("follow_up.written", f"follow_up:{made.code}", actor=None)
    moderation.submit(KIND, made.code, Severity.SAFETY if safety.danger(text) else Severity.USUAL)
    return made


def may_add(question: Question, by: User) -> None:
    """Raises the error with the sentence that says why not."""
    if question.asker_id != by.id:
        raise NotAllowed("That is for whoever asked.")
    refusal = limits.refusal_for(by, Feature.ASK)
    if refusal is not None:
        raise NotAllowed(refusal)
    if question.state not in OPEN:
        raise Conflict("You can add something once your question was answered.")
    before = follow_up_of(question)
    if before is not None and before.state != A.NEEDS_EDIT:
        raise Conflict("You have added something to this question already.")


def refusal(question: Question, by: User) -> str:
    """Why nothing can be added, in a sentence; "" where something can."""
    try:
        may_add(question, by)
    except (Conflict, NotAllowed) as refused:
        return refused.message
    return ""


@transactional
def withdraw_follow_up(found: FollowUp, *, by: User) -> None:
    """Take it back; its words go with it. A second time changes nothing. Raises `NotAllowed`."""
    question = lock_question(found.question, must_be_public=False)
    if question.asker_id != by.id:
        raise NotAllowed("That is for whoever asked.")
    db.session.refresh(found)
    if found.state == A.WITHDRAWN:
        return
    moderation.withdraw(KIND, found.code)
    found.public_words = None
    found.move_to(A.WITHDRAWN)
    found.words = found.masked_words = found.reason = ""
    audit.record("follow_up.withdrawn", f"follow_up:{found.code}", actor=None)


def follow_up_of(question: Question) -> FollowUp | None:
    """What its asker added, wherever that stands."""
    return db.session.scalar(select(FollowUp).where(FollowUp.question_id == question.id))


def _same(before: FollowUp, text: str) -> FollowUp:
    if before.form_mark != mark_of(text):
        raise SentBefore("This form was sent already, with other words.")
    return before


def rule(found: FollowUp, decision: Decision, reason: str) -> None:
    """What staff decided about it, inside the transaction of their decision."""
    if decision == Decision.PUBLISH:
        if found.state != A.PUBLISHED:
            found.move_to(A.PUBLISHED)
        # What stands below a question is public as long as the question is.
        found.public_words = found.words if found.question.is_visible else None
        found.reason, found.published_on = "", clock.today("UTC")
    elif decision != Decision.LEAVE:
        became = _became(found, decision)
        found.reason, found.public_words = reason, None
        if found.state != became:
            found.move_to(became)


def _became(found: FollowUp, decision: Decision) -> AnswerState:
    if decision == Decision.ASK_EDIT:
        return A.NEEDS_EDIT
    return A.REMOVED if found.state in (A.PUBLISHED, A.REMOVED) else A.REJECTED
