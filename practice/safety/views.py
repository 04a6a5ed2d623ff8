"""This file knows the pages "Need help now?" and on what we can't hide, and the note in every footer."""

from __future__ import annotations

from flask import Blueprint, g, request
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from practice.http.access import public
from practice.http.pages import page
from practice.values import clock
from practice.values.text import sought

from . import queries
from .nearby import guessed_country

bp = Blueprint("safety", __name__)


@bp.get("/help-now")
@public
def show() -> Response:
    """Numbers to call, for the country that was chosen, else the profile's, else the one the zone lies in."""
    chosen = sought(request.args.get("country", ""), 2).upper() or guessed_country()
    found = queries.country(chosen) if chosen else None
    everywhere = queries.countries()
    return page(
        "safety/show.html",
        country=found,
        is_unknown="country" in request.args and found is None,
        countries=everywhere,
        others=[c for c in everywhere if found is None or c.code != found.code],
        today=clock.today("UTC"),
    )


@bp.get("/discretion")
@public
def discretion() -> Response:
    """What this site does so that nobody else learns of it, and what it can't do."""
    return page("safety/discretion.html")


def _footer() -> dict[str, object] | None:
    if "crisis" not in g:
        g.crisis = queries.crisis_lines(guessed_country())
    found: dict[str, object] | None = g.crisis
    return found


@bp.app_context_processor
def for_templates() -> dict[str, object]:
    """The numbers in every footer, read only by pages that show them."""
    return {"crisis": LocalProxy(_footer)}
