"""This file knows how a form is filled again: from what is stored, or from what was typed before sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from practice.values.counts import whole

from . import policy, queries
from .cancel_rules import Preset, preset_of
from .choices import LEVELS
from .forms import LANGUAGE_ROWS
from .models import Offer, ProfileRevision, Specialist
from .offer_forms import ROWS
from .policy import WITH_END


def profession(specialist: Specialist) -> dict[str, Any]:
    """Values that fill the first step again."""
    asked_here = [c for c in specialist.credentials if c.state == "submitted" and c.kind not in WITH_END]
    licence = next((c for c in asked_here if c.body or c.expires_on), None)
    return {
        "kind": specialist.kind,
        "name": specialist.name,
        "called": specialist.called,
        "title": specialist.title_applied_for,
        "country": specialist.country,
        "place": specialist.place,
        "body": licence.body if licence else "",
        "number": licence.number if licence else "",
        "expires_on": licence.expires_on if licence else None,
        "permitted": ", ".join(specialist.permitted_places),
        "training": specialist.training,
        "years": specialist.years or None,
        "supervision": specialist.supervision,
        "records_country": specialist.records_country,
    }


def from_draft(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Values that fill the first step from what was typed before sign-in; a date that is none is left out."""
    found = {name: value for name, value in fields.items() if isinstance(value, str)}
    try:
        found["expires_on"] = date.fromisoformat(found.get("expires_on", ""))  # type: ignore[assignment]
    except ValueError:
        found.pop("expires_on", None)
    found["years"] = whole(found.get("years", ""))  # type: ignore[assignment]
    return found


def words(specialist: Specialist) -> dict[str, Any]:
    """Values that fill the words again."""
    found = {
        name: getattr(specialist, name)
        for name in (
            "headline",
            "best_at",
            "not_right_for",
            "about",
            "first_session",
            "phone_note",
            "video_url",
            "approaches",
            "formats",
        )
    }
    found["couple_stance"] = specialist.couple_stance or ""
    found["topics"] = [row.topic.slug for row in specialist.topics]
    found["main_topics"] = [row.topic.slug for row in specialist.topics if row.is_main]
    for number in range(1, LANGUAGE_ROWS + 1):
        found[f"language_{number}"], found[f"level_{number}"] = "", next(iter(LEVELS))
    for number, row in enumerate(specialist.languages[:LANGUAGE_ROWS], 1):
        found[f"language_{number}"], found[f"level_{number}"] = row.language, row.level
    return found


def first_prices(specialist: Specialist) -> dict[str, Any]:
    """Values that fill the prices of an application again: what is offered, then lengths that are usual."""
    sold = {each.minutes: each.price for each in queries.sessions(specialist)}
    lengths = [*sold, *(each for each in policy.USUAL_LENGTHS if each not in sold)]
    found: dict[str, Any] = {"currency": currency(specialist), "consult": specialist.consult is not None}
    for row, minutes in zip(ROWS, sorted(lengths[: len(ROWS)]), strict=True):
        found[f"minutes_{row}"] = minutes
        found[f"price_{row}"] = sold[minutes].typed if minutes in sold else ""
    return found


def offer(offered: Offer) -> dict[str, Any]:
    """Values that fill the form of an offer again."""
    assert offered.rule is not None
    return {
        "minutes": offered.minutes,
        "currency": offered.price_currency,
        "price": offered.price.typed,
        "rule": preset_of(offered.rule),
        "consult_first": offered.consult_first,
        "lower_count": offered.lower_count,
        "lower_price": offered.lower.typed if offered.lower else "",
    }


def another_offer(specialist: Specialist) -> dict[str, Any]:
    """Values that a new offer begins with: those that the others have."""
    last = next(iter(queries.sessions(specialist)), None)
    return {
        "currency": currency(specialist),
        "rule": (last and last.rule and preset_of(last.rule)) or Preset.STANDARD,
        "consult_first": last.consult_first if last else True,
        "lower_count": 0,
    }


def currency(specialist: Specialist) -> str:
    """What prices are in: that of the sessions that are offered, else of what was offered last."""
    found = [*queries.sessions(specialist), *queries.past_offers(specialist)]
    return found[0].price_currency if found else "EUR"


def checked(specialist: Specialist, waiting: ProfileRevision | None) -> dict[str, Any]:
    """Values that fill the checked part of the profile: what is asked for by now, else what people see."""
    public = {name: getattr(specialist, name) for name in ("name", "called", "country", "place", "permitted_places")}
    found = public | {"title": specialist.granted_title} | (waiting.checked_words if waiting else {})
    return found | {"permitted": ", ".join(found.pop("permitted_places"))}
