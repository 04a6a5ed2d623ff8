"""This file knows on which clock an hour is read, a person's own wherever they are on that date, and how it is written.

It is the one owner of that question for every page, letter and list. Whoever prints an hour asks here, and gives no
zone by hand: by default the reader's clock counts, at the instant that is printed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from flask import current_app, g, has_request_context, request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from practice.scheduling import zone_names
from practice.scheduling.days import Stay, Travel, day_at, stay_at, stay_on, stays
from practice.scheduling.intervals import epoch
from practice.values import clock as time
from practice.values.text import fold

from . import cookies

LOCALE = Locale("en", "GB")
NO_ZONE = zone_names.UTC
# An hour and its half of the day stay on one line.
TWELVE = "h:mm\N{NO-BREAK SPACE}a"
# Where the product's words differ from the words of the locale data, or those lack the place.
CITIES = {"Asia/Ho_Chi_Minh": "Ho Chi Minh City", "Pacific/Kanton": "Kanton"}
TravelOf = Callable[[Sequence[int]], Mapping[int, tuple[Travel, ...]]]


@dataclass(frozen=True)
class Clock:
    """The clock that one person lives by: home, travel by date, and whether 13:30 is written 1:30 pm. A value."""

    home: str = NO_ZONE
    travel: tuple[Travel, ...] = ()
    is_twelve: bool = False

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Where this person is on which dates."""
        return stays(self.home, self.travel)

    def zone_at(self, instant: datetime) -> str:
        """The zone whose clock this person reads at an instant."""
        return stay_at(epoch(instant), self.stays).zone if self.travel else self.home

    def zone_on(self, on: date) -> str:
        """The zone in which this person spends a date."""
        return stay_on(on, self.stays).zone

    def day_at(self, instant: datetime) -> date:
        """The date that an instant belongs to for this person."""
        return day_at(epoch(instant), self.stays)

    def wall(self, instant: datetime) -> datetime:
        """The instant as this person's clock shows it (aware)."""
        return instant.astimezone(ZoneInfo(self.zone_at(instant)))

    def as_facts(self) -> dict[str, Any]:
        """The same as JSON, for a letter that is written later."""
        trips = [(t.first_on.isoformat(), t.last_on.isoformat() if t.last_on else None, t.zone) for t in self.travel]
        return {"home": self.home, "travel": trips, "is_twelve": self.is_twelve}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Clock:
        """The clock that `facts` came from."""
        trips = (
            Travel(date.fromisoformat(first), date.fromisoformat(last) if last else None, zone)
            for first, last, zone in facts["travel"]
        )
        return cls(facts["home"], tuple(trips), facts["is_twelve"])


# ---------------------------------------------------------------- whose clock


_at_hand: ContextVar[Mapping[int, tuple[Travel, ...]]] = ContextVar("at_hand", default={})  # noqa: B039


@contextmanager
def at_hand(people: Iterable[Any]) -> Iterator[None]:
    """In here the travel of these accounts is known: one query, however often `of` is asked about them."""
    ids = [person.id for person in people]
    known = _travel_of(ids)
    token = _at_hand.set({each: known.get(each, ()) for each in ids})
    try:
        yield
    finally:
        _at_hand.reset(token)


def of(person: Any, otherwise: str = NO_ZONE) -> Clock:
    """The clock of one account, or of anybody else who can be written to; `otherwise` is for who has no zone."""
    if (travel := _at_hand.get().get(person.id)) is not None:
        return _clock_of(person, travel, otherwise)
    # Only a practice has a place to write down its travel, and most people have none.
    is_practice = getattr(person, "specialist", None) is not None
    return _clock_of(person, _travel_of([person.id]).get(person.id, ()) if is_practice else (), otherwise)


def of_all(people: Iterable[Any]) -> dict[int, Clock]:
    """The clocks of several accounts by id, in one query."""
    every = {person.id: person for person in people}
    travel = _travel_of(list(every)) if every else {}
    return {each: _clock_of(person, travel.get(each, ())) for each, person in every.items()}


def _clock_of(person: Any, travel: tuple[Travel, ...], otherwise: str = NO_ZONE) -> Clock:
    home = zone_names.present(getattr(person, "zone", None)) or zone_names.present(otherwise) or NO_ZONE
    return Clock(home, travel, writes_twelve(person))


