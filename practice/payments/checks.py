"""This file knows what must always hold of orders and payees' money: their rows, the ledger and the card processor say
the same. It adds up by plain reading, not by the rules' code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from practice.config import settings
from practice.http.formats import amount
from practice.ledger import queries as pots
from practice.ledger.chart import Balances, Pot, Whereabouts
from practice.ledger.checks import MONEY, by_order, by_payee
from practice.ledger.labels import POTS
from practice.ledger.models import LedgerBatch
from practice.sandbox.happenings import DELIVER
from practice.sandbox.models import SandboxDue
from practice.sandbox.objects import PLATFORM, lies_in
from practice.store.checks import check_of
from practice.store.db import db
from practice.values import clock
from practice.values.currencies import CURRENCIES
from practice.values.money import Money

from . import queries, under_way
from .kinds import OpKind
from .models import UNKNOWN, BankDispute, MoneyOperation, Order, OrderLine, PayeeAccount, Payout, RefundRow
from .policy.purchase import payees_of
from .states import DisputeState, PayoutState, RefundState
from .storing import purchase_of

# How far back a difference is looked for: the card processor lists no more.
LOOKS_BACK = timedelta(days=31)
ON_THE_WAY = (RefundState.SENT, RefundState.SUCCEEDED)


@check_of(MONEY)
def _states() -> Iterator[str]:
    """Every order is stored in the states that follow from it."""
    for order in db.session.scalars(select(Order).order_by(Order.id).execution_options(yield_per=500)):
        purchase = purchase_of(order)
        for stored, state in ((order.state, purchase.state), (order.dispute, purchase.dispute)):
            if stored != state:
                yield f"Order {order.code} is stored as “{stored}”, and is not."
    # Of an order that says it has none they are not read.
    unsaid = select(Order.code).where(Order.dispute == DisputeState.NONE, Order.disputes.any())
    for code in db.session.scalars(unsaid.order_by(Order.id)):
        yield f"Order {code} is stored as without a dispute, and has one."


@check_of(MONEY, at_a_glance=True)
def _orders() -> Iterator[str]:
    """Every order's rows agree with what the ledger has in its pots."""
    booked, nothing = by_order(), Balances({})
    rows = _rows_say()
    for (code, currency), due in rows.items():
        within = booked.get(code, nothing).amounts
        for pot in COMPARED:
            found = within.get((pot, currency), 0)
            if found != due[pot]:
                yield (
                    f"Order {code} has {amount(Money(found, currency))} in “{POTS[pot]}”, and its rows say "
                    f"{amount(Money(due[pot], currency))}."
                )


COMPARED = (Pot.CLIENT, Pot.OWN, Pot.LOSSES, Pot.ADVANCED, Pot.CHARGED_BACK, Pot.COMMISSION, Pot.TRANSFERRED)


def _rows_say() -> dict[tuple[str, str], dict[Pot, int]]:
    """What is in each order's pots if its rows are true: four questions, by its code and currency."""
    due: dict[tuple[str, str], dict[Pot, int]] = {}
    keys: dict[int, tuple[str, str]] = {}
    paid_in = func.coalesce(func.nullif(Order.paid_in, ""), Order.currency)
    facts = (Order.paid, Order.loss)
    for number, code, currency, paid, loss in db.session.execute(
        select(Order.id, Order.code, paid_in, *facts).order_by(Order.id)
    ):
        keys[number] = code, currency
        due[code, currency] = dict.fromkeys(COMPARED, 0) | {Pot.CLIENT: -paid, Pot.LOSSES: -loss}
    for number, state, asked in db.session.execute(select(BankDispute.order_id, BankDispute.state, BankDispute.amount)):
        if state == DisputeState.OPEN:
            due[keys[number]][Pot.ADVANCED] -= asked
        elif state == DisputeState.LOST:
            due[keys[number]][Pot.CHARGED_BACK] += asked
    for number, state, returned in db.session.execute(select(RefundRow.order_id, RefundRow.state, RefundRow.amount)):
        if state in (*ON_THE_WAY, RefundState.MANUAL):
            due[keys[number]][Pot.OWN if state == RefundState.MANUAL else Pot.CLIENT] += returned
    lines = select(OrderLine.order_id, OrderLine.kept, OrderLine.rate, OrderLine.sent - OrderLine.taken)
    for number, kept, rate, there in db.session.execute(lines):
        pots_of = due[keys[number]]
        pots_of[Pot.COMMISSION] += kept - payees_of(kept, rate, keys[number][1]) if kept else 0
        pots_of[Pot.TRANSFERRED] += there
    return due


@check_of(MONEY, at_a_glance=True)
def _payees() -> Iterator[str]:
    """What each payee has got and been paid out is what their lines and payouts say."""
    due: Counter[tuple[str, Pot, str]] = Counter()
    sent = select(OrderLine.payee_code, Order.paid_in, func.sum(OrderLine.sent - OrderLine.taken)).join(Order)
    for payee, currency, there in db.session.execute(
        sent.where(Order.paid_in != "").group_by(OrderLine.payee_code, Order.paid_in)
    ):
        due[payee, Pot.TRANSFERRED, currency] += int(there)
    for payee, currency, state, paid in _paid_out():
        due[payee, Pot.TRANSFERRED, currency] -= paid
        due[payee, Pot.IN_PAYOUT if state == PayoutState.IN_PAYOUT else Pot.PAID_OUT, currency] += paid
    booked, nothing = by_payee(), Balances({})
    for (payee, pot, currency), should in sorted(due.items()):
        found = booked.get(payee, nothing).of(pot, currency)
        if found.amount != should:
            said = amount(Money(should, currency))
            yield f"Payee {payee} has {amount(found)} in “{POTS[pot]}”, and their rows say {said}."


