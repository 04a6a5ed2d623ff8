"""This file knows how lines wait outside: a thread gets a whole request in memory and gives back a whole answer."""

from __future__ import annotations

import math
import re
import selectors
import socket
import time
from collections.abc import Callable
from typing import IO, Any

from flask import Flask

from . import bodies, gunicorn_parts
from .framing import LARGEST, Frame, Framing
from .gunicorn_parts import STOP_KEEPALIVE_LINGER, RequestParser, TConn
from .shared_listening import SharingWorker

KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
PIECE = 64 * KIBIBYTE

# A line that says nothing is closed after this many seconds, one that says something gets a second for each 16 KiB.
PATIENCE = 20.0
SLOWEST = 16 * KIBIBYTE
# An answer that nobody reads is dropped after this many seconds, and one for each 16 KiB.
SENDING = 20.0
# After a last answer, what is still said is heard for so long, and not stored: a line cut off at once loses the answer.
LINGER = 2.0
# Of what is larger than nearly all forms, so many at once are on their way or in hand.
LARGE_AT_ONCE = 2
ALL_TOGETHER = 128 * MEBIBYTE

_START = re.compile(rb"([A-Z]+) (/[^\s?]*)")
_COOKIES = re.compile(rb"\r\ncookie:[ \t]*([^\r\n]*)", re.IGNORECASE)


class Line(TConn):
    """A connection, which only the event loop touches: what came and waits, what goes out, until when it may take."""

    def __init__(self, most_of: Callable[[bytes], int], *place: Any) -> None:
        super().__init__(*place)
        self.so_far = bytearray()
        self.most_of = most_of
        self.framing = Framing(most_of)
        self.frame: Frame | None = None
        self.is_new = True
        self.stands_until = 0.0
        self.last_at = math.inf
        self.begin(PATIENCE)

    def begin(self, patience: float) -> None:
        """Wait anew, for so many seconds and the time that the bytes to come may take."""
        self.began, self.patience = time.monotonic(), patience

    @property
    def deadline(self) -> float:
        """When it has taken too long (monotonic seconds)."""
        return min(self.last_at, self.began + self.patience + len(self.so_far) / SLOWEST)

    def take(self, piece: bytes) -> bool:
        """Add what came; True when a request is whole."""
        self.so_far += piece
        self.frame = self.frame or self.framing.look(self.so_far)
        return self.frame is not None and len(self.so_far) >= self.frame.length

    def request(self) -> list[bytes]:
        """The whole request, taken out, in pieces, since gunicorn copies the rest of a piece with each read."""
        assert self.frame is not None
        end = self.frame.length
        found = [bytes(self.so_far[at : min(at + PIECE, end)]) for at in range(0, end, PIECE)]
        del self.so_far[:end]
        return found

    def again(self, request: list[bytes]) -> None:
        """Put a request back in front, as if it had just come."""
        self.so_far[:0] = b"".join(request)
        self.next()
        self.take(b"")

    def next(self) -> None:
        """What comes now is another request."""
        self.framing, self.frame, self.is_new = Framing(self.most_of), None, False


class Answer:
    """What stands in for a socket in a thread: all that is said is kept, and nothing ever waits."""

    def __init__(self) -> None:
        self.said = bytearray()

    def sendall(self, data: bytes) -> None:
        """Keep it."""
        self.said += data

    send = sendall

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        """Keep a piece of a file."""
        file.seek(offset)
        self.sendall(file.read(count))

    def gettimeout(self) -> float:
        """Never waits."""
        return 0.0

    def setblocking(self, _blocks: bool) -> None:
        """Never waits, whatever is asked."""

    def shutdown(self, _how: int) -> None:
        """There is no line here to end."""
        raise OSError

    def close(self) -> None:
        """The loop closes the line."""


class Turn:
    """One request and its answer: all that a thread gets of a line. It has what gunicorn asks of a connection."""

    initialized = data_ready = True
    is_http2 = False

    def __init__(self, line: Line) -> None:
        assert line.frame is not None
        self.line, self.is_cut = line, line.frame.is_cut
        self.cfg, self.client, self.server = line.cfg, line.client, line.server
        self.sock = Answer()
        self.request = line.request()
        self.parser = RequestParser(line.cfg, self.request, line.client)

    def init(self) -> None:
        """Nothing is left to begin."""


