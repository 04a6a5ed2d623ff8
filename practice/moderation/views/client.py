"""This file knows the pages on which people report something, and read what was decided about their own words."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client, public
from practice.moderation import queries
from practice.values.errors import NotFound

from .blueprint import bp


@bp.get("/report/<kind>/<code>")
@public
def report(kind: str, code: str) -> Response:
    """What is wrong with something."""
    raise NotFound(kind=kind, code=code)


@bp.get("/me/decisions/<code>")
@client
def decision(code: str) -> Response:
    """What was decided about one's own words."""
    raise NotFound(case=queries.of_author(current_user, code))
