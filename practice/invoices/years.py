"""This file knows what a year of invoices came to, for a client and for a practice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select

from practice.accounts.models import User
from practice.config import settings
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.payments.models import Order, OrderLine, RefundRow
from practice.payments.states import ASKED_BACK, RefundState
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


# What has left for the card, or was paid another way.
SENT = (RefundState.SENT, RefundState.SUCCEEDED, RefundState.MANUAL)


def _each_given_back(user: User) -> Iterator[Back]:
    """In order; of one order what went back first was sent first."""
    sent = select(func.coalesce(func.sum(RefundRow.amount), 0)).where(RefundRow.state.in_(SENT))
    left = sent.where(RefundRow.order_id == Order.id).correlate(Order).scalar_subquery()
    columns = (OrderLine.code, OrderLine.label, Order.id, Order.dispute, left)
    asked = (
        select(LedgerBatch.at, LedgerBatch.currency, LedgerBatch.total, *columns)
        .join(Order, Order.code == LedgerBatch.order_code)
        .join(LedgerPosting, and_(LedgerPosting.batch_id == LedgerBatch.id, LedgerPosting.number == 1))
        .outerjoin(OrderLine, OrderLine.code == LedgerPosting.line_code)
        .where(Order.buyer_id == user.id, LedgerBatch.event == Event.UNEARNED)
        .order_by(LedgerBatch.id)
    )
    through: Counter[int] = Counter()
    for at, currency, total, line, label, order, dispute, gone in db.session.execute(asked):
        through[order] += total
        way = Way.SENT if through[order] <= gone else Way.HELD if dispute in ASKED_BACK else Way.ASKED
        yield Back(at, line or "", label or "", Money(total, currency), way)


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
