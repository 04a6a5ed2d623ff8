"""This file knows what is stored of moderation: cases, who is part of them, reports, verdicts, sanctions, and looks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.store import sealed
from practice.store.db import Coded, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .states import MOVES, CaseState, Decision, Feature, Part, ReportReason, Severity, Step

IS_OPEN = text("state = 'open'")


class Case(Coded, db.Model):
    """Something that waits for a person, or did: a kind of thing and its code, never its words.

    `author_id`: whose words they are, for the rules; no page of staff shows it unless it is looked up. `read`: the
    words as they were when somebody took it, so that a change can be shown.
    """

    __tablename__ = "moderation_cases"
    __table_args__ = (
        one_of("severity", Severity),
        one_of("state", CaseState),
        CheckConstraint("(claimed_by_id IS NULL) = (claimed_until IS NULL)", name="claimed_until_then"),
        CheckConstraint(
            "(decided_at IS NOT NULL) = (state IN ('decided', 'appealed', 'upheld', 'reversed'))", name="decided_once"
        ),
        CheckConstraint(
            "(appealed_at IS NOT NULL) = (state IN ('appealed', 'upheld', 'reversed'))", name="appealed_once"
        ),
        CheckConstraint("(closed_at IS NOT NULL) = (state IN ('upheld', 'reversed', 'withdrawn'))", name="closed_once"),
        Index(
            "uq_moderation_cases_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_moderation_cases_queue", "state", "severity", "opened_at", "id"),
        Index("ix_moderation_cases_subject", "kind", "subject"),
        Index("ix_moderation_cases_author", "author_id"),
        Index("ix_moderation_cases_decided", "decided_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), default=CaseState.OPEN)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    claimed_until: Mapped[datetime | None]
    read_mark: Mapped[str | None] = mapped_column(String(64))
    read_sealed: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    appeal_sealed: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    verdicts: Mapped[list[Verdict]] = relationship(back_populates="case", order_by="Verdict.id", passive_deletes=True)
    read = sealed.Words("moderation_case")
    appeal = sealed.Words("moderation_case")

    @property
    def thing(self) -> str:
        """What letters call it: "moderation:41"."""
        return f"moderation:{self.id}"

    @property
    def about(self) -> str:
        """What the log calls it: by its own public name, never by what it is about."""
        return f"case:{self.code}"

    @property
    def is_heavy(self) -> bool:
        """Whether reading it weighs on a person: veiled, and nobody has to."""
        return self.severity == Severity.SAFETY

    def holder(self, now: datetime) -> User | None:
        """Who has it at this instant (UTC); a claim lapses by itself."""
        return self.claimed_by if self.claimed_until is not None and now < self.claimed_until else None

    def move_to(self, state: CaseState) -> None:
        """The only writer of `.state`; nobody has it afterwards. Raises `IllegalMove`."""
        if state not in MOVES.get(CaseState(self.state), frozenset()):
            raise IllegalMove("This has gone on in the meantime.")
        self.state, self.claimed_by_id, self.claimed_until = state, None, None


class CaseParty(db.Model):  # type: ignore[name-defined,misc]
    """Somebody who is part of a case, and so never decides it."""

    __tablename__ = "moderation_parties"
    __table_args__ = (one_of("part", Part), Index("ix_moderation_parties_user", "user_id"))
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    part: Mapped[str] = mapped_column(String(9))


class Report(Coded, db.Model):
    """What one person says is wrong with something; one of each person for each case."""

    __tablename__ = "moderation_reports"
    __table_args__ = (
        one_of("reason", ReportReason),
        UniqueConstraint("case_id", "reporter_id"),
        Index("ix_moderation_reports_reporter", "reporter_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    # Nobody's once they have gone; their words go with them.
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str] = mapped_column(String(10))
    words_sealed: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # Whoever reported asked another person, as the first left it.
    appealed_at: Mapped[datetime | None]
    appeal_sealed: Mapped[str | None]
    reporter: Mapped[User | None] = relationship()
    case: Mapped[Case] = relationship()
    words = sealed.Words("moderation_report")
    appeal = sealed.Words("moderation_report")


class Verdict(Coded, db.Model):
    """What one of the staff decided, with reasons for who wrote it, the words as they were read, and as a mask leaves
    them. One for a case, one after an appeal, and never two by one person."""

    __tablename__ = "moderation_verdicts"
    __table_args__ = (
        one_of("decision", Decision),
        UniqueConstraint("case_id", "is_appeal"),
        # Whoever decided cannot decide about the appeal.
        UniqueConstraint("case_id", "by_id"),
        Index("ix_moderation_verdicts_by", "by_id", "made_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    is_appeal: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(10))
    mark: Mapped[str] = mapped_column(String(64), default="")
    reason_sealed: Mapped[str | None]
    own_sealed: Mapped[str | None]
    masked_sealed: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    case: Mapped[Case] = relationship(back_populates="verdicts")
    by: Mapped[User] = relationship()
    reason = sealed.Words("moderation_verdict")
    own = sealed.Words("moderation_verdict")
    masked = sealed.Words("moderation_verdict")


class Sanction(Coded, db.Model):
    """A step of the ladder for one person; a limit ends by itself, or as another person reverses it."""

    __tablename__ = "moderation_sanctions"
    __table_args__ = (
        one_of("step", Step),
        CheckConstraint("(step = 'limit') = (until_at IS NOT NULL)", name="limits_end"),
        Index("ix_moderation_sanctions_user", "user_id", "made_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    step: Mapped[str] = mapped_column(String(8))
    reason_sealed: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    until_at: Mapped[datetime | None]
    # Another person took it back after an appeal.
    lifted_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    limits: Mapped[list[Limit]] = relationship(order_by="Limit.feature", passive_deletes=True)
    reason = sealed.Words("moderation_sanction")


class Limit(db.Model):  # type: ignore[name-defined,misc]
    """One thing that a sanction takes from somebody for a while."""

    __tablename__ = "moderation_limits"
    __table_args__ = (one_of("feature", Feature),)
    sanction_id: Mapped[int] = mapped_column(ForeignKey(Sanction.id, ondelete="CASCADE"), primary_key=True)
    feature: Mapped[str] = mapped_column(String(8), primary_key=True)


class Look(Coded, db.Model):
    """One of the staff looked up whose something is, and why; whoever it is reads that."""

    __tablename__ = "moderation_looks"
    __table_args__ = (Index("ix_moderation_looks_user", "user_id", "id"), Index("ix_moderation_looks_by", "by_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(64))
    purpose_sealed: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    purpose = sealed.Words("moderation_look")


class CaseTopic(db.Model):  # type: ignore[name-defined,misc]
    """What a case is about, as far as somebody of the staff may not want to be given it: topics of its room, and what
    was reported."""

    __tablename__ = "moderation_case_topics"
    __table_args__ = (Index("ix_moderation_case_topics_topic", "topic"),)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"), primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)


class CareTopic(db.Model):  # type: ignore[name-defined,misc]
    """What one of the staff is not given, besides what is about safety; nobody else reads it."""

    __tablename__ = "moderation_care_topics"
    __table_args__ = (Index("ix_moderation_care_topics_topic", "topic"),)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)


class Care(db.Model):  # type: ignore[name-defined,misc]
    """Who of the staff is not given heavy items; no row for who takes them."""

    __tablename__ = "moderation_care"
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True, autoincrement=False)
