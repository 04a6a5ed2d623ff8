"""This file knows what becomes of a second order for a very time, once the first payment for it has arrived late."""

from __future__ import annotations

from practice.bookings import claims, queries
from practice.bookings.models import PAID_BEFORE, Booking
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.store.db import db


def end_others(booking: Booking) -> None:
    """What its client keeps of the very same session once more ends, with its payment page: nobody pays twice for one
    time. What is paid there all the same goes back by itself, whatever has become of the first one by then.

    The caller holds the calendar, and takes the time in the same transaction: it is never free in between.
    """
    kept = queries.held_once_more(booking)
    for each in kept:
        claims.end_hold(each)
        each.note_move(each.state, by=None, reason=PAID_BEFORE)
    db.session.flush()
    for order in orders.paid_for([each.code for each in kept]):
        payments.let_go(order)
