"""This file knows what stands around a page, above and below, written once for everybody who is shown the same."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from markupsafe import Markup, escape

from practice.store.memory import Memory

from .error_pages import form_page
from .gaps import gap
from .protection import form_token
from .reader import change_zone

# What belongs to one answer alone is put in afterwards.
TOKEN, HERE, ZONE, NAME = map(gap, ("token", "here", "zone", "name"))
_remembered: Memory[tuple[str, ...], str] = Memory(1_000)


def around(template: str, here: str, name: str = "", **says: Any) -> Markup:
    """A part of the frame as markup, kept under everything it says: `says`, and the page whose link is the current one.

    The part knows nothing else. `here` is the address to come back to after a choice of theme or zone, `name` the
    markup of whoever is signed in: nobody's name is kept.
    """
    key = template, request.endpoint or "", form_page(), repr(says)
    kept = _remembered.get(key)
    if kept is None:
        text = current_app.jinja_env.get_template(template).render(**says, here=HERE, zone_url=ZONE, name=NAME)
        kept = text.replace(form_token(), TOKEN)
        _remembered.keep(key, kept)
    return Markup(_own(kept, form_page() or here).replace(NAME, escape(name)))  # noqa: S704 - Jinja escaped every value in it


def _own(kept: str, back: str) -> str:
    if ZONE in kept:
        kept = kept.replace(ZONE, escape(change_zone(form_page()))).replace(HERE, escape(back))
    return kept.replace(TOKEN, form_token())
