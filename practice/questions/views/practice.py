"""This file knows a specialist's page of questions that wait for them, and the weekly digest."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import public, specialist
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.http.protection import csrf
from practice.letters.registry import ONE_CLICK
from practice.questions import answer_forms as forms
from practice.questions import answers as queries
from practice.questions.actions import digest
from practice.questions.policy import ROWS_A_PAGE
from practice.specialists.models import Specialist
from practice.specialists.queries import zone_of

from .blueprint import bp

USUAL = {"weekday": "0", "hour": "9"}


@bp.get("/practice/questions")
@specialist
def practice() -> Response:
    """What waits: unanswered questions first, those of one's own topics before others."""
    return practice_page()


def practice_page(status: int = 200, form: forms.DigestForm | None = None) -> Response:
    """The same, with what was typed about the digest."""
    mine: Specialist = current_user.specialist
    stored, total = _stored(mine), queries.count_put_to(mine) if mine.is_visible else 0
    here = paged(total, ROWS_A_PAGE, "questions.practice")
    return page(
        "questions/practice.html",
        status,
        waiting=queries.waiting_for(mine, here.first) if mine.is_visible else [],
        paged=here,
        is_public=mine.is_visible,
        topics=[each.topic.name for each in mine.topics],
        digest=queries.digest_of(mine),
        form=form or forms.DigestForm(formdata=None, data=stored or USUAL, over=stored),
        zone=zone_of(mine),
    )


@bp.post("/practice/questions/digest")
@specialist
def save_digest() -> Response:
    """Be told once a week how many wait."""
    mine: Specialist = current_user.specialist
    form = forms.DigestForm(data=_stored(mine))
    if not form.validate_on_submit():
        return practice_page(422, form)
    weekday, hour = int(form.weekday.data), int(form.hour.data)
    digest.want_digest(mine, weekday, hour)
    flash("Saved. The digest comes once a week, as long as something waits.")
    return redirect(link("questions.practice"), 303)


@bp.post("/practice/questions/digest/end")
@specialist
def end_digest() -> Response:
    """No more of it."""
    found = queries.digest_of(current_user.specialist)
    if found is not None:
        digest.end_digest(found.code)
    flash("The weekly digest has ended.")
    return redirect(link("questions.practice"), 303)


@bp.get("/digest/<code>")
@public
def digest_off(code: str) -> Response:
    """The page behind the link in a digest: one press ends it, with no sign-in. Opening it changes nothing."""
    return page("questions/digest_off.html", code=code, has_ended=queries.digest_by_code(code).next_at is None)


@bp.post("/digest/<code>")
@csrf.exempt
@public
def turn_digest_off(code: str) -> Response:
    """End it; a second press changes nothing. A mail program does it without a cookie or a page (RFC 8058): it has no
    token, and is answered at once. The code in the address is all that it takes, and ends this and nothing else."""
    is_program = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    if not is_program:
        csrf.protect()
    digest.end_digest(queries.digest_by_code(code).code)
    if is_program:
        return page("questions/digest_off.html", code=code, has_ended=True)
    return redirect(link("questions.digest_off", code=code), 303)


def _stored(specialist: Specialist) -> dict[str, Any]:
    found = queries.digest_of(specialist)
    return {} if found is None else {"weekday": str(found.weekday), "hour": str(found.hour)}
