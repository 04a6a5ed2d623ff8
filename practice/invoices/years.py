"""This file knows what a year of invoices came to, for a client and for a practice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select

from practice.accounts.models import User
from practice.config import settings
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.payments.models import BankDispute, Order, OrderLine, RefundRow
from practice.payments.states import ASKED_BACK, DisputeState, RefundState
from practice.store.db import db
from practice.values.money import Money

from .models import Invoice
from .states import CORRECTS, InvoiceKind

K = InvoiceKind


def years_of_client(user: User) -> list[int]:
    """The years in which they got something, also money back, the newest first."""
    return sorted(
        {*_years(Invoice.recipient_code == user.code), *(year for year, _ in _given_back(user))}, reverse=True
    )


def years_of_practice(user: User) -> list[int]:
    """The years in which something was issued, the newest first."""
    return _years(Invoice.payee_code == user.code)


def _years(whose: ColumnElement[bool]) -> list[int]:
    return list(db.session.scalars(select(Invoice.year).where(whose).distinct().order_by(Invoice.year.desc())))


@dataclass(frozen=True)
class Year:
    """What a year came to in one currency; what went back has its sign."""

    currency: str
    amounts: dict[InvoiceKind, int]
    tax: int
    # What a client has back, as the ledger has it: no paper need be written about it.
    back: int = 0

    def of(self, kind: str) -> Money:
        """Of one kind."""
        kind = InvoiceKind(kind)
        amount = self.amounts.get(kind, 0)
        return Money(-amount if kind in CORRECTS else amount, self.currency)

    @property
    def turnover(self) -> Money:
        """What was billed to clients and not taken back."""
        return self.of(K.INVOICE) + self.of(K.CREDIT_NOTE)

    @property
    def tax_of_turnover(self) -> Money:
        """The tax in that."""
        return Money(self.tax, self.currency)

    @property
    def commission(self) -> Money:
        """What the platform billed and did not take back."""
        return self.of(K.COMMISSION) + self.of(K.COMMISSION_CREDIT)

    @property
    def given_back(self) -> Money:
        """What a client has back, below nothing."""
        return Money(-self.back, self.currency)

    @property
    def paid(self) -> Money:
        """What a client paid and did not get back."""
        return self.of(K.RECEIPT) + self.given_back


def year_of_client(user: User, year: int) -> list[Year]:
    """What they paid and got back, by currency."""
    found = {each.currency: each for each in _totals(Invoice.recipient_code == user.code, year)}
    for (when, currency), back in _given_back(user).items():
        if when == year:
            found[currency] = replace(found.get(currency) or Year(currency, {}, 0), back=back)
    return [found[currency] for currency in sorted(found)]


def _given_back(user: User) -> Counter[tuple[int, str]]:
    """What of what they had paid for is not to be paid any more, by year and currency."""
    found: Counter[tuple[int, str]] = Counter()
    for each in _each_given_back(user):
        found[each.on.year, each.money.currency] += each.money.amount
    return found


class Way(StrEnum):
    """How far what goes back has come."""

    HELD = "held"  # the bank of the card is to decide first
    ASKED = "asked"
    SENT = "sent"
    FAILED = "failed"  # the bank did not take it, so a person pays it
    MANUAL = "manual"
    BY_BANK = "by_bank"  # the bank took it from us, and gave it back itself


@dataclass(frozen=True)
class Back:
    """Something of a payment that is not to be paid any more: since which day of the platform's clock (`at` is UTC),
    of which line, how much."""

    at: datetime
    line: str
    label: str
    money: Money
    way: Way

    @property
    def on(self) -> date:
        return day_of(self.at)


def day_of(instant: datetime) -> date:
    """The day of an instant on the platform's clock: papers about one payment have one day for it, whoever reads."""
    return instant.astimezone(ZoneInfo(settings().zone)).date()


def is_paid_in(line: OrderLine, year: int) -> bool:
    """Whether a line was paid in that year."""
    return line.order.paid_at is not None and day_of(line.order.paid_at).year == year


def given_back(user: User, year: int | None = None) -> list[Back]:
    """Each time that something went back to them, in order; in a year, or ever."""
    return [each for each in _each_given_back(user) if year in (None, each.on.year)]


