"""This file knows what rooms hold of a person and how each lets go of it; nothing is imported upward for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from .models import User
from .policy import Held

LetGo = Callable[[User], object]


@dataclass(frozen=True)
class Door:
    """A way to somebody's matters that needs no sign-in, with the form that closes it: an endpoint and its fields."""

    label: str
    opened_at: datetime
    close: str
    fields: dict[str, str] = field(default_factory=dict)


Doors = Callable[[User], Iterable[Door]]
_let_go: dict[Held, list[LetGo]] = {}
_doors: list[Doors] = []


def lets_go(held: Held) -> Callable[[LetGo], LetGo]:
    """Register what ends everything of this kind that a person has, inside the transaction of its cause."""

    def register(let_go: LetGo) -> LetGo:
        _let_go.setdefault(held, []).append(let_go)
        return let_go

    return register


def opens(doors: Doors) -> Doors:
    """Register who knows a person's doors of one kind."""
    _doors.append(doors)
    return doors


def let_go(user: User, kinds: Iterable[Held]) -> None:
    """End all that any room holds of `user` of these kinds; the caller has the transaction."""
    for kind in sorted(kinds):
        for each in _let_go.get(kind, []):
            each(user)


def doors_of(user: User) -> list[Door]:
    """Every open door of `user`, in the order of the rooms that know them."""
    return list(chain.from_iterable(doors(user) for doors in _doors))
