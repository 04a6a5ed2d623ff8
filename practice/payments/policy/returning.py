"""This file knows how money goes back: refunds that are due, sent, refused or failed, and what a card's bank takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from practice.ledger.events import Event as Entry
from practice.payments.states import TAKES, CheckoutState, DisputeState, PaymentState, RefundState, Seat

from . import guards
from .effects import Book, CallOff, Concern, Effect, Effects, EndCheckout, Letter, Park, SendRefund, Write
from .events import (
    DisputeSeen,
    GiveBack,
    Given,
    PaidByHand,
    RefundDropped,
    RefundRefused,
    RefundsSeen,
    Returned,
    ReturnInDoubt,
)
from .purchase import Dispute, Purchase, Refund

R = RefundState
Turned = tuple[Purchase, Effects]


def give_back(purchase: Purchase, event: GiveBack) -> Turned:
    """What was promised once stays promised; more may be, up to the price."""
    line = purchase.lines[event.line]
    back = min(max(line.back, event.back), line.price)
    seat = Seat.GIVEN_UP if event.ends and line.seat in (Seat.HELD, Seat.TAKEN) else line.seat
    # What was not paid for by then comes back whole, should it be paid for after all.
    after = purchase.with_line(event.line, seat=seat, back=back if purchase.is_paid else line.back)
    if purchase.checkout == CheckoutState.OPEN and all(each.seat != Seat.HELD for each in after.lines):
        return replace(after, checkout=CheckoutState.ENDING), (EndCheckout(),)
    return after, ()


class NotReturned(StrEnum):
    """Why somebody who presses "give it back" is refused."""

    NOT_PAID = "not_paid"
    DISPUTED = "disputed"
    ALREADY = "already"
    TOO_MUCH = "too_much"


def refused_for(purchase: Purchase, at: int, back: int) -> NotReturned | None:
    """What stands against it that so much of a line comes back in all, for a person who asks; None for nothing.

    What ends a booking is never refused: it is promised, and sent when it may be. What a bank took counts as returned,
    so of the rest as much can be given as is left, by two (`needs_two_for`).
    """
    if not purchase.is_paid:
        return NotReturned.NOT_PAID
    if not guards.may_return(purchase):
        return NotReturned.DISPUTED
    line = purchase.lines[at]
    if back <= line.back:
        return NotReturned.ALREADY
    return NotReturned.TOO_MUCH if back > line.price else None


def needs_two_for(purchase: Purchase) -> bool:
    """Whether no person gives back more of it alone, however little: the bank of the card has taken something."""
    return purchase.lost > 0


def return_in_doubt(purchase: Purchase, _: ReturnInDoubt) -> Turned:
    """All that came, in the currency in which it came."""
    if purchase.payment != PaymentState.IN_DOUBT:
        return purchase, ()
    return replace(purchase, returned=purchase.paid), ()


def call_off_returned(purchase: Purchase) -> Turned:
    """Nobody has what was bought, and all of its price back too, whoever gave it back: its room hears so once."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.lines):
        if line.seat == Seat.TAKEN and line.back >= line.price > 0:
            purchase = purchase.with_line(at, seat=Seat.GIVEN_UP)
            effects.append(CallOff(at))
    return purchase, tuple(effects)


def request_missing(purchase: Purchase) -> Turned:
    """One more refund for what was promised and has not been asked for yet."""
    missing = purchase.missing
    if missing <= 0 or not guards.may_return(purchase):
        return purchase, ()
    refund = Refund(number=len(purchase.refunds) + 1, amount=missing)
    return replace(purchase, refunds=(*purchase.refunds, refund)), (SendRefund(refund.number, missing),)


def drop_by_hand(purchase: Purchase) -> Turned:
    """What went back by another way, or was taken by a bank, nobody pays by hand any more."""
    beyond = -purchase.missing if purchase.by_hand else 0
    for refund in purchase.refunds:
        if refund.state == R.FAILED and beyond > 0:
            less = min(refund.amount, beyond)
            beyond -= less
            purchase = purchase.with_refund(refund.number, amount=refund.amount - less)
    return purchase, ()


