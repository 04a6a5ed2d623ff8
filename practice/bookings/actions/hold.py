"""This file knows how a time is kept for somebody while they fill in the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, update

from practice import clock, retention
from practice.accounts.holdings import lets_go
from practice.accounts.models import User
from practice.accounts.policy import Held
from practice.bookings import claims, free_times, policy, queries
from practice.bookings.errors import NotEligible, SlotClosed, SlotTaken
from practice.bookings.models import Appointment, Booking, RememberedAnswer
from practice.bookings.policy import Refusal
from practice.bookings.states import BookingState
from practice.db import changed, db, transactional
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import OfferKind


@dataclass(frozen=True)
class Visitor:
    """Whoever asks: a signed-in person, or a browser that we know by random keys only."""

    user: User | None
    browser_key: str
    network_key: str
    zone: str


def hold(offer: Offer, starts_at: datetime, visitor: Visitor) -> Booking | None:
    """Keep `starts_at` for the visitor: 15 minutes, or 10 before sign-in.

    None when it is not kept, because an unknown visitor may not have it. Raises `SlotTaken` if somebody else has it,
    `SlotClosed` if the rules do not offer it, `NotEligible` for who could not book in the end, whatever they fill in.
    """
    if visitor.user is not None:
        _require_hope(visitor.user, offer.specialist)
    return _hold(offer, starts_at, visitor)


def _require_hope(user: User, specialist: Specialist) -> None:
    """Who cannot book in the end keeps no time from others; an address can still be confirmed."""
    found = policy.refusals(queries.standing_of(user, specialist), clock.now())
    lasting = [each for each in found if each != Refusal.EMAIL]
    if lasting and claims.GUARDED:
        raise NotEligible(lasting[0])


@transactional
def _hold(offer: Offer, starts_at: datetime, visitor: Visitor) -> Booking | None:
    now = clock.now()
    mine = list(queries.holds_of(visitor.user.id if visitor.user else None, visitor.browser_key))
    # In one order, as everywhere, so that two people who change their minds at once never wait for each other.
    for specialist_id in sorted({offer.specialist_id, *(each.specialist_id for each in mine)}):
        claims.lock_specialist(specialist_id)
    claims.drop_expired(offer.specialist_id, now)
    for other in mine:
        _give_up(other)
    calendar = require_open(offer, starts_at, now)
    if visitor.user is None and not _may_hold_unknown(calendar, starts_at, visitor, now):
        return None
    booking = new_booking(offer, starts_at, calendar.zone_at(starts_at))
    booking.client_id = visitor.user.id if visitor.user else None
    booking.client_zone, booking.browser_key, booking.network_key = (
        visitor.zone,
        visitor.browser_key,
        visitor.network_key,
    )
    booking.held_until = now + (policy.HOLD if visitor.user else policy.ANONYMOUS_HOLD)
    db.session.flush()
    claims.claim_specialist(booking)
    return booking


def require_open(offer: Offer, starts_at: datetime, now: datetime, own: Booking | None = None) -> free_times.Calendar:
    """The calendar, if it offers `starts_at`; raises `SlotTaken` or `SlotClosed`. The function that made the list.

    `own` is the asker's own booking, which never stands in the way. While it is a hold, the notice counts from the
    moment the time was chosen: what is kept for somebody does not become too late under their hands.
    """
    # What is booked with a practice that was stopped can be kept or cancelled; nothing is put at another time.
    if not offer.specialist.is_visible:
        raise SlotClosed("This practice takes no appointments at the moment.")
    mine = [own.id] if own else []
    calendar = free_times.calendar_of(offer.specialist_id, OfferKind(offer.kind), now, minutes=offer.minutes, own=mine)
    chosen_at = own.created_at if own is not None and own.state == BookingState.HELD else now
    if calendar.offers(starts_at, chosen_at):
        return calendar
    if queries.is_taken(offer.specialist_id, starts_at, end_of(offer, starts_at), mine):
        raise SlotTaken()
    raise SlotClosed()


def new_booking(offer: Offer, starts_at: datetime, zone: str) -> Booking:
    """A held booking in an appointment of its own, not yet flushed; the caller says until when and for whom."""
    appointment = Appointment(
        specialist_id=offer.specialist_id,
        offer_id=offer.id,
        kind=offer.kind,
        starts_at=starts_at,
        ends_at=end_of(offer, starts_at),
        zone=zone,
        local_start=local_start(starts_at, zone),
    )
    booking = Booking(
        appointment=appointment,
        specialist_id=offer.specialist_id,
        kind=offer.kind,
        state=BookingState.HELD,
        held_until=clock.now() + policy.HOLD,
    )
    db.session.add(booking)
    return booking


def local_start(starts_at: datetime, zone: str) -> str:
    """The wall clock that was agreed, with its fold: "2027-03-09T10:00+1"."""
    wall = starts_at.astimezone(ZoneInfo(zone))
    return f"{wall:%Y-%m-%dT%H:%M}+{wall.fold}"


def end_of(offer: Offer, starts_at: datetime) -> datetime:
    """When an appointment of this offer that starts then is over."""
    return starts_at + timedelta(minutes=offer.minutes)


def _may_hold_unknown(calendar: free_times.Calendar, starts_at: datetime, visitor: Visitor, now: datetime) -> bool:
    """Unknown visitors are few per network, and never keep the last two free times of a day from others."""
    if queries.holds_in_network(visitor.network_key) >= policy.HOLDS_PER_NETWORK:
        return False
    zone = ZoneInfo(calendar.hours.zone)
    midnight = starts_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    day = (int(midnight.timestamp()), int((midnight + timedelta(days=1)).astimezone(UTC).timestamp()))
    return len(calendar.starts(now, day)) > policy.SLOTS_KEPT_FREE


def _give_up(booking: Booking) -> None:
    """End a hold, its calendar being locked; one that was confirmed or ended in the meantime stays as it is."""
    db.session.refresh(booking)
    if booking.state != BookingState.HELD:
        return
    booking.move_to(BookingState.EXPIRED, by=None)
    booking.ended_at = clock.now()
    claims.release(booking)
    db.session.flush()


@lets_go(Held.HOLDS)
def _free_what_they_hold(user: User) -> None:
    """Nothing is kept for them any more, and what came to nothing is nobody's."""
    give_up_holds(user, None)
    nobodys = (Booking.client_id == user.id, Booking.state == BookingState.EXPIRED)
    changed(update(Booking).where(*nobodys).values(client_id=None))


