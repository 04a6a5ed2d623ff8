"""This file knows the public pages on which somebody is found: the list, one profile, and the rule of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import labels, limits, policy, slot_picker, sold, terms, visitors
from practice.bookings import queries as bookings
from practice.bookings.terms import Refusal
from practice.http import page_memory
from practice.http.access import public
from practice.http.clocks import reader
from practice.http.pages import link, page
from practice.http.paging import Paged, paged
from practice.payments import going_on
from practice.payments import queries as payments
from practice.questions import answers
from practice.questions.models import Answer
from practice.specialists import queries as specialists
from practice.specialists import search
from practice.specialists.models import Offer, Specialist
from practice.specialists.policy import day_number
from practice.specialists.search import Listed
from practice.specialists.selling import Selling
from practice.values import clock
from practice.values.errors import NotFound
from practice.values.text import sought

from . import cards, listing, profile
from .listing import A_PAGE, Found

bp = Blueprint("directory", __name__)
NOT_OFFERED = "What your link names can’t be booked here now. What can be is below."
# Nobody is turned away for these before they have chosen a time: the form asks for them at its end.
ASKED_LATER = (Refusal.SIGN_IN, Refusal.EMAIL)


@bp.get("/specialists")
@public
def index() -> Response:
    """The list: filters in the address, real times in the reader's zone, never an empty page."""
    everyone = bookings.everyone()
    filters, notes = listing.read(request.args, everyone)
    found = listing.find(filters, everyone, reader())
    here = paged(len(found.people), A_PAGE, "directory.index", **listing.parameters(found.asked))
    people = found.people[here.first : here.last]
    matter = listing.matter(everyone, people, reader()), len(found.people), found.shown
    return page_memory.for_strangers(matter, lambda: _list(found, people, here, notes))


