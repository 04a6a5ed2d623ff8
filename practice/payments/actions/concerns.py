"""This file knows how staff say that they have looked at something, or want the card processor asked once more."""

from __future__ import annotations

from sqlalchemy import update

from practice.accounts.models import User
from practice.payments.models import Concern, MoneyOperation, Order
from practice.payments.policy.effects import Concern as Why
from practice.payments.states import PaymentState
from practice.payments.storing import purchase_of
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

NOT_STAFF = "Only staff decide about this."
TAKES_PART = "You take a part in this order, so a colleague has to look at it."
# Closed by what settles them, never by a look.
FAILED = (Why.REFUND_FAILED, Why.REFUND_REFUSED)
DOUBTS = (Why.WRONG_AMOUNT, Why.WRONG_CURRENCY)


def may_decide(order: Order | None, by: User) -> None:
    """Nobody decides about money that they paid or earn. Raises `NotAllowed`, also for who is no staff."""
    if not by.is_staff:
        raise NotAllowed(NOT_STAFF)
    if order is not None and by.id in (order.buyer_id, *(line.payee_id for line in order.lines)):
        raise NotAllowed(TAKES_PART)


@transactional
def close_concern(concern: Concern, *, because: str, by: User) -> None:
    """Somebody looked at it. Raises `NotAllowed`; `Conflict` where somebody else has, or where its money waits."""
    row = _open(concern, by)
    if is_unsettled(row):
        raise Conflict("Its money is still with us: decide first what becomes of it.")
    _close(row, because, by)


@transactional
def ask_again(concern: Concern, *, by: User) -> None:
    """A worker reads everything about its order at the card processor within a minute or so, and tells it again what
    has waited. Raises `NotAllowed`; `Conflict` where somebody has closed it."""
    row = _open(concern, by)
    row.ask_at = clock.now()
    waiting = (MoneyOperation.order_id == row.order_id, MoneyOperation.done_at.is_(None))
    changed(update(MoneyOperation).where(*waiting, MoneyOperation.dropped_at.is_(None)).values(due_at=clock.now()))
    audit.record("money.asked_again", f"concern:{row.code}", actor=by, detail={"kind": row.kind})


def is_unsettled(concern: Concern) -> bool:
    """Whether its money waits for a decision: it came in doubt, or did not reach who is to have it."""
    if concern.order is None:
        return False
    purchase = purchase_of(concern.order)
    if concern.kind in DOUBTS:
        return purchase.payment == PaymentState.IN_DOUBT and not purchase.returned
    return concern.kind in FAILED and purchase.by_hand > 0


def settle(order_id: int | None, because: str, by: User) -> None:
    """What was decided on closes what lay before staff about it, once nothing of it is left."""
    asked = Concern.order_id == order_id, Concern.kind.in_((*FAILED, *DOUBTS)), Concern.closed_at.is_(None)
    for row in db.session.query(Concern).filter(*asked).order_by(Concern.id):
        if not is_unsettled(row):
            _close(row, because, by)


def _open(concern: Concern, by: User) -> Concern:
    may_decide(concern.order, by)
    row = db.session.get_one(Concern, concern.id, with_for_update=True, populate_existing=True)
    if row.closed_at is not None:
        raise Conflict("Somebody else has closed this in the meantime.")
    return row


def _close(row: Concern, because: str, by: User) -> None:
    row.closed_at, row.closed_by_id, row.closed_because = clock.now(), by.id, because
    audit.record("money.concern_closed", f"concern:{row.code}", actor=by, detail={"kind": row.kind})
