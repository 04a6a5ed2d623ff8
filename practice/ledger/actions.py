"""This file knows how an event of the money is written down: once, whole, in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import Table, insert, select

from practice.store.audit import HasCode, name_of
from practice.store.db import after_commit, db, key_of_new, transactional
from practice.values import clock

from .digests import digest
from .events import Batch
from .models import LedgerBatch, LedgerPosting

POSTED = insert(cast(Table, LedgerPosting.__table__))


class BookedOtherwise(RuntimeError):
    """The same event was booked before with another amount: a fault of ours that nothing may be built on."""


Heard = Callable[[Batch], None]
_heard: list[Heard] = []


def when_booked(call: Heard) -> Heard:
    """Register what is called for each new batch once its transaction is stored. It may miss one: it raises nothing,
    and whatever must not be missed is looked for by a sweep."""
    _heard.append(call)
    return call


@transactional
def book(batch: Batch, *, by: HasCode | str | None) -> bool:
    """Write the batch down; False, and nothing is changed, where this event was booked before.

    What lies in pots is decided from by the caller, behind a lock of its own. Raises `BookedOtherwise` where the event
    was booked with another amount, currency or order.
    """
    at, actor = clock.now(), name_of(by)
    new = key_of_new(LedgerBatch, **_columns(batch, actor, at))
    if new is None:
        _must_be_the_same(batch)
        return False
    db.session.execute(
        POSTED,
        [
            {
                "batch_id": new.id,
                "number": number,
                "currency": batch.currency,
                "size": len(batch.postings),
                "source": each.source,
                "target": each.target,
                "amount": each.amount.amount,
                "payee": each.line.payee,
                "line_code": each.line.code,
            }
            for number, each in enumerate(batch.postings, 1)
        ],
    )
    for call in _heard:
        after_commit(partial(call, batch))
    return True


def _columns(batch: Batch, actor: str, at: datetime) -> dict[str, object]:
    return {
        "event": batch.event,
        "about": batch.about,
        "order_code": batch.order,
        "currency": batch.currency,
        "size": len(batch.postings),
        "total": batch.total,
        "actor": actor,
        "at": at,
        "digest": digest(batch, actor, at),
    }


def _must_be_the_same(batch: Batch) -> None:
    """From which pots it was taken then may be others than now; how much of what for which order is the same."""
    asked = select(LedgerBatch.total, LedgerBatch.currency, LedgerBatch.order_code)
    before = db.session.execute(asked.where(LedgerBatch.about == batch.about, LedgerBatch.event == batch.event)).one()
    if tuple(before) != (batch.total, batch.currency, batch.order):
        raise BookedOtherwise(f"{batch.event} of {batch.about} was booked as {tuple(before)}")
