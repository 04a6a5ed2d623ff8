"""This file knows how a session gets another length: what costs less at once, what costs more once that is paid.

A dearer length is kept beside the booking, as a hold that names it, and both times are taken until somebody pays or
nobody does. Whatever else becomes of the booking ends that hold; what is paid then goes back by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from practice.accounts.models import User
from practice.bookings import claims, gates, lengths, queries, sold
from practice.bookings.errors import (
    ExpressNeeded,
    MustGiveBack,
    NotEligible,
    OfferChanged,
    PracticeClosed,
    SlotClosed,
    TooLate,
)
from practice.bookings.lengths import Length
from practice.bookings.models import OTHER_LENGTH, Booking
from practice.bookings.money_back import Turn
from practice.bookings.queries import Looker
from practice.bookings.states import BookingState
from practice.bookings.terms import Refusal
from practice.bookings.was import Was
from practice.bookings.who_may import CHANGED, Side
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.models import Order
from practice.store.db import db, read_anew, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed
from practice.values.money import Money

from .buy import let_older_go, require_few
from .express import note_express
from .hold import new_appointment, new_booking, require_open
from .move import lock_with_holds, require_other, settle_at, tell
from .reserve import Details, Wish
from .returning import nobody_pays, settle_money

PROPOSED_FIRST = "Your specialist asks for another time. Choose one first; the length can be changed after that."


@dataclass(frozen=True)
class OtherLength:
    """What somebody chose: which offer, when, and the prices that their page had shown (`Length.shown`)."""

    code: str
    starts_at: datetime
    shown: str
    is_express: bool = False
    browser_key: str | None = None


@transactional
def change_length(booking: Booking, wanted: OtherLength, *, by: User) -> Money:
    """A length that costs no more, at once; what was paid beyond its price comes back by itself: so much as it returns.
    It is one of their moves.

    Raises `NotFound`, `OfferChanged`, `TooLate`, `TooOften`, `SlotTaken`, `SlotClosed`, `OwnOverlap`, `ExpressNeeded`.
    """
    mine = lock_with_holds(booking, wanted.browser_key)
    length = _as_shown(booking, wanted)
    if not length.more.is_free:
        raise OfferChanged(lengths.SHOWN_OTHERWISE)
    note_express(booking, wanted.starts_at, is_express=wanted.is_express)
    was, starts_at = Was.of(booking), wanted.starts_at
    zone = require_other(booking, starts_at, mine, length.offer)
    booking.moves_used += 1
    booking.appointment.offer, booking.price_amount = length.offer, length.price.amount
    settle_at(booking, starts_at, zone)
    if not length.back.is_free:
        settle_money(booking, Turn(state=BookingState.CONFIRMED, at=clock.now()), by=by)
        was = was._replace(back=length.back)
    tell(booking, was, by, OTHER_LENGTH)
    return length.back


def order_length(booking: Booking, wanted: OtherLength, *, by: User) -> Order:
    """The order of the difference, whose payment makes it so; the booking stands as it is until then.

    Chosen again while it can be paid, it is the same order; another choice takes its place. Raises what
    `change_length` does, and `PaymentsOff`.
    """
    order, is_one_more = _order(booking, wanted, by=by)
    if is_one_more:
        let_older_go(by)
    read_anew()
    return order


@transactional
def _order(booking: Booking, wanted: OtherLength, *, by: User) -> tuple[Order, bool]:
    mine = lock_with_holds(booking, wanted.browser_key)
    length = _as_shown(booking, wanted)
    if length.more.is_free:
        raise OfferChanged(lengths.SHOWN_OTHERWISE)
    before = _being_paid(booking, length, wanted.starts_at, mine)
    if before is not None:
        return before, False
    if sold.needs_express(booking, wanted.starts_at, clock.now()) and not wanted.is_express:
        raise ExpressNeeded()
    is_one_more = require_few(Wish(by, length.offer, wanted.starts_at, Details(format=booking.format)))
    held, until = _hold(booking, length, wanted, mine)
    nobody_pays(booking, by=by)
    order = payments.begin(by, [_wanted(booking, length)], hold_until=until)
    # So a hold of another length is found by what pays for it.
    held.code = order.lines[0].code
    return order, is_one_more


def _as_shown(booking: Booking, wanted: OtherLength) -> Length:
    possible = queries.possible(booking, Side.CLIENT)
    possible.move.require()
    if not lengths.are_open(possible):
        raise TooLate(PROPOSED_FIRST)
    length = lengths.named(booking, wanted.code)
    if length.shown != wanted.shown:
        raise OfferChanged(lengths.SHOWN_OTHERWISE)
    return length


def _being_paid(booking: Booking, length: Length, starts_at: datetime, mine: Sequence[Booking]) -> Order | None:
    """The order of this very choice, while somebody can pay it: another tab, or a second press."""
    for each in mine:
        is_same = each.appointment.offer_id == length.offer.id and each.starts_at == starts_at
        if each.instead_of_id == booking.id and is_same:
            found = orders.order_of_line(each.code)
            return found if found is not None and orders.goes_on(found) else None
    return None


def _hold(booking: Booking, length: Length, wanted: OtherLength, mine: Sequence[Booking]) -> tuple[Booking, datetime]:
    """The other length, kept beside the booking; until when (UTC) it can be paid for."""
    offer, starts_at = length.offer, wanted.starts_at
    zone = require_other(booking, starts_at, mine, offer)
    held = new_booking(new_appointment(offer, starts_at, zone))
    for name in ("client_id", "person_key", "client_zone", "format", "cancel_rule", "can_withdraw"):
        setattr(held, name, getattr(booking, name))
    held.instead_of_id, held.is_express = booking.id, booking.can_withdraw and wanted.is_express
    held.price_amount, held.price_currency = length.price.amount, length.price.currency
    begins = min(starts_at, booking.starts_at)
    until = min(clock.now() + booking.terms.reserved, begins)
    # Kept until its payment page has ended, as every sale.
    held.held_until = begins
    db.session.flush()
    claims.claim_instead(held, booking)
    return held, until


def _wanted(booking: Booking, length: Length) -> payments.Wanted:
    return payments.Wanted(
        subject_kind=sold.KIND,
        subject_code=booking.code,
        label=f"Session, {length.offer.minutes} min instead of {booking.appointment.offer.minutes} min",
        payee=booking.specialist.user,
        price=length.more,
    )


# ---------------------------------------------------------------- the difference is paid


@transactional
def take_length(booking: Booking, held: Booking, *, by: User | None) -> None:
    """The difference is paid, so the booking becomes what was kept instead of it, with everything that follows.

    Paid late, it does where the time is still free. Raises `MustGiveBack` where it is not, or where the booking has
    changed since it was ordered, has begun, or its practice was stopped.
    """
    locked = queries.calendars_around(booking)
    claims.lock_calendars(locked)
    claims.lock_booking(booking)
    try:
        _still_possible(booking, held, locked)
        _take(booking, held, by)
    except (Conflict, NotAllowed) as refusal:
        raise MustGiveBack(refusal) from refusal


def _still_possible(booking: Booking, held: Booking, locked: set[int]) -> None:
    now = clock.now()
    claims.lock_client(booking.client_id or 0)
    # Whoever asks for the first payment while the second is made may have both: so the length stays.
    if not booking.is_confirmed or claims.is_outdated(held) or sold.is_held_up(booking):
        CHANGED.require()
    if now >= min(booking.starts_at, held.starts_at):
        raise SlotClosed("This time has begun already.")
    if not booking.specialist.is_visible:
        raise PracticeClosed()
    if gates.has_ended(booking.client, held.appointment.offer):
        raise NotEligible(Refusal.CONSULT_FIRST, booking.terms)
    if held.state == BookingState.EXPIRED:
        claims.drop_expired(locked, now)
        # Kept once more for the same person: it ends as this is taken, and so does its payment page.
        same = [each for each in claims.held_instead(booking) if _is_same(each, held)]
        looker = Looker((booking, held, *same), booking.client)
        require_open(held.appointment.offer, held.starts_at, now, looker)


def _is_same(one: Booking, other: Booking) -> bool:
    return (one.appointment.offer_id, one.starts_at) == (other.appointment.offer_id, other.starts_at)


def _take(booking: Booking, held: Booking, by: User | None) -> None:
    was = Was.of(booking)
    booking.appointment.offer, booking.price_amount = held.appointment.offer, held.price_amount
    booking.is_express = booking.is_express or held.is_express
    booking.lengthened_at = clock.now()
    booking.moves_used += 1
    settle_at(booking, held.starts_at, held.appointment.zone)
    tell(booking, was, by, OTHER_LENGTH)
