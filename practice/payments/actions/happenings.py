"""This file knows what people and time do to an order; rooms call it within the transaction of the cause."""

from __future__ import annotations

from datetime import datetime

from practice.payments.models import Order, OrderLine
from practice.payments.policy import events
from practice.payments.policy.payouts import ripe_at
from practice.payments.policy.purchase import Purchase
from practice.store.db import transactional
from practice.values.money import Money

from .turning import By, turn


def give_back(line: OrderLine, back: Money, *, ends: bool = False, by: By = None) -> Purchase:
    """So much of a line comes back in all, as `money_back.split` worked out (`part.back`); `ends`: it is over.

    What was promised once stays promised. Of what nobody has paid yet the payment page ends. Raises CurrencyMismatch.
    """
    zero = Money(0, line.order.currency)
    return turn(line.order, events.GiveBack(line.at, (zero + back).amount, ends), by=by)


def let_go(order: Order, *, by: By = None) -> Purchase:
    """The client went back, or their time is over: nobody should pay any more. The card processor ends it first."""
    return turn(order, events.HoldEnds(), by=by)


def began(line: OrderLine) -> Purchase:
    """What was bought begins, whatever has become of a slow payment."""
    return turn(line.order, events.Began(line.at))


@transactional
def ends(line: OrderLine, ends_at: datetime) -> None:
    """When what was bought ends (UTC), also after each move: a while later its payee may be paid."""
    line.ripe_at = ripe_at(ends_at)


def ripen(line: OrderLine) -> Purchase:
    """The wait after the end is over: its payee may be paid."""
    return turn(line.order, events.Ripe(line.at))


def set_frozen(line: OrderLine, *, frozen: bool, by: By = None) -> Purchase:
    """A complaint about a line was opened, or closed: only that line waits."""
    return turn(line.order, events.Frozen(line.at, frozen), by=by)


def return_in_doubt(order: Order, *, by: By) -> Purchase:
    """Staff looked at money in doubt and give all of it back."""
    return turn(order, events.ReturnInDoubt(), by=by)


def paid_by_hand(order: Order, number: int, *, by: By) -> Purchase:
    """Somebody of the staff has paid a refund that failed. Raises KeyError for a number that there is not."""
    return turn(order, events.PaidByHand(number), by=by)
