"""This file knows the page between the form and the payment: everything that is agreed, and nothing charged on it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import consents, intents, rate_limits
from practice.accounts.models import Intent
from practice.bookings import (
    actions,
    begun,
    booking_form,
    forms,
    labels,
    limits,
    policy,
    queries,
    sale_labels,
    sold,
    visitors,
    withdrawal,
)
from practice.bookings.actions import Agreed, Details, Wish
from practice.bookings.errors import NotEligible, NotThisTime, OfferChanged, SlotTaken, SpentForm
from practice.bookings.models import Booking
from practice.bookings.money_back import steps
from practice.bookings.queries import Chosen
from practice.bookings.sold import ForSale
from practice.http.access import client
from practice.http.formats import amount
from practice.http.pages import link, page
from practice.payments.models import Order
from practice.specialists import cancel_rules
from practice.specialists import queries as specialists
from practice.specialists.models import Offer
from practice.values import clock
from practice.values.money import Money

from . import unpaid
from .blueprint import bp
from .book import form_page, own_hold, require_free, taken


@bp.get("/specialists/<slug>/offers/<code>/review")
@client
def review(slug: str, code: str) -> Response | Any:
    """What is about to be bought, with everything that is agreed; nothing is charged here."""
    chosen = queries.chosen_offer(slug, code)
    intent, offer = begun.of(chosen.offer), chosen.offer
    starts_at = _start_of(intent)
    if intent is None or starts_at is None or chosen.has_changed or offer.price.is_free:
        return _to_the_form(chosen)
    held = own_hold(intent, offer, starts_at)
    try:
        require_free(offer, starts_at, held)
    except SlotTaken as refusal:
        return taken(offer, starts_at, refusal)
    if (refused := _refused(offer, _details(intent))) is not None:
        return _not_for_them(offer, starts_at, intent, held, refused)
    sale = sold.for_sale(offer, current_user)
    return _page(offer, starts_at, sale, _form(starts_at, sale, held), held)


@bp.post("/specialists/<slug>/offers/<code>/review")
@client
@rate_limits.per_address(limits.CHOICES_PER_ADDRESS)
def buy(slug: str, code: str) -> Response | Any:
    """Go to the payment: the order is one for this form, however often its button is pressed."""
    chosen = queries.chosen_offer(slug, code)
    form = forms.ReviewForm()
    before = actions.order_of_form(current_user, forms.form_key_of(form))
    if before is not None:
        return _to_pay(before)
    intent, starts_at = begun.of(chosen.offer), forms.parse_start(form.start.data)
    if intent is None or starts_at is None or starts_at != _start_of(intent):
        return _to_the_form(chosen)
    return _buy(chosen, starts_at, form, intent)


def _buy(chosen: Chosen, starts_at: datetime, form: forms.ReviewForm, intent: Intent) -> Response | Any:
    offer, held = chosen.offer, own_hold(intent, chosen.offer, starts_at, form.hold.data)
    sale = sold.for_sale(offer, current_user)
    if chosen.has_changed or form.sale.data != sale.shown:
        return _as_it_is_now(offer, starts_at, sale, held, sale_labels.sale_changed(sale))
    _leave_out(form, starts_at)
    if not form.validate_on_submit():
        return _page(offer, starts_at, sale, form, held, status=422)
    agreed = Agreed(sale.shown, is_express=form.express is not None and form.express.data)
    wish = Wish(current_user, offer, starts_at, _details(intent, forms.form_key_of(form)), held)
    try:
        order = actions.buy(wish, agreed)
    except OfferChanged as refusal:
        now = queries.chosen_offer(offer.specialist.slug, offer.code).offer
        return _as_it_is_now(now, starts_at, sold.for_sale(now, current_user), held, refusal.message)
    except NotThisTime as refusal:
        return taken(offer, starts_at, refusal)
    except NotEligible as refusal:
        return _not_for_them(offer, starts_at, intent, held, refusal)
    except SpentForm as refusal:
        return _as_it_is_now(offer, starts_at, sale, held, refusal.message)
    begun.end(offer)
    return _to_pay(order)


# ---------------------------------------------------------------- parts


def _to_pay(order: Order) -> Response:
    answer: Response = redirect(link("payments.pay", code=order.code), 303)
    return answer


def _to_the_form(chosen: Chosen) -> Response:
    """There is nothing to review yet, or it is another offer now: the form says what there is."""
    answer: Response = redirect(begun.address(chosen.offer), 303)
    return answer


def _start_of(intent: Intent | None) -> datetime | None:
    return forms.parse_start(str(intents.payload(intent).get("start", ""))) if intent else None


def _details(intent: Intent, form_key: str | None = None) -> Details:
    """What was said on the form before, as it was kept."""
    said = {name: value for name, value in intents.payload(intent).items() if name in booking_form.FIELDS}
    given = {name: value for name, value in said.items() if value}
    if given.get("format") != "phone":
        given.pop("phone", None)
    plain: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    return Details(**({"format": "video"} | plain), form_key=form_key, browser_key=visitors.browser_key())


def _refused(offer: Offer, details: Details) -> NotEligible | None:
    place = details.location or None
    eligibility = queries.eligibility_of(current_user, offer.specialist, offer, location=place)
    found = policy.refusals(eligibility, clock.now())
    return NotEligible(found[0], eligibility.terms) if found else None


def _not_for_them(
    offer: Offer, starts_at: datetime, intent: Intent, held: Booking | None, why: NotEligible
) -> Response:
    """The form as it was, with what stands in the way and ways on."""
    written = {name: value for name, value in intents.payload(intent).items() if name in booking_form.FIELDS}
    form = booking_form.filled(offer, written, forms.start_value(starts_at), secrets.token_urlsafe(24))
    return form_page(offer, starts_at, form, held, status=409, refusal=why.refusal)


def _form(starts_at: datetime, sale: ForSale, held: Booking | None) -> forms.ReviewForm:
    """A blank one: nothing is ticked for anybody."""
    data = {
        "start": forms.start_value(starts_at),
        "form_key": secrets.token_urlsafe(24),
        "sale": sale.shown,
        "hold": held.code if held else "",
    }
    form = forms.ReviewForm(data=data, formdata=None)
    _leave_out(form, starts_at)
    return form


def _leave_out(form: forms.ReviewForm, starts_at: datetime) -> None:
    """Nobody asks for a hurry where no law makes them wait."""
    if not _is_within_withdrawal(starts_at):
        del form.express


def _zone() -> str:
    return str(current_user.zone or visitors.visitor().zone)


def _withdrawn_until() -> datetime | None:
    """Until when the law would let them withdraw, were they to buy it now."""
    zone = _zone()
    return withdrawal.until(clock.now(), zone, can_withdraw=withdrawal.is_law_for(current_user, zone))


def _is_within_withdrawal(starts_at: datetime) -> bool:
    until = _withdrawn_until()
    return until is not None and starts_at <= until


def _as_it_is_now(offer: Offer, starts_at: datetime, sale: ForSale, held: Booking | None, said: str) -> Response:
    """Nobody buys what their page did not show: it comes back as it is now, with nothing ticked."""
    return _page(offer, starts_at, sale, _form(starts_at, sale, held), held, status=409, problem=said)


def _page(
    offer: Offer,
    starts_at: datetime,
    sale: ForSale,
    form: forms.ReviewForm,
    held: Booking | None,
    *,
    status: int = 200,
    problem: str = "",
) -> Response:
    withdrawn_until = _withdrawn_until()
    found = sold.as_if_bought(sale, starts_at, withdrawn_until)
    free, after = sale_labels.policy(found, clock.now())
    return page(
        "bookings/review.html",
        status,
        offer=offer,
        specialist=offer.specialist,
        person=labels.person(offer.specialist),
        lines=labels.summary(offer, starts_at)[:1],
        starts_at=starts_at,
        times=begun.times(offer, starts_at),
        form=form,
        held=held,
        problem=problem,
        **unpaid.beside(offer.specialist),
        total=amount(sale.price),
        nothing=amount(Money(0, sale.price.currency)),
        currency=sale.price.currency,
        is_lower=sale.price != offer.price,
        free=free,
        after=after,
        is_by_law=steps(found)[0][0] != steps(sold.as_if_bought(sale, starts_at))[0][0],
        preset=sale_labels.preset(sale.rule),
        rule=cancel_rules.for_client(sale.rule),
        promised=sale_labels.promised(found, clock.now()),
        withdrawn_until=withdrawn_until,
        version=consents.version_of(consents.SESSION_AGREEMENT),
        how=_how(offer),
    )


def _how(offer: Offer) -> str:
    """How they meet, who comes along, and where the client will be, as the form before was filled in."""
    intent = begun.of(offer)
    said = intents.payload(intent) if intent else {}
    parts = [forms.FORMATS[forms.Format(str(said.get("format") or offer.specialist.formats[0]))]]
    if said.get("with_partner"):
        parts.append("Your partner will be there too")
    place = dict(specialists.places_to_choose(offer.specialist)).get(str(said.get("location")))
    return ". ".join([*parts, f"You will be in: {place}"] if place else parts)
