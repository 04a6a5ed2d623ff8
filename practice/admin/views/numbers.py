"""This file knows the staff's desk of crisis numbers: one proposes with a source, another agrees, either takes back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin.number_forms import LineForm, NewLineForm, SourceForm
from practice.http.access import staff
from practice.http.pages import link, page
from practice.safety import actions as safety
from practice.safety import policy
from practice.safety import queries as lines
from practice.safety.models import CrisisResource
from practice.safety.places import country_name
from practice.values import clock
from practice.values.errors import Invalid

from .blueprint import bp
from .cases import show_mistakes

PROPOSED = "Proposed. A second person has to open the source and agree; nothing has changed yet."


@bp.get("/crisis-numbers")
@staff
def crisis() -> Response:
    """What waits for a second person, what can be taken back, and every number: those that are due come first."""
    due = {line.id for line in lines.to_check()}
    return page(
        "admin/crisis.html",
        waiting=lines.waiting_changes(),
        undoable=lines.changes_to_undo(),
        lines=sorted(lines.all_lines(), key=lambda line: line.id not in due),
        due=due,
        **_names(),
    )


@bp.route("/crisis-numbers/new", methods=["GET", "POST"])
@staff
def add_number() -> Response:
    """Propose another line, also the first one of a country."""
    form = NewLineForm()
    form.offer_choices()
    if form.validate_on_submit():
        try:
            safety.propose_line(form.line(), form.source(), by=current_user)
        except Invalid as refusal:
            show_mistakes(refusal, form)
        else:
            return _done(PROPOSED)
    return page("admin/crisis_new.html", 422 if form.errors else 200, form=form, **_names())


@bp.route("/crisis-numbers/<code>", methods=["GET", "POST"])
@staff
def check_number(code: str) -> Response:
    """Propose what is right now about a line, or that it is still right."""
    line = lines.resource(code)
    form = LineForm(data=line.line.as_values(), prefix="line")
    if form.validate_on_submit():
        try:
            safety.propose_change(line, form.line_of(line), form.source(), by=current_user)
        except Invalid as refusal:
            show_mistakes(refusal, form)
        else:
            return _done(PROPOSED)
    return _line_page(line, form, SourceForm(formdata=None, prefix="end"))


@bp.post("/crisis-numbers/<code>/end")
@staff
def end_number(code: str) -> Response:
    """Propose that a line is not there any more."""
    line, form, refused = lines.resource(code), SourceForm(prefix="end"), ""
    if form.validate_on_submit():
        try:
            safety.propose_end(line, form.source(), by=current_user)
        except Invalid as refusal:
            show_mistakes(refusal, form)
            refused = refusal.message
        else:
            return _done(PROPOSED)
    return _line_page(line, LineForm(formdata=None, data=line.line.as_values(), prefix="line"), form, refused)


@bp.post("/crisis-changes/<code>/agree")
@staff
def agree_on_number(code: str) -> Response:
    """The second person agrees: it is so from now on."""
    safety.agree(lines.change(code), by=current_user)
    return _done("It is so from now on, on every page.")


@bp.post("/crisis-changes/<code>/withdraw")
@staff
def withdraw_number(code: str) -> Response:
    """The second person does not agree, or the first thinks again."""
    safety.withdraw(lines.change(code), by=current_user)
    return _done("Taken back. Everything stays as it is.")


@bp.post("/crisis-changes/<code>/undo")
@staff
def undo_number(code: str) -> Response:
    """What stood before stands again."""
    safety.undo(lines.change(code), by=current_user)
    return _done("What stood before stands again.")


def _line_page(line: CrisisResource, form: LineForm, end: SourceForm, refused: str = "") -> Response:
    wrong = bool(form.errors or end.errors or refused)
    shown: dict[str, Any] = {"form": form, "end": end, "refused": refused, "waits": lines.open_change(line.code)}
    return page("admin/crisis_line.html", 422 if wrong else 200, line=line, **shown, **_names())


def _names() -> dict[str, Any]:
    return {"country_name": country_name, "purposes": policy.PURPOSE_NAMES, "today": clock.today("UTC")}


def _done(words: str) -> Response:
    flash(words)
    return redirect(link("admin.crisis"), 303)
