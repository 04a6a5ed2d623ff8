"""This file knows how an order's rows and the value that its rules decide from become one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from practice.values import clock

from .models import BankDispute, Order, OrderLine, RefundRow
from .policy.purchase import Dispute, Line, Purchase, Refund
from .states import CheckoutState, DisputeState, PaymentState, RefundState, Seat

OF_ORDER = ("charge", "paid", "paid_in", "returned", "loss", "losses")
OF_LINE = (
    "price",
    "rate",
    "back",
    "kept",
    "ripe",
    "frozen",
    "open",
    "asked",
    "sent",
    "taking",
    "taken",
    "debt",
    "tries",
)


def purchase_of(order: Order) -> Purchase:
    """The order as its rules see it."""
    return Purchase(
        currency=order.currency,
        live=order.live,
        lines=tuple(map(_line, order.lines)),
        refunds=tuple(map(_refund, order.refunds)),
        # Hardly any order has one, and its own column says whether it does.
        disputes=() if order.dispute == DisputeState.NONE else tuple(map(_dispute, order.disputes)),
        checkout=CheckoutState(order.checkout),
        payment=PaymentState(order.payment),
        **{name: getattr(order, name) for name in OF_ORDER},
    )


def _line(row: OrderLine) -> Line:
    return Line(seat=Seat(row.seat), **{name: getattr(row, name) for name in OF_LINE})


def _refund(row: RefundRow) -> Refund:
    return Refund(number=row.number, amount=row.amount, state=RefundState(row.state), name=row.name)


def _dispute(row: BankDispute) -> Dispute:
    return Dispute(number=row.number, name=row.name, amount=row.amount, state=DisputeState(row.state))


def store(order: Order, purchase: Purchase) -> None:
    """Write what has changed into the order's rows; refunds and disputes that are new get one."""
    facts = {name: getattr(purchase, name) for name in OF_ORDER}
    states = {"checkout": purchase.checkout, "payment": purchase.payment, "dispute": purchase.dispute}
    changed = _put(order, {**facts, **states, "state": purchase.state})
    for row, line in zip(order.lines, purchase.lines, strict=True):
        changed |= _put(row, {"seat": line.seat, **{name: getattr(line, name) for name in OF_LINE}})
    changed |= _store_each(order.refunds, RefundRow, purchase.refunds)
    if purchase.disputes:
        changed |= _store_each(order.disputes, BankDispute, purchase.disputes)
    if changed:
        order.changed_at = clock.now()
    if purchase.is_with_us and order.paid_at is None:
        order.paid_at = clock.now()


def _store_each(rows: list[Any], kind: type, values: Sequence[Refund | Dispute]) -> bool:
    """Under their numbers; whether anything changed."""
    changed, known = False, {row.number: row for row in rows}
    for each in values:
        if each.number not in known:
            rows.append(kind(**asdict(each)))
            changed = True
        elif _put(known[each.number], asdict(each)):
            known[each.number].changed_at, changed = clock.now(), True
    return changed


def _put(row: Any, values: dict[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)
