"""This file knows which public questions are found, in which order, and how many there are of each kind, in a fixed
number of statements. What is handed out was asked of `queries.visible` a moment ago."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import log2
from typing import Any

from sqlalchemy import String, cast, func, or_, select

from practice.specialists.models import Specialist, Topic
from practice.specialists.states import VISIBLE as SHOWN
from practice.store.db import db
from practice.store.memory import Memory

from . import shelves
from .little_words import LITTLE
from .models import Answer, Question, QuestionTopic
from .policy import MOST_ALIKE, MOST_COUNTED, MOST_POSTINGS
from .queries import visible
from .search import END, Asked, Weight, every_word
from .search_models import QuestionEntry, QuestionList, QuestionWord
from .shelves import Places

ENTRY: Any = QuestionEntry.__table__
WORD: Any = QuestionWord.__table__
STAMP = select(QuestionList.stamp).where(QuestionList.id == 1)


@dataclass(frozen=True, slots=True)
class Faced:
    """Somebody who answered, as a card shows them."""

    id: int
    name: str
    photo_key: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A public question as a list, a search and a box beside a page show it: the words, and nobody who asked."""

    id: int
    code: str
    title: str
    words: str
    published_on: date
    topics: tuple[tuple[str, str], ...]  # slug, name
    answers: int
    answered_by: tuple[Faced, ...]


class Facts:
    """What the list knows of every public question, in memory under one stamp: their numbers, the newest first; and as
    bits by number, who is answered, about a relation, of a topic (by its id)."""

    def __init__(self, order: list[int], marks: Mapping[str, int]) -> None:
        self.order = order
        self.size = max(order, default=0) + 1
        self.listed = shelves.together(order, self.size)
        self._marks = marks

    @property
    def answered(self) -> int:
        """Those to which an answer is public."""
        return self._marks.get(shelves.ANSWERED, 0) & self.listed

    def only(self, relation: str, topic: int) -> int:
        """Those about a relation ("" for any) and of a topic (0 for any)."""
        found = self.listed
        if relation:
            found &= self._marks.get(shelves.about(relation), 0)
        return found & self._marks.get(shelves.of_topic(topic), 0) if topic else found


_facts: Memory[str, Facts] = Memory(2)
_NEWEST = select(ENTRY.c.question_id).order_by(ENTRY.c.published_on.desc(), ENTRY.c.code.desc()).subquery()
# Fifty thousand rows as one: both engines put together in the order in which the rows come to them.
ORDER = select(func.aggregate_strings(cast(_NEWEST.c.question_id, String), ","))
ON_SHELVES = WORD.c.word, WORD.c.shelf, WORD.c.bits
MARKS = select(*ON_SHELVES).where(WORD.c.word >= shelves.MARK, WORD.c.word < shelves.AFTER_MARKS)


def facts(of: str) -> Facts:
    """What was public as the list carried this stamp, or later; two statements for each stamp."""
    known = _facts.get(of)
    if known is None:
        known = Facts(json.loads(f"[{db.session.scalar(ORDER) or ''}]"), _marks())
        _facts.keep(of, known)
    return known


def _marks() -> dict[str, int]:
    parts: dict[str, list[tuple[int, int]]] = {}
    for word, number, stored in db.session.execute(MARKS):
        parts.setdefault(word, []).append((number, shelves.unpacked(stored)))
    return {word: shelves.places(each).anywhere for word, each in parts.items()}


class Matching:
    """The questions that hold all that is asked for; everything public where nothing is."""

    def __init__(self, asked: Asked, known: Facts) -> None:
        self._known = known
        self._pieces = _places_of(asked.words, asked.beginning) if asked else []
        self._found = known.listed
        for piece in self._pieces:
            self._found &= piece.anywhere

    def count(self, relation: str = "", topic: int = 0) -> int:
        """How many of them are about a relation ("" for any) and of a topic (its id, 0 for any)."""
        return (self._found & self._known.only(relation, topic)).bit_count()

    def ids(self, relation: str, topic: int, first: int, most: int) -> list[int]:
        """Those: in the title before in the words before in the answers, then the newest day, then by code."""
        found = self._found & self._known.only(relation, topic)
        if found == self._known.listed and not self._pieces:
            return self._known.order[first : first + most]
        ranks = _ranks(found, self._pieces, self._known.size)
        there = [each for each in self._known.order if ranks[each]]
        there.sort(key=ranks.__getitem__, reverse=True)
        return there[first : first + most]


