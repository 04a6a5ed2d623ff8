"""This file knows how a specialist closes a part of their calendar: what stands in it stays, what is only held ends."""

from __future__ import annotations

from datetime import datetime

from practice.accounts.models import User
from practice.availability import actions as availability
from practice.availability.models import TimeOff
from practice.bookings import claims, queries
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.states import PaymentState
from practice.specialists.models import Specialist
from practice.store.db import db, transactional


@transactional
def close_times(specialist: Specialist, starts_at: datetime, ends_at: datetime, note: str = "", *, by: User) -> TimeOff:
    """Away from one instant (UTC) to the other. Who is booked stays booked; what is held then is held no more, its
    payment pages end, and what is paid all the same goes back by itself. Raises `Invalid`."""
    before = queries.held_within(specialist.id, starts_at, ends_at)
    claims.lock_appointments(specialist.id, [each.appointment_id for each in before])
    off = availability.add_time_off(specialist, starts_at, ends_at, note)
    held = queries.held_within(specialist.id, starts_at, ends_at)
    for each in held:
        claims.end_hold(each)
    db.session.flush()
    for order in orders.paid_for([each.code for each in held]):
        if order.payment == PaymentState.AWAITED:
            payments.let_go(order, by=by)
    return off
