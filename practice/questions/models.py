"""This file knows what is stored of questions: their words sealed, a plain copy of what is public, answers to them, and
who said that one helped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import HASH, User
from practice.specialists.models import Specialist, Topic
from practice.store import sealed
from practice.store.db import Coded, NameText, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .states import ANSWER_MOVES, MOVES, VISIBLE, Actor, AgeBand, AnswerState, QuestionState, Relation

MOST_ANSWERS = 2  # of one specialist to one question
_PUBLIC = ", ".join(f"'{state}'" for state in VISIBLE)


class Question(Coded, db.Model):
    """Something that somebody asks in public. `asker` is for themselves and for whoever looks it up in the log's sight;
    everybody else reads `byline`. `title` and `words` are the asker's own, sealed; what is public stands plainly in
    `public_title` and `public_words`, exactly as long as it is public (docs/decisions/0077)."""

    __tablename__ = "questions"
    __table_args__ = (
        one_of("state", QuestionState),
        one_of("relation", Relation),
        one_of("age_band", AgeBand),
        UniqueConstraint("asker_id", "form_key", name="uq_questions_sent_once"),
        CheckConstraint(f"(state IN ({_PUBLIC})) = (public_title IS NOT NULL)", name="plain_while_public"),
        CheckConstraint("(public_title IS NULL) = (public_words IS NULL)", name="plain_as_a_whole"),
        CheckConstraint(f"state NOT IN ({_PUBLIC}) OR published_on IS NOT NULL", name="public_since"),
        Index("ix_questions_listed", "state", "published_on", "code"),
        Index("ix_questions_asker", "asker_id", "asked_at"),
        Index("ix_questions_since", "state", "published_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # Nobody's once the asker's account has ended.
    asker_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    # Drawn anew for each question: docs/decisions/0077.
    pseudonym: Mapped[str] = mapped_column(String(60))
    # Shown in place of the pseudonym where the asker chose so, and as long as they do.
    first_name: Mapped[str | None] = mapped_column(NameText(60))
    state: Mapped[str] = mapped_column(String(16), default=QuestionState.DRAFT)
    title_sealed: Mapped[str | None]
    words_sealed: Mapped[str | None]
    public_title: Mapped[str | None] = mapped_column(String(120))
    public_words: Mapped[str | None] = mapped_column(Text)
    # What staff would take out, for the asker to agree to.
    masked_title_sealed: Mapped[str | None]
    masked_words_sealed: Mapped[str | None]
    # Why staff ask for a change or took it down, as they wrote it to the asker.
    reason_sealed: Mapped[str | None]
    relation: Mapped[str | None] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))
    age_band: Mapped[str | None] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(12), default="en")
    # A yes of its own: without it no search engine may keep the page.
    may_be_indexed: Mapped[bool] = mapped_column(default=False)
    # Whether it may stay, under no name at all, after the asker's account has ended.
    may_stay: Mapped[bool] = mapped_column(default=False)
    # What staff found to be the same, answered before it. It stays where its asker said that theirs is another.
    twin_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    # Raised whenever its words change: a decision is for the words that were read.
    edition: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str | None] = mapped_column(String(64))
    # Of what the form held: the same key with other words is no repetition.
    form_mark: Mapped[str | None] = mapped_column(String(HASH))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    # The day alone is told, and orders the list: an hour would show who asked two things in a row.
    published_on: Mapped[date | None]
    resolved_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    # When its asker was told of other ways on, since nobody had answered.
    silence_told_at: Mapped[datetime | None]
    asker: Mapped[User | None] = relationship()
    twin: Mapped[Question | None] = relationship(remote_side="Question.id")
    topics: Mapped[list[Topic]] = relationship(
        secondary="question_topics", order_by="QuestionTopic.position", passive_deletes=True
    )
    moves: Mapped[list[QuestionMove]] = relationship(order_by="QuestionMove.id", passive_deletes=True)
    answers: Mapped[list[Answer]] = relationship(back_populates="question", order_by="Answer.id", passive_deletes=True)
    follow_up: Mapped[FollowUp | None] = relationship(back_populates="question", passive_deletes=True)
    title = sealed.Words("question")
    words = sealed.Words("question")
    masked_title = sealed.Words("question")
    masked_words = sealed.Words("question")
    reason = sealed.Words("question")

    @property
    def byline(self) -> str:
        """What everybody reads in place of who asked it."""
        return self.first_name or self.pseudonym

    @property
    def is_visible(self) -> bool:
        """Whether everybody can read it now."""
        return self.state in VISIBLE

    @property
    def was_asked_before(self) -> bool:
        """Whether it is not public because it is the same as another, and its asker has not said otherwise."""
        return self.state == QuestionState.REJECTED and self.twin_id is not None and not self.is_another

    @property
    def is_another(self) -> bool:
        """Whether its asker said that it is another than its twin."""
        back = (QuestionState.REJECTED, QuestionState.SUBMITTED)
        return self.twin_id is not None and any((each.before, each.after) == back for each in self.moves)

    def move_to(self, state: QuestionState, *, by: Actor) -> None:
        """The only writer of `.state`; leaves a row behind. Raises `IllegalMove` for a path that does not exist."""
        if state not in MOVES.get(QuestionState(self.state), frozenset()):
            raise IllegalMove("This question has gone on in the meantime.")
        self.moves.append(QuestionMove(before=self.state, after=state, by=by, at=clock.now()))
        self.state, self.changed_at = state, clock.now()


class QuestionTopic(db.Model):
    """A topic that a question is about; one to three of them."""

    __tablename__ = "question_topics"
    __table_args__ = (CheckConstraint("position BETWEEN 0 AND 2", name="three_at_most"),)
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey(Topic.id), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class QuestionMove(db.Model):
    """One change of a question's state: when, and by which side."""

    __tablename__ = "question_moves"
    __table_args__ = (one_of("by", Actor),)
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), index=True)
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]


