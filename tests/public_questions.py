"""This file knows how to make public questions with honest defaults, as they are once somebody has read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from practice.questions.models import Answer, Question, QuestionTopic
from practice.questions.states import AnswerState, QuestionState, Relation
from practice.specialists.models import Topic
from practice.store.db import db, transaction
from practice.values import clock


def question(
    title: str, words: str = "It has been like this for a while.", *, topics: tuple[str, ...] = (), **columns: Any
) -> Question:
    """A published question that nobody has answered; `on` is its day."""
    on = columns.pop("on", date(2027, 2, 20))
    honest = {
        "pseudonym": "Quiet Heron",
        "state": QuestionState.PUBLISHED,
        "relation": Relation.PARTNER,
        "published_on": on,
        "published_at": clock.now(),
        "public_title": title,
        "public_words": words,
    }
    with transaction() as session:
        made = Question(**(honest | columns))
        session.add(made)
        session.flush()
        found = [_topic(session, name) for name in topics]
        session.flush()
        session.add_all(
            QuestionTopic(question_id=made.id, topic_id=each.id, position=at) for at, each in enumerate(found)
        )
    return made


def _topic(session: Any, name: str) -> Topic:
    slug = name.lower().replace(" ", "-")
    found: Topic | None = session.scalar(select(Topic).where(Topic.slug == slug))
    if found is None:
        found = Topic(slug=slug, name=name, group="Everyday life")
        session.add(found)
        session.flush()
    return found


def answer(asked: Question, practice: Any, words: str = "Many people know this.", **columns: Any) -> Answer:
    """A public answer; the question is answered by it."""
    honest = {"state": AnswerState.PUBLISHED, "public_words": words, "published_on": date(2027, 2, 21)}
    with transaction() as session:
        made = Answer(question_id=asked.id, specialist_id=practice.id, **(honest | columns))
        session.add(made)
        session.get_one(Question, asked.id).state = QuestionState.ANSWERED
    return made


def hide(asked: Question, state: QuestionState = QuestionState.WITHDRAWN) -> None:
    """It is no longer public."""
    with transaction() as session:
        found = session.get_one(Question, asked.id)
        found.state, found.public_title, found.public_words = state, None, None
        for each in found.answers:
            each.public_words = None


def now(asked: Any) -> Any:
    """The row as it is stored now."""
    db.session.rollback()
    return db.session.get_one(type(asked), asked.id)
