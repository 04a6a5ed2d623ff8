"""This file knows the weekly run: what a payee owes is settled from their balance, and the rest goes to their bank."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from practice.ledger import queries as pots
from practice.ledger.chart import Pot
from practice.providers.stripe_gateway import money
from practice.providers.stripe_gateway.client import Gateway, gateway
from practice.providers.stripe_gateway.errors import PaymentsOff, StripeProblem
from practice.providers.stripe_gateway.values import AccountState, Balance
from practice.store import audit
from practice.store.db import db, new_code, transactional
from practice.values import clock
from practice.values.money import Money
from practice.work.each import one_by_one

from . import queries
from .actions import turn
from .actions.turning import new_operation
from .kinds import OpKind
from .models import Order, OrderLine, PayeeAccount, Payout
from .policy import events
from .policy.payouts import weekly
from .states import PayoutState

MONDAY, HOUR = 0, 6  # of UTC


def week_of(now: datetime) -> datetime:
    """When the run of this week began (UTC): the last Monday, six o'clock."""
    monday = now.replace(hour=HOUR, minute=0, second=0, microsecond=0) - timedelta(days=(now.weekday() - MONDAY) % 7)
    return monday if monday <= now else monday - timedelta(days=7)


def run() -> int:
    """See to every account that this week's run has not seen yet; how many payouts were asked for."""
    with suppress(PaymentsOff):
        way = gateway()
        return one_by_one("account", _waiting(), lambda row: _see_to(row, way), passing=(StripeProblem,))
    return 0


def _waiting() -> Sequence[PayeeAccount]:
    unseen = or_(PayeeAccount.run_at.is_(None), PayeeAccount.run_at < week_of(clock.now()))
    can = (PayeeAccount.state == AccountState.READY, PayeeAccount.pays_out, PayeeAccount.by_hand)
    asked = select(PayeeAccount).where(*can, PayeeAccount.ended_at.is_(None), unseen).order_by(PayeeAccount.id)
    return db.session.scalars(asked).all()


def _see_to(row: PayeeAccount, way: Gateway) -> bool:
    name = row.name
    db.session.rollback()
    balance = money.balance(way, name)
    settle(row, balance)
    return pay_out(row, balance)


@transactional
def settle(row: PayeeAccount, balance: Balance) -> None:
    """What they owe for lines is taken back where their balance holds it now."""
    left = balance.to_be_had(row.currency).amount
    owing = select(OrderLine).where(OrderLine.payee_code == row.payee_code, OrderLine.debt > 0).order_by(OrderLine.id)
    for line in db.session.scalars(owing).all():
        if line.order.paid_in == row.currency and line.debt <= left:
            left -= line.debt
            turn(line.order, events.DebtDue(line.at))


@transactional
def pay_out(row: PayeeAccount, balance: Balance) -> bool:
    """What is theirs and can be had goes to their bank, if it is worth it; noted as seen to either way."""
    row = db.session.get_one(PayeeAccount, row.id, with_for_update=True, populate_existing=True)
    if row.run_at is not None and row.run_at >= week_of(clock.now()):
        return False
    row.run_at = clock.now()
    on_balance = min(_theirs(row), balance.to_be_had(row.currency))
    goes = weekly(on_balance, queries.payout_least(row.currency))
    if goes.is_free:
        return False
    payout = Payout(
        code=new_code(),
        account_id=row.id,
        payee_id=row.payee_id,
        payee_code=row.payee_code,
        currency=row.currency,
        amount=goes.amount,
    )
    db.session.add(payout)
    db.session.flush()
    db.session.add(new_operation(OpKind.PAYOUT, payout_id=payout.id, account_id=row.id, amount=payout.amount))
    audit.record("payout.asked", f"payout:{payout.code}", actor=None)
    return True


def _theirs(row: PayeeAccount) -> Money:
    """What lies on their balance as our ledger has it, but for what is being taken back or paid out."""
    lies = pots.of_payee(row.payee_code).of(Pot.TRANSFERRED, row.currency).amount
    taking = select(func.coalesce(func.sum(OrderLine.taking), 0)).join(Order)
    taking = taking.where(OrderLine.payee_code == row.payee_code, Order.currency == row.currency)
    leaving = select(func.coalesce(func.sum(Payout.amount), 0)).where(
        Payout.payee_code == row.payee_code, Payout.state == PayoutState.PENDING, Payout.currency == row.currency
    )
    return Money(lies - int(db.session.scalar(taking) or 0) - int(db.session.scalar(leaving) or 0), row.currency)
