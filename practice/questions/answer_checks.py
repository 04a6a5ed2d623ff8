"""This file knows what must always hold of answers, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from practice.specialists.models import Specialist
from practice.store.checks import check
from practice.store.db import db

from .models import Agreement, Answer, HelpfulVote, Question


@check
def _two_answers() -> Iterator[str]:
    """A specialist answers a question twice at most."""
    asked = (
        select(Question.code, func.count())
        .join(Answer, Answer.question_id == Question.id)
        .where(Answer.state != "withdrawn")
        .group_by(Question.code, Answer.specialist_id)
        .having(func.count() > 2)
    )
    for code, count in db.session.execute(asked):
        yield f"Question {code} has {count} answers by one specialist."


@check
def _answered() -> Iterator[str]:
    """A question is answered if and only if somebody can read an answer."""
    has_answer = select(Answer.question_id).where(Answer.state == "published")
    without = select(Question.code).where(Question.state == "answered", Question.id.not_in(has_answer))
    for code in db.session.scalars(without):
        yield f"Question {code} is answered, and has no answer."
    beside = select(Question.code).where(Question.state == "published", Question.id.in_(has_answer))
    for code in db.session.scalars(beside):
        yield f"Question {code} has an answer, and waits for one."


@check
def _texts_of_answers() -> Iterator[str]:
    """What everybody reads stands plainly, and of what was taken back nothing is left."""
    public = Question.state.in_(("published", "answered", "resolved", "closed"))
    asked = select(Answer.code).join(Question, Answer.question_id == Question.id)
    for code in db.session.scalars(asked.where(public, Answer.state == "published", Answer.public_words.is_(None))):
        yield f"Answer {code} is public, and has no words."
    for code in db.session.scalars(asked.where(~public, Answer.public_words.is_not(None))):
        yield f"Answer {code} stands plainly, and its question is not public."
    asked = select(Answer.code).where(Answer.state == "withdrawn", Answer.words_sealed.is_not(None))
    for code in db.session.scalars(asked):
        yield f"Answer {code} was taken back, and its words are still there."


@check
def _own_votes() -> Iterator[str]:
    """Nobody agrees with themself, and no author or asker says that an answer helped."""
    asked = select(Answer.code).join(Agreement, Agreement.answer_id == Answer.id)
    for code in db.session.scalars(asked.where(Agreement.specialist_id == Answer.specialist_id)):
        yield f"The author of answer {code} agrees with it."
    voted = select(Answer.code).join(HelpfulVote, HelpfulVote.answer_id == Answer.id).join(Answer.specialist)
    for code in db.session.scalars(voted.where(HelpfulVote.user_id == Specialist.user_id)):
        yield f"The author of answer {code} says that it helped."
