"""This file knows which questions a person can read; what is public is decided in `visible`, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from practice.accounts.models import User
from practice.moderation import queries as moderation
from practice.moderation.models import Case
from practice.moderation.states import Feature
from practice.specialists.models import Topic
from practice.store import retention
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from . import policy
from .models import Answer, Question
from .states import GONE, VISIBLE, QuestionState


def visible() -> ColumnElement[bool]:
    """What makes a question public, as a condition of a statement. Whoever lists, counts, searches or links questions
    for the public asks this."""
    return Question.state.in_(VISIBLE)


def public(code: str) -> Question:
    """A question that everybody can read; raises `NotFound` for every other."""
    found = db.session.scalar(select(Question).where(Question.code == code, visible()))
    if found is None:
        raise NotFound
    return found


def own(user: User, code: str) -> Question:
    """A question of this asker, wherever it stands; raises `NotFound` for anybody else's."""
    found = db.session.scalar(select(Question).where(Question.code == code, Question.asker_id == user.id))
    if found is None:
        raise NotFound
    return found


def answered(code: str) -> Question | None:
    """A public question that was answered, by its code; None where there is none."""
    has_answer = exists().where(Answer.question_id == Question.id, Answer.public_words.is_not(None))
    return db.session.scalar(select(Question).where(Question.code == code, visible(), has_answer))


def twins_of(question: Question) -> Sequence[Question]:
    """Public questions that staff found to be the same as this one, though whoever asked said that it is another."""
    same = or_(Question.id == question.twin_id, Question.twin_id == question.id)
    return db.session.scalars(select(Question).where(same, visible()).order_by(Question.id).limit(policy.TWINS)).all()


def by_code(code: str) -> Question | None:
    """Any question that is not gone, for staff and for its asker's own things; None where there is none."""
    return db.session.scalar(select(Question).where(Question.code == code, Question.state.not_in(GONE)))


# ---------------------------------------------------------------- an asker's own


def _own(user: User) -> ColumnElement[bool]:
    return and_(Question.asker_id == user.id, Question.state != QuestionState.ARCHIVED)


def own_page(user: User, first: int = 0) -> Sequence[Question]:
    """A page of what somebody asked or keeps, the newest first; `first`: how many come before it."""
    asked = select(Question).where(_own(user)).order_by(Question.asked_at.desc(), Question.id.desc())
    return db.session.scalars(asked.offset(first).limit(policy.OWN_PAGE)).all()


def own_count(user: User) -> int:
    """How many that are."""
    return db.session.scalar(select(func.count()).select_from(Question).where(_own(user))) or 0


def all_of(user: User) -> Sequence[Question]:
    """Everything that somebody asked or keeps, the oldest first."""
    asked = select(Question).where(Question.asker_id == user.id).order_by(Question.id)
    return db.session.scalars(asked.options(selectinload(Question.topics))).all()


def sent_with(user: User, form_key: str) -> Question | None:
    """What this form of theirs made, None where it made nothing yet."""
    mine = (Question.asker_id == user.id, Question.form_key == form_key)
    return db.session.scalar(select(Question).where(*mine))


def drafts_of(user: User) -> int:
    """How many they keep."""
    mine = (Question.asker_id == user.id, Question.state == QuestionState.DRAFT)
    return db.session.scalar(select(func.count()).select_from(Question).where(*mine)) or 0


def asking(user: User) -> policy.Asking:
    """Somebody as the rules of asking know them; in an action, behind its lock."""
    recent = (
        Question.asker_id == user.id,
        Question.state != QuestionState.DRAFT,
        Question.asked_at > clock.now() - policy.ASKED_WITHIN,
    )
    return policy.Asking(
        is_confirmed=user.is_confirmed,
        limited=moderation.refusal_for(user, Feature.ASK) or "",
        asked_today=db.session.scalar(select(func.count()).select_from(Question).where(*recent)) or 0,
    )


def topics_by(slugs: Iterable[str]) -> Sequence[Topic]:
    """The topics of these names."""
    return db.session.scalars(select(Topic).where(Topic.slug.in_(list(slugs)))).all()


def decision_about(user: User, question: Question) -> str | None:
    """The code of what staff decided last about their question, None where nobody did."""
    about = (Case.kind == "question", Case.subject == question.code, Case.author_id == user.id)
    decided = select(Case.code).where(*about, Case.decided_at.is_not(None))
    return db.session.scalar(decided.order_by(Case.decided_at.desc(), Case.id.desc()).limit(1))


# ---------------------------------------------------------------- what goes by itself


def over() -> Sequence[Question]:
    """What was taken back, or refused, so long ago that its words go."""
    taken_back = (Question.state == QuestionState.WITHDRAWN) & (
        Question.changed_at < retention.TAKEN_BACK_QUESTIONS.before
    )
    refused = (Question.state == QuestionState.REJECTED) & (Question.changed_at < retention.REFUSED_QUESTIONS.before)
    return db.session.scalars(select(Question).where(taken_back | refused).limit(500)).all()
