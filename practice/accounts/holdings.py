"""This file knows what rooms hold of a person, how each lets go of it, tells it and wipes it.

Each room says so itself: nothing is imported upward for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy.exc import OperationalError

from practice.store.db import db
from practice.values.errors import Unavailable

from .models import User
from .policy import Holding

LetGo = Callable[[User], object]


@dataclass(frozen=True)
class Door:
    """A way to somebody's matters that needs no sign-in, with the form that closes it: an endpoint and its fields."""

    label: str
    opened_at: datetime
    close: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Leaving:
    """Somebody leaves this browser, or something that they began.

    `user` is who is signed in. `ends_drafts`: all drafts of their account end, wherever they were begun. `comes_back`:
    with another account, to what they began here. `booking_id`: only a draft is thrown away, which held this time.
    """

    user: User | None = None
    ends_drafts: bool = False
    comes_back: bool = False
    booking_id: int | None = None


Doors = Callable[[User], Iterable[Door]]
GiveBack = Callable[[Leaving], object]
_give_back: list[GiveBack] = []
_let_go: dict[Holding, list[LetGo]] = {}
_doors: list[Doors] = []


def lets_go(holding: Holding) -> Callable[[LetGo], LetGo]:
    """Register what ends everything of this kind that a person has, inside the transaction of its cause."""

    def register(let_go: LetGo) -> LetGo:
        _let_go.setdefault(holding, []).append(let_go)
        return let_go

    return register


def gives_back(each: GiveBack) -> GiveBack:
    """Register what is kept for a browser while somebody is in the middle of something, and ends as they leave it."""
    _give_back.append(each)
    return each


def opens(doors: Doors) -> Doors:
    """Register who knows a person's doors of one kind."""
    _doors.append(doors)
    return doors


def let_go(user: User, kinds: Iterable[Holding]) -> None:
    """End all that any room holds of `user` of these kinds; the caller has the transaction."""
    for kind in sorted(kinds):
        for each in _let_go.get(kind, []):
            each(user)


def give_back(leaving: Leaving) -> None:
    """End what is kept for somebody who leaves, while the session still says who that is. Leaving waits for nothing:
    where the database is busy, what is kept runs out by itself."""
    try:
        for each in _give_back:
            each(leaving)
    except (Unavailable, OperationalError):
        db.session.rollback()


def doors_of(user: User) -> list[Door]:
    """Every open door of `user`, in the order of the rooms that know them."""
    return list(chain.from_iterable(doors(user) for doors in _doors))


# ---------------------------------------------------------------- a copy, and the end


@dataclass(frozen=True)
class Stay:
    """What outlives an account, in words for its owner: what, why, until when."""

    what: str
    why: str
    until: str


@dataclass(frozen=True)
class Blocker:
    """What has to be settled before an account can go, with the page that settles it."""

    sentence: str
    label: str
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)


Rows = list[dict[str, Any]]


def nothing(_user: User) -> tuple[()]:
    """What most rooms have to add."""
    return ()


@dataclass(frozen=True)
class Record:
    """One kind of thing that is written down about a person.

    `tell` gives what their copy holds: plain values, instants as ISO text in UTC, nothing of anybody else. `wipe` takes
    it out of every table inside the caller's transaction; what has to stay, under a number, is said in `stays`, and
    where nothing goes by itself `goes` is False.
    """

    name: str
    title: str
    tell: Callable[[User], Rows]
    wipe: Callable[[User], object] = nothing
    goes: bool = True
    stays: tuple[Stay, ...] = ()
    blocks: Callable[[User], Iterable[Blocker]] = nothing
    files: Callable[[User], Iterable[tuple[str, bytes]]] = nothing


_records: list[Record] = []


def keeps(record: Record) -> None:
    """Register what a room writes down. Whoever imports the room's `records` has it registered.

    Raises ValueError where another is called so: in a copy the one would hide the other.
    """
    if record.name in {each.name for each in _records}:
        raise ValueError(f"there is a record called {record.name} already")
    _records.append(record)


def records() -> tuple[Record, ...]:
    """Everything that is written down about people, the rooms in their order."""
    return tuple(_records)


def blockers_of(user: User) -> list[Blocker]:
    """What has to be settled before the account of `user` can go."""
    return list(chain.from_iterable(record.blocks(user) for record in _records))
