"""This file knows the desk of refunds: what waits for a second person, what is in doubt, and what was done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.admin import money_labels
from practice.admin.money_forms import AnswerForm, WordsForm
from practice.config import settings
from practice.http.access import staff
from practice.http.pages import link, page
from practice.payments import actions, desk_queries, queries
from practice.payments.actions.concerns import is_unsettled
from practice.payments.desk_models import MoneyProposal
from practice.payments.kinds import ProposalKind, SettingKey
from practice.values import clock

from .blueprint import bp

SHOWS = {"waiting": "Waiting", "doubt": "In doubt", "done": "Done"}


@bp.get("/refunds")
@staff
def refunds() -> Response:
    """What the address asks for: what waits for a second yes, what a person has to look at, or what was done."""
    return _desk(request.args.get("show", ""))


def _desk(asked: str, status: int = 200, form: Any = None, wrong: str = "") -> Response:
    show = asked if asked in SHOWS else "waiting"
    found: dict[str, Any] = {"proposals": [], "concerns": [], "answered": set()}
    if show == "waiting":
        found["proposals"] = desk_queries.waiting()
    elif show == "doubt":
        concerns = desk_queries.concerns()
        found["concerns"] = [(each, is_unsettled(each)) for each in concerns]
        found["answered"] = desk_queries.answered(concerns)
    else:
        found = {"proposals": desk_queries.decided(), "closed": desk_queries.looked_at(), "concerns": []}
    return page(
        "admin/refunds.html",
        status,
        show=show,
        shows=SHOWS,
        counts=dict(zip(("waiting", "doubt"), desk_queries.counts(), strict=True)),
        labels=money_labels,
        limit=queries.two_for_refund,
        change=_change,
        besides=money_labels.besides_of(found["proposals"]),
        answer=form or AnswerForm(formdata=None),
        form=form or WordsForm(formdata=None),
        wrong=wrong,
        **found,
    )


def _change(proposal: MoneyProposal) -> tuple[str, str, str] | None:
    """What a proposal about a setting would change; None for one about money."""
    if proposal.kind != ProposalKind.SETTING:
        return None
    now = queries.setting(SettingKey(proposal.about.partition(":")[2]), currency=proposal.currency)
    return money_labels.change(proposal, now, settings().zone)


@bp.post("/proposals/<code>/agree")
@staff
def agree_about_money(code: str) -> Response:
    """The second person agrees: it is done now."""
    proposal, form = desk_queries.proposal(code), AnswerForm()
    if not form.validate_on_submit():
        return _desk("waiting", 422, form, code)
    actions.agree(proposal, form.why(), by=current_user)
    flash(_done(proposal))
    return redirect(_place(proposal), 303)


@bp.post("/proposals/<code>/withdraw")
@staff
def withdraw_about_money(code: str) -> Response:
    """The second person does not agree, or the first thinks again: nothing is done."""
    proposal, form = desk_queries.proposal(code), AnswerForm()
    if not form.validate_on_submit():
        return _desk("waiting", 422, form, code)
    actions.withdraw(proposal, form.why(), by=current_user)
    taken_back = proposal.proposed_by_id == current_user.id
    flash("Taken back. Nothing was done." if taken_back else "You did not agree. Nothing was done.")
    return redirect(_place(proposal), 303)


def _done(proposal: MoneyProposal) -> str:
    if proposal.kind == ProposalKind.SETTING:
        later = proposal.from_at is not None and proposal.from_at > clock.now()
        holds = money_labels.begins(proposal, settings().zone) if later else "from now on"
        return f"Agreed. {money_labels.what(proposal)} holds {holds}."
    return "Agreed. It is noted." if proposal.kind == ProposalKind.BY_HAND else "Agreed. It is on its way."


def _place(proposal: MoneyProposal) -> str:
    is_setting = proposal.kind == ProposalKind.SETTING
    return link("admin.money_settings") if is_setting else link("admin.refunds")


@bp.post("/concerns/<code>/ask")
@staff
def ask_again(code: str) -> Response:
    """Have a job read at the card processor how it stands."""
    actions.ask_again(desk_queries.concern(code), by=current_user)
    flash("The card processor is asked again within a minute or two.")
    return redirect(link("admin.refunds", show="doubt"), 303)


@bp.post("/concerns/<code>/close")
@staff
def close_concern(code: str) -> Response:
    """Somebody looked at it, and says what came of it."""
    concern, form = desk_queries.concern(code), WordsForm()
    if not form.validate_on_submit():
        return _desk("doubt", 422, form, code)
    actions.close_concern(concern, because=form.why(), by=current_user)
    flash("Noted. It is off the desk.")
    return redirect(link("admin.refunds", show="doubt"), 303)
