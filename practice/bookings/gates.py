"""This file knows who is asked what a consultation came to: whether its client may book what begins with one, and is to
be asked what comes next. A room above registers."""

from __future__ import annotations

from collections.abc import Callable

from practice.accounts.models import User
from practice.specialists.models import Specialist

from .models import Booking

Asks = Callable[[User, Specialist], bool]
AsksOf = Callable[[Booking], bool]
_asked: list[Asks] = []
_next: list[AsksOf] = []


def opens(ask: Asks) -> Asks:
    """Have `ask(client, specialist)` decide from now on, in a fixed number of questions; what was asked before is
    asked no more."""
    _asked[:] = [ask]
    return ask


def says_what_is_next(ask: AsksOf) -> AsksOf:
    """Have `ask(booking)` decide whether the client of a consultation that took place is asked what comes next."""
    _next[:] = [ask]
    return ask


def is_asked_next(booking: Booking) -> bool:
    """Whether they are. Where nobody can be asked, they are."""
    return all(ask(booking) for ask in _next)


def is_open(client: User, specialist: Specialist) -> bool:
    """Whether both sides have said yes. Where nobody can be asked, nobody has."""
    return any(ask(client, specialist) for ask in _asked)
