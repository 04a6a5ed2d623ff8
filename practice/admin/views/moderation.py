"""This file knows the staff's desk for cases: what waits, and one case with its decision."""

from __future__ import annotations

from werkzeug.wrappers import Response

from practice.http.access import staff
from practice.values.errors import NotFound

from .blueprint import bp


@bp.get("/moderation")
@staff
def moderation() -> Response:
    """What waits for a person."""
    raise NotFound()


@bp.get("/moderation/<code>")
@staff
def case(code: str) -> Response:
    """One case."""
    raise NotFound(code=code)
