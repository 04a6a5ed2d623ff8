"""This file knows what the other half of a couple reads of a session that was booked for two."""

from __future__ import annotations

from practice.bookings.models import Appointment, Booking
from practice.bookings.queries import own
from practice.bookings.states import BookingState
from practice.bookings.terms import ONE_PER_PAIR
from practice.http.clocks import local, zone_name
from practice.store.db import db
from practice.values import clock

from .queries import Fit
from .states import Party


def read_by(fit: Fit, party: Party) -> str:
    """That they are to be at the next one, when, on the reader's clock, and who booked it; "" for anybody else, and
    where none is ahead."""
    session = _next(fit) if party == Party.PARTNER else None
    if session is None:
        return ""
    when = f"{local(session.starts_at)}, {zone_name(session.starts_at)}"
    return f"{fit.booking.call_name} has booked {when}, and says that you’ll be there too."


def _next(fit: Fit) -> Booking | None:
    """What the client booked for themselves alone is nobody else's to know."""
    mine = (Booking.client_id == fit.booking.client_id, Booking.specialist_id == fit.booking.specialist_id)
    is_for_two = (Booking.with_partner, Booking.kind.not_in(ONE_PER_PAIR), Booking.state == BookingState.CONFIRMED)
    asked = own.with_both_sides().where(*mine, *is_for_two, Appointment.ends_at > clock.now())
    return db.session.scalars(asked.order_by(Appointment.starts_at).limit(1)).first()
