"""This file knows how tests follow money without a database: postings one after the other, and what is where then."""

from __future__ import annotations

from collections import Counter

from practice.ledger.chart import Balances, Line, Pot, Whereabouts
from practice.ledger.events import Batch, Event
from practice.values.commission import STANDARD, Shares, shares
from practice.values.money import Money

ANNAS = Line("line-one", "anna")
NEXT = Line("line-two", "anna")


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


def shares_returned(kept: Money, returned: Money, rate: int) -> Shares:
    """Whose part of `returned` is how much: what is kept afterwards bears what a price of that height bears."""
    before, after = shares(kept, rate), shares(kept - returned, rate)
    return Shares(before.payee - after.payee, before.commission - after.commission)


PRICE = eur(7200)
SHARES = shares(PRICE, STANDARD)  # 63.36 and 8.64
HALF = shares_returned(PRICE, eur(3600), STANDARD)  # 31.68 and 4.32


class Purse:
    """All pots, and those of each line. Every batch is made, so an event is refused that has no such postings."""

    def __init__(self, currency: str = "EUR") -> None:
        self.currency = currency
        self.lines: dict[str, Counter[Pot]] = {}

    def book(self, event: Event, postings) -> Purse:
        batch = Batch(event, "order:one", postings)
        for each in batch.postings:
            pots = self.lines.setdefault(each.line.code, Counter())
            pots[each.source] -= each.amount.amount
            pots[each.target] += each.amount.amount
        return self

    def line(self, line: Line) -> Balances:
        return self._balances(self.lines.get(line.code, Counter()))

    @property
    def all(self) -> Balances:
        whole: Counter[Pot] = Counter()
        for pots in self.lines.values():
            whole.update(pots)  # adds, below zero too
        return self._balances(whole)

    @property
    def told(self) -> dict[str, int]:
        """What is in each pot that is not empty."""
        return {pot.value: amount for (pot, _), amount in sorted(self.all.amounts.items()) if amount}

    def lying(self, where: Whereabouts) -> int:
        return self.all.lying(where, self.currency).amount

    def _balances(self, pots: Counter[Pot]) -> Balances:
        return Balances({(pot, self.currency): amount for pot, amount in pots.items()})
