"""This file knows what a year of invoices came to, for a client and for a practice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from practice.accounts.models import User
from practice.store.db import db
from practice.values.money import Money

from .models import Invoice
from .states import CORRECTS, InvoiceKind

K = InvoiceKind


def years_of_client(user: User) -> list[int]:
    """The years in which they got something, the newest first."""
    return _years(Invoice.recipient_code == user.code)


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
    def paid(self) -> Money:
        """What a client paid and did not get back."""
        return self.of(K.RECEIPT) + self.of(K.CREDIT_NOTE)


def year_of_client(user: User, year: int) -> list[Year]:
    """What they paid and got back, by currency."""
    return _totals(Invoice.recipient_code == user.code, year)


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
