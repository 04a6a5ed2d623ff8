"""This file knows how a fault test has a product to break: a database, real servers and workers, people."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.terms import CONSULT
from practice.letters.outbox import OutboxMail
from practice.store.checks import faults
from practice.store.db import db
from tests.databases import Copies, Store
from tests.races.arena import MONDAY, ROOT, Arena, Person, end_with_parent, starts_of
from tests.races.wire import Answer, Wire

NEXT_MONDAY = MONDAY + timedelta(days=7)
# A worker so far ahead finds that nobody can take back what was booked before: the specialists' letters leave as well.
SETTLED = CONSULT.undo + timedelta(minutes=1)
APP = "tests.faults.server:app"
# Between the parts of a form with files.
EDGE = "edge-of-a-part"
_numbers = itertools.count()


@contextmanager
def product(store: Store, data: Path, arena: type[Arena] = Arena) -> Iterator[Arena]:
    """A product on a fresh copy of the migrated database, for as long as the block lasts."""
    name, folder = f"fault_{next(_numbers)}", Path(tempfile.mkdtemp(prefix="fault-", dir=data))
    try:
        if isinstance(store, Copies):
            yield arena(store.cluster.create(name, "migrated"), folder)
            store.cluster.drop(name)
        else:
            shutil.copyfile(data / "template.db", folder / "fault.db")
            yield arena(f"sqlite:///{folder / 'fault.db'}", folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------------------------------------------------------------- servers and workers


@dataclass
class Running:
    """A group of processes with one leader; `port` is 0 for a worker."""

    leader: subprocess.Popen[bytes]
    port: int = 0

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the leader alone, as a supervisor does."""
        self.leader.send_signal(number)

    def kill(self) -> None:
        """End the whole group as by a power cut."""
        with suppress(ProcessLookupError):
            os.killpg(self.leader.pid, signal.SIGKILL)
        self.leader.wait(10)


@contextmanager
def serving(
    arena: Arena, *options: str, port: int = 0, overrides: dict[str, Any] | None = None, **environment: str
) -> Iterator[Running]:
    """The product behind gunicorn with the product's own settings, ready to answer."""
    # The only copy of the open port is the server's own: when it is gone, the port is closed.
    with _opened(port) as place:
        port = place.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{place.fileno()}", *options, APP]
        running = Running(_start(arena, command, _said(overrides) | environment, place.fileno()), port)
    try:
        assert health(port) == 200
        yield running
    finally:
        running.kill()


def _opened(port: int) -> socket.socket:
    """A listening socket; the system needs a moment to take a port away from processes that were killed."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=256)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def working(
    arena: Arena, *, ahead: timedelta = timedelta(), overrides: dict[str, Any] | None = None
) -> Iterator[Running]:
    """A worker of the product, whose clock is `ahead` of that of the servers."""
    command = [sys.executable, "-m", "flask", "--app", "tests.faults.server", "work"]
    clock = {"CLOCK_OFFSET": str((arena.offset + ahead).total_seconds())}
    running = Running(_start(arena, command, _said(overrides) | clock))
    try:
        yield running
    finally:
        running.kill()


def _start(arena: Arena, command: list[str], environment: dict[str, str], *kept: int) -> subprocess.Popen[bytes]:
    with (arena.folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **arena.environment, **environment},
            pass_fds=kept,
            stdin=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def _said(overrides: dict[str, Any] | None) -> dict[str, str]:
    return {"OVERRIDES": json.dumps(overrides or {}), "LOG_LEVEL": "error"}


def health(port: int, path: str = "/healthz", seconds: float = 60.0) -> int:
    """The status of a page, once anything answers at all."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        browser = Wire(port)
        try:
            return browser.get(path).status
        except OSError:
            time.sleep(0.05)
        finally:
            browser.close()
    raise AssertionError("the server does not answer")


# ---------------------------------------------------------------- people


