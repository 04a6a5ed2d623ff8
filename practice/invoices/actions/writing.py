"""This file knows how what the ledger says of a line becomes its receipt, its invoice and its credit notes."""

from __future__ import annotations

from typing import Any

from practice.config import settings
from practice.http import clocks
from practice.invoices import queries
from practice.invoices.models import Invoice, TaxProfile
from practice.invoices.policy import prefix_of, tax_back, tax_in
from practice.invoices.queries import Booked
from practice.invoices.states import InvoiceKind
from practice.ledger.events import Event
from practice.payments.models import OrderLine
from practice.store.db import transactional
from practice.values import clock
from practice.work.each import one_by_one

from .issuing import Draft, Issuer, issue
from .people import put_buyer_on

K = InvoiceKind
A_BATCH = 500


def write_about(line_code: str) -> int:
    """Write what is still missing about one line; how many were issued."""
    return sum(map(write, queries.waiting(queries.of_line(line_code), limit=A_BATCH)))


def write_all(*where: Any) -> int:
    """Write whatever is missing, the oldest first, each in a transaction of its own; how many were issued. One that
    fails keeps none after it from being written, and staff hear of it."""
    issued: list[int] = []
    waiting = queries.waiting(*where, limit=A_BATCH)
    one_by_one("batch", waiting, lambda each: issued.append(write(each)), named=lambda each: each.batch)
    return sum(issued)


@transactional
def write(booked: Booked) -> int:
    """All that one entry of the ledger asks for and that can be written by now; how many were issued.

    A receipt and an invoice for what was earned, a credit note for what is no more. A second time nothing is missing.
    """
    found = queries.line_of(booked.line)
    if found is None:
        return 0  # the check-up names it
    line, order, buyer = found
    profile = queries.profile_of(booked.payee)
    writing = _Writing(booked, line, order, buyer, profile)
    made = writing.about_earned() if booked.event == Event.EARNED else writing.about_returned()
    issued = [each for each in made if each is not None]
    for each in issued:
        put_buyer_on(each)
    return len(issued)


class _Writing:
    """One entry of the ledger, with whom it is about."""

    def __init__(self, booked: Booked, line: OrderLine, order: str, buyer: str, profile: TaxProfile | None) -> None:
        self.booked, self.line, self.order, self.buyer, self.profile = booked, line, order, buyer, profile

    def about_earned(self) -> list[Invoice | None]:
        """A receipt at once; an invoice as soon as its issuer has said how they are taxed."""
        rate = self.profile.rate if self.profile else 0
        tax = tax_in(self.booked.amount.amount, rate)
        receipt = issue(self._draft(K.RECEIPT, tax, rate, code=self.line.code), platform())
        if self.profile is None:
            return [receipt]
        return [receipt, issue(self._draft(K.INVOICE, tax, rate), self._issuer(self.profile.legal_name))]

    def about_returned(self) -> list[Invoice | None]:
        """A credit note for the invoice, at the tax of that one; it waits where that is still to be written."""
        invoice = queries.invoice_of_line(self.booked.line)
        if invoice is None:
            return []
        before = invoice.gross - queries.credited(invoice)
        tax = tax_back(before, self.booked.amount.amount, invoice.rate)
        draft = self._draft(K.CREDIT_NOTE, tax, invoice.rate, corrects_id=invoice.id, facts=invoice.facts)
        return [issue(draft, self._issuer(invoice.facts["seller"]["name"]))]

    def _draft(self, kind: InvoiceKind, tax: int, rate: int, **more: Any) -> Draft:
        facts = {"seller": self._seller(), "collector": settings().responsible, "order": self.order}
        return Draft(
            **{
                "kind": kind,
                "cause": f"{kind}:{self.booked.batch}",
                "payee_code": self.booked.payee,
                "recipient_code": self.buyer,
                "currency": self.booked.amount.currency,
                "lines": [(self.line.code, self.line.label, self.booked.amount.amount)],
                "tax": tax,
                "rate": rate,
                "facts": facts,
                "happened_at": self.booked.at,
                "batch_id": self.booked.batch,
                **more,
            }
        )

    def _seller(self) -> dict[str, Any]:
        return self.profile.facts if self.profile else {"name": str(self.line.payee.display_name)}

    def _issuer(self, name: str) -> Issuer:
        zone = clocks.of(self.line.payee).zone_at(clock.now())
        return Issuer(code=self.booked.payee, prefix=prefix_of(name), zone=zone)


def platform() -> Issuer:
    """The platform, as it issues receipts and what is about its commission."""
    return Issuer(code="", prefix=prefix_of(settings().brand), zone=settings().zone)