# ---------------------------------------------------------------- a refund, as the card processor says


def refunds_seen(purchase: Purchase, event: RefundsSeen) -> Turned:
    """Ours move on; what somebody returned elsewhere is booked, and counts. First those that failed: what they gave
    back to us may have gone again since."""
    effects: Effects = ()
    # Where the payment has not been seen yet, it is read first.
    seen = sorted(event.refunds, key=lambda each: each.status != Given.FAILED) if purchase.is_with_us else ()
    for each in seen:
        refund = _found(purchase, each)
        purchase, more = _outside(purchase, each) if refund is None else _FURTHER[each.status](purchase, refund)
        effects = (*effects, *more)
    return purchase, effects


def _found(purchase: Purchase, seen: Returned) -> Refund | None:
    same = (each for each in purchase.refunds if seen.name and each.name == seen.name)
    return next(same, None) if seen.number is None else purchase.refund(seen.number)


def _outside(purchase: Purchase, event: Returned) -> Turned:
    if event.status == Given.FAILED:
        return purchase, ()
    refund = Refund(number=len(purchase.refunds) + 1, amount=event.amount, state=R.SUCCEEDED, name=event.name)
    after = replace(purchase, refunds=(*purchase.refunds, refund))
    effects = (Book(Entry.REFUNDED, event.amount, number=refund.number), Park(Concern.REFUND_OUTSIDE, event.amount))
    return promise(after, after.counted - after.by_hand + after.lost), effects


def _left(purchase: Purchase, refund: Refund, state: RefundState) -> Turned:
    after = purchase.with_refund(refund.number, state=state)
    if not guards.is_new_refund(refund):
        return after, ()
    return after, (
        Book(Entry.REFUNDED, refund.amount, number=refund.number),
        Write(Letter.REFUND, refund.amount, number=refund.number),
    )


def _pending(purchase: Purchase, refund: Refund) -> Turned:
    return _left(purchase, refund, R.SENT) if guards.is_new_refund(refund) else (purchase, ())


def _succeeded(purchase: Purchase, refund: Refund) -> Turned:
    is_through = refund.state in (R.SUCCEEDED, R.FAILED, R.MANUAL)
    return (purchase, ()) if is_through else _left(purchase, refund, R.SUCCEEDED)


def _failed(purchase: Purchase, refund: Refund) -> Turned:
    """The money is with us again, and still theirs: somebody pays it by hand."""
    concern: Effects = (Park(Concern.REFUND_FAILED, refund.amount), Write(Letter.REFUND_FAILED, refund.amount))
    if refund.state == R.REQUESTED:
        return purchase.with_refund(refund.number, state=R.FAILED), concern
    if not guards.can_still_fail(refund):
        return purchase, ()
    after = purchase.with_refund(refund.number, state=R.FAILED)
    return after, (Book(Entry.REFUND_FAILED, refund.amount, number=refund.number), *concern)


_FURTHER: dict[Given, Callable[[Purchase, Refund], Turned]] = {
    Given.PENDING: _pending,
    Given.SUCCEEDED: _succeeded,
    Given.FAILED: _failed,
}


def refund_refused(purchase: Purchase, event: RefundRefused) -> Turned:
    """Refused over a dispute that is open it waits for the end of that; for anything else somebody looks."""
    refund = purchase.refund(event.number)
    if refund.state != R.REQUESTED:
        return purchase, ()
    after = purchase.with_refund(event.number, state=R.REFUSED)
    if event.disputed and not guards.may_return(after):
        return after, ()
    if after.missing < refund.amount:
        return after, ()  # somebody returned a part elsewhere; what is left is asked for anew
    failed = purchase.with_refund(event.number, state=R.FAILED)
    return failed, (Park(Concern.REFUND_REFUSED, refund.amount),)


