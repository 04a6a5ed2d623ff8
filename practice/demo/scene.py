"""This file knows one appointment of the demo while it is being told: its text, its people, its booking."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import sold
from practice.bookings.models import Booking
from practice.payments import queries as payments
from practice.payments.models import Order
from practice.specialists.models import Specialist

from .cast import Cast
from .shapes import Meeting


class Scene:
    """One appointment while it is being told."""

    def __init__(self, text: Meeting, cast: Cast, practice: Specialist, client: User, booking: Booking) -> None:
        self.text, self.cast, self.practice, self.client, self.booking = text, cast, practice, client, booking

    @property
    def specialist(self) -> User:
        """The person on the other side."""
        return self.practice.user

    @property
    def order(self) -> Order:
        """What it is bought with."""
        found = payments.order_of(sold.KIND, self.booking.code)
        assert found is not None
        return found
