"""This file knows how an address that is nearly right finds its page: a mark behind it, a slash too many, capitals.

Codes and tokens keep their letters; nothing but GET and HEAD is led on.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

# What mail programs and people leave at the end of a link: none of our addresses ends so.
MARKS = " \t.,;:!?'\"`´()[]{}<>«»‹›“”„‘’…*|·\u00a0\u200b\u200e\u200f\u2060\ufeff"


def set_up(app: Flask) -> None:
    """Lead near misses on, for good, before their page is looked for."""
    app.before_request(lead_on)


def lead_on() -> Response | None:
    """A permanent redirect to the page that was meant; None where the address is right, or nothing like it exists."""
    # A slash that is missing, or written twice, is put right by the table of addresses itself.
    if request.method not in ("GET", "HEAD") or isinstance(request.routing_exception, RequestRedirect):
        return None
    if _is_spelled(request.path) or (meant := _meant(request.path)) in (None, request.path):
        return None
    query = request.query_string.decode("latin-1")
    return redirect(quote(meant or "/") + (f"?{query}" if query else ""), 301)  # type: ignore[return-value]


def _is_spelled(path: str) -> bool:
    """Most are: there is such a page, and no letter is large, no mark stands behind. Then nothing is looked for."""
    return request.url_rule is not None and path == path.lower() and path == path.rstrip(MARKS)


def _meant(path: str) -> str | None:
    doors = current_app.create_url_adapter(request)
    if doors is None:
        return None
    # A slash is the last thing to go: that of `/admin/` is its own.
    bare = path.rstrip(MARKS + "/")
    for candidate in (path.rstrip(MARKS) or "/", bare or "/", f"{bare}/"):
        if (rule := _rule_of(doors, candidate.lower())) is not None:
            return _spelled(rule, candidate)
    return None


def _rule_of(doors: MapAdapter, path: str) -> Rule | None:
    try:
        return doors.match(path, method="GET", return_rule=True)[0]
    except (HTTPException, RequestRedirect):
        return None


def _spelled(rule: Rule, path: str) -> str | None:
    """`path` in the rule's own letters: fixed words and slugs are small, codes and tokens stay as they are."""
    written, asked = rule.rule.split("/"), path.split("/")
    if len(written) != len(asked):
        return None
    return "/".join(
        part if "<" in known and known != "<slug>" else part.lower() for known, part in zip(written, asked, strict=True)
    )
