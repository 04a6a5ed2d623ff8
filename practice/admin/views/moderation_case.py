"""This file knows the staff's page of one case: its words, who has it, the decision, and looking up whose it is."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import access
from practice.admin import moderation_forms as forms
from practice.http.access import staff
from practice.http.pages import link, page
from practice.moderation import actions, labels, policy, queries, subjects, texts
from practice.moderation.errors import ChangedMeanwhile
from practice.moderation.models import Case
from practice.moderation.states import CaseState, Severity
from practice.moderation.subjects import Shown
from practice.store import sealed
from practice.store.db import is_only_shown
from practice.values import clock
from practice.values.counts import in_minutes
from practice.values.errors import Invalid

from .blueprint import bp
from .moderation import hours


@bp.get("/moderation/<code>")
@staff
def case(code: str) -> Response:
    """One case: the words as they are now, veiled where they weigh; never whose they are."""
    return _page(_case(code))


def _case(code: str) -> Case:
    """Of one that somebody is part of they do not learn that it is there."""
    return queries.for_staff(current_user, code)


def _page(found: Case, status: int = 200, problem: str = "", **sent: Any) -> Response:
    subject = subjects.subject(found.kind)
    shown = subject.show(found.subject) if subject is not None else None
    again = queries.asked_again(found)
    context = {
        "case": found,
        "labels": labels,
        "shown": shown,
        "alike": list(subject.alike(found.subject)) if subject is not None and found.state == CaseState.OPEN else [],
        "changed": labels.changed_since(found, shown.words, shown.mark) if shown is not None else [],
        "hours": hours(),
        "problem": problem,
        "form": _decide_form(found, shown),
        "severity_form": forms.SeverityForm(formdata=None, data={"severity": found.severity}),
        "sanction_form": forms.SanctionForm(formdata=None, prefix="step"),
        "settle_form": forms.SettleForm(
            formdata=None, prefix="settle", data={"mark": shown.mark if shown is not None else ""}
        ).for_reports(again is not None),
        "asked_again": sealed.shown(again, "appeal") if again is not None else "",
        "kind_texts": {str(each): words for each, words in texts.REASONS.items()},
        "step_texts": {str(each): words for each, words in texts.STEPS.items()},
    }
    return page("admin/moderation_case.html", status, **(context | _stands(found) | sent))


def _decide_form(found: Case, shown: Shown | None) -> forms.DecideForm:
    """Empty, with the version that its page shows; what a mask leaves begins as it was written."""
    subject = subjects.subject(found.kind)
    data = {"words": shown.words, "mark": shown.mark} if shown is not None else {}
    form = forms.DecideForm(formdata=None, data=data)
    return form.only(subject.possible(shown) if subject is not None else ())


def _stands(found: Case) -> dict[str, Any]:
    """Who has it, what was decided, who reported, and whose it is where that was looked up."""
    look = queries.looked(current_user, found)
    return {
        "holder": found.holder(clock.now()),
        "may_take": policy.may_take(queries.taking(found, current_user)),
        "is_appeal": found.state == CaseState.APPEALED,
        "verdicts": [
            (each, sealed.shown(each, "reason"), sealed.shown(each, "own"), sealed.shown(each, "masked"))
            for each in found.verdicts
        ],
        "kept": sealed.shown(found, "read"),
        "appeal_text": sealed.shown(found, "appeal"),
        "reports": [(each, sealed.shown(each, "words")) for each in queries.reports_about(found)],
        "reported_reasons": texts.REPORTED,
        "crowd": labels.crowd(found),
        "steps": labels.steps_of(found.author) if found.author is not None else [],
        "author": found.author if look is not None else None,
    }


# ---------------------------------------------------------------- who has it


@bp.post("/moderation/<code>/take")
@staff
def take_case(code: str) -> Response:
    """Have it for a while."""
    found = _case(code)
    actions.claim(found, by=current_user)
    return _back(code, f"Yours for {in_minutes(policy.CLAIM_LASTS)}. It is free again by itself.")


@bp.post("/moderation/<code>/let-go")
@staff
def let_go_case(code: str) -> Response:
    """Leave it to others; nobody asks why."""
    actions.let_go(_case(code), by=current_user)
    flash("Others can take it now. Nobody asks why.")
    answer: Response = redirect(link("admin.moderation"), 303)
    return answer


@bp.post("/moderation/<code>/urgency")
@staff
def regrade_case(code: str) -> Response:
    """Say that it is more or less urgent."""
    found, form = _case(code), forms.SeverityForm()
    if not form.validate_on_submit():
        return _page(found, 422, severity_form=form)
    actions.regrade(found, Severity(form.severity.data), by=current_user)
    return _back(code, "Saved. Its age stays.")


# ---------------------------------------------------------------- what is decided


@bp.post("/moderation/<code>/decide")
@staff
def decide_case(code: str) -> Response:
    """Decide about the version that was read; where it has changed since, nothing is decided and nothing is lost."""
    found, form = _case(code), forms.DecideForm()
    subject = subjects.subject(found.kind)
    if not form.only(subject.possible(subject.show(found.subject)) if subject is not None else ()).validate_on_submit():
        return _page(found, 422, form=form)
    try:
        actions.decide(found, form.choice(), by=current_user)
    except ChangedMeanwhile as changed:
        return _changed(found, changed, form=form)
    except Invalid as wrong:
        return _page(found, 422, form=_with_errors(form, wrong))
    hears = "reported" if form.choice().decision in policy.SILENT else "wrote"
    return _back(code, f"Decided. Whoever {hears} it hears from us.")


def _changed(found: Case, changed: ChangedMeanwhile, **sent: forms.DecideForm | forms.SettleForm) -> Response:
    """What stands there now, and what was typed; the next press is about what is shown now."""
    subject = subjects.subject(found.kind)
    shown = subject.show(found.subject) if subject is not None else None
    for form in sent.values():
        form.mark.data = shown.mark if shown is not None else ""
    return _page(found, 409, problem=changed.whole, **sent)


def _with_errors(form: Any, wrong: Invalid) -> Any:
    for name, sentence in wrong.fields.items():
        form[name].errors = [sentence]
    return form


@bp.post("/moderation/<code>/settle")
@staff
def settle_case(code: str) -> Response:
    """Decide for good, as another person."""
    found = _case(code)
    form = forms.SettleForm(prefix="settle").for_reports(queries.asked_again(found) is not None)
    if not form.validate_on_submit():
        return _page(found, 422, settle_form=form)
    chosen = {"reverse": form.outcome.data == "reverse", "reason": form.reason.data or "", "mark": form.mark.data or ""}
    try:
        actions.settle_appeal(found, **chosen, by=current_user)
    except ChangedMeanwhile as changed:
        return _changed(found, changed, settle_form=form)
    return _back(code, "Decided for good. Whoever wrote it hears from us.")


@bp.post("/moderation/<code>/step")
@staff
def sanction_author(code: str) -> Response:
    """A step of the ladder for whoever wrote it, without knowing who that is."""
    found, form = _case(code), forms.SanctionForm(prefix="step")
    if not form.validate_on_submit():
        return _page(found, 422, sanction_form=form)
    try:
        actions.sanction(found, form.measure(), by=current_user)
    except Invalid as wrong:
        return _page(found, 422, sanction_form=_with_errors(form, wrong))
    return _back(code, "Done. They hear from us, and can ask another person.")


# ---------------------------------------------------------------- whose it is


@bp.get("/moderation/<code>/look")
@staff
@access.proved
def look_page(code: str) -> Response:
    """Before a name is shown: why. The password is asked for first, and the person will read it all."""
    return _look(_case(code), forms.LookForm(formdata=None))


@bp.post("/moderation/<code>/look")
@staff
def look_up(code: str) -> Response:
    """Look up whose it is: written down first."""
    found, form = _case(code), forms.LookForm()
    if not is_only_shown() and not access.is_fresh():
        return _look(found, form, 403, prove=access.prove_first(link("admin.look_page", code=code)))
    if not form.validate_on_submit():
        return _look(found, form, 422)
    actions.look(current_user, found.kind, found.subject, form.purpose.data or "")
    return _back(
        code, f"Written down; the person can read it. The name stands here for {in_minutes(policy.LOOK_LASTS)}."
    )


def _look(found: Case, form: forms.LookForm, status: int = 200, prove: str = "") -> Response:
    return page("admin/moderation_look.html", status, case=found, form=form, labels=labels, prove=prove)


def _back(code: str, said: str) -> Response:
    flash(said)
    answer: Response = redirect(link("admin.case", code=code), 303)
    return answer
