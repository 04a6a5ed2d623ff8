"""This file knows the small forms of the hours page: limits, single dates, time off, travel, zone, and "why not?"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from practice.http.clocks import day
from practice.http.formats import duration
from practice.http.forms import Form, NumberField, Replacing
from practice.http.zone_fields import ZoneField
from practice.store.versions import Shown, mark_of
from practice.values import clock

from . import policy
from .actions import Keep
from .hours_page import ranges_label
from .policy import Limits
from .typed_hours import KEYS, TypedRange, day_name, on_readers_clock

NO_NUMBER = "Write a whole number, or leave this empty."
KINDS = [
    SelectChoice("all", "All appointments"),
    SelectChoice("consult", "Free consultations only"),
    SelectChoice("individual", "Individual sessions only"),
]


class Day(DateField):
    """A date between a year ago and two years ahead: nothing further makes sense here, or can be reckoned with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Choose a date.") from error

    def pre_validate(self, form: Any) -> None:
        today = clock.now().date()
        if self.data is not None and not today - timedelta(days=366) <= self.data <= today + policy.AHEAD:
            raise ValidationError(policy.TOO_FAR)


class Clock(TimeField):
    """A time of day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Write times like 09:30.") from error


class Choice(SelectField):
    """One number out of a list; what is stored now is always among them."""

    def __init__(self, label: str, values: tuple[int, ...], words: Any, **more: Any) -> None:
        super().__init__(label, coerce=int, **more)
        self.values, self.words = values, words

    def offer(self, stored: int) -> None:
        """Fill the list."""
        self.choices = [SelectChoice(value, self.words(value)) for value in sorted({*self.values, stored})]

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError("Choose one from the list.") from error

    def pre_validate(self, form: Any) -> None:
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError("Choose one from the list.")


def gap(minutes: int) -> str:
    """A gap in words."""
    return duration(minutes) if minutes else "No gap"


def notice(minutes: int) -> str:
    """A notice in words."""
    return duration(minutes) if minutes else "No notice"


def horizon(days: int) -> str:
    """A horizon in words."""
    return f"{days // 7} weeks" if days % 7 == 0 and days > 7 else f"{days} days"


DAY = "day "


class LimitsForm(Replacing):
    """Gaps, notice, horizon and caps."""

    gap_before = Choice("Gap before", policy.GAPS, gap)
    gap_after = Choice("Gap after", policy.GAPS, gap)
    step = Choice("Times begin every", policy.STEPS, duration)
    consult_notice = Choice("Shortest notice for free consultations", policy.NOTICES[2:], notice)
    session_notice = Choice("Shortest notice for sessions", policy.NOTICES, notice)
    consult_horizon = Choice("Free consultations, how far ahead", policy.HORIZONS, horizon)
    session_horizon = Choice("Sessions, how far ahead", policy.HORIZONS, horizon)
    daily_cap = NumberField("Most conversations in a day", wrong=NO_NUMBER, validators=[Optional()])
    weekly_cap = NumberField("Most conversations in a week", wrong=NO_NUMBER, validators=[Optional()])
    weekly_consults = NumberField("Most free consultations in a week", wrong=NO_NUMBER, validators=[Optional()])

    @classmethod
    def showing(cls, stored: dict[str, Any], **more: Any) -> LimitsForm:
        """The form with the limits that are stored, beside the weeks that stand above them; or with what was posted."""
        form = cls(data=stored, **more)
        for field in form:
            if isinstance(field, Choice):
                field.offer(stored[field.name])
        return form

    typed_weeks: Mapping[str, str] = {}
    # Days that were not touched here and are stored otherwise by now.
    followed: tuple[str, ...] = ()

    def parts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Also each day."""
        return super().parts(facts) | {f"{DAY}{key}": words for key, words in facts.get("weeks", {}).items()}

    def parts_typed(self) -> dict[str, Any]:
        """Also each day."""
        return super().parts_typed() | {f"{DAY}{key}": words for key, words in self.typed_weeks.items()}

    def follow(self, name: str) -> None:
        """A day is followed where the weeks are."""
        key = name.removeprefix(DAY)
        if key == name:
            super().follow(name)
        elif key in self.stored["weeks"]:
            self.followed += (key,)
            self.typed_weeks = {**self.typed_weeks, key: self.stored["weeks"][key]}

    def differences(self) -> list[tuple[str, str, str]]:
        """Also each day whose hours are stored otherwise than they were typed."""
        stored, typed = (
            {key: on_readers_clock(hours) for key, hours in weeks.items()}
            for weeks in (self.stored.get("weeks", {}), self.typed_weeks)
        )
        days = [key for key in sorted({*stored, *typed}) if stored.get(key, "") != typed.get(key, "")]
        rows = [(day_name(key), stored.get(key) or "closed", typed.get(key) or "closed") for key in days]
        return [*rows, *super().differences()]

    @property
    def limits(self) -> Limits:
        """What the form says."""
        return Limits(**{name: self[name].data for name in Limits.__dataclass_fields__})


