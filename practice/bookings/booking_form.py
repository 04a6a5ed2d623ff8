"""This file knows the form for a chosen time: filled for one person, or blank as every stranger gets it first.

The blank one says nothing but what the profile says, so it is written once; what belongs to one browser is put in
afterwards. Whoever is signed in, came back or wrote something gets a form of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask_login import current_user
from markupsafe import Markup, escape

from practice.http.clocks import clock_time, zone_name
from practice.http.gaps import gap
from practice.http.protection import form_token
from practice.specialists import queries as specialists
from practice.specialists.models import Offer
from practice.store.memory import Memory

from . import labels, policy, terms
from .forms import BookForm, start_value
from .models import Booking

# What is kept of it with a booking; while somebody is at the gate also the tick that they set.
FIELDS = ("format", "call_name", "topics", "note", "phone", "shares_note", "with_partner", "location")
AT_THE_GATE = (*FIELDS, "consent")
MOST_REMEMBERED = 1_000
TOKEN, START, KEY, HOLD = map(gap, ("token", "start", "key", "hold"))
_blank: Memory[tuple[str, str, int, bool], str] = Memory(MOST_REMEMBERED)


def of(offer: Offer, **given: Any) -> BookForm:
    """The form with the choices that this offer's specialist gives."""
    form = BookForm(**given)
    form.consent.label.text = terms.of(offer.kind).says.consent
    if not offer.price.is_free:
        # What is bought is agreed to on the next page, where it is all said.
        del form.consent
    specialist = offer.specialist
    topics = [(each.topic.slug, each.topic.name) for each in specialist.topics]
    form.set_choices(specialist.formats, topics, specialists.places_to_choose(specialist))
    return form


def filled(offer: Offer, written: Mapping[str, Any], start: str, form_key: str) -> BookForm:
    """The same with what somebody wrote before."""
    form = of(offer, data={**written, "start": start, "form_key": form_key}, formdata=None)
    if form.format.data is None and form.format.choices:
        # Nothing personal is chosen for anyone; how to meet has a sensible first answer.
        form.format.data = form.format.choices[0][0]
    return form


def is_blank(fields: Mapping[str, Any]) -> bool:
    """Whether it is a stranger's who has written nothing yet."""
    return not current_user.is_authenticated and not any(name in fields for name in FIELDS)


def blank(offer: Offer, starts_at: datetime, form_key: str, held: Booking | None) -> Markup:
    """The whole form for such a browser, as markup: remembered under the version of all that it says."""
    specialist = offer.specialist
    key = offer.code, specialist.code, specialist.profile_version, held is not None
    text = _blank.get(key)
    if text is None:
        text = _render(offer, {"code": HOLD} if held else None)
        _blank.keep(key, text)
    own = {TOKEN: form_token(), START: start_value(starts_at), KEY: form_key, HOLD: held.code if held else ""}
    for place, value in own.items():
        text = text.replace(place, escape(value))
    return Markup(text)  # noqa: S704 - Jinja escaped every value in it, and so were those put in


def _render(offer: Offer, held: dict[str, str] | None) -> str:
    text = render_template(
        "bookings/_form.html",
        offer=offer,
        terms=terms.of(offer.kind),
        specialist=offer.specialist,
        person=labels.person(offer.specialist),
        form=filled(offer, {}, START, KEY),
        held=held,
        came_back=False,
    )
    return text.replace(form_token(), TOKEN)


THEIRS_BY_PRESS = "It becomes yours when you press the button below."


def waiting(held: Booking | None, reader: policy.Eligibility, *, is_paid: bool) -> str:
    """Whether the chosen time is kept for the reader while the form is open, and what comes before it is theirs;
    `is_paid`: what its form leads to is looked at once more, and paid."""
    is_confirmed = reader.is_signed_in and reader.is_confirmed
    if held is not None and held.held_until is not None:
        kept = f"We’re holding this time for you until {clock_time(held.held_until)}, {zone_name(held.held_until)}."
        until_then = " After that somebody else can take it." if not is_confirmed else ""
    else:
        kept = "This time isn’t held, so that others find times too: until it’s booked, somebody else can take it."
        until_then = ""
    if is_confirmed:
        from_then = "It’s kept for you from when you go to payment." if is_paid else THEIRS_BY_PRESS
        return kept if held else f"{kept} {from_then}"
    first = (
        "confirmed your email" if reader.is_signed_in else "signed in, or created an account and confirmed your email,"
    )
    if is_paid:
        return f"{kept}{until_then} It’s kept for you once you have {first} and gone on to payment."
    return f"{kept}{until_then} It becomes yours once you have {first} and pressed the button here once more."
