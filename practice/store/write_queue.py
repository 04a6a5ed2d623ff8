"""This file knows whose turn it is to write to an SQLite file: first come, first served, over threads and processes.

SQLite has one writer at a time and keeps no line: who waits inside it sleeps for up to a tenth of a second, looks
again, and is overtaken by all who come in between. SQLite's own lock stays what keeps the data right; who gets no turn
in time goes on to ask it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from functools import cache

PAUSE = 0.001  # between two looks at other processes, in seconds: far less than a transaction takes
BRIEFLY = 1.0  # for a number nobody waits longer: drawing one takes microseconds, unless a process stands still in it
COUNTER = 8  # bytes at the beginning of the file: the next number; byte COUNTER + n is locked by whoever has number n


class Place:
    """Where one thread stands: its number, drawn in the order of arrival, and whether it is its process's first."""

    def __init__(self, number: int) -> None:
        self.number, self.is_first = number, threading.Event()


class WriteQueue:
    """The line of writers of one database file.

    Numbers come from one counter for all processes. A place is a locked byte of the file; it is somebody's turn when
    nobody holds a byte before theirs. The system unlocks the bytes of a process that dies. Such locks know processes
    and no threads, so a process keeps its own line, of which only the first looks at the others. No second file may be
    opened on the path in one process: closing it would unlock everything (fcntl(2)).
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(f"{path}-queue", os.O_RDWR | os.O_CREAT, 0o600)
        self._door = threading.Lock()
        self._line: deque[Place] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most so long; True when it has to be given back."""
        deadline, has_turn = time.monotonic() + seconds, False
        try:
            place = self._stand(deadline)
        except OSError:  # no number in time, or no room for one on the disk
            return False
        try:
            has_turn = place.is_first.wait(seconds) and self._nobody_is_before(place, deadline)
        finally:
            if not has_turn:
                self._leave(place)
        return has_turn

    def give_back(self) -> None:
        """The next one may write."""
        self._leave(self._line[0])

    def _stand(self, deadline: float) -> Place:
        with self._door:
            _lock(self._file, COUNTER, 0, min(deadline, time.monotonic() + BRIEFLY))
            try:
                place = Place(int.from_bytes(os.pread(self._file, COUNTER, 0)) + 1)
                os.pwrite(self._file, place.number.to_bytes(COUNTER), 0)
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, COUNTER + place.number)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, COUNTER, 0)
            self._line.append(place)
            self._line[0].is_first.set()
        return place

    def _nobody_is_before(self, place: Place, deadline: float) -> bool:
        """True once all bytes before the place could be locked; they are let go at once."""
        try:
            _lock(self._file, place.number, COUNTER, deadline)
        except TimeoutError:
            return False
        fcntl.lockf(self._file, fcntl.LOCK_UN, place.number, COUNTER)
        return True

    def _leave(self, place: Place) -> None:
        with self._door:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, COUNTER + place.number)
            self._line.remove(place)
            if self._line:
                self._line[0].is_first.set()


def _lock(file: int, length: int, start: int, deadline: float) -> None:
    """Lock these bytes against other processes; raises TimeoutError when they are not free by `deadline`."""
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
            return
        except (BlockingIOError, PermissionError):
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(PAUSE)


def queue_of(path: str) -> WriteQueue | None:
    """The line of that database file; None where no file can be made beside it: SQLite will say what is wrong."""
    try:
        return _as_seen_by(os.getpid(), path)
    except OSError:
        return None


@cache
def _as_seen_by(_process: int, path: str) -> WriteQueue:
    """Each process has a line of its own; a child begins with an empty one."""
    return WriteQueue(path)
