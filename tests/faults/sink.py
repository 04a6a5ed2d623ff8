"""This file knows mail servers that misbehave, each in one way, over real sockets on this machine."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Line = Callable[[bytes], bytes | None]


class Odd:
    """An SMTP server on a free loopback port that does everything right but for what its arguments say.

    `rcpt` and `data` are the answers to RCPT TO and to the end of the message; `greet_after` is in seconds;
    `drop` is the moment at which the line is cut: "greeting", "data" (after the last byte, before the answer) or
    "answer" (after it). With `answer` set, no message is answered before that event. `accepted` holds the messages
    that were answered with 250, `offered` all that arrived whole.
    """

    def __init__(
        self,
        *,
        rcpt: str = "250 ok",
        data: str = "250 kept",
        greet_after: float = 0.0,
        drop: str = "",
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        answer: threading.Event | None = None,
    ) -> None:
        self.answer = answer
        self.rcpt, self.data, self.greet_after, self.drop, self.tls = rcpt, data, greet_after, drop, tls
        self.offered: list[bytes] = []
        self.accepted: list[bytes] = []
        self.commands: list[bytes] = []
        self._socket = socket.create_server((host, 0))
        self.host, self.port = self._socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def __enter__(self) -> Odd:
        self._thread.start()
        return self

    def __exit__(self, *_why: Any) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk_safely, args=(line,), daemon=True).start()

    def _talk_safely(self, line: socket.socket) -> None:
        with suppress(OSError):
            try:
                self._talk(line)
            finally:
                line.close()

    def _talk(self, line: socket.socket) -> None:
        time.sleep(self.greet_after)
        if self.drop == "greeting":
            return
        line.sendall(b"220 odd.example ready\r\n")
        reader = line.makefile("rb")
        for command in iter(reader.readline, b""):
            self.commands.append(command.strip())
            verb = command[:4].upper()
            if verb == b"STAR" and self.tls:
                line.sendall(b"220 go ahead\r\n")
                line = self.tls.wrap_socket(line, server_side=True)
                reader = line.makefile("rb")
            elif verb == b"DATA":
                if not self._take(line, reader):
                    return
            else:
                line.sendall(self._answer(verb))
            if verb == b"QUIT":
                return

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-odd.example\r\n250-STARTTLS\r\n250 8BITMIME\r\n" if self.tls else b"250 odd.example\r\n"
        if verb == b"RCPT":
            return f"{self.rcpt}\r\n".encode()
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"

    def _take(self, line: socket.socket, reader: Any) -> bool:
        """The message; False when the line is to be cut now."""
        line.sendall(b"354 go on\r\n")
        body = b"".join(iter(reader.readline, b".\r\n"))
        self.offered.append(body)
        if self.answer:
            self.answer.wait(60)
        if self.drop == "data":
            return False
        if self.data.startswith("250"):
            self.accepted.append(body)
        line.sendall(f"{self.data}\r\n".encode())
        return self.drop != "answer"


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
