"""This file knows what the sweeps share: the world, a sender, and a note of every table that a request wrote to."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from practice.db import db
from tests.strange import world as worlds
from tests.strange.inputs import as_sent

WRITE = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
SLOWEST = 2.0  # seconds of work; waiting for a busy machine is not the product's fault


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
def world(app):
    """One of everything."""
    return worlds.build(app)


@pytest.fixture
def send(world):
    """Send a form as a browser does; (answer, seconds of work)."""

    def post(who: str, path: str, fields: dict[str, Any]):
        browser = world.browser(who)
        encoded = {name: _encoded(value) for name, value in fields.items()}
        token = world.token(browser)
        began = time.thread_time()
        answer = browser.post(path, data={"csrf_token": token} | encoded)
        return answer, time.thread_time() - began

    return post


def _encoded(value: Any) -> Any:
    if isinstance(value, str):
        return as_sent(value)
    return [_encoded(each) for each in value] if isinstance(value, list) else value
