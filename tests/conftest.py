"""This file knows what every test may ask for: an application on a clean database, a frozen clock, people, mail.

`--engine postgres` runs what reaches a database on real PostgreSQL; what does not is left to the run on SQLite, and
so are most of many cases (see tests/halves.py).
`--long` adds the long forms of races and faults. `--start` says when the demo is opened (see tests/starts.py):
a test that names no date asks for `start` and must hold at each of them.
"""

from __future__ import annotations

import contextvars
import gc
import ipaddress
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from practice.config import Config
from practice.http.protection import limiter
from practice.store import memory
from practice.store.db import db
from practice.values import clock as wall
from tests import databases, halves, kept, quick_disk, starts
from tests.pages import as_read, csrf_of, press
from tests.smtp import SmtpSink

pytest_plugins = ["tests.paper", "tests.paying", "tests.shop", "tests.selling"]
quick_disk.settle()

MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
# One process runs a file, so files that take long begin: at the end nobody waits for one of them (see --dist).
LONGEST = (
    "tests/strange/test_sweep",
    "tests/demo/test_supervise",
    "tests/house/test_pages",
    "tests/house/test_questions",
    "tests/demo/test_marketplace",
    "tests/machines/",
    "tests/races/",
    "tests/faults/",
    "tests/strange/",
    "tests/scheduling/test_oracle",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite", help="the database the tests run on")
    parser.addoption("--long", action="store_true", help="also the long forms of races and faults")
    parser.addoption("--start", default=starts.DEFAULT, help=f"when the demo is opened: {starts.CHOICES}")


def pytest_configure(config: pytest.Config) -> None:
    """Whose turn it is is settled once, so that all processes of a run have the same."""
    config.option.start = starts.named(config.option.start)
    try:
        starts.instant(config.option.start)
    except ValueError as error:
        raise pytest.UsageError(f"--start takes {starts.CHOICES}; {error}") from None
    folder = kept.open_folder()
    config.add_cleanup(lambda: kept.close_folder(folder))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """A red test says on which day it was, and how to come back to it."""
    name = config.option.start
    terminalreporter.write_line(f"The demo was opened at {starts.instant(name):%a %d %B %Y %H:%M} UTC: --start={name}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run is not for; the closing line counts it as deselected, never as passed."""
    wanted, left_out = halves.chosen(items, config)
    items[:] = sorted(wanted, key=lambda item: not item.nodeid.startswith(LONGEST))
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """All that is loaded by now stays to the end: the collector need not look through it again and again, nor after
    every few hundred rows that a test makes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


# ---------------------------------------------------------------- nothing leaves this machine

_refused: list[str] = []


def _guard(name: str, arguments: tuple[Any, ...]) -> None:
    """Refuse a connection to anywhere but this machine, whichever library asks for it."""
    if name == "socket.connect" and isinstance(arguments[1], tuple):
        _refuse_outside(str(arguments[1][0]))
    elif name == "socket.getaddrinfo" and arguments[0] is not None:
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
        _refuse_outside(host)


def _refuse_outside(host: str) -> None:
    if host in ("localhost", "", "0.0.0.0"):  # the last two: listening, or the machine itself
        return
    try:
        inside = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        inside = host.endswith(".localhost")
    if not inside:
        _refused.append(host)
        raise OSError(f"a test tried to reach {host}")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def no_outside_world() -> Iterator[list[str]]:
    """Fails a test that tried to leave this machine, even where the product swallowed the error. A test that wants to
    see the refusal empties the list that comes back."""
    _refused.clear()
    yield _refused
    assert not _refused, f"tried to reach {_refused}"


# ---------------------------------------------------------------- database and application


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """Which database this run is on: "sqlite" or "postgres"."""
    return str(request.config.getoption("engine"))


@pytest.fixture(scope="session")
def store(engine: str) -> Iterator[databases.Store]:
    """Where databases come from: each is a copy of one that went through all migrations."""
    with ExitStack() as stack:
        yield stack.enter_context(databases.open_store(engine))


@pytest.fixture(scope="session")
def data() -> Iterator[Path]:
    """The folder of uploads and the database file."""
    folder = Path(tempfile.mkdtemp(prefix="practice-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def config(store: databases.Store, data: Path) -> Config:
    """The settings of the application under test."""
    return Config(mode="test", data=data, database_url=store.fresh(data), base_url="http://localhost")


@pytest.fixture(scope="session")
def built_app(config: Config) -> Iterator[Flask]:
    app = databases.build(config)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def engine_url(config: Config, app: Flask, dirty: databases.Watch) -> str:
    """The database's address, for a test that starts processes of its own on it."""
    dirty.mark()
    return config.database_url


@pytest.fixture(scope="session")
def dirty(built_app: Flask) -> databases.Watch:
    watch = databases.Watch()
    with built_app.app_context():
        event.listen(db.engine, "before_cursor_execute", watch.notice)
    return watch


@pytest.fixture
def app(
    built_app: Flask, config: Config, store: databases.Store, data: Path, clock: Clock, dirty: databases.Watch
) -> Iterator[Flask]:
    """The application on an empty database, inside its context, at 08:00 UTC on Monday 1 March 2027."""
    with built_app.app_context():
        yield built_app
        db.session.remove()
        if dirt := dirty.take():
            databases.clean(store, data, dirt)
            memory.forget()
            dirty.take()
    shutil.rmtree(config.uploads, ignore_errors=True)


@pytest.fixture(scope="session")
def scenes(store: databases.Store, config: Config, dirty: databases.Watch) -> databases.Scenes:
    """`scenes.set("world", build)`: what `build` makes in an empty database, and notes of it, made once."""
    return databases.Scenes(store, config, dirty)


@pytest.fixture
def make_app(app: Flask, config: Config, dirty: databases.Watch) -> Iterator[Callable[..., Flask]]:
    """Another application on the same database: `make_app(overrides={"RATELIMIT_ENABLED": True})`."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        dirty.mark()  # what is written through the other's engine goes unseen
        other = databases.build(replace(config, **changes))
        other.test_client_class = Browser
        made.append(other)
        return other

    yield make
    # Rows of the application under test that were read inside another one hold a connection of that one's.
    db.session.remove()
    for other in made:
        with other.app_context():
            db.engine.dispose()
    # There is one limiter for the process: what another application switched on would stay on for the tests after it.
    limiter.enabled = bool(app.config["RATELIMIT_ENABLED"])


class Page(TestResponse):
    """What came back, as somebody reads it: in a page white space is one space, and none at the edge of a block."""

    @cached_property
    def text(self) -> str:
        """The text of the answer."""
        return as_read(super().text) if self.mimetype == "text/html" else super().text


class Browser(FlaskClient):
    """A client whose every request begins as in the real server: with no context left over from the test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = type("Answer", (Page, self.response_wrapper), {})

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            assert not (db.session.new or db.session.dirty), "rows were changed outside transaction()"
            db.session.rollback()
        kwargs.setdefault("buffered", True)  # read to the end and closed, also where a file is sent
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(autouse=True)
def unlimited() -> None:
    """Limits are switched on by who tests them: there is one limiter for the process, and each application sets it."""
    limiter.enabled = False


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies. `app.test_client()` makes another."""
    return app.test_client()


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., TestResponse]:
    """Post as a browser does: with the token of a page that was open."""

    def send(path: str, *, browser: FlaskClient = client, **fields: Any) -> TestResponse:
        token = csrf_of(browser.get("/time-zone"))
        return press(browser, path, {"csrf_token": token} | fields)

    return send


@pytest.fixture
def questions(app: Flask) -> Iterator[list[str]]:
    """Every statement that anything asks the database from here on, but the beginning of transactions."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


# ---------------------------------------------------------------- time


class Clock:
    """Time that stands still until a test moves it."""

    def now(self) -> datetime:
        return wall.now()

    def freeze(self, instant: datetime) -> datetime:
        """Stand at `instant` (aware) from here on."""
        return wall.advance(instant - wall.now())

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Go on by a duration: `clock.advance(hours=3)`."""
        return wall.advance(by if by is not None else timedelta(**parts))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Frozen at 08:00 UTC on Monday 1 March 2027."""
    with wall.freeze(MONDAY):
        yield Clock()


@pytest.fixture(scope="session")
def start(request: pytest.FixtureRequest) -> datetime:
    """When this run opens the demo: by command on any day, so what is built on it names no date."""
    return starts.instant(request.config.getoption("start"))


# ---------------------------------------------------------------- people, mail


@pytest.fixture
def cast(app: Flask, scenes: databases.Scenes, dirty: databases.Watch, clock: Clock) -> Any:
    """Anna, a specialist; Ben, her client; Cleo, a stranger; Sam, staff."""
    from tests import factories

    if dirty.seen or clock.now() != MONDAY:  # there is something already, or another present
        return factories.cast()
    return factories.known_cast(scenes.set("cast", lambda: factories.cast().numbers))


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, Any], FlaskClient]:
    """`sign_in(client, ben)`: the client's browser as Ben's."""
    from tests import factories

    return factories.sign_in


@pytest.fixture
def outbox(app: Flask) -> Any:
    """The mail that is waiting to leave, with questions to ask: `outbox.last_to(ben)`."""
    from tests.outbox import Outbox

    return Outbox()


@pytest.fixture
def smtp() -> Iterator[SmtpSink]:
    """A real SMTP server on this machine that remembers what it received."""
    with SmtpSink() as sink:
        yield sink