def _list(found: Found, people: list[tuple[Listed, tuple[int, ...]]], here: Paged, notes: list[str]) -> Response:
    return page(
        "directory/index.html",
        cards=cards.pieces(people, reader()),
        panels=cards.filter_panels(found, reader()),
        found=found,
        notes=notes,
        paged=here,
        hidden=listing.parameters(found.shown),
        chips=profile.chips(found.shown, found.everyone),
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
    here, answered = _what_is_possible(specialist), answers.on_profile(specialist)
    if here.looker != bookings.NOBODY or not here.starts:
        # Where there is no time, the page shows what others have free.
        return _profile(specialist, here, answered)
    stored = specialist.code, specialist.profile_version, specialist.state, here.selling, here.choices
    read = tuple((each.code, each.edition, each.question.public_title) for each in answered)
    matter = stored, here.starts, reader().day_at(clock.now()), read
    return page_memory.for_strangers(matter, lambda: _profile(specialist, here, answered))


@dataclass(frozen=True)
class Here:
    """What whoever looks may do on a profile: what they may book, by the codes of offers, with the times of the one
    they look at; or what stands in the way of it, by which terms. And whether its sessions are sold, and what has
    become of the offer that their link names."""

    looker: bookings.Looker
    eligibility: policy.Eligibility
    refusals: list[Refusal]
    refused_by: terms.Terms
    choices: tuple[str, ...]
    offer: Offer | None
    changed: str
    starts: tuple[int, ...]
    selling: Selling


def _what_is_possible(specialist: Specialist) -> Here:
    eligibility, looker = bookings.eligibility_of(current_user, specialist), visitors.looker()
    refusals = [each for each in policy.refusals(eligibility, clock.now()) if each not in ASKED_LATER]
    consult = [specialist.consult] if specialist.consult and not refusals else []
    sessions = _sessions_open_to(specialist, eligibility)
    # What stands in the way of what is sold is said before anything is chosen, as it is of the consultation.
    agreed = eligibility.terms
    if sessions and (found := _against_a_session(eligibility, sessions[0])):
        refusals, agreed, sessions = found, terms.of(sessions[0].kind), []
    choices = [*consult, *sessions]
    offer, changed = _looked_at(specialist, choices)
    starts = bookings.starts_for(offer, looker, is_open=True) if offer else ()
    codes = tuple(each.code for each in choices)
    return Here(looker, eligibility, refusals, agreed, codes, offer, changed, starts, specialists.sells(specialist))


def _looked_at(specialist: Specialist, choices: list[Offer]) -> tuple[Offer | None, str]:
    """The offer that the address names, in its present version, else the first; and what has become of it since."""
    code, first = sought(request.args.get("offer", ""), 40), next(iter(choices), None)
    named = next((each for each in choices if each.code == code), None)
    if named is not None or not code or first is None:
        return named or first, ""
    try:
        chosen = bookings.chosen_offer(specialist.slug, code)
    except NotFound:
        return first, NOT_OFFERED
    if chosen.offer not in choices:
        return first, NOT_OFFERED
    return chosen.offer, labels.changed(chosen, current_user) if chosen.has_changed else ""


def _sessions_open_to(specialist: Specialist, known: policy.Eligibility) -> list[Offer]:
    """What is sold and this person may buy: after a yes of both sides, or where none is asked for."""
    if known.is_own_profile or not specialist.is_published:
        return []
    found = [each for each in specialists.sessions(specialist) if sold.is_sold(each)]
    after_consult = next((each for each in found if each.consult_first), None)
    has_both = after_consult is not None and bookings.is_unlocked(current_user, after_consult)
    return [each for each in found if has_both or not each.consult_first]


def _against_a_session(known: policy.Eligibility, session: Offer) -> list[Refusal]:
    """What stands in the way of a session that this person may buy; strikes pause only what is free."""
    of_it = replace(known, terms=terms.of(session.kind), is_bookable=True)
    return [each for each in policy.refusals(of_it, clock.now()) if each not in ASKED_LATER]


def _profile(specialist: Specialist, here: Here, answered: Sequence[Answer]) -> Response:
    own = specialists.own_prices(specialist, current_user)
    offers = (each for each in specialist.offers if each.code in here.choices)
    return page(
        "directory/show.html",
        specialist=specialist,
        profile=profile.of(specialist),
        sessions=profile.sessions(specialist, here.selling, own),
        answered=answered,
        selling=here.selling,
        picker=_picker(specialist, here) if here.offer else None,
        offer=here.offer,
        changed=here.changed,
        choices=sorted(offers, key=lambda each: here.choices.index(each.code)),
        own_prices=own,
        refusals=here.refusals,
        refused_by=here.refused_by,
        eligibility=here.eligibility,
        changing=labels.changing(here.eligibility.terms),
        most_open=limits.MOST_OPEN,
        going_on=_going_on(specialist),
        is_saved=specialists.is_saved(current_user, specialist),
        others=[] if here.starts else _others(specialist, here.eligibility),
    )


def _going_on(specialist: Specialist) -> list[going_on.GoingOn]:
    """What whoever looks has begun to pay here: on the picker its time is taken, and it is theirs."""
    if not current_user.is_authenticated:
        return []
    return going_on.shown(payments.going_on_of(current_user, payee_id=specialist.user_id))


def _picker(specialist: Specialist, here: Here) -> dict[str, Any]:
    asked = {"offer": here.offer.code} if here.offer and here.offer is not specialist.consult else {}

    def url(first: date) -> str:
        return link("directory.show", slug=specialist.slug, week=first.isoformat(), **asked, _anchor="book")

    chosen = slot_picker.named_start(request.args.get("start"))
    return slot_picker.picker(here.starts, _date(request.args.get("week", "")), url, chosen)


def _date(text: str) -> date | None:
    try:
        on = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return on if 2000 < on.year < 2200 else None


def _others(specialist: Specialist, known: policy.Eligibility) -> list[tuple[dict[str, Any], dict[str, str]]]:
    found = bookings.others_with_times(specialist, current_user, reader(), known)
    return [(labels.person(each), slot_picker.time_choice(start)) for each, start in found]