def _ranks(found: int, pieces: Sequence[Places], size: int) -> bytes:
    """A byte for each question: 0 for what is not found, more for what weighs more. So many words have 91 weights at
    most; questions are told apart by whole sets, never one by one."""
    by_weight = {0: found}
    for piece in pieces:
        heavier: dict[int, int] = {}
        for weight, questions in by_weight.items():
            for more, where in zip(sorted(Weight), piece, strict=True):
                if both := questions & where:
                    heavier[weight + more] = heavier.get(weight + more, 0) | both
        by_weight = heavier
    ranked = enumerate(sorted(by_weight), 1)
    total = sum(rank * int.from_bytes(shelves.flags(by_weight[weight], size), "little") for rank, weight in ranked)
    return total.to_bytes(size, "little")


def stamp() -> str:
    """What the list carries now: another after each change, whichever process made it."""
    return db.session.scalar(STAMP) or ""


def _places_of(words: Sequence[str], beginning: str = "") -> list[Places]:
    """Where each word is, and last the beginning unless it is "": one statement, a row for each word of a shelf."""
    begins = (WORD.c.word >= beginning) & (WORD.c.word < beginning + END)
    which = or_(WORD.c.word.in_(words), begins) if beginning else WORD.c.word.in_(words)
    parts: dict[str, list[tuple[int, int]]] = {each: [] for each in words}
    begun: list[tuple[int, int]] = []
    for word, number, stored in db.session.execute(select(*ON_SHELVES).where(which)):
        shelf = number, shelves.unpacked(stored)
        if word in parts:
            parts[word].append(shelf)
        if beginning and word.startswith(beginning):
            begun.append(shelf)
    return [shelves.places(each) for each in (*parts.values(), *([begun] if beginning else ()))]


# ---------------------------------------------------------------- what is shown of them


def cards(ids: Sequence[int]) -> list[Card]:
    """These questions in this order, as far as they are public now: three statements."""
    if not ids:
        return []
    wanted = Question.id.in_(ids), visible()
    columns = Question.id, Question.code, Question.public_title, Question.public_words, Question.published_on
    rows = {row.id: row for row in db.session.execute(select(*columns).where(*wanted))}
    topics, answers = _topics_of(ids), _answers_to(ids)
    return [_card(rows[each], topics.get(each, ()), answers.get(each, [])) for each in ids if each in rows]


def _card(row: Any, topics: tuple[tuple[str, str], ...], answers: Sequence[Any]) -> Card:
    faces = {each.id: Faced(each.id, each.name, each.photo_key) for each in answers if each.state in SHOWN}
    return Card(
        id=row.id,
        code=row.code,
        title=row.public_title,
        words=row.public_words,
        published_on=row.published_on,
        topics=topics,
        answers=len(answers),
        answered_by=tuple(faces.values()),
    )


