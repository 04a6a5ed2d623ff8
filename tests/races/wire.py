"""This file knows a browser small enough to be thousands: one connection, cookies, a form token, nothing rendered."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes
    etag: str = ""

    @property
    def code(self) -> str:
        """The refusal's own name where the answer is JSON, else its status."""
        try:
            return str(json.loads(self.body)["error"])
        except (ValueError, KeyError):
            return str(self.status)


@dataclass
class Wire:
    """One person's browser at a server on this machine."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    headers: str = "Accept: application/json\r\n"
    tls: ssl.SSLContext | None = None
    _socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        return self._ask(f"GET {path} HTTP/1.1\r\n", b"")

    def post(self, path: str, **fields: Any) -> Answer:
        said = {"csrf_token": self.token, **fields}
        pairs = ((name, one) for name, each in said.items() for one in (each if isinstance(each, list) else [each]))
        body = "&".join(f"{name}={quote_plus(str(value))}" for name, value in pairs).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{kind}", body)

    def _ask(self, opening: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        kept = f"Cookie: {cookies}\r\n" if cookies else ""
        sent = f"{opening}Host: localhost\r\n{self.headers}{kept}\r\n".encode() + body
        for attempt in (1, 2):
            try:
                return self._exchange(sent)
            except ConnectionError:
                # A server closes what was idle for a while; what was not answered at all was not done either.
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def _exchange(self, sent: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                self._socket = self.tls.wrap_socket(self._socket, server_hostname="localhost")
        self._socket.sendall(sent)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        return self._read(got[:end].decode("latin-1"), got[end + 4 :])

    def _more(self) -> bytes:
        assert self._socket is not None
        more = self._socket.recv(65_536)
        if not more:
            raise ConnectionError("closed")
        return more

    def _read(self, head: str, body: bytes) -> Answer:
        first, *lines = head.split("\r\n")
        length, location, etag, is_last = 0, "", "", False
        for line in lines:
            name, _, value = line.partition(": ")
            name = name.lower()
            if name == "content-length":
                length = int(value)
            elif name == "location":
                location = value
            elif name == "etag":
                etag = value
            elif name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
            elif name == "connection":
                is_last = value == "close"
        while len(body) < length:
            body += self._more()
        if is_last:
            self.close()
        return Answer(int(first.split(" ", 2)[1]), location, body, etag)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