@transactional
def give_up_holds(user: User | None, browser_key: str | None) -> None:
    """Free what this person or browser holds: they left the form, or signed out."""
    mine = queries.holds_of(user.id if user else None, browser_key)
    for booking in sorted(mine, key=lambda each: each.specialist_id):
        claims.lock_specialist(booking.specialist_id)
        _give_up(booking)


@transactional
def expire_holds() -> int:
    """End every hold that has run out; returns how many. Takers do it for themselves, so nothing waits for this."""
    now = clock.now()
    overdue = db.session.query(Booking.specialist_id).filter(
        Booking.state == BookingState.HELD, Booking.held_until <= now
    )
    for (specialist_id,) in overdue.distinct().order_by(Booking.specialist_id).all():
        claims.lock_specialist(specialist_id)
    return claims.expire(Booking.state == BookingState.HELD, Booking.held_until <= now)


@transactional
def forget_old_holds() -> None:
    """Holds that came to nothing, and answers to old forms, are gone after 30 days."""
    limit = retention.HOLDS.before
    old = db.session.scalars(
        db.select(Booking).where(Booking.state == BookingState.EXPIRED, Booking.ended_at < limit).limit(500)
    ).all()
    for booking in old:
        db.session.delete(booking)
        db.session.flush()
        db.session.delete(booking.appointment)
    db.session.execute(delete(RememberedAnswer).where(RememberedAnswer.at < limit))
