"""This file knows what is stored about appointments, bookings and the time they occupy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from practice.accounts.models import User
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import OfferKind
from practice.store import sealed
from practice.store.db import Coded, Json, NameText, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from . import terms
from .agreed import AGREED_CHECKS, AsAgreed
from .entered import Entered
from .states import COUNTING, GIVES_BACK, LIVE, MOVES, BookingState, Outcome, ProposalState

SIDES = ("client", "specialist")


class Appointment(Coded, Entered, db.Model):
    """Something that happens at a time with a specialist, who has it in their calendar once, however many come.

    It has as many places as its capacity says; what two people agree on has one.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("kind", OfferKind),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity >= 1", name="has_a_place"),
        Index("ix_appointments_specialist_start", "specialist_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id))
    offer_id: Mapped[int] = mapped_column(ForeignKey(Offer.id))
    kind: Mapped[str] = mapped_column(String(20))
    capacity: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # The specialist's zone and wall clock as they were agreed: when a country changes its rules, these stay true.
    zone: Mapped[str] = mapped_column(String(64))
    local_start: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    specialist: Mapped[Specialist] = relationship()
    offer: Mapped[Offer] = relationship()
    bookings: Mapped[list[Booking]] = relationship(back_populates="appointment")
    holders: Mapped[list[EntryHolder]] = relationship(order_by="EntryHolder.id", passive_deletes=True)

    @property
    def is_for_one(self) -> bool:
        """Whether it stands and falls with one booking, and moves with it."""
        return self.capacity == 1


class Booking(Coded, Entered, AsAgreed, db.Model):
    """One client's numbered place in one appointment. While HELD it may belong to a browser that has not signed in."""

    __tablename__ = "bookings"
    __table_args__ = (
        one_of("state", BookingState),
        CheckConstraint("client_id IS NOT NULL OR state IN ('held', 'expired')", name="client_known_once_booked"),
        CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="a_hold_ends"),
        # Who is faster has the place: a second booking with its number is refused by the table itself.
        CheckConstraint("state NOT IN ('held', 'confirmed') OR place IS NOT NULL", name="has_a_place"),
        UniqueConstraint("appointment_id", "place"),
        *AGREED_CHECKS,
        # One free consultation for each person and specialist, whatever else goes wrong.
        Index(
            "uq_bookings_consult_pair",
            "person_key",
            "specialist_id",
            unique=True,
            sqlite_where=text("claims_pair = 1"),
            postgresql_where=text("claims_pair"),
        ),
        Index("ix_bookings_client_state", "client_id", "state"),
        Index("ix_bookings_state_held", "state", "held_until"),
        Index("ix_bookings_browser", "browser_key"),
        Index("ix_bookings_person", "person_key"),
        Index("ix_bookings_choice", "choice_until"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey(Appointment.id), index=True)
    # From 1 to the appointment's capacity; none once it was given back.
    place: Mapped[int | None] = mapped_column(default=1)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    # The client's normalised address, hashed: a second account of one person is the same person here.
    person_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(24), default=BookingState.HELD)
    claims_pair: Mapped[bool] = mapped_column(default=False)
    held_until: Mapped[datetime | None]
    browser_key: Mapped[str | None] = mapped_column(String(64))
    network_key: Mapped[str | None] = mapped_column(String(64))
    # The form's own key: the same form sent twice is one booking.
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    client_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    format: Mapped[str] = mapped_column(String(12), default="video")
    call_name: Mapped[str] = mapped_column(NameText(60), default="")
    topics: Mapped[list[str]] = mapped_column(Json, default=list)
    note_sealed: Mapped[str | None]
    shares_note: Mapped[bool] = mapped_column(default=False)
    # Only for a call by phone, only for this call.
    phone_sealed: Mapped[str | None]
    # "Three things I want to know": private until the client says otherwise.
    prep_sealed: Mapped[str | None]
    shares_prep: Mapped[bool] = mapped_column(default=False)
    with_partner: Mapped[bool] = mapped_column(default=False)
    location: Mapped[str] = mapped_column(String(8), default="")
    # A colleague suggested it, so it counts towards no limit of its client's.
    is_referred: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    reconfirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    joined_client_at: Mapped[datetime | None]
    joined_specialist_at: Mapped[datetime | None]
    moves_used: Mapped[int] = mapped_column(default=0)
    reason_sealed: Mapped[str | None]
    is_emergency: Mapped[bool] = mapped_column(default=False)
    granted_again_at: Mapped[datetime | None]
    granted_because_sealed: Mapped[str | None]

    note = sealed.Words("booking")
    phone = sealed.Words("booking")
    prep = sealed.Words("booking")
    reason = sealed.Words("booking")  # from when people were asked (docs/decisions/0039); it goes with the others
    granted_because = sealed.Words("booking")
    appointment: Mapped[Appointment] = relationship(back_populates="bookings")
    specialist: Mapped[Specialist] = relationship()
    client: Mapped[User | None] = relationship()
    moves: Mapped[list[BookingMove]] = relationship(
        order_by="BookingMove.id", back_populates="booking", cascade="all, delete-orphan", passive_deletes=True
    )
    holders: Mapped[list[EntryHolder]] = relationship(order_by="EntryHolder.id", passive_deletes=True)
    proposals: Mapped[list[Proposal]] = relationship(
        order_by="Proposal.id", back_populates="booking", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def starts_at(self) -> datetime:
        return self.appointment.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.appointment.ends_at

    @property
    def terms(self) -> terms.Terms:
        """What was agreed for its kind, and when it was sold."""
        return terms.as_sold(self.kind, self.cancel_rule)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_confirmed(self) -> bool:
        return self.state == BookingState.CONFIRMED

    @property
    def open_proposal(self) -> Proposal | None:
        """Other times that its specialist offers."""
        return self._open("specialist")

    @property
    def open_request(self) -> Proposal | None:
        """Other times that its client asks for."""
        return self._open("client")

    def _open(self, side: str) -> Proposal | None:
        return next((p for p in self.proposals if p.state == ProposalState.OPEN and p.side == side), None)

    @property
    def thing(self) -> str:
        """What every letter about it is about."""
        return f"booking:{self.id}"

    def person(self, side: str) -> User:
        """Who is on the "client" or the "specialist" side; raises ValueError for a hold, which has nobody yet."""
        person = self.client if side == "client" else self.specialist.user
        if person is None:
            raise ValueError("a hold has nobody to write to")
        return person

    def entry(self, side: str) -> Booking | Appointment:
        """What stands in the calendar of one side: the client's own booking, the appointment for its specialist."""
        return self if side == "client" else self.appointment

    def raise_sequences(self, side: str = "client") -> None:
        """What two people agreed on is one event in both calendars, under one name and one number. Of what more come
        to, the entry of one side changes alone."""
        for entry in (self, self.appointment) if self.appointment.is_for_one else (self.entry(side),):
            entry.raise_sequence()

    def move_to(
        self, state: BookingState, *, by: User | None, reason: str = "", starts_before: datetime | None = None
    ) -> None:
        """The only writer of `.state`; leaves a row behind, raises `IllegalMove` for a path that does not exist."""
        if state not in MOVES.get(BookingState(self.state), frozenset()):
            raise IllegalMove("This appointment has changed in the meantime, so that is no longer possible.")
        self.note_move(state, by=by, reason=reason, starts_before=starts_before)
        self.state = state
        if state in GIVES_BACK:
            self.place = None
        self.claims_pair = self.terms.one_per_pair and state in COUNTING and self.granted_again_at is None

    def note_move(
        self, after: str, *, by: User | None, reason: str = "", starts_before: datetime | None = None
    ) -> BookingMove:
        """Leave a row behind without a change of state: a new time, a re-confirmation. The row."""
        move = BookingMove(
            booking=self,
            before=self.state,
            after=after,
            by_id=by.id if by else None,
            at=clock.now(),
            reason=reason,
            starts_before=starts_before,
        )
        if (session := object_session(self)) is not None:
            session.add(move)
        return move


# Why a booking got another time. Two of these are the specialist's wish, whoever pressed the button.
MOVED, PROPOSED = "moved", "proposed"  # the second: asked for, and nothing has moved yet
ASKED, AGREED_TO = "asked", "agreed"  # by the client, and by the specialist
CHOSE_AGAIN = "chose again"  # the specialist had cancelled
WITHDREW = "withdrew"  # its client cancelled it by a notice of withdrawal
MONEY_RETURNED = "money returned"  # all that was paid for it went back, and it ended by that
OTHER_LENGTH = "other length"
PAID_BEFORE = "paid_before"  # kept once more for who had paid for it already
OUTDATED = "outdated"  # kept instead of a booking that has changed since
TOOK_PROPOSED = "took offered"
MOVED_INSTEAD = "moved as asked"
AS_THE_SPECIALIST_WISHES = (TOOK_PROPOSED, MOVED_INSTEAD, CHOSE_AGAIN)


class BookingMove(db.Model):
    """One change of a booking: who, when, why, and the time it had before; the length, where that is another since."""

    __tablename__ = "booking_moves"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"), index=True)
    before: Mapped[str] = mapped_column(String(24))
    after: Mapped[str] = mapped_column(String(24))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(60), default="")
    starts_before: Mapped[datetime | None]
    minutes_before: Mapped[int | None]
    # Written from this end: a row is added without reading all that happened before.
    booking: Mapped[Booking] = relationship(back_populates="moves")


