"""This file knows how a time is kept for somebody while they fill in the form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, select, update

from practice.accounts.holdings import lets_go
from practice.accounts.models import User
from practice.accounts.policy import Holding
from practice.bookings import claims, free_times, limits, queries, terms
from practice.bookings.entered import new_uid
from practice.bookings.errors import OwnOverlap, PaidByThem, PracticeClosed, SlotClosed, SlotTaken
from practice.bookings.models import Appointment, Booking, RememberedAnswer
from practice.bookings.queries import NOBODY, Looker
from practice.bookings.states import BookingState
from practice.bookings.terms import Terms
from practice.specialists.models import Offer
from practice.store import retention
from practice.store.db import changed, db, rereading, transactional
from practice.values import clock


@dataclass(frozen=True)
class Visitor:
    """Whoever asks: a signed-in person, or a browser that we know by random keys only."""

    user: User | None
    browser_key: str
    network_key: str
    zone: str

    @property
    def is_unknown(self) -> bool:
        """Nobody has confirmed an address: any number of these can be one and the same."""
        return self.user is None or self.user.confirmed_at is None

    def keeps_for(self, terms: Terms) -> timedelta:
        """How long a time of such an offer is kept for them."""
        return terms.unknown_hold if self.is_unknown else terms.hold


def hold(offer: Offer, starts_at: datetime, visitor: Visitor) -> Booking | None:
    """Keep `starts_at` for the visitor as long as its terms say; chosen again, once more.

    None when it is not kept, because an unknown visitor may not have it, or it was kept often enough. Raises
    `SlotTaken` if somebody else has it, `SlotClosed` if the rules do not offer it, `OwnOverlap` if they have something
    else then, `NotEligible` for who could not book in the end, whatever they fill in.
    """
    # Who cannot book in the end keeps no time from others, and waits in no line for a calendar. Whatever changes after
    # this question is found by the last one, behind the lock of who books.
    hopeless = queries.hopeless(visitor.user, offer) if visitor.user is not None else queries.not_for_visitors(offer)
    if hopeless is not None and claims.GUARDED:
        raise hopeless
    return _hold(offer, starts_at, visitor)


@rereading
def _hold(offer: Offer, starts_at: datetime, visitor: Visitor) -> Booking | None:
    now = clock.now()
    mine = lock_own_holds((offer.specialist_id,), visitor.user, visitor.browser_key)
    same = next((each for each in mine if _is_live_for(each, offer, starts_at, now)), None)
    for other in mine:
        if other is not same:
            give_up(other)
    # The lock has read the practice again: one that was stopped since it was asked for is closed now.
    is_open = visitor.user is not None and offer.specialist.is_published
    calendar = require_open(offer, starts_at, now, Looker((same,) if same else (), visitor.user), is_open=is_open)
    holds_of_time = queries.holds_of_time(offer.specialist_id, starts_at, visitor.user, visitor.browser_key)
    if same is not None:
        if holds_of_time < limits.HOLDS_OF_A_TIME:
            give_to(same, visitor.user)
            same.held_until = now + visitor.keeps_for(same.terms)
        return same
    if visitor.is_unknown and not _may_hold_unknown(calendar, starts_at, visitor, now):
        return None
    return _keep(offer, starts_at, visitor, calendar) if holds_of_time < limits.HOLDS_OF_A_TIME else None


def _keep(offer: Offer, starts_at: datetime, visitor: Visitor, calendar: free_times.Calendar) -> Booking:
    booking = new_booking(new_appointment(offer, starts_at, calendar.zone_at(starts_at)))
    booking.client_id = visitor.user.id if visitor.user else None
    booking.client_zone, booking.browser_key, booking.network_key = (
        visitor.zone,
        visitor.browser_key,
        visitor.network_key,
    )
    booking.held_until = clock.now() + visitor.keeps_for(booking.terms)
    db.session.flush()
    claims.claim(booking)
    return booking


def give_to(booking: Booking, user: User | None) -> None:
    """What is held is this person's from now on, and takes their time as well. Raises `OwnOverlap`."""
    user_id = user.id if user else None
    if booking.client_id == user_id and booking.id is not None:
        return
    if booking.client_id is not None:
        claims.release_client(booking)
    booking.client_id = user_id
    db.session.flush()
    claims.claim_client(booking)


def _is_live_for(held: Booking, offer: Offer, starts_at: datetime, now: datetime) -> bool:
    is_live = held.state == BookingState.HELD and held.held_until is not None and held.held_until > now
    return is_live and held.appointment.offer_id == offer.id and held.starts_at == starts_at


def lock_own_holds(also: Collection[int], user: User | None, browser_key: str | None) -> list[Booking]:
    """What this person or browser holds anywhere, as it is behind the lock: those calendars are locked, that of their
    own practice if they have one, and those of the specialists `also`. What has run out in them ends with it."""
    user_id = user.id if user else None
    locked = queries.calendars_to_lock(user_id, browser_key, also)
    claims.lock_calendars(locked)
    mine, run_out = queries.holds_behind_lock(user_id, browser_key, locked)
    for held in run_out:
        claims.end_hold(held)
    return mine


