"""This file knows every read of the earnings page: a fixed number of questions, however much somebody has earned."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from practice.accounts.models import User
from practice.ledger import queries as pots
from practice.ledger.chart import Pot
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.store.db import db
from practice.values.currencies import CURRENCIES
from practice.values.money import Money

from . import fulfilment
from .earned import Departure, Earned
from .models import Order, OrderLine, Payout
from .policy.purchase import Line, payees_of
from .states import DisputeState, PaymentState, PayoutState, Seat
from .storing import OF_LINE

SUBJECT = ("subject_kind", "subject_code")
# What leaves a balance for the bank, or comes back from there, takes no line with it.
PAYOUTS = (Event.PAYOUT_SENT, Event.PAYOUT_PAID, Event.PAYOUT_FAILED, Event.PAYOUT_RETURNED)


class Show(StrEnum):
    """Which lines are listed."""

    ALL = "all"
    WAITING = "waiting"
    BACK = "back"


@dataclass(frozen=True)
class Within:
    """Which of somebody's lines are meant: paid from then on, before then, and what of them."""

    payee: User
    begins: datetime | None = None
    ends: datetime | None = None
    show: Show = Show.ALL

    @property
    def where(self) -> list[ColumnElement[bool]]:
        found = [OrderLine.payee_code == self.payee.code, Order.payment == PaymentState.PAID]
        # What could not be had and went back whole was never anything that they sold.
        found.append(OrderLine.seat.in_((Seat.TAKEN, Seat.GIVEN_UP)))
        if self.begins is not None:
            found.append(Order.paid_at >= self.begins)
        if self.ends is not None:
            found.append(Order.paid_at < self.ends)
        if self.show == Show.WAITING:
            found.append(and_(OrderLine.kept > 0, OrderLine.sent == 0))
        if self.show == Show.BACK:
            found.append(OrderLine.back > 0)
        return found


# ---------------------------------------------------------------- what is where


@dataclass(frozen=True)
class Balance:
    """What of somebody's money in one currency is where: `pending` is all that has not reached their balance, whatever
    it waits for, `available` what lies there; `debt` is what they owe."""

    pending: Money
    available: Money
    on_its_way: Money
    paid: Money
    debt: Money


def balances(payee: User, payouts: Iterable[Payout]) -> list[Balance]:
    """By currency; what was asked for and has not left is on its way as well."""
    within = pots.of_payee(payee.code)
    leaving: dict[str, int] = defaultdict(int)
    for each in payouts:
        leaving[each.currency] += each.amount if each.state == PayoutState.PENDING else 0
    return [_balance(within, currency, Money(leaving[currency], currency)) for currency in within.currencies]


def _balance(within: Any, currency: str, leaving: Money) -> Balance:
    nothing = Money(0, currency)
    return Balance(
        # What is due and not sent may wait for a bank, a complaint or an account: only what was sent can be paid out.
        pending=within.of(Pot.PENDING, currency) + within.of(Pot.AVAILABLE, currency),
        available=within.of(Pot.TRANSFERRED, currency) - leaving,
        on_its_way=within.of(Pot.IN_PAYOUT, currency) + leaving,
        paid=within.of(Pot.PAID_OUT, currency),
        debt=nothing - within.of(Pot.DEBT, currency),
    )


# ---------------------------------------------------------------- sums


@dataclass(frozen=True)
class Total:
    """What some lines came to in one currency."""

    count: int
    price: Money
    yours: Money
    ours: Money
    back: Money


def totals(within: Within) -> list[Total]:
    """What these lines came to, by currency."""
    sums = (func.count(), func.sum(OrderLine.price), func.sum(OrderLine.back))
    by = (Order.currency, OrderLine.rate, OrderLine.kept)
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for currency, rate, kept, count, price, back in db.session.execute(_of(select(*by, *sums), within).group_by(*by)):
        theirs = payees_of(kept, rate, currency)
        more = (count, price, theirs * count, (kept - theirs) * count, back)
        found[currency] = [old + int(new) for old, new in zip(found[currency], more, strict=True)]
    return [
        Total(count, *(Money(each, currency) for each in amounts))
        for currency, (count, *amounts) in sorted(found.items())
    ]


def first_paid_at(payee: User) -> datetime | None:
    """When something of theirs was paid for the first time."""
    found: datetime | None = db.session.scalar(_of(select(func.min(Order.paid_at)), Within(payee)))
    return found


def paid_between(within: Within) -> list[tuple[datetime, Money]]:
    """When each line was paid, and what of it is the payee's; for sums by time."""
    rows = db.session.execute(_of(select(Order.paid_at, Order.currency, OrderLine.kept, OrderLine.rate), within))
    return [(at, Money(payees_of(kept, rate, currency), currency)) for at, currency, kept, rate in rows]