def _one_now(name: str, column: str, now: str = "let_go_at IS NULL") -> Index:
    """Of those that are `now` there is one: nobody's entry stands in two mailboxes at once."""
    where = text(now)
    return Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)


class EntryHolder(db.Model):
    """A mailbox that was sent a calendar entry, with the identity it was written there under, for life.

    A client's is the entry of their booking, a specialist's that of the appointment, however many come to it. The one
    that is not let go holds it now: updates go there, wherever its person reads today.
    """

    __tablename__ = "entry_holders"
    __table_args__ = (
        CheckConstraint("(booking_id IS NULL) <> (appointment_id IS NULL)", name="whose"),
        UniqueConstraint("booking_id", "mailbox"),
        UniqueConstraint("appointment_id", "mailbox"),
        _one_now("uq_entry_holders_clients_now", "booking_id"),
        _one_now("uq_entry_holders_specialists_now", "appointment_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey(Appointment.id, ondelete="CASCADE"))
    # The ATTENDEE of the entry, and its ORGANIZER.
    mailbox: Mapped[str] = mapped_column(String(320))
    organizer: Mapped[str] = mapped_column(String(320))
    # Random, so that answers to it can be told from guesses.
    route: Mapped[str] = mapped_column(String(32))
    held_since: Mapped[datetime] = mapped_column(default=clock.now)
    let_go_at: Mapped[datetime | None]

    @property
    def side(self) -> str:
        """Whose entry it is, "client" or "specialist"."""
        return "specialist" if self.booking_id is None else "client"


class Proposal(Coded, db.Model):
    """Up to three other times for a booking: offered by its specialist, or asked for by its client."""

    __tablename__ = "proposals"
    __table_args__ = (
        one_of("state", ProposalState),
        one_of("side", SIDES),
        _one_now("uq_proposals_open", "booking_id", "state = 'open'"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(String(12), default="specialist")
    starts: Mapped[list[str]] = mapped_column(Json, default=list)  # UTC instants in ISO 8601
    state: Mapped[str] = mapped_column(String(12), default=ProposalState.OPEN)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    lapses_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    booking: Mapped[Booking] = relationship(back_populates="proposals")

    @property
    def instants(self) -> list[datetime]:
        return [datetime.fromisoformat(start) for start in self.starts]


class Contest(Coded, db.Model):
    """Somebody says that "missed" is not how it was; the other side may answer; staff look at who joined when, and
    decide with a reason that both read."""

    __tablename__ = "contests"
    __table_args__ = (one_of("outcome", Outcome), UniqueConstraint("booking_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id, ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    words_sealed: Mapped[str]
    # What the one says who had marked it: both sides are heard.
    answer_sealed: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason_sealed: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[str] = mapped_column(String(12), default=Outcome.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    booking: Mapped[Booking] = relationship()
    words = sealed.Words("contest")
    answer = sealed.Words("contest")
    reason = sealed.Words("contest")


class Strike(Coded, db.Model):
    """A specialist was not there, or cancelled late without an emergency; three in 90 days pause new consultations."""

    __tablename__ = "strikes"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id), unique=True)
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    waived_at: Mapped[datetime | None]
    waived_because_sealed: Mapped[str | None]
    waived_because = sealed.Words("strike")


class CalendarFeed(db.Model):
    """A secret address that a calendar program reads; only the token's hash is kept. One live feed for each purpose."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "uq_calendar_feeds_live",
            "user_id",
            "purpose",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        one_of("purpose", ("busy", "details")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10), default="busy")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[datetime | None]
    # Raised with every change of the owner's bookings: a feed is rendered once for each value, not for each fetch.
    version: Mapped[int] = mapped_column(default=1)
    user: Mapped[User] = relationship()


class RememberedAnswer(db.Model):
    """The answer that one form key got, so that a double click or a retry after a lost connection gets the same."""

    __tablename__ = "remembered_answers"
    form_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    action: Mapped[str] = mapped_column(String(30))
    target: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
