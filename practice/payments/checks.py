"""This file knows what must always hold of orders and payees' money: their rows, the ledger and the card processor say
the same. It adds up by plain reading, not by the rules' code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from practice.config import settings
from practice.http.formats import amount
from practice.ledger import queries as pots
from practice.ledger.chart import Balances, Pot, Whereabouts
from practice.sandbox.happenings import DELIVER
from practice.sandbox.models import SandboxDue
from practice.sandbox.objects import PLATFORM, lies_in
from practice.store.checks import check
from practice.store.db import db
from practice.values import clock
from practice.values.currencies import CURRENCIES
from practice.values.money import Money

from .kinds import OpKind
from .models import MoneyOperation, Order, OrderLine, PayeeAccount, Payout, StripeEvent
from .states import DisputeState, PayoutState, RefundState
from .storing import purchase_of

# What is due is told within seconds; what nobody has told for so long was forgotten by everybody.
FORGOTTEN = timedelta(hours=2)
ON_THE_WAY = (RefundState.SENT, RefundState.SUCCEEDED)


@check
def _orders() -> Iterator[str]:
    """Every order's rows agree with what the ledger has in its pots."""
    booked, nothing = pots.by_order(), Balances({})
    for order in db.session.scalars(select(Order).order_by(Order.id).execution_options(yield_per=500)):
        if order.state != purchase_of(order).state:
            yield f"Order {order.code} is stored as “{order.state}”, and is not."
        within, currency = booked.get(order.code, nothing), order.paid_in or order.currency
        for pot, due in _expected(order).items():
            found = within.of(pot, currency).amount
            if found != due:
                yield (
                    f"Order {order.code} has {amount(Money(found, currency))} in “{pot}”, and its rows say "
                    f"{amount(Money(due, currency))}."
                )


def _expected(order: Order) -> Counter[Pot]:
    """What is in each of an order's pots if its rows are true."""
    purchase, due = purchase_of(order), Counter[Pot]()
    due[Pot.CLIENT] = sum(each.amount for each in order.refunds if each.state in ON_THE_WAY) - order.paid
    due[Pot.OWN] = sum(each.amount for each in order.refunds if each.state == RefundState.MANUAL)
    due[Pot.LOSSES] = -order.loss
    due[Pot.ADVANCED] = -order.disputed if order.dispute == DisputeState.OPEN else 0
    due[Pot.CHARGED_BACK] = order.disputed if order.dispute == DisputeState.LOST else 0
    for line in purchase.lines:
        theirs = purchase.payees(line)
        due[Pot.COMMISSION] += line.kept - theirs
        due[Pot.TRANSFERRED] += line.sent - line.taken
    return due


@check
def _payees() -> Iterator[str]:
    """What each payee has earned, got and been paid out is what their lines and payouts say."""
    due: Counter[tuple[str, Pot, str]] = Counter()
    for order in db.session.scalars(select(Order).where(Order.paid_in != "").execution_options(yield_per=500)):
        purchase = purchase_of(order)
        for row, line in zip(order.lines, purchase.lines, strict=True):
            due[row.payee_code, Pot.TRANSFERRED, order.paid_in] += line.sent - line.taken
    for payee, currency, state, paid in _paid_out():
        due[payee, Pot.TRANSFERRED, currency] -= paid
        due[payee, Pot.IN_PAYOUT if state == PayoutState.IN_PAYOUT else Pot.PAID_OUT, currency] += paid
    booked, nothing = pots.by_payee(), Balances({})
    for (payee, pot, currency), should in sorted(due.items()):
        found = booked.get(payee, nothing).of(pot, currency)
        if found.amount != should:
            yield f"Payee {payee} has {amount(found)} in “{pot}”, and their rows say {amount(Money(should, currency))}."


def _paid_out() -> list[tuple[str, str, str, int]]:
    asked = select(Payout.payee_code, Payout.currency, Payout.state, func.sum(Payout.amount))
    gone = asked.where(Payout.state.in_((PayoutState.IN_PAYOUT, PayoutState.PAID)))
    return [
        (payee, currency, state, int(paid))
        for payee, currency, state, paid in db.session.execute(
            gone.group_by(Payout.payee_code, Payout.currency, Payout.state)
        )
    ]


@check
def _nothing_is_lost() -> Iterator[str]:
    """Whatever was asked for is on its way to the card processor, or was answered."""
    asked = select(MoneyOperation.order_id, MoneyOperation.kind, MoneyOperation.line_at, MoneyOperation.number)
    waiting = asked.where(MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None))
    on_their_way = {tuple(row) for row in db.session.execute(waiting)}
    lines = select(OrderLine).where((OrderLine.asked > 0) | (OrderLine.taking > 0))
    for line in db.session.scalars(lines):
        kind = OpKind.REVERSAL if line.taking else OpKind.TRANSFER
        if (line.order_id, kind, line.at, line.tries) not in on_their_way:
            yield f"Line {line.code} waits for an answer of the card processor’s, and nobody asks."
    for order in db.session.scalars(select(Order).where(Order.refunds.any(state=RefundState.REQUESTED))):
        for each in order.refunds:
            is_asked = (order.id, OpKind.REFUND, None, each.number) in on_their_way
            if each.state == RefundState.REQUESTED and not is_asked:
                yield f"Refund {each.number} of order {order.code} is due, and nobody sends it."


@check
def _left_behind() -> Iterator[str]:
    before = clock.now() - FORGOTTEN
    untold = select(MoneyOperation.code).where(
        MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None), MoneyOperation.due_at < before
    )
    for code in db.session.scalars(untold):
        yield f"Operation {code} has been due for hours, and nobody told the card processor."
    unread = select(StripeEvent.id).where(StripeEvent.processed_at.is_(None), StripeEvent.due_at < before)
    for name in db.session.scalars(unread):
        yield f"Message {name} has been here for hours, and nobody looked at it."


@check
def _as_at_the_sandbox() -> Iterator[str]:
    """Our ledger and the sandbox's own books say the same, as soon as nothing is on its way between the two."""
    if settings().payments != "sandbox" or _is_anything_under_way():
        return
    everything = pots.of_everybody()
    for currency in everything.currencies:
        ours, theirs = everything.lying(Whereabouts.PLATFORM, currency), _there(PLATFORM, currency)
        if ours.amount != theirs:
            yield f"The ledger has {amount(ours)} on our balance at the card processor, which says {theirs}."
    for account in db.session.scalars(select(PayeeAccount).where(PayeeAccount.name != "")):
        yield from _account_as_there(account)


def _account_as_there(account: PayeeAccount) -> Iterator[str]:
    others = select(func.count()).where(PayeeAccount.payee_id == account.payee_id)
    if (db.session.scalar(others) or 0) > 1:
        return  # what lies where is not told apart in the ledger
    ours = pots.of_payee(account.payee_code).of(Pot.TRANSFERRED, account.currency)
    theirs = _there(account.name, account.currency)
    if ours.amount != theirs:
        yield f"The ledger has {amount(ours)} on account {account.code}, and the card processor says {theirs}."


def _there(account: str, currency: str) -> int:
    """What lies in an account at the sandbox, in our smallest unit."""
    return lies_in(account, currency.lower(), now_only=False) // CURRENCIES[currency].factor


def _is_anything_under_way() -> bool:
    waits = (
        select(MoneyOperation.id).where(MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None)),
        select(StripeEvent.id).where(StripeEvent.processed_at.is_(None)),
        select(SandboxDue.number).where(SandboxDue.done_at.is_(None), SandboxDue.kind == DELIVER),
    )
    return any(db.session.scalar(each.limit(1)) is not None for each in waits)
