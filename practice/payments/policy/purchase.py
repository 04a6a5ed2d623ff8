"""This file knows everything that decides about one order, and what follows from it: its state, what is due to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from practice.payments.states import (
    FIRST_OF,
    GONE,
    WITH_US,
    CheckoutState,
    DisputeState,
    OrderState,
    PaymentState,
    RefundState,
    Seat,
    TransferState,
)
from practice.values.commission import shares
from practice.values.money import Money


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is bought, and what its payee gets. Amounts are in the smallest unit of the order's currency.

    `back` is what was promised to the client of it, `kept` what is booked as earned of it. `ripe`: its payee may be
    paid; `frozen`: a complaint about it is open; `open`: the payee's account takes money. `asked` is on its way to the
    payee, `sent` arrived; `taking` is on its way back, `taken` came; `debt` could not be taken. `tries` counts what was
    asked of the card processor, so that an answer is known to be the last one's.
    """

    price: int
    rate: int
    seat: Seat = Seat.HELD
    back: int = 0
    kept: int = 0
    ripe: bool = False
    frozen: bool = False
    open: bool = True
    asked: int = 0
    sent: int = 0
    taking: int = 0
    taken: int = 0
    debt: int = 0
    tries: int = 0


@dataclass(frozen=True, kw_only=True)
class Refund:
    """One return of money: by us under a number, or found, made by somebody elsewhere, under the processor's `name`."""

    number: int
    amount: int
    state: RefundState = RefundState.REQUESTED
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """What the card holder's bank asks about once, by its `name` there; `amount` is what it took, or would take."""

    number: int
    name: str
    amount: int
    state: DisputeState


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One order. `paid` is what came, `paid_in` in which currency; `returned` what staff give back of money in doubt;
    `loss` what is booked as lost by us, `losses` how often that has changed."""

    currency: str
    lines: tuple[Line, ...]
    live: bool = True
    checkout: CheckoutState = CheckoutState.ASKED
    payment: PaymentState = PaymentState.AWAITED
    charge: str = ""
    paid: int = 0
    paid_in: str = ""
    returned: int = 0
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    loss: int = 0
    losses: int = 0

    @property
    def total(self) -> int:
        return sum(line.price for line in self.lines)

    @property
    def is_paid(self) -> bool:
        """What was asked for is with us."""
        return self.payment == PaymentState.PAID

    @property
    def is_with_us(self) -> bool:
        """Money came, whether it is what was asked for or not."""
        return self.payment in WITH_US

    @property
    def promised(self) -> int:
        """What is to come back of what was paid, in all."""
        if self.payment == PaymentState.IN_DOUBT:
            return self.returned
        return sum(line.back for line in self.lines) if self.is_paid else 0

    @property
    def counted(self) -> int:
        """What is on its way back or has gone, also what staff will pay by hand."""
        return sum(each.amount for each in self.refunds if each.state != RefundState.REFUSED)

    @property
    def gone(self) -> int:
        """What has left for the client."""
        return sum(each.amount for each in self.refunds if each.state in GONE)

    @property
    def by_hand(self) -> int:
        """What staff have to pay by hand, because the card took nothing back."""
        return sum(each.amount for each in self.refunds if each.state == RefundState.FAILED)

    @property
    def lost(self) -> int:
        """What the card holder's bank took for good."""
        return sum(each.amount for each in self.disputes if each.state == DisputeState.LOST)

    @property
    def dispute(self) -> DisputeState:
        """Where all its disputes leave it."""
        return min((each.state for each in self.disputes), key=FIRST_OF.index, default=DisputeState.NONE)

    @property
    def missing(self) -> int:
        """What still has to be asked for, so that all that was promised comes back; never more than was paid."""
        return min(self.promised, self.paid) - self.counted - self.lost

    @property
    def state(self) -> OrderState:
        return _of_what_came(self) if self.is_with_us else _of_what_is_awaited(self)

    def with_line(self, at: int, **changes: Any) -> Purchase:
        """The same with one line changed."""
        lines = (*self.lines[:at], replace(self.lines[at], **changes), *self.lines[at + 1 :])
        return replace(self, lines=lines)

    def with_refund(self, number: int, **changes: Any) -> Purchase:
        """The same with one refund changed."""
        changed = (replace(each, **changes) if each.number == number else each for each in self.refunds)
        return replace(self, refunds=tuple(changed))

    def refund(self, number: int) -> Refund:
        """The refund of that number; KeyError for none."""
        return {each.number: each for each in self.refunds}[number]

    def with_dispute(self, dispute: Dispute) -> Purchase:
        """The same with one dispute more, or changed."""
        at = dispute.number - 1
        return replace(self, disputes=(*self.disputes[:at], dispute, *self.disputes[at + 1 :]))

    def payees(self, line: Line) -> int:
        """What a line's payee has earned, after the commission."""
        return payees_of(line.kept, line.rate, self.currency)

    def transfer_state(self, line: Line) -> TransferState:
        """Where the money of a line's payee stands."""
        if line.sent:
            return self._sent_state(line)
        if line.asked:
            return TransferState.DUE
        return TransferState.BLOCKED if line.ripe and self.payees(line) else TransferState.NONE

    def excess(self, line: Line) -> int:
        """What a payee has got beyond what they earned, and nobody is taking back yet."""
        return line.sent - line.taken - line.taking - line.debt - self.payees(line)

    def _sent_state(self, line: Line) -> TransferState:
        if line.taking or self.excess(line) > 0:
            return TransferState.REVERSAL_DUE
        if line.debt:
            return TransferState.DEBT
        if line.taken == line.sent:
            return TransferState.REVERSED
        return TransferState.PARTLY_REVERSED if line.taken else TransferState.SENT


@lru_cache(maxsize=4096)
def payees_of(kept: int, rate: int, currency: str) -> int:
    """What of an amount is the payee's, in the smallest unit, at a rate in basis points."""
    return shares(Money(kept, currency), rate).payee.amount


def _of_what_came(purchase: Purchase) -> OrderState:
    if purchase.dispute == DisputeState.OPEN:
        return OrderState.DISPUTED
    if purchase.dispute == DisputeState.LOST:
        return OrderState.DISPUTE_LOST
    if purchase.gone < purchase.promised or (purchase.payment == PaymentState.IN_DOUBT and not purchase.gone):
        return OrderState.REFUND_DUE
    if purchase.gone:
        return OrderState.REFUNDED if purchase.gone >= purchase.paid else OrderState.PARTIALLY_REFUNDED
    return OrderState.DISPUTE_WON if purchase.dispute == DisputeState.WON else OrderState.PAID


def _of_what_is_awaited(purchase: Purchase) -> OrderState:
    if purchase.payment == PaymentState.PROCESSING:
        return OrderState.PROCESSING
    if purchase.payment == PaymentState.FAILED or purchase.checkout == CheckoutState.REFUSED:
        return OrderState.FAILED
    if all(line.seat != Seat.HELD for line in purchase.lines) or purchase.checkout == CheckoutState.ENDED:
        return OrderState.EXPIRED
    if purchase.checkout in (CheckoutState.OPEN, CheckoutState.ENDING):
        return OrderState.SESSION_OPEN
    return OrderState.CREATED
