"""This file knows what the ledger is told of what follows from an event: the postings of what the rules book."""

from __future__ import annotations

from collections.abc import Callable

from practice.ledger import events as ledger
from practice.ledger.chart import WHOLE_ORDER, Balances, Line
from practice.ledger.events import Event, Postings
from practice.values.commission import Shares
from practice.values.money import Money

from .effects import Book

OF_AN_ORDER: dict[Event, Callable[[Money], Postings]] = {
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
TO_A_PAYEE: dict[Event, Callable[[Line, Money, Balances], Postings]] = {
    Event.TRANSFERRED: ledger.transferred,
    Event.REVERSED: ledger.reversed_,
}
NOTHING = Balances({})


def postings(
    book: Book, currency: str, line: Line = WHOLE_ORDER, within: Balances = NOTHING, *, ripe: bool = False
) -> Postings:
    """What goes from which pot to which, in the currency of the payment; nothing for an amount of nothing.

    `line` is the one that the entry names, or a payee as a whole; `within` what is in its pots now, `ripe` whether it
    was released.
    """
    amount = Money(book.amount, currency)
    if book.entry in OF_AN_ORDER:
        return OF_AN_ORDER[book.entry](amount)
    if book.entry in OF_A_PAYEE:
        return OF_A_PAYEE[book.entry](line.payee, amount)
    if book.entry in TO_A_PAYEE:
        return TO_A_PAYEE[book.entry](line, amount, within)
    if book.entry == Event.RELEASED:
        return ledger.released(line, amount)
    commission = Money(book.commission, currency)
    shares = Shares(payee=amount - commission, commission=commission)
    if book.entry == Event.EARNED:
        return ledger.earned(line, shares, within, is_due=ripe)
    return ledger.unearned(line, shares, within)
