"""This file knows every read of answers: those below a question, a specialist's own, and what is put to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from practice.accounts.models import User
from practice.bookings import acquainted
from practice.specialists.models import Specialist, SpecialistTopic
from practice.specialists.states import VISIBLE as PUBLIC_PROFILES
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from . import lot
from .answer_order import Support, in_order
from .models import Agreement, Answer, Digest, HelpfulVote, Question, QuestionTopic
from .policy import ON_A_PROFILE, READ_FIRST, ROWS_A_PAGE, SILENCE_AFTER
from .queries import visible
from .states import ANSWERABLE, AnswerState, QuestionState

# ---------------------------------------------------------------- below a question


@dataclass(frozen=True)
class Shown:
    """An answer as it is read by somebody: with what colleagues and members said of it, and what this reader did."""

    answer: Answer
    agreements: int
    # Votes that count, which decide about its place; and those that this reader sees, their own among them.
    helped: int
    helped_shown: int
    is_own: bool = False
    agreed: bool = False
    voted: bool = False

    @property
    def support(self) -> Support:
        """What decides about its place."""
        since = self.answer.published_at or self.answer.written_at
        return Support(
            is_picked=self.answer.is_picked,
            agreements=self.agreements,
            helped=self.helped,
            since=since,
            number=self.answer.id,
        )


def below(question: Question, viewer: User | None) -> list[Shown]:
    """Its published answers in their order, as `viewer` reads them: three questions to the database, however many."""
    asked = (
        select(Answer)
        .where(Answer.question_id == question.id, Answer.state == AnswerState.PUBLISHED)
        .options(joinedload(Answer.specialist))
    )
    rows = db.session.scalars(asked).all()
    agreed, helped = _agreed(rows, viewer), _helped(rows, viewer)
    return in_order(_shown(each, agreed.get(each.id, (0, 0)), helped.get(each.id, (0, 0, 0)), viewer) for each in rows)


def _shown(answer: Answer, agreed: tuple[int, int], helped: tuple[int, int, int], viewer: User | None) -> Shown:
    counting, mine, mine_counting = helped
    return Shown(
        answer,
        agreements=agreed[0],
        helped=counting,
        helped_shown=counting + mine - mine_counting,
        is_own=viewer is not None and answer.specialist.user_id == viewer.id,
        agreed=bool(agreed[1]),
        voted=bool(mine),
    )


def _agreed(answers: Sequence[Answer], viewer: User | None) -> dict[int, tuple[int, int]]:
    """How many colleagues who can be seen agree with each, and whether the reader is one of them."""
    mine = Specialist.user_id == (viewer.id if viewer is not None else None)
    asked = (
        select(Agreement.answer_id, func.count(), _sum_of(mine))
        .join(Specialist, Specialist.id == Agreement.specialist_id)
        .where(Agreement.answer_id.in_([each.id for each in answers]), Specialist.state.in_(PUBLIC_PROFILES))
        .group_by(Agreement.answer_id)
    )
    return {answer_id: (total, own) for answer_id, total, own in db.session.execute(asked)} if answers else {}


def _helped(answers: Sequence[Answer], viewer: User | None) -> dict[int, tuple[int, int, int]]:
    """Votes that count on each, whether the reader's is there, and whether that counts too."""
    counts, mine = HelpfulVote.counts.is_(True), HelpfulVote.user_id == (viewer.id if viewer is not None else None)
    asked = (
        select(HelpfulVote.answer_id, _sum_of(counts), _sum_of(mine), _sum_of(and_(counts, mine)))
        .where(HelpfulVote.answer_id.in_([each.id for each in answers]))
        .group_by(HelpfulVote.answer_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(asked)} if answers else {}


def _sum_of(holds: ColumnElement[bool]) -> Any:
    return func.sum(case((holds, 1), else_=0))


def published(code: str) -> Answer:
    """An answer that everybody can read; raises `NotFound` for every other."""
    asked = _whole().where(Answer.code == code, Answer.state == AnswerState.PUBLISHED, visible())
    return _found(db.session.scalar(asked))


def own(user: User, code: str) -> Answer:
    """An answer that this specialist wrote, wherever it stands; raises `NotFound` for anybody else's."""
    return _found(db.session.scalar(_whole().where(Answer.code == code, Specialist.user_id == user.id)))


def by_code(code: str) -> Answer | None:
    """Any answer, for whoever carries out a decision; None where there is none."""
    return db.session.scalar(_whole().where(Answer.code == code))


def _found(answer: Answer | None) -> Answer:
    if answer is None:
        raise NotFound
    return answer


def _whole() -> Select[Any]:
    """With its question, its specialist and who that is."""
    return (
        select(Answer)
        .join(Answer.question)
        .join(Answer.specialist)
        .options(contains_eager(Answer.question), contains_eager(Answer.specialist).joinedload(Specialist.user))
    )


# ---------------------------------------------------------------- a specialist's own


def sent_with(specialist: Specialist, form_key: str) -> Answer | None:
    """What a form of theirs did, None for one that did nothing yet."""
    return db.session.scalar(select(Answer).where(Answer.specialist_id == specialist.id, Answer.form_key == form_key))


def places_taken(question: Question, specialist: Specialist) -> set[int]:
    """Which of their two answers to a question they have used; one that was withdrawn is free again."""
    asked = select(Answer.place).where(
        Answer.question_id == question.id,
        Answer.specialist_id == specialist.id,
        Answer.state != AnswerState.WITHDRAWN,
    )
    return set(db.session.scalars(asked))


def is_known(specialist: Specialist) -> bool:
    """Whether enough of their answers are public that further ones appear at once."""
    asked = (
        select(func.count())
        .select_from(Answer)
        .where(Answer.specialist_id == specialist.id, Answer.state == AnswerState.PUBLISHED)
    )
    return (db.session.scalar(asked) or 0) >= READ_FIRST


def _written_by(user: User) -> ColumnElement[bool]:
    return and_(Specialist.user_id == user.id, Answer.state != AnswerState.WITHDRAWN)


def written_by(user: User, first: int = 0) -> Sequence[Answer]:
    """A page of what a specialist answered, the newest first, none withdrawn; `first`: how many come before it."""
    asked = _whole().where(_written_by(user)).order_by(Answer.written_at.desc(), Answer.id.desc())
    return db.session.scalars(asked.offset(first).limit(ROWS_A_PAGE)).all()


def count_written_by(user: User) -> int:
    """How many that are."""
    asked = select(func.count()).select_from(Answer).join(Answer.specialist)
    return db.session.scalar(asked.where(_written_by(user))) or 0


def on_profile(specialist: Specialist) -> Sequence[Answer]:
    """Their newest answers that everybody can read, for their profile."""
    asked = _whole().where(Answer.specialist_id == specialist.id, Answer.state == AnswerState.PUBLISHED, visible())
    return db.session.scalars(asked.order_by(Answer.published_on.desc(), Answer.id.desc()).limit(ON_A_PROFILE)).all()


# ---------------------------------------------------------------- what is put to a specialist


def put_to(specialist: Specialist) -> ColumnElement[bool]:
    """Which questions a specialist can answer, as a condition: public and open, theirs by lot, asked by nobody whom
    they are in touch with in private, nor by themself. What is left out says nothing of why: docs/decisions/0078."""
    return and_(
        Question.state.in_(ANSWERABLE),
        lot.is_put_to(specialist, clock.today("UTC")),
        or_(Question.asker_id.is_(None), Question.asker_id.not_in(acquainted.accounts_near(specialist))),
    )


def is_put_to(question: Question, specialist: Specialist) -> bool:
    """Whether they can answer this one."""
    asked = select(exists().where(Question.id == question.id, put_to(specialist)))
    return bool(db.session.scalar(asked))


@dataclass(frozen=True)
class Waiting:
    """A question that waits for a specialist. `answers`: how many everybody can read."""

    question: Question
    is_in_topics: bool
    answers: int


def _waits_for(specialist: Specialist) -> ColumnElement[bool]:
    return and_(put_to(specialist), ~_has_answer(specialist))


def count_put_to(specialist: Specialist) -> int:
    """How many questions are put to a specialist that they have not answered."""
    return db.session.scalar(select(func.count()).select_from(Question).where(_waits_for(specialist))) or 0


def waiting_for(specialist: Specialist, first: int = 0) -> list[Waiting]:
    """A page of them: those that nobody answered first, those of their topics before others, then the oldest."""
    in_topics, answers = _shares_topic(specialist), _answers()
    asked: Any = (
        select(Question, in_topics, answers)
        .where(_waits_for(specialist))
        .options(selectinload(Question.topics))
        .order_by(Question.state != QuestionState.PUBLISHED, in_topics.desc(), Question.published_on, Question.code)
    )
    rows = db.session.execute(asked.offset(first).limit(ROWS_A_PAGE))
    return [Waiting(row[0], bool(row[1]), row[2]) for row in rows]


def count_waiting(specialist: Specialist) -> tuple[int, int]:
    """How many questions in a specialist's topics nobody has answered and wait for them, and in how many topics."""
    nobody = (put_to(specialist), Question.state == QuestionState.PUBLISHED)
    own = select(SpecialistTopic.topic_id).where(SpecialistTopic.specialist_id == specialist.id)
    asked = (
        select(func.count(Question.id.distinct()), func.count(QuestionTopic.topic_id.distinct()))
        .join(QuestionTopic, QuestionTopic.question_id == Question.id)
        .where(*nobody, QuestionTopic.topic_id.in_(own))
    )
    questions, topics = db.session.execute(asked).one()
    return questions, topics


def _has_answer(specialist: Specialist) -> ColumnElement[bool]:
    return exists().where(
        Answer.question_id == Question.id,
        Answer.specialist_id == specialist.id,
        Answer.state != AnswerState.WITHDRAWN,
    )


def _shares_topic(specialist: Specialist) -> ColumnElement[bool]:
    return exists().where(
        QuestionTopic.question_id == Question.id,
        QuestionTopic.topic_id == SpecialistTopic.topic_id,
        SpecialistTopic.specialist_id == specialist.id,
    )


def _answers() -> Any:
    return (
        select(func.count())
        .where(Answer.question_id == Question.id, Answer.state == AnswerState.PUBLISHED)
        .scalar_subquery()
    )


# ---------------------------------------------------------------- nobody has answered


def unanswered() -> ColumnElement[bool]:
    """Public for five days or more, and nobody has answered."""
    return and_(Question.state == QuestionState.PUBLISHED, Question.published_at <= clock.now() - SILENCE_AFTER)


def to_tell() -> Sequence[Question]:
    """Unanswered questions whose askers have not been told of other ways yet."""
    asked = select(Question).where(unanswered(), Question.silence_told_at.is_(None), Question.asker_id.is_not(None))
    return db.session.scalars(asked.order_by(Question.id)).all()


def count_unanswered() -> int:
    """How many there are, for staff."""
    return db.session.scalar(select(func.count()).select_from(Question).where(unanswered())) or 0


def list_unanswered(first: int = 0) -> Sequence[Question]:
    """A page of them for staff, the oldest first."""
    asked = select(Question).where(unanswered()).options(selectinload(Question.topics))
    asked = asked.order_by(Question.published_at, Question.id)
    return db.session.scalars(asked.offset(first).limit(ROWS_A_PAGE)).all()


# ---------------------------------------------------------------- the digest


def digest_of(specialist: Specialist) -> Digest | None:
    """When they are told how many questions wait; None for whoever is not."""
    found = db.session.get(Digest, specialist.id)
    return found if found is not None and found.next_at is not None else None


def digest_by_code(code: str) -> Digest:
    """The digest that a letter's link ends, also once it has ended; raises `NotFound`."""
    found = db.session.scalar(select(Digest).where(Digest.code == code))
    if found is None:
        raise NotFound()
    return found


def due_digests() -> Sequence[Digest]:
    """Those whose hour has come."""
    return db.session.scalars(select(Digest).where(Digest.next_at <= clock.now()).order_by(Digest.next_at)).all()
