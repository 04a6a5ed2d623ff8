"""This file knows how a month's commission is billed, and what went back of earlier months credited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from practice.config import settings
from practice.invoices import queries
from practice.invoices.models import Invoice
from practice.invoices.policy import Earned, Month, settle, tax_back, tax_in
from practice.invoices.states import InvoiceKind
from practice.store.db import db, transactional
from practice.values import clock
from practice.work.each import one_by_one

from .issuing import Draft, issue, lock_series
from .writing import platform

K = InvoiceKind


def settle_month(month: Month) -> int:
    """Bill every payee the commission of a month that is over, each in a transaction of its own; how many were issued.

    A second time nothing is missing.
    """
    begins, ends = month.begins(settings().zone), month.following.begins(settings().zone)
    settled = queries.settled_in(str(month))
    found = [(key, lines) for key, lines in queries.commissions(begins, ends).items() if key not in settled]
    issued: list[int] = []
    one_by_one(f"commission of {month} of", found, lambda each: issued.append(_settle(month, *each)), named=_payee)
    return sum(issued)


def _payee(each: tuple[tuple[str, str], list[Earned]]) -> str:
    (payee, currency), _ = each
    return f"{payee} in {currency}"


@transactional
def _settle(month: Month, key: tuple[str, str], lines: list[Earned]) -> int:
    payee, currency = key
    lock_series(platform(), K.COMMISSION)
    # All of a payee's month is written in one transaction: whatever there is of it says that all is.
    if queries.is_settled(str(month), payee, currency):
        return 0
    settlement = settle(lines, queries.still_billed([each.line for each in lines if each.amount < 0]))
    drafts = [
        _credit(month, db.session.get_one(Invoice, invoice), credited)
        for invoice, credited in settlement.credited.items()
    ]
    if settlement.billed:
        drafts.append(_bill(month, payee, currency, settlement.billed))
    return sum(issue(draft, platform()) is not None for draft in drafts)


def _bill(month: Month, payee: str, currency: str, lines: Iterable[Earned]) -> Draft:
    rows, rate = _rows(lines), settings().tax_rate
    profile = queries.profile_of(payee)
    buyer = profile.facts if profile else {"name": queries.name_of(payee)}
    return Draft(
        kind=K.COMMISSION,
        cause=f"{K.COMMISSION}:{month}:{currency}:{payee}",
        payee_code=payee,
        currency=currency,
        lines=rows,
        tax=tax_in(sum(amount for _, _, amount in rows), rate),
        rate=rate,
        facts={"seller": _platform_facts(), "buyer": buyer},
        happened_at=clock.now(),
        period=str(month),
    )


def _credit(month: Month, invoice: Invoice, lines: Iterable[Earned]) -> Draft:
    rows = _rows(lines)
    before = invoice.gross - queries.credited(invoice)
    return Draft(
        kind=K.COMMISSION_CREDIT,
        cause=f"{K.COMMISSION_CREDIT}:{month}:{invoice.code}",
        payee_code=invoice.payee_code,
        currency=invoice.currency,
        lines=rows,
        tax=tax_back(before, sum(amount for _, _, amount in rows), invoice.rate),
        rate=invoice.rate,
        facts=invoice.facts,
        happened_at=clock.now(),
        corrects_id=invoice.id,
        period=str(month),
    )


def _rows(lines: Iterable[Earned]) -> list[tuple[str, str, int]]:
    listed = list(lines)
    labels = queries.labels_of([each.line for each in listed])
    return [(each.line, labels.get(each.line, ""), each.amount) for each in listed]


def _platform_facts() -> dict[str, Any]:
    here = settings()
    sentence = "" if here.tax_rate else here.tax_sentence
    return {"name": here.brand, "address": here.responsible, "tax_number": here.tax_number, "sentence": sentence}
