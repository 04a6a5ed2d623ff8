"""This file knows how staff look a booking up: its times, what happened to it, which letters went; never its words."""

from __future__ import annotations

from datetime import datetime

from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import actions, labels, queries
from practice.bookings import labels as booking_words
from practice.bookings import queries as bookings
from practice.bookings import timeline
from practice.bookings.models import Booking, BookingMove
from practice.http import clocks
from practice.http.access import staff
from practice.http.pages import page

from .blueprint import bp


@bp.get("/bookings/<code>")
@staff
def booking(code: str) -> Response:
    """One booking, as far as staff need it to help; that it was opened stands in the log."""
    found = queries.booking_by_code(code)
    actions.note_booking_looked_up(found, by=current_user)
    sides = [("Client", found.client), ("Specialist", found.specialist.user)]
    return page(
        "admin/booking.html",
        booking=found,
        state=booking_words.named(found.state, found.terms),
        zones=[(side, clocks.of(person).zone_at(found.starts_at)) for side, person in sides if person],
        utc=[clocks.clock_time(at, clocks.NO_ZONE) for at in (found.starts_at, found.ends_at)],
        trail=[_line(found, move) for move in bookings.history(found)],
        letters=queries.letters_about(found),
        letter=labels.letter,
    )


def _line(booking: Booking, move: BookingMove) -> tuple[datetime, str, str]:
    return move.at, timeline.step(move, booking.terms), queries.who_did(booking, move)
