"""This file knows what comes back beyond the rule: the specialist waives it, it did not fit, or the law lets them."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims, emails, sold, withdrawing
from practice.bookings.errors import LessComesBack, TooLate
from practice.bookings.models import WITHDREW, Booking
from practice.bookings.money_back import Asked, Split, Turn
from practice.bookings.states import CANCELLED, BookingState
from practice.store import audit
from practice.store.db import transactional
from practice.values import clock
from practice.values.errors import Invalid, NotAllowed
from practice.values.money import Money

from .attend import finish
from .cancel import end
from .returning import give_more, settle_money

WITHDRAWAL_OVER = "The time in which you could withdraw is over, or you had asked for the session within it."
NO_FIT_OVER = "The time for that is over. Your specialist can still give back more."
GIVEN_SINCE = "Some of it has gone back since this page was shown. Look at what is kept now, and press once more."
WAIVED_TOO_MUCH = "Write an amount up to what is kept."


@transactional
def waive(booking: Booking, more: Money, *, by: User, shown: int | None = None) -> Split:
    """The specialist lets a client have more back than their rule says, beside what has come back already: `shown` is
    how much that was on their page, in smallest units, so that two presses of one page give once.

    Exactly that much goes back, whatever has become of the practice since. Raises `NotAllowed` for anybody else,
    `TooLate` where `sold.no_more_yet` says why, `Invalid` for nothing, more than is kept, or where more has come back
    since.
    """
    claims.lock_booking(booking)
    if by.id != booking.specialist.user_id:
        raise NotAllowed("Only whose session it was may give back more of it.")
    if why := sold.no_more_yet(booking):
        raise TooLate(why)
    kept, returned = sold.left_and_returned(booking)
    if shown is not None and shown != returned.amount:
        raise Invalid(GIVEN_SINCE, {"amount": GIVEN_SINCE})
    if more.currency != kept.currency or not 0 < more.amount <= kept.amount:
        raise Invalid(WAIVED_TOO_MUCH, {"amount": WAIVED_TOO_MUCH})
    brought = give_more(booking, returned + more, by=by)
    audit.record("booking.waived", f"booking:{booking.code}", actor=by)
    return brought


@transactional
def say_no_fit(booking: Booking, *, by: User) -> Split:
    """ "It does not fit": all of a first session's price comes back, and nobody is asked why. Raises `TooLate`."""
    claims.lock_booking(booking)
    if not sold.may_say_no_fit(booking, clock.now()):
        raise TooLate(NO_FIT_OVER)
    if booking.is_confirmed:
        finish(booking, BookingState.COMPLETED, by=None)
    turn = Turn(state=BookingState(booking.state), at=clock.now(), asked=Asked.NO_FIT)
    audit.record("booking.no_fit", f"booking:{booking.code}", actor=by)
    return _given_back(booking, turn, by=by)


@transactional
def withdraw(booking: Booking, *, by: User, expecting: int | None = None) -> Split:
    """The client withdraws, as the law lets them: from what lies ahead, which is cancelled, or from what was held
    without their asking for it so early. What comes back is what of its payments is within its own days, and of the
    rest what the rule says.

    `expecting`: what their page said comes back, in smallest units. Raises `NotAllowed` for anybody else, `TooLate`
    after these days, or where they had asked, `LessComesBack` where the days of a payment ended since it was shown.
    """
    claims.lock_booking(booking)
    if by.id != booking.client_id:
        raise NotAllowed("Only whoever bought it can withdraw.")
    found = withdrawing.now_brings(booking, clock.now())
    if found is None:
        raise TooLate(WITHDRAWAL_OVER)
    turn, brings = found
    if expecting is not None and brings.back.amount < expecting:
        raise LessComesBack()
    audit.record("booking.withdrawal", f"booking:{booking.code}", actor=by)
    if turn.state in CANCELLED:
        end(booking, turn.state, by=by, reason=WITHDREW, turn=turn)
        return brings
    if booking.is_confirmed:
        finish(booking, BookingState.COMPLETED, by=None)
    brought = _given_back(booking, turn, by=by)
    emails.withdrawn(booking)
    return brought


def _given_back(booking: Booking, turn: Turn, *, by: User) -> Split:
    brought = settle_money(booking, turn, by=by)
    assert brought is not None, "it was paid"
    emails.given_back(booking)
    return brought
