"""This file knows the staff's list of public questions that nobody has answered."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from practice.http.access import staff
from practice.http.pages import link, page
from practice.questions import answers
from practice.questions.policy import ROWS_A_PAGE
from practice.values.counts import whole

from .blueprint import bp

LAST = 10_000


@bp.get("/unanswered")
@staff
def unanswered() -> Response:
    """The oldest first: what everybody can read of them, and nothing of who asked."""
    number = min(max(whole(request.args.get("page", "")) or 1, 1), LAST)
    rows, total = answers.list_unanswered(number)
    first = (number - 1) * ROWS_A_PAGE + 1
    last = first + len(rows) - 1
    return page(
        "admin/unanswered.html",
        rows=rows,
        first=first,
        last=last,
        total=total,
        earlier=link("admin.unanswered", page=number - 1) if number > 1 else None,
        later=link("admin.unanswered", page=number + 1) if last < total else None,
    )
