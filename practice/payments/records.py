"""This file knows what the payments room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import select, update

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
from .models import Order, PayeeAccount

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
            "what": [line.label for line in order.lines],
            "price": amount(order.total),
            "state": order.state,
            "began": iso(order.created_at),
            "paid": iso(order.paid_at),
            "returned": [
                {"amount": amount(Money(each.amount, order.paid_in or order.currency)), "at": iso(each.changed_at)}
                for each in order.refunds
            ],
        }
        for order in queries.orders_of_buyer(user)
    ]


def _forget_orders(user: User) -> None:
    """Nobody's any more; what is still to come back goes back to the card."""
    theirs = select(Order.id).where(Order.buyer_id == user.id)
    words = {"words_sealed": None, "answer_sealed": None}
    changed(update(MoneyProposal).where(MoneyProposal.order_id.in_(theirs)).values(words))
    nobody = {"buyer_id": None, "person_key": hash_of(secrets.token_urlsafe(32))}
    changed(update(Order).where(Order.buyer_id == user.id).values(nobody))


def _earnings(user: User) -> Rows:
    return [
        {
            "what": line.label,
            "price": amount(Money(line.price, line.order.currency)),
            "commission_in_basis_points": line.rate,
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
        {"amount": amount(each.money), "state": each.state, "at": iso(each.made_at)}
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


holdings.keeps(Record("orders", "What you bought, paid and got back", _orders, _forget_orders, stays=(BOOKS,)))
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
