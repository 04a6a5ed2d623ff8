"""This file knows who sells what: each room says for its kind of thing what paying, not paying and losing it mean.

Everything here is called inside the transaction of `actions.turn`, with the order locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from practice.values.money import Money

from .models import Order, OrderLine
from .policy.effects import Write


@dataclass(frozen=True)
class About:
    """What pages on the way to paying and back say of what is bought ("Tuesday 17 March, 17:00 to 17:50, with Tomás"),
    and where it is found. `again`: ways to buy it or something near it, each with its label, the best first. `ends`: it
    lies ahead, and does not take place once a payment that its price needs goes back whole. `stands`: what they have in
    any case, where they had bought something before; else empty. `is_open`: it can be chosen once more, by anybody.
    `near`: what is nearest to it and can be had, each with its label, where `near_title` says what these are.
    `is_had`: they have it already, by another payment. `is_more`: it is the difference to what they paid before.
    """

    what: str
    url: str
    again: tuple[tuple[str, str], ...] = ()
    ends: bool = False
    stands: str = ""
    is_open: bool = False
    near: tuple[tuple[str, str], ...] = ()
    near_title: str = ""
    is_had: bool = False
    is_more: bool = False


class Fulfilment(Protocol):
    """What a room does about the lines of its kind."""

    def lock(self, lines: Sequence[OrderLine]) -> None:
        """Take the room's own locks (calendars, bookings), always before the order's: so nobody waits in a circle."""

    def confirm(self, line: OrderLine, late: bool) -> bool:
        """It is paid: let it stand. `late`: its hold is over, so it has to be taken again. False: it cannot be had."""

    def release(self, line: OrderLine) -> None:
        """Its hold is over, and nobody paid: it is free again."""

    def call_off(self, line: OrderLine) -> None:
        """It does not take place: it begins and its slow payment has no result, or all of its price goes back."""

    def choosing(self, codes: Sequence[str]) -> Mapping[str, datetime]:
        """Of the things of these codes those whose buyer still chooses what becomes of the money; until when (UTC)."""

    def follows(self, wanted: Sequence[tuple[OrderLine, int]]) -> Sequence[Money]:
        """For each of these lines, what else goes back by itself once so much of it is back in all, of whatever was
        paid for the same thing; in a fixed number of questions."""

    def letters(self, write: Write, order: Order, line: OrderLine | None) -> None:
        """Write that letter; `line` is None for one about the order as a whole (then once for each kind in it)."""

    def about(self, lines: Sequence[OrderLine]) -> About:
        """What a page says of these lines of one order, outside of any turn."""


_rooms: dict[str, Fulfilment] = {}


def sells(kind: str, room: Fulfilment) -> None:
    """Register who answers for a kind of thing, such as "session"; a second time takes the place of the first."""
    _rooms[kind] = room


def of(kind: str) -> Fulfilment:
    """Who answers for that kind; raises KeyError for nobody."""
    return _rooms[kind]


def lock(lines: Sequence[OrderLine]) -> None:
    """Every room's own locks for these lines, room by room in one order."""
    for kind in sorted({line.subject_kind for line in lines}):
        of(kind).lock([line for line in lines if line.subject_kind == kind])


def write(what: Write, order: Order) -> None:
    """Have the rooms write a letter, about its line or about the order."""
    if what.line is not None:
        line = order.lines[what.line]
        of(line.subject_kind).letters(what, order, line)
        return
    for kind in dict.fromkeys(line.subject_kind for line in order.lines):
        of(kind).letters(what, order, None)


def choosing(codes: Mapping[str, Sequence[str]]) -> dict[str, datetime]:
    """By kind of thing, the codes of some: until when (UTC) a buyer chooses what becomes of the money of which."""
    return {code: until for kind, some in codes.items() for code, until in of(kind).choosing(some).items()}


def follows(wanted: Sequence[tuple[OrderLine, int]]) -> dict[tuple[int, int], Money]:
    """By the id of a line and how much of it is to be back in all: what else goes back by itself with that."""
    found: dict[tuple[int, int], Money] = {}
    for kind in {line.subject_kind for line, _ in wanted}:
        some = [each for each in wanted if each[0].subject_kind == kind]
        found |= {(line.id, back): more for (line, back), more in zip(some, of(kind).follows(some), strict=True)}
    return found


def forget(kind: str) -> None:
    """Nobody answers for that kind any more: for whoever registered somebody for a while."""
    _rooms.pop(kind, None)


def about(order: Order) -> list[About]:
    """What the rooms say of what is bought, one for each kind in it."""
    lines = order.lines
    kinds = dict.fromkeys(line.subject_kind for line in lines)
    return [of(kind).about([line for line in lines if line.subject_kind == kind]) for kind in kinds]
