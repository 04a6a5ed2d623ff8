"""This file knows where somebody who comes back from the payment page stands, in a word for each page that says it."""

from __future__ import annotations

from enum import StrEnum

from .policy.purchase import Purchase
from .states import CheckoutState, PaymentState, Seat


class Stage(StrEnum):
    """What is true of an order for its buyer."""

    PREPARING = "preparing"  # the payment page is not there yet
    OPEN = "open"  # nothing was paid so far, and it can be
    WAITING = "waiting"  # nobody knows yet
    SLOW = "slow"  # the money has days to come
    PAID = "paid"
    PART = "part"  # of several things some could not be had
    OVER = "over"  # paid, and given up since
    GONE = "gone"  # paid, and it could not be had: the money goes back
    DOUBT = "doubt"  # paid, and not what was asked for
    FAILED = "failed"  # nothing was charged, and cannot be
    ENDED = "ended"  # nothing was charged; its time was over
    UNKNOWN = "unknown"  # its time is over, and nobody could tell us whether something was charged


WAITS = frozenset({Stage.PREPARING, Stage.WAITING})
SETTLED = frozenset({Stage.PAID, Stage.OVER, Stage.PART, Stage.GONE, Stage.DOUBT})


def stage(purchase: Purchase, *, asked: bool) -> Stage:
    """Where it stands; `asked`: the card processor has just been asked and has answered."""
    if purchase.payment == PaymentState.IN_DOUBT:
        return Stage.DOUBT
    if purchase.is_paid:
        return _of_paid(purchase)
    if purchase.payment == PaymentState.PROCESSING:
        return Stage.SLOW
    if purchase.payment == PaymentState.FAILED or purchase.checkout == CheckoutState.REFUSED:
        return Stage.FAILED
    return _of_unpaid(purchase, asked)


def _of_paid(purchase: Purchase) -> Stage:
    gone = [line.seat == Seat.RELEASED for line in purchase.lines]
    if all(line.seat == Seat.GIVEN_UP for line in purchase.lines):
        return Stage.OVER
    if all(gone):
        return Stage.GONE
    return Stage.PART if any(gone) else Stage.PAID


def _of_unpaid(purchase: Purchase, asked: bool) -> Stage:
    is_held = any(line.seat == Seat.HELD for line in purchase.lines)
    if purchase.checkout == CheckoutState.ENDED:
        return Stage.ENDED
    if purchase.checkout == CheckoutState.ASKED:
        return Stage.PREPARING if is_held else Stage.ENDED
    if not is_held:
        return Stage.UNKNOWN
    return Stage.OPEN if asked and purchase.checkout == CheckoutState.OPEN else Stage.WAITING
