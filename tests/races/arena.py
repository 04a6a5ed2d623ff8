"""This file knows how a race is set up: a database of its own, people who are signed in, real servers, a crowd."""

from __future__ import annotations

import contextvars
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from practice.accounts import access
from practice.accounts.models import User
from practice.app import create_app
from practice.availability.models import Schedule
from practice.bookings.actions import expire_holds
from practice.bookings.models import Booking, BookingMove, Proposal
from practice.bookings.states import BookingState
from practice.config import from_environment
from practice.http.protection import form_token
from practice.specialists.models import Specialist
from practice.store.db import db, transaction
from practice.values import clock
from tests import factories
from tests.races.wire import Wire

ROOT = Path(__file__).parent.parent.parent
PROCESSES = 8
# Loaded here: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None)
MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Try:
    """One attempt of one person, and what became of it."""

    person: int
    slug: str
    start: str
    outcome: str
    ms: float
    code: str


@dataclass
class Person:
    """Somebody signed in on a browser of their own, and what they are going to try."""

    number: int
    user_id: int
    cookies: dict[str, str]
    token: str
    wants: list[tuple[str, str, str]] = field(default_factory=list)
    # What they believe to be booked: code, slug, start.
    mine: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Arena:
    """A product on a database of its own, whose clock runs on from a Monday morning."""

    url: str
    folder: Path
    offset: timedelta = field(default_factory=lambda: MONDAY - datetime.now(UTC))

    def __post_init__(self) -> None:
        self.app = create_app(from_environment(self.settings))
        self.lock, self.insiders = threading.Lock(), 0

    @property
    def settings(self) -> dict[str, str]:
        """The product's own settings."""
        return {
            "MODE": "test",
            "DATA": str(self.folder),
            "DATABASE_URL": self.url,
            "BASE_URL": "http://localhost",
        }

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        return self.settings | {"CLOCK_OFFSET": str(self.offset.total_seconds())}

    def now(self) -> datetime:
        """The servers' present."""
        return datetime.now(UTC) + self.offset

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The application's context, at the servers' present."""
        with clock.freeze(self.now()), self.app.app_context():
            self._count(1)
            try:
                yield
            finally:
                db.session.remove()
                self._count(-1)

    def _count(self, more: int) -> None:
        """Whoever is the last to leave closes what is open: a connection that somebody else still has at that moment
        would belong to nobody afterwards."""
        with self.lock:
            self.insiders += more
            if not self.insiders:
                db.engine.dispose()

    # ------------------------------------------------------------ who is there

    def practices(self, count: int, name: str = "Practice") -> list[str]:
        """Slugs of that many practices: weekdays 9 to 17 in Vienna, eight weeks ahead, as many as fit."""
        with self.inside(), transaction() as session:
            for number in range(count):
                owner = factories.user(
                    f"{name}-{number}", email=f"{name}-{number}@practice.example".lower(), zone="Europe/Vienna"
                )
                practice = factories.specialist(owner)
                schedule = session.get_one(Schedule, practice.id)
                schedule.weekly_consults, schedule.consult_horizon = None, 56
            return [f"{name}-{number}".lower() for number in range(count)]

    def people(self, count: int, name: str = "client") -> list[Person]:
        """That many confirmed clients, each signed in through the product's own way."""
        with self.inside():
            with transaction():
                made = [factories.user(name, email=f"{name}-{n}@people.example") for n in range(count)]
            ids = [each.id for each in made]
            db.session.remove()
            return [self.browser_of(number, user_id) for number, user_id in enumerate(ids)]

    def owner(self, slug: str) -> Person:
        """The owner of a practice, signed in."""
        with self.inside():
            user_id = db.session.scalars(db.select(Specialist.user_id).where(Specialist.slug == slug)).one()
            db.session.remove()
            return self.browser_of(-1, user_id)

    def browser_of(self, number: int, user_id: int) -> Person:
        """Another browser of one account: device row, session, cookies and a form token."""
        cookies, token = contextvars.Context().run(_way_in, self.app, user_id)
        return Person(number, user_id, cookies, token)

    # ------------------------------------------------------------ the race

    @contextmanager
    def servers(self, *, guarded: bool = True) -> Iterator[int]:
        """Real gunicorn with several processes; its port."""
        environment = {**os.environ, **self.environment, "GUARD": "on" if guarded else "off"}
        with gunicorn("tests.races.server:app", environment, "--preload") as started:
            yield started.port

    @contextmanager
    def ageing(self) -> Iterator[None]:
        """Twice a second half of all holds have run out, and a worker sweeps."""
        over = threading.Event()

        def age() -> None:
            with self.inside():
                while not over.wait(0.5):
                    # Time asks for no lock before it takes things away; where that ends in a deadlock it comes again.
                    with suppress(OperationalError):
                        with transaction() as session:
                            ran_out = clock.now() - timedelta(seconds=1)
                            held = update(Booking).where(Booking.state == BookingState.HELD, Booking.id % 2 == 0)
                            session.execute(held.values(held_until=ran_out))
                        expire_holds()

        thread = threading.Thread(target=age)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def night(self) -> None:
        """A day later: what anybody changed or offered so far lies more than a day back, and all the rest stands."""
        with self.inside(), transaction() as session:
            yesterday = clock.now() - timedelta(hours=25)
            session.execute(update(BookingMove).values(at=yesterday))
            session.execute(update(Proposal).values(made_at=yesterday))

    def run(self, port: int, people: Sequence[Person], *, way: str, threads: int = 2, **more: Any) -> Result:
        """Let everybody try at once, from eight processes."""
        groups = [people[n::PROCESSES] for n in range(PROCESSES) if people[n::PROCESSES]]
        plan = {"port": port, "threads": threads, "way": way, **more}
        crowd = [_start_crowd(plan | {"people": _plain(group)}) for group in groups]
        began = time.perf_counter()
        for each in crowd:
            each.stdin.write("go\n")
            each.stdin.flush()
        tries = [Try(*one) for each in crowd for one in json.loads(each.stdout.readline())]
        seconds = time.perf_counter() - began
        for each in crowd:
            each.communicate(timeout=10)
        return Result(tries, seconds)


