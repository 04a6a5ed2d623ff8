"""This file knows how a time is taken for both sides, and becomes a booking when whoever may says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import lazyload

from practice.accounts.actions import agree_by_booking
from practice.accounts.models import User
from practice.bookings import claims, emails, gates, policy, queries, terms
from practice.bookings.errors import MustGiveBack, NotEligible, PracticeClosed, SlotClosed
from practice.bookings.models import Appointment, Booking
from practice.bookings.queries import Looker
from practice.bookings.states import BookingState
from practice.bookings.terms import Refusal
from practice.specialists.models import Offer
from practice.store import audit
from practice.store.db import db, rereading, transactional
from practice.values import clock
from practice.values.errors import Conflict, IllegalMove, NotAllowed

from . import twice
from .hold import give_to, give_up, lock_own_holds, new_appointment, new_booking, require_open

OWNER = select(User).options(lazyload(User.roles)).where(User.id == bindparam("owner"))
AS_THEY_ARE = {"populate_existing": True}


@dataclass(frozen=True)
class Details:
    """What the client chose to say on the form; everything but the format is optional."""

    format: str
    call_name: str = ""
    topics: list[str] = field(default_factory=list)
    note: str = ""
    phone: str = ""
    shares_note: bool = False
    with_partner: bool = False
    location: str = ""
    form_key: str | None = None
    # Whose holds in other tabs end with this booking, beside those of the account.
    browser_key: str | None = None


@dataclass(frozen=True)
class Wish:
    """Who would like which offer when, what they say about it, and what is held for them already."""

    client: User
    offer: Offer
    starts_at: datetime
    details: Details
    held: Booking | None = None


def reserve(client: User, offer: Offer, starts_at: datetime, details: Details, held: Booking | None = None) -> Booking:
    """The time, taken for both sides and kept as long as its terms say, until somebody who may calls `confirm`.

    What has a price is paid in between, so the price is no reason to refuse it here. Nobody is written to yet.
    Raises `NotEligible`, `SlotTaken`, `SlotClosed`, `OwnOverlap`.
    """
    wish = Wish(client, offer, starts_at, details, held)
    # Who may not hears so here and never waits in line for the calendar.
    require_eligible(wish, clock.now(), paid_later=True)
    return _reserve(wish)


@rereading
def _reserve(wish: Wish) -> Booking:
    """The same question again, now that nobody else can change the answer."""
    mine = lock_own_holds((wish.offer.specialist_id,), wish.client, wish.details.browser_key)
    return take(wish, mine, paid_later=True)


def take(wish: Wish, mine: Sequence[Booking], *, paid_later: bool = False) -> Booking:
    """The same for a caller that holds the calendar, and those of `mine`, what this person holds."""
    client, offer, now = wish.client, wish.offer, clock.now()
    claims.lock_client(client.id)
    eligibility = require_eligible(wish, now, paid_later=paid_later)
    booking = _a_place(wish, mine) if terms.of(offer.kind).shares_a_time else _a_time(wish, mine)
    give_to(booking, client)
    booking.client, booking.person_key = client, client.person_key
    booking.held_until = now + booking.terms.reserved
    booking.is_referred = eligibility.is_referred
    _write_down(booking, client, wish.details)
    agree_by_booking(client, booking.terms.consent)
    return booking


def require_eligible(wish: Wish, now: datetime, *, paid_later: bool = False) -> policy.Eligibility:
    """What decided that they may. Raises `NotEligible` with the first rule that refuses; `paid_later` says that the
    price is none."""
    location = wish.details.location or None
    eligibility = queries.eligibility_of(wish.client, wish.offer.specialist, wish.offer, location=location)
    found = [each for each in policy.refusals(eligibility, now) if not (paid_later and each == Refusal.PRICE)]
    if wish.offer.price.amount and not paid_later:
        found.insert(0, Refusal.PRICE)
    if found and claims.GUARDED:
        raise NotEligible(found[0], eligibility.terms)
    return eligibility


def _brought(wish: Wish, mine: Sequence[Booking]) -> Booking | None:
    """The hold that was brought along to this calendar, while it lasts: of this person, or of whoever chose before
    signing in."""
    if wish.held is None:
        return None
    held = next((each for each in mine if each.id == wish.held.id), None) or queries.live_hold(wish.held.id)
    if held is None or held.held_until is None or held.held_until <= clock.now():
        return None
    is_theirs = held.client_id in (None, wish.client.id)
    return held if is_theirs and held.specialist_id == wish.offer.specialist_id else None


def _is_for(hold: Booking, wish: Wish) -> bool:
    """A hold serves for the very offer and time that it keeps."""
    return hold.appointment.offer_id == wish.offer.id and hold.starts_at == wish.starts_at


def _a_time(wish: Wish, mine: Sequence[Booking]) -> Booking:
    """The hold if it is still good for this time, else a fresh claim under the same rules.

    What this person holds in other tabs ends: it would only stand in others' way from now on.
    """
    brought = _brought(wish, mine)
    own = brought if brought is not None and _is_for(brought, wish) else None
    for other in mine:
        if other is not own:
            give_up(other)
    if brought is not None and brought is not own and brought.person_key is None:
        give_up(brought)
    # A hold of their own has taken their time as well, so they have nothing else then.
    looks_elsewhere = own is None or own.client_id is None
    looker = Looker((own,) if own else (), wish.client if looks_elsewhere else None)
    calendar = require_open(wish.offer, wish.starts_at, clock.now(), looker, is_open=True)
    if own is not None:
        return own
    booking = new_booking(new_appointment(wish.offer, wish.starts_at, calendar.zone_at(wish.starts_at)))
    db.session.flush()
    claims.claim_specialist(booking.appointment)
    return booking


def _a_place(wish: Wish, mine: Sequence[Booking]) -> Booking:
    """The first free place of an appointment that is there already, and has taken its specialist's time once."""
    for each in mine:
        give_up(each)
    asked = db.select(Appointment).where(
        Appointment.offer_id == wish.offer.id,
        Appointment.starts_at == wish.starts_at,
        Appointment.starts_at > clock.now(),
    )
    appointment = db.session.scalar(asked)
    if appointment is None:
        raise SlotClosed()
    booking = new_booking(appointment)
    claims.claim_place(booking)
    return booking


