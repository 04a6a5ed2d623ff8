"""This file knows what an asker chooses about their question: who may find it, which name stands there, that it is
resolved."""

from __future__ import annotations

from practice.accounts.models import User
from practice.questions import policy
from practice.questions.models import Question
from practice.questions.states import Actor, QuestionState
from practice.store import audit, versions
from practice.store.db import transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import NotFound

from .asking import nobody, thing
from .locking import locked

S = QuestionState
CHOICES = ("may_be_indexed", "may_stay")


@transactional
def choose(question: Question, what: str, *, yes: bool, by: User) -> None:
    """Let search engines keep its page, or the question stay when its asker's account ends; or no longer. `what` is one
    of `CHOICES`. Raises `Conflict`, `NotFound`."""
    question = locked(question)
    policy.may("choose", S(question.state)).require()
    if what not in CHOICES:
        raise NotFound
    setattr(question, what, yes)
    question.changed_at = clock.now()
    audit.record(f"question.{what}", thing(question), actor=nobody(question, by), detail={"yes": yes})


@transactional
def name(question: Question, first_name: str, *, by: User, shown: Shown | None = None) -> None:
    """Show this first name in place of the drawn one, or with "" the drawn one again. Raises `Conflict`, and `Changed`
    when the page that was `shown` is out of date."""
    question = locked(question)
    versions.check(shown)
    policy.may("choose", S(question.state)).require()
    question.first_name = first_name or None
    question.changed_at = clock.now()
    audit.record("question.named", thing(question), actor=nobody(question, by), detail={"yes": bool(first_name)})


@transactional
def resolve(question: Question, *, by: User) -> None:
    """It is answered as far as its asker is concerned. Pressed twice it is once. Raises `Conflict`."""
    question = locked(question)
    if question.state == S.RESOLVED:
        return
    policy.may("resolve", S(question.state)).require()
    question.move_to(S.RESOLVED, by=Actor.ASKER)
    question.resolved_at = clock.now()
    audit.record("question.resolved", thing(question), actor=nobody(question, by))


@transactional
def reopen(question: Question, *, by: User) -> None:
    """It is not resolved after all. Raises `Conflict`."""
    question = locked(question)
    policy.may("reopen", S(question.state)).require()
    is_answered = any(each.public_words is not None for each in question.answers)
    question.move_to(S.ANSWERED if is_answered else S.PUBLISHED, by=Actor.ASKER)
    question.resolved_at = None
    audit.record("question.reopened", thing(question), actor=nobody(question, by))
