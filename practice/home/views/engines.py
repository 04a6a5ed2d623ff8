"""This file knows what search engines are told: which pages they may look at, and which are worth it."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from practice.config import settings
from practice.http.access import public
from practice.http.pages import absolute_url
from practice.questions import searching
from practice.specialists import search
from practice.store.memory import Memory

from .blueprint import bp

# One list holds no more addresses than this (sitemaps.org).
MOST = 50_000
# Whatever is behind a sign-in or is a step of something: there is nothing for an engine, and such pages say so, too.
CLOSED = ("/me", "/practice", "/admin", "/bookings", "/sign-in", "/sign-up", "/questions/new", "/questions/similar")
_written: Memory[tuple[str, int, str], str] = Memory(2)


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Which pages no engine needs to ask for, and where the list of the others stands."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {absolute_url('home.sitemap')}"]
    return _plain("\n".join(lines) + "\n", "text/plain")


@bp.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """The pages that explain, public profiles, and the questions whose askers said yes to search engines."""
    people = search.listed()
    key = searching.stamp(), search.stamp(people), settings().base_url
    written = _written.get(key)
    if written is None:
        written = render_template("home/sitemap.xml", addresses=_addresses([each.card.slug for each in people]))
        _written.keep(key, written)
    return _plain(written, "application/xml")


def _addresses(slugs: list[str]) -> list[str]:
    pages = ("home.index", "directory.index", "directory.order", "home.free_consultation", "safety.show")
    found = [absolute_url(each) for each in pages]
    found += [absolute_url("directory.show", slug=slug) for slug in slugs]
    codes = searching.may_be_indexed(MOST - len(found))
    return [*found, *(absolute_url("questions.show", code=code) for code in codes)]


def _plain(text: str, kind: str) -> Response:
    answer = make_response(text)
    answer.mimetype = kind
    return answer
