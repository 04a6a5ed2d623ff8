"""This file knows which other lengths a session that was bought can be given, and what each costs its client."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from practice.specialists import queries as specialists
from practice.specialists.models import Offer
from practice.values import clock
from practice.values.errors import NotFound
from practice.values.money import Money

from . import sold
from .models import Booking
from .money_back import Paid, Sold, Turn, split
from .queries import is_unlocked
from .states import BookingState
from .who_may import Possible

SHOWN_OTHERWISE = (
    "The price, or what comes back, has changed while your page was open. Please look once more; nothing was charged."
)
NOT_OFFERED = "This length isn’t offered any more."


@dataclass(frozen=True)
class Length:
    """Another length as it is sold now: its price for this client, beside what their booking was agreed at, and what
    comes back where it costs less, as the calculator says: what had come back before counts towards it."""

    offer: Offer
    price: Money
    agreed: Money
    back: Money

    @property
    def more(self) -> Money:
        """What is still to be paid for it; nothing where it costs no more."""
        return Money(max(0, self.price.amount - self.agreed.amount), self.price.currency)

    @property
    def counts_before(self) -> bool:
        """Whether less comes back than it costs less, since something had come back before."""
        return self.back.amount < self.agreed.amount - self.price.amount

    @property
    def shown(self) -> str:
        """What a form carries of it: both prices and what comes back, so that what it did not show is not done."""
        return f"{self.price.amount} {self.agreed.amount} {self.back.amount} {self.price.currency}"


def are_open(possible: Possible) -> bool:
    """Whether the client may choose another length now: while they may move it by themselves, and were not asked to."""
    return bool(possible.move) and not possible.take_proposed


def others(booking: Booking) -> list[Length]:
    """Every other length that the same practice sells to this client now, the shortest first; none of what is free, or
    while somebody looks at its money. What no card is charged for cannot be bought."""
    client, price = booking.client, booking.price
    lines = sold.lines_of(booking)
    if price is None or client is None or sold.is_held_up(booking, lines):
        return []
    agreed = sold.to_cancel(booking, lines)
    own = specialists.own_prices(booking.specialist, client)
    offers = [each for each in specialists.sessions(booking.specialist) if _is_other(each, booking)]
    prices = [(each, own.get(each.id, each.price)) for each in offers]
    found = [Length(each, costs, price, _comes_back(agreed, costs)) for each, costs in prices]
    return [each for each in found if each.more.is_free or not each.more.is_too_little]


def _comes_back(agreed: Sold, price: Money) -> Money:
    """What is still to be returned, were that its price: as `settle_money` has it given back."""
    return split(replace(agreed, price=price), Turn(state=BookingState.CONFIRMED, at=clock.now())).due


def _is_other(offer: Offer, booking: Booking) -> bool:
    is_sold = offer.price.currency == booking.price_currency and not offer.price.is_free and sold.is_sold(offer)
    is_other = offer.minutes != booking.appointment.offer.minutes
    return is_sold and is_other and is_unlocked(booking.client, offer)


def named(booking: Booking, code: str) -> Length:
    """One of them by the code of its offer; raises `NotFound`, also for an offer of anybody else."""
    found = next((each for each in others(booking) if each.offer.code == code), None)
    if found is None:
        raise NotFound(NOT_OFFERED)
    return found


def as_if_paid(booking: Booking, length: Length, starts_at: datetime) -> Sold:
    """What was agreed about it, were the difference paid now and the session at that start (UTC): its rule stays."""
    found = sold.to_cancel(booking)
    nothing = Money(0, length.price.currency)
    until = sold.withdrawn_until(booking, clock.now())
    difference = Paid(line="", amount=length.more, rate=0, returned=nothing, withdrawn_until=until)
    paid = (*found.paid, difference)
    return replace(found, price=length.price, paid=paid, starts_at=starts_at, undo_until=None)
