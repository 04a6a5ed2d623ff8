"""This file knows the page on which a client, or their partner, decides after a talk: one address, by its stage."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, session
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import labels as booking_labels
from practice.fit import actions, for_two, forms, labels, policy, queries
from practice.fit.actions import Answered
from practice.fit.queries import Fit
from practice.fit.states import Choice, Party, ReferralState
from practice.http.access import client
from practice.http.pages import absolute_url, link, page
from practice.store import sealed
from practice.values import clock
from practice.values.errors import Conflict

from .blueprint import bp

# The link that somebody made a moment ago, until their page has shown it.
LINK = "fit_partner_link"


def _back(code: str) -> Response:
    answer: Response = redirect(link("fit.show", code=code), 303)
    return answer


@bp.get("/bookings/<code>/fit")
@client
def show(code: str) -> Response:
    """Where a decision stands, for one of those who decide; a stranger finds nothing."""
    return fit_page(*queries.fit_for(current_user, code))


def fit_page(fit: Fit, party: Party, status: int = 200, **more: Any) -> Response:
    """The page by its stage: asked, waiting, both said yes, suggestions, ended; each of them leads on."""
    now, said = clock.now(), queries.texts_now()
    referrals, offers = _referrals(fit, party), labels.offers(fit.booking.specialist, current_user)
    lede = labels.lede(fit, party, said, is_sold=bool(offers))
    suggested = {each["person"]["url"] for each in referrals}
    others = labels.others(fit.booking.specialist, current_user)
    context: dict[str, Any] = {
        "fit": fit,
        "booking": fit.booking,
        "person": booking_labels.person(fit.booking.specialist),
        "party": party,
        "stage": labels.stage(fit, party),
        "title": labels.title(fit, party),
        # Who has chosen one of them reads no more that they are to be met.
        "lede": "" if any(each["is_taken"] for each in referrals) else lede,
        "steps": labels.steps(fit, party),
        "form": _answer_form(fit, party),
        "may_answer": policy.may_answer(fit.known, party, now),
        "may_change": policy.may_answer(fit.known, party, now) and policy.has_decided(fit.known, party),
        "others": [each for each in others if each[0]["url"] not in suggested],
        "comes_along": for_two.read_by(fit, party),
        "offers": offers,
        "suggestions": referrals,
        "referral_form": _referral_form(fit, referrals),
        **_as_client(fit, party),
    }
    return page("fit/show.html", status, **(context | more))


def _as_client(fit: Fit, party: Party) -> dict[str, Any]:
    """What only whoever booked may do."""
    now, is_client = clock.now(), party == Party.CLIENT
    return {
        "may_ask_again": is_client and policy.may_ask_again(fit.known, now),
        "may_invite": is_client and policy.may_invite(fit.known, now),
        "may_go_alone": is_client and policy.may_go_alone(fit.known, now),
        "partner_link": _fresh_link(fit) if is_client else "",
    }


def _answer_form(fit: Fit, party: Party) -> forms.AnswerForm:
    form = forms.AnswerForm(data=_stored(fit, party))
    if isinstance(_stored(fit, party)["reason"], sealed.Unread):
        del form.reason
    return form


def _stored(fit: Fit, party: Party) -> dict[str, Any]:
    own = fit.choices.get(party)
    if own is None:
        return {"choice": None, "revisit_on": None, "reason": "", "shares_reason": False}
    shown = {name: getattr(own, name) for name in ("choice", "revisit_on", "shares_reason")}
    return shown | {"reason": sealed.shown(own, "reason")}


def _referrals(fit: Fit, party: Party) -> list[dict[str, Any]]:
    """What was suggested to the client; nobody else reads it."""
    if party != Party.CLIENT or fit.choice_of(Party.SPECIALIST) != Choice.REFER:
        return []
    standing = (ReferralState.OFFERED, ReferralState.ACCEPTED)
    return labels.suggestions([each for each in queries.referrals_of(fit.booking) if each.state in standing])


def _referral_form(fit: Fit, suggested: list[dict[str, Any]]) -> forms.ReferralForm | None:
    open_ones = [(each["code"], each["label"]) for each in suggested if each["is_open"]]
    if not any(each["is_open"] for each in suggested):
        return None
    form = forms.ReferralForm()
    form.set_people(open_ones)
    if not form.is_submitted():
        draft = queries.open_draft(queries.referrals_of(fit.booking))
        form.handover.data = "" if isinstance(draft, sealed.Unread) else draft
    return form


@bp.post("/bookings/<code>/fit")
@client
def answer(code: str) -> Response:
    """Keep what somebody chose for themself; it can be changed until something is paid for."""
    fit, party = queries.fit_for(current_user, code)
    form = _answer_form(fit, party)
    if not form.validate_on_submit():
        return fit_page(fit, party, 422, form=form)
    read = lambda: _stored(queries.fit_of(fit.booking), party)  # noqa: E731
    if not form.replaces(read, lambda shown: _answer(fit, party, form, shown)):
        return fit_page(*queries.fit_for(current_user, code), 409, form=form)
    flash(labels.once_stored(queries.fit_of(fit.booking), party))
    return _back(code)


def _answer(fit: Fit, party: Party, form: forms.AnswerForm, shown: Any) -> None:
    answered = Answered(
        choice=Choice(form.choice.data),
        revisit_on=form.revisit_on.data,
        reason=(form.reason.data or "").strip() if "reason" in form else None,
        shares_reason=bool(form.shares_reason.data),
    )
    actions.answer(fit.booking, party, answered, by=current_user, shown=shown)


# ---------------------------------------------------------------- suggestions, and once more


@bp.post("/bookings/<code>/fit/suggestions")
@client
def choose_colleague(code: str) -> Response:
    """Meet one of those who were suggested, or none; nothing is sent before this."""
    fit = _as_its_client(code)
    form = _referral_form(fit, _referrals(fit, Party.CLIENT))
    if form is None or not form.validate_on_submit():
        return fit_page(fit, Party.CLIENT, 422, **({"referral_form": form} if form else {}))
    if form.referral.data == forms.NEITHER:
        return _none_of_them(fit)
    taken = actions.accept_referral(fit.booking, form.referral.data, form.handover.data or "", by=current_user)
    flash(f"Kept. {taken.to_specialist.called} reads it once you have chosen a time here.")
    answer: Response = redirect(link("directory.show", slug=taken.to_specialist.slug), 303)
    return answer


@bp.post("/bookings/<code>/fit/suggestions/none")
@client
def none_of_them(code: str) -> Response:
    """After all none of them: what was to be sent along is wiped."""
    return _none_of_them(_as_its_client(code))


def _none_of_them(fit: Fit) -> Response:
    actions.decline_referrals(fit.booking, by=current_user)
    flash("None of them, then. Nothing was sent to anybody.")
    return _back(fit.booking.code)


@bp.post("/bookings/<code>/fit/again")
@client
def ask_again(code: str) -> Response:
    """Ask to open again what has ended."""
    actions.ask_again(_as_its_client(code).booking, by=current_user)
    flash("Asked. You hear from us; until then everything stays as it is.")
    return _back(code)


# ---------------------------------------------------------------- a couple


@bp.post("/bookings/<code>/fit/partner")
@client
def invite_partner(code: str) -> Response:
    """A link to pass on; the page shows it once, and loading that again makes no other."""
    fit = _as_its_client(code)
    session[LINK] = [code, actions.invite_partner(fit.booking, by=current_user)]
    return _back(code)


def _fresh_link(fit: Fit) -> str:
    code, token = session.pop(LINK, ("", ""))
    return absolute_url("fit.invitation", token=token) if code == fit.booking.code else ""


@bp.post("/bookings/<code>/fit/alone")
@client
def go_alone(code: str) -> Response:
    """Go on without the partner."""
    fit = _as_its_client(code)
    actions.go_alone(fit.booking, by=current_user)
    flash(f"You go on alone. {fit.booking.specialist.called} is asked anew, since that is another question.")
    return _back(code)


def _as_its_client(code: str) -> Fit:
    """For what only whoever booked may do: their partner is told so."""
    fit, party = queries.fit_for(current_user, code)
    if party != Party.CLIENT:
        raise Conflict("Whoever booked this talk decides about that.")
    return fit