def _topics_of(ids: Collection[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    asked: Any = (
        select(QuestionTopic.question_id, Topic.slug, Topic.name)
        .join(Topic, Topic.id == QuestionTopic.topic_id)
        .where(QuestionTopic.question_id.in_(ids))
        .order_by(QuestionTopic.question_id, QuestionTopic.position)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for question, slug, name in db.session.execute(asked):
        found[question] = (*found.get(question, ()), (slug, name))
    return found


def _answers_to(ids: Collection[int]) -> dict[int, list[Any]]:
    columns = Answer.question_id, Specialist.id, Specialist.name, Specialist.photo_key, Specialist.state
    asked: Any = (
        select(*columns)
        .join(Specialist, Specialist.id == Answer.specialist_id)
        .where(Answer.question_id.in_(ids), Answer.public_words.is_not(None))
        .order_by(Answer.id)
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(asked):
        found.setdefault(row.question_id, []).append(row)
    return found


def answerers(ids: Collection[int]) -> tuple[int, ...]:
    """Everybody whose answer to one of these is public, whatever has become of their practice."""
    who = select(Answer.specialist_id).where(Answer.question_id.in_(ids), Answer.public_words.is_not(None))
    return tuple(sorted(set(db.session.scalars(who)))) if ids else ()


def as_they_are(ids: Collection[int]) -> tuple[tuple[int, int, str], ...]:
    """What changes whenever what a card says of these specialists does."""
    if not ids:
        return ()
    columns = Specialist.id, Specialist.profile_version, Specialist.state
    rows = db.session.execute(select(*columns).where(Specialist.id.in_(ids)).order_by(Specialist.id))
    return tuple((row.id, row.profile_version, row.state) for row in rows)


def may_be_indexed(most: int) -> list[str]:
    """Codes of public questions whose askers said yes to search engines, the newest first."""
    wanted = select(Question.code).where(Question.may_be_indexed, visible())
    return list(db.session.scalars(wanted.order_by(Question.published_on.desc(), Question.code.desc()).limit(most)))


def all_may_be_indexed(ids: Collection[int]) -> bool:
    """Whether each of these may be kept by search engines: a list that shows one that may not must not be, either."""
    wanted = select(func.count()).where(Question.id.in_(ids), Question.may_be_indexed, visible())
    return bool(ids) and db.session.scalar(wanted) == len(ids)


# ---------------------------------------------------------------- alike


def similar(text: str, limit: int = MOST_ALIKE, *, besides: int = 0) -> list[Card]:
    """Answered questions that are most like `text`: those that share its rarest words. Six statements at most."""
    words = [word for word in every_word(text) if word not in LITTLE]
    if not words:
        return []
    known = facts(stamp())
    where = {word: piece.anywhere & known.listed for word, piece in zip(words, _places_of(words), strict=True)}
    among = known.answered & ~(1 << besides)
    return [card for card in cards(_ranked(where, among, known.order)[:limit]) if card.answers]


def related(question: Question, limit: int = MOST_ALIKE) -> list[Card]:
    """Answered questions beside this one: those with like words, then the newest of its first topic."""
    alike = similar(question.public_title or "", limit, besides=question.id)
    known = {each.id for each in alike}
    if len(alike) == limit or not question.topics:
        return alike
    beside = _newest_answered(question.topics[0].id, {*known, question.id}, limit - len(alike))
    return [*alike, *cards(beside)]


def _newest_answered(topic_id: int, but: Collection[int], limit: int) -> list[int]:
    known = facts(stamp())
    there = shelves.flags(known.answered & known.only("", topic_id), known.size)
    return list(islice((each for each in known.order if there[each] and each not in but), limit))


def _rare_enough(counts: dict[str, int]) -> list[str]:
    """The rarest words, as long as what holds them can be looked through."""
    rare, left = [], MOST_POSTINGS
    for word in sorted(counts, key=lambda each: (counts[each], each)):
        left -= counts[word]
        if left < 0:
            break
        rare.append(word)
    return rare


def _ranked(where: dict[str, int], among: int, order: Sequence[int]) -> list[int]:
    """Questions by how much of the rarest words they share, a rare word more than a common one; then the newest."""
    counts = {word: number for word, bits in where.items() if 0 < (number := bits.bit_count()) < MOST_COUNTED}
    shared: dict[int, int] = {}
    for word in _rare_enough(counts):
        worth = round(1000 * log2((MOST_COUNTED + 1) / counts[word]))
        for question in shelves.numbers(where[word] & among):
            shared[question] = shared.get(question, 0) + worth
    there = [each for each in order if each in shared]
    there.sort(key=shared.__getitem__, reverse=True)
    return there
