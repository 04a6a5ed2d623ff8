"""This file knows the shape of an invented person: what the demo says about each specialist, client and topic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from practice.specialists.cancel_rules import PRESETS, Preset
from practice.specialists.policy import slug_of
from practice.specialists.selling import ForSale
from practice.values.money import Money

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Hours:
    """Open every week on `days` ("mon thu") in `ranges` ("09:00-12:30 17:00-20:00"), for one kind or all."""

    days: str
    ranges: str
    kind: str = ""

    def rows(self) -> list[tuple[int, int, int]]:
        """Return (weekday, opens, closes) with Monday as 0 and minutes after local midnight; 25:00 is past it."""
        return [
            (DAYS.index(day), opens, closes) for day in self.days.split() for opens, closes in minutes_of(self.ranges)
        ]

    def __post_init__(self) -> None:
        for day in self.days.split():
            if day not in DAYS:
                raise ValueError(f"{day!r} is no day; there is {', '.join(DAYS)}.")
        minutes_of(self.ranges)


@dataclass(frozen=True)
class Override:
    """One date, `in_days` after today, with other hours than usual; no `ranges` means closed."""

    in_days: int
    ranges: str = ""

    def __post_init__(self) -> None:
        minutes_of(self.ranges)

    def on(self, today: date) -> date:
        """Return the local date it is for."""
        return today + timedelta(days=self.in_days)


@dataclass(frozen=True)
class Credential:
    """A proof that staff checked; the bodies are described, not named, and the numbers say that they are not real."""

    body: str
    number: str
    expires_in_days: int
    kind: str = "licence"


@dataclass(frozen=True, kw_only=True)
class Tax:
    """How somebody is taxed: `rate` in basis points where they charge any, `sentence` where they don't."""

    status: str
    number: str = ""
    rate: int = 0
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """An invented specialist. Prices are whole minor units of `currency`, one for each of the `lengths` in minutes; the
    middle one costs `lower_price` on so many `lower_places`. What the payment partner says of the account for their
    `payouts`, and so many days ago: there is none where it pays nobody."""

    name: str
    kind: str
    title: str
    place: str
    country: str
    zone: str
    permitted: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...]
    main_topics: tuple[str, ...]
    other_topics: tuple[str, ...]
    approaches: tuple[str, ...]
    formats: tuple[str, ...] = ("video", "phone")
    couple_stance: str | None = None
    headline: str
    best_at: str
    not_right_for: str
    about: tuple[str, ...]
    first_session: str
    training: str
    years: int
    supervision: str
    credential: Credential
    currency: str
    prices: tuple[int, int, int]
    lengths: tuple[int, int, int] = (25, 50, 80)
    cancel_rule: str = Preset.STANDARD
    consult_first: bool = True
    lower_price: int = 0
    lower_places: int = 0
    offers_consult: bool = True
    hours: tuple[Hours, ...]
    overrides: tuple[Override, Override]
    gap: int = 10
    weekly_cap: int | None = None
    weekly_consults: int | None = 4
    state: str = "published"
    published_days_ago: int = 120
    paused_for_days: int | None = None
    payouts: tuple[tuple[float, str], ...] = ((6, "ready"),)
    tax: Tax | None = None

    @property
    def slug(self) -> str:
        """Return the public name in the profile's address; a surname never stands in one."""
        return slug_of(self.name)

    @property
    def portrait(self) -> str:
        """Return the file name, without ending, of the drawn portrait: the first name in plain letters."""
        return slug_of(self.name.split(" ")[0])

    def price_list(self) -> list[tuple[int, Money]]:
        """Return (minutes, price) for the three lengths."""
        return [
            (minutes, Money(amount, self.currency)) for minutes, amount in zip(self.lengths, self.prices, strict=True)
        ]

    def for_sale(self) -> list[ForSale]:
        """Return the three lengths with their terms."""
        rule, first = PRESETS[Preset(self.cancel_rule)], self.consult_first
        found = [
            ForSale(minutes=minutes, price=price, rule=rule, consult_first=first)
            for minutes, price in self.price_list()
        ]
        if self.lower_places:
            lower = Money(self.lower_price, self.currency)
            found[1] = replace(found[1], lower=lower, lower_count=self.lower_places)
        return found


@dataclass(frozen=True, kw_only=True)
class ClientText:
    """An invented client: `mail_off` reads in the app only. No `phone` rings anywhere."""

    name: str
    mailbox: str
    phone: str
    zone: str
    country: str
    place: str
    locale: str = "en"
    mail_off: bool = False


def minutes_of(ranges: str) -> list[tuple[int, int]]:
    """Return (opens, closes) in minutes after midnight; raises ValueError for what is not like "09:00-12:30"."""
    return [_pair(text) for text in ranges.split()]


def _pair(text: str) -> tuple[int, int]:
    opens, closes = (_minutes(part) for part in text.split("-"))
    if opens >= closes:
        raise ValueError(f"{text} ends before it begins")
    return opens, closes


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One consultation, or a session of so many `minutes` that is bought: booked so many days ago, meant to start so
    many hours from now, and what came of it.

    `then` names the steps of `practice/demo/timeline.py` in their order; what would lie in the future does not happen.
    """

    client: str
    specialist: str
    booked: float
    starts: float
    then: tuple[str, ...] = ()
    format: str = "video"
    topics: tuple[str, ...] = ()
    note: str = ""
    partner: bool = False
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What people write in the course of their appointments, by the step in which they do."""

    prepared: str
    contested: str
    decided: str
    noted: str
    suggested: str
    agreed: str
    complained: str
    answered: str
    because: str
