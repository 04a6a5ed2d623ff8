"""This file knows how tests sell sessions: a payee whose account takes money, and what arrives from the card processor
told straight to the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from practice.accounts.models import User
from practice.bookings import actions, sold
from practice.bookings.models import Booking
from practice.payments import actions as payments
from practice.payments.models import Order
from practice.payments.policy import events
from practice.specialists.models import Offer
from practice.specialists.states import OfferKind
from practice.store.db import db
from practice.values.money import Money
from tests.factories import offer, payout_account
from tests.shop import again, opened, paid

Buy = Callable[..., Order]


def sold_by(owner: User, **columns: Any) -> Offer:
    """A session of 50 minutes for €72, sold to anybody: its specialist's account takes money."""
    if owner.specialist.payout_account is None:  # type: ignore[attr-defined]
        payout_account(owner, name=f"acct_{owner.id}", pays_out=True)
        db.session.expire(owner.specialist, ["payout_account"])  # type: ignore[attr-defined]
    honest = {"name": "Direct", "minutes": 50, "price": Money(7200, "EUR"), "consult_first": False}
    made = offer(owner.specialist, kind=OfferKind.INDIVIDUAL, **honest | columns)  # type: ignore[attr-defined]
    db.session.expire(owner.specialist, ["offers"])  # type: ignore[attr-defined]
    return made


def begin(client: User, of: Offer, starts_at: datetime, **changes: Any) -> Order:
    """An order as the review page makes it, for what that page would show now."""
    agreed = actions.Agreed(sold.for_sale(of, client).shown, is_express=True)
    details = actions.Details(format="video", call_name="Ben", form_key=changes.pop("form_key", None))
    return actions.buy(actions.Wish(client, of, starts_at, details, **changes), agreed)


def pay(order: Order, **changes: Any) -> Order:
    """The page was opened and paid."""
    if order.checkout == "asked":
        payments.turn(order, opened(order))
    payments.turn(order, paid(order, **changes))
    return again(order)


def hold_ends(order: Order) -> Order:
    """Nobody paid in time, and the card processor said that its page has ended."""
    if order.checkout == "asked":
        payments.turn(order, opened(order))
    payments.turn(order, events.HoldEnds())
    payments.turn(order, events.PaymentSeen(events.Paid.EXPIRED, live=False))
    return again(order)


def booking_of(order: Order) -> Booking:
    """What it was begun for, as it is stored."""
    found = db.session.query(Booking).filter_by(code=order.lines[0].subject_code).one()
    db.session.refresh(found)
    return found


@pytest.fixture
def sells(cast: Any) -> Offer:
    """Anna sells a session of 50 minutes for €72, to anybody."""
    return sold_by(cast.anna)


@pytest.fixture
def bought(cast: Any, sells: Offer) -> Callable[..., Booking]:
    """`bought(start)`: Ben has bought and paid that time of Anna's."""

    def buy(starts_at: datetime, client: User | None = None) -> Booking:
        return booking_of(pay(begin(client or cast.ben, sells, starts_at)))

    return buy
