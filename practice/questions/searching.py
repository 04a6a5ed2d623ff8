"""This file knows which public questions are found, in which order, and how many there are of each kind, in a fixed
number of statements. What is handed out was asked of `queries.visible` a moment ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from math import log2
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal, literal_column, select, union_all

from practice.specialists.models import Specialist, Topic
from practice.specialists.states import VISIBLE as SHOWN
from practice.store.db import db
from practice.store.memory import Memory

from .little_words import LITTLE
from .models import Answer, Question, QuestionTopic
from .policy import MOST_ALIKE, MOST_COUNTED, MOST_POSTINGS
from .queries import visible
from .search import END, Asked, every_word
from .search_models import QuestionEntry, QuestionList, QuestionWord

ENTRY: Any = QuestionEntry.__table__
WORD: Any = QuestionWord.__table__
# A question's own number is below this.
BITS = 32
NUMBER = (1 << BITS) - 1
AT_A_TIME = 500
STAMP = select(QuestionList.stamp).where(QuestionList.id == 1)


class Kind(NamedTuple):
    """How many questions of one relation and one set of topics there are."""

    relation: str | None
    topics: int
    number: int


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


class _Piece(NamedTuple):
    text: str
    is_beginning: bool

    def of(self, table: Any) -> ColumnElement[bool]:
        if self.is_beginning:
            found: ColumnElement[bool] = (table.c.word >= self.text) & (table.c.word < self.text + END)
            return found
        same: ColumnElement[bool] = table.c.word == self.text
        return same


class Facts:
    """What the list knows of every public question, in memory under one stamp: the newest first, and of which kind."""

    def __init__(self, rows: Iterable[tuple[int, str | None, int]]) -> None:
        self.kind_of = {question: (relation, topics) for question, relation, topics in rows}
        self.order = list(self.kind_of)
        self.place_of = {question: place for place, question in enumerate(self.kind_of)}
        self.kinds = _kinds(self.kind_of.values())


_facts: Memory[str, Facts] = Memory(2)
ALL = select(ENTRY.c.question_id, ENTRY.c.relation, ENTRY.c.topics).order_by(
    ENTRY.c.published_on.desc(), ENTRY.c.code.desc()
)


def facts(of: str) -> Facts:
    """What was public as the list carried this stamp, or later; one statement for each stamp."""
    known = _facts.get(of)
    if known is None:
        known = Facts(tuple(row) for row in db.session.execute(ALL))
        _facts.keep(of, known)
    return known


class Matching:
    """The questions that hold all that is asked for; everything public where nothing is."""

    def __init__(self, asked: Asked, known: Facts) -> None:
        self._known = known
        self._found: list[int] | None = _ordered(asked, known) if asked else None

    def kinds(self) -> Sequence[Kind]:
        """All of them, counted by relation and topics."""
        return self._known.kinds if self._found is None else _kinds(map(self._known.kind_of.__getitem__, self._found))

    def ids(self, relation: str, topic: int, first: int, most: int) -> list[int]:
        """Those about a relation ("" for any) and a topic (its bit, 0 for any): in the title before in the words before
        in the answers, then the newest day, then by code."""
        found: Iterable[int] = self._known.kind_of if self._found is None else self._found
        return list(islice(self._about(found, relation, topic), first, first + most))

    def _about(self, found: Iterable[int], relation: str, topic: int) -> Iterator[int]:
        if not relation and not topic:
            return iter(found)
        kind_of = self._known.kind_of
        wanted = {
            (each.relation, each.topics)
            for each in self._known.kinds
            if (not relation or each.relation == relation) and (not topic or each.topics & topic)
        }
        return (each for each in found if kind_of[each] in wanted)


def _ordered(asked: Asked, known: Facts) -> list[int]:
    """What holds all that is asked for, best first; a place in the list counts less than any word."""
    pieces = _rarest_first(asked)
    if pieces is None:
        return []
    order, place_of, most = known.order, known.place_of, len(known.order) + 1
    # Whole numbers, rows a few at a time: fifty thousand at once have the collector look through all there is.
    rows = db.session.scalars(_scored(pieces), execution_options={"yield_per": AT_A_TIME})
    ranked = [
        (each >> BITS) * most - place
        for each in rows
        if each is not None and (place := place_of.get(each & NUMBER)) is not None
    ]
    ranked.sort(reverse=True)
    return [order[-rank % most] for rank in ranked]


def _kinds(kinds: Iterable[tuple[str | None, int]]) -> list[Kind]:
    return [Kind(*kind, number) for kind, number in Counter(kinds).items()]


def stamp() -> str:
    """What the list carries now: another after each change, whichever process made it."""
    return db.session.scalar(STAMP) or ""


def count_of(kinds: Iterable[Kind], relation: str, topic: int) -> int:
    """How many of these are about a relation ("" for any) and a topic (its bit, 0 for any)."""
    counts = count_by_relation(kinds, topic)
    return counts.get(relation, 0) if relation else sum(counts.values())


def count_by_relation(kinds: Iterable[Kind], topic: int) -> dict[str | None, int]:
    """How many of these there are of each relation, with a topic (its bit, 0 for any)."""
    found: dict[str | None, int] = {}
    for relation, topics, number in kinds:
        if not topic or topics & topic:
            found[relation] = found.get(relation, 0) + number
    return found


def count_by_topic(kinds: Iterable[Kind], relation: str) -> dict[int, int]:
    """How many of these there are of each topic, by its bit, with a relation ("" for any)."""
    found: dict[int, int] = {}
    for each in kinds:
        if relation and each.relation != relation:
            continue
        left = each.topics
        while left:
            lowest = left & -left
            found[lowest] = found.get(lowest, 0) + each.number
            left ^= lowest
    return found


# ---------------------------------------------------------------- statements


def _rarest_first(asked: Asked) -> list[_Piece] | None:
    """What is asked for, the rarest first, so that little is compared with the rest; None where one is nowhere."""
    pieces = [_Piece(word, is_beginning=False) for word in asked.words]
    if asked.beginning:
        pieces.append(_Piece(asked.beginning, is_beginning=True))
    if not pieces:
        return []
    counts = _counted(pieces)
    if 0 in counts.values():
        return None
    return sorted(pieces, key=lambda piece: (counts[piece], piece))


def _counted(pieces: Sequence[_Piece]) -> dict[_Piece, int]:
    """How many questions hold each, counted no further than to know that it is common."""
    parts = []
    for number, piece in enumerate(pieces):
        some = select(WORD.c.question_id).where(piece.of(WORD)).limit(MOST_COUNTED).subquery()
        parts.append(select(literal(number).label("number"), func.count().label("count")).select_from(some))
    statement: Any = union_all(*parts) if len(parts) > 1 else parts[0]
    return {pieces[number]: count for number, count in db.session.execute(statement)}


def _scored(pieces: Sequence[_Piece]) -> Any:
    """A number for each question that holds all of them: what they weigh together, and below it the question's own."""
    first, *rest = pieces
    driver = _postings(first)
    source, score, also = driver, driver.c.weight, []
    if not first.is_beginning:
        also.append(first.of(driver))
    for piece in rest:
        table = WORD.alias()
        is_there = (table.c.question_id == driver.c.question_id) & piece.of(table)
        if piece.is_beginning:
            best = select(func.max(table.c.weight)).where(is_there).scalar_subquery()
            # Nothing where none begins so; asked for as a condition too, it would be worked out twice.
            score = score + best
        else:
            source = source.join(table, is_there)
            score = score + table.c.weight
    packed = cast(score, BigInteger) * (NUMBER + 1) + driver.c.question_id
    return select(packed).select_from(source).where(*also)


