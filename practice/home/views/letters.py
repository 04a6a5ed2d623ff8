"""This file knows the pages of what we wrote to somebody: for those who want no email they are all there is."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from flask import redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import actions
from practice.http.access import client
from practice.http.pages import link, page
from practice.letters import mailer, outbox
from practice.values import clock
from practice.values.text import sought

from .blueprint import bp

A_PAGE = 50


@bp.get("/me/letters")
@client
def letters() -> Response:
    """What we wrote to this person, a page at a time: for those who want no email it is all there is."""
    last = sought(request.args.get("before", ""), 40)
    before = outbox.letter_for(current_user.id, last).id if last else None
    # One more than a page holds says whether there are older ones.
    rows = outbox.letters_for(current_user.id, before=before, limit=A_PAGE + 1)
    shown = rows[:A_PAGE]
    return page(
        "home/letters.html",
        letters=[(row, mailer.opened(row.message or b"")) for row in shown],
        older=shown[-1].code if len(rows) > A_PAGE else None,
        is_first=before is None,
        now=clock.now(),
    )


@bp.post("/me/letters")
@client
def see_letters() -> Response:
    """All that stood on the page is new no more; `as_of` is when that page was made."""
    with suppress(ValueError):
        as_of = datetime.fromisoformat(request.form.get("as_of", ""))
        actions.see_letters(current_user, as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC))
    return redirect(link("home.letters"), 303)


@bp.get("/me/letters/<code>")
@client
def letter(code: str) -> Response:
    """One letter's words; the page of its appointment says what is true now."""
    row = outbox.letter_for(current_user.id, code)
    return page("home/letter.html", letter=row, parts=mailer.opened(row.message or b""))
