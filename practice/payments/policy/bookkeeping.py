"""This file knows what the ledger is told of what follows from an event: the postings of what the rules book."""

from __future__ import annotations

from practice.ledger import events as ledger
from practice.ledger.chart import Balances, Line
from practice.ledger.events import Event, Postings
from practice.values.commission import Shares
from practice.values.money import Money

from .effects import Book, Entry

OF_AN_ORDER = {
    Entry.CHARGED: ledger.charged,
    Entry.REFUNDED: ledger.refunded,
    Entry.REFUND_FAILED: ledger.refund_failed,
    Entry.REFUNDED_BY_HAND: ledger.refunded_by_hand,
    Entry.DISPUTE_OPENED: ledger.dispute_opened,
    Entry.DISPUTE_WON: ledger.dispute_won,
    Entry.DISPUTE_LOST: ledger.dispute_lost,
    Entry.LOSS: ledger.loss,
    Entry.LOSS_RECOVERED: ledger.loss_recovered,
}


def postings(book: Book, currency: str, line: Line, within: Balances, *, ripe: bool) -> tuple[Event, Postings]:
    """What of the ledger's events this is, and what goes from which pot to which; nothing for an amount of nothing.

    `line` is the one that the entry names, `within` what is in its pots now, `ripe` whether it was released.
    """
    amount = Money(book.amount, currency)
    if book.entry in OF_AN_ORDER:
        return Event(book.entry), OF_AN_ORDER[book.entry](amount)
    if book.entry == Entry.TRANSFERRED:
        return Event.TRANSFERRED, ledger.transferred(line, amount, within)
    if book.entry == Entry.REVERSED:
        return Event.REVERSED, ledger.reversed_(line, amount, within)
    commission = Money(book.commission, currency)
    shares = Shares(amount - commission, commission)
    if book.entry == Entry.EARNED:
        return Event.EARNED, ledger.earned(line, shares, within, is_due=ripe)
    return Event.UNEARNED, ledger.unearned(line, shares, within)
