"""This file knows how a page waits for what is new without holding a thread: its request stands in the event loop."""

from __future__ import annotations

import logging
import re
import selectors
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response

from .request_buffering import PATIENCE, Line, PatientWorker, Turn

log = logging.getLogger(__name__)

# Shorter than what lies between gives a silent line: nginx, and the networks of telephones.
STANDS = 25.0
LOOKS_EVERY = 1.0  # seconds, one question for all that stand by in a process
# Of every hundred lines that a process takes, so many may stand by: the others are for people who press something.
SHARE = 50
# For the same thing no more than a few people with a few tabs each: nobody takes all those places alone.
FOR_ONE_THING = 12

MARK = "Stands-By"
_MARKED = re.compile(rb"\r\nstands-by: (\w+) ([^\r\n]+)(?=\r\n)", re.IGNORECASE)

Key = tuple[str, str]
Looks = Callable[[Collection[str]], Iterable[str]]
_watched: dict[str, Looks] = {}


def watches(kind: str, looks: Looks) -> None:
    """Register how a room sees what has changed: of the words given, those of which something is new since."""
    _watched[kind] = looks


def nothing_new(kind: str, words: str) -> Response:
    """An empty answer, kept back until something is new for `words`, as the request is asked again, or for STANDS
    seconds. Where no worker of ours serves it, it leaves at once."""
    return Response(status=204, headers={MARK: f"{kind} {words}"})


def changed(keys: Collection[Key]) -> set[Key]:
    """Of what requests stand by for, that of which something is new; a fixed number of questions for any number."""
    asked = defaultdict(set)
    for kind, words in keys:
        asked[kind].add(words)
    return {(kind, words) for kind, every in asked.items() if kind in _watched for words in _watched[kind](every)}


@dataclass(frozen=True)
class Waiting:
    """An answer that says that nothing is new, with the request that will be asked again."""

    key: Key
    turn: Turn
    stays_open: bool


class StandbyWorker(PatientWorker):
    """The worker with whole requests, in which some of them wait for something, in the loop and not in a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing: dict[Line, Waiting] = {}
        self.somebody_stands = threading.Event()
        self.watcher: threading.Thread | None = None

    # ------------------------------------------------------------ in the loop

    def _answer(self, conn: Turn, *, stays_open: bool) -> None:
        key = _unmarked(conn.sock.said)
        if key is None or not (self._may_stand(conn.line) and self._alike(key) < FOR_ONE_THING):
            conn.line.stands_until = 0.0
            super()._answer(conn, stays_open=stays_open)
            return
        line, now = conn.line, time.monotonic()
        line.stands_until = line.stands_until or now + STANDS
        line.begin(STANDS + PATIENCE)
        self.standing[line] = Waiting(key, conn, stays_open)
        self._await(line, selectors.EVENT_READ, self._hear_waiting)
        self._let_watch()

    def _may_stand(self, line: Line) -> bool:
        has_time = not line.stands_until or time.monotonic() < line.stands_until
        return self.alive and has_time and not line.so_far and len(self.standing) < self._most()

    def _alike(self, key: Key) -> int:
        return sum(each.key == key for each in self.standing.values())

    def _most(self) -> int:
        return int(self.worker_connections) * SHARE // 100

    def _hear_waiting(self, line: Line) -> None:
        """Who goes away is gone; who says something else gets the answer first."""
        piece = self._read(line)
        if piece:
            line.so_far += piece
            self._answer_now(line)
        elif piece is not None:
            self._drop(line)

    def _leave(self, line: Line) -> Waiting:
        self._forget(line)
        return self.standing.pop(line)

    def _answer_now(self, line: Line) -> None:
        standing = self._leave(line)
        line.stands_until = 0.0
        super()._answer(standing.turn, stays_open=standing.stays_open)

    def _ask_again(self, keys: set[Key]) -> None:
        for line in [line for line, standing in self.standing.items() if standing.key in keys]:
            line.again(self._leave(line).turn.request)
            self._take_turn(line)

    def _close(self, line: Line) -> None:
        self.standing.pop(line, None)
        super()._close(line)

    def murder_pending(self) -> None:
        """Answer those who have stood long enough, and everybody where the process wants to end."""
        now = time.monotonic()
        for line in [line for line in self.standing if not self.alive or now >= line.stands_until]:
            self._answer_now(line)
        super().murder_pending()

    # ------------------------------------------------------------ the one thread that looks, for all

    def _let_watch(self) -> None:
        self.somebody_stands.set()
        if self.watcher is None:
            self.watcher = threading.Thread(target=self._watch, name="standby", daemon=True)
            self.watcher.start()

    def _watch(self) -> None:
        while self.alive:
            self.somebody_stands.wait(PATIENCE)
            self.somebody_stands.clear()
            # A copy made in one step: the loop goes on putting in and taking out.
            while self.alive and (standing := list(self.standing.values())):
                self._look({each.key for each in standing})
                time.sleep(LOOKS_EVERY)

    def _look(self, keys: set[Key]) -> None:
        try:
            assert isinstance(self.wsgi, Flask)
            with self.wsgi.app_context():
                found = changed(keys)
        except Exception:  # the database is away: whoever stands by is answered when their time is over
            log.exception("what is new could not be looked for")
            return
        if found and self.alive:
            self.method_queue.defer(self._ask_again, found)


def _unmarked(said: bytearray) -> Key | None:
    """What an answer stands by for, taken out of its head."""
    end = said.find(b"\r\n\r\n")
    found = _MARKED.search(said, 0, end + 2) if end >= 0 else None
    if found is None:
        return None
    key = found[1].decode("latin-1"), found[2].decode("latin-1")
    del said[found.start() : found.end()]
    return key
