"""This file knows how a question goes: taken back by its asker, left behind by an account that ends, forgotten when its
time is over."""

from __future__ import annotations

from practice.accounts.models import User
from practice.moderation import actions as moderation
from practice.questions import policy
from practice.questions.models import Question
from practice.questions.states import GONE, Actor, QuestionState
from practice.store import audit
from practice.store.db import db, transactional

from . import answering, follow_up
from .asking import KIND, nobody, thing
from .locking import locked
from .showing import hide

S = QuestionState
FORMER = "Former member"


@transactional
def withdraw(question: Question, *, by: User) -> None:
    """Take it back: from this moment nobody else reads it, nor what was answered. Twice is once. Raises `Conflict`."""
    question = locked(question)
    if question.state in GONE:
        return
    policy.may("withdraw", S(question.state)).require()
    _end_cases(question)
    hide(question, S.WITHDRAWN, by=Actor.ASKER)
    audit.record("question.withdrawn", thing(question), actor=nobody(question, by))


@transactional
def leave_behind(question: Question) -> None:
    """Its asker's account ends: it stays, under no name, where it is public and they said that it may; else it goes
    with all its words. Nothing leads from it to anybody afterwards."""
    question = locked(question)
    if not (question.is_visible and question.may_stay):
        if question.state not in GONE:
            _end_cases(question)
            hide(question, S.WITHDRAWN, by=Actor.CLOCK)
        _wipe_below(question)
    question.pseudonym, question.first_name = FORMER, None
    question.asker_id = question.form_key = question.form_mark = None
    _wipe(question)


@transactional
def archive(question: Question) -> None:
    """Its time is over: what was written goes, that there was something stays."""
    question = locked(question)
    if question.is_visible:
        return
    _wipe(question)
    _wipe_below(question)
    if question.state != S.ARCHIVED:
        question.move_to(S.ARCHIVED, by=Actor.CLOCK)


def _end_cases(question: Question) -> None:
    """Nobody decides any more about it, nor about what stood below it."""
    moderation.withdraw(KIND, question.code)
    for each in question.answers:
        moderation.withdraw(answering.KIND, each.code)
    if question.follow_up is not None:
        moderation.withdraw(follow_up.KIND, question.follow_up.code)


def _wipe(question: Question) -> None:
    """What is sealed of it; what is public stands in its plain copy."""
    question.title = question.words = question.masked_title = question.masked_words = question.reason = ""


def _wipe_below(question: Question) -> None:
    """Of the asker's own words below it too."""
    if question.follow_up is not None:
        question.follow_up.words = question.follow_up.masked_words = ""
        question.follow_up.public_words = None
    db.session.flush()
