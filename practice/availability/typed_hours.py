"""This file knows weekly hours as they are typed: text beside each range, kept as it was until it can be saved."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from practice.http.clocks import minute_of_day
from practice.scheduling.hours import DAY_MINUTES, WeeklyRange
from practice.scheduling.problems import WEEKDAYS, problems_of
from practice.specialists.states import OfferKind

from . import policy

# What a week is called in the names of its fields.
KEYS = {"all": policy.GENERAL, "consult": OfferKind.CONSULT, "individual": OfferKind.INDIVIDUAL}
EARLY = 6 * 60
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?", re.ASCII)


def minutes_of(text: str) -> int | None:
    """Minutes since midnight of "09:30" (also "24:00"); None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if not found or int(found[2]) > 59:
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= DAY_MINUTES else None


def text_of(minutes: int) -> str:
    """A minute of the day as a time field takes it: 1440 and more begin again at 00:00."""
    return f"{minutes % DAY_MINUTES // 60:02d}:{minutes % 60:02d}"


@dataclass
class TypedRange:
    """One range as it stands in the form."""

    opens: str = ""
    closes: str = ""
    next_day: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.opens.strip() and not self.closes.strip()

    @property
    def span(self) -> tuple[int, int] | None:
        """Minutes of its day; midnight as an end is the end of the day. None if a time cannot be read."""
        opens, closes = minutes_of(self.opens), minutes_of(self.closes)
        if opens is None or closes is None:
            return None
        if self.next_day:
            return opens, closes + DAY_MINUTES if 0 < closes < DAY_MINUTES else closes or DAY_MINUTES
        return opens, closes or DAY_MINUTES

    @property
    def problem(self) -> str:
        """What is wrong with it by itself, in a sentence."""
        if not self.opens.strip() or not self.closes.strip():
            return "Fill in both times, or remove them."
        if self.span is None:
            return "Write times like 09:30."
        opens, closes = self.span
        if closes < opens:
            return f"{self.opens} to {self.closes} ends before it begins. If it runs past midnight, tick “next day”."
        return f"{self.opens} to {self.closes} has no length." if closes == opens else ""

    @classmethod
    def of(cls, opens: int, closes: int) -> TypedRange:
        """A stored range as the form shows it."""
        return cls(text_of(opens), text_of(closes), next_day=closes > DAY_MINUTES)


@dataclass
class TypedDay:
    """One weekday of one week."""

    weekday: int
    ranges: list[TypedRange] = field(default_factory=list)
    error: str = ""

    @property
    def name(self) -> str:
        return WEEKDAYS[self.weekday]

    @property
    def filled(self) -> list[TypedRange]:
        return [each for each in self.ranges if not each.is_blank]

    def check(self) -> list[WeeklyRange]:
        """The ranges it means; sets `error` when they cannot be saved."""
        self.error = next((each.problem for each in self.filled if each.problem), "")
        spans = [each.span for each in self.filled if each.span]
        ranges = [WeeklyRange(self.weekday, *span) for span in spans]
        self.error = self.error or " ".join(problems_of(ranges))
        if len(ranges) > policy.MOST_RANGES:
            self.error = f"A day can have at most {policy.MOST_RANGES} ranges."
        return ranges

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Where its ranges lie on the line of the day, in minutes; a night is cut at midnight."""
        spans = [each.span for each in self.filled if each.span]
        return [(opens, min(closes, DAY_MINUTES)) for opens, closes in spans if opens < closes]


@dataclass
class TypedWeek:
    """The hours of one kind of offer; `is_own` is False while the kind follows the general hours."""

    key: str
    days: list[TypedDay]
    is_own: bool = True
    error: str = ""

    @property
    def kind(self) -> str:
        return KEYS[self.key]

    @property
    def first_hour(self) -> int:
        """Where the line of a day begins: at six, or at midnight for those who work at night."""
        return 0 if any(opens < EARLY for day in self.days for opens, _ in day.bars) else EARLY // 60

    @property
    def errors(self) -> list[TypedDay]:
        return [day for day in self.days if day.error]

    def check(self) -> list[WeeklyRange]:
        """The ranges it means, over all days; errors are set on the days, or here."""
        if not self.is_own:
            return []
        ranges = [each for day in self.days for each in day.check()]
        if not self.errors:
            self.error = " ".join(problems_of(ranges))
            if self.key != "all" and not ranges:
                self.error = "Add at least one range, or choose the weekly hours."
        return ranges


def stored_weeks(weeks: Mapping[str, Iterable[WeeklyRange]]) -> list[TypedWeek]:
    """What is stored, as the form shows it."""
    return [_stored_week(key, list(weeks.get(kind, ()))) for key, kind in KEYS.items()]


def _stored_week(key: str, ranges: list[WeeklyRange]) -> TypedWeek:
    days = [TypedDay(weekday) for weekday in range(7)]
    for each in ranges:
        days[each.weekday].ranges.append(TypedRange.of(each.opens, each.closes))
    return TypedWeek(key, days, is_own=key == "all" or bool(ranges))


def day_name(key: str) -> str:
    """What "consult-4" names: "Friday, free consultations"."""
    week, _, weekday = key.partition("-")
    whose = {"consult": ", free consultations", "individual": ", individual sessions"}.get(week, "")
    return WEEKDAYS[int(weekday)] + whose


def week_labels(weeks: Iterable[TypedWeek]) -> dict[str, str]:
    """Each day's hours in words, "09:00 to 17:00, 22:00 to 02:00 the next day", by the name of its fields."""
    return {
        f"{week.key}-{day.weekday}": ", ".join(
            f"{each.opens} to {each.closes}{' the next day' if each.next_day else ''}" for each in day.filled
        )
        for week in weeks
        for day in week.days
        if week.is_own
    }


