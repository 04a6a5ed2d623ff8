"""This file knows how tests have a question asked, read by staff, and carried on."""

from __future__ import annotations

import secrets
from typing import Any

from practice.accounts.models import User
from practice.moderation import actions as moderation
from practice.moderation import queries as cases
from practice.moderation.actions import Choice
from practice.moderation.states import Decision
from practice.questions import actions
from practice.questions.actions import NewQuestion
from practice.questions.models import Question
from practice.store.db import db

TITLE = "How do we share chores without keeping score?"
WORDS = "Every time I ask for help we end up counting."


def new(title: str = TITLE, words: str = WORDS, **more: Any) -> NewQuestion:
    """A question about stress, unless told otherwise."""
    return NewQuestion(title, words, **{"topics": ("stress",)} | more)


def asked(by: User, title: str = TITLE, words: str = WORDS, **more: Any) -> Question:
    """Somebody sent it, and a person of the staff has not read it yet."""
    return actions.ask(new(title, words, **more), secrets.token_hex(8), by=by)


def decide(question: Question, decision: Decision, by: User, reason: str = "Because.", **more: str) -> None:
    """One of the staff decides about it as it stands."""
    case = cases.open_about("question", question.code)
    assert case is not None, question.state
    moderation.decide(case, Choice(decision, str(question.edition), reason, **more), by=by)
    db.session.refresh(question)


def published(by: User, staff: User, title: str = TITLE, words: str = WORDS, **more: Any) -> Question:
    """Somebody sent it, and one of the staff published it."""
    question = asked(by, title, words, **more)
    decide(question, Decision.PUBLISH, staff)
    return question
