"""This file knows the free times near one that a client lost, each with the address at which it is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from practice.http.clocks import local, zone_name
from practice.http.pages import link

from . import picking, queries
from .forms import start_value
from .models import Booking
from .queries import Looker

DATE = "EEE d MMMM, HH:mm"


def starts(booking: Booking) -> Sequence[int] | None:
    """When its client could have the same now (epoch seconds), in order; None where they cannot have it at all."""
    offer = booking.appointment.offer
    if not (booking.specialist.is_published and offer.is_current and queries.is_unlocked(booking.client, offer)):
        return None
    return queries.starts_for(offer, Looker((), booking.client))


def is_open(booking: Booking, found: Sequence[int] | None) -> bool:
    """Whether its own time is among them."""
    return found is not None and int(booking.starts_at.timestamp()) in found


def near(booking: Booking, found: Sequence[int] | None) -> tuple[tuple[str, str], ...]:
    """Of these the nearest to it, besides its own: each as date and time, with its address."""
    others = [start for start in found or () if start != int(booking.starts_at.timestamp())]
    some = picking.nearest(others, booking.starts_at, queries.NEAREST, booking.appointment.offer.minutes)
    return tuple((local(start, pattern=DATE), address(booking, start)) for start in some)


def address(booking: Booking, start: datetime) -> str:
    """Where the same is booked at that start (UTC)."""
    offer = booking.appointment.offer
    return link("bookings.new", slug=booking.specialist.slug, code=offer.code, start=start_value(start))


def title(booking: Booking) -> str:
    """What stands over them: whose they are, and on whose clock."""
    return f"Free times of {booking.specialist.called} near it, {zone_name(booking.starts_at)}"