class PatientWorker(SharingWorker):
    """Gunicorn's worker with threads, except that threads meet whole requests only, and no line.

    As it comes, a line holds one of the few threads while it is silent, while it sends, while it does not read, and
    the whole process while it is closed: eight sockets would stop everybody for seconds, again and again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: dict[Line, bytearray] = {}  # and what still has to be sent to each
        self.large: set[Line] = set()
        self.queue: list[Line] = []
        self.stopped_at = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Asked by gunicorn before anything is served; raises `LeansOnOthers` where it is not the one we know."""
        gunicorn_parts.prove()
        super().check_config(cfg, log)

    # ------------------------------------------------------------ in

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for what it wants."""
        try:
            source, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.took_connection()
        self._await(
            Line(self._most_of, self.cfg, source, address, listener.getsockname()), selectors.EVENT_READ, self._hear
        )
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _make_room(self) -> None:
        """The last place is kept free: whoever has said nothing for the longest time goes."""
        silent = (line for line, unsent in self.waiting.items() if not line.so_far and not unsent)
        if longest := next(silent, None):
            self._drop(longest)

    def _await(self, line: Line, event: int, then: Callable[[Line], None], unsent: bytearray | None = None) -> None:
        self.waiting[line] = unsent or bytearray()
        self.poller.register(line.sock, event, lambda _source: then(line))

    def _forget(self, line: Line) -> bytearray:
        if line not in self.queue:
            self.poller.unregister(line.sock)
        return self.waiting.pop(line)

    def _hear(self, line: Line) -> None:
        piece = self._read(line)
        if piece is None:
            return
        is_whole = line.take(piece)
        if not piece or self._is_too_much(line):
            self._drop(line)
        elif is_whole:
            self._forget(line)
            self._take_turn(line)
        elif line.frame and line.frame.is_large and line not in self.large:
            self._find_place(line)

    def _most_of(self, head: bytes) -> int:
        start, cookies = _START.match(head), _COOKIES.search(head)
        if not (start and cookies and isinstance(self.wsgi, Flask)):
            return LARGEST
        try:
            return bodies.most_of(self.wsgi, *(each.decode("latin-1") for each in (start[1], start[2], cookies[1])))
        except Exception:  # whatever a head says, the loop goes on
            self.log.exception("a head could not be read")
            return LARGEST

    def _find_place(self, line: Line) -> None:
        """A large body waits unread while others are on their way: so there is room and a thread for what is small."""
        if len(self.large) < LARGE_AT_ONCE:
            self.large.add(line)
        else:
            self.poller.unregister(line.sock)
            self.queue.append(line)

    def _leave_place(self, line: Line) -> None:
        self.large.discard(line)
        if line in self.queue:
            self.queue.remove(line)
        if self.queue and len(self.large) < LARGE_AT_ONCE:
            following = self.queue.pop(0)
            self.large.add(following)
            following.begin(PATIENCE)
            self.poller.register(following.sock, selectors.EVENT_READ, lambda _source: self._hear(following))

    def _read(self, line: Line) -> bytes | None:
        """The next piece, empty at the end, None where there is none yet."""
        try:
            return line.sock.recv(PIECE)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _is_too_much(self, newest: Line) -> bool:
        """All that waits has to fit into memory; small forms and pages are never what is refused."""
        return self._buffered(newest) > PIECE and sum(map(self._buffered, self.waiting)) > ALL_TOGETHER

    def _buffered(self, line: Line) -> int:
        return len(line.so_far) + len(self.waiting[line])

    # ------------------------------------------------------------ at a thread

    def _take_turn(self, line: Line) -> None:
        self.began_request()
        self.enqueue_req(Turn(line))

    def handle_request(self, req: Any, conn: Turn) -> bool:
        """In a thread. Where one request ends is not known once it was cut: its line is closed behind the answer."""
        if conn.is_cut:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def finish_request(self, conn: Turn, fs: Any) -> None:
        """It was answered, and the thread is free; back in the loop, the answer goes out."""
        self.finished_request()
        self._leave_place(conn.line)
        conn.line.next()
        self._answer(conn, stays_open=not fs.cancelled() and fs.exception() is None and fs.result() is True)

    def _answer(self, conn: Turn, *, stays_open: bool) -> None:
        line = conn.line
        line.begin(SENDING + len(conn.sock.said) / SLOWEST)
        self._send(line, conn.sock.said, self._keep if stays_open and not conn.is_cut else self._part)

    # ------------------------------------------------------------ out

    def _send(self, line: Line, unsent: bytearray, then: Callable[[Line], None]) -> None:
        try:
            del unsent[: line.sock.send(unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._close(line)
            return
        if not unsent:
            then(line)
            return
        self._await(line, selectors.EVENT_WRITE, lambda each: self._send_on(each, then), unsent)
        if self._is_too_much(line):
            self._drop(line)

    def _send_on(self, line: Line, then: Callable[[Line], None]) -> None:
        unsent = self._forget(line)
        self._send(line, unsent, then)

    def _keep(self, line: Line) -> None:
        """The next request on a line that was kept waits like the first; perhaps it came already."""
        line.begin(PATIENCE if line.so_far else self.cfg.keepalive)
        self._await(line, selectors.EVENT_READ, self._hear)
        if line.take(b""):
            self._forget(line)
            self._take_turn(line)

    def _part(self, line: Line) -> None:
        """Say that nothing follows, and let the other side read and go: closed at once, it would lose the answer."""
        line.so_far.clear()
        line.begin(LINGER)
        line.last_at = line.began + PATIENCE
        try:
            line.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(line)
        else:
            self._await(line, selectors.EVENT_READ, self._hear_out)

    def _hear_out(self, line: Line) -> None:
        piece = self._read(line)
        if piece == b"":
            self._drop(line)
        elif piece:
            line.begin(LINGER)

    def _drop(self, line: Line) -> None:
        self._forget(line)
        self._close(line)

    def _close(self, line: Line) -> None:
        self.nr_conns -= 1
        self._leave_place(line)
        line.close()

    def murder_pending(self) -> None:
        """Close what took too long; lines that say nothing do not keep a worker that wants to end."""
        now = time.monotonic()
        self.stopped_at = self.stopped_at or (0.0 if self.alive else now)
        for line in list(self.waiting):
            if now > line.deadline or not (self.alive or self._is_on_its_way(line, now)):
                self._drop(line)

    def _is_on_its_way(self, line: Line, now: float) -> bool:
        """Where an answer promised to keep the line, the next request may be, for a moment."""
        is_promised = not line.is_new and now < self.stopped_at + STOP_KEEPALIVE_LINGER
        return bool(line.so_far or self.waiting[line]) or is_promised
