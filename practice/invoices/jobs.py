"""This file knows what happens to invoices without a browser; every sweep may run late, twice, or twice at once.

What the ledger books is written about as soon as it is stored, in a transaction of its own; the sweeps find what was
missed.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import delete

from practice.config import settings
from practice.ledger import actions as ledger
from practice.ledger.events import Batch, Event
from practice.store import retention
from practice.store.db import changed, db, transaction
from practice.values import clock
from practice.work.jobs import sweep

from . import actions, policy, queries
from .models import InvoiceBuyer

log = logging.getLogger(__name__)


@ledger.when_booked
def write_at_once(batch: Batch) -> None:
    """What was booked is not undone for its invoice: where that fails, the next sweep writes it."""
    if batch.event not in (Event.EARNED, Event.UNEARNED):
        return
    try:
        actions.write_about(batch.postings[0].line.code)
    except Exception:
        log.exception("an invoice waits for the next sweep")
        db.session.rollback()


@sweep(every=timedelta(minutes=1))
def write_lately() -> int:
    """Whatever was booked within the last days and has not been written about."""
    return actions.write_all(queries.since(clock.now() - policy.LATELY))


@sweep(every=timedelta(hours=1))
def write_all() -> int:
    """Whatever was ever booked: also of payees who have said only now how they are taxed."""
    return actions.write_all()


@sweep(every=timedelta(hours=1))
def settle_months() -> int:
    """The commission of each month of the last year that is over: also what could not be billed in its time."""
    first = queries.first_commission()
    if first is None:
        return 0
    begins = policy.month_at(max(first, clock.now() - policy.STILL_BILLED), settings().zone)
    return sum(map(actions.settle_month, policy.months(begins, clock.now(), settings().zone)))


@sweep(every=timedelta(hours=6))
def forget_buyers() -> int:
    """Names of clients come off what was issued when no law asks for them any more."""
    with transaction():
        return changed(delete(InvoiceBuyer).where(InvoiceBuyer.made_at < retention.INVOICED.before))
