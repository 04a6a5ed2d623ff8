"""This file knows everything that can happen next in a world, and what the sweeps do until nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from practice.ledger.chart import Balances, Pot, Whereabouts
from practice.payments.policy import events as e
from practice.payments.policy.effects import OpenCheckout
from practice.payments.policy.purchase import Refund
from practice.payments.states import (
    OrderState,
    PaymentState,
    RefundState,
    Seat,
    TransferState,
)
from tests.payments.world import Processor, Row, World, act, answered, begun, must, run, tell, without

Next = Iterator[tuple[str, World]]
PAGE_IS_OVER = ("ended", "slow", "failed", "paid")


def happenings(world: World) -> Next:
    """Each thing that can happen now by its name, with the world after it."""
    yield from rows(world)
    yield from client(world)
    yield from time(world)
    yield from looks(world)
    yield from changes(world)
    yield from afterwards(world)
    yield from payee(world)


def rows(world: World) -> Next:
    for row in world.rows:
        name = type(row.effect).__name__
        yield f"{name} done", run(world, row)
        if not row.tried:
            yield f"{name} begun, then a crash", begun(world, row)
        if isinstance(row.effect, OpenCheckout) and not world.processor.page:
            yield "the order is refused", act(without(world, row), e.CheckoutRefused())
        tried = begun(world, row)
        told, answer = tell(tried, Row(row.effect, tried=True))
        yield f"{name} done, its answer lost", told
        # Its lease ran out meanwhile, so somebody else does it too.
        yield f"{name} done by two", answered(told, answer)


def client(world: World) -> Next:
    there = world.processor
    if there.page == "open" and "sent to pay" in world.past:
        total, currency = world.purchase.total, world.purchase.currency
        for name, page, amount, of in (
            ("pays", "paid", total, currency),
            ("pays slowly", "slow", 0, ""),
            ("pays another amount", "paid", total - 100, currency),
            ("pays in another currency", "paid", total, "USD"),
        ):
            after = replace(world, processor=replace(there, page=page, charged=there.charged + amount, currency=of))
            yield name, after if name in ("pays", "pays slowly") else after.was("odd")
        yield "the page ends by itself", replace(world, processor=replace(there, page="ended"))
    if there.page == "slow":
        yield "the slow payment comes", slow_comes(world)
        yield "the slow payment fails", replace(world, processor=replace(there, page="failed"))


def slow_comes(world: World) -> World:
    total, currency = world.purchase.total, world.purchase.currency
    return replace(world, processor=replace(world.processor, page="paid", charged=total, currency=currency))


def time(world: World) -> Next:
    yield "the hold ends", act(world, e.HoldEnds())
    if world.processor.page in PAGE_IS_OVER:
        yield "the hold is long over", act(world, e.HoldOver())
    if "closed" not in world.past and world.purchase.lines[0].seat == Seat.HELD:
        yield "the practice closes", world.was("closed")
    if world.slot == "free":
        yield "somebody else takes the time", replace(world, slot="others")
    if world.purchase.payment == PaymentState.PROCESSING and world.purchase.lines[0].seat == Seat.HELD:
        yield "the session begins", replace(act(world, e.Began(0)), promise=world.purchase.total)


def looks(world: World) -> Next:
    """An event, a return or a sweep: somebody looks, and acts on it at once, or later."""
    there = world.processor
    if there.page:
        yield "seen", act(world, there.seen())
        if world.glance is None:
            yield "looked at", replace(world, glance=there.seen())
    if world.glance is not None:
        yield "what was looked at arrives", replace(act(world, world.glance), glance=None)
    if there.page and not world.purchase.is_with_us and "foreign" not in world.past:
        foreign = e.PaymentSeen(e.Paid.PAID, world.purchase.total, world.purchase.currency, "test", live=False)
        yield "test money is seen", act(world.was("foreign"), foreign)
    if there.refunds and world.purchase.is_with_us:
        yield "refunds are seen", act(world, there.returns())
    if world.purchase.is_with_us:
        for seen in there.asks():
            yield f"the {seen.name} is seen", act(world, seen)


def changes(world: World) -> Next:
    line = world.purchase.lines[0]
    if line.seat in (Seat.HELD, Seat.TAKEN) and "cancelled" not in world.past:
        shares = (0, 50, 100) if line.seat == Seat.TAKEN else (100,)
        for share in shares:
            back = line.price * share // 100
            yield f"cancelled, {share} % back", give(world.was("cancelled"), back, ends=True)
    if line.seat in (Seat.TAKEN, Seat.GIVEN_UP) and world.purchase.is_paid and "waived" not in world.past:
        yield "all is waived", give(world.was("waived"), line.price, ends=False)


def give(world: World, back: int, *, ends: bool) -> World:
    """An action of the room that sells: the booking ends, its time is free, and what comes back is said."""
    promised = back if world.purchase.is_paid else world.purchase.total
    slot = "free" if ends and world.slot == "ours" else world.slot
    return act(replace(world, promise=max(world.promise, promised), slot=slot), e.GiveBack(0, back, ends))


def afterwards(world: World) -> Next:
    """What the card holder, their bank and our own staff do at the card processor."""
    there = world.processor
    for at, (name, amount, status) in enumerate(there.refunds):
        if status != e.Given.FAILED and "refund failed" not in world.past:
            failed = (*there.refunds[:at], (name, amount, e.Given.FAILED), *there.refunds[at + 1 :])
            yield "a refund fails", replace(world, processor=replace(there, refunds=failed)).was("refund failed")
    for refund in world.purchase.refunds:
        if refund.state == RefundState.FAILED and refund.amount:
            yield "staff pay it by hand", by_hand(world, refund)
    left = there.charged - there.returned - there.taken
    if left and not there.disputes and there.page == "paid" and "outside" not in world.past:
        refund = ("outside", (left + 1) // 2, e.Given.SUCCEEDED)
        yield (
            "staff return half elsewhere",
            replace(world, processor=replace(there, refunds=(*there.refunds, refund))).was("outside"),
        )
    for name, after in banks(there, left):
        yield name, replace(world, processor=after)


def banks(there: Processor, left: int) -> Iterator[tuple[str, Processor]]:
    """What the card holder's bank does: it asks, takes, and decides, and once more after that."""
    if left and there.page == "paid" and not there.disputes:
        for name, status in (("asks for the money", e.Asked.OPEN), ("only asks", e.Asked.INQUIRY)):
            yield f"the bank {name}", replace(there, disputes=(("dispute", left, status),))
    if left and len(there.disputes) == 1 and there.newest != e.Asked.OPEN:
        second = ("second dispute", left, e.Asked.OPEN)
        yield "the bank asks for the money again", replace(there, disputes=(*there.disputes, second))
    if there.newest == e.Asked.INQUIRY:
        yield "the bank has done with asking", there.with_newest(e.Asked.CLOSED)
    if there.newest == e.Asked.INQUIRY and left:
        yield "the bank takes the money after all", there.with_newest(e.Asked.OPEN)
    if there.newest == e.Asked.OPEN:
        yield "the bank decides for us", there.with_newest(e.Asked.WON)
        yield "the bank decides for them", there.with_newest(e.Asked.LOST)


