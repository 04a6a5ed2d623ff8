"""This file knows what somebody has begun to pay and not finished, as pages beside the way put it before them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from practice.http.pages import link
from practice.values import clock
from practice.values.money import Money

from . import fulfilment
from .models import Order
from .states import CheckoutState, PaymentState


@dataclass(frozen=True)
class GoingOn:
    """One order that goes on: what it is for, and until when (UTC) it can be paid, None where nobody can now because
    its money is on its way, or its time is just over. `is_more`: the total is the difference to what they paid before.
    `meanwhile` they have that in any case; "" for nothing. `pay`, `leave` and `stands` are addresses."""

    what: str
    total: Money
    is_more: bool
    until: datetime | None
    is_on_its_way: bool
    meanwhile: str
    pay: str
    leave: str
    stands: str


def shown(orders: Iterable[Order]) -> list[GoingOn]:
    """The same for pages; two or so questions for each, of which a buyer has few at a time."""
    return [_shown(each) for each in orders]


def _shown(order: Order) -> GoingOn:
    can_pay = order.payment == PaymentState.AWAITED and order.checkout in (CheckoutState.ASKED, CheckoutState.OPEN)
    abouts = fulfilment.about(order)
    return GoingOn(
        what=" and ".join(about.what for about in abouts),
        total=order.total,
        is_more=any(about.is_more for about in abouts),
        until=order.pay_by if can_pay and order.pay_by > clock.now() else None,
        meanwhile=" ".join(about.stands for about in abouts if about.stands),
        is_on_its_way=order.payment == PaymentState.PROCESSING,
        pay=link("payments.pay", code=order.code),
        leave=link("payments.leave", code=order.code),
        stands=link("payments.returned", code=order.code),
    )
