"""This file knows the published calendars: a secret address for each person, and the page to open or close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, flash, g, redirect, request
from flask_limiter import RequestLimit
from flask_login import current_user
from sqlalchemy import Row
from werkzeug.wrappers import Response as BaseResponse

from practice.accounts import access
from practice.accounts import actions as accounts
from practice.bookings import actions, invites, queries, terms
from practice.bookings.models import CalendarFeed
from practice.bookings.states import CANCELLED
from practice.http.access import client, public
from practice.http.pages import absolute_url, link, page
from practice.http.protection import limiter
from practice.http.reader import local_path
from practice.providers.calendar_ics import FeedEvent, feed_etag, feed_file
from practice.store.memory import Memory
from practice.values import clock
from practice.values.errors import Invalid, NotFound
from practice.values.networks import network
from practice.values.text import as_initials

from .blueprint import bp

BEFORE, AFTER, CANCELLED_FOR = timedelta(days=30), timedelta(days=365), timedelta(days=30)
MOST_REMEMBERED = 2000
PURPOSES = ("busy", "details")

SPACING = "120/hour"


@dataclass(frozen=True)
class Rendered:
    """A feed as it is handed out: what it was made of, its ETag, the file, and since when it has been so (UTC)."""

    made_of: tuple[int, str, date]
    etag: str
    content: bytes
    at: datetime


# Only the newest of each feed, by its token: what comes back as it was before has changed once more.
_rendered: Memory[str, Rendered] = Memory(MOST_REMEMBERED)


@bp.get("/cal/<token>.ics")
@public
@limiter.limit(SPACING, key_func=lambda: _counted(), on_breach=lambda limit: _too_often(limit))
def feed(token: str) -> BaseResponse:  # noqa: ARG001 - the limit has looked it up already
    """The feed as a calendar program reads it: unknown and revoked addresses are alike 404, unchanged is 304."""
    found = _asked_for()
    if found is None:
        raise NotFound()
    file = rendered(found)
    answer = Response(file.content, mimetype="text/calendar")
    answer.set_etag(file.etag)
    answer.last_modified = file.at
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    # A date answers only for the very file that had it: another process may have said a later one of another file.
    by_date = request.if_modified_since in (None, answer.last_modified)
    return answer.make_conditional(request) if request.if_none_match or by_date else answer


def _asked_for() -> CalendarFeed | None:
    """The feed of the present request, looked up once."""
    if "feed" not in g:
        g.feed = queries.feed_by_token((request.view_args or {})["token"])
    found: CalendarFeed | None = g.feed
    return found


def _counted() -> str:
    """A feed counts for itself; whoever guesses, with their own line: neither silences the other, nor makes a counter
    for each guess."""
    found = _asked_for()
    return f"feed {found.id}" if found else f"guess {network(request.remote_addr)}"


def _too_often(limit: RequestLimit) -> Response:
    """For a program: a line of text and when to come back. The whole window is said, so that it is never too short."""
    wait = limit.limit.get_expiry()
    said = f"This calendar was asked for too often. Please ask again in {wait // 60} minutes.\n"
    return Response(said, 429, {"Retry-After": str(wait)}, mimetype="text/plain")


def rendered(feed: CalendarFeed) -> Rendered:
    """The feed now: built once for each change and day, kept in memory for every fetch after it."""
    now = clock.now()
    # The owner's own word for an appointment is in the settings of the account, which raise no version here.
    made_of = (feed.version, feed.user.calendar_label if feed.purpose == "details" else "", now.date())
    kept = _rendered.get(feed.token_hash)
    if kept is not None and kept.made_of == made_of:
        return kept
    rows = queries.bookings_for_feed(feed.user_id, now - BEFORE, now + AFTER)
    shown = (each for each in rows if not _is_gone(each, feed))
    content = feed_file((event(each, feed) for each in shown), "Appointments", now=now)
    made = Rendered(made_of, feed_etag(content), content, now)
    _rendered.keep(feed.token_hash, made)
    return made


def _is_gone(row: Row[Any], feed: CalendarFeed) -> bool:
    """Cancelled bookings make nobody busy; with details they stay for thirty days and say so in their title.

    Many programs show a cancelled entry like any other.
    """
    if row.state not in CANCELLED:
        return False
    return feed.purpose == "busy" or row.ended_at is None or row.ended_at < clock.now() - CANCELLED_FOR


def event(row: Row[Any], feed: CalendarFeed) -> FeedEvent:
    """One booking as the feed shows it, under the identity that its invitation has."""
    return FeedEvent(
        **invites.identity(row),
        cancelled=row.state in CANCELLED,
        **(_details(row, feed) if feed.purpose == "details" else BUSY),
    )


BUSY: dict[str, Any] = {"summary": "Busy", "description": "", "location": "", "url": ""}


def _details(row: Row[Any], feed: CalendarFeed) -> dict[str, Any]:
    """The owner's own label and a link that asks for sign-in; for a practice the client's initials, or what it is of
    several."""
    who = as_initials(row.call_name) if row.capacity == 1 else terms.of(row.kind).called
    mine = row.client_id == feed.user_id
    label = feed.user.calendar_label or "Appointment"
    label = f"Cancelled: {label}" if row.state in CANCELLED else label
    return {
        "summary": label if mine else f"{label} ({who})",
        "description": invites.LINK_FOLLOWS,
        "location": invites.place(row.format),
        "url": absolute_url("bookings.show" if mine else "bookings.practice_show", code=row.code),
    }


@bp.get("/me/calendar")
@client
def feeds() -> Response:
    """Which calendars are published, how to open or close one, and whether mail brings entries as well."""
    return _page()


def _page(fresh: str = "") -> Response:
    known = {each.purpose: each for each in queries.feeds_of(current_user)}
    # The same address for programs that subscribe at a click.
    return page("bookings/feeds.html", feeds=known, fresh=fresh, subscribe=f"webcal:{fresh.partition(':')[2]}")


@bp.post("/me/calendar")
@client
@access.proved
def open_feed() -> Response:
    """A new secret address, shown this once; whoever has it needs no sign-in, so the password is asked for first."""
    token = actions.new_feed(current_user, _purpose())
    return _page(absolute_url("bookings.feed", token=token))


@bp.post("/me/calendar/invitations")
@client
def choose_invites() -> BaseResponse:
    """Whether letters about appointments bring the calendar entry along."""
    if (wanted := request.form.get("wanted")) not in ("yes", "no"):
        raise Invalid("Choose whether letters bring calendar entries.")
    wants = wanted == "yes"
    accounts.save_invites(current_user, wants=wants)
    flash(
        "Saved. Letters bring the calendar entry along again, also for what lies ahead."
        if wants
        else "Saved. Letters bring no calendar entries from now on, and those for what lies ahead are taken out."
    )
    return redirect(link("bookings.feeds"), 303)


@bp.post("/me/calendar/close")
@client
def close_feed() -> BaseResponse:
    """Close it: the address stops working at once."""
    actions.revoke_feed(current_user, _purpose())
    flash("Closed. That address shows nothing any more.")
    back = local_path(request.form.get("next")) or link("bookings.feeds")
    return redirect(back, 303)


def _purpose() -> str:
    purpose = request.form.get("purpose", "")
    if purpose not in PURPOSES:
        raise NotFound()
    return purpose
