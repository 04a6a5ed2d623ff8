"""This file knows what has to be so before money moves or a place is given away: each guard a question by its name.

The rules ask them as `guards.<name>`; the explorer turns each of them round and must notice it.
"""

from __future__ import annotations

from practice.payments.states import (
    ASKED_BACK,
    DISPUTE_MOVES,
    CheckoutState,
    DisputeState,
    PaymentState,
    RefundState,
    Seat,
)

from .effects import Effect, EndCheckout, OpenCheckout, SendEvidence, SendRefund, SendTransfer
from .events import Asked, PaymentSeen
from .purchase import Dispute, Line, Purchase, Refund

ANSWERED = frozenset({DisputeState.INQUIRY, DisputeState.OPEN})  # what a bank may be shown something about


# ---------------------------------------------------------------- money comes


def is_of_our_mode(purchase: Purchase, seen: PaymentSeen) -> bool:
    """Test money pays for nothing real, nor real money for a test."""
    return seen.live == purchase.live


def is_first_money(purchase: Purchase) -> bool:
    """It was not booked before: the same is told by events, returns and sweeps, in any order."""
    return not purchase.is_with_us


def is_the_amount(purchase: Purchase, seen: PaymentSeen) -> bool:
    """What came is what was shown."""
    return seen.amount == purchase.total


def is_the_currency(purchase: Purchase, seen: PaymentSeen) -> bool:
    """And in the same currency."""
    return seen.currency == purchase.currency


def can_still_end(purchase: Purchase) -> bool:
    """A page on which somebody has paid does not end, whatever an older look at it says."""
    return purchase.checkout != CheckoutState.COMPLETE and purchase.payment == PaymentState.AWAITED


def has_had_no_page(purchase: Purchase) -> bool:
    """Nobody was sent to pay, so the hold may end at once; else the card processor ends it first."""
    return purchase.checkout == CheckoutState.ASKED


def is_late(line: Line) -> bool:
    """Its hold is over, so it may be somebody else's by now."""
    return line.seat == Seat.RELEASED


# ---------------------------------------------------------------- money goes back


def may_return(purchase: Purchase) -> bool:
    """Not while the card holder's bank asks for the same money: it would be paid twice."""
    return purchase.dispute not in ASKED_BACK


def is_new_refund(refund: Refund) -> bool:
    """It had not left as far as we knew."""
    return refund.state in (RefundState.REQUESTED, RefundState.REFUSED)


def can_still_fail(refund: Refund) -> bool:
    """It left, and was not known to have failed."""
    return refund.state in (RefundState.SENT, RefundState.SUCCEEDED)


def is_newer(dispute: Dispute, seen: Asked) -> bool:
    """A decision is not undone by an older look at the dispute, nor taken twice."""
    return DisputeState(seen) in DISPUTE_MOVES.get(dispute.state, ())


# ---------------------------------------------------------------- money goes to the payee


def may_pay(purchase: Purchase, line: Line) -> bool:
    """The wait after the session is over, nobody complains, and no bank asks for the money."""
    return line.ripe and not line.frozen and purchase.dispute not in ASKED_BACK


def takes_money(line: Line) -> bool:
    """The payee's account can be paid into."""
    return line.open


def is_unpaid(line: Line) -> bool:
    """Nothing was sent to the payee, and nothing is on its way."""
    return not line.asked and not line.sent


def has_returned_first(purchase: Purchase) -> bool:
    """The client has what was promised, as far as it can be sent, before anything is taken from the payee."""
    unsent = any(each.state == RefundState.REQUESTED for each in purchase.refunds)
    return purchase.missing <= 0 and not unsent and purchase.dispute not in ASKED_BACK


def is_the_last_try(line: Line, number: int, amount: int) -> bool:
    """An answer is to what was asked last, and to something that is still open."""
    return line.tries == number and amount > 0


# ---------------------------------------------------------------- before something leaves


def may_drop(effect: Effect, attempts: int) -> bool:
    """What was tried may have arrived, and only its own key tells: it is sent again, never forgotten."""
    return attempts == 0 and not isinstance(effect, EndCheckout)


def is_wanted(purchase: Purchase, effect: Effect) -> bool:
    """Whether it is still right to send it."""
    if isinstance(effect, OpenCheckout):
        return purchase.checkout == CheckoutState.ASKED and any(line.seat == Seat.HELD for line in purchase.lines)
    if isinstance(effect, SendRefund):
        return may_return(purchase) and purchase.missing >= 0
    if isinstance(effect, SendTransfer):
        line = purchase.lines[effect.line]
        return may_pay(purchase, line) and takes_money(line) and purchase.payees(line) == effect.amount
    if isinstance(effect, SendEvidence):
        return purchase.disputes[effect.number - 1].state in ANSWERED
    return True
