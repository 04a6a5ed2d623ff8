"""This file knows what is stored of disputes: what each side wrote, what staff decided, and cases of safety."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.bookings.models import Booking
from practice.store import sealed
from practice.store.db import Coded, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .policy import runs
from .states import MOVES, CaseState, DisputeState, Ending, Reason, RulingState, Wish

SIDES = ("client", "specialist")


class Dispute(Coded, db.Model):
    """A client says that something was wrong with a session that was paid. `due_at`: until when the specialist can
    answer, or either side ask another person."""

    __tablename__ = "disputes"
    __table_args__ = (
        one_of("reason", Reason),
        one_of("wish", Wish),
        one_of("state", DisputeState),
        one_of("ending", Ending),
        one_of("appealed_by", SIDES),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_once"),
        CheckConstraint("(state = 'closed') = (ending IS NOT NULL)", name="ends_somehow"),
        CheckConstraint("(due_at IS NOT NULL) = (state IN ('awaiting_reply', 'decided'))", name="due_while_it_waits"),
        Index("ix_disputes_state", "state", "due_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"), unique=True)
    reason: Mapped[str] = mapped_column(String(16))
    wish: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default=DisputeState.AWAITING_REPLY)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None]
    # Words about conduct are for the safety team, and nobody lets the specialist read them: docs/decisions/0070.
    shows_client: Mapped[bool] = mapped_column(default=True)
    client_accepted_at: Mapped[datetime | None]
    specialist_accepted_at: Mapped[datetime | None]
    appealed_by: Mapped[str | None] = mapped_column(String(10))
    appealed_at: Mapped[datetime | None]
    ending: Mapped[str | None] = mapped_column(String(10))
    closed_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship()
    statements: Mapped[list[Statement]] = relationship(
        back_populates="dispute", order_by="Statement.id", passive_deletes=True
    )
    rulings: Mapped[list[Ruling]] = relationship(back_populates="dispute", order_by="Ruling.id", passive_deletes=True)

    @property
    def number(self) -> str:
        """What people call it: "D-2026-0041"."""
        return f"D-{self.opened_at.year}-{self.id:04}"

    @property
    def awaits_reply(self) -> bool:
        """Whether its specialist is the one who is waited for."""
        return self.state == DisputeState.AWAITING_REPLY

    @property
    def thing(self) -> str:
        """What letters call it: "dispute:41"."""
        return f"dispute:{self.id}"

    def move_to(self, state: DisputeState) -> None:
        """The only writer of `.state`; its clock begins anew. Raises `IllegalMove` for a path that does not exist."""
        if state not in MOVES.get(DisputeState(self.state), frozenset()):
            raise IllegalMove("This has gone on in the meantime.")
        lasts = runs(state)
        self.state, self.due_at = state, None if lasts is None else clock.now() + lasts


class Statement(Coded, db.Model):
    """What one side wrote; the first is the client's who opened it."""

    __tablename__ = "dispute_statements"
    __table_args__ = (one_of("side", SIDES), Index("ix_dispute_statements_dispute", "dispute_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey(Dispute.id, ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(10))
    words_sealed: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    dispute: Mapped[Dispute] = relationship(back_populates="statements")
    words = sealed.Words("dispute_statement")


class Ruling(Coded, db.Model):
    """What one of the staff decided, and the second of them where it needs two: how much of the price comes back, with
    reasons that both sides read. `is_appeal`: another person's, after one side asked for it."""

    __tablename__ = "dispute_rulings"
    __table_args__ = (
        one_of("state", RulingState),
        CheckConstraint("percent BETWEEN 0 AND 100", name="part_of_whole"),
        CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> by_id OR state = 'declined'", name="two_people"),
        Index(
            "uq_dispute_rulings_one",
            "dispute_id",
            "is_appeal",
            unique=True,
            sqlite_where=text("state <> 'declined'"),
            postgresql_where=text("state <> 'declined'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey(Dispute.id, ondelete="CASCADE"))
    is_appeal: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[int]
    reason_sealed: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    second_at: Mapped[datetime | None]
    dispute: Mapped[Dispute] = relationship(back_populates="rulings")
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    second: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])
    reason = sealed.Words("dispute_ruling")


class SafetyCase(Coded, db.Model):
    """A client told how they were treated: the safety team looks, whatever becomes of any money."""

    __tablename__ = "safety_cases"
    __table_args__ = (
        one_of("state", CaseState),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_once"),
        Index(
            "uq_safety_cases_open",
            "booking_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_safety_cases_state", "state", "id"),
        Index("ix_safety_cases_booking", "booking_id"),
        Index("ix_safety_cases_client", "client_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    # Nobody's once the client has gone; an open case goes on without their name.
    client_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    words_sealed: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(8), default=CaseState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    # What the client was answered, and by whom.
    answer_sealed: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    booking: Mapped[Booking] = relationship()
    client: Mapped[User | None] = relationship(foreign_keys=[client_id])
    words = sealed.Words("safety_case")
    answer = sealed.Words("safety_case")

    @property
    def thing(self) -> str:
        """What letters call it: "case:7"."""
        return f"case:{self.id}"
