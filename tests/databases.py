"""This file knows how a test gets a clean database in milliseconds: a copy of one that was migrated once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from practice.config import Config
from practice.store import memory
from practice.store.db import db
from tests import kept
from tests.postgres import Cluster, cluster

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent.parent / "migrations"
READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "WITH", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
WRITES = ("INSERT", "UPDATE", "DELETE")


class Store(Protocol):
    """Gives a migrated, empty database, and makes it so again: by `restore` whatever was done to it, once nobody is
    connected; by `empty` where only rows were written, if that is possible and quicker. What `keep` read under a name
    is put into an empty one by `bring`; nobody is connected then either. `another` is one beside it."""

    def fresh(self, data: Path) -> str: ...

    def another(self, name: str, data: Path) -> str: ...

    def restore(self, data: Path) -> None: ...

    def empty(self) -> bool: ...

    def keep(self, name: str, data: Path) -> None: ...

    def bring(self, name: str, data: Path) -> None: ...


@contextmanager
def open_store(engine: str) -> Iterator[Store]:
    """The databases of one test process."""
    if engine == "sqlite":
        yield Files()
        return
    with cluster() as running:
        copies = Copies(running)
        yield copies
        copies.let_go()


class Files:
    """SQLite: a file is copied."""

    def fresh(self, data: Path) -> str:
        shutil.copyfile(kept.migrated(), data / "template.db")
        self.restore(data)
        return f"sqlite:///{data / 'practice.db'}"

    def another(self, name: str, data: Path) -> str:
        shutil.copyfile(kept.migrated(), data / f"{name}.db")
        return f"sqlite:///{data / f'{name}.db'}"

    def restore(self, data: Path) -> None:
        self.bring("template", data)

    def empty(self) -> bool:
        return False

    def keep(self, name: str, data: Path) -> None:
        assert not (data / "practice.db-wal").exists(), "somebody is connected still"
        shutil.copyfile(data / "practice.db", data / f"{name}.db")

    def bring(self, name: str, data: Path) -> None:
        for leftover in data.glob("practice.db*"):
            leftover.unlink()
        shutil.copyfile(data / f"{name}.db", data / "practice.db")


class Copies:
    """PostgreSQL: `CREATE DATABASE … TEMPLATE …`, and in between the rows are swept out."""

    def __init__(self, running: Cluster) -> None:
        self.cluster = running
        self.name = f"practice_{os.getpid()}"
        self.rows: Rows | None = None
        self.kept: dict[str, Kept] = {}

    def fresh(self, data: Path) -> str:
        migrate(self.cluster.create("migrated"), data)
        return self.cluster.create(self.name, "migrated")

    def another(self, name: str, data: Path) -> str:
        return self.cluster.create(name, "migrated")

    def let_go(self) -> None:
        """Nobody is connected from here any more."""
        if self.rows:
            self.rows.close()
            self.rows = None

    def restore(self, data: Path) -> None:
        self.let_go()
        self.cluster.drop(self.name)
        self.cluster.create(self.name, "migrated")

    def empty(self) -> bool:
        return self._rows().sweep()

    def keep(self, name: str, data: Path) -> None:
        self.kept[name] = self._rows().read()

    def bring(self, name: str, data: Path) -> None:
        self._rows().write(self.kept[name])

    def _rows(self) -> Rows:
        self.rows = self.rows or Rows(self.cluster.connect(self.name))
        return self.rows


@dataclass(frozen=True)
class Kept:
    """What stood in each table, and where each row of numbers was."""

    tables: dict[str, bytes]
    numbers: list[tuple[str, int]]


class Rows:
    """All rows of a PostgreSQL database, over a connection of its own. What is swept out stays in the files, where it
    is read past: every so often the database is better made anew."""

    SWEEPS = 50
    TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    OTHERS = """
        SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')
             + (SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')
    """

    def __init__(self, connection: Any) -> None:
        self.connection, self.sweeps = connection, 0
        # Neither triggers nor foreign keys mind, and whoever holds a table is not waited for.
        connection.execute("SET session_replication_role = replica; SET lock_timeout = 100")
        self.tables = [name for (name,) in connection.execute(self.TABLES)]
        out = [f'DELETE FROM "{name}"' for name in self.tables]
        from_one = [f"SELECT setval('{name}', 1, false)" for name, _ in connection.execute(self.NUMBERS)]
        self.strokes = "; ".join(["BEGIN", *out, *from_one, "COMMIT"])

    def sweep(self) -> bool:
        """Everything out, numbers from one again; False when that is due otherwise or somebody still is at work."""
        import psycopg

        self.sweeps += 1
        try:
            if self.sweeps > self.SWEEPS or self.connection.execute(self.OTHERS).fetchone()[0]:
                return False
            self.connection.execute(self.strokes)
        except psycopg.Error:
            return False
        return True

    def read(self) -> Kept:
        """Everything that is there."""
        tables = {}
        with self.connection.cursor() as cursor:
            for name in self.tables:
                with cursor.copy(f'COPY "{name}" TO STDOUT') as lines:
                    tables[name] = b"".join(lines)
        used = f"SELECT sequencename, last_value FROM ({self.NUMBERS}) AS used WHERE last_value IS NOT NULL"
        return Kept({name: lines for name, lines in tables.items() if lines}, self.connection.execute(used).fetchall())

    def write(self, kept: Kept) -> None:
        """Everything in that was read."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for name, lines in kept.tables.items():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(lines)
            for name, last in kept.numbers:
                cursor.execute("SELECT setval(%s, %s)", (name, last))

    def close(self) -> None:
        self.connection.close()


def migrate(url: str, data: Path) -> None:
    """All migrations on an empty database, as an operator runs them."""
    from flask_migrate import upgrade

    app = build(Config(mode="test", data=data, database_url=url))
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        let_go()


def let_go() -> None:
    """Nobody is connected to the present application's database any more, and its file holds all of it."""
    db.session.remove()
    _fold_in_the_log()
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

    def mark(self, dirt: Dirt = Dirt.ANYTHING) -> None:
        """Something is done that goes unseen."""
        self.seen = max(self.seen, dirt)

    def take(self) -> Dirt:
        """The worst since the last time this was asked."""
        seen, self.seen = self.seen, Dirt.NONE
        return seen

    def notice(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.lstrip()[:12].upper()  # what it begins with: some are pages long
        if not words.startswith(READS):
            self.mark(Dirt.ROWS if words.startswith(WRITES) else Dirt.ANYTHING)


def clean(store: Store, data: Path, dirt: Dirt) -> None:
    """Make the present application's database as it was before the test that left `dirt`."""
    if dirt == Dirt.ROWS and store.empty():
        return
    db.engine.dispose()
    store.restore(data)


class Scenes:
    """What takes long to set up is set up once in each process, and put back for every other test that wants it."""

    def __init__(self, store: Store, config: Config, watch: Watch) -> None:
        self.store, self.config, self.watch = store, config, watch
        self.notes: dict[str, Any] = {}

    def set(self, name: str, build: Callable[[], T]) -> T:
        """Rows and files as `build` leaves them in an empty database, under a name that no other scene has. What
        comes back is what it noted of them: plain values, since the rows that it had in its hands are gone."""
        db.session.remove()
        if name in self.notes:
            self._put_back(name)
        else:
            self.notes[name] = build()
            self._keep(name)
        return self.notes[name]  # type: ignore[no-any-return]

    def take_over(self, name: str, folder: Path) -> None:
        """The same from a folder with an SQLite database and the files that belong to it; it is not written to."""
        if name not in self.notes:
            shutil.copyfile(folder / "practice.db", self.config.data / f"{name}.db")
            if (folder / "uploads").exists():
                shutil.copytree(folder / "uploads", self._files(name))
            self.notes[name] = None
        db.session.remove()
        self._put_back(name)

    def _keep(self, name: str) -> None:
        db.session.remove()
        db.engine.dispose()
        self.store.keep(name, self.config.data)
        if self.config.uploads.exists():
            shutil.copytree(self.config.uploads, self._files(name))

    def _put_back(self, name: str) -> None:
        self.watch.mark(Dirt.ROWS)
        db.engine.dispose()
        # What a test before this one made of the same rows is remembered under their names, and goes with it.
        memory.forget()
        self.store.bring(name, self.config.data)
        if self._files(name).exists():
            shutil.copytree(self._files(name), self.config.uploads, dirs_exist_ok=True)

    def _files(self, name: str) -> Path:
        return self.config.data / f"{name}-files"


class Compiled(BytecodeCache):
    """Templates that one application of this process has compiled already, for the next one."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.kept.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


def build(config: Config) -> Flask:
    """The application with `config`."""
    from practice.app import create_app
    from tests import paying

    app = create_app(config)
    app.jinja_env.bytecode_cache = COMPILED
    paying.hold_to_contract(app)
    return app
