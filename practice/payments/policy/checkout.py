"""This file knows what becomes of a hold and its payment page, until money came or nobody can pay any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from practice.ledger.events import Event as Entry
from practice.payments.states import CheckoutState, PaymentState, Seat
from practice.values.money import Money

from . import guards
from .effects import (
    Book,
    CallOff,
    Concern,
    Confirm,
    Effect,
    Effects,
    EndCheckout,
    Letter,
    OpenCheckout,
    Park,
    Release,
    Write,
)
from .events import Began, CheckoutMade, CheckoutRefused, HoldEnds, HoldOver, Paid, PaymentSeen, SeatGone, SeatTaken
from .purchase import Line, Purchase

C = CheckoutState
# A hold ends at the card processor before it ends here: what a worker needs for that, and the answer.
AHEAD = timedelta(minutes=2)
Turned = tuple[Purchase, Effects]


class Unsellable(ValueError):
    """A price below what a card is charged for, above our cap, or no sum of coins."""


def begin(currency: str, lines: tuple[Line, ...], *, live: bool = True) -> Turned:
    """An order for what is held, and what follows: a payment page, or nothing to pay and at once what was bought.

    Raises `Unsellable` for what no card can be charged, or should not.
    """
    purchase = Purchase(currency=currency, lines=lines, live=live)
    price = Money(purchase.total, currency)
    if not price.is_free:
        if (
            price.is_too_little
            or price.is_too_much
            or not all(Money(line.price, currency).is_payable for line in lines)
        ):
            raise Unsellable(f"{price.amount} {currency} cannot be sold for")
        return purchase, (OpenCheckout(),)
    free = replace(purchase, checkout=C.COMPLETE, payment=PaymentState.PAID, paid_in=currency)
    return free, _ask_for_places(free)


def checkout_made(purchase: Purchase, event: CheckoutMade) -> Turned:
    """Nobody is sent to a page that asks for something else, or whose hold is over."""
    if purchase.checkout != C.ASKED:
        return purchase, ()
    if (event.amount, event.currency) != (purchase.total, purchase.currency):
        return replace(purchase, checkout=C.ENDING), (EndCheckout(), Park(Concern.WRONG_CHECKOUT, event.amount))
    if all(line.seat != Seat.HELD for line in purchase.lines):
        return replace(purchase, checkout=C.ENDING), (EndCheckout(),)
    return replace(purchase, checkout=C.OPEN), ()


def checkout_refused(purchase: Purchase, _: CheckoutRefused) -> Turned:
    """Nothing can be paid, so nothing is kept for it."""
    if purchase.checkout != C.ASKED:
        return purchase, ()
    after, released = release(replace(purchase, checkout=C.REFUSED))
    return after, (*released, Write(Letter.PAYMENT_FAILED), Park(Concern.CHECKOUT_REFUSED))


def hold_ends(purchase: Purchase, _: HoldEnds) -> Turned:
    """The card processor ends it first; what it answers says whether somebody has paid after all."""
    if guards.has_had_no_page(purchase):
        return release(purchase)
    if purchase.checkout == C.OPEN:
        return replace(purchase, checkout=C.ENDING), (EndCheckout(),)
    return purchase, ()


def hold_over(purchase: Purchase, _: HoldOver) -> Turned:
    """The place goes back to others; whether something was charged nobody can say yet, so nobody is told."""
    return release(purchase) if guards.can_still_end(purchase) else (purchase, ())


def began(purchase: Purchase, event: Began) -> Turned:
    """A slow payment has no result and the session begins: it is called off, and what comes later goes back."""
    line = purchase.lines[event.line]
    if purchase.payment != PaymentState.PROCESSING or line.seat != Seat.HELD:
        return purchase, ()
    after = purchase.with_line(event.line, seat=Seat.GIVEN_UP, back=line.price)
    return after, (CallOff(event.line), Write(Letter.BEGAN_UNPAID, line=event.line))


def release(purchase: Purchase) -> Turned:
    """Every place that was kept is free again."""
    holds = [at for at, line in enumerate(purchase.lines) if line.seat == Seat.HELD]
    for at in holds:
        purchase = purchase.with_line(at, seat=Seat.RELEASED)
    return purchase, tuple(Release(at) for at in holds)


# ---------------------------------------------------------------- what the card processor says


def payment_seen(purchase: Purchase, event: PaymentSeen) -> Turned:
    """The same may be told often, late and in any order; only what is new changes something."""
    if not guards.is_of_our_mode(purchase, event):
        return purchase, (Park(Concern.WRONG_MODE, event.amount),)
    return _BY_STATUS[event.status](purchase, event)


def _open(purchase: Purchase, _: PaymentSeen) -> Turned:
    return purchase, ()


def _expired(purchase: Purchase, _: PaymentSeen) -> Turned:
    if purchase.checkout == C.ENDED or not guards.can_still_end(purchase):
        return purchase, ()
    after, released = release(replace(purchase, checkout=C.ENDED))
    return after, (*released, Write(Letter.HOLD_ENDED))


def _processing(purchase: Purchase, _: PaymentSeen) -> Turned:
    if purchase.payment != PaymentState.AWAITED:
        return purchase, ()
    return replace(purchase, checkout=C.COMPLETE, payment=PaymentState.PROCESSING), ()


def _failed(purchase: Purchase, _: PaymentSeen) -> Turned:
    if purchase.payment not in (PaymentState.AWAITED, PaymentState.PROCESSING):
        return purchase, ()
    after, released = release(replace(purchase, checkout=C.COMPLETE, payment=PaymentState.FAILED))
    return after, (*released, Write(Letter.PAYMENT_FAILED))


def _paid(purchase: Purchase, event: PaymentSeen) -> Turned:
    if not guards.is_first_money(purchase):
        again = event.charge != purchase.charge
        return purchase, (Park(Concern.PAID_TWICE, event.amount),) if again else ()
    came = replace(purchase, checkout=C.COMPLETE, charge=event.charge, paid=event.amount, paid_in=event.currency)
    if not guards.is_the_currency(purchase, event):
        return _doubted(came, Concern.WRONG_CURRENCY)
    if not guards.is_the_amount(purchase, event):
        return _doubted(came, Concern.WRONG_AMOUNT)
    paid = replace(came, payment=PaymentState.PAID)
    for at, line in enumerate(paid.lines):
        if line.seat == Seat.GIVEN_UP:
            paid = paid.with_line(at, back=line.price)
    return paid, (Book(Entry.CHARGED, paid.paid), *_ask_for_places(paid))


def _doubted(purchase: Purchase, concern: Concern) -> Turned:
    """Nobody who was charged is told that it failed, and nothing is given for it before somebody has looked."""
    after, released = release(replace(purchase, payment=PaymentState.IN_DOUBT))
    booked = Book(Entry.CHARGED, purchase.paid)
    return after, (booked, *released, Park(concern, purchase.paid), Write(Letter.PAYMENT_IN_DOUBT))


def _ask_for_places(purchase: Purchase) -> Effects:
    return tuple(
        Confirm(at, late=guards.is_late(line)) for at, line in enumerate(purchase.lines) if line.seat != Seat.GIVEN_UP
    )


_BY_STATUS: dict[Paid, Callable[[Purchase, PaymentSeen], Turned]] = {
    Paid.OPEN: _open,
    Paid.EXPIRED: _expired,
    Paid.PROCESSING: _processing,
    Paid.FAILED: _failed,
    Paid.PAID: _paid,
}


# ---------------------------------------------------------------- whether what was bought can be had


def seat_taken(purchase: Purchase, event: SeatTaken) -> Turned:
    """It stands."""
    line = purchase.lines[event.line]
    late: tuple[Effect, ...] = (Park(Concern.CONFIRMED_LATE),) if guards.is_late(line) else ()
    receipt = Write(Letter.RECEIPT, amount=line.price, line=event.line)
    return purchase.with_line(event.line, seat=Seat.TAKEN), (receipt, *late)


def seat_gone(purchase: Purchase, event: SeatGone) -> Turned:
    """All of its price comes back, with an apology; what was still held is free again."""
    line = purchase.lines[event.line]
    released: Effects = (Release(event.line),) if line.seat == Seat.HELD else ()
    after = purchase.with_line(event.line, seat=Seat.RELEASED, back=line.price)
    return after, (*released, Write(Letter.SEAT_LOST, amount=line.price, line=event.line))
