"""This file knows what goes back by itself once a part of what was paid for a session does: the other payments of one
that ends by it, and the rest of what its client was to choose about."""

from __future__ import annotations

from collections.abc import Sequence

from practice.payments import queries as payments
from practice.payments.models import OrderLine
from practice.payments.states import PaymentState, Seat
from practice.store.db import db
from practice.values import clock
from practice.values.money import Money

from . import sold
from .models import Booking
from .queries import own


def of(wanted: Sequence[tuple[OrderLine, int]]) -> list[Money]:
    """For each line, once so much of it is back in all: what else goes back of the payments of its session."""
    codes = {line.subject_code for line, _ in wanted}
    bookings = {each.code: each for each in db.session.scalars(own.with_both_sides().where(Booking.code.in_(codes)))}
    lines = payments.lines_of_each(sold.KIND, codes)
    return [_follows(bookings[line.subject_code], lines[line.subject_code], line, back) for line, back in wanted]


def _follows(booking: Booking, lines: Sequence[OrderLine], line: OrderLine, back: int) -> Money:
    paid = [each for each in lines if each.order.payment == PaymentState.PAID]
    others = sum(each.price - each.back for each in paid if each.id != line.id)
    before, left = others + line.price - line.back, others + line.price - back
    chose = ends_choice(booking, left) and not ends_choice(booking, before)
    ends = line.seat == Seat.TAKEN and ends_ahead(booking, line, back=back, left=left)
    return Money(left if chose else others if ends else 0, line.order.currency)


def ends_ahead(booking: Booking, line: OrderLine, *, back: int, left: int) -> bool:
    """Whether what lies ahead ends: so much of a payment is back that nothing of it is left, and what is left of all
    does not cover the price. What has begun stays as it is, and so does what a part was kept of."""
    is_ahead = booking.is_confirmed and clock.now() < booking.starts_at
    return is_ahead and back >= line.price and _lacks(booking, left)


def ends_choice(booking: Booking, left: int) -> bool:
    """Whether what its specialist cancelled leaves its client no choice, with so much left of what was paid: then all
    of it goes back."""
    return booking.choice_until is not None and _lacks(booking, left)


def _lacks(booking: Booking, left: int) -> bool:
    return booking.price_amount is None or left < booking.price_amount