def writes_twelve(person: Any) -> bool:
    """Whether 13:30 is written 1:30 pm for somebody away from any browser: as they chose, else as their device did."""
    chosen = getattr(person, "is_twelve", None)
    return bool(getattr(person, "device_is_twelve", None) if chosen is None else chosen)


def _travel_of(ids: Sequence[int]) -> Mapping[int, tuple[Travel, ...]]:
    known: TravelOf | None = current_app.extensions.get("travel_of")
    return known(ids) if known is not None else {}


def reader() -> Clock:
    """The clock of whoever reads this page or letter: the account's, else the browser's, else UTC."""
    if "reader_clock" not in g:
        g.reader_clock = _readers() if has_request_context() else Clock()
    found: Clock = g.reader_clock
    return found


def read_by(clock: Clock) -> None:
    """From here on, in this context, `clock` is the reader's: the one a letter is written for."""
    g.reader_clock = clock


def _readers() -> Clock:
    account = current_user if current_user.is_authenticated else None
    known = of(account) if account is not None and zone_names.is_zone(account.zone) else None
    chosen = getattr(account, "is_twelve", None)
    is_twelve = device_is_twelve() if chosen is None else chosen
    if known is not None:
        return Clock(known.home, known.travel, is_twelve)
    return Clock(zone_names.present(cookies.read(cookies.ZONE)) or NO_ZONE, (), is_twelve)


def viewer_zone() -> str:
    """The zone that the reader is in now; always shown and changeable."""
    return reader().zone_at(time.now())


def zone_is_known() -> bool:
    """False while we show UTC only because nobody told us better."""
    return zone_names.is_zone(getattr(current_user, "zone", None)) or zone_names.is_zone(cookies.read(cookies.ZONE))


def device_is_twelve() -> bool:
    """Whether the language that the browser asks for first writes 13:30 as 1:30 pm."""
    return _language_writes_twelve(request.headers.get("Accept-Language", "")[:100])


@functools.lru_cache(maxsize=1024)
def _language_writes_twelve(languages: str) -> bool:
    language = parse_accept_header(languages, LanguageAccept).best or ""
    try:
        pattern = Locale.parse(language, sep="-").time_formats["short"].pattern
    except (ValueError, TypeError, KeyError, UnknownLocaleError):
        return False
    return "h" in pattern or "K" in pattern


# ---------------------------------------------------------------- an hour in words


def _resolved(where: Clock | str | None) -> Clock:
    if isinstance(where, Clock):
        return where
    return reader() if where is None else Clock(where, (), reader().is_twelve)


def local(instant: datetime, where: Clock | str | None = None, pattern: str = "EEEE d MMMM, HH:mm") -> str:
    """`instant` as the reader says it: "Thursday 12 March, 12:30". `where` is another clock, or a zone."""
    clock = _resolved(where)
    return _written(instant, clock.zone_at(instant), _twelve(pattern) if clock.is_twelve else pattern)


def _twelve(pattern: str) -> str:
    """The pattern with its hours on a clock of twelve; before or after noon stands behind the seconds."""
    return pattern.replace("HH:mm:ss", TWELVE.replace("mm", "mm:ss")).replace("HH:mm", TWELVE)


# A page says the same few hundred instants to everybody who looks, and Babel takes a while for each.
@functools.lru_cache(maxsize=20_000)
def _written(instant: datetime, zone: str, pattern: str) -> str:
    return format_datetime(instant, pattern, tzinfo=ZoneInfo(zone), locale=LOCALE)


def local_year(instant: datetime, where: Clock | str | None = None) -> str:
    """The same with the year, for what may be read long after."""
    return local(instant, where, "EEEE d MMMM y, HH:mm")


def day(value: date | datetime, where: Clock | str | None = None, pattern: str = "EEEE d MMMM") -> str:
    """A date in words; an instant is first brought onto the reader's clock."""
    if isinstance(value, datetime):
        value = _resolved(where).wall(value).date()
    return _written_date(value, pattern)


@functools.lru_cache(maxsize=4_000)
def _written_date(on: date, pattern: str) -> str:
    return format_date(on, pattern, locale=LOCALE)


