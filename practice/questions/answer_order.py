"""This file knows in which order answers stand below their question, and nothing else follows from a vote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


@dataclass(frozen=True, kw_only=True)
class Support:
    """What decides about an answer's place. `helped`: votes that count; `since`: when it was published, in UTC."""

    is_picked: bool
    agreements: int
    helped: int
    since: datetime
    number: int


class Supported(Protocol):
    """Anything that stands among answers."""

    @property
    def support(self) -> Support:
        """What decides about its place."""


A = TypeVar("A", bound=Supported)


def place(support: Support) -> tuple[object, ...]:
    """By this answers are sorted: the asker's pick, then agreements of colleagues, then votes, then the older one; two
    of the same instant in the order in which they were stored."""
    return not support.is_picked, -support.agreements, -support.helped, support.since, support.number


def in_order(answers: Iterable[A]) -> list[A]:
    """The same answers as they are read."""
    return sorted(answers, key=lambda each: place(each.support))