def require_open(
    offer: Offer, starts_at: datetime, now: datetime, looker: Looker = NOBODY, *, is_open: bool = False
) -> free_times.Calendar:
    """The calendar, if it offers `starts_at` to `looker`; raises `SlotTaken`, `SlotClosed` or `OwnOverlap`.

    By the very call that makes the list which this person sees. `is_open`: it takes appointments, as was asked.
    """
    # What is booked with a practice that was stopped can be kept or cancelled; nothing is put at another time.
    calendar = queries.calendar_for(offer, now, looker, is_open=is_open)
    if calendar.hours is free_times.CLOSED.hours:
        raise PracticeClosed()
    if calendar.has_free(starts_at, now):
        return calendar
    ends_at = end_of(offer, starts_at)
    if queries.is_taken(offer.specialist_id, starts_at, ends_at, [each.id for each in looker.own]):
        client, practice = looker.client, offer.specialist_id
        is_theirs = client is not None and queries.reserved_at(client, practice, starts_at, ends_at)
        raise PaidByThem() if is_theirs else SlotTaken()
    if replace(calendar, away=()).has_free(starts_at, now):
        if not claims.GUARDED:
            return calendar
        raise OwnOverlap()
    raise SlotClosed()


def new_appointment(offer: Offer, starts_at: datetime, zone: str) -> Appointment:
    """What a booking of this offer at this time is part of, not yet stored."""
    return Appointment(
        specialist_id=offer.specialist_id,
        offer_id=offer.id,
        kind=offer.kind,
        starts_at=starts_at,
        ends_at=end_of(offer, starts_at),
        zone=zone,
        local_start=local_start(starts_at, zone),
        capacity=1,
        ics_uid=new_uid(),
    )


def new_booking(appointment: Appointment) -> Booking:
    """A held booking in it, not yet flushed; the caller says until when and for whom."""
    booking = Booking(
        appointment=appointment,
        specialist_id=appointment.specialist_id,
        kind=appointment.kind,
        state=BookingState.HELD,
        held_until=clock.now() + terms.of(appointment.kind).hold,
    )
    if appointment.is_for_one:
        # One event in two calendars.
        booking.ics_uid = appointment.ics_uid
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
    """Unknown visitors are few per network, and always leave others two appointments in that day and week."""
    if queries.holds_in_network(visitor.network_key) >= limits.HOLDS_PER_NETWORK:
        return False
    return calendar.left_after(starts_at, now) >= limits.LEFT_FREE


def give_up(booking: Booking) -> None:
    """End a hold that was read behind the lock of its calendar."""
    if booking.state == BookingState.HELD:
        claims.end_hold(booking)
        db.session.flush()


@lets_go(Holding.HOLDS)
def _free_what_they_hold(user: User) -> None:
    """Nothing is kept for them any more, and what came to nothing is nobody's."""
    _give_up_holds(user, None)
    nobodys = (Booking.client_id == user.id, Booking.state == BookingState.EXPIRED, Booking.person_key.is_(None))
    changed(update(Booking).where(*nobodys).values(client_id=None))


def give_up_holds(user: User | None, browser_key: str | None) -> None:
    """Free what this person or browser holds: they left the form, or signed out. Most hold nothing, and change
    nothing."""
    if queries.where_they_hold(user.id if user else None, browser_key):
        _give_up_holds(user, browser_key)


@transactional
def _give_up_holds(user: User | None, browser_key: str | None) -> None:
    for booking in lock_own_holds((), user, browser_key):
        give_up(booking)


@transactional
def give_up_hold(booking_id: int, user: User | None) -> None:
    """Free this one time, unless somebody else holds it, or it is more than held by now."""
    held = queries.live_hold(booking_id)
    if held is None:
        return
    claims.lock_booking(held)
    if held.person_key is None and held.client_id in (None, user.id if user else None):
        give_up(held)


@transactional
def hand_back_holds(user: User, browser_key: str | None) -> None:
    """It was the wrong account: what it held in this browser is the browser's, for whoever signs in next."""
    for held in lock_own_holds((), None, browser_key):
        if held.client_id == user.id and held.state == BookingState.HELD:
            give_to(held, None)


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
    """Holds that came to nothing, and answers to old forms, are gone after 30 days. What has a price stays: of it only
    the keys by which a browser and its network could be known again go."""
    limit = retention.HOLDS.before
    old = (Booking.state == BookingState.EXPIRED, Booking.ended_at < limit)
    priced = select(Appointment.id).join(Appointment.offer).where(Offer.price_amount > 0)
    free = select(Booking.id, Booking.appointment_id).where(*old, Booking.appointment_id.not_in(priced)).limit(500)
    rows = db.session.execute(free).all()
    changed(delete(Booking).where(Booking.id.in_([each.id for each in rows])))
    empty = ~exists().where(Booking.appointment_id == Appointment.id)
    changed(delete(Appointment).where(Appointment.id.in_([each.appointment_id for each in rows]), empty))
    changed(update(Booking).where(*old, Booking.browser_key.is_not(None)).values(browser_key=None, network_key=None))
    db.session.execute(delete(RememberedAnswer).where(RememberedAnswer.at < limit))