def by_hand(world: World, refund: Refund) -> World:
    """What staff are asked to pay has not come back already, as far as we know."""
    purchase = world.purchase
    known = purchase.gone + purchase.lost + refund.amount
    must(known <= purchase.paid, "staff were asked to pay what had come back already")
    return act(world, e.PaidByHand(refund.number))


def payee(world: World) -> Next:
    there, line = world.processor, world.purchase.lines[0]
    if world.purchase.is_paid and not line.ripe and line.seat in (Seat.TAKEN, Seat.GIVEN_UP):
        yield "the wait after the session is over", act(world, e.Ripe(0))
        if "frozen" not in world.past:
            yield "the client complains", act(world.was("frozen"), e.Frozen(0, True))
    if line.frozen:
        yield "the complaint is closed", act(world, e.Frozen(0, False))
    if there.takes_money and "shut" not in world.past and world.purchase.is_paid:
        yield "the account is shut", replace(world, processor=replace(there, takes_money=False)).was("shut")
    if not there.takes_money:
        yield "the account opens again", replace(world, processor=replace(there, takes_money=True))
    if line.open != there.takes_money:
        yield "the account is seen", act(world, e.AccountSeen(0, there.takes_money))
    if there.sent and not there.emptied:
        yield "the payee takes their money to the bank", replace(world, processor=replace(there, emptied=True))
    if line.debt and there.emptied and "earned again" not in world.past:
        filled = replace(world, processor=replace(there, emptied=False)).was("earned again")
        yield "the payee earns enough for what they owe", act(filled, e.DebtDue(0))


# ---------------------------------------------------------------- until nothing is left to do


def swept(world: World) -> World | None:
    """The world after the next thing that a sweep, a worker, somebody of the staff or mere time does; None when there
    is nothing left."""
    for sweep in (_work, _look, _look_back, _stop_waiting, _pay_out):
        if (after := sweep(world)) is not None and after != world:
            return after
    return None


def _work(world: World) -> World | None:
    return run(world, world.rows[0]) if world.rows else None


