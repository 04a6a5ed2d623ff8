"""This file knows what must always hold of invoices, and checks it by plain reading: numbers, sums, nothing missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from practice.config import settings
from practice.http.formats import amount
from practice.ledger.chart import Pot
from practice.ledger.checks import MONEY
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.store.checks import check_of
from practice.store.db import db
from practice.values import clock
from practice.values.money import Money

from . import policy, queries
from .models import Invoice, InvoiceLine, InvoiceSeries
from .states import CORRECTS, InvoiceKind

K = InvoiceKind
LATE = timedelta(hours=2)


@check_of(MONEY)
def _series() -> Iterator[str]:
    """Each series counts from one to its end, without a gap."""
    asked = (
        select(InvoiceSeries, func.count(Invoice.id), func.coalesce(func.max(Invoice.number), 0))
        .outerjoin(Invoice, Invoice.series_id == InvoiceSeries.id)
        .group_by(InvoiceSeries.id)
        .order_by(InvoiceSeries.id)
    )
    for series, counted, highest in db.session.execute(asked):
        if not counted == highest == series.last:
            whose = f"{series.kind} {series.year} of {series.issuer or 'the platform'}"
            yield f"Series {whose} gave out {series.last} numbers: {counted} are stored, the highest is {highest}."


@check_of(MONEY)
def _sums() -> Iterator[str]:
    """Each says in all what its lines say, and nothing is credited beyond what was billed."""
    lines = select(func.coalesce(func.sum(InvoiceLine.gross), 0)).where(InvoiceLine.invoice_id == Invoice.id)
    for name in db.session.scalars(select(Invoice.name).where(Invoice.gross != lines.scalar_subquery())):
        yield f"The lines of {name} don’t add up to what it says."
    note = aliased(Invoice)
    beyond = (
        select(Invoice.name)
        .join(note, note.corrects_id == Invoice.id)
        .group_by(Invoice.id, Invoice.name, Invoice.gross, Invoice.tax)
        .having(or_(func.sum(note.gross) > Invoice.gross, func.sum(note.tax) > Invoice.tax))
    )
    for name in db.session.scalars(beyond):
        yield f"More was credited of {name} than it was about."


@check_of(MONEY)
def _as_booked() -> Iterator[str]:
    """Each is about what the ledger says of the same event."""
    said = select(Invoice.name, Invoice.gross, Invoice.currency, LedgerBatch.total, LedgerBatch.currency).join(
        LedgerBatch, LedgerBatch.id == Invoice.batch_id
    )
    asked = said.where(or_(Invoice.gross != LedgerBatch.total, Invoice.currency != LedgerBatch.currency))
    for name, gross, currency, total, booked_in in db.session.execute(asked):
        yield f"{name} says {amount(Money(gross, currency))}, the ledger {amount(Money(total, booked_in))}."


@check_of(MONEY)
def _nothing_is_missing() -> Iterator[str]:
    """Every paid line has its receipt and, once its payee has said how they are taxed, its invoice; so has a return."""
    before = LedgerBatch.at < clock.now() - LATE
    for each in queries.waiting(before, limit=policy.MOST_ROWS):
        yield f"Line {each.line} was {each.event}, and nothing was issued about it."


@check_of(MONEY)
def _commission() -> Iterator[str]:
    """What payees were billed for each month that was settled is what the ledger kept of it."""
    period = queries.last_period()
    if not period:
        return
    year, month = map(int, period.split("-"))
    ends = policy.Month(year, month).following.begins(settings().zone)
    booked, billed = _booked_commission(ends), _billed_commission()
    for payee, currency in sorted(booked.keys() | billed.keys()):
        kept, said = booked.get((payee, currency), 0), billed.get((payee, currency), 0)
        if kept != said:
            yield (
                f"Payee {payee} was billed {amount(Money(said, currency))} of commission up to {period}, the ledger "
                f"has {amount(Money(kept, currency))}."
            )


def _booked_commission(ends: object) -> dict[tuple[str, str], int]:
    signed = case((LedgerPosting.target == Pot.COMMISSION, LedgerPosting.amount), else_=-LedgerPosting.amount)
    asked = (
        select(LedgerPosting.payee, LedgerPosting.currency, func.sum(signed))
        .join(LedgerBatch, LedgerBatch.id == LedgerPosting.batch_id)
        .where(LedgerBatch.event.in_((Event.EARNED, Event.UNEARNED)), LedgerBatch.at < ends)
        .where(or_(LedgerPosting.target == Pot.COMMISSION, LedgerPosting.source == Pot.COMMISSION))
        .group_by(LedgerPosting.payee, LedgerPosting.currency)
    )
    return {(payee, currency): int(total) for payee, currency, total in db.session.execute(asked)}


def _billed_commission() -> dict[tuple[str, str], int]:
    signed = case((Invoice.kind.in_(CORRECTS), -Invoice.gross), else_=Invoice.gross)
    asked = (
        select(Invoice.payee_code, Invoice.currency, func.sum(signed))
        .where(Invoice.kind.in_((K.COMMISSION, K.COMMISSION_CREDIT)))
        .group_by(Invoice.payee_code, Invoice.currency)
    )
    return {(payee, currency): int(total) for payee, currency, total in db.session.execute(asked)}