def following(weeks: Iterable[TypedWeek], stored: Iterable[TypedWeek], days: Collection[str]) -> list[TypedWeek]:
    """The weeks as typed, with what is stored on these days, such as "consult-4"."""
    return [
        replace(
            typed,
            days=[b if f"{typed.key}-{b.weekday}" in days else a for a, b in zip(typed.days, now.days, strict=True)],
        )
        for typed, now in zip(weeks, stored, strict=True)
    ]


def on_readers_clock(words: str) -> str:
    """The same hours as the reader writes them: "9:00 am to 5:00 pm"."""
    return re.sub(r"\b(\d{1,2}):(\d{2})\b", lambda at: minute_of_day(int(at[1]) * 60 + int(at[2])), words)


def typed_weeks(form: MultiDict[str, str]) -> list[TypedWeek]:
    """What was typed, whatever it is; fields that no page of ours has are left alone."""
    return [_typed_week(form, key) for key in KEYS]


def _typed_week(form: MultiDict[str, str], key: str) -> TypedWeek:
    days = [TypedDay(weekday, list(_typed_ranges(form, f"{key}-{weekday}"))) for weekday in range(7)]
    return TypedWeek(key, days, is_own=key == "all" or form.get(f"{key}-own") == "own")


def _typed_ranges(form: MultiDict[str, str], name: str) -> Iterator[TypedRange]:
    for number in range(policy.MOST_RANGES + 1):
        each = TypedRange(
            form.get(f"{name}-{number}-from", "")[:8],
            form.get(f"{name}-{number}-until", "")[:8],
            f"{name}-{number}-next" in form,
        )
        if f"{name}-{number}-from" in form:
            yield each


def change(weeks: list[TypedWeek], form: MultiDict[str, str]) -> bool:
    """Do what a small button of the form asks for, on the typed hours only; False if none was pressed."""
    for name, act in (("add", _add), ("drop", _drop), ("copy", _copy)):
        if name in form:
            act(weeks, form[name].split("-"), form)
            return True
    return False


def _day(weeks: list[TypedWeek], path: list[str]) -> TypedDay | None:
    """The day that "consult-3" names; None for a name that no button of ours has."""
    week = next((each for each in weeks if each.key == path[0]), None)
    is_day = week is not None and len(path) > 1 and path[1] in tuple("0123456")
    return week.days[int(path[1])] if week is not None and is_day else None


def _add(weeks: list[TypedWeek], path: list[str], _form: MultiDict[str, str]) -> None:
    if (day := _day(weeks, path)) is not None:
        day.ranges.append(TypedRange())


def _drop(weeks: list[TypedWeek], path: list[str], _form: MultiDict[str, str]) -> None:
    day = _day(weeks, path)
    if day is not None and len(path) > 2 and path[2] in tuple(str(n) for n in range(len(day.ranges))):
        del day.ranges[int(path[2])]


def _copy(weeks: list[TypedWeek], path: list[str], form: MultiDict[str, str]) -> None:
    """One day's hours onto the ticked days."""
    source = _day(weeks, [path[0], form.get(f"{path[0]}-copy-from", "")])
    for target in form.getlist(f"{path[0]}-copy-to"):
        day = _day(weeks, [path[0], target])
        if source is not None and day is not None and day is not source:
            day.ranges = [TypedRange(each.opens, each.closes, each.next_day) for each in source.ranges]
