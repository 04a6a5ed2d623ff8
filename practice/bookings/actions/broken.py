"""This file knows what follows when somebody says that the call did not work.

Of what was paid one side's word gives nothing back: its money waits, the other side is asked, and may say otherwise
for as long as about any other mark. Who says nothing agrees.
"""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import claims, emails, limits, policy, queries, sold
from practice.bookings.models import Booking
from practice.bookings.money_back import Split
from practice.bookings.states import BookingState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.work.each import one_by_one

from .attend import finish
from .returning import became, set_frozen


@transactional
def report_technical(booking: Booking, *, by: User) -> None:
    """The call broke. Of free consultations it does not count the first time: the pair may repeat it.

    What did not count until now, because another was granted or its kind never does, doesn't count by that. Raises
    `TooLate`, and `Conflict` while somebody looks at its money already.
    """
    claims.lock_booking(booking)
    queries.possible_to(booking, by).say_broken.require()
    if booking.price_amount is not None:
        _ask_the_other(booking, by)
        return
    counts = booking.claims_pair and policy.claims_after_failure(queries.earlier_failures(booking))
    finish(booking, BookingState.TECH_FAILURE, by=by)
    with claims.one_pair():
        booking.claims_pair = counts
    emails.technical(booking)


def _ask_the_other(booking: Booking, by: User) -> None:
    finish(booking, BookingState.TECH_FAILURE, by=by, settles=False)
    set_frozen(booking, frozen=True, by=by)
    emails.asked_whether_it_broke(booking, by=by)


@transactional
def agree_broken(booking: Booking, *, by: User) -> Split | None:
    """The other side says the same: the whole price comes back, as this says. `Conflict` where nobody is asked any
    more."""
    claims.lock_booking(booking)
    queries.possible_to(booking, by).agree_broken.require()
    audit.record("booking.broken_agreed", f"booking:{booking.code}", actor=by)
    brought = give_back_broken(booking, by=by)
    emails.given_back(booking)
    return brought


def return_broken() -> None:
    """Whoever was asked and said nothing in time agreed."""
    asked = select(Booking).where(sold.AWAITS_WORD, Booking.ended_at < clock.now() - limits.CONTEST_WINDOW)
    one_by_one("booking", db.session.scalars(asked.order_by(Booking.id)).all(), _return_broken)


@transactional
def _return_broken(booking: Booking) -> None:
    claims.lock_booking(booking)
    mark = queries.mark_of(booking)
    is_over = mark is not None and not policy.may_contest(mark.at, clock.now())
    if sold.awaits_word(booking) and is_over and queries.contest_of(booking) is None:
        give_back_broken(booking, by=None)
        emails.given_back(booking)


def give_back_broken(booking: Booking, *, by: User | None) -> Split | None:
    """The whole price goes back, and its money waits no more; the caller holds the calendar."""
    brought = became(booking, by=by)
    set_frozen(booking, frozen=False, by=by)
    return brought