def refund_dropped(purchase: Purchase, event: RefundDropped) -> Turned:
    """It has never left; what is still due is asked for anew when it may be."""
    is_waiting = purchase.refund(event.number).state == R.REQUESTED
    return purchase.with_refund(event.number, state=R.REFUSED) if is_waiting else purchase, ()


def paid_by_hand(purchase: Purchase, event: PaidByHand) -> Turned:
    """Somebody has paid what was missing, from an account of ours."""
    refund = purchase.refund(event.number)
    if refund.state != R.FAILED or not guards.may_return(purchase):
        return purchase, ()
    after = purchase.with_refund(refund.number, state=R.MANUAL)
    booked = Book(Entry.REFUNDED_BY_HAND, refund.amount, number=refund.number)
    return after, (booked,) if refund.amount else ()


# ---------------------------------------------------------------- a card's bank


def dispute_seen(purchase: Purchase, event: DisputeSeen) -> Turned:
    """One of several, each by itself; also where the decision is the first that is heard of it."""
    known = _dispute(purchase, event)
    if not purchase.is_with_us or not guards.is_newer(known, event.status):
        return purchase, ()
    seen = replace(known, state=DisputeState(event.status))
    effects: Effects = ()
    if seen.state in TAKES and known.state not in TAKES:
        seen = replace(seen, amount=event.amount)
        effects = (
            Book(Entry.DISPUTE_OPENED, seen.amount, number=seen.number),
            Park(Concern.DISPUTE, seen.amount),
            Write(Letter.BANK_ASKS, seen.amount, number=seen.number),
        )
    elif seen.state == DisputeState.INQUIRY:
        effects = (Park(Concern.DISPUTE, seen.amount),)
    after = purchase.with_dispute(seen)
    if seen.state == DisputeState.LOST:
        # What the bank took counts as returned.
        after = promise(after, after.gone + after.lost)
    return after, (*effects, *_decided(seen))


def _dispute(purchase: Purchase, event: DisputeSeen) -> Dispute:
    """The one that it is about; one in no state yet where it is new."""
    number = len(purchase.disputes) + 1
    new = Dispute(number=number, name=event.name, amount=event.amount, state=DisputeState.NONE)
    return next((each for each in purchase.disputes if each.name == event.name), new)


def _decided(dispute: Dispute) -> Effects:
    if dispute.state not in _DECISIONS:
        return ()
    entry, letter = _DECISIONS[dispute.state]
    told = Write(letter, dispute.amount, number=dispute.number)
    return Book(entry, dispute.amount, number=dispute.number), told


_DECISIONS = {
    DisputeState.WON: (Entry.DISPUTE_WON, Letter.BANK_FOR_US),
    DisputeState.LOST: (Entry.DISPUTE_LOST, Letter.BANK_AGAINST_US),
}


def promise(purchase: Purchase, least: int) -> Purchase:
    """The same with at least so much promised in all, the last line first, each up to its price."""
    if not purchase.is_paid:
        return replace(purchase, returned=max(purchase.returned, min(least, purchase.paid)))
    for at in reversed(range(len(purchase.lines))):
        line, beyond = purchase.lines[at], least - purchase.promised
        if beyond > 0:
            purchase = purchase.with_line(at, back=min(line.price, line.back + beyond))
    return purchase


def book_loss(purchase: Purchase) -> Turned:
    """What has left for the client beyond what was promised is lost to us, until it is not."""
    loss = max(0, purchase.gone + purchase.lost - purchase.promised) if purchase.is_with_us else 0
    if loss == purchase.loss:
        return purchase, ()
    entry = Entry.LOSS if loss > purchase.loss else Entry.LOSS_RECOVERED
    booked = Book(entry, abs(loss - purchase.loss), number=purchase.losses)
    return replace(purchase, loss=loss, losses=purchase.losses + 1), (booked,)
