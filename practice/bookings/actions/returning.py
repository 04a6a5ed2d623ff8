"""This file knows how money follows what becomes of a booking: the one place that has it given back.

Everything here joins the transaction of its cause; the caller holds the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence

from practice.accounts.models import User
from practice.bookings import limits, sold, specialists_money
from practice.bookings.models import Booking
from practice.bookings.money_back import Split, Turn, Why, raised, split
from practice.bookings.states import CANCELLED, BookingState
from practice.http.formats import amount
from practice.payments import actions as payments
from practice.payments import alone
from practice.payments import queries as orders
from practice.payments.models import OrderLine
from practice.payments.states import PaymentState
from practice.values import clock
from practice.values.errors import Conflict
from practice.values.money import Money


def settle_money(booking: Booking, turn: Turn, *, by: User | None) -> Split | None:
    """What comes back of its price by this turn, and is asked for now; None for what is free.

    What was promised before stays promised. With its place given up, nobody pays for it any more either.
    """
    if booking.price_amount is None:
        return None
    lines = sold.lines_of(booking)
    found = _follows(booking, lines, split(sold.of(booking, lines), turn), by=by, ends=turn.state in CANCELLED)
    if found.why == Why.GRACE:
        booking.forgiven_at = turn.at
    return found


def give_more(booking: Booking, back: Money, *, by: User | None) -> Split:
    """Its specialist lets its client have so much back in all, beside what was decided: no rule is asked again, since
    what the practice or the law says now may be otherwise than it was then."""
    lines = sold.lines_of(booking)
    return _follows(booking, lines, raised(sold.to_cancel(booking, lines), back), by=by)


def _follows(
    booking: Booking, lines: Sequence[OrderLine], found: Split, *, by: User | None, ends: bool = False
) -> Split:
    back = {part.line: part for part in found.parts}
    for line in lines:
        part = back.get(line.code)
        if ends or (part is not None and not part.due.is_free):
            nothing = Money(0, line.order.currency)
            payments.give_back(line, part.back if part else nothing, ends=ends, by=by)
    specialists_money.note_given(booking, found.due)
    booking.returned_why, booking.choice_until = found.why, None
    return found


def is_for_one(booking: Booking, state: BookingState) -> None:
    """Raises `Conflict` where one of the staff alone would give back as much as two decide about, by putting it into
    that state: then the money goes first, by two, and what is decided brings no more of it."""
    if booking.price_amount is None:
        return
    lines = sold.lines_of(booking)
    due = split(sold.of(booking, lines), Turn(state=state, at=clock.now())).due
    if not due.is_free and alone.needs_two(lines[0].order, due):
        limit, before = orders.two_for_refund(due.currency), alone.given_of(lines[0].order, due.currency)
        gave = "" if before.is_free else f", and one of us gave back {amount(before)} alone before. Together"
        raise Conflict(
            f"This would give back {amount(due)}{gave or ', and'} from {amount(limit)} on two of us decide. "
            f"Ask for the refund on the page of its order ({lines[0].order.code[:8]}); "
            "once a colleague has agreed, this can be done."
        )


def settle_or_ask(booking: Booking, turn: Turn, *, by: User | None) -> None:
    """The same for what has just been cancelled. Whoever's specialist cancelled chooses between the money and another
    time, and until then nobody is paid; where no other time can be had, the money comes back at once."""
    asks = turn.state == BookingState.CANCELLED_BY_SPECIALIST and sold.may_choose(booking, by)
    if not asks:
        settle_money(booking, turn, by=by)
        return
    booking.choice_until = clock.now() + limits.CHOICE_LASTS
    for line in sold.lines_of(booking):
        payments.ends(line, booking.choice_until)


def became(booking: Booking, *, by: User | None) -> Split | None:
    """The same for the state that a booking has come into just now."""
    return settle_money(booking, Turn(state=BookingState(booking.state), at=clock.now()), by=by)


def nobody_pays(booking: Booking, *, by: User | None) -> None:
    """For another length of it that is kept no more: its payment page ends, and what comes all the same goes back."""
    for line in sold.lines_of(booking):
        if line.order.payment == PaymentState.AWAITED:
            payments.let_go(line.order, by=by)


def return_others(booking: Booking, gone: OrderLine) -> None:
    """Of two payments one has gone back whole, and what was bought with both ends: the others come back as well."""
    for line in sold.lines_of(booking):
        if line.id != gone.id and line.order.payment == PaymentState.PAID:
            payments.give_back(line, Money(line.price, line.order.currency), ends=True)


def tell_end(booking: Booking) -> None:
    """When it ends, for whoever pays its specialist: once it stands, and after each move."""
    for line in sold.lines_of(booking):
        payments.ends(line, booking.ends_at)


def set_frozen(booking: Booking, *, frozen: bool, by: User | None) -> None:
    """Its money waits while somebody looks at what happened."""
    for line in sold.lines_of(booking):
        payments.set_frozen(line, frozen=frozen, by=by)
