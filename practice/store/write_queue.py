"""This file knows whose turn it is to write to an SQLite file: threads and processes stand in line for it.

SQLite has one writer at a time and keeps no line: who waits inside it sleeps for up to a tenth of a second, looks
again, and is overtaken by all who come in between. SQLite's own lock stays what keeps the data right; who gets no turn
in time goes on to ask it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from functools import cache

PAUSE = 0.001  # between two looks, in seconds: far less than a transaction takes


class Turns:
    """The line of writers of one database file. A process that dies gives its turn back (flock(2))."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        # Who stands at "next" is sure to be the next one at "now": the last writer cannot turn round and overtake.
        self._next, self._now = (os.open(f"{path}-{name}", os.O_RDWR | os.O_CREAT, 0o600) for name in ("next", "now"))

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; True when it has to be given back."""
        deadline = time.monotonic() + seconds
        if not self._threads.acquire(timeout=seconds):
            return False
        has_turn = False
        try:
            _locked(self._next, deadline)
            has_turn = _locked(self._now, deadline)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)
            if not has_turn:
                self._threads.release()
        return has_turn

    def give_back(self) -> None:
        """The next one may write."""
        fcntl.flock(self._now, fcntl.LOCK_UN)
        self._threads.release()


def _locked(file: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)


def turns_of(path: str) -> Turns | None:
    """The line of that database file; None where no file can be made beside it: SQLite will say what is wrong."""
    try:
        return _as_seen_by(os.getpid(), path)
    except OSError:
        return None


@cache
def _as_seen_by(_process: int, path: str) -> Turns:
    """Each process opens the files for itself: a child would share its parent's locks."""
    return Turns(path)