# How far a refund has come, by its state; one that was refused never left, and another takes its place.
WAYS = {
    RefundState.REQUESTED: None,
    RefundState.SENT: Way.SENT,
    RefundState.SUCCEEDED: Way.SENT,
    RefundState.FAILED: Way.FAILED,
    RefundState.MANUAL: Way.MANUAL,
}
Piece = tuple[int, Way | None]


def _each_given_back(user: User) -> Iterator[Back]:
    """In order; what went back by more than one way is as many."""
    asked = (
        select(LedgerBatch.at, LedgerBatch.currency, LedgerBatch.total, OrderLine.code, OrderLine.label, Order.id)
        .add_columns(Order.dispute)
        .join(Order, Order.code == LedgerBatch.order_code)
        .join(LedgerPosting, and_(LedgerPosting.batch_id == LedgerBatch.id, LedgerPosting.number == 1))
        .outerjoin(OrderLine, OrderLine.code == LedgerPosting.line_code)
        .where(Order.buyer_id == user.id, LedgerBatch.event == Event.UNEARNED)
        .order_by(LedgerBatch.id)
    )
    rows = db.session.execute(asked).all()
    totals: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        totals[row.id].append(row.total)
    went = _went_back(user) if rows else {}
    ways = {order: iter(in_ways(each, went.get(order, []))) for order, each in totals.items()}
    for at, currency, _, line, label, order, dispute in rows:
        still = Way.HELD if dispute in ASKED_BACK else Way.ASKED
        for amount, way in next(ways[order]):
            yield Back(at, line or "", label or "", Money(amount, currency), way or still)


def _went_back(user: User) -> dict[int, list[Piece]]:
    """By order what was sent back, or is to be, and what a bank took for good."""
    found: dict[int, list[Piece]] = defaultdict(list)
    refunds = select(RefundRow.order_id, RefundRow.amount, RefundRow.state).join(Order)
    for order, amount, state in db.session.execute(
        refunds.where(Order.buyer_id == user.id, RefundRow.state.in_(WAYS)).order_by(RefundRow.number)
    ):
        found[order].append((amount, WAYS[RefundState(state)]))
    lost = select(BankDispute.order_id, BankDispute.amount).join(Order, Order.id == BankDispute.order_id)
    for order, amount in db.session.execute(
        lost.where(Order.buyer_id == user.id, BankDispute.state == DisputeState.LOST)
    ):
        found[order].append((amount, Way.BY_BANK))
    return found


def in_ways(totals: Sequence[int], pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Each of these amounts as it went back: by the piece that is as much, else by what is left of all of them, in
    order; what nothing went back of yet has no way."""
    # Of what did not arrive nothing is left once it has come back another way.
    left, found = [each for each in pieces if each[0]], dict[int, list[Piece]]()
    for place, total in enumerate(totals):
        if (same := next((each for each in left if each[0] == total), None)) is not None:
            left.remove(same)
            found[place] = [same]
    for place, total in enumerate(totals):
        if place not in found:
            found[place] = _taken_from(left, total)
    return [found[place] for place in range(len(totals))]


def _taken_from(left: list[Piece], total: int) -> list[Piece]:
    found: list[Piece] = []
    while total:
        amount, way = left.pop(0) if left else (total, None)
        if amount > total:
            left.insert(0, (amount - total, way))
        found.append((min(amount, total), way))
        total -= found[-1][0]
    return found


def year_of_practice(user: User, year: int) -> list[Year]:
    """What they billed, took back and were billed, by currency."""
    return _totals(Invoice.payee_code == user.code, year)


def _totals(whose: ColumnElement[bool], year: int) -> list[Year]:
    asked = (
        select(Invoice.currency, Invoice.kind, func.sum(Invoice.gross), func.sum(Invoice.tax))
        .where(whose, Invoice.year == year)
        .group_by(Invoice.currency, Invoice.kind)
        .order_by(Invoice.currency)
    )
    amounts: dict[str, dict[InvoiceKind, int]] = defaultdict(dict)
    tax: dict[str, int] = defaultdict(int)
    for currency, kind, gross, taxed in db.session.execute(asked):
        amounts[currency][InvoiceKind(kind)] = int(gross)
        if kind in (K.INVOICE, K.CREDIT_NOTE):
            tax[currency] += -int(taxed) if kind == K.CREDIT_NOTE else int(taxed)
    return [Year(currency, found, tax[currency]) for currency, found in amounts.items()]
