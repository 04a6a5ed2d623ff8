"""This file knows what is stored of invoices: how payees are taxed, series of numbers, what was issued and to whom.

What was issued is only ever added to. Who a client is stands beside it, sealed, since it ends with their account.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.ledger.models import LedgerBatch
from practice.store import sealed
from practice.store.append_only import append_only
from practice.store.db import Coded, Json, db, one_of
from practice.values import clock
from practice.values.money import Money

from . import policy
from .states import CORRECTS, OF_COMMISSION, InvoiceKind, TaxStatus

CORRECTING = ", ".join(f"'{each}'" for each in sorted(CORRECTS))


class TaxProfile(Coded, db.Model):
    """How a payee is taxed, from when on: the newest holds, and an invoice keeps a copy of the one of its day."""

    __tablename__ = "tax_profiles"
    __table_args__ = (
        one_of("status", TaxStatus),
        CheckConstraint("rate >= 0 AND rate <= 5000", name="rate"),
        CheckConstraint("rate = 0 OR status = 'registered'", name="only_registered_charge"),
        Index("ix_tax_profiles_payee", "payee_code", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    payee_code: Mapped[str] = mapped_column(String(22))
    status: Mapped[str] = mapped_column(String(12))
    legal_name: Mapped[str] = mapped_column(String(policy.LONGEST_NAME))
    address: Mapped[str] = mapped_column(String(policy.LONGEST_ADDRESS))
    country: Mapped[str] = mapped_column(String(2))
    tax_number: Mapped[str] = mapped_column(String(policy.LONGEST_NUMBER), default="")
    rate: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str] = mapped_column(String(policy.LONGEST_SENTENCE), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def facts(self) -> dict[str, Any]:
        """What an invoice keeps of it."""
        return {
            "name": self.legal_name,
            "address": self.address,
            "country": self.country,
            "tax_number": self.tax_number,
            "status": self.status,
            "sentence": self.sentence,
        }


class InvoiceSeries(db.Model):
    """The numbers of one issuer, kind and year; the row is locked while one is taken. The platform is issuer ""."""

    __tablename__ = "invoice_series"
    __table_args__ = (
        one_of("kind", InvoiceKind),
        UniqueConstraint("issuer", "kind", "year"),
        CheckConstraint("last >= 0", name="counts"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(22))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    prefix: Mapped[str] = mapped_column(String(3))
    last: Mapped[int] = mapped_column(default=0)


class Invoice(Coded, db.Model):
    """A receipt, an invoice or a credit note as it was issued; `name` is its number in words. Amounts include tax, and
    are above nothing on a credit note too.

    `cause` is what it is issued for, once. A receipt has the code of its line, so that its address is known beforehand.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        one_of("kind", InvoiceKind),
        CheckConstraint("gross > 0 AND tax >= 0 AND tax < gross", name="amounts"),
        CheckConstraint("number > 0", name="counted"),
        CheckConstraint(f"(corrects_id IS NOT NULL) = (kind IN ({CORRECTING}))", name="corrects_something"),
        UniqueConstraint("series_id", "number"),
        Index("ix_invoices_payee", "payee_code", "kind", "id"),
        Index("ix_invoices_recipient", "recipient_code", "id"),
        Index("ix_invoices_batch", "batch_id", "kind"),
        Index("ix_invoices_corrects", "corrects_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    series_id: Mapped[int] = mapped_column(ForeignKey(InvoiceSeries.id))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(80), unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(LedgerBatch.id))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    # Codes, also of people who have left; nobody is a buyer of commission but the payee.
    payee_code: Mapped[str] = mapped_column(String(22))
    recipient_code: Mapped[str] = mapped_column(String(22), default="")
    currency: Mapped[str] = mapped_column(String(3))
    gross: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    rate: Mapped[int]
    # The month whose commission it is about: "2026-03".
    period: Mapped[str] = mapped_column(String(7), default="")
    # Seller and, of commission, buyer, as they were.
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    happened_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    # On the clock of whoever issued it; the year is that of its number.
    issued_on: Mapped[date]
    year: Mapped[int]
    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.at", lazy="selectin")
    corrects: Mapped[Invoice | None] = relationship(remote_side="Invoice.id")

    @property
    def is_correction(self) -> bool:
        return self.kind in CORRECTS

    @property
    def is_of_commission(self) -> bool:
        return self.kind in OF_COMMISSION

    @property
    def is_receipt(self) -> bool:
        return self.kind == InvoiceKind.RECEIPT

    @property
    def total(self) -> Money:
        """What it is about, tax included; below nothing on a credit note."""
        return self.signed(self.gross)

    @property
    def tax_amount(self) -> Money:
        """The tax in it, with the same sign."""
        return self.signed(self.tax)

    @property
    def net(self) -> Money:
        """The rest."""
        return self.total - self.tax_amount

    def signed(self, amount: int) -> Money:
        """An amount of it: a credit note takes back."""
        return Money(-amount if self.is_correction else amount, self.currency)


class InvoiceLine(db.Model):
    """What one line of an order is billed with; labels are neutral."""

    __tablename__ = "invoice_lines"
    __table_args__ = (CheckConstraint("gross > 0", name="is_an_amount"), Index("ix_invoice_lines_line", "line_code"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey(Invoice.id), primary_key=True)
    at: Mapped[int] = mapped_column(primary_key=True)
    line_code: Mapped[str] = mapped_column(String(22))
    label: Mapped[str] = mapped_column(String(120))
    gross: Mapped[int] = mapped_column(BigInteger)


GUARDS = (append_only(Invoice), append_only(InvoiceLine))


class BuyerDetails(Coded, db.Model):
    """What a client wants to have on their invoices, for those that are to come."""

    __tablename__ = "buyer_details"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
    details_sealed: Mapped[str | None]
    details = sealed.Words("buyer_details")
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class InvoiceBuyer(Coded, db.Model):
    """Who an invoice is made out to, as they said when it was issued or the first time after; not changed any more."""

    __tablename__ = "invoice_buyers"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey(Invoice.id), unique=True)
    details_sealed: Mapped[str | None]
    details = sealed.Words("invoice_buyer")
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
