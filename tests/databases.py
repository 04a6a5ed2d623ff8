"""This file knows how a test gets a clean database in milliseconds: a copy of one that was migrated once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from practice.config import Config
from practice.db import db
from tests.postgres import Cluster, cluster

MIGRATIONS = Path(__file__).parent.parent / "migrations"
READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "WITH", "EXPLAIN")


class Store(Protocol):
    """Gives a migrated, empty database, and makes it so again."""

    def fresh(self, data: Path) -> str: ...

    def restore(self, data: Path) -> None: ...


@contextmanager
def open_store(engine: str) -> Iterator[Store]:
    """The databases of one test process."""
    if engine == "sqlite":
        yield Files()
        return
    with cluster() as running:
        yield Copies(running)


class Files:
    """SQLite: a file is copied."""

    def fresh(self, data: Path) -> str:
        url = f"sqlite:///{data / 'template.db'}"
        migrate(url, data)
        self.restore(data)
        return f"sqlite:///{data / 'practice.db'}"

    def restore(self, data: Path) -> None:
        for leftover in data.glob("practice.db*"):
            leftover.unlink()
        shutil.copyfile(data / "template.db", data / "practice.db")


class Copies:
    """PostgreSQL: `CREATE DATABASE … TEMPLATE …`."""

    def __init__(self, running: Cluster) -> None:
        self.cluster = running
        self.name = f"practice_{os.getpid()}"

    def fresh(self, data: Path) -> str:
        migrate(self.cluster.create("migrated"), data)
        return self.cluster.create(self.name, "migrated")

    def restore(self, data: Path) -> None:
        self.cluster.drop(self.name)
        self.cluster.create(self.name, "migrated")


def migrate(url: str, data: Path) -> None:
    """All migrations on an empty database, as an operator runs them."""
    from flask_migrate import upgrade

    app = build(Config(mode="test", data=data, database_url=url))
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        _fold_in_the_log()
        db.session.remove()
        db.engine.dispose()


def _fold_in_the_log() -> None:
    """SQLite: everything into the one file, since only that one is copied."""
    if db.engine.dialect.name == "sqlite":
        with suppress(Exception), db.engine.connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]


class Dirt:
    """Notices whether a test wrote anything: one that only read leaves nothing to clean."""

    def __init__(self) -> None:
        self.is_there = False

    def mark(self) -> None:
        self.is_there = True

    def take(self) -> bool:
        """Whether something was written since the last time this was asked."""
        was, self.is_there = self.is_there, False
        return was

    def notice(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            self.is_there = True


def build(config: Config) -> Flask:
    """The application with `config`."""
    from practice.app import create_app

    return create_app(config)
