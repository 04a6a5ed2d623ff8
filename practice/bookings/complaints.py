"""This file knows who is asked whether its client said that something was wrong with a session, and how that stands. A
room above registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practice.values import clock

from .known import Side
from .models import Booking


@dataclass(frozen=True)
class Complaint:
    """How it stands, for one side: a heading, a sentence or two, and where the rest of it is read."""

    title: str
    text: str
    label: str
    url: str


Said = Callable[[Booking, Side], Complaint | None]
Asks = Callable[[Booking], bool]
_said: list[Said] = []
_asked: list[Asks] = []


def says(ask: Said) -> Said:
    """Have `ask(booking, side)` say it from now on; None where nobody said that something was wrong."""
    _said[:] = [ask]
    return ask


def knows(ask: Asks) -> Asks:
    """Have `ask(booking)` decide whether somebody did, in one question."""
    _asked[:] = [ask]
    return ask


def about(booking: Booking, side: Side) -> Complaint | None:
    """What stands about it; of what is free, or not over, nothing is asked."""
    if booking.price_amount is None or clock.now() < booking.ends_at:
        return None
    return next((found for ask in _said if (found := ask(booking, side)) is not None), None)


def is_there(booking: Booking) -> bool:
    """Whether somebody has said so about what was paid."""
    return booking.price_amount is not None and any(ask(booking) for ask in _asked)
