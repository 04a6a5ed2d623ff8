"""This file knows what has an entry in calendars: one identity for life, and a number that every change raises."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from practice.config import settings
from practice.providers.calendar_ics import next_stamp
from practice.values import clock


def new_uid() -> str:
    """An iCalendar UID, random and whole: it stays with a booking for life, whatever domain we send from later."""
    return f"{secrets.token_hex(16)}@{settings().mail_domain}"


class Entered:
    """Something with an entry in calendars: one identity for life, and a number that every change raises."""

    ics_uid: Mapped[str] = mapped_column(String(300), unique=True, default=new_uid)
    ics_sequence: Mapped[int] = mapped_column(default=0)
    ics_stamped_at: Mapped[datetime] = mapped_column(default=clock.now)

    def raise_sequence(self) -> None:
        """Every change that leaves as a calendar file is newer than the one before (RFC 5546 §2.1.4)."""
        self.ics_sequence += 1
        self.ics_stamped_at = next_stamp(self.ics_stamped_at, clock.now())
