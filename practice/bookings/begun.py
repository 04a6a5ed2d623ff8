"""This file knows what was begun: a form between a time and a booking, kept under the address of its offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from practice.accounts import intents
from practice.accounts.models import Intent
from practice.http.pages import link
from practice.specialists import queries as specialists
from practice.specialists.models import Offer

from . import terms
from .forms import start_value
from .models import Booking

KIND = "book"


def address(offer: Offer) -> str:
    """Where this offer is booked."""
    return link("bookings.new", slug=offer.specialist.slug, code=offer.code)


def times(offer: Offer, starts_at: datetime | None = None) -> str:
    """Where its times are, this one chosen among them: nobody who goes back chooses length and time anew."""
    named = None if terms.of(offer.kind).one_per_pair else offer.code
    start = start_value(starts_at) if starts_at else None
    return link("directory.show", slug=offer.specialist.slug, offer=named, start=start, _anchor="book")


def of(offer: Offer) -> Intent | None:
    """What this browser is in the middle of booking of this offer, begun with this version or an earlier one."""
    intent = intents.current_intent()
    return intent if intent is not None and intent.kind == KIND and _leads_to(intent.target, offer) else None


def _leads_to(target: str, offer: Offer) -> bool:
    if target == address(offer):
        return True
    specialist = offer.specialist
    if target == link("bookings.new", slug=specialist.slug, code=""):
        return specialist.consult is offer  # from when there was one offer only
    named = (each for each in specialist.offers if each is not offer and target == address(each))
    return any(specialists.current_version(each) is offer for each in named)


def keep(offer: Offer, fields: dict[str, Any], held: Booking | None) -> None:
    """Keep on the server what the visitor chose and wrote: it survives sign-in, another device, a lost connection."""
    before, target = of(offer), address(offer)
    task = f"book your {terms.of(offer.kind).called} with {offer.specialist.called}"
    intents.open_intent(KIND, target, fields, task=task, booking_id=held.id if held else None)
    if before is not None and before.target != target:
        intents.discard(before)


def keep_time(offer: Offer, starts_at: datetime, held: Booking | None) -> None:
    """Another time for what was begun, or the beginning of it."""
    before = of(offer)
    keep(offer, (intents.payload(before) if before else {}) | {"start": start_value(starts_at)}, held)


def end(offer: Offer) -> None:
    """It is booked: whatever was kept for booking it is wiped, also what was begun on another day or device."""
    for intent in intents.begun(KIND):
        if _leads_to(intent.target, offer):
            intents.complete(intent)
