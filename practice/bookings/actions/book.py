"""This file knows how somebody books what is free of charge: one form, one booking, in one transaction."""

from __future__ import annotations

from datetime import datetime

from practice.accounts.models import User
from practice.bookings import claims, queries
from practice.bookings.errors import SENT_BEFORE, BookedBefore, NotEligible, SlotTaken, SpentForm
from practice.bookings.models import Booking, RememberedAnswer
from practice.bookings.states import CANCELLED
from practice.bookings.who_may import Side
from practice.specialists.models import Offer
from practice.store import sealed, versions
from practice.store.db import db, insert_once, read_anew, rereading, transactional
from practice.store.versions import Shown
from practice.values import clock

from .hold import end_of, lock_own_holds
from .reserve import Details, Wish, require_eligible, settle, take


def book(client: User, offer: Offer, starts_at: datetime, details: Details, held: Booking | None = None) -> Booking:
    """The confirmed booking; mails and invitations to both sides are queued with it.

    `held` is the client's own hold of that time, used up if it still lasts; without one the time is taken now.
    The same form sent twice gets the same booking; with other words it raises `BookedBefore`, and `SpentForm` where
    that booking does not stand any more, or is somebody else's. What has a price is refused:
    it is reserved, and confirmed once it is paid. Raises `NotEligible`, `SlotTaken`, `SlotClosed`, `OwnOverlap`.
    """
    wish = Wish(client, offer, starts_at, details, held)
    try:
        _look_ahead(wish)
    except (NotEligible, SlotTaken):
        # What stands in the way may be what this very form has booked.
        if (before := _answered_before(wish)) is None:
            raise
        return before
    booking = _book(wish)
    # Whoever goes on with it finds what is stored, and nothing that was only kept through the sale.
    read_anew()
    return booking


def _look_ahead(wish: Wish) -> None:
    """Who comes too late, or may not, hears so here and never waits in line for the calendar.

    Whoever brings a hold of their account was asked when they took it.
    """
    offer, client = wish.offer, wish.client
    if wish.held is not None and wish.held.client_id == client.id:
        return
    ends_at = end_of(offer, wish.starts_at)
    if wish.held is None and queries.is_taken(offer.specialist_id, wish.starts_at, ends_at, client_id=client.id):
        raise SlotTaken()
    require_eligible(wish, clock.now())


@rereading
def _book(wish: Wish) -> Booking:
    """The same questions again, now that nobody else can change the answers."""
    mine = lock_own_holds((wish.offer.specialist_id,), wish.client, wish.details.browser_key)
    # Behind the lock: of one form sent twice at once, the second waits here and finds what the first was told.
    if (before := _answered_before(wish)) is not None:
        return before
    booking = take(wish, mine)
    settle(booking, by=wish.client)
    _remember(booking, wish.details.form_key, wish.client)
    return booking


def _answered_before(wish: Wish) -> Booking | None:
    """What this form got when it was sent before. Raises `SpentForm`, or `BookedBefore` when it says something else."""
    code = _booked_with(wish.details.form_key, wish.client)
    if code is None:
        return None
    booking = queries.booking_of_client(wish.client, code)
    # It may be in memory as the hold that it was when this form was read.
    db.session.refresh(booking)
    db.session.refresh(booking.appointment)
    if booking.state in CANCELLED:
        raise SpentForm()
    if _answers_stored(booking) != _answers_sent(wish.client, wish.starts_at, wish.details):
        raise BookedBefore(code)
    return booking


def _booked_with(form_key: str | None, client: User) -> str | None:
    """The code of what this client booked with that form; raises `SpentForm` where it has booked for somebody else."""
    found = queries.remembered(form_key, "book") if form_key else None
    if found is None:
        return None
    code, client_id = found
    if client_id != client.id:
        raise SpentForm(SENT_BEFORE)
    return code


def _answers_stored(booking: Booking) -> tuple[object, ...]:
    ticks = (booking.shares_note, booking.with_partner, booking.location)
    # What does not open may be the same or other words: both are shown then, and nothing is said to be lost.
    words = sealed.shown(booking, "note"), sealed.shown(booking, "phone")
    return booking.starts_at, booking.format, booking.call_name, sorted(booking.topics), *ticks, *words


def _answers_sent(client: User, starts_at: datetime, details: Details) -> tuple[object, ...]:
    ticks = (details.shares_note, details.with_partner, details.location)
    name = details.call_name or client.display_name
    return starts_at, details.format, name, sorted(details.topics), *ticks, details.note, details.phone


def _remember(booking: Booking, form_key: str | None, client: User) -> None:
    """Raises `BookedBefore`, or `SpentForm`, for a form that got another answer, in another calendar, in this very
    moment."""
    if not form_key or insert_once(
        RememberedAnswer, form_key=form_key, action="book", target=booking.code, at=clock.now()
    ):
        return
    raise BookedBefore(_booked_with(form_key, client) or "")


@transactional
def keep_preparation(booking: Booking, words: str, *, shares: bool, shown: Shown | None = None) -> None:
    """What the client wants to know, for themself; the specialist sees it only with the tick.

    Raises `Changed` for words that `shown` did not show, `TooLate` after the end.
    """
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).prepare.require()
    versions.check(shown)
    booking.prep, booking.shares_prep = words, shares


@transactional
def reconfirm(booking: Booking, *, by: User) -> None:
    """ "I'll be there": noted once, shown to the specialist. Raises `TooLate` after the start."""
    claims.lock_booking(booking)
    queries.possible(booking, Side.CLIENT).reconfirm.require()
    if booking.reconfirmed_at is None:
        booking.reconfirmed_at = clock.now()
        booking.note_move(booking.state, by=by, reason="reconfirmed")
