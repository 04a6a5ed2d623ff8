"""This file knows how an order goes on: whatever happens to it goes through its rules, and all that follows within our
own walls is done in the same transaction. What the card processor is to be told is written down for a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select, update

from practice.ledger import actions as ledger
from practice.ledger import queries as pots
from practice.ledger.chart import WHOLE_ORDER, Line
from practice.ledger.events import Batch
from practice.payments import emails, fulfilment
from practice.payments.kinds import OpKind
from practice.payments.models import Concern, MoneyOperation, Order, OrderLine
from practice.payments.policy import effects as to_do
from practice.payments.policy.bookkeeping import NOTHING, postings
from practice.payments.policy.effects import Effect, Effects
from practice.payments.policy.events import Event, SeatGone, SeatTaken
from practice.payments.policy.purchase import Purchase
from practice.payments.policy.step import step
from practice.payments.states import WITH_A_BANK
from practice.payments.storing import purchase_of, store
from practice.store import audit
from practice.store.audit import HasCode
from practice.store.db import changed, db, must_be_inside, new_code, transactional
from practice.values import clock

By = HasCode | str | None
KINDS: dict[type, OpKind] = {
    to_do.OpenCheckout: OpKind.OPEN_CHECKOUT,
    to_do.EndCheckout: OpKind.END_CHECKOUT,
    to_do.SendRefund: OpKind.REFUND,
    to_do.SendTransfer: OpKind.TRANSFER,
    to_do.SendReversal: OpKind.REVERSAL,
    to_do.SendEvidence: OpKind.EVIDENCE,
}


@transactional
def turn(order: Order, event: Event, *, by: By = None) -> Purchase:
    """What happened to an order, with all that follows from it; the order as it is then.

    The rooms' own locks are taken before the order's. Raises RuntimeError where a room that is being told of one turn
    asks for another of the same order, `IllegalMove` for a state that leads nowhere.
    """
    with _turning(order):
        fulfilment.lock(order.lines)
        order = locked(order)
        return _go_on(order, purchase_of(order), [event], by)


def locked(order: Order) -> Order:
    """The order as it is now, and nobody else changes it until the transaction ends."""
    return db.session.get_one(Order, order.id, with_for_update=True, populate_existing=True)


def carry_out(order: Order, purchase: Purchase, effects: Effects, *, by: By) -> Purchase:
    """Do what follows from the beginning of an order."""
    with _turning(order):
        return _go_on(order, purchase, _answers(order, purchase, effects, by), by)


@contextmanager
def _turning(order: Order) -> Iterator[None]:
    """One turn of an order at a time: what is loaded for the first one would be stored over the second."""
    under_way = must_be_inside("a turn").info.setdefault("turning", set())
    if order.id in under_way:
        raise RuntimeError("an order cannot turn while it is turning")
    under_way.add(order.id)
    try:
        yield
    finally:
        under_way.discard(order.id)


def _go_on(order: Order, purchase: Purchase, waiting: list[Event], by: By) -> Purchase:
    before = purchase
    while waiting:
        purchase, effects = step(purchase, waiting.pop(0))
        store(order, purchase)
        waiting += _answers(order, purchase, effects, by)
    if purchase.state != before.state:
        audit.record(f"order.{purchase.state}", order.thing, actor=by)
    if purchase.disputes != before.disputes and not any(each.state in WITH_A_BANK for each in purchase.disputes):
        _close_what_banks_asked(order)
    return purchase


def _close_what_banks_asked(order: Order) -> None:
    """No bank waits for anything of this order any more: it leaves the desk of the staff by itself."""
    lies = (Concern.order_id == order.id, Concern.kind == to_do.Concern.DISPUTE, Concern.closed_at.is_(None))
    changed(update(Concern).where(*lies).values(closed_at=clock.now()))


def _answers(order: Order, purchase: Purchase, effects: Effects, by: By) -> list[Event]:
    """Do all that follows; what the rooms answer to it."""
    answers = (_carry_out(order, purchase, effect, by) for effect in effects)
    return [answer for answer in answers if answer is not None]


def _carry_out(order: Order, purchase: Purchase, effect: Effect, by: By) -> Event | None:
    if isinstance(effect, to_do.Confirm | to_do.Release | to_do.CallOff):
        return _tell_the_room(order.lines[effect.line], effect)
    if isinstance(effect, to_do.Book):
        _book(order, purchase, effect, by)
    elif isinstance(effect, to_do.Write):
        _write(order, effect)
    elif isinstance(effect, to_do.Park):
        park(effect.concern, order, effect.amount)
    else:
        db.session.add(_operation(order, effect))
    return None


def _tell_the_room(line: OrderLine, effect: to_do.Confirm | to_do.Release | to_do.CallOff) -> Event | None:
    room = fulfilment.of(line.subject_kind)
    if isinstance(effect, to_do.Confirm):
        return SeatTaken(line.at) if room.confirm(line, effect.late) else SeatGone(line.at)
    (room.release if isinstance(effect, to_do.Release) else room.call_off)(line)
    return None


def _write(order: Order, what: to_do.Write) -> None:
    """What is about a payee's money is for the payee and written here; all else by the room that sold it."""
    if what.letter == to_do.Letter.TRANSFER_BLOCKED and what.line is not None:
        emails.transfer_blocked(order.lines[what.line])
    elif what.letter in emails.OF_BANKS:
        emails.bank(order, what)
        if what.letter == to_do.Letter.BANK_AGAINST_US:
            fulfilment.write(what, order)  # whose bank it is hears the end of it as well
    else:
        fulfilment.write(what, order)