# ---------------------------------------------------------------- line by line


def lines(within: Within, payouts: Sequence[Payout], *, offset: int = 0, limit: int | None = None) -> list[Earned]:
    """The lines, the newest first, each with the payout that it went with."""
    columns = (getattr(OrderLine, name) for name in ("code", "label", "seat", "ripe_at", *SUBJECT, *OF_LINE))
    asked = select(*columns, Order.currency, Order.paid_at, Order.dispute, User.display_name)
    ordered = _of(asked, within).outerjoin(User, User.id == Order.buyer_id).order_by(OrderLine.id.desc())
    rows = db.session.execute(ordered.offset(offset).limit(limit)).all()
    chosen = _choosing(rows)
    arrived = _arrived(within.payee, [row.code for row in rows] if limit is not None else None)
    gone = {currency: _Departures(payouts, currency) for currency in {row.currency for row in rows}}
    departed = [gone[row.currency].of(arrived.get(row.code)) for row in rows]
    return [_earned(row, at, chosen.get(row.subject_code)) for row, at in zip(rows, departed, strict=True)]


def _choosing(rows: Sequence[Any]) -> dict[str, datetime]:
    """Until when buyers choose what becomes of the money for what; of lines that wait, since of others nobody does."""
    codes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row.sent:
            codes[row.subject_kind].append(row.subject_code)
    return fulfilment.choosing(codes)


def _of(asked: Any, within: Within) -> Any:
    return asked.select_from(OrderLine).join(Order, Order.id == OrderLine.order_id).where(*within.where)


def _earned(row: Any, departure: Departure | None, chooses_until: datetime | None) -> Earned:
    return Earned(
        code=row.code,
        label=row.label,
        buyer_name=row.display_name,
        paid_at=row.paid_at,
        ripe_at=row.ripe_at,
        currency=row.currency,
        dispute=DisputeState(row.dispute),
        line=Line(seat=Seat(row.seat), **{name: getattr(row, name) for name in OF_LINE}),
        departure=departure,
        chooses_until=chooses_until,
    )


@dataclass(frozen=True)
class _Arrived:
    """When a line reached its payee's balance, and how much had come there in all by then, in the smallest unit."""

    at: datetime
    through: int


def _arrived(payee: User, codes: Sequence[str] | None) -> dict[str, _Arrived]:
    """For lines: of these, or of all."""
    there = or_(LedgerPosting.source == Pot.TRANSFERRED, LedgerPosting.target == Pot.TRANSFERRED)
    signed = case((LedgerPosting.target == Pot.TRANSFERRED, LedgerPosting.amount), else_=-LedgerPosting.amount)
    order = (LedgerPosting.batch_id, LedgerPosting.number)
    through = func.sum(signed).over(partition_by=LedgerPosting.currency, order_by=order).label("through")
    moved = (
        select(LedgerPosting.line_code, LedgerBatch.event, LedgerBatch.at, through)
        .join(LedgerBatch, LedgerBatch.id == LedgerPosting.batch_id)
        .where(LedgerPosting.payee == payee.code, there, LedgerBatch.event.not_in(PAYOUTS))
        .subquery()
    )
    came = select(moved.c.line_code, func.max(moved.c.at), func.max(moved.c.through)).group_by(moved.c.line_code)
    found = came.where(moved.c.event == Event.TRANSFERRED)
    rows = db.session.execute(found if codes is None else found.where(moved.c.line_code.in_(codes)))
    return {code: _Arrived(at, int(amount)) for code, at, amount in rows}


class _Departures:
    """The payouts of one currency with which money went, in their order, and how much had gone by each."""

    def __init__(self, payouts: Sequence[Payout], currency: str) -> None:
        """`payouts` are the newest first; what failed did not go. Less than banks take stays behind and makes no line
        wait."""
        self.payouts = [
            each for each in reversed(payouts) if each.currency == currency and each.state != PayoutState.FAILED
        ]
        self.made_at = [each.made_at for each in self.payouts]
        _, *self.gone = accumulate((each.amount for each in self.payouts), initial=CURRENCIES[currency].payout_step - 1)

    def of(self, line: _Arrived | None) -> Departure | None:
        """The one with which the last of a line went: what came first goes first."""
        if line is None:
            return None
        at = max(bisect_left(self.made_at, line.at), bisect_left(self.gone, line.through))
        found = self.payouts[at] if at < len(self.payouts) else None
        return Departure(found.code, PayoutState(found.state), found.made_at) if found is not None else None
