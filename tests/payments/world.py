"""This file knows a whole world around one order: the rules, the calendar, the ledger, what is on its way, and a card
processor with a truth of its own. Each change gives a new world; what must never be raises `Broken`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from practice.ledger import chart as ledger
from practice.ledger.chart import Pot
from practice.payments.policy import events as e
from practice.payments.policy import guards
from practice.payments.policy.bookkeeping import postings
from practice.payments.policy.effects import (
    Book,
    CallOff,
    Confirm,
    EndCheckout,
    Letter,
    OpenCheckout,
    Park,
    Release,
    SendRefund,
    SendReversal,
    SendTransfer,
    ToProcessor,
    Write,
)
from practice.payments.policy.purchase import Purchase, payees_of
from practice.payments.policy.step import step
from practice.payments.states import ASKED_BACK, CheckoutState, PaymentState, Seat

LINE = ledger.Line("L1", "anna")


class Broken(AssertionError):
    """Something happened that must never happen."""


def must(condition: bool, sentence: str) -> None:
    if not condition:
        raise Broken(sentence)


@dataclass(frozen=True)
class Row:
    """What is to be told to the card processor; `tried`: somebody may have."""

    effect: ToProcessor
    tried: bool = False


@dataclass(frozen=True)
class Processor:
    """What is true there. Refunds and disputes are their name, amount and status; an answer is kept for each key."""

    page: str = ""
    charged: int = 0
    currency: str = ""
    refunds: tuple[tuple[str, int, e.Given], ...] = ()
    answers: tuple[tuple[ToProcessor, e.Event], ...] = ()
    sent: int = 0
    reversed: int = 0
    disputes: tuple[tuple[str, int, e.Asked], ...] = ()
    takes_money: bool = True
    emptied: bool = False

    @property
    def returned(self) -> int:
        return sum(amount for _, amount, status in self.refunds if status != e.Given.FAILED)

    @property
    def balance(self) -> int:
        return self.charged - self.returned - self.taken - self.sent + self.reversed

    @property
    def taken(self) -> int:
        """What lies with the bank of the card, for now or for good."""
        return sum(amount for _, amount, status in self.disputes if status in (e.Asked.OPEN, e.Asked.LOST))

    @property
    def lost(self) -> int:
        return sum(amount for _, amount, status in self.disputes if status == e.Asked.LOST)

    @property
    def newest(self) -> e.Asked | None:
        """Where the newest dispute stands."""
        return self.disputes[-1][2] if self.disputes else None

    def with_newest(self, status: e.Asked) -> Processor:
        name, amount, was = self.disputes[-1]
        # A bank that only asked takes what has not come back meanwhile.
        amount = self.charged - self.returned if (was, status) == (e.Asked.INQUIRY, e.Asked.OPEN) else amount
        return replace(self, disputes=(*self.disputes[:-1], (name, amount, status)))

    def seen(self) -> e.PaymentSeen:
        """What somebody reads who looks at the payment page now."""
        status = {"open": e.Paid.OPEN, "ended": e.Paid.EXPIRED, "slow": e.Paid.PROCESSING, "failed": e.Paid.FAILED}
        return e.PaymentSeen(status.get(self.page, e.Paid.PAID), self.charged, self.currency, "charge")

    def asks(self) -> tuple[e.DisputeSeen, ...]:
        """What somebody reads who looks at the disputes now."""
        return tuple(e.DisputeSeen(status, amount, name) for name, amount, status in self.disputes)

    def returns(self) -> e.RefundsSeen:
        """What somebody reads who looks at the refunds now."""
        found = []
        for name, amount, status in self.refunds:
            number = int(name.removeprefix("ours ")) if name.startswith("ours") else None
            found.append(e.Returned(status, amount, number, name))
        return e.RefundsSeen(tuple(found))


@dataclass(frozen=True)
class World:
    """`promise` is what the client was told will come back; `past` what can happen once only and has."""

    purchase: Purchase
    processor: Processor = Processor()
    rows: tuple[Row, ...] = ()
    slot: str = "ours"
    ledger: tuple[tuple[tuple[Pot, str], int], ...] = ()
    glance: e.PaymentSeen | None = None
    promise: int = 0
    concerns: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()

    def pot(self, pot: Pot) -> int:
        return sum(amount for (each, _), amount in self.ledger if each == pot)

    def was(self, happening: str) -> World:
        return replace(self, past=self.past | {happening})


# ---------------------------------------------------------------- one transaction


def act(world: World, event: e.Event) -> World:
    """What happened goes through the rules, and all that follows within the same transaction is done."""
    waiting = [event]
    while waiting:
        event, before = waiting.pop(0), world.purchase
        after, effects = step_once(before, event)
        world = replace(world, purchase=after)
        for effect in effects:
            world, answer = carry_out(world, effect, before, event)
            waiting += [answer] if answer else []
    if world.purchase.checkout == CheckoutState.OPEN:
        world = world.was("sent to pay")
    return check(world)


@lru_cache(maxsize=200_000)
def step_once(purchase: Purchase, event: e.Event):
    return step(purchase, event)


def carry_out(world: World, effect, before: Purchase, event: e.Event) -> tuple[World, e.Event | None]:
    if isinstance(effect, Confirm):
        return confirm(world, effect)
    if isinstance(effect, Release | CallOff):
        slow = before.payment == PaymentState.PROCESSING and not isinstance(effect, CallOff)
        failed = isinstance(event, e.PaymentSeen) and event.status in (e.Paid.FAILED, e.Paid.PAID)
        must(failed or not slow, "a place was given away while its payment was on its way")
        return replace(world, slot="free" if world.slot == "ours" else world.slot), None
    if isinstance(effect, Book):
        return book(world, effect), None
    if isinstance(effect, Park):
        return replace(world, concerns=world.concerns | {effect.concern}), None
    if isinstance(effect, Write):
        says_nothing_was_charged = effect.letter in (Letter.HOLD_ENDED, Letter.PAYMENT_FAILED)
        must(not (says_nothing_was_charged and world.processor.charged), "somebody was told that nothing was charged")
        return world, None
    check_leaving(world, effect)
    return replace(world, rows=(*world.rows, Row(effect))), None


def confirm(world: World, effect: Confirm) -> tuple[World, e.Event]:
    """The calendar's answer. What is not late is believed to be held, and nobody asks again; a practice that was closed
    meanwhile takes nobody."""
    if "closed" in world.past or (effect.late and world.slot == "others"):
        return replace(world, promise=world.purchase.total), e.SeatGone(effect.line)
    must(world.slot != "others", "one time was booked twice")
    return replace(world, slot="ours"), e.SeatTaken(effect.line)


def book(world: World, entry: Book) -> World:
    purchase = world.purchase
    is_due = entry.line is not None and purchase.lines[entry.line].ripe
    return replace(world, ledger=posted(world.ledger, entry, purchase.paid_in, is_due))


@lru_cache(maxsize=200_000)
def posted(before, entry: Book, currency: str, is_due: bool):
    """The ledger after it, by the ledger's own rules."""
    sums = dict(before)
    for each in postings(entry, currency, LINE, ledger.Balances(sums), ripe=is_due):
        for pot, amount in ((each.source, -each.amount.amount), (each.target, each.amount.amount)):
            sums[pot, currency] = sums.get((pot, currency), 0) + amount
    return tuple(sorted((key, amount) for key, amount in sums.items() if amount))


