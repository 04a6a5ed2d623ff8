"""This file knows the public list of questions, and the box of questions that are like the one somebody writes."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from practice.http import page_memory
from practice.http.access import public
from practice.http.clocks import reader
from practice.http.pages import page
from practice.http.paging import asked_page, paged
from practice.questions import listing, searching
from practice.questions.listing import Found
from practice.questions.policy import A_PAGE, LONGEST_COMPARED
from practice.values import clock
from practice.values.text import sought

from .blueprint import bp


@bp.get("/questions")
@public
def index() -> Response:
    """Public questions by topic and by whom they are about, and full-text search; never an empty page."""
    found = listing.find(listing.read(request.args), asked_page())
    if found.asked.q or request.args.get("q"):
        return _list(found)
    today = reader().day_at(clock.now())
    matter = found.stamp, searching.as_they_are(found.answered_by), today
    return page_memory.for_strangers(matter, lambda: _list(found))


def _list(found: Found) -> Response:
    cards = searching.cards(found.ids)
    return page(
        "questions/index.html",
        found=found,
        cards=cards,
        today=reader().day_at(clock.now()),
        address=listing.address,
        paged=paged(found.total, A_PAGE, "questions.index", **found.shown.parameters()),
        may_be_indexed=not request.args and searching.all_may_be_indexed(found.ids),
    )


@bp.post("/questions/similar")
@public
def similar() -> Response:
    """Answered questions that are like what is sent: a part of a page. Sent, not asked for by an address: what somebody
    has begun to write stands in no history and no log."""
    typed = " ".join(request.form.get(name, "")[:LONGEST_COMPARED] for name in ("title", "words"))
    return page("questions/_similar.html", alike=searching.similar(sought(typed, LONGEST_COMPARED)))
