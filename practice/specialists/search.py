"""This file knows how the public list is found: cards kept in memory by version, filters, counts, the order.

Every request reads one narrow row per published specialist; it tells whether a kept card is still right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import select

from practice.store.db import db
from practice.store.memory import Memory
from practice.values.text import fold

from .choices import language_name
from .models import Offer, Specialist, SpecialistLanguage, SpecialistTopic, Topic
from .policy import completeness, shuffled
from .states import OfferKind, ProfileState
from .timing import Timing

MOST_REMEMBERED = 10_000
USUAL_MINUTES = 50  # the length whose price stands on a card
# Filters in the order in which they are dropped when nobody matches them all.
RELAXED = ("when", "q", "most", "format", "language", "free", "topics")


class Consult(NamedTuple):
    """The free consultation of a card: which offer it is, and what decides when it may start."""

    code: str
    timing: Timing


@dataclass(frozen=True, slots=True)
class Card:
    """What the list says about one specialist, right for one `profile_version`."""

    id: int
    code: str
    version: int
    slug: str
    name: str
    called: str
    title: str
    headline: str
    kind: str
    place: str
    photo_key: str | None
    languages: tuple[str, ...]
    formats: tuple[str, ...]
    main_topics: tuple[str, ...]
    other_topics: tuple[str, ...]
    topic_names: tuple[tuple[int, str, str], ...]  # (position among all topics, slug, name)
    minutes: int
    price: int
    currency: str
    consult: Consult | None
    words: str
    leaves_unanswered: bool = False

    @property
    def offers_consult(self) -> bool:
        return self.consult is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A card in the list, with the version of its calendar as it was read a moment ago."""

    card: Card
    calendar_version: int

    def without_consult(self) -> Listed:
        """The same person while their free consultations are paused."""
        return Listed(replace(self.card, consult=None), self.calendar_version)


@dataclass(frozen=True)
class Filters:
    """What a visitor asked for. `most` is in the smallest unit of `currency`."""

    topics: tuple[str, ...] = ()
    language: str = ""
    format: str = ""
    most: int | None = None
    currency: str = "EUR"
    free: bool = False
    when: tuple[str, ...] = ()
    q: str = ""

    def used(self) -> tuple[str, ...]:
        """The names of filters that are on, in the order in which they would be dropped."""
        return tuple(name for name in RELAXED if getattr(self, name) not in ((), "", None, False))

    def without(self, name: str) -> Filters:
        """The same with one filter off."""
        return replace(self, **{name: getattr(_NOTHING, name)})


_NOTHING = Filters()


@dataclass(frozen=True)
class Counts:
    """How many people each choice would show, with the other filters as they are."""

    topics: dict[str, int]
    languages: dict[str, int]
    formats: dict[str, int]
    free: int


# ---------------------------------------------------------------- the list, kept by version

# Plain columns of the table: no objects are made for what is read at every request.
TABLE: Any = Specialist.__table__
PUBLISHED = (
    select(TABLE.c.id, TABLE.c.code, TABLE.c.profile_version, TABLE.c.calendar_version)
    .where(TABLE.c.state == ProfileState.PUBLISHED)
    .order_by(TABLE.c.id)
)

_cards: Memory[str, Card] = Memory(MOST_REMEMBERED)


def listed() -> list[Listed]:
    """Everybody who is published, in one narrow query; four more when somebody is new or has changed."""
    rows = db.session.execute(PUBLISHED).all()
    stale = [row.id for row in rows if (kept := _cards.peek(row.code)) is None or kept.version != row.profile_version]
    fresh = _load(stale) if stale else {}
    found = ((fresh.get(row.code) or _cards.peek(row.code), row.calendar_version) for row in rows)
    return [Listed(card, version) for card, version in found if card is not None]


def _load(ids: Sequence[int]) -> dict[str, Card]:
    """Cards read anew and kept; the code is random, so a kept card can never belong to another database."""
    # The version first: what changes between these reads makes a card look outdated, and never one that stays wrong.
    rows = db.session.execute(select(*COLUMNS).where(Specialist.id.in_(ids))).all()
    topics, languages, offers = _topics_of(ids), _languages_of(ids), _offers_of(ids)
    cards = {
        row.code: _card(row, topics.get(row.id, []), languages.get(row.id, ()), offers.get(row.id, [])) for row in rows
    }
    for code, card in cards.items():
        _cards.keep(code, card)
    return cards


COLUMNS = (
    Specialist.id,
    Specialist.code,
    Specialist.profile_version.label("version"),
    Specialist.slug,
    Specialist.name,
    Specialist.called,
    Specialist.granted_title,
    Specialist.headline,
    Specialist.best_at,
    Specialist.kind,
    Specialist.place,
    Specialist.photo_key,
    Specialist.formats,
    Specialist.leaves_unanswered,
)
Topics = list[tuple[int, str, str, bool]]
Offers = list[tuple[str, str, int, int, str]]  # code, kind, minutes, amount, currency


