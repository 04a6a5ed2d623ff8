"""This file knows how what a purchase books becomes postings of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practice.ledger import events as ledger
from practice.ledger.chart import Balances, Line
from practice.ledger.events import Event, Postings
from practice.values.commission import Shares
from practice.values.money import Money

from .effects import Book

OF_THE_ORDER: dict[Event, Callable[[Money], Postings]] = {
    Event.CHARGED: ledger.charged,
    Event.REFUNDED: ledger.refunded,
    Event.REFUND_FAILED: ledger.refund_failed,
    Event.REFUNDED_BY_HAND: ledger.refunded_by_hand,
    Event.DISPUTE_OPENED: ledger.dispute_opened,
    Event.DISPUTE_WON: ledger.dispute_won,
    Event.DISPUTE_LOST: ledger.dispute_lost,
    Event.LOSS: ledger.loss,
    Event.LOSS_RECOVERED: ledger.loss_recovered,
}
OF_A_PAYEE: dict[Event, Callable[[str, Money], Postings]] = {
    Event.PAYOUT_SENT: ledger.payout_sent,
    Event.PAYOUT_PAID: ledger.payout_paid,
    Event.PAYOUT_FAILED: ledger.payout_failed,
    Event.PAYOUT_RETURNED: ledger.payout_returned,
}
TO_THE_PAYEE: dict[Event, Callable[[Line, Money, Balances], Postings]] = {
    Event.TRANSFERRED: ledger.transferred,
    Event.REVERSED: ledger.reversed_,
}


@dataclass(frozen=True)
class About:
    """Which line of the ledger is meant, or a payee as a whole; what is in its pots, and whether it was released."""

    line: Line
    within: Balances
    is_due: bool = False


def postings(book: Book, currency: str, about: About | None = None) -> Postings:
    """What is booked, in the currency of the payment. ValueError without `about` where a line or a payee is meant."""
    amount = Money(book.amount, currency)
    if book.entry in OF_THE_ORDER:
        return OF_THE_ORDER[book.entry](amount)
    if about is None:
        raise ValueError(f"{book.entry} is about a line, or a payee")
    if book.entry in OF_A_PAYEE:
        return OF_A_PAYEE[book.entry](about.line.payee, amount)
    if book.entry == Event.RELEASED:
        return ledger.released(about.line, amount)
    if book.entry in TO_THE_PAYEE:
        return TO_THE_PAYEE[book.entry](about.line, amount, about.within)
    commission = Money(book.commission, currency)
    shares = Shares(payee=amount - commission, commission=commission)
    if book.entry == Event.EARNED:
        return ledger.earned(about.line, shares, about.within, is_due=about.is_due)
    return ledger.unearned(about.line, shares, about.within)