@dataclass(frozen=True)
class Result:
    """What a crowd did."""

    tries: list[Try]
    seconds: float

    @property
    def booked(self) -> list[Try]:
        return [each for each in self.tries if each.outcome == "booked"]

    def outcomes(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for each in self.tries:
            counted[each.outcome] = counted.get(each.outcome, 0) + 1
        return dict(sorted(counted.items(), key=lambda pair: -pair[1]))

    @property
    def granted(self) -> float:
        """Which share of the forms did what they asked for."""
        return sum(each.outcome.endswith(" 303") or each.outcome == "booked" for each in self.tries) / len(self.tries)

    @property
    def rate(self) -> float:
        """Attempts a second."""
        return len(self.tries) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the attempts took at most."""
        spent = sorted(each.ms for each in self.tries)
        return spent[min(len(spent) - 1, int(share * len(spent)))]


# ---------------------------------------------------------------- parts


def _way_in(app: Flask, user_id: int) -> tuple[dict[str, str], str]:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        access.enter(db.session.get_one(User, user_id), is_private=True)
        token = form_token()
        answer = app.process_response(app.make_response(""))
        jar = SimpleCookie()
        for line in answer.headers.getlist("Set-Cookie"):
            jar.load(line)
        return {morsel.key: morsel.value for morsel in jar.values()}, token


def _plain(people: Sequence[Person]) -> list[dict[str, Any]]:
    parts = ("number", "cookies", "token", "wants", "mine")
    return [{part: getattr(person, part) for part in parts} for person in people]


def _start_crowd(plan: dict[str, Any]) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.races.crowd"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert started.stdin and started.stdout
    started.stdin.write(json.dumps(plan) + "\n")
    started.stdin.flush()
    assert started.stdout.readline() == "ready\n"
    return started


@dataclass(frozen=True)
class Server:
    """A running gunicorn: where it listens, and the process that the others come from."""

    port: int
    pid: int


@contextmanager
def gunicorn(app: str, environment: dict[str, str], *options: str, threads: int = 4) -> Iterator[Server]:
    """Two processes with the product's own settings, on a port that nobody else has."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as place:
        command = [
            sys.executable, "-m", "gunicorn", "--bind", f"fd://{place.fileno()}", "--workers", "2",
            "--threads", str(threads), "--graceful-timeout", "3", *options, app,
        ]  # fmt: skip
        started = subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[place.fileno()], stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=end_with_parent,
        )  # fmt: skip
        port = place.getsockname()[1]
        try:
            _wait_until_it_answers(started, port)
            yield Server(port, started.pid)
        finally:
            _stop(started)


def end_with_parent() -> None:
    """Should the tests be killed outright, the server goes too (Linux only)."""
    if sys.platform == "linux":
        _LIBC.prctl(1, signal.SIGTERM)


def _stop(started: subprocess.Popen[bytes]) -> None:
    started.send_signal(signal.SIGTERM)
    try:
        started.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _wait_until_it_answers(started: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert started.poll() is None, "the server ended"
        try:
            browser = Wire(port)
            browser.get("/healthz")
            browser.close()
            return  # the socket is open before anybody accepts, so an answer is the only proof
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer")


def starts_of(first: datetime, days: int, *, every: int = 15, hours: tuple[int, int] = (9, 17)) -> list[str]:
    """Starts on the grid of `every` minutes on weekdays in Vienna, as forms write them."""
    zone, found = ZoneInfo("Europe/Vienna"), []
    for number in range(days):
        day = first + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        opens = datetime(day.year, day.month, day.day, hours[0], tzinfo=zone)
        for minute in range(0, (hours[1] - hours[0]) * 60 - 29, every):
            found.append((opens + timedelta(minutes=minute)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return found