def check_leaving(world: World, effect: ToProcessor) -> None:
    purchase = world.purchase
    if isinstance(effect, SendTransfer):
        line = purchase.lines[effect.line]
        must(line.ripe and not line.frozen, "a payee was paid too soon")
        must(purchase.dispute not in ASKED_BACK, "a payee was paid while a bank asked for the money")
    if isinstance(effect, SendReversal):
        answered_to = dict(world.processor.answers)
        unsent = [row for row in world.rows if isinstance(row.effect, SendRefund) and row.effect not in answered_to]
        must(not unsent, "money was taken from a payee before the client had theirs")


# ---------------------------------------------------------------- what leaves, once or more often


def run(world: World, row: Row) -> World:
    """A worker takes a row, does it, and stores what was answered."""
    if guards.may_drop(row.effect, int(row.tried)) and not guards.is_wanted(world.purchase, row.effect):
        return drop(world, row)
    world, answer = tell(world, row)
    return answered(without(world, row), answer)


def answered(world: World, answer: e.Event) -> World:
    """After a refund was sent, whether it left or not, the worker looks what has gone back of this payment, and what a
    bank has taken where that is why."""
    if isinstance(answer, e.RefundRefused):
        for seen in (world.processor.returns(), *(world.processor.asks() if answer.disputed else ())):
            world = act(world, seen)
    return act(world, world.processor.returns() if isinstance(answer, e.RefundsSeen) else answer)