class ExceptionForm(Replacing):
    """One date that differs from the week. Its page shows no date in it: what a date has is asked about when chosen."""

    on = Day("Date", validators=[InputRequired("Choose a date.")])
    kind = SelectField("For", choices=KINDS, default="all")
    what = RadioField(
        "On this date",
        choices=[SelectChoice("closed", "Closed all day"), SelectChoice("open", "Open at these times")],
        default="closed",
    )
    from_1, until_1, next_1 = StringField("From"), StringField("Until"), BooleanField("next day")
    from_2, until_2, next_2 = StringField("And from"), StringField("Until"), BooleanField("next day")

    already = "This date has hours of its own."

    def replaces(self, read: Callable[[], Any], act: Callable[[Shown], object]) -> bool:
        """Also false for a date with hours, until the form has shown them. `read` gives {} or {"hours": ranges}."""
        if not (self.seen.data and read()):
            self.seen.data = mark_of(self._facts({}))
        return super().replaces(read, act)

    def parts_typed(self) -> dict[str, Any]:
        """None: the page shows no date in the form, so nothing in it is as it was stored."""
        return {}

    def differences(self) -> list[tuple[str, str, str]]:
        """The date, with the hours it has and those it would have."""
        stored, typed = (ranges_label(each) or "closed" for each in (self.stored.get("hours", ()), self.ranges))
        return [(day(self.on.data, pattern="EEEE d MMMM y"), stored, typed)] if stored != typed else []

    @property
    def offer_kind(self) -> str:
        return KEYS[self.kind.data]

    @property
    def typed(self) -> list[TypedRange]:
        """The ranges as they were typed, blank ones left out; none for a closed date."""
        rows = [
            TypedRange((self[f"from_{n}"].data or "")[:8], (self[f"until_{n}"].data or "")[:8], self[f"next_{n}"].data)
            for n in (1, 2)
        ]
        return [row for row in rows if not row.is_blank] if self.what.data == "open" else []

    def validate_what(self, field: RadioField) -> None:
        """Open needs hours, and each pair of times must make sense."""
        if field.data == "open" and not self.typed:
            raise ValidationError("Fill in from when until when, or choose “Closed all day”.")
        if problem := next((row.problem for row in self.typed if row.problem), ""):
            raise ValidationError(problem)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        return [row.span for row in self.typed if row.span]


class TimeOffForm(Form):
    """Days away; whole days unless times are given."""

    first_on = Day("First day", validators=[InputRequired("Choose the first day.")], id="off-first")
    last_on = Day("Last day", validators=[InputRequired("Choose the last day.")], id="off-last")
    from_time = Clock("From", validators=[Optional()])
    until_time = Clock("Until", validators=[Optional()])
    note = StringField("Note, only for you", validators=[Length(max=80, message="At most 80 characters.")])

    def validate_last_on(self, field: Day) -> None:
        """The end comes after the beginning."""
        if isinstance(self.first_on.data, date) and field.data and field.data < self.first_on.data:
            raise ValidationError("Choose a last day that is not before the first.")


class TravelForm(Form):
    """From one date to another in another zone."""

    first_on = Day("From", validators=[InputRequired("Choose the first day there.")], id="travel-first")
    last_on = Day("To", validators=[Optional()], id="travel-last")
    zone = ZoneField("I am in this time zone", id="travel-zone")


class ZoneForm(Replacing):
    """The zone of every day, and what stays when it changes."""

    zone = ZoneField("Time zone", id="own-zone")
    keep = RadioField(
        "Your weekly hours",
        choices=[
            SelectChoice(Keep.CLOCK.value, "Keep the hours on the clock"),
            SelectChoice(Keep.INSTANTS.value, "Keep the times as they are now"),
        ],
        default=Keep.CLOCK.value,
    )

    def differences(self) -> list[tuple[str, str, str]]:
        """What stays is an answer for this once; only the zone is stored."""
        return [row for row in super().differences() if row[0] == self.zone.label.text]


class WhyForm(Form):
    """A time on one's own clock."""

    class Meta:
        csrf = False  # it changes nothing, and its address can be kept

    on = Day("Date", validators=[InputRequired("Choose a date.")])
    at = Clock("Time", validators=[InputRequired("Write a time like 10:00.")])
    offer = SelectField("For", choices=[])  # of the specialist who asks
