"""This file knows what staff change or open here that belongs to no single room: each leaves a line in the log."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import actions as bookings
from practice.bookings import queries as booked
from practice.bookings.models import Booking
from practice.bookings.who_may import Side
from practice.letters import outbox
from practice.payments.models import Order
from practice.specialists import actions as specialists
from practice.specialists import credentials
from practice.specialists.models import Credential, Suspension
from practice.store import audit, sealed
from practice.store.db import transaction, transactional


@transactional
def send_again(code: str, *, by: User) -> None:
    """Give a parked letter another round; raises NotFound."""
    outbox.send_again(code)
    audit.record("mail.sent_again", f"mail:{code}", actor=by)


def open_credential(credential: Credential, *, by: User) -> bytes:
    """The document, once it is written down who opened it; raises NotFound when it is gone by our own rule."""
    content = credentials.content_of(credential)
    _note_opened(credential.code, by=by)
    return content


@transactional
def _note_opened(code: str, *, by: User) -> None:
    audit.record("paper.opened", f"credential:{code}", actor=by)


@transactional
def note_looked_up(user: User, *, by: User) -> None:
    """Somebody of the staff opened this account's page."""
    audit.record("account.opened_by_staff", f"account:{user.code}", actor=by)


@transactional
def note_booking_looked_up(booking: Booking, *, by: User) -> None:
    """Somebody of the staff opened this booking's page."""
    audit.record("booking.opened_by_staff", f"booking:{booking.code}", actor=by)


@transactional
def note_order_looked_up(order: Order, *, by: User) -> None:
    """Somebody of the staff opened this order's page."""
    audit.record("order.opened_by_staff", order.thing, actor=by)


@transactional
def suspend(suspension: Suspension, *, by: User) -> None:
    """The second person agrees: the practice stops, and appointments ahead end or are their clients' to keep."""
    specialist = specialists.confirm_suspension(suspension, by=by)
    if suspension.calls_off:
        bookings.call_off_ahead(specialist, by=by)
    else:
        bookings.offer_choice(specialist)


def open_words(*, by: User) -> dict[str, tuple[str, str]]:
    """What both sides wrote about a contested "missed", by the contest's code; opening it is written down for each.

    Who is one of the two reads neither, whatever else they are here: nobody reads what the other side wrote.
    """
    found = {}
    with transaction(notes=True):
        for contest in booked.open_contests():
            if booked.side_of(contest.booking, by) != Side.STAFF:
                continue
            found[contest.code] = sealed.shown(contest, "words"), sealed.shown(contest, "answer")
            audit.record("contest.opened_by_staff", f"contest:{contest.code}", actor=by)
    return found