def drop(world: World, row: Row) -> World:
    effect, world = row.effect, without(world, row)
    if isinstance(effect, SendRefund):
        return act(world, e.RefundDropped(effect.number))
    if isinstance(effect, SendTransfer):
        return act(world, e.TransferDropped(effect.line, effect.number))
    return world


def without(world: World, row: Row) -> World:
    return replace(world, rows=tuple(each for each in world.rows if each.effect != row.effect))


def begun(world: World, row: Row) -> World:
    """It is noted that a try begins, and then the machine is gone."""
    rows = tuple(replace(each, tried=True) if each == row else each for each in world.rows)
    return replace(world, rows=rows)


def tell(world: World, row: Row) -> tuple[World, e.Event]:
    """The card processor does it and answers; told the same again, it answers the same and does nothing."""
    effect = row.effect
    if isinstance(effect, EndCheckout):
        page = "ended" if world.processor.page == "open" else world.processor.page
        world = replace(world, processor=replace(world.processor, page=page))
        return world, world.processor.seen()
    answers = dict(world.processor.answers)
    if effect not in answers:
        if not row.tried:
            check_fresh(world, effect)
        processor, answer = do(world, effect)
        kept = (*processor.answers, (effect, answer))
        world = check(replace(world, processor=replace(processor, answers=kept)))
        return world, answer
    return world, answers[effect]


def check_fresh(world: World, effect: ToProcessor) -> None:
    if isinstance(effect, SendTransfer):
        line = world.purchase.lines[effect.line]
        must(world.purchase.payees(line) == effect.amount, "what was not earned any more was sent all the same")
    if isinstance(effect, SendRefund):
        must(world.purchase.dispute not in ASKED_BACK, "a refund was sent while a bank asked for the money")


def do(world: World, effect: ToProcessor) -> tuple[Processor, e.Event]:
    there, purchase = world.processor, world.purchase
    if isinstance(effect, OpenCheckout):
        return replace(there, page="open"), e.CheckoutMade(purchase.total, purchase.currency)
    if isinstance(effect, SendRefund):
        return do_refund(there, effect)
    if isinstance(effect, SendTransfer):
        if not there.takes_money:
            return there, e.TransferRefused(effect.line, effect.number)
        return replace(there, sent=there.sent + effect.amount), e.TransferMade(effect.line, effect.number)
    assert isinstance(effect, SendReversal)
    if there.emptied:
        return there, e.ReversalRefused(effect.line, effect.number)
    return replace(there, reversed=there.reversed + effect.amount), e.ReversalMade(effect.line, effect.number)


def do_refund(there: Processor, effect: SendRefund) -> tuple[Processor, e.Event]:
    if there.taken:
        return there, e.RefundRefused(effect.number, disputed=True)
    if there.returned + effect.amount > there.charged:
        return there, e.RefundRefused(effect.number)
    there = replace(there, refunds=(*there.refunds, (f"ours {effect.number}", effect.amount, e.Given.PENDING)))
    return there, there.returns()


# ---------------------------------------------------------------- what must hold at every moment


def check(world: World) -> World:
    purchase, there = world.purchase, world.processor
    must(balances(world.ledger), "the ledger does not balance, or a pot has in it what cannot be")
    must(there.returned <= there.charged, "more went back than was paid")
    must(odd(world) or there.charged in (0, purchase.total), "somebody was charged twice")
    must(there.sent - there.reversed >= 0, "more was taken from the payee than they got")
    most = sum(payees_of(line.price, line.rate, purchase.currency) for line in purchase.lines)
    must(there.sent <= most, "the payee got more than is theirs")
    taken = any(line.seat == Seat.TAKEN for line in purchase.lines)
    must(not taken or world.slot == "ours", "a booking stands whose time is not taken")
    must(not (taken and odd(world)), "somebody got what they had not paid for")
    released = any(line.seat == Seat.RELEASED for line in purchase.lines)
    is_payable = there.page == "open" and "sent to pay" in world.past
    must(not (released and is_payable), "a place was given away while somebody could still pay for it")
    must(len(purchase.refunds) <= 7, "refunds are asked for without end")
    must(max((line.tries for line in purchase.lines), default=0) <= 7, "a payee is paid without end")
    return world


@lru_cache(maxsize=200_000)
def balances(pots) -> bool:
    return sum(amount for _, amount in pots) == 0 and not list(ledger.Balances(dict(pots)).impossible())


def odd(world: World) -> bool:
    return "odd" in world.past
