"""This file knows how tests follow one order: what happens to it, everything that follows, and a ledger beside it."""

from __future__ import annotations

from collections import Counter

from practice.ledger.chart import Balances, Line, Pot
from practice.payments.policy import events as e
from practice.payments.policy.bookkeeping import postings
from practice.payments.policy.checkout import begin
from practice.payments.policy.effects import Book, Confirm, Effect
from practice.payments.policy.purchase import Line as Bought
from practice.payments.policy.step import step
from practice.payments.states import DisputeState, RefundState


class Desk:
    """An order, its ledger, and every effect in its order. `free`: whether what was held can be had once its hold is
    over; `shut`: its practice takes nobody any more."""

    def __init__(
        self, *prices: int, currency: str = "EUR", rate: int = 1200, free: bool = True, shut: bool = False
    ) -> None:
        self.free, self.shut = free, shut
        self.effects: list[Effect] = []
        self.booked: set[tuple] = set()
        self.pots: dict[int | None, Counter[tuple[Pot, str]]] = {}
        self.purchase, effects = begin(currency, tuple(Bought(price=each, rate=rate) for each in prices))
        self._carry_out(effects)

    def on(self, *events: e.Event) -> Desk:
        for event in events:
            self.purchase, effects = step(self.purchase, event)
            self._carry_out(effects)
        return self

    def opened(self) -> Desk:
        return self.on(e.CheckoutMade(self.purchase.total, self.purchase.currency))

    def paid(self, amount: int | None = None, currency: str | None = None) -> Desk:
        total = self.purchase.total if amount is None else amount
        return self.on(e.PaymentSeen(e.Paid.PAID, total, currency or self.purchase.currency, "charge"))

    def refunded(self, status: e.Given = e.Given.SUCCEEDED) -> Desk:
        """The card processor does all that was asked for and has not been answered."""
        ours = [each for each in self.purchase.refunds if not each.name and each.state != RefundState.REFUSED]
        return self.on(e.RefundsSeen(tuple(e.Returned(status, each.amount, each.number) for each in ours)))

    def transferred(self) -> Desk:
        for at, line in enumerate(self.purchase.lines):
            self.on(e.TransferMade(at, line.tries) if line.asked else e.Ripe(at))
        return self

    def asked_by_bank(self, number: int) -> Desk:
        """Its newest dispute goes on, or there is another one: an inquiry, or one that takes all that is left."""
        found, purchase = self.purchase.disputes, self.purchase
        newest = found[-1] if found else None
        left = purchase.paid - purchase.gone - purchase.lost
        if newest and newest.state == DisputeState.INQUIRY:
            status = [e.Asked.CLOSED, e.Asked.OPEN][number % 2 if left else 0]
            return self.on(e.DisputeSeen(status, left or newest.amount, newest.name))
        if newest and newest.state == DisputeState.OPEN:
            return self.on(e.DisputeSeen([e.Asked.WON, e.Asked.LOST][number % 2], newest.amount, newest.name))
        if left > 0:
            self.on(e.DisputeSeen([e.Asked.OPEN, e.Asked.INQUIRY][number % 3 == 0], left, f"du_{len(found)}"))
        return self

    def decided_for_us(self) -> Desk:
        """Whatever a bank still asks is over."""
        over = {DisputeState.OPEN: e.Asked.WON, DisputeState.INQUIRY: e.Asked.CLOSED}
        for each in self.purchase.disputes:
            if each.state in over:
                self.on(e.DisputeSeen(over[each.state], each.amount, each.name))
        return self

    def of(self, kind: type) -> list:
        """The effects of one kind."""
        return [each for each in self.effects if isinstance(each, kind)]

    def letters(self) -> list[str]:
        return [str(each.letter) for each in self.effects if hasattr(each, "letter")]

    def concerns(self) -> list[str]:
        return [str(each.concern) for each in self.effects if hasattr(each, "concern")]

    @property
    def told(self) -> dict[str, int]:
        """What is in each pot that is not empty."""
        whole: Counter[tuple[Pot, str]] = Counter()
        for pots in self.pots.values():
            whole.update(pots)
        assert sum(whole.values()) == 0
        return {str(pot): amount for (pot, _), amount in sorted(whole.items()) if amount}

    def _carry_out(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            self.effects.append(effect)
            if isinstance(effect, Book):
                self._book(effect)
            if isinstance(effect, Confirm):
                stands = not self.shut and (self.free or not effect.late)
                self.on(e.SeatTaken(effect.line) if stands else e.SeatGone(effect.line))

    def _book(self, effect: Book) -> None:
        name = (effect.entry, effect.line, effect.number)
        assert effect.amount > 0
        assert name not in self.booked, f"{name} was booked before"
        self.booked.add(name)
        pots = self.pots.setdefault(effect.line, Counter())
        currency = self.purchase.paid_in
        ripe = effect.line is not None and self.purchase.lines[effect.line].ripe
        line = Line(f"line {effect.line}", "anna")
        for each in postings(effect, currency, line, Balances(pots), ripe=ripe):
            pots[each.source, currency] -= each.amount.amount
            pots[each.target, currency] += each.amount.amount
