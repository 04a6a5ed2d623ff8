"""This file knows what a booking was before it got another time or length, for whoever is told of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from practice.values.money import Money

from .models import Booking


class Was(NamedTuple):
    """When it began and how long it lasted; `back`: what comes back by the change, None for nothing."""

    starts_at: datetime
    lasted: timedelta
    back: Money | None = None

    @property
    def minutes(self) -> int:
        """How long it lasted."""
        return self.lasted // timedelta(minutes=1)

    @classmethod
    def of(cls, booking: Booking) -> Was:
        """As it is now."""
        return cls(booking.starts_at, booking.ends_at - booking.starts_at)
