"""This file knows whom a letter names to a client whose appointment was taken away."""

from __future__ import annotations

from typing import Any

from practice.http import clocks

from . import queries
from .models import Booking

# What a letter knows that names nobody.
NOBODY: dict[str, Any] = {"others": [], "others_list_at": []}


def others_for(booking: Booking, side: str, by: str) -> dict[str, Any]:
    """Colleagues who share a topic and have time soon, each with their next time (UTC), as facts of the letter to this
    side; nobody for its specialist, and for a client who ended it by themself."""
    client = booking.client
    if side != "client" or by == "client" or client is None:
        return NOBODY
    found = queries.others_with_times(booking.specialist, client, clocks.of(client, booking.client_zone))
    return {"others": [each.name for each, _ in found], "others_list_at": [start.isoformat() for _, start in found]}
