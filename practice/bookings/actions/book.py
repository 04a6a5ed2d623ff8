"""This file knows how a held time becomes a booking, with every rule asked again inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from practice.accounts.actions import record_consent
from practice.accounts.models import User
from practice.bookings import claims, emails, policy, queries
from practice.bookings.errors import BookedBefore, NotEligible, SlotTaken, SpentForm, TooLate
from practice.bookings.models import Booking, RememberedAnswer
from practice.bookings.queries import Looker
from practice.bookings.states import CANCELLED, BookingState
from practice.specialists.models import Offer, Specialist
from practice.store import audit, versions
from practice.store.db import db, transactional
from practice.store.versions import Shown
from practice.values import clock

from .hold import end_of, give_up, lock_own_holds, new_booking, require_open


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


def book(client: User, offer: Offer, starts_at: datetime, details: Details, held: Booking | None = None) -> Booking:
    """The confirmed booking; mails and invitations to both sides are queued with it.

    `held` is the client's own hold of that time, used up if it still lasts; without one the time is taken now.
    The same form sent twice gets the same booking; with other words it raises `BookedBefore`, and `SpentForm` where
    that booking does not stand any more. What has a price is refused
    for as long as nothing can be paid. Raises `NotEligible`, `SlotTaken`, `SlotClosed`, `OwnOverlap`.
    """
    if (before := _answered_before(client, starts_at, details)) is not None:
        return before
    # Who comes too late, or may not, hears so here and never waits in line for the calendar.
    if held is None and queries.is_taken(offer.specialist_id, starts_at, end_of(offer, starts_at), client_id=client.id):
        raise SlotTaken()
    require_eligible(client, offer, clock.now(), location=details.location or None)
    return _book(client, offer, starts_at, details, held)


@transactional
def _book(client: User, offer: Offer, starts_at: datetime, details: Details, held: Booking | None) -> Booking:
    """The same questions again, now that nobody else can change the answers."""
    now = clock.now()
    mine = lock_own_holds((offer.specialist_id,), client, details.browser_key)
    # Behind the lock: of one form sent twice at once, the second waits here and finds what the first was told.
    if (before := _answered_before(client, starts_at, details)) is not None:
        return before
    claims.lock_client(client.id)
    claims.drop_expired(offer.specialist_id, now)
    specialist = db.session.get_one(Specialist, offer.specialist_id, populate_existing=True)
    require_eligible(client, offer, now, location=details.location or None)
    booking = _take(client, offer, starts_at, held, mine)
    booking.client, booking.client_id, booking.person_key = client, client.id, client.person_key
    _write_down(booking, client, details)
    claims.claim_client(booking)
    with claims.one_pair():
        booking.move_to(BookingState.CONFIRMED, by=client)
        booking.confirmed_at, booking.held_until = now, None
    _remember(booking, details.form_key)
    record_consent(client, booking.terms.consent)
    claims.feeds_changed(client.id, specialist.user_id)
    emails.booked(booking)
    audit.record("booking.confirmed", f"booking:{booking.code}", actor=client)
    return booking


def require_eligible(client: User, offer: Offer, now: datetime, *, location: str | None = None) -> None:
    """Raises `NotEligible` with the first rule that refuses."""
    standing = queries.standing_of(client, offer.specialist, offer, location=location)
    found = policy.refusals(standing, now)
    if found and claims.GUARDED:
        raise NotEligible(found[0], standing.terms)


def _answered_before(client: User, starts_at: datetime, details: Details) -> Booking | None:
    """What this form got when it was sent before. Raises `SpentForm`, or `BookedBefore` when it says something else."""
    code = queries.remembered(details.form_key, "book") if details.form_key else None
    if code is None:
        return None
    booking = queries.booking_of_client(client, code)
    if booking.state in CANCELLED:
        raise SpentForm()
    if _said_in(booking) != _said_now(client, starts_at, details):
        raise BookedBefore(code)
    return booking


def _said_in(booking: Booking) -> tuple[object, ...]:
    ticks = (booking.shares_note, booking.with_partner, booking.location)
    words = booking.note, booking.phone
    return booking.starts_at, booking.format, booking.call_name, sorted(booking.topics), *ticks, *words


def _said_now(client: User, starts_at: datetime, details: Details) -> tuple[object, ...]:
    ticks = (details.shares_note, details.with_partner, details.location)
    name = details.call_name or client.display_name
    return starts_at, details.format, name, sorted(details.topics), *ticks, details.note, details.phone


def _remember(booking: Booking, form_key: str | None) -> None:
    if form_key:
        db.session.add(RememberedAnswer(form_key=form_key, action="book", target=booking.code))


def _is_for(hold: Booking, client: User, offer: Offer, starts_at: datetime) -> bool:
    """A hold serves its own holder, or whoever signed in with it, for the very time it keeps."""
    mine = hold.client_id in (None, client.id)
    return mine and hold.specialist_id == offer.specialist_id and hold.starts_at == starts_at


def _take(client: User, offer: Offer, starts_at: datetime, held: Booking | None, mine: Sequence[Booking]) -> Booking:
    """The hold if it is still good for this time, else a fresh claim under the same rules.

    What this person holds in other tabs ends: it would only stand in others' way from now on.
    """
    own = queries.live_hold(held.id) if held else None
    own = own if own is not None and _is_for(own, client, offer, starts_at) else None
    for other in mine:
        if other is not own:
            give_up(other)
    calendar = require_open(offer, starts_at, clock.now(), Looker((own,) if own else (), client))
    if own is not None:
        return own
    booking = new_booking(offer, starts_at, calendar.zone_at(starts_at))
    db.session.flush()
    claims.claim_specialist(booking)
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
    db.session.flush()


@transactional
def keep_preparation(booking: Booking, words: str, *, shares: bool, shown: Shown | None = None) -> None:
    """What the client wants to know, for themself; the specialist sees it only with the tick.

    Raises `Changed` for words that `shown` did not show.
    """
    claims.lock_booking(booking)
    versions.check(shown)
    booking.prep, booking.shares_prep = words, shares


@transactional
def reconfirm(booking: Booking, *, by: User) -> None:
    """ "I'll be there": noted once, shown to the specialist. Raises `TooLate` after the start."""
    claims.lock_booking(booking)
    if not booking.is_confirmed or clock.now() >= booking.starts_at:
        raise TooLate("This appointment cannot be confirmed any more.")
    if booking.reconfirmed_at is None:
        booking.reconfirmed_at = clock.now()
        booking.note_move(booking.state, by=by, reason="reconfirmed")
