"""This file knows what a public profile says, as plain values for its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from practice.http.clocks import day
from practice.http.prices import money
from practice.specialists import queries
from practice.specialists.cancel_rules import for_client
from practice.specialists.choices import FORMATS, STANCES, country_name, language_name, region_name
from practice.specialists.models import Credential, Offer, Specialist
from practice.specialists.photos import portrait_url
from practice.specialists.policy import CREDENTIAL_NAMES, is_licensed
from practice.specialists.search import Filters, Listed, topics_of
from practice.specialists.selling import Selling
from practice.specialists.states import CoupleStance, CredentialKind, Format
from practice.store.memory import Memory
from practice.values.money import Money

from .listing import WHEN, address

MOST_REMEMBERED = 2_000
_said: Memory[tuple[str, int], dict[str, Any]] = Memory(MOST_REMEMBERED)


def of(specialist: Specialist) -> dict[str, Any]:
    """Everything on a profile that is not about times; read once for each of its versions, and changed by nobody."""
    # The code is random: what is kept can never belong to another database.
    key = specialist.code, specialist.profile_version
    said = _said.get(key)
    if said is None:
        said = _read(specialist)
        _said.keep(key, said)
    return said


def _read(specialist: Specialist) -> dict[str, Any]:
    return {
        "first": specialist.called,
        "portrait": portrait_url(specialist, 512),
        "title": specialist.granted_title or specialist.title_applied_for,
        "meeting": _meeting(specialist),
        "languages": ", ".join(_language(row.language, row.level) for row in specialist.languages),
        "topics": [row.topic.name for row in specialist.topics],
        "about": [part for part in specialist.about.split("\n") if part.strip()],
        "first_session": [part for part in specialist.first_session.split("\n") if part.strip()],
        "stance": STANCES[CoupleStance(specialist.couple_stance)] if specialist.couple_stance else "",
        "places": [region_name(place) for place in specialist.permitted_places],
        "sessions": [_session(offer) for offer in queries.sessions(specialist)],
        "checked": _checked(specialist),
        "is_coach": not is_licensed(specialist.kind),
    }


def chips(filters: Filters, everyone: list[Listed]) -> list[tuple[str, str]]:
    """(words, address without it) for every filter that is on."""
    names = topics_of(everyone)
    found = [
        (names[slug], address(filters, topics=tuple(t for t in filters.topics if t != slug))) for slug in filters.topics
    ]
    found += [(WHEN[name], address(filters, when=tuple(w for w in filters.when if w != name))) for name in filters.when]
    if filters.language:
        found.append((language_name(filters.language), address(filters, language="")))
    if filters.format:
        found.append((FORMATS[Format(filters.format)], address(filters, format="")))
    if filters.most is not None:
        found.append((f"Up to {money(Money(filters.most, filters.currency))}", address(filters, most=None)))
    if filters.free:
        found.append(("Free consultation", address(filters, free=False)))
    if filters.q:
        found.append((f"“{filters.q}”", address(filters, q="")))
    return found


def sessions(specialist: Specialist, selling: Selling, own: Mapping[int, Money]) -> list[dict[str, Any]]:
    """What of a profile's sessions can be had: those that are sold, and the others where a free consultation comes
    first. `own` are the prices that only the one who looks pays."""
    shown = of(specialist)["sessions"]
    return [
        each | {"sold": selling.sells(each["amount"]), "own": money(own[each["id"]]) if each["id"] in own else ""}
        for each in shown
        if specialist.consult or (selling.sells(each["amount"]) and not each["consult_first"])
    ]


def _session(offer: Offer) -> dict[str, Any]:
    assert offer.rule is not None
    return {
        "id": offer.id,
        "called": f"One person, {offer.minutes} minutes",
        "amount": offer.price,
        "price": money(offer.price),
        "consult_first": offer.consult_first,
        "rule": for_client(offer.rule),
    }


def _meeting(specialist: Specialist) -> str:
    words = [FORMATS[Format(each)] for each in specialist.formats]
    said = ", ".join([*words[:1], *(word.lower() for word in words[1:])])
    return f"{said} in {specialist.place}" if Format.IN_PERSON in specialist.formats and specialist.place else said


def _language(code: str, level: str) -> str:
    return language_name(code) if level in ("native", "fluent") else f"some {language_name(code)}"


def _checked(specialist: Specialist) -> list[dict[str, str]]:
    """What staff looked at and when; a number is never shown whole."""
    found = [
        _credential(credential)
        for credential in specialist.credentials
        if credential.state == "verified" and credential.checked_at
    ]
    if specialist.supervision:
        found.append({"title": "Supervision", "text": specialist.supervision})
    return found


def _credential(credential: Credential) -> dict[str, str]:
    kind = CredentialKind(credential.kind)
    parts = [f"Checked {day(credential.checked_at, pattern='MMMM y')}" if credential.checked_at else ""]
    if kind in (CredentialKind.LICENCE, CredentialKind.TRAINING) and credential.country:
        parts.append(country_name(credential.country))
    if credential.expires_on:
        parts.append(f"valid to {day(credential.expires_on, pattern='d MMMM y')}")
    return {"title": credential.body or CREDENTIAL_NAMES[kind], "text": ", ".join(part for part in parts if part)}
