"""This file knows one sold booking and all that people, time and a card's bank can do to it, in the real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from practice.bookings import actions, jobs, lengths, queries, sale_labels, sold
from practice.bookings.models import Booking
from practice.bookings.money_back import Turn
from practice.bookings.states import BookingState, Outcome
from practice.payments import actions as payments
from practice.payments.models import OrderLine
from practice.payments.policy import events
from practice.payments.states import DisputeState, PaymentState, RefundState
from practice.specialists.models import Offer
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound, Problem
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.selling import begin, booking_of, hold_ends, pay, sold_by

HOUR = timedelta(hours=1)
S = BookingState
# What leaves more to happen is more likely.
LIKELY = {
    "to_change_length": 2,
    "to_be_cancelled_on": 3,
    "to_choose_time": 2,
    "to_choose_money": 2,
    "to_ask": 2,
    "to_undo": 0.3,
}


class Life:
    """`promised`: what a page said last before somebody pressed, in smallest units; what is promised stays so."""

    def __init__(self, cast: Any, offer: Any, move_clock: Any, random: Random) -> None:
        self.cast, self.clock, self.random, self.promised = cast, move_clock, random, 0
        self.done: list[str] = []
        order = begin(cast.ben, offer, WEDNESDAY_TEN + random.randint(0, 5) * HOUR)
        self.booking: Booking = booking_of(order)
        if random.random() < 0.3:
            order = hold_ends(order)  # what comes now comes late
        pay(order)
        self.lengths = [sold_by(cast.anna, minutes=each, price=Money(each * 140, "EUR")).code for each in (30, 80)]

    @property
    def lines(self) -> list[OrderLine]:
        """What was paid for it: the first sale, and differences."""
        db.session.expire_all()
        return [line for line in sold.lines_of(self.booking) if line.order.payment == PaymentState.PAID]

    @property
    def back(self) -> int:
        return sum(line.back for line in self.lines)

    @property
    def paid(self) -> int:
        return sum(line.price for line in self.lines)

    def go(self, steps: int) -> None:
        """So many things that happen; what is refused changes nothing, and something else happens instead."""
        always = ("to_wait", "to_refund", "to_dispute")
        deeds = [name for name in dir(self) if name.startswith("to_") and name not in always]
        for _ in range(steps):
            tried = (
                self.random.sample(deeds, len(deeds)) if self.random.random() < 0.8 else [self.random.choice(always)]
            )
            next(filter(self._does, tried), None)

    def _does(self, name: str) -> bool:
        try:
            getattr(self, name)()
        except Problem:
            db.session.rollback()
            return False
        self.done.append(name)
        return True

    # ------------------------------------------------------------ people

    def to_wait(self) -> None:
        self.clock.advance(hours=self.random.choice((1, 5, 20, 30)))
        self.sweep()

    def to_move(self) -> None:
        actions.move(self.booking, self._time(), by=self.cast.ben)

    def to_change_length(self) -> None:
        """At once where it is shorter; else the difference is paid, late, or not at all."""
        other = lengths.named(self.booking, self.random.choice(self.lengths))
        starts = [self.booking.starts_at, self._time(other.offer)]
        wanted = actions.OtherLength(other.offer.code, self.random.choice(starts), other.shown, is_express=True)
        if other.more.is_free:
            actions.change_length(self.booking, wanted, by=self.cast.ben)
            return
        order = actions.order_length(self.booking, wanted, by=self.cast.ben)
        if self.random.random() < 0.3:
            hold_ends(order)
        if self.random.random() < 0.5:
            pay(order, charge=f"ch_{order.code}")

    def to_pay_late(self) -> None:
        """What was not paid of another length, whatever has become of it."""
        db.session.expire_all()
        unpaid = [line.order for line in sold.lines_of(self.booking) if line.order.payment == PaymentState.AWAITED]
        if not unpaid:
            raise NotFound
        pay(unpaid[0], charge=f"ch_{unpaid[0].code}")

    def to_ask(self) -> None:
        asked = actions.ask_times(self.booking, [self._time()], by=self.cast.ben)
        if self.random.random() < 0.5:
            actions.agree(asked, asked.instants[0], by=self.cast.anna)

    def to_cancel(self) -> None:
        page = sale_labels.brings_to(self.booking, clock.now())
        assert page is not None
        self._promised(page["minor"], lambda: actions.cancel(self.booking, by=self.cast.ben, expecting=page["minor"]))

    def to_undo(self) -> None:
        self._promised(self.paid, lambda: actions.undo(self.booking, by=self.cast.ben))

    def to_be_cancelled_on(self) -> None:
        actions.cancel_by_specialist(self.booking, by=self.cast.anna)

    def to_choose_time(self) -> None:
        actions.choose_time(self.booking, self._time(), by=self.cast.ben)

    def to_choose_money(self) -> None:
        self._promised(self.paid, lambda: actions.choose_money(self.booking, by=self.cast.ben))

    def to_miss(self) -> None:
        self.clock.freeze(max(clock.now(), self.booking.starts_at + timedelta(minutes=16)))
        if self.random.random() < 0.5:
            actions.mark_client_missed(self.booking, by=self.cast.anna)
        else:
            self._promised(self.paid, lambda: actions.mark_specialist_missed(self.booking, by=self.cast.ben))

    def to_break(self) -> None:
        actions.report_technical(self.booking, by=self.random.choice((self.cast.ben, self.cast.anna)))

    def to_agree(self) -> None:
        press = self.random.choice((self.cast.ben, self.cast.anna))
        self._promised(self.paid, lambda: actions.agree_broken(self.booking, by=press))

    def to_contest(self) -> None:
        mine = {S.CLIENT_MISSED: self.cast.ben, S.SPECIALIST_MISSED: self.cast.anna}
        side = mine.get(S(self.booking.state)) or self.random.choice((self.cast.ben, self.cast.anna))
        contest = actions.contest(self.booking, "It was otherwise.", by=side)
        self.clock.advance(hours=48)
        outcome = self.random.choice([each for each in Outcome if each != Outcome.OPEN])
        actions.decide_contest(contest, outcome, by=self.cast.sam, reason="We looked.")

    def to_not_fit(self) -> None:
        self._promised(self.paid, lambda: actions.say_no_fit(self.booking, by=self.cast.ben))

    def to_waive(self) -> None:
        _, back = sold.left_and_returned(self.booking)
        more = Money(self.random.randint(1, 7200), "EUR")
        self._promised(back.amount + more.amount, lambda: actions.waive(self.booking, more, by=self.cast.anna))

    # ------------------------------------------------------------ money

    def to_refund(self) -> None:
        self.refunds(self.random.choice((events.Given.PENDING, events.Given.SUCCEEDED, events.Given.FAILED)))

    def refunds(self, status: events.Given) -> None:
        for order in [line.order for line in self.lines]:
            seen = tuple(
                events.Returned(status, each.amount, each.number)
                for each in order.refunds
                if each.state != RefundState.REFUSED
            )
            if seen and order.dispute not in (DisputeState.OPEN, DisputeState.LOST):
                payments.turn(order, events.RefundsSeen(seen))

    def to_dispute(self) -> None:
        order = self.random.choice(self.lines).order
        gone = sum(each.amount for each in order.refunds if each.state in ("sent", "succeeded", "manual"))
        if order.dispute == DisputeState.OPEN:
            won = self.random.choice((events.Asked.WON, events.Asked.LOST))
            payments.turn(order, events.DisputeSeen(won, order.bank.amount, order.bank.name))
        elif order.payment == "paid" and order.dispute == DisputeState.NONE and order.paid > gone:
            payments.turn(order, events.DisputeSeen(events.Asked.OPEN, order.paid - gone))

    def sweep(self) -> None:
        """What a worker does about bookings by itself."""
        for each in (jobs.lapse_proposals, jobs.return_unchosen, jobs.close_ended, jobs.return_broken):
            each()
        for line in self.lines:
            if line.ripe_at is not None and line.ripe_at <= clock.now() and not line.frozen:
                payments.ripen(line)
        for line in self.lines:
            if line.asked:
                payments.turn(line.order, events.TransferMade(line.at, line.tries))
        for line in self.lines:
            if line.taking:
                payments.turn(line.order, events.ReversalMade(line.at, line.tries))

    def close(self) -> None:
        """A month later: whoever waited for somebody waits no more."""
        for _ in range(4):
            self.clock.advance(days=8)
            for order in [line.order for line in self.lines]:
                if order.dispute == DisputeState.OPEN:
                    payments.turn(order, events.DisputeSeen(events.Asked.WON, order.bank.amount, order.bank.name))
            self.refunds(events.Given.SUCCEEDED)
            for order in [line.order for line in self.lines]:
                for each in order.refunds:
                    payments.paid_by_hand(order, each.number, by=self.cast.sam)
            self.sweep()

    @property
    def back_by_rule(self) -> int:
        """What the calculator says of where it ended."""
        db.session.refresh(self.booking)
        turn = Turn(state=S(self.booking.state), at=self.booking.starts_at)
        return sold.split(sold.of(self.booking), turn).back.amount

    def _promised(self, said: int, press: Callable[[], object]) -> None:
        paid = self.paid
        press()
        self.promised = max(self.promised, min(said, paid))
        assert self.back >= self.promised, f"the page said {said}, after {self.done}"

    def _time(self, offer: Offer | None = None) -> Any:
        """Mostly one that is free."""
        starts = queries.starts_for(offer or self.booking.appointment.offer)
        days = [THURSDAY_TEN + self.random.randint(0, 200) * HOUR]
        return self.random.choice([*map(_instant, starts[:60]), *days])


def _instant(start: int) -> Any:
    return THURSDAY_TEN.fromtimestamp(start, THURSDAY_TEN.tzinfo)