def _look(world: World) -> World | None:
    if world.processor.page == "slow":
        return slow_comes(world)
    seen = act(world, world.processor.seen()) if world.processor.page else world
    return replace(seen, glance=None)


def _look_back(world: World) -> World | None:
    if not world.purchase.is_with_us:
        return None
    there = world.processor
    through = tuple((n, a, e.Given.SUCCEEDED if s == e.Given.PENDING else s) for n, a, s in there.refunds)
    ends = {e.Asked.OPEN: e.Asked.WON, e.Asked.INQUIRY: e.Asked.CLOSED}
    over = tuple((n, a, ends.get(s, s)) for n, a, s in there.disputes)
    world = replace(world, processor=replace(there, refunds=through, disputes=over))
    for seen in (world.processor.returns(), *world.processor.asks()):
        world = act(world, seen)
    return world


def _stop_waiting(world: World) -> World | None:
    purchase = world.purchase
    for refund in purchase.refunds:
        if refund.state == RefundState.FAILED:
            return by_hand(world, refund)
    if purchase.payment == PaymentState.IN_DOUBT:
        return act(replace(world, promise=purchase.paid), e.ReturnInDoubt())
    return act(world, e.HoldEnds())


def _pay_out(world: World) -> World | None:
    line = world.purchase.lines[0]
    if line.seat not in (Seat.TAKEN, Seat.GIVEN_UP) or not world.purchase.is_paid:
        return None
    opened = replace(world, processor=replace(world.processor, takes_money=True))
    for event in (e.Frozen(0, False), e.AccountSeen(0, True), e.Ripe(0)):
        opened = act(opened, event)
    return opened


SETTLED = frozenset(OrderState) - {
    OrderState.CREATED,
    OrderState.SESSION_OPEN,
    OrderState.PROCESSING,
    OrderState.REFUND_DUE,
    OrderState.DISPUTED,
}
PAID_OUT = {
    TransferState.NONE,
    TransferState.SENT,
    TransferState.PARTLY_REVERSED,
    TransferState.REVERSED,
    TransferState.DEBT,
}


def check_end(world: World) -> None:
    """Nothing is left to do, so everybody has what is theirs."""
    purchase, there, line = world.purchase, world.processor, world.purchase.lines[0]
    must(purchase.state in SETTLED, f"an order ends as {purchase.state}")
    must(line.seat != Seat.HELD, "a hold has no end")
    must(line.seat == Seat.TAKEN or world.slot != "ours", "a time is kept for nobody")
    must(line.back < line.price or world.slot != "ours", "somebody has a session and all of its money")
    must(purchase.transfer_state(line) in PAID_OUT, f"a payee's money ends as {purchase.transfer_state(line)}")
    must(purchase.is_with_us == bool(there.charged), "money came and was not noticed, or the other way round")
    must(at_platform(world) == there.balance, "the ledger and the card processor disagree")
    must(world.pot(Pot.UNEARNED) == 0, "money of a client is neither earned nor returned")
    must(world.pot(Pot.DISPUTED) == world.pot(Pot.ADVANCED) == 0, "a dispute is over and still booked as open")
    must(world.pot(Pot.PENDING) + world.pot(Pot.AVAILABLE) == 0, "what is due to a payee was not sent")
    must(world.pot(Pot.DEBT) == -line.debt, "a payee's debt is wrong")
    must(there.sent - there.reversed == purchase.payees(line) + line.debt, "a payee has not what is theirs")
    check_client(world)


def at_platform(world: World) -> int:
    balances = Balances(dict(world.ledger))
    return sum(balances.lying(Whereabouts.PLATFORM, currency).amount for currency in balances.currencies)


def check_client(world: World) -> None:
    """The client has back what the page had promised: exactly, unless somebody else returned something too."""
    purchase, there = world.purchase, world.processor
    back = there.returned + there.lost + world.pot(Pot.OWN)
    stands = purchase.lines[0].seat in (Seat.TAKEN, Seat.GIVEN_UP) and purchase.is_paid
    promised = world.promise if stands else there.charged
    is_ours_alone = not purchase.lost and "outside" not in world.past
    must(back >= promised if not is_ours_alone else back == promised, f"{promised} was promised, {back} came back")
    # What staff paid by hand can be returned elsewhere as well, or be taken by a bank: nobody but them can prevent it.
    by_hand = world.pot(Pot.OWN) > 0 and back - there.charged == -world.pot(Pot.LOSSES)
    must(back <= there.charged or by_hand, "more came back than was paid")


def after(world: World, *names: str) -> World:
    """The world after these happenings, one after the other; KeyError for one that cannot happen then."""
    for name in names:
        world = dict(happenings(world))[name]
    return world
