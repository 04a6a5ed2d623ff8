"""This file knows what is stored so that public questions are found: a line for each, its vocabulary, who holds which
word, and a stamp that every change renews. All of it is public, none of it says who asked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import db

from .models import Question
from .search import LONGEST_WORD

# Compared and ordered by code points on both engines, whatever language the database speaks.
PLAIN = {"collation": "C"}


class QuestionEntry(db.Model):  # type: ignore[name-defined]
    """A question in the order of the list, exactly as long as it is public."""

    __tablename__ = "question_entries"
    __table_args__ = (Index("ix_question_entries_listed", "published_on", "code", "question_id"),)
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(22).with_variant(String(22, **PLAIN), "postgresql"))
    published_on: Mapped[date]


class QuestionVocabulary(db.Model):  # type: ignore[name-defined]
    """By what a question is found: words as `search.words_of` cuts them, and marks. A line of those of its answers and
    the marks, one of those of its text, one of those of its title, each word where it weighs most."""

    __tablename__ = "question_vocabularies"
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class QuestionWord(db.Model):  # type: ignore[name-defined]
    """Which questions of a shelf hold a word or a mark, and where: bits, as `shelves.packed` has them."""

    __tablename__ = "question_words"
    __table_args__ = ({"sqlite_with_rowid": False},)
    word: Mapped[str] = mapped_column(
        String(LONGEST_WORD).with_variant(String(LONGEST_WORD, **PLAIN), "postgresql"), primary_key=True
    )
    shelf: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bits: Mapped[bytes]


class QuestionList(db.Model):  # type: ignore[name-defined]
    """One row, locked while an entry is written. `stamp`: another random one after each change, so that what is kept of
    the list in memory is never that of before, nor of another database."""

    __tablename__ = "question_list"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(22))
