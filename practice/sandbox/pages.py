"""This file knows the pages that stand in for Stripe's own: where a card is asked for, and where an owner answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import Length

from practice.http.access import public
from practice.http.forms import Form
from practice.http.pages import link, page
from practice.providers.stripe_gateway.units import received
from practice.values.counts import in_minutes
from practice.values.errors import Conflict, NotFound

from . import desk, happenings, world
from .accounts import Outcome
from .models import SandboxObject
from .objects import Refusal, load, of_kind

bp = Blueprint("sandbox", __name__, url_prefix="/demo")
CARDS = {
    "pays": "It pays",
    "declined": "It’s declined",
    "bank": "The bank asks you first",
    "late": "It pays too late",
}
MESSAGES = {
    happenings.AT_ONCE: "At once, signed",
    happenings.REPEATED: "More than once, in the wrong order",
    happenings.LATE: f"After {in_minutes(happenings.LATE_BY)}",
    happenings.NEVER: "Never, so that we have to ask",
}
DECLINED, GAVE_UP = "declined", "gave_up"
AT_BANK = {"confirm": "Confirm", "give_up": "Give up"}
OUTCOMES = {
    Outcome.READY: "Everything is right",
    Outcome.CHECKING: "It’s looked at for some days",
    Outcome.MISSING: "A document is missing",
    Outcome.REFUSED: "They cannot pay this person",
}


def _choices(labels: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in labels.items()]


class PayForm(Form):
    """What the card shall do, and when we hear of it. The mail address is for the look of it and goes nowhere."""

    email = StringField("Email for the receipt", validators=[Length(max=254)])
    card = RadioField("What should this card do?", choices=_choices(CARDS), default="pays")
    messages = RadioField("Messages from the partner", choices=_choices(MESSAGES), default=happenings.AT_ONCE)


class BankForm(Form):
    """The answer to the bank's question; what was chosen before goes along."""

    answer = RadioField("Is this you?", choices=_choices(AT_BANK))
    messages = RadioField("Messages from the partner", choices=_choices(MESSAGES), default=happenings.AT_ONCE)


class OnboardForm(Form):
    """What the partner shall say to what the owner gave."""

    outcome = RadioField("What should the partner say?", choices=_choices(OUTCOMES),
                         default=str(Outcome.READY))  # fmt: skip


@bp.get("/payment-partner")
@public
def partner() -> Response:
    """What is at the partner, and what a visitor of the demo can have happen there."""
    return page("sandbox/partner.html", things=desk.things(), weather=desk.WEATHER)


@bp.post("/payment-partner")
@public
def happen() -> Any:
    """Have it happen."""
    if not desk.do(request.form.get("thing", ""), request.form.get("deed", "")):
        raise Conflict("That cannot happen any more.")
    flash("Done. What follows from it arrives within seconds.")
    return redirect(link("sandbox.partner"), 303)


@bp.post("/payment-partner/weather")
@public
def weather() -> Any:
    """Have something go wrong between us and the partner, or nothing any more."""
    if not desk.change_weather(request.form.get("weather", "")):
        raise Conflict("There is no such weather.")
    flash("Done. It begins with the next request.")
    return redirect(link("sandbox.partner"), 303)


@bp.get("/pay/<session>")
@public
def pay(session: str) -> Response:
    """The page on which a card is asked for; one that is over says only that. `after`: what has just happened."""
    after = request.args.get("after")
    moments = {"is_declined": after == DECLINED, "gave_up": after == GAVE_UP}
    return _pay_page(_session(session), PayForm(), **moments)


@bp.post("/pay/<session>")
@public
def press(session: str) -> Any:
    """Pay, be declined, be sent to the bank, or pay too late."""
    row, form = _session(session), PayForm()
    if row.body["status"] != "open" or not form.validate():
        return _pay_page(row, form, status=422)
    # Whatever follows has an address of its own, so that going back from it asks for nothing to be sent again.
    if form.card.data == "bank":
        return redirect(link("sandbox.at_bank", session=session, messages=form.messages.data), 303)
    if form.card.data == "declined":
        world.decline(session)
        return redirect(link("sandbox.pay", session=session, after=DECLINED), 303)
    (world.pay_and_close if form.card.data == "late" else world.pay)(session, form.messages.data)
    return redirect(_back(row), 303)


@bp.get("/pay/<session>/bank")
@public
def at_bank(session: str) -> Any:
    """The bank's question."""
    row = _session(session)
    return page("sandbox/bank.html", **_facts(row)) if row.body["status"] == "open" else _pay_page(row, PayForm())


@bp.post("/pay/<session>/bank")
@public
def bank(session: str) -> Any:
    """Confirm at the bank, or give up there."""
    row, form = _session(session), BankForm()
    if row.body["status"] != "open" or not form.validate():
        return _pay_page(row, PayForm(formdata=None), status=422)
    if form.answer.data == "give_up":
        world.decline(session)
        return redirect(link("sandbox.pay", session=session, after=GAVE_UP), 303)
    world.pay(session, form.messages.data)
    return redirect(_back(row), 303)


@bp.get("/onboarding/<token>")
@public
def onboarding(token: str) -> Any:
    """The page on which the owner of an account gives what is missing."""
    way = _way(token)
    if not world.may_open(way):
        return redirect(way.body["use_case"]["account_onboarding"]["refresh_url"], 303)
    return _onboarding_page(way, OnboardForm())


@bp.post("/onboarding/<token>")
@public
def answer(token: str) -> Any:
    """What the partner says to it; the link is used up."""
    way, form = _way(token), OnboardForm()
    addresses = way.body["use_case"]["account_onboarding"]
    if not form.validate():
        return _onboarding_page(way, form, 422)
    done = world.use(way.id, Outcome(form.outcome.data))
    return redirect(addresses["return_url"] if done else addresses["refresh_url"], 303)


def _pay_page(row: SandboxObject, form: PayForm, *, status: int = 200, **moments: bool) -> Response:
    if row.body["status"] != "open":
        return page("sandbox/ended.html", back=_back(row))
    if not form.email.data:
        form.email.data = row.body["customer_email"] or ""
    return page("sandbox/pay.html", status, form=form, **_facts(row), **moments)


def _onboarding_page(way: SandboxObject, form: OnboardForm, status: int = 200) -> Response:
    back = way.body["use_case"]["account_onboarding"].get("return_url", "/")
    return page("sandbox/onboarding.html", status, form=form, token=way.parent, back=back)


def _facts(row: SandboxObject) -> dict[str, Any]:
    body = row.body
    return {
        "session": row.id,
        "labels": [line["price_data"]["product_data"]["name"] for line in body["_lines"]],
        "total": received(body["amount_total"], body["currency"]),
        "order": body["client_reference_id"] or "",
        "cancel_url": body["cancel_url"],
    }


def _back(row: SandboxObject) -> str:
    return str(row.body["success_url"]).replace("{CHECKOUT_SESSION_ID}", row.id)


def _session(session: str) -> SandboxObject:
    try:
        return load(session, "checkout.session")
    except Refusal:
        raise NotFound from None


def _way(token: str) -> SandboxObject:
    found = of_kind("v2.core.account_link", parent=token)
    if not found:
        raise NotFound
    return found[0]
