"""This file knows what must always hold of questions, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from practice.store.checks import check
from practice.store.db import db

from . import answer_checks, indexing
from .models import Question
from .search_models import QuestionVocabulary

__all__ = ["answer_checks"]

_PUBLIC = ("published", "answered", "resolved", "closed")


@check
def _hidden_and_found() -> Iterator[str]:
    """What is not public is found by no search."""
    asked = select(Question.code).join(QuestionVocabulary, QuestionVocabulary.question_id == Question.id)
    for code in db.session.scalars(asked.where(Question.state.not_in(_PUBLIC)).distinct().order_by(Question.code)):
        yield f"Question {code} is not public, and a search finds it."


@check
def _public_and_not_found() -> Iterator[str]:
    """What is public stands in the list, under its own words and no others."""
    for code in indexing.differing():
        yield f"Question {code} is not listed as it is public now."
