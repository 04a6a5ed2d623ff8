"""This file knows the pages on which somebody reads what was decided about them, and who looked."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client
from practice.http.pages import link, page
from practice.http.paging import paged
from practice.moderation import actions, forms, labels, policy, queries, subjects
from practice.moderation.models import Case
from practice.moderation.states import CaseState, Decision
from practice.store import sealed
from practice.values import clock

from .blueprint import bp


@bp.get("/me/decisions")
@client
def decisions() -> Response:
    """Everything that was decided about one's own words and oneself, the latest first."""
    here = paged(queries.about_count(current_user), queries.A_PAGE, "moderation.decisions")
    found = queries.about(current_user, here.first)
    return page("moderation/decisions.html", cases=found, paged=here, labels=labels)


@bp.get("/me/decisions/<code>")
@client
def decision(code: str) -> Response:
    """What was decided about one's own words, why, the words themselves, and how to ask another person."""
    return _page(queries.of_author(current_user, code))


def _page(case: Case, status: int = 200, **sent: Any) -> Response:
    first = case.verdicts[0]
    own = sealed.shown(first, "own")
    masked = sealed.shown(first, "masked")
    subject = subjects.subject(case.kind)
    context = {
        "case": case,
        "called": subject.label if subject is not None else "text",
        "url": subject.url(case.subject) if subject is not None and subject.show(case.subject) else "",
        "says": labels.FOR_AUTHOR[Decision(first.decision)],
        "reasons": [(each, sealed.shown(each, "reason")) for each in case.verdicts],
        "own": own,
        "pieces": labels.differences(own, masked) if masked and own else [],
        "sanction": labels.step(queries.sanction(case.subject)) if case.kind == queries.SANCTION else None,
        "state": labels.STATES[CaseState(case.state)],
        "appeal_text": sealed.shown(case, "appeal"),
        "may_appeal": policy.may_appeal(CaseState(case.state), Decision(first.decision), first.made_at, clock.now()),
        "until": first.made_at + policy.APPEAL_WITHIN,
        "form": forms.AppealForm(formdata=None),
    }
    return page("moderation/decision.html", status, **(context | sent))


@bp.post("/me/decisions/<code>/appeal")
@client
def appeal(code: str) -> Response:
    """Ask another person."""
    case, form = queries.of_author(current_user, code), forms.AppealForm()
    if not form.validate_on_submit():
        return _page(case, 422, form=form)
    actions.appeal(case, form.why.data or "", by=current_user)
    flash("Somebody who did not decide before looks at it anew. You hear from us.")
    answer: Response = redirect(link("moderation.decision", code=code), 303)
    return answer


@bp.get("/me/who-looked")
@client
def who_looked() -> Response:
    """Every time one of the staff looked up whose something of this person's is: who, when, why."""
    here = paged(queries.looks_count(current_user), queries.A_PAGE, "moderation.who_looked")
    found = [labels.look(each) for each in queries.looks_at(current_user, here.first)]
    return page("moderation/who_looked.html", looks=found, paged=here)
