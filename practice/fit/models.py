"""This file knows what is stored of decisions after a consultation: each party's own answer, suggestions, kind texts.

What the answers come to stands in no column: `policy.outcome` derives it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.bookings.models import Booking
from practice.specialists.models import Specialist
from practice.store import sealed
from practice.store.db import Coded, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .states import REFERRAL_MOVES, REQUEST_MOVES, Choice, Party, ReferralState, RequestState


class FitChoice(Coded, db.Model):
    """One party's own answer about one consultation; they may change it, and no other party reads it."""

    __tablename__ = "fit_choices"
    __table_args__ = (
        one_of("party", Party),
        one_of("choice", Choice),
        UniqueConstraint("booking_id", "party"),
        CheckConstraint("choice <> 'refer' OR party = 'specialist'", name="only_specialists_refer"),
        CheckConstraint("choice <> 'not_now' OR party <> 'specialist'", name="not_now_is_a_clients"),
        CheckConstraint("revisit_on IS NULL OR choice = 'need_time'", name="revisits_with_time"),
        Index("ix_fit_choices_revisit", "revisit_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    party: Mapped[str] = mapped_column(String(12))
    choice: Mapped[str] = mapped_column(String(12))
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    # The day on which somebody who needs time is reminded, on their own clock.
    revisit_on: Mapped[date | None]
    # Theirs alone; a client's goes to the specialist where they tick so, a specialist's goes to nobody.
    reason_sealed: Mapped[str | None]
    shares_reason: Mapped[bool] = mapped_column(default=False)
    # Which of the kind texts the client reads.
    text_key: Mapped[str] = mapped_column(String(30), default="")
    reason = sealed.Words("fit_choice")
    booking: Mapped[Booking] = relationship()


class FitPartner(db.Model):
    """The other half of a couple: a link that the client passes on, and the account that answers through it.

    Whoever goes on alone ends it; its row stays, so that the link opens nothing any more.
    """

    __tablename__ = "fit_partners"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship()
    user: Mapped[User | None] = relationship()


class FitRequest(Coded, db.Model):
    """A client asks to open again what has ended; the specialist agrees, or leaves it as it is."""

    __tablename__ = "fit_requests"
    __table_args__ = (
        one_of("state", RequestState),
        Index(
            "uq_fit_requests_open",
            "booking_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_fit_requests_booking", "booking_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(10), default=RequestState.OPEN)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship()

    def move_to(self, state: RequestState) -> None:
        """The only writer of `.state`; raises `IllegalMove` for a path that does not exist."""
        if state not in REQUEST_MOVES.get(RequestState(self.state), frozenset()):
            raise IllegalMove("This has been answered in the meantime.")
        self.state, self.answered_at = state, clock.now()


class Referral(Coded, db.Model):
    """One colleague whom a specialist suggests. Nothing of it reaches them before the client has changed and agreed."""

    __tablename__ = "referrals"
    __table_args__ = (
        one_of("state", ReferralState),
        UniqueConstraint("booking_id", "to_specialist_id"),
        CheckConstraint("from_specialist_id <> to_specialist_id", name="to_somebody_else"),
        Index(
            "uq_referrals_accepted",
            "booking_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index("ix_referrals_pair", "client_id", "to_specialist_id"),
        Index("ix_referrals_from", "from_specialist_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    from_specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id))
    to_specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(10), default=ReferralState.OFFERED)
    # They share a practice, family or money; the client is told.
    has_interest: Mapped[bool]
    # What the one who suggests would pass on, for the client to change; and what the client agreed to pass on.
    draft_sealed: Mapped[str | None]
    handover_sealed: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    draft = sealed.Words("referral")
    handover = sealed.Words("referral")
    booking: Mapped[Booking] = relationship()
    from_specialist: Mapped[Specialist] = relationship(foreign_keys=[from_specialist_id])
    to_specialist: Mapped[Specialist] = relationship(foreign_keys=[to_specialist_id])

    def move_to(self, state: ReferralState) -> None:
        """The only writer of `.state`; raises `IllegalMove` for a path that does not exist."""
        if state not in REFERRAL_MOVES.get(ReferralState(self.state), frozenset()):
            raise IllegalMove("These suggestions have changed in the meantime.")
        self.state, self.answered_at = state, clock.now()


class FitText(db.Model):
    """What staff made of one of the kind texts, and why; the newest of a key is what people read."""

    __tablename__ = "fit_texts"
    __table_args__ = (Index("ix_fit_texts_key", "key", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(String(400))
    because: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[User] = relationship()
