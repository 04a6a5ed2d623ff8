"""This file knows the page on which somebody says that something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents
from practice.http.access import client, public
from practice.http.pages import link, page
from practice.moderation import actions, forms, labels, queries, subjects, texts
from practice.moderation.errors import ReportedBefore
from practice.moderation.models import Report
from practice.moderation.states import ReportReason
from practice.moderation.subjects import Subject
from practice.store import sealed
from practice.values.errors import NotFound

from .blueprint import bp

KIND = "report"


def _target(arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    return link("moderation.report", kind=arguments["kind"], code=arguments["code"])


intents.keep_at_gate(
    "moderation.send_report", intents.Gate(KIND, ("reason", "words"), _target, lambda _a, _f: "send your report")
)


@bp.get("/report/<kind>/<code>")
@public
def report(kind: str, code: str) -> Response:
    """What is wrong with something. Before somebody signs in nothing says whether it is there."""
    subject = _subject(kind, code)
    before = _reported(kind, code)
    if before is not None:
        return page("moderation/reported.html", subject=subject, report=before)
    intent = _begun(kind, code)
    form = forms.ReportForm(formdata=None, data=intents.shown(intent) if intent is not None else None)
    return _form(kind, code, form)


@bp.post("/report/<kind>/<code>")
@client
def send_report(kind: str, code: str) -> Response:
    """Say it; a person looks."""
    _subject(kind, code)
    form = forms.ReportForm()
    if not form.validate_on_submit():
        return _form(kind, code, form, 422)
    try:
        actions.report(kind, code, form.reported(), by=current_user)
    except ReportedBefore as error:
        return _form(kind, code, form, 409, problem=error.message)
    if (intent := _begun(kind, code)) is not None:
        intents.complete(intent)
    answer: Response = redirect(link("moderation.report", kind=kind, code=code), 303)
    return answer


@bp.get("/me/reports/<code>")
@client
def own_report(code: str) -> Response:
    """What somebody reported, and how it ended; where it was left, how to ask another person."""
    return _own(queries.own_report(current_user, code), forms.AppealForm(formdata=None))


@bp.post("/me/reports/<code>/again")
@client
def ask_again(code: str) -> Response:
    """Ask another person."""
    found, form = queries.own_report(current_user, code), forms.AppealForm()
    if not form.validate_on_submit():
        return _own(found, form, 422)
    actions.ask_again(found, form.why.data or "", by=current_user)
    flash("Somebody who did not decide before looks at it anew. You hear from us.")
    answer: Response = redirect(link("moderation.own_report", code=code), 303)
    return answer


def _own(report: Report, form: forms.AppealForm, status: int = 200) -> Response:
    return page(
        "moderation/own_report.html",
        status,
        report=report,
        says=labels.for_reporter(report),
        reason=texts.REPORTED[ReportReason(report.reason)],
        words=sealed.shown(report, "words"),
        appeal_text=sealed.shown(report, "appeal"),
        may_ask=queries.may_ask_again(report.case),
        form=form,
    )


def _form(kind: str, code: str, form: forms.ReportForm, status: int = 200, problem: str = "") -> Response:
    url = link("moderation.send_report", kind=kind, code=code)
    return page("moderation/report.html", status, form=form, url=url, subject=_subject(kind, code), problem=problem)


def _subject(kind: str, code: str) -> Subject:
    """The kind; to somebody who is signed in only of what they may see."""
    found = subjects.subject(kind)
    if found is None or (current_user.is_authenticated and not found.may_report(code, current_user)):
        raise NotFound()
    return found


def _reported(kind: str, code: str) -> Report | None:
    case = queries.open_about(kind, code) if current_user.is_authenticated else None
    return queries.report_of(case, current_user) if case is not None else None


def _begun(kind: str, code: str) -> Any:
    """What was written here before its writer signed in."""
    intent = intents.current_intent()
    here = link("moderation.report", kind=kind, code=code)
    return intent if intent is not None and (intent.kind, intent.target) == (KIND, here) else None
