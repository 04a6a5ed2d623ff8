"""This file knows one booking and all that can become of it and of its money, told step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from practice.bookings.money_back import Asked, Paid, Sold, Split, Turn, raised, split
from practice.bookings.states import MOVES, BookingState
from practice.ledger.chart import Pot
from practice.payments.policy import events as e
from practice.payments.states import DisputeState, RefundState, Seat
from practice.specialists.cancel_rules import PRESETS, Preset
from practice.values.money import Money
from tests.payments.desk import Desk

S = BookingState
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE = (S.UNDONE, S.CANCELLED_BY_CLIENT, S.CANCELLED_BY_SPECIALIST, S.RELEASED)
PAID, EXPIRED = e.Paid.PAID, e.PaymentSeen(e.Paid.EXPIRED)


class History:
    """A booking with an order for its price and one for each move to a dearer length. `promised` is what the pages said
    will come back of what it was paid with."""

    def __init__(self, price: int, currency: str, rate: int, preset: Preset) -> None:
        self.currency, self.rate, self.rule = currency, rate, PRESETS[preset]
        self.now, self.starts_at = NOON, NOON + 100 * HOUR
        self.state, self.turn = S.HELD, Turn(state=S.CONFIRMED, at=NOON)
        self.price, self.promised = price, 0
        self.orders: list[Desk] = []

    def possible(self) -> list[str]:
        """What can happen next."""
        held, is_over = self.state in (S.HELD, S.EXPIRED), self.state not in (S.HELD, S.EXPIRED, S.CONFIRMED)
        paid = [each.purchase for each in self.orders if each.purchase.is_paid]
        return [
            *(["wait"] * 2 + ["waive"] * (not held)),
            *(["move_dearer", "move_cheaper", "move_dearer"] if self._is_ahead() else []),
            *(["end"] * 2 if self.state == S.CONFIRMED else []),
            *(["contest"] if is_over and MOVES.get(self.state) else []),
            *(["ask", "decide"] if self.state in (S.COMPLETED, S.CLIENT_MISSED) else []),
            *(["refund"] * 3 if any(each.refunds for each in paid) else []),
            *(["dispute", "pay_out"] if paid else []),
            *(["answer"] * 3 if any(each.lines[0].asked or each.lines[0].taking for each in paid) else []),
        ]

    # ------------------------------------------------------------ what people do

    def buy(self, number: int) -> None:
        """In time, at the last moment, too late with the time still free or gone, or not at all."""
        if not self.orders and self._pays(self.price, number):
            self.state = S.CONFIRMED

    def wait(self, number: int) -> None:
        self.now += number * HOUR

    def move_dearer(self, number: int) -> None:
        """The difference is another order; until it is paid all stays as it is."""
        if self._is_ahead() and self._pays(self._step() * (number + 10), number):
            self.price += self._step() * (number + 10)
            self.starts_at += number * HOUR

    def move_cheaper(self, number: int) -> None:
        if self._is_ahead() and self.price > self._step() * (number + 10):
            self.price -= self._step() * (number + 10)
            self._settle(Turn(state=self.state, at=self.now))

    def end(self, number: int) -> None:
        """As it may end now: before its start by anybody, after it by what was marked."""
        after = BEFORE if self.now < self.starts_at else (S.COMPLETED, S.CLIENT_MISSED, S.SPECIALIST_MISSED)
        if self.state == S.CONFIRMED:
            self.state = after[number % len(after)]
            self._settle(Turn(state=self.state, at=self.now, grace=number % 5 == 0))

    def contest(self, number: int) -> None:
        after = sorted(MOVES.get(self.state, ()))
        if after and self.state not in (S.HELD, S.EXPIRED, S.CONFIRMED):
            self.state = after[number % len(after)]
            self._settle(Turn(state=self.state, at=self.now))

    def ask(self, number: int) -> None:
        if self.state in (S.COMPLETED, S.CLIENT_MISSED):
            self._settle(Turn(state=self.state, at=self.now, asked=list(Asked)[number % 2]))

    def waive(self, number: int) -> None:
        if self.state not in (S.HELD, S.EXPIRED):
            least = Money(self.price, self.currency).share(min(number, 100), 100, "down")
            self._follow(raised(self._sold(), least))

    def decide(self, number: int) -> None:
        if self.state in (S.COMPLETED, S.CLIENT_MISSED):
            self._settle(Turn(state=self.state, at=self.now, decided=min(number, 100)))

    # ------------------------------------------------------------ what becomes of the money

    def refund(self, number: int) -> None:
        """The card processor says how far refunds have come; it refuses those of what a bank asks for."""
        for order in self._one(number):
            if order.purchase.lost or order.purchase.dispute == DisputeState.OPEN:
                self._refuse(order)
            else:
                order.refunded(list(e.Given)[number % 3])

    def dispute(self, number: int) -> None:
        """A bank asks for all that has not gone back, or decides; and may ask again after that."""
        for order in self._one(number):
            order.asked_by_bank(number)

    def pay_out(self, number: int) -> None:
        for order in self._one(number):
            self.now = max(self.now, self.starts_at + 50 * HOUR)
            order.on(e.AccountSeen(0, number % 3 != 0)).transferred()

    def answer(self, number: int) -> None:
        for order in self._one(number):
            line = order.purchase.lines[0]
            if line.asked:
                order.on(e.TransferMade(0, line.tries))
            elif line.taking:
                order.on([e.ReversalMade, e.ReversalRefused][number % 4 == 0](0, line.tries))

    # ------------------------------------------------------------ how it ends

    def close(self) -> None:
        """Whatever waits for somebody is done."""
        for order in self.orders:
            for _ in range(6):
                purchase, line = order.purchase, order.purchase.lines[0]
                order.decided_for_us()
                if purchase.lost:
                    self._refuse(order)
                elif any(each.state in (RefundState.REQUESTED, RefundState.SENT) for each in purchase.refunds):
                    order.refunded()
                for each in purchase.refunds:
                    order.on(e.PaidByHand(each.number))
                order.on(e.AccountSeen(0, True), e.Ripe(0))
                if line.asked or line.taking:
                    self.answer_at(order)

    def answer_at(self, order: Desk) -> None:
        line = order.purchase.lines[0]
        if line.asked:
            order.on(e.TransferMade(0, line.tries))
        elif line.taking:
            order.on(e.ReversalMade(0, line.tries))

    @property
    def standing(self) -> list[Desk]:
        """The orders of which something was given."""
        return [each for each in self.orders if each.purchase.lines[0].seat in (Seat.TAKEN, Seat.GIVEN_UP)]

    def returned(self, order: Desk) -> int:
        """What the client of an order has back: from us, by hand, by their bank."""
        pots = order.told
        paid = order.purchase.paid
        return paid + pots.get(Pot.CLIENT, 0) + pots.get(Pot.OWN, 0) + pots.get(Pot.CHARGED_BACK, 0)

    def split(self) -> Split:
        return split(self._sold(), self.turn)

    def _sold(self) -> Sold:
        lines = [(at, each.purchase.lines[0]) for at, each in enumerate(self.standing)]
        money = {at: (Money(each.price, self.currency), Money(each.back, self.currency)) for at, each in lines}
        return Sold(
            rule=self.rule,
            price=Money(self.price, self.currency),
            paid=tuple(
                Paid(line=str(at), amount=price, rate=self.rate, returned=back) for at, (price, back) in money.items()
            ),
            starts_at=self.starts_at,
            fits_until=self.starts_at + 49 * HOUR,
            withdrawn_until=NOON + 14 * 24 * HOUR,
        )

    def _settle(self, turn: Turn) -> None:
        self.turn = turn
        self._follow(split(self._sold(), turn), turn.state not in (S.CONFIRMED, S.COMPLETED, S.CLIENT_MISSED))

    def _follow(self, found: Split, is_over: bool = False) -> None:
        self.promised = max(self.promised, found.back.amount)
        for part in found.parts:
            self.standing[int(part.line)].on(e.GiveBack(0, part.back.amount, is_over))

    def _pays(self, amount: int, number: int) -> bool:
        order = Desk(amount, currency=self.currency, rate=self.rate, free=number % 5 != 3).opened()
        self.orders.append(order)
        if number % 5 == 4:
            order.on(e.HoldEnds(), EXPIRED)
        else:
            order.on(*([e.HoldEnds(), e.HoldOver()] if number % 5 > 1 else [])).paid()
        return order.purchase.lines[0].seat == Seat.TAKEN

    def _refuse(self, order: Desk) -> None:
        for each in order.purchase.refunds:
            order.on(e.RefundRefused(each.number, disputed=True))

    def _is_ahead(self) -> bool:
        return self.state == S.CONFIRMED and self.now < self.starts_at

    def _step(self) -> int:
        return max(Money(0, self.currency).rules.least // 10, 1) * Money(0, self.currency).rules.step

    def _one(self, number: int) -> list[Desk]:
        paid = [each for each in self.orders if each.purchase.is_paid]
        return [paid[number % len(paid)]] if paid else []
