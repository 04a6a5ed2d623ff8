"""This file knows how a test gets a clean database in milliseconds: a copy of one that was migrated once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from practice.config import Config
from practice.db import db
from tests.postgres import Cluster, cluster

MIGRATIONS = Path(__file__).parent.parent / "migrations"
READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "WITH", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
WRITES = ("INSERT", "UPDATE", "DELETE")


class Store(Protocol):
    """Gives a migrated, empty database, and makes it so again: by `restore` whatever was done to it, once nobody is
    connected; by `empty` where only rows were written, if that is possible and quicker."""

    def fresh(self, data: Path) -> str: ...

    def restore(self, data: Path) -> None: ...

    def empty(self) -> bool: ...


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

    def empty(self) -> bool:
        return False


class Copies:
    """PostgreSQL: `CREATE DATABASE … TEMPLATE …`, and in between the rows are swept out."""

    def __init__(self, running: Cluster) -> None:
        self.cluster = running
        self.name = f"practice_{os.getpid()}"
        self.broom: Broom | None = None

    def fresh(self, data: Path) -> str:
        migrate(self.cluster.create("migrated"), data)
        return self.cluster.create(self.name, "migrated")

    def restore(self, data: Path) -> None:
        if self.broom:
            self.broom.close()
            self.broom = None
        self.cluster.drop(self.name)
        self.cluster.create(self.name, "migrated")

    def empty(self) -> bool:
        self.broom = self.broom or Broom(self.cluster.connect(self.name))
        return self.broom.sweep()


class Broom:
    """Empties all tables over a connection of its own. What was deleted stays in the files, so it wears out."""

    USES = 50
    TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    NUMBERS = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    OTHERS = """
        SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
             + (SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')
    """

    def __init__(self, connection: Any) -> None:
        self.connection, self.used = connection, 0
        # Neither triggers nor foreign keys mind, and whoever holds a table is not waited for.
        connection.execute("SET session_replication_role = replica; SET lock_timeout = 100")
        tables = [f'DELETE FROM "{name}"' for (name,) in connection.execute(self.TABLES)]
        numbers = [f"SELECT setval('{name}', 1, false)" for (name,) in connection.execute(self.NUMBERS)]
        self.strokes = "; ".join(["BEGIN", *tables, *numbers, "COMMIT"])

    def sweep(self) -> bool:
        """Everything out, numbers from one again; False when it is worn out or somebody else still is at work."""
        import psycopg

        self.used += 1
        try:
            if self.used > self.USES or self.connection.execute(self.OTHERS).fetchone()[0]:
                return False
            self.connection.execute(self.strokes)
        except psycopg.Error:
            return False
        return True

    def close(self) -> None:
        self.connection.close()


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


class Dirt(IntEnum):
    """What a test leaves behind."""

    NONE = 0
    ROWS = 1
    ANYTHING = 2


class Watch:
    """Notices what a test writes: one that only read leaves nothing to clean."""

    def __init__(self) -> None:
        self.seen = Dirt.NONE

    def mark(self) -> None:
        """From here on something is done that goes unseen."""
        self.seen = Dirt.ANYTHING

    def take(self) -> Dirt:
        """The worst since the last time this was asked."""
        seen, self.seen = self.seen, Dirt.NONE
        return seen

    def notice(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.lstrip().upper()
        if not words.startswith(READS):
            self.seen = max(self.seen, Dirt.ROWS if words.startswith(WRITES) else Dirt.ANYTHING)


def clean(store: Store, data: Path, dirt: Dirt) -> None:
    """Make the present application's database as it was before the test that left `dirt`."""
    if dirt == Dirt.ROWS and store.empty():
        return
    db.engine.dispose()
    store.restore(data)


def build(config: Config) -> Flask:
    """The application with `config`."""
    from practice.app import create_app

    return create_app(config)
