"""This file knows what is due back of each line, and keeps what is booked and what is asked for in step with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from practice.payments.states import DisputeState, RefundState

from .effects import Book, Effect, Effects, Entry, SendRefund
from .purchase import Purchase, Refund

R = RefundState
Turned = tuple[Purchase, Effects]


def book_what_is_due(purchase: Purchase) -> Turned:
    """What is the client's again is booked as such, and what is not so any more is not."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.parts):
        more = purchase.due(at) - line.given
        if more:
            entry = Entry.REFUND_PROMISED if more > 0 else Entry.REFUND_WITHDRAWN
            purchase, booked = booked_of(purchase, at, entry, given=line.given + more)
            effects.append(booked)
    return purchase, tuple(effects)


def booked_of(purchase: Purchase, at: int, entry: Entry, **changes: int) -> tuple[Purchase, Book]:
    """A part whose rest changes, and what is booked of that: the commission is always that on what is left."""
    line = purchase.parts[at]
    after = purchase.with_part(at, **changes)
    less = line.rest - after.parts[at].rest
    commission = less - (purchase.payees(line) - after.payees(after.parts[at])) if line.sold else 0
    return after, Book(entry, abs(less), abs(commission), at if line.sold else None)


def drop_by_hand(purchase: Purchase) -> Turned:
    """What went back by another way, or was taken by a bank, nobody pays by hand any more."""
    if not purchase.by_hand or purchase.dispute == DisputeState.OPEN:
        return purchase, ()
    beyond = [max(0, -missing) for missing in purchase.missing]
    for refund in purchase.refunds:
        if refund.state == R.FAILED:
            less = [min(pair) for pair in zip(refund.parts, beyond, strict=True)]
            beyond = [left - cut for left, cut in zip(beyond, less, strict=True)]
            parts = tuple(part - cut for part, cut in zip(refund.parts, less, strict=True))
            purchase = purchase.with_refund(refund.number, parts=parts)
    return purchase, ()


def request_missing(purchase: Purchase) -> Turned:
    """One more refund for what was promised and has not been asked for yet."""
    parts = tuple(max(0, missing) for missing in purchase.missing)
    if not any(parts):
        return purchase, ()
    refund = Refund(number=len(purchase.refunds) + 1, parts=parts)
    return replace(purchase, refunds=(*purchase.refunds, refund)), (SendRefund(refund.number, refund.amount),)


def spread(amount: int, rooms: Sequence[int]) -> tuple[int, ...]:
    """`amount` over what has room for it, the last first; what has none anywhere is left out."""
    parts: list[int] = []
    for room in reversed(rooms):
        parts.append(min(room, amount - sum(parts)))
    return tuple(reversed(parts))
