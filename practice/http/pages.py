"""This file knows how a page is answered, and how one page names another."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, has_request_context, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from practice.config import settings

from .protection import form_token

# The kind of message that a page shows beside the field it is about, and not above everything.
BESIDE = "beside"


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A rendered page with its status."""
    return make_response(render_template(template, **context), status)


def link(endpoint: str, **values: Any) -> str:
    """A path inside the product; templates name endpoints and never write an address by hand."""
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)
    # A page names the same forty pages each time.
    known: dict[tuple[str, str], str] = current_app.extensions.setdefault("links", {})
    key = request.script_root if has_request_context() else "", endpoint
    if key not in known:
        known[key] = url_for(endpoint)
    return known[key]


def absolute_url(endpoint: str, **values: Any) -> str:
    """An address for mails and calendars: always under BASE_URL, whatever Host a request named."""
    adapter = current_app.url_map.bind(urlsplit(settings().base_url).netloc)
    return settings().base_url + adapter.build(endpoint, values)


def local_path(target: str | None) -> str | None:
    """`target` if it is a path of ours that a GET answers, else None: never a redirect to anywhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 33 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return None
    return target


def csrf_field() -> Markup:
    """The hidden token that every form of ours carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(form_token())
