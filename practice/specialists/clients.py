"""This file knows whom a specialist has met here: the room that books says so, as nothing is imported upward for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from practice.values.text import Name

from .models import Specialist


@dataclass(frozen=True)
class KnownClient:
    """Somebody who has booked with a specialist: their initials, and when they last met, or will next.

    `code` is that of the booking, and what a form names them by.
    """

    user_id: int
    code: str
    initials: Name
    met_at: datetime


Tells = Callable[[Specialist], Sequence[KnownClient]]
_tellers: list[Tells] = []


def tells(teller: Tells) -> Tells:
    """Register who knows a specialist's clients."""
    _tellers.append(teller)
    return teller


def met_by(specialist: Specialist) -> list[KnownClient]:
    """Everybody who has booked with them and has an account, the last one first; each once."""
    found: dict[int, KnownClient] = {}
    for teller in _tellers:
        for each in teller(specialist):
            found.setdefault(each.user_id, each)
    return list(found.values())
