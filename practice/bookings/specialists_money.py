"""This file knows what a specialist reads of the money of a session: what it was sold for as it stood at the end, what
goes back of that by what has just happened, and what is theirs."""

from __future__ import annotations

from typing import Any

from practice.http.formats import amount
from practice.store.notes import noted
from practice.values.money import Money

from . import sold
from .models import Booking

JUST_NOW = "given back just now"


def note_given(booking: Booking, given: Money) -> None:
    """For the letters of the same transaction: so much more goes back by it."""
    there = noted(JUST_NOW)
    there[booking.code] = there.get(booking.code, Money(0, given.currency)) + given


def on_its_page(booking: Booking) -> dict[str, Any]:
    """Its price, what of that has gone back or will, and what is kept for whom; it has a price."""
    price, returned = _of_price(booking)
    there = sold.as_it_is(booking)
    return {
        "price": amount(price),
        "returned": amount(returned),
        "returns": not returned.is_free,
        "yours": amount(there.specialists),
        "ours": amount(there.commission),
    }


def in_letters(booking: Booking) -> dict[str, Any]:
    """What they have of it after our commission; once it has ended also what goes back by that, and what of its price
    had gone back before."""
    if booking.price is None:
        return {"yours": ""}
    yours = {"yours": amount(sold.as_it_is(booking).specialists)}
    if booking.is_live:
        return yours
    price, returned = _of_price(booking)
    # Where nothing was given just now, the letter tells of all that has gone back.
    now = min(noted(JUST_NOW).get(booking.code, returned), returned)
    before = returned - now
    return yours | {
        "price": amount(price),
        "comes_back": amount(now),
        "returns": not now.is_free,
        "gone_before": "" if before.is_free else amount(before),
    }


def _of_price(booking: Booking) -> tuple[Money, Money]:
    """Its price as it stood at the end, and what went back of that: not what was paid beyond it, for a length that it
    had before or came too late for."""
    kept, returned = sold.left_and_returned(booking)
    price, paid = booking.price or kept, kept + returned
    beyond = paid - min(paid, price)
    return price, returned - min(returned, beyond)
