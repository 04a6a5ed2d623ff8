"""This file knows the staff's list of public questions that nobody has answered."""

from __future__ import annotations

from werkzeug.wrappers import Response

from practice.http.access import staff
from practice.http.pages import page
from practice.http.paging import paged
from practice.questions import answers
from practice.questions.policy import ROWS_A_PAGE

from .blueprint import bp


@bp.get("/unanswered")
@staff
def unanswered() -> Response:
    """The oldest first: what everybody can read of them, and nothing of who asked."""
    here = paged(answers.count_unanswered(), ROWS_A_PAGE, "admin.unanswered")
    return page("admin/unanswered.html", rows=answers.list_unanswered(here.first), paged=here)
