"""This file knows how an order begins: what is held becomes lines, at the prices and the commission of that instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from practice.accounts.models import User
from practice.payments import queries
from practice.payments.models import Order, OrderLine
from practice.payments.policy import checkout
from practice.payments.policy.purchase import Line
from practice.payments.storing import OF_LINE, OF_ORDER
from practice.providers.stripe_gateway.client import gateway
from practice.store import audit
from practice.store.db import db, new_code, transactional
from practice.values.money import Money

from .turning import carry_out


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One thing to be bought: what the room that sells calls it, what papers say of it, whose it is, and its price.

    `label` stands on the payment page and on papers: neutral words, nothing that tells of health.
    """

    subject_kind: str
    subject_code: str
    label: str
    payee: User
    price: Money


@transactional
def begin(buyer: User, wanted: Sequence[Wanted], *, hold_until: datetime) -> Order:
    """An order for what is held until `hold_until` (UTC), and its payment page asked for; what costs nothing is had at
    once.

    Raises `Unsellable` for prices that no card is charged, CurrencyMismatch for two currencies, `PaymentsOff`.
    """
    currency = sum((each.price for each in wanted[1:]), wanted[0].price).currency
    rate = queries.commission_rate()
    lines = tuple(
        Line(price=each.price.amount, rate=rate, open=queries.is_open_in(each.payee, currency)) for each in wanted
    )
    purchase, effects = checkout.begin(currency, lines, live=gateway().is_live)
    order = Order(
        code=new_code(),
        buyer_id=buyer.id,
        person_key=buyer.person_key,
        currency=currency,
        live=purchase.live,
        checkout=purchase.checkout,
        payment=purchase.payment,
        dispute=purchase.dispute,
        state=purchase.state,
        hold_until=hold_until,
        refunds=[],
        disputes=[],
        **{name: getattr(purchase, name) for name in OF_ORDER},
    )
    order.lines = [_row(at, each, line) for at, (each, line) in enumerate(zip(wanted, purchase.lines, strict=True))]
    db.session.add(order)
    db.session.flush()
    audit.record("order.begun", order.thing, actor=buyer, detail={"lines": len(lines)})
    carry_out(order, purchase, effects, by=buyer)
    return order


def _row(at: int, wanted: Wanted, line: Line) -> OrderLine:
    return OrderLine(
        code=new_code(),
        at=at,
        subject_kind=wanted.subject_kind,
        subject_code=wanted.subject_code,
        label=wanted.label,
        payee_id=wanted.payee.id,
        payee_code=wanted.payee.code,
        seat=line.seat,
        **{name: getattr(line, name) for name in OF_LINE},
    )
