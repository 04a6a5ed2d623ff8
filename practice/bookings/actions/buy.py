"""This file knows how somebody buys a session: what the page showed is reserved, and an order begins for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import limits, queries, sale_labels, sold, terms, withdrawal
from practice.bookings.errors import SENT_BEFORE, NotEligible, OfferChanged, SlotClosed, SlotTaken, SpentForm
from practice.bookings.models import Appointment, Booking, RememberedAnswer
from practice.bookings.sold import ForSale
from practice.bookings.states import BookingState
from practice.bookings.terms import Refusal
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.models import Order
from practice.specialists.models import Offer
from practice.store.db import db, insert_once, read_anew, rereading
from practice.values import clock, counts

from .hold import give_up, lock_own_holds
from .reserve import Wish, require_eligible, take

KEPT_OFTEN = (
    f"This time was kept for you {counts.times(limits.HOLDS_OF_A_TIME)} and not paid, so it is open to others for a "
    "while. Nothing is charged now."
)


@dataclass(frozen=True)
class Agreed:
    """What the review page had shown, and what was ticked on it: `shown` is `ForSale.shown` of then."""

    shown: str
    is_express: bool = False


def buy(wish: Wish, agreed: Agreed) -> Order:
    """The order whose payment makes it theirs; its time is kept until the payment page has ended.

    The same form sent twice gets the same order, and so does whoever is paying for that very time in another tab.
    Raises `OfferChanged` for a price or a rule that the page did not show, `NotEligible`, `SlotTaken`, `SlotClosed`,
    `OwnOverlap`, `SpentForm` for a form that was somebody else's, `Unsellable`, `PaymentsOff`. Of what they have not
    paid yet only the newest stay open, and one time is kept unpaid only so often.
    """
    before = order_of_form(wish.client, wish.details.form_key) or _paid_by(_held(wish))
    if before is not None:
        return before
    _require_sold(wish)
    require_eligible(wish, clock.now(), paid_later=True)
    order, is_one_more = _buy(wish, agreed)
    if is_one_more:
        let_older_go(wish.client)
    read_anew()
    return order


def let_older_go(client: User) -> None:
    """Of what they have not paid only the newest stay open: whoever begins one after another without paying would close
    practices for everybody else. Outside of any transaction, since each takes locks of its own."""
    for older in db.session.scalars(orders.unpaid_of(client, limits.MOST_UNPAID)).all():
        payments.let_go(older, by=client)


@rereading
def _buy(wish: Wish, agreed: Agreed) -> tuple[Order, bool]:
    """The same questions again, now that nobody else can change the answers; whether they have one more than they may
    have unpaid."""
    mine = lock_own_holds((wish.offer.specialist_id,), wish.client, wish.details.browser_key)
    held = _held(wish)
    before = order_of_form(wish.client, wish.details.form_key) or _paid_by(held)
    if before is not None:
        return before, False
    if held is not None:
        # Its payment page ends, as was asked: nobody is sent there any more.
        give_up(held)
    is_one_more = require_few(wish)
    sale = _as_shown(wish, agreed)
    booking = _reserve(wish, mine)
    until = _write_down(booking, sale, agreed)
    order = payments.begin(wish.client, [_wanted(booking, sale)], hold_until=until)
    _remember(order, wish)
    return order, is_one_more


def require_few(wish: Wish) -> bool:
    """Whether they have as much unpaid as they may have before this; all of it is asked in one question.

    Raises `OfferChanged` for an older version of an offer, `SlotClosed` for a time that was kept often enough.
    """
    times = queries.times_unpaid(wish.client, wish.offer.specialist_id, wish.starts_at).scalar_subquery()
    last = orders.unpaid_of(wish.client, limits.MOST_UNPAID - 1).with_only_columns(Order.id).limit(1).scalar_subquery()
    found = db.session.execute(select(Offer.ended_at, times, last).where(Offer.id == wish.offer.id)).one()
    if found[0] is not None:
        raise OfferChanged(sale_labels.ANOTHER_VERSION)
    if found[1] >= limits.HOLDS_OF_A_TIME:
        raise SlotClosed(KEPT_OFTEN)
    return found[2] is not None


def _as_shown(wish: Wish, agreed: Agreed) -> ForSale:
    """What it is sold for now, which is what the page showed. Raises `OfferChanged`."""
    sale = sold.for_sale(wish.offer, wish.client)
    if sale.shown != agreed.shown:
        raise OfferChanged(sale_labels.sale_changed(sale))
    return sale


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


def _held(wish: Wish) -> Booking | None:
    """What is kept for this client while they pay for this very time of this offer, in another tab."""
    asked = (
        select(Booking)
        .join(Booking.appointment)
        .where(
            Booking.client_id == wish.client.id,
            Booking.state == BookingState.HELD,
            Booking.price_amount.is_not(None),
            Appointment.offer_id == wish.offer.id,
            Appointment.starts_at == wish.starts_at,
        )
    )
    return db.session.scalars(asked).first()


def _paid_by(held: Booking | None) -> Order | None:
    """The order that pays for it, while somebody can."""
    found = orders.order_of(sold.KIND, held.code) if held is not None else None
    return found if found is not None and orders.goes_on(found) else None


def _remember(order: Order, wish: Wish) -> None:
    """Raises `SpentForm` for a form that was answered, with another time, in this very moment."""
    key = wish.details.form_key
    if key and not insert_once(RememberedAnswer, form_key=key, action="buy", target=order.code, at=clock.now()):
        raise SpentForm(SENT_BEFORE)
