"""This file knows the first page, a client's own page, and the pages that explain; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import consents, intents
from practice.accounts import queries as accounts
from practice.bookings import labels, policy, sale_labels
from practice.bookings import queries as bookings
from practice.bookings.limits import MOST_OPEN
from practice.bookings.money_back import Why
from practice.bookings.picking import spread
from practice.bookings.queries import Listed
from practice.bookings.states import BookingState
from practice.bookings.who_may import Possible, Side
from practice.directory import cards, listing
from practice.disputes import beside as stands
from practice.disputes import queries as disputes
from practice.fit import labels as decisions
from practice.fit import queries as fits
from practice.home import queries
from practice.http import cookies, page_memory
from practice.http.access import client, public
from practice.http.clocks import day, reader
from practice.http.pages import page
from practice.http.reader import local_path
from practice.letters import registry
from practice.payments import going_on
from practice.payments import queries as payments
from practice.specialists import queries as specialists
from practice.specialists.choices import FORMATS
from practice.specialists.states import Format
from practice.store import retention
from practice.values import clock

from . import closing, today
from .blueprint import bp

ON_THE_FRONT = 4


@bp.get("/")
@public
def index() -> Response:
    """The front door: topics, people with a free time soon, how it works."""
    everyone = bookings.everyone()
    soonest = [
        (each, spread(starts, listing.TIMES)) for each, starts in bookings.soonest(everyone, reader(), ON_THE_FRONT)
    ]

    def render() -> Response:
        people = cards.people(soonest, reader())
        return page("home/home.html", specialists=people, total=len(everyone), topics=specialists.topics())

    return page_memory.for_strangers(listing.matter(everyone, soonest, reader()), render)


@bp.get("/me")
@client
def me() -> Response:
    """A client's own page: what is ahead, what waits, what was."""
    (upcoming, past), beside = bookings.list_of(current_user), queries.beside(current_user)
    return page(
        "home/me.html",
        greeting=today.greeting(clock.now()),
        upcoming=[_ahead(each, clock.now()) for each in upcoming],
        saved=specialists.saved_by(current_user) if beside.has_saved else [],
        way_back=accounts.way_back_of(current_user) if current_user.has_two_step else None,
        open_count=beside.open_count,
        most_open=MOST_OPEN,
        erasure=accounts.open_erasure(current_user) if beside.wants_to_go else None,
        **_waiting(beside),
        **_was(past),
    )


def _waiting(beside: queries.Beside) -> dict[str, Any]:
    """What waits for them: something begun to pay, an answer after a talk, a form that was left, a decision."""
    told = disputes.open_of_client(current_user) if beside.has_disputes else []
    return {
        "complaints": [(each.booking, stands.of(each, Side.CLIENT)) for each in told],
        "going_on": going_on.shown(payments.going_on_of(current_user)) if beside.has_going_on else [],
        "decisions": decisions.in_ones_space(fits.of_client(current_user)) if beside.has_fits else [],
        "drafts": [(each, intents.task(each)) for each in accounts.drafts_for(current_user)]
        if beside.has_drafts
        else [],
    }


def _was(past: Sequence[Listed]) -> dict[str, Any]:
    """What was, and what its client is asked to choose about it."""
    choices = _choices(past)
    choosing = {each["code"] for each in choices if each["has_times"]}
    rows = [(each, labels.tile(each.starts_at), _past(each, chooses=each.code in choosing)) for each in past]
    return {"choices": choices, "past": rows}


@dataclass(frozen=True)
class Ahead:
    """An appointment that is still to come, with what its client can do about it now."""

    booking: Listed
    tile: dict[str, str]
    format: str
    possible: Possible
    released_at: datetime | None


def _ahead(booking: Listed, now: datetime) -> Ahead:
    possible = bookings.possible_in_list(booking, Side.CLIENT, now)
    return Ahead(
        booking=booking,
        tile=labels.tile(booking.starts_at),
        format=FORMATS[Format(booking.format)],
        possible=possible,
        released_at=bookings.released_at(booking) if possible.awaits_answer else None,
    )


