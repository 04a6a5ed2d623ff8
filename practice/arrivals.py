"""This file knows how a request waits outside until it is whole, so that a slow line costs memory and no thread."""

from __future__ import annotations

import re
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024

# A line that says nothing is closed after this many seconds, one that says something gets a second for each 16 KiB.
PATIENCE = 20.0
SLOWEST = 16 * KIBIBYTE
# An answer that nobody reads is dropped after this many seconds.
SENDING = 20.0
# More than the product takes in one form; what announces more is let in at once, to be refused.
LARGEST = 9 * MEBIBYTE
LARGEST_HEAD = 64 * KIBIBYTE
ALL_TOGETHER = 128 * MEBIBYTE

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)


def is_whole(arrived: bytes | bytearray) -> bool:
    """True once the first request in `arrived` is complete, or when it will have to be refused anyway."""
    end = arrived.find(b"\r\n\r\n")
    if end < 0:
        return len(arrived) > LARGEST_HEAD
    head = bytes(arrived[: end + 2])
    if _CHUNKED.search(head):
        return arrived.endswith(b"0\r\n\r\n") or len(arrived) > LARGEST
    announced = _LENGTH.search(head)
    length = int(announced[1]) if announced else 0
    return length > LARGEST or len(arrived) >= end + 4 + length


class Line(TConn):
    """A connection whose answers have to be read in time."""

    def init(self) -> None:
        super().init()
        self.sock.settimeout(SENDING)


@dataclass
class Arriving:
    """What has come so far over one line, and since when."""

    line: Line
    began: float = field(default_factory=time.monotonic)
    so_far: bytearray = field(default_factory=bytearray)

    @property
    def deadline(self) -> float:
        return self.began + PATIENCE + len(self.so_far) / SLOWEST


class PatientWorker(ThreadWorker):
    """Gunicorn's worker with threads, except that a thread is given to whole requests only.

    As it comes, each new connection holds one of the few threads until its first byte, and each slow sender until its
    last: eight idle sockets would stop everybody for seconds, again and again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[socket.socket, Arriving] = {}
        self.in_hand = 0
        self.has_finished_one = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """A process with a request for each of its threads takes a new connection only for each answer it gives: the
        first that looked would otherwise take nearly all, and keep them as long as browsers do."""
        has_time = self.in_hand < self.cfg.threads or self.has_finished_one
        super().set_accept_enabled(enabled and has_time and self.alive)

    def enqueue_req(self, conn: TConn) -> None:
        """A whole request goes to a thread."""
        self.in_hand += 1
        self.set_accept_enabled(True)
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """It was answered, and the thread is free."""
        self.in_hand -= 1
        self.has_finished_one = True
        super().finish_request(conn, fs)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for what it wants."""
        try:
            line, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.has_finished_one = False
        self.set_accept_enabled(True)
        self._await(Line(self.cfg, line, address, listener.getsockname()))
        self.poller.register(line, selectors.EVENT_READ, self._more)

    def on_client_socket_readable(self, conn: Line, client: socket.socket) -> None:
        """The next request on a line that was kept waits like the first."""
        self.keepalived_conns.remove(conn)
        self._await(conn)
        self.poller.modify(client, selectors.EVENT_READ, self._more)
        self._more(client)

    def _await(self, line: Line) -> None:
        line.sock.setblocking(False)
        self.arriving[line.sock] = Arriving(line)

    def _more(self, source: socket.socket) -> None:
        each = self.arriving[source]
        try:
            piece = source.recv(64 * KIBIBYTE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        each.so_far += piece
        if not piece or self._is_too_much(each):
            self._drop(each)
        elif is_whole(each.so_far):
            self._let_in(each)

    def _is_too_much(self, newest: Arriving) -> bool:
        """All that waits has to fit into memory; ordinary forms are never what is refused."""
        large = len(newest.so_far) > MEBIBYTE
        return large and sum(len(each.so_far) for each in self.arriving.values()) > ALL_TOGETHER

    def _let_in(self, each: Arriving) -> None:
        self._forget(each)
        each.line.init()
        each.line.parser.unreader.unread(bytes(each.so_far))
        each.line.data_ready = True
        self.enqueue_req(each.line)

    def _forget(self, each: Arriving) -> None:
        del self.arriving[each.line.sock]
        self.poller.unregister(each.line.sock)

    def _drop(self, each: Arriving) -> None:
        self._forget(each)
        self.nr_conns -= 1
        each.line.close()

    def murder_pending(self) -> None:
        """Close what took too long; whoever has said nothing yet does not keep a worker that wants to end."""
        super().murder_pending()
        now = time.monotonic()
        for each in list(self.arriving.values()):
            if now > each.deadline or not (self.alive or each.so_far):
                self._drop(each)
