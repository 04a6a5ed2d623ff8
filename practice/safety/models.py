"""This file knows what is stored about crisis lines: each number and its source, each change and its two people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.store.db import Coded, Json, db, one_of
from practice.values import clock

from .policy import LINE, STALE_AFTER, Line, Source
from .states import ChangeKind, ChangeState


class CrisisResource(Coded, db.Model):  # type: ignore[name-defined,misc]
    """One number in one country for one purpose."""

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166, "EU" for anywhere in the European Union
    purpose: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(60))
    languages: Mapped[str] = mapped_column(String(120))
    # Empty until two of ours have compared it with an official page: until then it is shown with "check locally".
    verified_on: Mapped[date | None]
    # That page.
    url: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("purpose IN ('emergency', 'talk', 'violence', 'young')", name="known_purpose"),
        UniqueConstraint("country", "purpose", "number"),
    )

    def is_stale(self, today: date) -> bool:
        """True when nobody has checked the number within 180 days: the page then says "check locally"."""
        return self.verified_on is None or today - self.verified_on > STALE_AFTER

    @property
    def line(self) -> Line:
        """What people read of it."""
        return Line(**{name: getattr(self, name) for name in LINE})


class CrisisChange(Coded, db.Model):  # type: ignore[name-defined,misc]
    """What one of the staff wants to be true of a crisis line, and what a second one made of it."""

    __table_args__ = (
        one_of("kind", ChangeKind),
        one_of("state", ChangeState),
        CheckConstraint("state NOT IN ('agreed', 'undone') OR decided_by_id <> proposed_by_id", name="two_people"),
        Index(
            "uq_crisis_change_open",
            "line_code",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # The public id of the line: it may not exist yet, or not any more.
    line_code: Mapped[str] = mapped_column(String(22), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(10), default=ChangeState.PROPOSED)
    # All columns of the line; empty where there was none, or will be none.
    was: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    becomes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    source_url: Mapped[str] = mapped_column(String(200))
    source_read_on: Mapped[date]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    undone_at: Mapped[datetime | None]
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def source(self) -> Source:
        return Source(self.source_url, self.source_read_on)

    @property
    def now(self) -> Line | None:
        """The line as it was when this was proposed; None where it is new."""
        return _line(self.was)

    @property
    def then(self) -> Line | None:
        """The line as it will be; None where it ends."""
        return _line(self.becomes)

    @property
    def about(self) -> Line:
        """The line that this is about, whichever there is."""
        found = self.then or self.now
        assert found is not None
        return found


def _line(values: dict[str, Any]) -> Line | None:
    return Line(**{name: values[name] for name in LINE}) if values else None