def _postings(piece: _Piece) -> Any:
    if not piece.is_beginning:
        return WORD.alias()
    # The sum keeps SQLite from going through all questions in the order of the other index.
    question = (WORD.c.question_id + literal_column("0")).label("question_id")
    return select(question, func.max(WORD.c.weight).label("weight")).where(piece.of(WORD)).group_by(question).subquery()


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
    """Answered questions that are most like `text`: those that share its rarest words. Five statements at most."""
    words = [word for word in every_word(text) if word not in LITTLE]
    pieces = [_Piece(word, is_beginning=False) for word in words]
    if not pieces:
        return []
    counts = {piece.text: count for piece, count in _counted(pieces).items() if 0 < count < MOST_COUNTED}
    ranked = _ranked(_rare_enough(counts), counts, besides)
    return [card for card in cards(ranked[:limit]) if card.answers]


def related(question: Question, limit: int = MOST_ALIKE) -> list[Card]:
    """Answered questions beside this one: those with like words, then the newest of its first topic."""
    alike = similar(question.public_title or "", limit, besides=question.id)
    known = {each.id for each in alike}
    if len(alike) == limit or not question.topics:
        return alike
    beside = _newest_answered(question.topics[0].id, {*known, question.id}, limit - len(alike))
    return [*alike, *cards(beside)]


def _newest_answered(topic_id: int, but: Collection[int], limit: int) -> list[int]:
    found = (
        select(ENTRY.c.question_id)
        .where(ENTRY.c.topics.bitwise_and(1 << topic_id) != 0, ENTRY.c.is_answered, ENTRY.c.question_id.not_in(but))
        .order_by(ENTRY.c.published_on.desc(), ENTRY.c.code.desc())
        .limit(limit)
    )
    return list(db.session.scalars(found))


def _rare_enough(counts: dict[str, int]) -> list[str]:
    """The rarest words, as long as what holds them can be looked through."""
    rare, left = [], MOST_POSTINGS
    for word in sorted(counts, key=lambda each: (counts[each], each)):
        left -= counts[word]
        if left < 0:
            break
        rare.append(word)
    return rare


def _ranked(words: Sequence[str], counts: dict[str, int], besides: int) -> list[int]:
    """Questions by how much of these words they share, a rare word more than a common one; then the newest."""
    if not words:
        return []
    columns = WORD.c.question_id, WORD.c.word, ENTRY.c.published_on, ENTRY.c.code
    held = select(*columns).join(ENTRY, ENTRY.c.question_id == WORD.c.question_id)
    rows = db.session.execute(held.where(WORD.c.word.in_(words), ENTRY.c.is_answered, WORD.c.question_id != besides))
    shared: dict[int, int] = {}
    facts: dict[int, tuple[date, str]] = {}
    worth = {word: round(1000 * log2((MOST_COUNTED + 1) / counts[word])) for word in words}
    for question, word, on, code in rows:
        shared[question] = shared.get(question, 0) + worth[word]
        facts[question] = on, code
    return sorted(shared, key=lambda each: (shared[each], *facts[each]), reverse=True)