def _paid_out() -> list[tuple[str, str, str, int]]:
    asked = select(Payout.payee_code, Payout.currency, Payout.state, func.sum(Payout.amount))
    gone = asked.where(Payout.state.in_((PayoutState.IN_PAYOUT, PayoutState.PAID)))
    return [
        (payee, currency, state, int(paid))
        for payee, currency, state, paid in db.session.execute(
            gone.group_by(Payout.payee_code, Payout.currency, Payout.state)
        )
    ]


@check_of(MONEY, at_a_glance=True)
def _settled_as_paid() -> Iterator[str]:
    """What was earned can be sent on: it reached our balance in the currency it was paid in."""
    asked = select(Order.code, Order.currency, Order.settled_in).distinct().join(OrderLine)
    waits = (queries.IS_SETTLED_APART, OrderLine.kept > 0, OrderLine.sent == 0)
    for code, currency, settled_in in db.session.execute(asked.where(*waits).order_by(Order.code)):
        there = "another currency" if settled_in == UNKNOWN else settled_in
        yield f"Order {code} was paid in {currency} and settled in {there}: what was earned with it cannot be sent on."


@check_of(MONEY, at_a_glance=True)
def _nothing_is_lost() -> Iterator[str]:
    """Whatever was asked for is on its way to the card processor, or was answered."""
    asked = select(MoneyOperation.order_id, MoneyOperation.kind, MoneyOperation.line_at, MoneyOperation.number)
    waiting = asked.where(MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None))
    on_their_way = {tuple(row) for row in db.session.execute(waiting)}
    lines = select(OrderLine.code, OrderLine.order_id, OrderLine.at, OrderLine.tries, OrderLine.taking)
    for code, order, at, tries, taking in db.session.execute(
        lines.where((OrderLine.asked > 0) | (OrderLine.taking > 0))
    ):
        if (order, OpKind.REVERSAL if taking else OpKind.TRANSFER, at, tries) not in on_their_way:
            yield f"Line {code} waits for an answer of the card processor’s, and nobody asks."
    due = select(Order.id, Order.code, RefundRow.number).join(RefundRow, RefundRow.order_id == Order.id)
    for order, code, number in db.session.execute(due.where(RefundRow.state == RefundState.REQUESTED)):
        if (order, OpKind.REFUND, None, number) not in on_their_way:
            yield f"Refund {number} of order {code} is due, and nobody sends it."


@check_of(MONEY, at_a_glance=True)
def _left_behind() -> Iterator[str]:
    """What goes to the card processor, or came from it, is not stuck."""
    yield from under_way.stuck()


@check_of(MONEY)
def _as_at_the_sandbox() -> Iterator[str]:
    """Our ledger and the sandbox's own books say the same, as soon as nothing is on its way between the two."""
    if settings().payments != "sandbox" or _is_anything_under_way():
        return
    everything = pots.of_everybody()
    for currency in everything.currencies:
        ours, theirs = everything.lying(Whereabouts.PLATFORM, currency), Money(_there(PLATFORM, currency), currency)
        if ours != theirs:
            yield differs(ours, theirs) + as_much_as(ours, theirs)
    for accounts in comparable_accounts():
        currency = accounts[-1].currency
        ours, there = ours_on(accounts), Money(sum(_there(each.name, currency) for each in accounts), currency)
        if ours != there:
            yield on_accounts([each.code for each in accounts], ours, there)


def differs(ours: Money, theirs: Money) -> str:
    """That our balance there is not what we think, in words."""
    return f"The ledger has {amount(ours)} on our balance at the card processor, which says {amount(theirs)}."


def comparable_accounts() -> list[list[PayeeAccount]]:
    """All accounts that each payee has had in one currency, the newest last: the ledger keeps them in one pot."""
    found: dict[tuple[int, str], list[PayeeAccount]] = {}
    asked = select(PayeeAccount).where(PayeeAccount.name != "")
    for each in db.session.scalars(asked.order_by(PayeeAccount.id)):
        found.setdefault((each.payee_id, each.currency), []).append(each)
    return list(found.values())


def ours_on(accounts: Sequence[PayeeAccount]) -> Money:
    """What the ledger has on such accounts together."""
    newest = accounts[-1]
    return pots.of_payee(newest.payee_code).of(Pot.TRANSFERRED, newest.currency)


def on_accounts(codes: Sequence[str], ours: Money, theirs: Money) -> str:
    """That something else lies on a payee's accounts than the ledger has there, in words."""
    where = " and ".join(codes)
    return f"The ledger has {amount(ours)} on account {where}, and the card processor says {amount(theirs)}."


def as_much_as(ours: Money, theirs: Money) -> str:
    """The one order with which as much was booked lately as a difference is, in words; "" where there is none, or
    more than one."""
    since = clock.now() - LOOKS_BACK
    apart = abs(ours.amount - theirs.amount)
    asked = select(LedgerBatch.order_code).where(LedgerBatch.total == apart, LedgerBatch.currency == ours.currency)
    asked = asked.where(LedgerBatch.order_code != "", LedgerBatch.at > since).distinct().limit(2)
    found = db.session.scalars(asked).all()
    return f" As much was booked with order {found[0]}." if len(found) == 1 else ""


def _there(account: str, currency: str) -> int:
    """What lies in an account at the sandbox, in our smallest unit."""
    return lies_in(account, currency.lower(), now_only=False) // CURRENCIES[currency].factor


def _is_anything_under_way() -> bool:
    since = clock.now() - under_way.PASSES_WITHIN
    lately = (SandboxDue.done_at.is_(None), SandboxDue.kind == DELIVER, SandboxDue.due_at > since)
    unsent = select(SandboxDue.number).where(*lately).limit(1)
    return under_way.is_anything() or db.session.scalar(unsent) is not None