@dataclass
class Wish:
    """What one person wants to book, with the form's own key: sent again it is still the same form."""

    slug: str
    start: str
    key: str

    def hold(self, browser: Wire) -> Answer:
        return browser.post(f"/specialists/{self.slug}/book", start=self.start)

    def send(self, browser: Wire) -> Answer:
        return browser.post(
            f"/specialists/{self.slug}/book/confirm",
            start=self.start, form_key=self.key, format="video", consent="y", note="Whatever I wrote.",
        )  # fmt: skip


def crowd(arena: Arena, batch: int = 16) -> Iterator[Person]:
    """One signed-in client after the other, made in small batches as they are wanted."""
    for number in itertools.count():
        yield from arena.people(batch, f"client-{number}")


class CutOff(Exception):
    """The line went dead instead of an answer."""


class Browser(Wire):
    """A browser that remembers the last answer's headers, in small letters."""

    heard: dict[str, str]

    def _read(self, head: str, body: bytes) -> Answer:
        pairs = (line.partition(": ") for line in head.split("\r\n")[1:])
        self.heard = {name.lower(): value for name, _, value in pairs}
        return super()._read(head, body)

    def upload(self, path: str, files: Sequence[bytes], **fields: str) -> Answer:
        """Send a form with files, as a page that has them does."""
        parts = [
            (f'name="{name}"', str(value).encode()) for name, value in {"csrf_token": self.token, **fields}.items()
        ]
        parts += [(f'name="files"; filename="{number}.pdf"', each) for number, each in enumerate(files)]
        said = (f"--{EDGE}\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + each for name, each in parts)
        body = b"\r\n".join([*said, f"--{EDGE}--\r\n".encode()])
        kind = f"Content-Type: multipart/form-data; boundary={EDGE}\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{kind}", body)


class Once(Browser):
    """A browser that asks once, and says so when the line goes dead."""

    def _exchange(self, sent: bytes) -> Answer:
        try:
            return super()._exchange(sent)
        except OSError as error:
            self.close()
            raise CutOff from error


def browser_of(person: Person, port: int, crash: str = "") -> Browser:
    """The person's browser; with `crash`, one whose requests end the server there."""
    if crash:
        return Once(port, dict(person.cookies), person.token, f"Accept: text/html\r\nX-Crash: {crash}\r\n")
    return Browser(port, dict(person.cookies), person.token, "Accept: text/html\r\n")


def wishes(slugs: list[str], count: int) -> Iterator[Wish]:
    """Different free times, one after the other: `count` weekdays of every practice from next Monday on."""
    for start in starts_of(NEXT_MONDAY, count, every=30):
        for slug in slugs:
            yield Wish(slug, start, f"form-{slug}-{start}")


def was_cut_off(ask: Any) -> bool:
    """True when the line went dead instead of an answer."""
    try:
        ask()
    except CutOff:
        return True
    return False


# ---------------------------------------------------------------- what is stored


def bookings_of(arena: Arena, person: Person) -> list[tuple[str, int]]:
    """(code, number of letters about it) of each confirmed booking of this person."""
    with arena.inside():
        rows = db.session.execute(
            db.select(Booking.code, Booking.id).where(
                Booking.client_id == person.user_id, Booking.state == BookingState.CONFIRMED
            )
        ).all()
        return [(code, _letters_about(booking_id)) for code, booking_id in rows]


def _letters_about(booking_id: int) -> int:
    asked = db.select(db.func.count(OutboxMail.id)).where(OutboxMail.event_key == f"booking:{booking_id}:booked")
    return int(db.session.scalar(asked) or 0)


def found_faults(arena: Arena) -> list[str]:
    """What the product's own check-up finds wrong; nothing, if all is well."""
    with arena.inside():
        return faults()


def code_of(answer: Answer) -> str:
    """The booking's code in the address that a successful form leads to."""
    assert answer.status == 303, (answer.status, answer.body[:300])
    assert "/bookings/" in answer.location, answer.location
    return answer.location.split("/bookings/")[1].split("/")[0]
