"""This file knows what is stored about a specialist's time: rules in wall-clock minutes beside a zone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.specialists.models import Specialist
from practice.store import sealed
from practice.store.db import Coded, db
from practice.values import clock


class Schedule(db.Model):
    """A specialist's gaps, notices, horizons and limits; one row each. Durations are minutes, horizons days.

    The zone that the hours are meant in is that of the account, see `User.zone`: a person has one clock.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        CheckConstraint("gap_before >= 0 AND gap_before % 5 = 0 AND gap_before <= 240", name="gap_before_in_fives"),
        CheckConstraint("gap_after >= 0 AND gap_after % 5 = 0 AND gap_after <= 240", name="gap_after_in_fives"),
        CheckConstraint("step > 0 AND step % 5 = 0", name="step_in_fives"),
    )
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), primary_key=True)
    gap_before: Mapped[int] = mapped_column(default=10)
    gap_after: Mapped[int] = mapped_column(default=10)
    step: Mapped[int] = mapped_column(default=15)
    consult_notice: Mapped[int] = mapped_column(default=12 * 60)
    session_notice: Mapped[int] = mapped_column(default=24 * 60)
    consult_horizon: Mapped[int] = mapped_column(default=28)
    session_horizon: Mapped[int] = mapped_column(default=60)
    daily_cap: Mapped[int | None]
    weekly_cap: Mapped[int | None]
    weekly_consults: Mapped[int | None] = mapped_column(default=4)
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    specialist: Mapped[Specialist] = relationship(backref="schedule_rows")


class WeeklyRange(db.Model):
    """Open every week from `opens` to `closes` minutes after local midnight; beyond 1440 it runs into the next day.

    `kind` names the kind of offer it is for; empty means all.
    """

    __tablename__ = "weekly_ranges"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 2880", name="range_ordered"),
        CheckConstraint("opens % 5 = 0 AND closes % 5 = 0", name="range_in_fives"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class DateException(db.Model):
    """One range of one date that replaces the weekly hours of that date; no `opens` means closed all day."""

    __tablename__ = "date_exceptions"
    __table_args__ = (
        CheckConstraint("opens IS NULL OR (opens >= 0 AND opens < closes AND closes <= 2880)", name="range_ordered"),
        CheckConstraint("opens IS NULL OR (opens % 5 = 0 AND closes % 5 = 0)", name="range_in_fives"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    on: Mapped[date]
    opens: Mapped[int | None]
    closes: Mapped[int | None]


class TimeOff(Coded, db.Model):
    """Away from one local wall-clock moment to another; both in the zone that was in force when it was written."""

    __tablename__ = "time_off"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note_sealed: Mapped[str | None]
    note = sealed.Words("time_off")


class Travel(Coded, db.Model):
    """From one date through another (or until changed) the specialist lives in another zone."""

    __tablename__ = "travels"
    __table_args__ = (CheckConstraint("last_on IS NULL OR last_on >= first_on", name="ends_after_start"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    zone: Mapped[str] = mapped_column(String(64))
