"""This file knows how a specialist becomes a card, and keeps the finished piece until something in it changes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import current_app
from markupsafe import Markup

from practice.http.clocks import Clock, clock_time, local, zone_name
from practice.http.pages import link
from practice.http.prices import money
from practice.specialists import search
from practice.specialists.choices import FORMATS, language_name
from practice.specialists.photos import photo_url
from practice.specialists.search import Card, Listed
from practice.specialists.states import Format
from practice.store.memory import Memory
from practice.values import clock
from practice.values.money import Money

from . import listing

MOST_REMEMBERED = 5_000
_pieces: Memory[Hashable, Markup] = Memory(MOST_REMEMBERED)


def people(found: Sequence[tuple[Listed, tuple[int, ...]]], reader: Clock) -> list[dict[str, Any]]:
    """These people with their times, as the components take them."""
    today = reader.day_at(clock.now())
    return [person(each.card, starts, reader, today) for each, starts in found]


def pieces(people: Sequence[tuple[Listed, tuple[int, ...]]], reader: Clock) -> list[Markup]:
    """Finished cards, each kept under everything it says: other words, times, clock or day make a new one."""
    today = reader.day_at(clock.now())
    return [
        _remembered(
            (each.card.code, each.card.version, each.card.consult, reader, starts, today),
            lambda card=each.card, starts=starts: {"person": person(card, starts, reader, today)},
            "directory/_card.html",
        )
        for each, starts in people
    ]


def filter_panels(found: listing.Found, reader: Clock) -> list[Markup]:
    """The filters that hold, with how many people each choice would bring; kept under them and everybody's cards.

    Two copies for one page: beside the list, and folded above it on a phone.
    """
    when = listing.counts_of_when(found, reader)
    key = (search.stamp(found.everyone), found.shown, tuple(when.values()))
    return [
        _remembered(
            (*key, where), lambda where=where: {"where": where, **_panel(found, when)}, "directory/_filters.html"
        )
        for where in ("beside", "above")
    ]


def person(card: Card, starts: Sequence[int], reader: Clock, today: date) -> dict[str, Any]:
    """A card as the components take it; times on the reader's clock."""
    return {
        "name": card.name,
        "called": card.called,
        "url": link("directory.show", slug=card.slug),
        "title": card.title,
        "portrait": photo_url(card.photo_key),
        "headline": card.headline,
        "badges": ["free"] if card.offers_consult else [],  # what is true of everybody is said once, above them
        "languages": ", ".join(map(language_name, card.languages)),
        "formats": _joined([FORMATS[Format(each)] for each in card.formats]),
        "place": card.place,
        "price": f"{money(Money(card.price, card.currency))} for {card.minutes} min" if card.minutes else "",
        "times": [_time(card, start, reader, today) for start in starts],
        "no_times": "No free times in the next weeks" if card.offers_consult else "No free consultation",
    }


def _time(card: Card, start: int, reader: Clock, today: date) -> dict[str, str]:
    instant = datetime.fromtimestamp(start, UTC)
    value = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    day, hour = _start_text(instant, reader, today)
    return {"day": day, "hour": hour, "text": f"{day} {hour}", "value": value, "url": _address_to_choose(card)}


def _address_to_choose(card: Card) -> str:
    """Where a time of its free consultation is chosen."""
    return link("bookings.hold", slug=card.slug, code=card.consult.code) if card.consult else ""


def _start_text(instant: datetime, reader: Clock, today: date) -> tuple[str, str]:
    """ "Today" or "Wed", with its date when it is a week away or more; and the hour, "17:30"."""
    on = reader.day_at(instant)
    hour = clock_time(instant, reader)
    if on == today:
        return "Today", hour
    day = local(instant, reader, "EEE" if on < today + timedelta(days=7) else "EEE d MMM")
    # The page names one zone, in which the reader is today.
    return day, hour if reader.zone_on(on) == reader.zone_on(today) else f"{hour}, {zone_name(instant, reader)}"


def _joined(words: Sequence[str]) -> str:
    return ", ".join([*words[:1], *(word.lower() for word in words[1:])])


def _panel(found: listing.Found, when: dict[str, int]) -> dict[str, Any]:
    everyone, on = found.everyone, found.shown
    counts = search.counts(everyone, on)
    names = search.topics_of(everyone)
    ranked = sorted(names, key=lambda slug: (slug not in on.topics, -counts.topics.get(slug, 0)))
    first = max(6, len(on.topics))
    return {
        "filters": on,
        "most": listing.parameters(on).get("max", ""),
        "topics": [(slug, names[slug], counts.topics.get(slug, 0)) for slug in ranked[:first]],
        "more_topics": [
            (slug, names[slug], counts.topics.get(slug, 0)) for slug in names if slug not in ranked[:first]
        ],
        "languages": sorted(((language_name(code), code, n) for code, n in counts.languages.items())),
        "formats": [(value, label, counts.formats.get(value, 0)) for value, label in FORMATS.items()],
        "currencies": sorted({each.card.currency for each in everyone if each.card.currency} | {on.currency}),
        "free": counts.free,
        "when": [(value, label, when[value]) for value, label in listing.WHEN.items()],
    }


def _remembered(key: Hashable, context: Any, template: str) -> Markup:
    piece = _pieces.get(key)
    if piece is None:
        text = current_app.jinja_env.get_template(template).render(context())
        piece = Markup(text)  # noqa: S704 - Jinja escaped every value in it
        _pieces.keep(key, piece)
    return piece
