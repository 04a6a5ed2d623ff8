"""This file knows how the public list is asked for in an address, found with real times, and never left empty."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MultiDict

from practice.bookings import free_times
from practice.bookings import queries as bookings
from practice.bookings.free_times import Wanted
from practice.bookings.picking import spread
from practice.http.clocks import Clock
from practice.http.pages import link
from practice.specialists import search
from practice.specialists.choices import FORMATS, LANGUAGES
from practice.specialists.policy import day_number
from practice.specialists.search import Filters, Listed
from practice.values import clock
from practice.values.currencies import CURRENCIES
from practice.values.money import Money, parse_price
from practice.values.text import sought

A_PAGE = 30
TIMES = 3
LONGEST_SEARCH = 80
EVENING, NOON = 17, 12
WHEN = {"morning": "Mornings", "evening": "Evenings", "weekend": "Weekends"}
DROPPED = {
    "when": "the time of day",
    "q": "the words you searched for",
    "most": "the price",
    "format": "how you would meet",
    "language": "the language",
    "free": "the free consultation",
    "topics": "the topics",
}


@dataclass(frozen=True)
class Found:
    """People in their order, each with their next free starts (epoch seconds), and which filters were left out."""

    asked: Filters
    shown: Filters
    people: list[tuple[Listed, tuple[int, ...]]]
    everyone: list[Listed]

    @property
    def dropped(self) -> list[str]:
        """What was left out so that somebody could be shown, in words."""
        return [DROPPED[name] for name in self.asked.used() if name not in self.shown.used()]

    @property
    def is_everybody(self) -> bool:
        """True if nothing of what was asked is left."""
        return not self.shown.used()


# ---------------------------------------------------------------- the address


def read(args: MultiDict[str, str], everyone: Sequence[Listed]) -> tuple[Filters, list[str]]:
    """What the address asks for, and a sentence for each part of it that could not be used."""
    notes: list[str] = []
    currency = args.get("currency", "")
    filters = Filters(
        topics=_known(args.getlist("topic"), search.topics_of(everyone), notes),
        language=args.get("language", "") if args.get("language") in LANGUAGES else "",
        format=args.get("format", "") if args.get("format") in set(FORMATS) else "",
        currency=currency if currency in CURRENCIES else "EUR",
        free=args.get("free") == "1",
        when=tuple(name for name in WHEN if name in args.getlist("when")),
        q=sought(args.get("q", ""), LONGEST_SEARCH),
    )
    return replace(filters, most=_price(args.get("max", ""), filters.currency, notes)), notes


def _known(asked: Sequence[str], topics: dict[str, str], notes: list[str]) -> tuple[str, ...]:
    if set(asked) - set(topics):
        notes.append("Nobody in the list works with one of these topics at the moment, so it was left out.")
    return tuple(slug for slug in dict.fromkeys(asked) if slug in topics)


def _price(text: str, currency: str, notes: list[str]) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_price(text[:20], currency).amount
    except ValueError as error:
        notes.append(f"The highest price was left out. {error}")
        return None


def address(filters: Filters, **changes: Any) -> str:
    """The list under these filters, changed: an address that can be shared."""
    wanted = replace(filters, **changes)
    return link("directory.index", **parameters(wanted))


def parameters(filters: Filters) -> dict[str, Any]:
    """The filters as they stand in an address; what is off is not in it."""
    most = None if filters.most is None else Money(filters.most, filters.currency).typed
    every = {
        "q": filters.q,
        "topic": list(filters.topics),
        "language": filters.language,
        "format": filters.format,
        "max": most,
        "currency": filters.currency if most else "",
        "free": "1" if filters.free else "",
        "when": list(filters.when),
    }
    return {name: value for name, value in every.items() if value}


# ---------------------------------------------------------------- the people


def find(asked: Filters, everyone: list[Listed], reader: Clock) -> Found:
    """The people who match, in the published order. If nobody does, as few filters as it takes are dropped."""
    for shown in _attempts(asked):
        people = _with_times(search.matching(everyone, shown), shown, reader)
        if people:
            return Found(asked, shown, people, everyone)
    return Found(asked, Filters(), [], everyone)


def matter(everyone: Sequence[Listed], people: Sequence[tuple[Listed, tuple[int, ...]]], reader: Clock) -> Hashable:
    """Everything that can change about a page of these people: everybody's words, who, at which times, on which day."""
    shown = tuple((each.card.code, starts) for each, starts in people)
    return search.stamp(everyone), len(everyone), shown, reader.day_at(clock.now())


def _attempts(asked: Filters) -> Iterator[Filters]:
    """What was asked; without any one filter; then without more and more of them, what matters most staying longest."""
    yield asked
    for name in asked.used():
        yield asked.without(name)
    fewer = asked
    for name in asked.used():
        fewer = fewer.without(name)
        yield fewer


def _with_times(people: Sequence[Listed], filters: Filters, reader: Clock) -> list[tuple[Listed, tuple[int, ...]]]:
    wanted = {each.card.id: list_of for each in people if (list_of := bookings.consults_of(each)) is not None}
    lists = wanted.values()
    starts = _fitting(lists, filters.when, reader) if filters.when else bookings.next_starts(lists, count=TIMES)
    number = day_number(clock.today("UTC"))
    found = [(each, starts[wanted[each.card.id]] if each.card.id in wanted else ()) for each in people]
    if filters.when:
        found = [(each, times) for each, times in found if times]
    return sorted(
        found,
        key=lambda pair: search.place_in_list(pair[0], next(iter(pair[1]), None), filters.topics, number),
    )


def _fitting(lists: Collection[Wanted], when: Sequence[str], reader: Clock) -> dict[Wanted, tuple[int, ...]]:
    """The next starts that lie in the wanted parts of the reader's own day and week."""
    every = free_times.all_starts(lists, clock.now())
    return {
        each: spread([s for s in starts if _lies_in(_wall(s, reader), when)], TIMES) for each, starts in every.items()
    }


def _wall(start: int, reader: Clock) -> datetime:
    return reader.wall(datetime.fromtimestamp(start, UTC))


def counts_of_when(found: Found, reader: Clock) -> dict[str, int]:
    """How many people each part of the reader's day and week would bring."""
    people = search.matching(found.everyone, found.shown.without("when"))
    quarter = int(clock.now().timestamp()) // free_times.QUARTER
    open_in = [
        _parts(each.card.code, list_of, reader, quarter)
        for each in people
        if (list_of := bookings.consults_of(each)) is not None
    ]
    return {name: sum(name in parts for parts in open_in) for name in WHEN}


@lru_cache(maxsize=20_000)
def _parts(_code: str, wanted: Wanted, reader: Clock, _quarter: int) -> frozenset[str]:
    """In which parts of the reader's day and week this list has a time; looked at again each quarter of an hour.

    The code is random: what is kept can never belong to another database.
    """
    found: set[str] = set()
    for start in free_times.all_starts([wanted], clock.now())[wanted]:
        local = _wall(start, reader)
        found |= {name for name in WHEN if _lies_in(local, (name,))}
        if len(found) == len(WHEN):
            break
    return frozenset(found)


def _lies_in(local: datetime, when: Sequence[str]) -> bool:
    return (
        ("morning" in when and local.hour < NOON)
        or ("evening" in when and local.hour >= EVENING)
        or ("weekend" in when and local.weekday() >= 5)
    )