class FollowUp(Coded, db.Model):
    """The one thing that an asker adds below the answers."""

    __tablename__ = "question_follow_ups"
    __table_args__ = (
        one_of("state", AnswerState),
        UniqueConstraint("question_id", name="uq_question_follow_ups_one"),
        CheckConstraint("public_words IS NULL OR state = 'published'", name="plain_while_public"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), default=AnswerState.IN_REVIEW)
    words_sealed: Mapped[str | None]
    public_words: Mapped[str | None] = mapped_column(Text)
    masked_words_sealed: Mapped[str | None]
    reason_sealed: Mapped[str | None]
    edition: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str | None] = mapped_column(String(64))
    form_mark: Mapped[str | None] = mapped_column(String(HASH))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_on: Mapped[date | None]
    question: Mapped[Question] = relationship(back_populates="follow_up")
    words = sealed.Words("follow_up")
    masked_words = sealed.Words("follow_up")
    reason = sealed.Words("follow_up")

    def move_to(self, state: AnswerState) -> None:
        """The only writer of `.state`. Raises `IllegalMove` for a path that does not exist."""
        if state not in ANSWER_MOVES.get(AnswerState(self.state), frozenset()):
            raise IllegalMove("This has gone on in the meantime.")
        self.state = state


class Answer(Coded, db.Model):
    """What a specialist answers in public, under their own name. `place`: which of their two it is."""

    __tablename__ = "answers"
    __table_args__ = (
        one_of("state", AnswerState),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_ANSWERS}", name="two_at_most"),
        UniqueConstraint("specialist_id", "form_key", name="uq_answers_sent_once"),
        CheckConstraint("public_words IS NULL OR state = 'published'", name="plain_while_public"),
        CheckConstraint("NOT is_picked OR state = 'published'", name="picked_while_public"),
        Index(
            "uq_answers_place",
            "question_id",
            "specialist_id",
            "place",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(
            "uq_answers_picked",
            "question_id",
            unique=True,
            sqlite_where=text("is_picked"),
            postgresql_where=text("is_picked"),
        ),
        Index("ix_answers_question", "question_id", "state"),
        Index("ix_answers_specialist", "specialist_id", "state", "published_on", "id"),
        Index("ix_answers_written", "specialist_id", "written_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"))
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id))
    place: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(16), default=AnswerState.IN_REVIEW)
    words_sealed: Mapped[str | None]
    public_words: Mapped[str | None] = mapped_column(Text)
    masked_words_sealed: Mapped[str | None]
    reason_sealed: Mapped[str | None]
    # The one that helped the asker most.
    is_picked: Mapped[bool] = mapped_column(default=False)
    edition: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str | None] = mapped_column(String(64))
    form_mark: Mapped[str | None] = mapped_column(String(HASH))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    published_on: Mapped[date | None]
    question: Mapped[Question] = relationship(back_populates="answers")
    specialist: Mapped[Specialist] = relationship()
    moves: Mapped[list[AnswerMove]] = relationship(order_by="AnswerMove.id", passive_deletes=True)
    agreements: Mapped[list[Agreement]] = relationship(passive_deletes=True)
    words = sealed.Words("answer")
    masked_words = sealed.Words("answer")
    reason = sealed.Words("answer")

    def move_to(self, state: AnswerState, *, by: Actor) -> None:
        """The only writer of `.state`; leaves a row behind. Raises `IllegalMove` for a path that does not exist."""
        if state not in ANSWER_MOVES.get(AnswerState(self.state), frozenset()):
            raise IllegalMove("This answer has gone on in the meantime.")
        self.moves.append(AnswerMove(before=self.state, after=state, by=by, at=clock.now()))
        self.state = state


class AnswerMove(db.Model):
    """One change of an answer's state: when, and by which side."""

    __tablename__ = "answer_moves"
    __table_args__ = (one_of("by", Actor),)
    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey(Answer.id, ondelete="CASCADE"), index=True)
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]


class Agreement(db.Model):
    """A specialist says that they would answer like a colleague."""

    __tablename__ = "answer_agreements"
    answer_id: Mapped[int] = mapped_column(ForeignKey(Answer.id, ondelete="CASCADE"), primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    specialist: Mapped[Specialist] = relationship()


class HelpfulVote(db.Model):
    """A member says that an answer helped. `counts`: not where several come from one browser or network. The keys are
    keyed hashes, and go once they are of no use."""

    __tablename__ = "helpful_votes"
    answer_id: Mapped[int] = mapped_column(ForeignKey(Answer.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True)
    counts: Mapped[bool] = mapped_column(default=True)
    browser_key: Mapped[str | None] = mapped_column(String(HASH))
    network_key: Mapped[str | None] = mapped_column(String(HASH))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Digest(Coded, db.Model):
    """A specialist wants to be told once a week how many questions wait for them: on which day, at which hour of their
    own clock, and when that is next: None once it has ended. `code` is enough to have it end, and for nothing else."""

    __tablename__ = "question_digests"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_known"),
        Index("ix_question_digests_next", "next_at"),
    )
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(default=0)
    hour: Mapped[int] = mapped_column(default=9)
    next_at: Mapped[datetime | None]
    specialist: Mapped[Specialist] = relationship()
