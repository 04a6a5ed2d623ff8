"""This file knows who is asked whether a client may book what begins with a consultation: a room above registers."""

from __future__ import annotations

from collections.abc import Callable

from practice.accounts.models import User
from practice.specialists.models import Specialist

Asks = Callable[[User, Specialist], bool]
_asked: list[Asks] = []


def opens(ask: Asks) -> Asks:
    """Have `ask(client, specialist)` decide from now on, in a fixed number of questions; what was asked before is
    asked no more."""
    _asked[:] = [ask]
    return ask


def is_open(client: User, specialist: Specialist) -> bool:
    """Whether both sides have said yes. Where nobody can be asked, nobody has."""
    return any(ask(client, specialist) for ask in _asked)
