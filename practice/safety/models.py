"""This file knows what is stored about crisis lines: a number, whom it is for, and when it was last checked."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from practice.db import Coded, db

STALE_AFTER = timedelta(days=180)
# What a number is for, in the order in which they are shown: the emergency number always comes first.
PURPOSES = ("emergency", "talk", "violence", "young")


class CrisisResource(Coded, db.Model):  # type: ignore[name-defined,misc]
    """One number in one country for one purpose."""

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166, "EU" for anywhere in the European Union
    purpose: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(60))
    languages: Mapped[str] = mapped_column(String(120))
    # Empty until somebody of ours has called: what was only read somewhere is shown with "check locally".
    verified_on: Mapped[date | None]
    url: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("purpose IN ('emergency', 'talk', 'violence', 'young')", name="known_purpose"),
        UniqueConstraint("country", "purpose", "number"),
    )

    def is_stale(self, today: date) -> bool:
        """True when nobody has checked the number within 180 days: the page then says "check locally"."""
        return self.verified_on is None or today - self.verified_on > STALE_AFTER
