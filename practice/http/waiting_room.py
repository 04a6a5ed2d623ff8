"""This file knows how many threads of a process may wait for one thing at once, so that the others stay free."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from practice.values.errors import Crowded

SECONDS = 1.0  # that a thread waits to be let in


class WaitingRoom:
    """The room in front of each thing: who waits for it is in there, and leaves when it has had it."""

    def __init__(self) -> None:
        self._taken: Counter[Hashable] = Counter()
        self._change = threading.Condition()

    @contextmanager
    def one(self, thing: Hashable, most: int, seconds: float = SECONDS) -> Iterator[None]:
        """In there until `thing` was had; raises `Crowded` where `most` are in there for so long."""
        with self._change:
            if not self._change.wait_for(lambda: self._taken[thing] < most, timeout=seconds):
                raise Crowded()
            self._taken[thing] += 1
        try:
            yield
        finally:
            with self._change:
                self._taken[thing] -= 1
                if not self._taken[thing]:
                    del self._taken[thing]
                self._change.notify_all()
