"""This file knows how what the card processor is to be told is lent to one worker, begun, put off and finished."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select, update

from practice.providers.stripe_gateway.checkout import SHORTEST, SKEW
from practice.providers.stripe_gateway.errors import named
from practice.store.crashpoints import crashpoint
from practice.store.db import changed, db, transaction
from practice.store.leases import RETURNED, is_free, lent, works_under
from practice.values import clock

from .actions.turning import park
from .kinds import OpKind
from .models import MoneyOperation, Order
from .policy.effects import Concern
from .under_way import TROUBLES_STAFF

log = logging.getLogger(__name__)

LEASE_SECONDS = 120.0  # several answers, each as slow as can be
# The waits after the first, second, … failure; the last one repeats.
WAITS = (timedelta(seconds=10), *(timedelta(minutes=m) for m in (1, 5, 15, 60)))
# Somebody looks on while a payment page is made, so it is tried each minute, and so often more before staff look.
PAGE_WAITS = tuple(timedelta(seconds=s) for s in (10, 20, 30, 60))
PAGE_TRIES = 3 * TROUBLES_STAFF
# Keys are forgotten after a day: from then on the same may be done a second time, so it is searched for first.
OLD = timedelta(hours=20)
MARGIN = timedelta(seconds=30)


class LeaseLost(Exception):
    """Another worker has the row by now; whatever this one wanted to write is void."""


@dataclass(frozen=True)
class Hand:
    """A row in a worker's hand, with the token that proves it. `searches`: it may have been done under a key that the
    card processor has forgotten, or with what it would refuse by now."""

    id: int
    code: str
    key: str
    kind: OpKind
    token: str
    attempts: int
    tried_at: datetime | None
    created_at: datetime
    number: int
    amount: int
    order_id: int | None
    line_at: int | None
    account_id: int | None
    payout_id: int | None
    searches: bool = False


COPIED = (
    *("id", "code", "key", "attempts", "tried_at", "created_at", "number", "amount"),
    *("order_id", "line_at", "account_id", "payout_id"),
)


def lease(*of: ColumnElement[bool]) -> Hand | None:
    """Take the row that has been due the longest and that nobody holds, of all or of some."""
    with transaction() as session:
        row = session.scalars(
            select(MoneyOperation)
            .where(*due(), *of)
            .order_by(MoneyOperation.due_at, MoneyOperation.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        loan = lent(current_app.config.get("LEASE_SECONDS", LEASE_SECONDS))
        changed(update(MoneyOperation).where(MoneyOperation.id == row.id).values(**loan))
        copied = {name: getattr(row, name) for name in COPIED}
        hand = Hand(kind=OpKind(row.kind), token=loan["lease_token"], **copied)
    works_under(hand.token, MoneyOperation)
    crashpoint("money.leased")
    return hand


def due() -> tuple[ColumnElement[bool], ...]:
    """What is to be told now and that nobody is telling."""
    open_ones = (MoneyOperation.done_at.is_(None), MoneyOperation.dropped_at.is_(None))
    return (*open_ones, MoneyOperation.due_at <= clock.now(), is_free(MoneyOperation))


def anything_due() -> bool:
    """A plain read, so that an idle worker never takes the write lock."""
    found = db.session.scalar(select(MoneyOperation.id).where(*due()).limit(1)) is not None
    db.session.rollback()
    return found


# ---------------------------------------------------------------- marks


def begin(hand: Hand) -> Hand:
    """Note that a try begins, before anything leaves: from then on it may have arrived. Inside a transaction."""
    now = clock.now()
    is_old = hand.tried_at is not None and now - hand.tried_at > OLD
    mark(hand, attempts=hand.attempts + 1, tried_at=hand.tried_at or now)
    stale = _gives_page_its_end(hand) if hand.kind == OpKind.OPEN_CHECKOUT else False
    return replace(hand, tried_at=hand.tried_at or now, searches=is_old or stale)


def renew(hand: Hand) -> Hand:
    """Another key for what was certainly not done under the one before."""
    key = f"{hand.code}-{secrets.token_hex(4)}"
    with transaction():
        # The order before the row, as with every other try.
        if hand.kind == OpKind.OPEN_CHECKOUT and hand.order_id:
            db.session.get_one(Order, hand.order_id, with_for_update=True, populate_existing=True).page_ends_at = None
            _gives_page_its_end(hand)
        mark(hand, key=key, tried_at=clock.now())
    return replace(hand, key=key, tried_at=clock.now(), searches=False)


def _gives_page_its_end(hand: Hand) -> bool:
    """Until when the page is open, the same in each try; True where too little of that is left by now."""
    order = db.session.get_one(Order, hand.order_id, with_for_update=True, populate_existing=True)
    least = clock.now() + SHORTEST + SKEW
    if order.page_ends_at is None:
        order.page_ends_at = max(order.hold_until, least + MARGIN)
    return order.page_ends_at < least


def finish(hand: Hand, tell: Callable[[], object], made: str = "") -> None:
    """In one transaction: what was answered, and that it is done. Raises `LeaseLost`."""
    with transaction():
        tell()
        mark(hand, done_at=clock.now(), made=made, last_error="", **RETURNED)
    crashpoint("money.finished")


def drop(hand: Hand, tell: Callable[[], object]) -> None:
    """It was never told and is not wanted any more."""
    with transaction():
        tell()
        mark(hand, dropped_at=clock.now(), **RETURNED)


def put_off(hand: Hand, problem: Exception, *, troubles: bool = False, wait: timedelta | None = None) -> None:
    """Try again later; where it goes on failing, or somebody has to do something about it, staff look."""
    said = named(problem)[:200]
    log.warning("the card processor was not told (%s): %s", hand.kind, type(problem).__name__)
    is_page = hand.kind == OpKind.OPEN_CHECKOUT
    waits = PAGE_WAITS if is_page else WAITS
    pause = wait or waits[min(hand.attempts, len(waits) - 1)] * (1 + secrets.randbelow(200) / 1000)
    with transaction():
        if troubles or hand.attempts + 1 >= (PAGE_TRIES if is_page else TROUBLES_STAFF):
            order = db.session.get(Order, hand.order_id) if hand.order_id else None
            park(Concern.STUCK, order, hand.amount, f"{hand.kind}: {said}"[:200])
        mark(hand, due_at=clock.now() + pause, last_error=said, **RETURNED)


def mark(hand: Hand, **columns: Any) -> None:
    """Write on the row if it is still ours; raises `LeaseLost` when another worker's token stands there."""
    ours = (MoneyOperation.id == hand.id, MoneyOperation.lease_token == hand.token)
    if changed(update(MoneyOperation).where(*ours).values(**columns)) != 1:
        raise LeaseLost