def _card(row: Any, topics: Topics, languages: tuple[str, ...], offers: Offers) -> Card:
    minutes, price, currency = _usual_price(offers)
    names = [name for _, _, name, _ in topics] + [language_name(language) for language in languages]
    return Card(
        id=row.id,
        code=row.code,
        version=row.version,
        slug=row.slug,
        name=row.name,
        called=row.called,
        title=row.granted_title or "",
        headline=row.headline,
        kind=row.kind,
        place=row.place,
        photo_key=row.photo_key,
        languages=languages,
        formats=tuple(row.formats),
        main_topics=tuple(slug for _, slug, _, is_main in topics if is_main),
        other_topics=tuple(slug for _, slug, _, is_main in topics if not is_main),
        topic_names=tuple((position, slug, name) for position, slug, name, _ in topics),
        minutes=minutes,
        price=price,
        currency=currency,
        consult=_consult(offers),
        words=fold(" ".join([row.name, row.granted_title or "", row.headline, row.best_at, *names])),
        leaves_unanswered=row.leaves_unanswered,
    )


def _usual_price(offers: Offers) -> tuple[int, int, str]:
    """Minutes, amount and currency of the session that is closest to the usual length; zeros if there is none."""
    sold = [offer for offer in offers if offer[1] == OfferKind.INDIVIDUAL]
    if not sold:
        return 0, 0, ""
    _, _, minutes, amount, currency = min(sold, key=lambda offer: abs(offer[2] - USUAL_MINUTES))
    return minutes, amount, currency


def _consult(offers: Offers) -> Consult | None:
    free = (offer for offer in offers if offer[1] == OfferKind.CONSULT)
    return next((Consult(code, Timing(OfferKind.CONSULT, minutes)) for code, _, minutes, *_ in free), None)


def _topics_of(ids: Sequence[int]) -> dict[int, Topics]:
    rows = db.session.execute(
        select(SpecialistTopic.specialist_id, Topic.position, Topic.slug, Topic.name, SpecialistTopic.is_main)
        .join(Topic, Topic.id == SpecialistTopic.topic_id)
        .where(SpecialistTopic.specialist_id.in_(ids))
        .order_by(SpecialistTopic.position)
    )
    found: dict[int, Topics] = {}
    for owner, position, slug, name, is_main in rows:
        found.setdefault(owner, []).append((position, slug, name, is_main))
    return found


def _languages_of(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = db.session.execute(
        select(SpecialistLanguage.specialist_id, SpecialistLanguage.language)
        .where(SpecialistLanguage.specialist_id.in_(ids))
        .order_by(SpecialistLanguage.position)
    )
    found: dict[int, tuple[str, ...]] = {}
    for owner, language in rows:
        found[owner] = (*found.get(owner, ()), language)
    return found


def _offers_of(ids: Sequence[int]) -> dict[int, Offers]:
    rows = db.session.execute(
        select(Offer.specialist_id, Offer.code, Offer.kind, Offer.minutes, Offer.price_amount, Offer.price_currency)
        .where(Offer.specialist_id.in_(ids), Offer.ended_at.is_(None))
        .order_by(Offer.minutes)
    )
    found: dict[int, Offers] = {}
    for owner, code, kind, minutes, amount, currency in rows:
        found.setdefault(owner, []).append((code, kind, minutes, amount, currency))
    return found


# ---------------------------------------------------------------- filters


def matching(people: Iterable[Listed], filters: Filters) -> list[Listed]:
    """Those who match every filter but `when`, which only the calendar can answer."""
    words = asked_words(filters.q)
    return [each for each in people if _matches(each.card, filters, words)]


def asked_words(asked: str) -> list[str]:
    """What somebody looks for, each word as it is compared; what is between words counts only where nothing else is."""
    words = [fold(word) for word in asked.split()]
    return [word for word in words if word] or words


def _matches(card: Card, wanted: Filters, words: Sequence[str]) -> bool:
    return (
        (not wanted.topics or any(t in card.main_topics or t in card.other_topics for t in wanted.topics))
        and (not wanted.language or wanted.language in card.languages)
        and (not wanted.format or wanted.format in card.formats)
        and (not wanted.free or card.offers_consult)
        and (wanted.most is None or (card.currency == wanted.currency and card.price <= wanted.most))
        and all(word and word in card.words for word in words)
    )


def counts(people: Sequence[Listed], filters: Filters) -> Counts:
    """How many people each topic, language and format would bring, and the free consultation."""
    by_topic = matching(people, filters.without("topics"))
    return Counts(
        topics=_tally(t for each in by_topic for t in (*each.card.main_topics, *each.card.other_topics)),
        languages=_tally(x for each in matching(people, filters.without("language")) for x in each.card.languages),
        formats=_tally(x for each in matching(people, filters.without("format")) for x in each.card.formats),
        free=sum(each.card.offers_consult for each in matching(people, filters.without("free"))),
    )


def _tally(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found


def topics_of(people: Iterable[Listed]) -> dict[str, str]:
    """Every topic that somebody in the list works with, slug to name, in the order topics are shown."""
    found = sorted({topic for each in people for topic in each.card.topic_names})
    return {slug: name for _, slug, name in found}


def stamp(people: Iterable[Listed]) -> int:
    """A number that changes whenever anybody's card does: what was made from all cards is right for one stamp."""
    return hash(tuple((each.card.code, each.card.version, each.card.offers_consult) for each in people))


Place = tuple[int, bool, float, str]


def place_in_list(listed: Listed, soonest: int | None, topics: Sequence[str], number: str) -> Place:
    """The sort key: completeness of the match, then who leaves nobody without an answer, then the soonest real time
    (epoch seconds), then the day's shuffle."""
    card = listed.card
    return (
        -completeness(topics, card.main_topics, card.other_topics),
        card.leaves_unanswered,
        float("inf") if soonest is None else soonest,
        _shuffled(number, card.slug),
    )


_shuffled = lru_cache(maxsize=20_000)(shuffled)
