"""This file knows what is stored so that public questions are found: a line for each, its words, and a stamp that
every change renews. All of it is public, none of it says who asked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import db, one_of

from .models import Question
from .search import LONGEST_WORD
from .states import Relation

# Compared and ordered by code points on both engines, whatever language the database speaks.
PLAIN = {"collation": "C"}


class QuestionEntry(db.Model):  # type: ignore[name-defined]
    """A question as the list sees it, exactly as long as it is public. `topics`: a bit for each, by the topic's id.
    `stamp`: what the list had as this was written."""

    __tablename__ = "question_entries"
    __table_args__ = (one_of("relation", Relation), Index("ix_question_entries_listed", "published_on", "code"))
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(22).with_variant(String(22, **PLAIN), "postgresql"))
    published_on: Mapped[date]
    relation: Mapped[str | None] = mapped_column(String(8))
    topics: Mapped[int] = mapped_column(BigInteger)
    is_answered: Mapped[bool]
    stamp: Mapped[str] = mapped_column(String(22))


class QuestionWord(db.Model):  # type: ignore[name-defined]
    """A word under which a question is found, as `search.words_of` cuts it, with the `search.Weight` of its place."""

    __tablename__ = "question_words"
    __table_args__ = (Index("ix_question_words_question", "question_id", "word"), {"sqlite_with_rowid": False})
    word: Mapped[str] = mapped_column(
        String(LONGEST_WORD).with_variant(String(LONGEST_WORD, **PLAIN), "postgresql"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    weight: Mapped[int]


class QuestionList(db.Model):  # type: ignore[name-defined]
    """One row, locked while an entry is written. `stamp`: another random one after each change, so that what is kept of
    the list in memory is never that of before, nor of another database."""

    __tablename__ = "question_list"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(22))
