"""This file knows who is asked what a consultation came to: whether its client may book what begins with one, whether
somebody has said no since, and whether they are to be asked what comes next. A room above registers."""

from __future__ import annotations

from collections.abc import Callable

from practice.accounts.models import User
from practice.specialists.models import Offer, Specialist

from .models import Booking

Asks = Callable[[User, Specialist], bool]
AsksOf = Callable[[Booking], bool]
_asked: list[Asks] = []
_ends: list[Asks] = []
_next: list[AsksOf] = []


def opens(ask: Asks) -> Asks:
    """Have `ask(client, specialist)` decide from now on, in a fixed number of questions; what was asked before is
    asked no more."""
    _asked[:] = [ask]
    return ask


def ends(ask: Asks) -> Asks:
    """Have `ask(client, specialist)` decide whether what stood open to the two has come to an end by a no."""
    _ends[:] = [ask]
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


def has_ended(client: User | None, offer: Offer) -> bool:
    """Whether, of what begins with a consultation, one of the two has said no, whoever it was. Where nobody can be
    asked, nobody has."""
    return offer.consult_first and client is not None and any(ask(client, offer.specialist) for ask in _ends)
