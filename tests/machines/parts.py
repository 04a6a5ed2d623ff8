"""This file knows the parts that several machines share: a real Redis, and a proxy in front of the web processes."""

from __future__ import annotations

import random
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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


# Everybody in these tests sits behind one address.
FREE = "100000r/s"


@dataclass(frozen=True)
class Proxy:
    """nginx as it runs: the port that speaks TLS, the one that sends there, and who vouches for its certificate."""

    port: int
    plain_port: int
    authority: Path

    @property
    def tls(self) -> ssl.SSLContext:
        """What a browser needs that trusts it."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def proxy(ports: Sequence[int], folder: Path, rate: str = FREE) -> Iterator[Proxy]:
    """nginx with the file of `deploy/` in front of `ports`; `rate` is what one address may ask for."""
    running = Proxy(free_port(), free_port(), certificate(folder))
    (folder / "nginx.conf").write_text(_configuration(running, ports, folder, rate))
    process = subprocess.Popen(
        ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")], stdin=subprocess.DEVNULL
    )
    try:
        wait_for_port(running.port)
        yield running
    finally:
        process.terminate()
        process.wait(10)


def _configuration(running: Proxy, ports: Sequence[int], folder: Path, rate: str) -> str:
    """The example of `deploy/` with other addresses, name, certificate and rates, inside what nginx needs around it."""
    example = (ROOT / "deploy" / "nginx.conf").read_text()
    for sample, real in {
        "listen 443": f"listen 127.0.0.1:{running.port}",
        "listen 80": f"listen 127.0.0.1:{running.plain_port}",
        "127.0.0.1:8001": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8002": f"127.0.0.1:{ports[1]}",
        "/etc/ssl/practice.example.pem": str(running.authority),
        "/etc/ssl/practice.example.key": str(running.authority),
        "https://practice.example$": f"https://localhost:{running.port}$",
        "server_name practice.example": "server_name localhost",
        "rate=20r/s": f"rate={rate}",
        "rate=2r/s": f"rate={rate}",
    }.items():
        assert sample in example, f"{sample} is not in the file"
        example = example.replace(sample, real)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\n{places}{example}\n}}\n"
    )


def certificate(folder: Path) -> Path:
    """A certificate for localhost that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