def clock_time(instant: datetime, where: Clock | str | None = None) -> str:
    """The hour on the reader's clock: "12:30"."""
    return local(instant, where, "HH:mm")


def minute_of_day(minute: int, where: Clock | None = None) -> str:
    """An hour that is meant on a wall clock, whatever the zone: "09:30" for 570; beyond 1440 it begins again."""
    return local(
        datetime(2000, 1, 1, minute // 60 % 24, minute % 60, tzinfo=UTC), Clock(is_twelve=_is_twelve(where)), "HH:mm"
    )


def _is_twelve(where: Clock | None) -> bool:
    return _resolved(where).is_twelve


def full_hour(hour: int) -> str:
    """One of the lines of a day: "08:00", or "8 am"."""
    any_day = datetime(2000, 1, 1, hour % 24, tzinfo=UTC)
    return local(any_day, Clock(), "h\N{NO-BREAK SPACE}a") if reader().is_twelve else clock_time(any_day, Clock())


def timetag(instant: datetime, where: Clock | str | None = None, pattern: str = "EEEE d MMMM, HH:mm") -> Markup:
    """`instant` as a `<time>` element on the reader's clock."""
    return Markup('<time datetime="{}">{}</time>').format(
        instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), local(instant, where, pattern)
    )


# ---------------------------------------------------------------- a zone in words


@functools.lru_cache(maxsize=2048)
def city(zone: str) -> str:
    """A zone's place as people write it today: "Ho Chi Minh City", "Knox, Indiana"; "UTC+3" for a mere offset."""
    name = zone_names.present(zone) or zone
    if (offset := zone_names.offset_name(name)) is not None:
        return offset
    known = LOCALE.time_zones.get(name, {})
    return CITIES.get(name) or known.get("city") or name.rpartition("/")[2].replace("_", " ")


def zone_name(at: datetime | str | None = None, where: Clock | str | None = None) -> str:
    """The zone as people say it, "Dublin time": of a name, or the reader's at an instant (now, if none is given)."""
    zone = at if isinstance(at, str) else _resolved(where).zone_at(at or time.now())
    name = city(zone)
    return name if name.startswith("UTC") else f"{name} time"


def zone_offset(instant: datetime, where: Clock | str | None = None) -> str:
    """The offset of the reader's zone at `instant`: "UTC+5:45"."""
    minutes = int(_resolved(where).wall(instant).utcoffset().total_seconds() // 60)  # type: ignore[union-attr]
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def there(instant: datetime, zone: str) -> str:
    """An instant on another clock, its zone named: "Thursday 12 March 2027, 07:30 (New York time)"."""
    return f"{local_year(instant, zone)} ({zone_name(zone)})"


def is_elsewhere(instant: datetime, zone: str) -> bool:
    """Whether the clocks of that zone show something else then than the reader's."""
    return reader().wall(instant).utcoffset() != instant.astimezone(ZoneInfo(zone)).utcoffset()


def zone_choices() -> dict[str, list[tuple[str, str]]]:
    """(zone, city) by part of the world, in the order in which people look for them: one list for every choice."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for name in zone_names.places():
        parts.setdefault(name.partition("/")[0], []).append((name, city(name)))
    return {part: sorted(names, key=lambda pair: pair[1].casefold()) for part, names in parts.items()}


@functools.cache
def older_zones() -> str:
    """JSON for the script of pages: names that browsers still say, with the city as it is called today."""
    older = (str(name) for name in LOCALE.time_zones if name not in zone_names.places())
    known = (name for name in older if zone_names.is_zone(name) and not name.startswith("Etc/"))
    return json.dumps({name: city(name) for name in known})


def zone_from(text: str | None) -> str | None:
    """The zone that somebody chose or typed: by its name, an older one, or its city; None for what is no place."""
    typed = " ".join((text or "").split())
    by_city = {fold(city(name)): name for name in zone_names.places()}
    named = zone_names.present(typed) if "/" in typed or typed == NO_ZONE else None
    return named or by_city.get(fold(typed))


FILTERS = (
    *(local, local_year, day, clock_time, minute_of_day, full_hour, timetag),
    *(zone_name, zone_offset, there, is_elsewhere),
)
