"""This file knows how one receipt, invoice or credit note is issued: it takes its number in the transaction that stores
it, once for its cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from practice.invoices import queries
from practice.invoices.models import Invoice, InvoiceLine, InvoiceSeries
from practice.invoices.policy import number_of
from practice.invoices.states import InvoiceKind
from practice.store.crashpoints import crashpoint
from practice.store.db import db, insert_once, must_be_inside, new_code
from practice.values import clock


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Whose series it is in: a payee's code, "" for the platform; the prefix of their numbers; on whose clock."""

    code: str
    prefix: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All that one says before it has a number. Lines are (code, label, amount)."""

    kind: InvoiceKind
    cause: str
    payee_code: str
    currency: str
    lines: Sequence[tuple[str, str, int]]
    tax: int
    rate: int
    facts: dict[str, Any]
    happened_at: datetime
    recipient_code: str = ""
    batch_id: int | None = None
    corrects_id: int | None = None
    period: str = ""
    code: str = field(default_factory=new_code)


def issue(draft: Draft, issuer: Issuer) -> Invoice | None:
    """Give it the next number of its series and store it; None where its cause was written about before.

    The series stays locked until the transaction ends: whoever comes second sees what the first one wrote.
    """
    must_be_inside("an invoice")
    # Dated behind the lock, so that dates go up with the numbers.
    series, now = lock_series(issuer, draft.kind)
    if queries.is_written(draft.cause):
        return None
    series.last += 1
    invoice = Invoice(
        **{name: value for name, value in vars(draft).items() if name != "lines"},
        series_id=series.id,
        number=series.last,
        name=number_of(draft.kind, series.prefix, series.year, series.last),
        gross=sum(amount for _, _, amount in draft.lines),
        issued_at=now,
        issued_on=_day(now, issuer),
        year=series.year,
    )
    invoice.lines = [
        InvoiceLine(at=at, line_code=code, label=label, gross=amount)
        for at, (code, label, amount) in enumerate(draft.lines)
    ]
    db.session.add(invoice)
    db.session.flush()
    crashpoint("invoice.numbered")
    return invoice


def lock_series(issuer: Issuer, kind: InvoiceKind) -> tuple[InvoiceSeries, datetime]:
    """The series of this year on the issuer's clock, and the instant: nobody else takes a number of it until the
    transaction ends. Whoever waited for it over New Year takes that of the new year."""
    now = clock.now()
    while True:
        series = _locked(issuer, kind, _day(now, issuer).year)
        now = clock.now()
        if _day(now, issuer).year == series.year:
            return series, now


def _day(instant: datetime, issuer: Issuer) -> date:
    return instant.astimezone(ZoneInfo(issuer.zone)).date()


def _locked(issuer: Issuer, kind: InvoiceKind, year: int) -> InvoiceSeries:
    key = {"issuer": issuer.code, "kind": kind, "year": year}
    asked = select(InvoiceSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(asked).first()
    if found is None:
        insert_once(InvoiceSeries, **key, prefix=issuer.prefix, last=0)
        found = db.session.scalars(asked).one()
    return found
