"""This file knows what a request must be before any view sees it: for a host of ours, from our site, in words."""

from __future__ import annotations

import re

from flask import abort, current_app, g, request

from practice.config import settings

from . import origins

HOST = re.compile(r"(?:\[(?P<address>[\da-fA-F:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>\d{0,5}))?", re.ASCII)


def check_host() -> None:
    """The request names one of our hosts, with a port at most, wherever it names one (RFC 9112, 3.2)."""
    # Not `request.host`: where a request names none, that is the server's own name.
    if not (_is_ours(request.headers.get("Host", "")) and _is_ours_in(request.environ.get("RAW_URI", "/"))):
        g.refusal = "host"
        abort(400)


def _is_ours(host: str) -> bool:
    named = HOST.fullmatch(host)
    if named is None or int(named["port"] or 0) > 65_535:
        return False
    return (named["address"] or named["name"]).lower() in settings().hosts


def _is_ours_in(target: str) -> bool:
    """Requests to proxies name the host once more, in front of the path."""
    return target.startswith("/") or "://" not in target or _is_ours(re.split("[/?#]", target.partition("://")[2])[0])


def check_site() -> None:
    """Browsers say when another site caused a write; that is never right here, whatever token it carries."""
    if request.method not in origins.READS and origins.is_foreign():
        g.refusal = "forged"
        abort(400)


def check_words() -> None:
    """No name of ours holds a NUL, and PostgreSQL cannot even be asked about one; no form of ours is sent as JSON.

    Only what other programs tell us comes so, to views that are marked for it.
    """
    if "\x00" in request.path:
        abort(404)
    view = current_app.view_functions.get(request.endpoint or "")
    if request.is_json and request.method not in origins.READS and not getattr(view, "takes_json", False):
        abort(415)
