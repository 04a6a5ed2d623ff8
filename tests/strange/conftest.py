"""This file knows what the sweeps share: the world, a sender, and a note of every table that a request wrote to."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from practice.store.db import db
from tests.pages import press
from tests.strange import world as worlds
from tests.strange.inputs import as_sent

WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# Seconds of work, not of waiting for a busy machine: what takes so long grows out of all proportion, or never ends.
ENDLESS = 20.0


@dataclass
class Journal:
    """The tables that were written to and kept, since this was last asked."""

    kept: list[str] = field(default_factory=list)

    def statement(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := WRITE.match(statement):
            connection.info.setdefault("written", []).append(found[1])

    def commit(self, connection: Any) -> None:
        self.kept += connection.info.pop("written", [])

    def rollback(self, connection: Any) -> None:
        connection.info.pop("written", None)

    def take(self) -> set[str]:
        """What was written, forgotten afterwards."""
        taken, self.kept = set(self.kept), []
        return taken


@pytest.fixture
def journal(app):
    found, engine = Journal(), db.engine
    listeners = (("before_cursor_execute", found.statement), ("commit", found.commit), ("rollback", found.rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    yield found
    for name, listener in listeners:
        event.remove(engine, name, listener)


@pytest.fixture
def world(app, scenes):
    """One of everything."""
    return worlds.World.known(app, scenes.set("world", lambda: worlds.build(app).noted()))


@pytest.fixture
def send(world):
    """Send a form as a browser does; the answer. One that does not come fails the test."""

    def post(who: str, path: str, fields: dict[str, Any]):
        browser = world.browser(who)
        encoded = {name: _encoded(value) for name, value in fields.items()}
        token = world.token(browser)
        with coming_to_an_end():
            return press(browser, path, {"csrf_token": token} | encoded)

    return post


class NeverEnds(BaseException):
    """Work without end; nothing in the product may catch it."""


@contextmanager
def coming_to_an_end() -> Iterator[None]:
    """Stop what works for longer than anybody would wait."""

    def stop(*_signal: Any) -> None:
        raise NeverEnds

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, ENDLESS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _encoded(value: Any) -> Any:
    if isinstance(value, str):
        return as_sent(value)
    return [_encoded(each) for each in value] if isinstance(value, list) else value
