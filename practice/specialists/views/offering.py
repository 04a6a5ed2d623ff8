"""This file knows the pages on which a specialist keeps what they offer, and says who pays a lower price."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, jsonify, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.access import client, specialist
from practice.http.pages import link, page
from practice.payments import queries as payments
from practice.specialists import actions, cancel_rules, clients, filled, queries
from practice.specialists.cancel_rules import PRESETS
from practice.specialists.models import Offer, Specialist
from practice.specialists.offer_forms import LowerPriceForm, OfferForm
from practice.specialists.selling import back, net_lines, price_fault
from practice.values import clock
from practice.values.errors import Conflict, Invalid
from practice.values.money import parse_price
from practice.values.text import as_initials

from .blueprint import bp, own_practice

# Beyond the days in which the law lets whoever buys it today withdraw: it shows what their rule says by itself.
EXAMPLE_IN = timedelta(days=21)
RULES = {preset.value: cancel_rules.for_specialist(rule) for preset, rule in PRESETS.items()}


@bp.get("/practice/offers")
@specialist
def offers() -> Response:
    """What can be booked, what it costs, what its specialist gets; and what is missing before it can be sold."""
    practice = own_practice()
    given, rate = queries.lower_prices_given(practice), payments.commission_rate()
    to_come = payments.commission_to_come()
    then = to_come.value if to_come else None
    return page(
        "specialists/offers.html",
        specialist=practice,
        sessions=[_card(each, given.get(each.id, 0), rate, then) for each in queries.sessions(practice)],
        selling=queries.sells(practice),
        to_come=to_come,
        past=queries.past_offers(practice),
    )


@bp.post("/practice/consult")
@specialist
def set_consult() -> Response:
    """Offer free consultations, or stop."""
    is_on = request.form.get("consult") == "y"
    actions.set_consult(own_practice(), is_on, by=current_user)
    flash("People can book one with you now." if is_on else "Switched off. Consultations that are booked stand.")
    return redirect(link("specialists.offers"), 303)


@bp.route("/practice/offers/new", methods=["GET", "POST"])
@specialist
def add_offer() -> Response:
    """One more length."""
    practice = own_practice()
    form = _form(practice, OfferForm(data=filled.another_offer(practice)))
    if _is_sent(form) and _put(practice, form, None):
        flash("Saved. This is what you offer from now on.")
        return redirect(link("specialists.offers"), 303)
    return _editor(practice, None, form)


@bp.route("/practice/offers/<code>", methods=["GET", "POST"])
@specialist
def edit_offer(code: str) -> Response:
    """One offer; a change makes a new version."""
    practice = own_practice()
    offer = queries.session_of(practice, code)
    form = _form(practice, OfferForm(data=filled.offer(offer)))
    if _is_sent(form) and _put(practice, form, offer):
        flash("Saved. What was booked before stays as it was sold.")
        return redirect(link("specialists.offers"), 303)
    return _editor(practice, offer, form)


@bp.post("/practice/offers/<code>/end")
@specialist
def end_offer(code: str) -> Response:
    """Stop offering it."""
    practice = own_practice()
    actions.end_offer(practice, queries.session_of(practice, code), by=current_user)
    flash("Nobody can book it any more. What was booked before stays as it was sold.")
    return redirect(link("specialists.offers"), 303)


@bp.post("/practice/offers/<code>/lower-price")
@specialist
def give_lower_price(code: str) -> Response:
    """Let one client pay the lower price."""
    practice = own_practice()
    offer = queries.session_of(practice, code)
    form = LowerPriceForm(prefix="give")
    form.offer_to(clients.met_by(practice))
    if not form.validate_on_submit():
        return _editor(practice, offer, give=form)
    try:
        actions.give_lower_price(offer, form.client.data, by=current_user)
    except Conflict as refusal:
        form.client.errors = [refusal.message]
        return _editor(practice, offer, give=form)
    flash("Given. We have written to them; only the two of you know.")
    return redirect(link("specialists.edit_offer", code=offer.code, _anchor="lower"), 303)


@bp.post("/practice/offers/<code>/lower-price/<given>/end")
@specialist
def end_lower_price(code: str, given: str) -> Response:
    """Have a client pay the usual price again."""
    offer = queries.session_of(own_practice(), code)
    actions.take_lower_price_back(queries.lower_price_of(offer, given), by=current_user)
    flash("Taken back. From their next booking on they pay the usual price; we have written to them.")
    return redirect(link("specialists.edit_offer", code=offer.code, _anchor="lower"), 303)


@bp.post("/apply/prices/net")
@client
def net() -> Response:
    """What a specialist gets of a price that is being typed; empty for what is none (yet)."""
    try:
        price = parse_price(request.form.get("price", ""), request.form.get("currency", ""))
    except ValueError:
        return jsonify(get="", ours="")
    get, ours = ("", "") if price_fault(price) else net_lines(price, payments.commission_rate())
    return jsonify(get=get, ours=ours)


# ---------------------------------------------------------------- one offer


def _form(practice: Specialist, form: OfferForm) -> OfferForm:
    form.paid_out(queries.sells(practice).currency, payments.commission_rate())
    return form


def _is_sent(form: OfferForm) -> bool:
    """Sent to be saved, and right; "Work it out" only shows what would follow."""
    return form.validate_on_submit() and request.form.get("do") != "work-out"


def _put(practice: Specialist, form: OfferForm, offer: Offer | None) -> bool:
    try:
        if offer is None:
            actions.put_offer(practice, form.for_sale(), by=current_user)
            return True
        return form.replaces(
            lambda: filled.offer(offer),
            lambda shown: actions.put_offer(practice, form.for_sale(), by=current_user, of=offer, shown=shown),
        )
    except Invalid as refusal:
        form.refuse(refusal.fields)
        return False


def _editor(
    practice: Specialist, offer: Offer | None, form: OfferForm | None = None, give: LowerPriceForm | None = None
) -> Response:
    known = clients.met_by(practice) if offer and offer.lower else []
    if form is None:
        assert offer is not None
        form = _form(practice, OfferForm(formdata=None, data=filled.offer(offer)))
    if give is None:
        give = LowerPriceForm(formdata=None, prefix="give")
    given = queries.lower_prices_of(offer) if offer else []
    has_it = {each.client_id for each in given}
    give.offer_to([each for each in known if each.user_id not in has_it])
    initials = {each.user_id: each.initials for each in known}
    return page(
        "specialists/offer.html",
        409 if form.is_stale else 422 if form.errors or give.errors else 200,
        specialist=practice,
        offer=offer,
        named=request.view_args.get("code") if request.view_args else None,
        form=form,
        give=give,
        given=[(each, initials.get(each.client_id) or as_initials("")) for each in given],
        versions=queries.versions_of(offer) if offer else [],
        rules=RULES,
        rule_of=_rule_label,
        example=_example(practice, form),
        selling=queries.sells(practice),
    )


def _rule_label(offer: Offer) -> str:
    preset = cancel_rules.preset_of(offer.rule) if offer.rule else None
    return preset.value.capitalize() if preset else ""


def _example(practice: Specialist, form: OfferForm) -> dict[str, Any] | None:
    """What people would read of the rule that is chosen, for a session in three weeks at ten."""
    price = form.parsed("price")
    if price is None or price_fault(price) or form.rule.data not in RULES:
        return None
    zone = queries.zone_of(practice)
    start = datetime.combine(clock.today(zone) + EXAMPLE_IN, time(10), ZoneInfo(zone))
    steps = PRESETS[form.rule.data].deadlines(start)
    return {
        "start": start,
        "free_until": steps[0][0],
        "then": [(until, back(price, share)) for until, share in steps[1:]],
    }


# ---------------------------------------------------------------- all of them


def _card(offer: Offer, given: int, rate: int, then: int | None) -> dict[str, Any]:
    assert offer.rule is not None
    return {
        "offer": offer,
        "net": net_lines(offer.price, rate),
        "net_then": net_lines(offer.price, then)[0] if then is not None else "",
        "rule": _rule_label(offer),
        "rule_in_words": cancel_rules.for_specialist(offer.rule),
        "given": given,
    }
