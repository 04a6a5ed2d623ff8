"""This file knows how a process remembers what it computed: so much at most, and the least used goes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Order(LRUCache[K, V]):
    """The library's order of use; what it throws out is no longer known either."""

    def __init__(self, most: int, known: dict[K, V]) -> None:
        super().__init__(most)
        self._known = known

    def popitem(self) -> tuple[K, V]:
        key, value = super().popitem()
        del self._known[key]
        return key, value


# For each kind of value one, made as its module is read.
_every: list[Memory[Any, Any]] = []


def forget() -> None:
    """Forget everything of every kind: the database under this process was replaced."""
    for each in _every:
        each.clear()


class Memory(Generic[K, V]):
    """At most `most` values, for all threads of a process. The library's caches bear no two threads, hence the lock.

    Its users keep a value under everything that decides it, first of all the version of a row that every change raises
    and that was read from the database a moment ago: then it cannot be outdated, whatever other processes do.
    """

    def __init__(self, most: int) -> None:
        self._known: dict[K, V] = {}
        self._order = _Order(most, self._known)
        self._lock = Lock()
        _every.append(self)
        # For those who look up hundreds at once: no lock, and it does not count as use; `keep` does.
        self.peek: Callable[[K], V | None] = self._known.get

    def get(self, key: K) -> V | None:
        """The value, which is used by that; None where there is none."""
        with self._lock:
            value: V | None = self._order.get(key)
            return value

    def keep(self, key: K, value: V) -> None:
        """Remember it, in place of what was under the key."""
        with self._lock:
            self._order[key] = self._known[key] = value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._order.clear()
            self._known.clear()
