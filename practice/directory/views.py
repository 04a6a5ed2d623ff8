"""This file knows the public pages on which somebody is found: the list, one profile, and the rule of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import labels, limits, policy, slot_picker, visitors
from practice.bookings import queries as bookings
from practice.bookings.terms import Refusal
from practice.http.access import public
from practice.http.clocks import reader
from practice.http.pages import link, page
from practice.specialists import queries as specialists
from practice.specialists import search
from practice.specialists.models import Specialist
from practice.specialists.policy import day_number
from practice.specialists.search import Listed
from practice.specialists.selling import Selling
from practice.values import clock

from . import cards, listing, page_memory, profile
from .listing import A_PAGE, Found

bp = Blueprint("directory", __name__)
# Nobody is turned away for these before they have chosen a time: the form asks for them at its end.
ASKED_LATER = (Refusal.SIGN_IN, Refusal.EMAIL)


@bp.get("/specialists")
@public
def index() -> Response:
    """The list: filters in the address, real times in the reader's zone, never an empty page."""
    everyone = bookings.everyone()
    filters, notes = listing.read(request.args, everyone)
    found = listing.find(filters, everyone, reader())
    first = A_PAGE * (_page_number(found) - 1)
    people = found.people[first : first + A_PAGE]
    matter = listing.matter(everyone, people, reader()), len(found.people), found.shown
    return page_memory.for_strangers(matter, lambda: _list(found, people, first, notes))


def _list(found: Found, people: list[tuple[Listed, tuple[int, ...]]], first: int, notes: list[str]) -> Response:
    return page(
        "directory/index.html",
        cards=cards.pieces(people, reader()),
        panels=cards.filter_panels(found, reader()),
        found=found,
        notes=notes,
        first=first,
        **_ways(found, first),
    )


@bp.get("/specialists/order")
@public
def order() -> Response:
    """The rule of the list, with today's number, so that anybody can check it."""
    today = clock.today("UTC")
    return page("directory/order.html", day=today, number=day_number(today), total=len(search.listed()))


@bp.get("/specialists/<slug>")
@public
def show(slug: str) -> Response:
    """One profile with its free times; a paused one stays readable and shows ways on."""
    specialist = specialists.public_profile(slug, current_user)
    here = _what_is_possible(specialist)
    if here.looker != bookings.NOBODY or not here.starts:
        # Where there is no time, the page shows what others have free.
        return _profile(specialist, here)
    stored = specialist.code, specialist.profile_version, specialist.state, here.selling
    matter = stored, here.starts, reader().day_at(clock.now())
    return page_memory.for_strangers(matter, lambda: _profile(specialist, here))


@dataclass(frozen=True)
class Here:
    """What whoever looks may do on a profile: the times they may choose, or what stands in the way; and whether its
    sessions are sold."""

    looker: bookings.Looker
    eligibility: policy.Eligibility
    refusals: list[Refusal]
    starts: tuple[int, ...]
    selling: Selling


def _what_is_possible(specialist: Specialist) -> Here:
    eligibility, looker = bookings.eligibility_of(current_user, specialist), visitors.looker()
    refusals = [each for each in policy.refusals(eligibility, clock.now()) if each not in ASKED_LATER]
    offer = specialist.consult if not refusals else None
    starts = bookings.starts_for(offer, looker, is_open=True) if offer else ()
    return Here(looker, eligibility, refusals, starts, specialists.sells(specialist))


def _profile(specialist: Specialist, here: Here) -> Response:
    return page(
        "directory/show.html",
        specialist=specialist,
        profile=profile.of(specialist),
        sessions=profile.sessions(specialist, here.selling, specialists.own_prices(specialist, current_user)),
        selling=here.selling,
        picker=_picker(specialist, here.starts) if specialist.consult and not here.refusals else None,
        refusals=here.refusals,
        sentences=here.eligibility.terms.sentences,
        eligibility=here.eligibility,
        changing=labels.changing(here.eligibility.terms),
        most_open=limits.MOST_OPEN,
        is_saved=specialists.is_saved(current_user, specialist),
        others=[] if here.starts else _others(specialist, here.eligibility),
    )


def _page_number(found: Found) -> int:
    last = max(1, -(-len(found.people) // A_PAGE))
    asked = request.args.get("page", "1")
    return min(max(1, int(asked)), last) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _ways(found: Found, first: int) -> dict[str, Any]:
    """Addresses to the pages before and after."""
    number = first // A_PAGE + 1
    parts = listing.parameters(found.asked)
    has_more = first + A_PAGE < len(found.people)
    return {
        "earlier": link("directory.index", page=number - 1, **parts) if number > 1 else None,
        "later": link("directory.index", page=number + 1, **parts) if has_more else None,
        "hidden": listing.parameters(found.shown),
        "chips": profile.chips(found.shown, found.everyone),
    }


def _picker(specialist: Specialist, starts: Sequence[int]) -> dict[str, Any]:
    def url(first: date) -> str:
        return link("directory.show", slug=specialist.slug, week=first.isoformat(), _anchor="book")

    return slot_picker.picker(starts, _date(request.args.get("week", "")), url)


def _date(text: str) -> date | None:
    try:
        on = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return on if 2000 < on.year < 2200 else None


def _others(specialist: Specialist, known: policy.Eligibility) -> list[tuple[dict[str, Any], dict[str, str]]]:
    found = bookings.others_with_times(specialist, current_user, reader(), known)
    return [(labels.person(each), slot_picker.time_choice(start)) for each, start in found]
