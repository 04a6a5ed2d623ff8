"""This file knows the parts that several machines share: a real Redis, and a proxy in front of the web processes."""

from __future__ import annotations

import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.races.arena import ROOT


def free_port() -> int:
    """A port that nobody has, below those that the system gives to outgoing lines: so it stays free."""
    while True:
        port = random.randrange(20_001, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_for_port(port: int, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nobody listens"
            time.sleep(0.02)


# ---------------------------------------------------------------- Redis


class RedisServer:
    """A real redis-server that remembers nothing on disk; it can be killed, held still and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(self.folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for_port(self.port)

    def forget(self) -> None:
        """Lose every key, as after a restart."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(b"FLUSHALL\r\n")
            assert line.recv(64) == b"+OK\r\n"

    def tell(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A Redis for as long as the block lasts."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


# ---------------------------------------------------------------- the proxy


@contextmanager
def proxy(ports: Sequence[int], folder: Path) -> Iterator[int]:
    """The port of nginx with the file of `deploy/` in front of `ports`."""
    port = free_port()
    (folder / "nginx.conf").write_text(_configuration(port, ports, folder))
    process = subprocess.Popen(
        ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _configuration(port: int, ports: Sequence[int], folder: Path) -> str:
    """The example of `deploy/` with other addresses and without certificates, inside what nginx needs around it."""
    example = (ROOT / "deploy" / "nginx.conf").read_text()
    example = re.sub(r"listen .*;", f"listen 127.0.0.1:{port};", example)
    example = re.sub(r" *ssl_certificate.*\n", "", example)
    for sample, real in zip((8001, 8002), ports, strict=True):
        example = example.replace(f"127.0.0.1:{sample}", f"127.0.0.1:{real}")
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ access_log off;\n{places}{example}\n}}\n"
    )