def _book(order: Order, purchase: Purchase, what: to_do.Book, by: By) -> None:
    row = None if what.line is None else order.lines[what.line]
    line = WHOLE_ORDER if row is None else Line(row.code, row.payee_code)
    within = NOTHING if row is None else pots.of_line(row.code)
    ripe = what.line is not None and purchase.lines[what.line].ripe
    moved = postings(what, purchase.paid_in, line, within, ripe=ripe)
    if moved:
        ledger.book(Batch(what.entry, about(order, row, what.number), moved, order.code), by=by)


def about(order: Order, line: OrderLine | None, number: int) -> str:
    """What the ledger calls it: the order or one of its lines, and which time it is."""
    thing = order.thing if line is None else f"line:{line.code}"
    return f"{thing}:{number}" if number else thing


def _operation(order: Order, effect: to_do.ToProcessor) -> MoneyOperation:
    return new_operation(
        KINDS[type(effect)],
        order_id=order.id,
        line_at=getattr(effect, "line", None),
        number=getattr(effect, "number", 0),
        amount=getattr(effect, "amount", 0),
    )


def new_operation(kind: OpKind, **columns: Any) -> MoneyOperation:
    """Something more to be told; its code is its first key."""
    code = new_code()
    return MoneyOperation(code=code, key=code, kind=kind, **columns)


@transactional
def park(kind: to_do.Concern, order: Order | None = None, amount: int = 0, detail: str = "") -> None:
    """Put something before staff; what lies before them already does so once."""
    of = None if order is None else order.id
    same = select(Concern.id).where(
        Concern.kind == kind,
        Concern.order_id.is_(None) if of is None else Concern.order_id == of,
        Concern.amount == amount,
        Concern.detail == detail[:200],
        Concern.closed_at.is_(None),
    )
    if db.session.scalar(same.limit(1)) is None:
        db.session.add(Concern(kind=kind, order_id=of, amount=amount, detail=detail[:200], made_at=clock.now()))


@transactional
def park_once(kind: to_do.Concern, order: Order | None, detail: str) -> None:
    """Put something before staff that stays as it is at the card processor: what they have closed stays closed."""
    of = Concern.order_id.is_(None) if order is None else Concern.order_id == order.id
    same = select(Concern.id).where(Concern.kind == kind, of, Concern.detail == detail[:200])
    if db.session.scalar(same.limit(1)) is None:
        park(kind, order, 0, detail)
