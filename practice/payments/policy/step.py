"""This file knows how an order goes from one moment to the next: one function for everything that can happen to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from practice.payments.states import (
    CHECKOUT_MOVES,
    DISPUTE_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    REFUND_MOVES,
    SEAT_MOVES,
    TRANSFER_MOVES,
)
from practice.values.errors import IllegalMove

from . import checkout, events, paying_out, returning
from .checkout import Turned
from .purchase import Purchase

S = TypeVar("S", bound=StrEnum)
_ON: dict[type, Callable[[Purchase, Any], Turned]] = {
    events.CheckoutMade: checkout.checkout_made,
    events.CheckoutRefused: checkout.checkout_refused,
    events.PaymentSeen: checkout.payment_seen,
    events.HoldEnds: checkout.hold_ends,
    events.HoldOver: checkout.hold_over,
    events.Began: checkout.began,
    events.SeatTaken: checkout.seat_taken,
    events.SeatGone: checkout.seat_gone,
    events.GiveBack: returning.give_back,
    events.ReturnInDoubt: returning.return_in_doubt,
    events.RefundsSeen: returning.refunds_seen,
    events.RefundRefused: returning.refund_refused,
    events.RefundDropped: returning.refund_dropped,
    events.PaidByHand: returning.paid_by_hand,
    events.DisputeSeen: returning.dispute_seen,
    events.Ripe: paying_out.ripe,
    events.Frozen: paying_out.frozen,
    events.AccountSeen: paying_out.account_seen,
    events.TransferMade: paying_out.transfer_made,
    events.TransferRefused: paying_out.transfer_refused,
    events.TransferDropped: paying_out.transfer_dropped,
    events.ReversalMade: paying_out.reversal_made,
    events.ReversalRefused: paying_out.reversal_refused,
    events.DebtDue: paying_out.debt_due,
}
# What follows from where an order stands, whatever brought it there: the client's money first, then the payee's.
_SETTLES = (
    returning.call_off_returned,
    paying_out.book_earnings,
    returning.drop_by_hand,
    returning.request_missing,
    paying_out.send_what_is_due,
    paying_out.take_back,
    returning.book_loss,
)


def step(purchase: Purchase, event: events.Event) -> Turned:
    """The order as it is after `event`, and what follows from it, in the order in which it is to be done.

    The same event a second time changes nothing. Raises `IllegalMove` where a state would leave its table.
    """
    after, effects = _ON[type(event)](purchase, event)
    for settles in _SETTLES:
        after, more = settles(after)
        effects = (*effects, *more)
    _require_moves(purchase, after)
    return after, effects


def _require_moves(before: Purchase, after: Purchase) -> None:
    _require(ORDER_MOVES, before.state, after.state)
    _require(CHECKOUT_MOVES, before.checkout, after.checkout)
    _require(PAYMENT_MOVES, before.payment, after.payment)
    for old, new in zip(before.lines, after.lines, strict=True):
        _require(SEAT_MOVES, old.seat, new.seat)
        _require(TRANSFER_MOVES, before.transfer_state(old), after.transfer_state(new))
    for was, now in zip(before.refunds, after.refunds, strict=False):
        _require(REFUND_MOVES, was.state, now.state)
    for asked, seen in zip(before.disputes, after.disputes, strict=False):
        _require(DISPUTE_MOVES, asked.state, seen.state)


def _require(moves: Mapping[S, frozenset[S]], before: S, after: S) -> None:
    if before != after and after not in moves.get(before, frozenset()):
        raise IllegalMove(f"no move leads from {before} to {after}")
