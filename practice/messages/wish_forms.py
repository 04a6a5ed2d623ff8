"""This file knows the forms in which somebody says how messages are to come, and that they are away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, DateField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from practice.http.clocks import minute_of_day, reader
from practice.http.forms import Replacing
from practice.values import clock

from . import policy

HALF_HOURS = range(0, 24 * 60, 30)


def _minute(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class QuietField(SelectField):
    """A time of day at which quiet hours begin or end; nothing for none."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label, coerce=_minute, choices=[], **more)

    def offer(self, stored: int | None) -> None:
        """Fill the list, as the reader writes hours."""
        times = sorted({*HALF_HOURS, *([stored] if stored is not None else [])})
        self.choices = [SelectChoice("", "Never"), *(SelectChoice(each, minute_of_day(each)) for each in times)]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises `ValueError` for what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Choose a time.") from error


class WishesForm(Replacing):
    """When no letter leaves, and whether it is seen what was read."""

    quiet_from = QuietField("Quiet from")
    quiet_until = QuietField("Until")
    shows_read = BooleanField("Show that I have read a message")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.quiet_from, self.quiet_until):
            field.offer(self.stored.get(field.short_name))

    def validate_quiet_until(self, field: QuietField) -> None:
        """Both ends or none."""
        if (field.data is None) != (self.quiet_from.data is None):
            raise ValidationError("Choose both times, or “Never” for both.")
        if field.data is not None and field.data == self.quiet_from.data:
            raise ValidationError("Choose an end that is not the beginning.")


class AwayForm(Replacing):
    """What is said while a specialist is away, from when, until when."""

    away = TextAreaField(
        "What people read while you are away",
        [Length(max=policy.LONGEST_AWAY, message=f"Write at most {policy.LONGEST_AWAY} characters.")],
    )
    away_from = DateField("First day", [Optional()])
    away_until = DateField("Last day", [Optional()])

    def validate_away(self, field: TextAreaField) -> None:
        """Words need an end."""
        if (field.data or "").strip() and not "".join(self.away_until.raw_data or ()).strip():
            raise ValidationError("Choose the last day on which you are away, below.")

    def validate_away_until(self, field: DateField) -> None:
        """One that is near: whoever is away for longer pauses their practice, and says so."""
        if field.data is None or not (self.away.data or "").strip():
            return
        today = reader().day_at(clock.now())
        if field.data < today or (self.away_from.data is not None and field.data < self.away_from.data):
            raise ValidationError("Choose a last day that is not over before you go.")
        if field.data > self._begins(today) + policy.LONGEST_AWAY_FOR:
            days = policy.LONGEST_AWAY_FOR // timedelta(days=1)
            raise ValidationError(f"At most {days} days. For longer, pause your practice: nobody is kept waiting then.")

    def _begins(self, today: date) -> date:
        return max(self.away_from.data or today, today)
