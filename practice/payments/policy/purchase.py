"""This file knows everything that decides about one order, and what follows from it: its state, what is due to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from practice.payments.states import (
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

    `back` is what was promised to the client of it. `sold`: it stood once, so that its money is its payee's and ours;
    `given` of that is booked as the client's again, `disputed` as taken by their bank, `borne` as our loss instead of
    the payee's. `ripe`: its payee may be paid; `frozen`: a complaint about it is open; `open`: the payee's account
    takes money. `asked` is on its way to the payee, `sent` arrived; `taking` is on its way back, `taken` came; `debt`
    could not be taken. `tries` counts what was asked of the card processor: an answer is to the last, or to none.
    """

    price: int
    rate: int
    seat: Seat = Seat.HELD
    sold: bool = False
    back: int = 0
    given: int = 0
    disputed: int = 0
    borne: int = 0
    ripe: bool = False
    frozen: bool = False
    open: bool = True
    asked: int = 0
    sent: int = 0
    taking: int = 0
    taken: int = 0
    debt: int = 0
    tries: int = 0

    @property
    def rest(self) -> int:
        """What is neither the client's again nor in the hands of their bank."""
        return self.price - self.given - self.disputed + self.borne


@dataclass(frozen=True, kw_only=True)
class Refund:
    """One return of money, by `parts` of each line: ours under a number, or found, made by somebody elsewhere, under
    the card processor's `name`."""

    number: int
    parts: tuple[int, ...]
    state: RefundState = RefundState.REQUESTED
    name: str = ""

    @property
    def amount(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One order. `paid` is what came, `paid_in` in which currency; where it is not what was asked for, it lies in
    `doubt` as if it were one line. `disputed` is what the card holder's bank asks for, `beyond` what of it is more than
    was left."""

    currency: str
    lines: tuple[Line, ...]
    live: bool = True
    checkout: CheckoutState = CheckoutState.ASKED
    payment: PaymentState = PaymentState.AWAITED
    charge: str = ""
    paid: int = 0
    paid_in: str = ""
    doubt: Line | None = None
    refunds: tuple[Refund, ...] = ()
    dispute: DisputeState = DisputeState.NONE
    disputed: int = 0
    beyond: int = 0

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
    def parts(self) -> tuple[Line, ...]:
        """What the money that came is for: the lines, or nothing that we know of."""
        return self.lines if self.doubt is None else (self.doubt,)

    @property
    def promised(self) -> int:
        """What is to come back of what was paid, in all."""
        return sum(line.back for line in self.parts) if self.is_with_us else 0

    @property
    def gone(self) -> int:
        """What has left for the client."""
        return sum(each.amount for each in self.refunds if each.state in GONE)

    @property
    def by_hand(self) -> int:
        """What staff have to pay by hand, because the card took nothing back."""
        return sum(each.amount for each in self.refunds if each.state == RefundState.FAILED)

    @property
    def missing(self) -> tuple[int, ...]:
        """Of each part, what still has to be asked for; below zero what is asked for in vain."""
        return tuple(self.due(at) - self.counted(at) for at in range(len(self.parts)))

    @property
    def state(self) -> OrderState:
        return _of_what_came(self) if self.is_with_us else _of_what_is_awaited(self)

    def gone_of(self, at: int) -> int:
        """What has left for the client of one part."""
        return sum(each.parts[at] for each in self.refunds if each.state in GONE)

    def counted(self, at: int) -> int:
        """What of one part is on its way back or has gone, also what staff will pay by hand."""
        return sum(each.parts[at] for each in self.refunds if each.state != RefundState.REFUSED)

    def due(self, at: int) -> int:
        """What of one part is the client's again, by us. While their bank asks for the money, what has left; of what it
        took for good, we give nothing a second time."""
        line, gone = self.parts[at], self.gone_of(at)
        if not self.is_with_us or self.dispute == DisputeState.OPEN:
            return gone
        return max(min(line.back, line.price - line.disputed), gone)

    def with_part(self, at: int, **changes: Any) -> Purchase:
        """The same with one line changed, or what lies in doubt."""
        if self.doubt is not None:
            return replace(self, doubt=replace(self.doubt, **changes))
        return self.with_line(at, **changes)

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

    def payees(self, line: Line) -> int:
        """What a line's payee has earned, after the commission."""
        return payees_of(line.rest, line.rate, self.currency) if line.sold else 0

    def claims(self, line: Line) -> int:
        """The same as if no bank were asking for it just now: what was promised to the client is not theirs."""
        if self.dispute != DisputeState.OPEN or not line.sold:
            return self.payees(line)
        return payees_of(line.price - max(line.back, line.given), line.rate, self.currency)

    def transfer_state(self, line: Line) -> TransferState:
        """Where the money of a line's payee stands."""
        if line.sent:
            return self._sent_state(line)
        if line.asked:
            return TransferState.DUE
        return TransferState.BLOCKED if line.ripe and self.claims(line) else TransferState.NONE

    def excess(self, line: Line) -> int:
        """What a payee has got beyond what they earned, and nobody is taking back yet."""
        return line.sent - line.taken - line.taking - line.debt - self.claims(line)

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
