"""This file knows the staff's other desks: documents, contests, mail that is stuck, the log."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import actions, forms, labels, queries
from practice.bookings import actions as bookings
from practice.bookings import limits
from practice.bookings import queries as booked
from practice.bookings.models import Contest
from practice.bookings.states import Outcome
from practice.bookings.who_may import Answer
from practice.http.access import staff
from practice.http.clocks import viewer_zone
from practice.http.pages import link, page
from practice.letters import outbox
from practice.providers.document_pages import CannotBeShown, Pages, pages_of
from practice.specialists import queries as specialists
from practice.specialists.policy import CREDENTIAL_NAMES
from practice.specialists.states import CredentialKind
from practice.store import audit, log_lines
from practice.values import clock
from practice.values.counts import whole
from practice.values.text import sought

from .blueprint import bp

FURTHEST = 10**9  # lines of the log


@bp.get("/papers/<code>")
@staff
def credential(code: str) -> Response:
    """A document as pictures of its pages, never as it came; who opened it stands in the log."""
    credential = specialists.credential_by_code(code)
    content = actions.open_credential(credential, by=current_user)
    answer = page(
        "admin/credential.html",
        credential=credential,
        kind=CREDENTIAL_NAMES[CredentialKind(credential.kind)],
        shown=_pages(content, credential.document_type),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pages(content: bytes, kind: str) -> Pages | None:
    try:
        return pages_of(content, kind)
    except CannotBeShown:
        return None


@bp.get("/contests")
@staff
def contests() -> Response:
    """Appointments that somebody says were marked wrongly, the oldest first."""
    return _contests(forms.ContestForm(formdata=None))


def _contests(form: forms.ContestForm, status: int = 200, wrong: str = "") -> Response:
    read = actions.open_words(by=current_user)
    opened = [(each, read.get(each.code), _may_decide(each)) for each in booked.open_contests()]
    shown = {"form": form, "wrong": wrong, "decisions": labels.DECISIONS, "answer_within": limits.ANSWER_WINDOW}
    return page("admin/contests.html", status, contests=opened, **shown)


def _may_decide(contest: Contest) -> Answer:
    booking = contest.booking
    side = booked.side_of(booking, current_user)
    return booked.possible_in_list(booking, side, clock.now(), contest=contest).decide_contest


@bp.post("/contests/<code>")
@staff
def decide_contest(code: str) -> Response:
    """Decide what happened."""
    contest = booked.contest(code)
    form = forms.ContestForm()
    if not form.validate_on_submit():
        return _contests(form, 422, wrong=code)
    bookings.decide_contest(contest, Outcome(form.outcome.data), by=current_user, reason=form.reason.data or "")
    flash("Decided. Both sides hear by mail.")
    return redirect(link("admin.contests"), 303)


@bp.get("/mail")
@staff
def mail() -> Response:
    """Letters that could not leave. Their words are not shown: who, which letter and why is enough to help."""
    return page("admin/mail.html", letters=outbox.parked_letters(), letter=labels.letter, backlog=outbox.backlog())


@bp.post("/mail/<code>/again")
@staff
def send_again(code: str) -> Response:
    """Give one letter another round."""
    actions.send_again(code, by=current_user)
    flash("It is in line again.")
    return redirect(link("admin.mail"), 303)


@bp.route("/audit", methods=["GET", "POST"], endpoint="audit")
@staff
def log() -> Response:
    """The log: searched, never changed. What is searched for may be somebody's address, so it comes in a form's body:
    addresses of pages stand in histories and in the logs of every machine in between."""
    asked = _asked()
    found = queries.log(asked, _before(), reader=current_user)
    broken = audit.verify() if request.args.get("check") else None
    return page(
        "admin/audit.html",
        lines=found,
        asked=asked,
        kinds=sorted((log_lines.kind(name), name) for name in queries.kinds_in_log()),
        log=log_lines,
        older=found[-1][0].number if len(found) == queries.A_PAGE else None,
        length=audit.head()[0],
        checked=bool(request.args.get("check")),
        broken=broken,
    )


def _before() -> int | None:
    """The number of the oldest line that was shown; None for the newest page."""
    typed = whole(request.values.get("before", ""))
    return typed if typed is not None and 0 <= typed < FURTHEST else None


def _asked() -> queries.Asked:
    text = {name: sought(request.values.get(name, ""), 80) for name in ("what", "about")}
    text["who"] = sought(request.form.get("who", ""), 80)
    return queries.Asked(**text, first=_date("first"), last=_date("last"), zone=viewer_zone())


def _date(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return None
    return found if 2000 < found.year < 2200 else None
