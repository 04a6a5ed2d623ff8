"""This file knows the published calendars: a secret address for each person, and the page to open or close it."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, timedelta
from threading import Lock

from flask import Response, flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from practice import clock
from practice.bookings import actions, emails, queries
from practice.bookings.models import Booking, CalendarFeed
from practice.bookings.states import CANCELLED
from practice.bookings.views import bp
from practice.errors import NotFound
from practice.providers.calendar_ics import FeedEvent, feed_etag, feed_file
from practice.web import absolute_url, client, limiter, link, page, public

BEFORE, AFTER, CANCELLED_FOR = timedelta(days=30), timedelta(days=365), timedelta(days=30)
KEPT = 2000
PURPOSES = {"busy": "Busy times only", "details": "With initials"}

_rendered: OrderedDict[tuple[str, int, date], tuple[str, bytes]] = OrderedDict()
_lock = Lock()


@bp.get("/cal/<token>.ics")
@public
@limiter.limit("120/hour", key_func=lambda: (request.view_args or {}).get("token", ""))
def feed(token: str) -> BaseResponse:
    """The feed as a calendar program reads it: unknown and revoked addresses are alike 404, unchanged is 304."""
    found = queries.feed_by_token(token)
    if found is None:
        raise NotFound()
    etag, content = rendered(found)
    answer = Response(content, mimetype="text/calendar")
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer.make_conditional(request)


def rendered(feed: CalendarFeed) -> tuple[str, bytes]:
    """(ETag, file): built once for each change and day, kept in memory for every fetch after it."""
    now = clock.now()
    key = (feed.token_hash, feed.version, now.date())
    with _lock:
        if key in _rendered:
            _rendered.move_to_end(key)
            return _rendered[key]
    events = [event(each, feed) for each in queries.bookings_for_feed(feed.user_id, now - BEFORE, now + AFTER)]
    content = feed_file([each for each in events if each is not None], "Appointments", now=now)
    with _lock:
        _rendered[key] = (feed_etag(content), content)
        while len(_rendered) > KEPT:
            _rendered.popitem(last=False)
        return _rendered[key]


def event(booking: Booking, feed: CalendarFeed) -> FeedEvent | None:
    """One booking as the feed shows it; cancelled ones stay for thirty days so that calendars can take them out."""
    cancelled = booking.state in CANCELLED
    if cancelled and (booking.ended_at is None or booking.ended_at < clock.now() - CANCELLED_FOR):
        return None
    side = "client" if booking.client_id == feed.user_id else "specialist"
    words = emails.invite(booking, side, "CANCEL" if cancelled else "REQUEST")
    details = feed.purpose == "details"
    return FeedEvent(
        uid=words.uid,
        sequence=words.sequence,
        stamped_at=words.stamped_at,
        created_at=words.created_at,
        starts_at=words.starts_at,
        ends_at=words.ends_at,
        summary=words.summary if details else "Busy",
        description=words.description if details else "",
        location=words.location if details else "",
        url=words.url if details else "",
        cancelled=cancelled,
    )


@bp.get("/me/calendar")
@client
def feeds() -> Response:
    """Which calendars are published, and how to open or close one."""
    return page(
        "bookings/feeds.html", feeds={each.purpose: each for each in queries.feeds_of(current_user)}, fresh=None
    )


@bp.post("/me/calendar")
@client
def open_feed() -> Response:
    """A new secret address, shown this once."""
    purpose = _purpose()
    token = actions.new_feed(current_user, purpose)
    address = absolute_url("bookings.feed", token=token)
    return page(
        "bookings/feeds.html",
        feeds={each.purpose: each for each in queries.feeds_of(current_user)},
        fresh=(purpose, address),
    )


@bp.post("/me/calendar/close")
@client
def close_feed() -> BaseResponse:
    """Close it: the address stops working at once."""
    actions.revoke_feed(current_user, _purpose())
    flash("Closed. That address shows nothing any more.")
    return redirect(link("bookings.feeds"), 303)


def _purpose() -> str:
    purpose = request.form.get("purpose", "")
    if purpose not in PURPOSES:
        raise NotFound()
    return purpose
