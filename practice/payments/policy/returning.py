"""This file knows how money goes back: what is promised, requested, sent, refused, failed, or paid by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from practice.payments.states import CheckoutState, DisputeState, PaymentState, RefundState, Seat

from . import guards
from .disputes import dispute_seen, win
from .dues import book_what_is_due, spread
from .effects import Book, Concern, Effects, EndCheckout, Entry, Letter, Park, Write
from .events import (
    Asked,
    ChargeSeen,
    GiveBack,
    Given,
    PaidByHand,
    RefundDropped,
    RefundRefused,
    Returned,
    ReturnInDoubt,
)
from .purchase import Purchase, Refund

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


def return_in_doubt(purchase: Purchase, _: ReturnInDoubt) -> Turned:
    """All that came, in the currency in which it came."""
    if purchase.payment != PaymentState.IN_DOUBT:
        return purchase, ()
    return purchase.with_part(0, back=purchase.paid), ()


# ---------------------------------------------------------------- a refund, as the card processor says


def charge_seen(purchase: Purchase, event: ChargeSeen) -> Turned:
    """What somebody saw, in the one order in which it can have happened: what failed is with us again, what a bank gave
    back as well; then what left; then what a bank asks for of the rest."""
    if not purchase.is_with_us:
        return purchase, ()  # its payment has not been seen yet, and is read first
    refunds = sorted(event.refunds, key=lambda each: each.status != Given.FAILED)
    is_won = event.dispute == Asked.WON
    purchase, effects = dispute_seen(purchase, event) if is_won else (purchase, ())
    for each in refunds:
        refund = _found(purchase, each)
        purchase, more = _outside(purchase, each) if refund is None else _FURTHER[each.status](purchase, refund)
        effects = (*effects, *more)
    after, more = dispute_seen(purchase, event) if event.dispute and not is_won else (purchase, ())
    return after, (*effects, *more)


def _found(purchase: Purchase, seen: Returned) -> Refund | None:
    same = (each for each in purchase.refunds if seen.name and each.name == seen.name)
    return next(same, None) if seen.number is None else purchase.refund(seen.number)


def _outside(purchase: Purchase, seen: Returned) -> Turned:
    if seen.status == Given.FAILED:
        return purchase, ()
    parts = _of_which(purchase, seen.amount)
    refund = Refund(number=len(purchase.refunds) + 1, parts=parts, state=R.REFUSED, name=seen.name)
    after, effects = _left(replace(purchase, refunds=(*purchase.refunds, refund)), refund, R.SUCCEEDED)
    return after, (*effects, Park(Concern.REFUND_OUTSIDE, seen.amount))


def _of_which(purchase: Purchase, amount: int) -> tuple[int, ...]:
    """The parts that such an amount is of: of what is promised first, then of what is left; the last line first."""
    gone = [purchase.gone_of(at) for at in range(len(purchase.parts))]
    promised = [max(0, line.back - went) for line, went in zip(purchase.parts, gone, strict=True)]
    first = spread(amount, promised)
    left = [line.price - went - took for line, went, took in zip(purchase.parts, gone, first, strict=True)]
    more = spread(amount - sum(first), left)
    return tuple(one + other for one, other in zip(first, more, strict=True))


def _left(purchase: Purchase, refund: Refund, state: RefundState) -> Turned:
    if not guards.is_new_refund(refund):
        return purchase.with_refund(refund.number, state=state), ()
    won: Effects = ()
    if purchase.dispute == DisputeState.OPEN and _is_more_than_is_left(purchase, refund):
        # While it asks for the money none of that can leave: the bank has given it back, and we hear of it later.
        purchase, won = win(purchase)
    after, promised = book_what_is_due(_promised(purchase.with_refund(refund.number, state=state)))
    return after, (*won, *promised, *_of_each(after, Entry.REFUND_SENT, refund), Write(Letter.REFUND, refund.amount))


def _promised(purchase: Purchase) -> Purchase:
    """What has left is the client's, promised or not: should it fail, it is still theirs."""
    for at, line in enumerate(purchase.parts):
        purchase = purchase.with_part(at, back=max(line.back, purchase.gone_of(at)))
    return purchase


def _is_more_than_is_left(purchase: Purchase, refund: Refund) -> bool:
    parts = enumerate(zip(purchase.parts, refund.parts, strict=True))
    return any(part > line.price - line.disputed - purchase.gone_of(at) for at, (line, part) in parts)


def _of_each(purchase: Purchase, entry: Entry, refund: Refund) -> Effects:
    parts = zip(purchase.parts, refund.parts, strict=True)
    return tuple(Book(entry, part, line=at if line.sold else None) for at, (line, part) in enumerate(parts) if part)


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
    return after, (*_of_each(after, Entry.REFUND_FAILED, refund), *concern)


_FURTHER: dict[Given, Callable[[Purchase, Refund], Turned]] = {
    Given.PENDING: _pending,
    Given.SUCCEEDED: _succeeded,
    Given.FAILED: _failed,
}


def refund_refused(purchase: Purchase, event: RefundRefused) -> Turned:
    """Refused over a dispute it waits for the end of that; for any other reason somebody looks."""
    refund = purchase.refund(event.number)
    if refund.state != R.REQUESTED:
        return purchase, ()
    after = purchase.with_refund(event.number, state=R.REFUSED)
    if event.disputed and after.dispute != DisputeState.LOST:
        return after, ()
    if sum(max(0, missing) for missing in after.missing) < refund.amount:
        return after, ()  # somebody returned a part elsewhere; what is left is asked for anew
    failed = purchase.with_refund(event.number, state=R.FAILED)
    return failed, (Park(Concern.REFUND_REFUSED, refund.amount),)


def refund_dropped(purchase: Purchase, event: RefundDropped) -> Turned:
    """It has never left; what is still due is asked for anew when it may be."""
    is_waiting = purchase.refund(event.number).state == R.REQUESTED
    return purchase.with_refund(event.number, state=R.REFUSED) if is_waiting else purchase, ()


def paid_by_hand(purchase: Purchase, event: PaidByHand) -> Turned:
    """Somebody has paid what was missing, from an account elsewhere."""
    refund = purchase.refund(event.number)
    if refund.state != R.FAILED or not guards.is_still_due(purchase):
        return purchase, ()
    after = purchase.with_refund(refund.number, state=R.MANUAL)
    return after, _of_each(after, Entry.REFUND_BY_HAND, refund)
