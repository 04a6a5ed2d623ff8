"""This file knows what a booking was before it got another time or length, for whoever is told of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from practice.values.money import Money

from .models import Booking


class Was(NamedTuple):
    """When it began, how long it lasted, and what it cost."""

    starts_at: datetime
    lasted: timedelta
    price: Money | None

    @classmethod
    def of(cls, booking: Booking) -> Was:
        """As it is now."""
        return cls(booking.starts_at, booking.ends_at - booking.starts_at, booking.price)

    def back(self, booking: Booking) -> Money | None:
        """What it costs less than it did, which comes back; None for nothing."""
        is_less = self.price is not None and booking.price is not None and booking.price < self.price
        return self.price - booking.price if is_less else None  # type: ignore[operator]
