"""This file knows what the payments room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, exists, or_, select, update

from practice.accounts import holdings
from practice.accounts.holdings import Blocker, Record, Rows, Stay
from practice.accounts.models import User, hash_of
from practice.accounts.records import iso
from practice.http.formats import amount
from practice.ledger import queries as pots
from practice.ledger.chart import PAYEES, Pot
from practice.store.db import changed, db
from practice.values import clock
from practice.values.money import Money

from . import queries
from .desk_models import MoneyProposal
from .models import BankDispute, Concern, Order, OrderLine, PayeeAccount, RefundRow
from .states import PaymentState, RefundState

# What is in these has still to move, one way or the other.
UNSETTLED = sorted(PAYEES - {Pot.PAID_OUT})
BOOKS = Stay(
    "What was paid, returned and paid out, under numbers, no names",
    "The law asks us to keep our books, and your bank can ask for a payment back for months",
    "As long as books have to be kept",
)


def _orders(user: User) -> Rows:
    return [
        {
            "number": order.code,
            "what": [_line(line) for line in order.lines],
            "price": amount(order.total),
            "charged": amount(Money(order.paid, order.paid_in or order.currency)),
            "state": order.state,
            "began": iso(order.created_at),
            "paid": iso(order.paid_at),
            "could_be_paid_until": iso(order.hold_until),
            "returned": [_refund(order, each) for each in order.refunds],
            "asked_back_by_your_bank": [_asked(each) for each in order.disputes],
        }
        for order in queries.orders_of_buyer(user)
    ]


def _line(line: OrderLine) -> dict[str, Any]:
    currency = line.order.currency
    back = amount(Money(line.back, currency))
    return {"what": line.label, "price": amount(Money(line.price, currency)), "promised_back": back}


def _asked(each: BankDispute) -> dict[str, Any]:
    return {"amount": amount(each.money), "state": each.state, "why": each.reason, "since": iso(each.made_at)}


def _refund(order: Order, each: RefundRow) -> dict[str, Any]:
    paid_in = order.paid_in or order.currency
    dates = {"asked_for": iso(each.made_at), "at": iso(each.changed_at)}
    return {"amount": amount(Money(each.amount, paid_in)), "state": each.state, **dates}


def _forget_orders(user: User) -> None:
    """Nobody's any more; what is still to come back goes back to the card."""
    theirs = select(Order.id).where(Order.buyer_id == user.id)
    words = {"words_sealed": None, "answer_sealed": None}
    changed(update(MoneyProposal).where(MoneyProposal.order_id.in_(theirs)).values(words))
    changed(update(Concern).where(Concern.order_id.in_(theirs)).values(closed_because_sealed=None))
    nobody = {"buyer_id": None, "person_key": hash_of(secrets.token_urlsafe(32))}
    changed(update(Order).where(Order.buyer_id == user.id).values(nobody))


def _earnings(user: User) -> Rows:
    return [
        {
            "what": line.label,
            "price": amount(Money(line.price, line.order.currency)),
            "commission_in_basis_points": line.rate,
            "back_to_the_client": amount(Money(line.back, line.order.currency)),
            "sent_to_you": amount(Money(line.sent - line.taken, line.order.paid_in or line.order.currency)),
            "state": line.order.state,
            "paid": iso(line.order.paid_at),
        }
        for line in queries.lines_of_payee(user)
        if line.order.paid_at
    ]


def _account(user: User) -> Rows:
    rows = db.session.scalars(select(PayeeAccount).where(PayeeAccount.payee_id == user.id).order_by(PayeeAccount.id))
    return [
        {
            "country": each.country,
            "currency": each.currency,
            "state": each.state,
            "asked_for": [requirement["label"] for requirement in each.requirements],
            "pays_out": each.pays_out,
            "needed_until": iso(each.until_at),
            "since": iso(each.made_at),
            "ended": iso(each.ended_at),
        }
        for each in rows
    ]


def _forget_account(user: User) -> None:
    """What it lacked goes; its number stays, since what was sent there is in our books."""
    ours = (PayeeAccount.payee_id == user.id,)
    changed(update(PayeeAccount).where(*ours).values(requirements=[], until_at=None))
    changed(update(PayeeAccount).where(*ours, PayeeAccount.ended_at.is_(None)).values(ended_at=clock.now()))


def _payouts(user: User) -> Rows:
    return [
        {"amount": amount(each.money), "state": each.state, "at": iso(each.made_at), "arrives": iso(each.arrives_at)}
        | {"failed_because": each.failure}
        for each in queries.payouts_of(user)
    ]


def _still_moves(user: User) -> Iterable[Blocker]:
    within = pots.of_payee(user.code)
    if any(within.of(pot, currency).amount for pot in UNSETTLED for currency in within.currencies):
        yield Blocker(
            "Money from your sessions is still on its way to you, or back. Please wait until it has arrived.",
            "Your earnings",
            "payments.earned",
        )


def _still_owed(user: User) -> Iterable[Blocker]:
    """Who has gone cannot be asked how they want what no card takes back, or whose money it was."""
    failed = exists().where(RefundRow.order_id == Order.id, RefundRow.state == RefundState.FAILED, RefundRow.amount > 0)
    in_doubt = and_(Order.payment == PaymentState.IN_DOUBT, Order.returned == 0)
    owed = select(Order.id).where(Order.buyer_id == user.id, or_(failed, in_doubt))
    if db.session.scalar(owed.limit(1)) is not None:
        yield Blocker(
            "Money of yours is still with us and could not go back to your card by itself. We look after it; please "
            "wait until you have it.",
            "Your payments",
            "invoices.payments",
        )


holdings.keeps(
    Record(
        "orders",
        "What you bought, paid and got back",
        _orders,
        _forget_orders,
        stays=(BOOKS,),
        blocks=_still_owed,
    )
)
holdings.keeps(
    Record(
        "earnings",
        "What clients paid for sessions of yours",
        _earnings,
        goes=False,
        stays=(BOOKS,),
        blocks=_still_moves,
    )
)
holdings.keeps(Record("payout_account", "Your payout account, as we know it", _account, _forget_account))
holdings.keeps(Record("payouts", "What was paid out to you", _payouts, goes=False, stays=(BOOKS,)))