def _choices(past: Iterable[Listed]) -> list[dict[str, Any]]:
    """What became of something paid that its client is asked to choose; most have none of it, and nothing is asked."""
    if not any(each.choice_until for each in past):
        return []
    asked = ((each, bookings.possible_to(each, current_user)) for each in bookings.to_choose(current_user))
    return [said for each, possible in asked if (said := sale_labels.to_choose(each, possible)) is not None]


def _past(booking: Listed, *, chooses: bool) -> str:
    """How it ended, in the client's words, and that it does not count where that is so; of money only that it waits for
    them: what has come back of it, its own page says."""
    if booking.cancel_rule is not None:
        return _became(booking) + (". You choose what becomes of the money" if chooses else "")
    return _became(booking) + ("" if policy.counts(booking) else f". {booking.terms.says.doesnt_count.capitalize()}")


def _became(booking: Listed) -> str:
    is_theirs = booking.state == BookingState.CANCELLED_BY_SPECIALIST
    return _how(booking) + _on_which_day(booking) + (", not by you" if is_theirs else "")


def _how(booking: Listed) -> str:
    """For a day after the end nobody has said yet."""
    if booking.is_confirmed:
        return labels.over(booking)
    if booking.state == BookingState.CANCELLED_BY_SPECIALIST:
        # By the specialist or by our staff: the booking's own page says which.
        return "Cancelled"
    # What a notice of withdrawal ended was in its days, whatever is kept of an older payment.
    is_lawful = booking.state == BookingState.LATE_RELEASED and booking.returned_why == Why.WITHDRAWN
    state = BookingState.CANCELLED_BY_CLIENT if is_lawful else booking.state
    return labels.named(state, booking.terms, labels.FOR_CLIENT)


def _on_which_day(booking: Listed) -> str:
    """Of what was over before its own day came, when that was: by that the list stands."""
    is_before = not booking.is_confirmed and booking.over_at < booking.starts_at
    return f" on {day(booking.over_at, pattern='d MMMM')}" if is_before else ""


@bp.get("/free-consultation")
@public
def free_consultation() -> Response:
    """What a free consultation is and is not."""
    return page("home/free_consultation.html")


@bp.get("/terms")
@public
def terms() -> Response:
    """The terms in force."""
    return page("home/terms.html", version=consents.version_of(consents.TERMS))


@bp.get("/privacy")
@public
def privacy() -> Response:
    """How information is looked after."""
    kept = [(cookies.name_of(each), each.purpose, each.lasts, each.goes) for each in cookies.COOKIES]
    return page(
        "home/privacy.html",
        version=consents.version_of(consents.PRIVACY),
        cookies=kept,
        periods=[(each.what, f"{each.length} {each.since}", each.why) for each in retention.EVERYTHING],
        always_mailed=list(registry.always_mailed().values()),
    )


@bp.get("/consult-scope")
@public
def consult_scope() -> Response:
    """What is agreed to before a free consultation."""
    return page("home/consult_scope.html", version=consents.version_of(consents.CONSULT_SCOPE))


@bp.get("/time-zone")
@public
def zone() -> Response:
    """Choose a time zone without an account."""
    return page("home/zone.html", back=local_path(request.args.get("next")) or "/")


@bp.get("/offline")
@public
def offline() -> Response:
    """What is shown without a connection; the same for everybody, so that it may be kept on the device."""
    answer = page("home/offline.html")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/left")
@public
def left() -> Response:
    """Where "Leave this page" goes when no other address is set: nothing here says where one was."""
    return page("home/left.html")


bp.add_url_rule("/practice", "practice", today.practice)
bp.add_url_rule("/practice/close", "close_practice", closing.close_practice, methods=["GET", "POST"])
