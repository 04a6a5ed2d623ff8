"""This file knows what a client chooses whose specialist cancelled what they had paid for: money or another time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select

from practice.accounts.models import User
from practice.bookings import claims, emails, following, queries, sold
from practice.bookings.models import CHOSE_AGAIN, Booking
from practice.bookings.money_back import Turn
from practice.bookings.queries import Looker
from practice.bookings.states import BookingState
from practice.bookings.was import Was
from practice.bookings.who_may import Side
from practice.payments.models import OrderLine
from practice.specialists.models import Specialist
from practice.specialists.states import VISIBLE
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.work.each import one_by_one

from .express import note_express
from .hold import require_open
from .move import lock_with_holds, make_way, settle_at
from .returning import settle_money


@transactional
def choose_time(
    booking: Booking, starts_at: datetime, *, by: User, browser_key: str | None = None, is_express: bool = False
) -> None:
    """Another free time, paid for already: the same booking stands again, as it was agreed.

    Raises `TooLate` where there is nothing to choose any more, `SlotTaken`, `SlotClosed`, `OwnOverlap`,
    `ExpressNeeded`.
    """
    mine = lock_with_holds(booking, browser_key)
    queries.possible(booking, Side.CLIENT).choose_time.require()
    note_express(booking, starts_at, is_express=is_express)
    looker = Looker(tuple(mine), booking.client, is_owed=True)
    calendar = require_open(booking.appointment.offer, starts_at, clock.now(), looker)
    make_way(mine, booking, starts_at, booking.appointment.offer)
    was = Was.of(booking)
    booking.choice_until, booking.ended_at, booking.reconfirmed_at = None, None, None
    claims.claim_place(booking)
    booking.move_to(BookingState.CONFIRMED, by=by, reason=CHOSE_AGAIN, starts_before=was.starts_at)
    settle_at(booking, starts_at, calendar.zone_at(starts_at))
    booking.raise_sequences()
    claims.feeds_changed(booking.client_id, booking.specialist.user_id)
    emails.moved(booking, was)
    audit.record("booking.chose_again", f"booking:{booking.code}", actor=by)


@transactional
def choose_money(booking: Booking, *, by: User) -> None:
    """All of it comes back. Raises `TooLate` where there is nothing to choose any more."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).choose_money.require()
    _give_back(booking, by=by)


def return_unchosen() -> None:
    """Whoever has not chosen in time has their money back, and so has everybody whose practice has ended, or who has a
    part of it already."""
    begun = exists().where(
        OrderLine.subject_kind == sold.KIND, OrderLine.subject_code == Booking.code, OrderLine.back > 0
    )
    over = or_(Booking.choice_until <= clock.now(), Specialist.state.not_in(VISIBLE), begun)
    asked = select(Booking).join(Booking.specialist).where(Booking.choice_until.is_not(None), over)
    one_by_one("booking", db.session.scalars(asked.order_by(Booking.id)).all(), _return_unchosen)


@transactional
def _return_unchosen(booking: Booking) -> None:
    claims.lock_booking(booking)
    until = booking.choice_until
    if until is None:
        return
    left = sold.left_and_returned(booking)[0].amount
    if until <= clock.now() or not booking.specialist.is_visible or following.ends_choice(booking, left):
        _give_back(booking, by=None)


def _give_back(booking: Booking, *, by: User | None) -> None:
    settle_money(booking, Turn(state=BookingState(booking.state), at=clock.now()), by=by)
    emails.given_back(booking)
    audit.record("booking.had_money_back", f"booking:{booking.code}", actor=by)
