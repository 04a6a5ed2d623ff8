"""This file knows how somebody buys a session: what the page showed is reserved, and an order begins for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import sale_labels, sold, terms, withdrawal
from practice.bookings.errors import SENT_BEFORE, NotEligible, OfferChanged, SlotTaken, SpentForm
from practice.bookings.models import Appointment, Booking, RememberedAnswer
from practice.bookings.sold import ForSale
from practice.bookings.states import BookingState
from practice.bookings.terms import Refusal
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.models import Order
from practice.payments.states import OrderState
from practice.store.db import db, insert_once, read_anew, rereading
from practice.values import clock

from .hold import lock_own_holds
from .reserve import Wish, require_eligible, take

# Somebody can still pay, or has just done so: the page of such an order says how it stands.
GOES_ON = frozenset({OrderState.CREATED, OrderState.SESSION_OPEN, OrderState.PROCESSING})


@dataclass(frozen=True)
class Agreed:
    """What the review page had shown, and what was ticked on it: `shown` is `ForSale.shown` of then."""

    shown: str
    is_express: bool = False


def buy(wish: Wish, agreed: Agreed) -> Order:
    """The order whose payment makes it theirs; its time is kept until the payment page has ended.

    The same form sent twice gets the same order, and so does whoever is paying for that very time in another tab.
    Raises `OfferChanged` for a price or a rule that the page did not show, `NotEligible`, `SlotTaken`, `SlotClosed`,
    `OwnOverlap`, `SpentForm` for a form that was somebody else's, `Unsellable`, `PaymentsOff`.
    """
    before = order_of_form(wish.client, wish.details.form_key) or _being_paid(wish)
    if before is not None:
        return before
    _require_sold(wish)
    require_eligible(wish, clock.now(), paid_later=True)
    order = _buy(wish, agreed)
    read_anew()
    return order


@rereading
def _buy(wish: Wish, agreed: Agreed) -> Order:
    """The same questions again, now that nobody else can change the answers."""
    mine = lock_own_holds((wish.offer.specialist_id,), wish.client, wish.details.browser_key)
    before = order_of_form(wish.client, wish.details.form_key) or _being_paid(wish)
    if before is not None:
        return before
    sale = sold.for_sale(wish.offer, wish.client)
    if sale.shown != agreed.shown:
        raise OfferChanged(sale_labels.sale_changed(sale))
    booking = _reserve(wish, mine)
    until = _write_down(booking, sale, agreed)
    order = payments.begin(wish.client, [_wanted(booking, sale)], hold_until=until)
    _remember(order, wish)
    return order


def _require_sold(wish: Wish) -> None:
    if not sold.is_sold(wish.offer):
        raise NotEligible(Refusal.PRICE, terms.of(wish.offer.kind))


def _reserve(wish: Wish, mine: Sequence[Booking]) -> Booking:
    booking = take(wish, mine, paid_later=True)
    if booking.price_amount is not None:
        # Of two tabs the other one was faster, and its order has ended in this moment.
        raise SlotTaken("You were paying for this time in another tab. Please choose it once more.")
    return booking


def _write_down(booking: Booking, sale: ForSale, agreed: Agreed) -> datetime:
    """What was agreed, and stays so; until when (UTC) it can be paid for.

    It is kept until the payment page has ended, of which payments tell, and never beyond its own start.
    """
    assert booking.client is not None
    assert booking.held_until is not None
    booking.price_amount, booking.price_currency = sale.price.amount, sale.price.currency
    booking.cancel_rule = sale.rule.stored
    booking.can_withdraw = withdrawal.is_law_for(booking.client, booking.client_zone)
    booking.is_express = booking.can_withdraw and agreed.is_express
    until = booking.held_until
    booking.held_until = max(until, booking.starts_at)
    return until


def _wanted(booking: Booking, sale: ForSale) -> payments.Wanted:
    return payments.Wanted(
        subject_kind=sold.KIND,
        subject_code=booking.code,
        label=f"Session, {booking.appointment.offer.minutes} min",
        payee=booking.specialist.user,
        price=sale.price,
    )


# ---------------------------------------------------------------- bought before


def order_of_form(client: User, form_key: str | None) -> Order | None:
    """What this form was answered with before; raises `SpentForm` where that was somebody else's."""
    if not form_key:
        return None
    asked = select(RememberedAnswer.target).where(
        RememberedAnswer.form_key == form_key, RememberedAnswer.action == "buy"
    )
    code = db.session.scalar(asked)
    found = orders.order(code) if code is not None else None
    if found is not None and found.buyer_id != client.id:
        raise SpentForm(SENT_BEFORE)
    return found


def _being_paid(wish: Wish) -> Order | None:
    """The order that this client pays for this very time of this offer, in another tab."""
    asked = (
        select(Booking.code)
        .join(Booking.appointment)
        .where(
            Booking.client_id == wish.client.id,
            Booking.state == BookingState.HELD,
            Booking.price_amount.is_not(None),
            Appointment.offer_id == wish.offer.id,
            Appointment.starts_at == wish.starts_at,
        )
    )
    code = db.session.scalar(asked)
    found = orders.order_of(sold.KIND, code) if code is not None else None
    return found if found is not None and found.state in GOES_ON else None


def _remember(order: Order, wish: Wish) -> None:
    """Raises `SpentForm` for a form that was answered, with another time, in this very moment."""
    key = wish.details.form_key
    if key and not insert_once(RememberedAnswer, form_key=key, action="buy", target=order.code, at=clock.now()):
        raise SpentForm(SENT_BEFORE)
