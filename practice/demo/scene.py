"""This file knows one consultation of the demo while it is being told: its text, its people, its booking."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings.models import Booking
from practice.specialists.models import Specialist

from .cast import Cast
from .shapes import Meeting


class Scene:
    """One consultation while it is being told."""

    def __init__(self, text: Meeting, cast: Cast, practice: Specialist, client: User, booking: Booking) -> None:
        self.text, self.cast, self.practice, self.client, self.booking = text, cast, practice, client, booking

    @property
    def specialist(self) -> User:
        """The person on the other side."""
        return self.practice.user
