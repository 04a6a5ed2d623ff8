"""This file knows how one of the staff answers a card holder's bank: with what is on record, once, and logged."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings.who_may import Side
from practice.disputes import evidence, queries
from practice.payments import actions as payments
from practice.payments.models import Order
from practice.store.db import transactional
from practice.values.errors import NotAllowed


@transactional
def send_evidence(order: Order, number: int, refusal: str, *, by: User) -> None:
    """Put what is on record, and `refusal` (why nothing more should come back, in staff's words), on its way to the
    bank, about an order's dispute of that number. Raises `Conflict` where it was sent, or is too late, `NotAllowed` to
    who is a side of it."""
    if any(queries.side_of(booking, by) != Side.STAFF for booking in queries.bookings_of(order)):
        raise NotAllowed("Somebody else has to answer about your own appointment.")
    payments.answer_bank(order, number, evidence.of(order, refusal), by=by)