def _write_down(booking: Booking, client: User, details: Details) -> None:
    booking.client_zone = client.zone or booking.client_zone
    booking.format = details.format
    booking.call_name = details.call_name or client.display_name
    booking.topics = list(details.topics)
    booking.shares_note = details.shares_note
    booking.with_partner = details.with_partner
    booking.location = details.location
    booking.note, booking.phone = details.note, details.phone


# ---------------------------------------------------------------- it stands


@transactional
def confirm(booking: Booking, *, by: User | None) -> None:
    """What was reserved stands from now on, and both sides are told; said a second time, it changes nothing.

    Whoever calls it may: where nothing is to be paid the client, else what proves that it was paid. Paid after it had
    run out, it is taken again if it is still free, by the rules as they were when it was chosen. Raises `MustGiveBack`
    where it is not, or where its client or its practice may not go on any more; `IllegalMove` for what was cancelled.
    """
    locked = queries.calendars_around(booking)
    claims.lock_calendars(locked)
    claims.lock_booking(booking)
    if booking.is_confirmed:
        return
    if booking.person_key is None or booking.state not in (BookingState.HELD, BookingState.EXPIRED):
        raise IllegalMove("This appointment has changed in the meantime, so that is no longer possible.")
    try:
        _still_possible(booking, locked)
        settle(booking, by=by)
    except (Conflict, NotAllowed) as refusal:
        raise MustGiveBack(refusal) from refusal


def _still_possible(booking: Booking, locked: Collection[int]) -> None:
    claims.lock_client(booking.client_id or 0)
    if clock.now() >= booking.starts_at:
        raise SlotClosed("This time has begun already.")
    if not booking.specialist.is_visible:
        raise PracticeClosed()
    if gates.has_ended(booking.client, booking.appointment.offer) and claims.GUARDED:
        # Whose no it was is nobody's to read here: the money goes back, with our apology.
        raise NotEligible(Refusal.CONSULT_FIRST, booking.terms)
    if booking.state == BookingState.EXPIRED:
        if claims.is_outdated(booking):
            raise SlotClosed("This was paid by another order.")
        twice.end_others(booking)
        _take_again(booking, locked)


def _take_again(booking: Booking, locked: Collection[int]) -> None:
    now = clock.now()
    claims.drop_expired(locked, now)
    claims.claim_place(booking)
    if booking.appointment.is_for_one:
        require_open(booking.appointment.offer, booking.starts_at, now, Looker((booking,), booking.client))
        claims.claim_specialist(booking.appointment)
    claims.claim_client(booking)


def settle(booking: Booking, *, by: User | None) -> None:
    """It stands, with everything that follows; the caller holds the calendar and both sides' time."""
    with claims.one_pair():
        booking.move_to(BookingState.CONFIRMED, by=by)
        booking.confirmed_at, booking.held_until, booking.ended_at = clock.now(), None, None
    # Its owner as they are now is who is written to.
    owner = db.session.scalars(OWNER, {"owner": booking.specialist.user_id}, execution_options=AS_THEY_ARE).one()
    claims.feeds_changed(booking.client_id, owner.id)
    emails.booked(booking)
    audit.record("booking.confirmed", f"booking:{booking.code}", actor=by)
