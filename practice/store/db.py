"""This file knows the database: two engines behind one `transaction()`, UTC instants, public codes."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    DateTime,
    MetaData,
    Row,
    String,
    event,
    inspect,
    literal_column,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from practice.values.errors import Crowded, Unavailable
from practice.values.text import Name, fold

from .crashpoints import crashpoint
from .write_queue import WriteQueue, queue_of

P = ParamSpec("P")
R = TypeVar("R")

BUSY = 15  # seconds that a writer of an SQLite file waits for the one before
LINE = 4  # seconds that PostgreSQL lets one wait for a lock
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores UTC, gives aware UTC back on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone; this one is naive")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NameText(TypeDecorator[str]):
    """What somebody is called: plain letters in the table, a `Name` that turns nothing but itself everywhere else."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.bare if isinstance(value, Name) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Name | None:
        return None if value is None else Name(value)


def is_called(name: Any, folded: Any, asked: str) -> Any:
    """Whether a name holds what is looked for, compared as `text.fold` compares; `folded` is the column of it.

    A sign that no letter is in is looked for as it stands.
    """
    plain = fold(asked)
    return folded.contains(plain, autoescape=True) if plain else name.contains(asked, autoescape=True)


Json = JSON().with_variant(JSONB(), "postgresql")


def spelled(word: str) -> ColumnElement[str]:
    """One of our own words written out in a statement, where rows of one state have an index of their own.

    Given beside the statement, it would have SQLite plan the statement anew each time it is asked, for several times
    what the answer costs: only the word says whether that index may be used.
    """
    if not word.replace("_", "").isalpha():
        raise ValueError("only a word of our own is written into a statement")
    return literal_column(f"'{word}'", String())


class Model(DeclarativeBase):
    """What every table shares: named constraints and UTC instants."""

    metadata = MetaData(naming_convention=NAMES)
    # On the registry and not as `type_annotation_map`: Flask-SQLAlchemy copies this class and would declare it twice.
    registry = registry(metadata=metadata, type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: Json})


db = SQLAlchemy(model_class=Model)


def new_code() -> str:
    """A public id: 132 random bits in 22 characters that are safe in a URL."""
    return secrets.token_urlsafe(17)[:22]


class Coded:
    """A row that people reach by URL: its integer id stays inside, `code` goes out."""

    code: Mapped[str] = mapped_column(String(22), unique=True, default=new_code)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The database knows the set too: a typo can never be stored."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def render_own_types(kind: str, item: object, _context: object) -> str | bool:
    """Migrations name plain types, so that they never import the product."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


migrate = Migrate(render_as_batch=True, compare_type=True, render_item=render_own_types)


def set_up(app: Flask) -> None:
    """Plug the database into `app` with the settings each engine needs."""
    config = app.config["PRACTICE"]
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _engine_options(config.database_url))
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        prepare_engine(db.engine)


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY, "check_same_thread": False}}
    # A statement that runs for 15 s is a fault; the person sees 503 and keeps the form. In line for a calendar nobody
    # waits for as long: a thread that waits serves nobody else.
    return {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 10,
        "connect_args": {"options": f"-c statement_timeout=15000 -c lock_timeout={LINE * 1000} -c timezone=UTC"},
    }


def prepare_engine(engine: Engine) -> None:
    """SQLite: write-ahead log, foreign keys, and transactions that say at their beginning whether they write."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver stops sending BEGIN by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "journal_size_limit=67108864",
            # What is deleted is gone from the file too, whichever way the library was built.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later is refused at once under load: writers say so up front.
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))


class NotSent(Exception):
    """A form is only being shown again, so nothing that it asks for is done."""


def is_only_shown() -> bool:
    """True while a form that was kept is shown again: until somebody sends it, nothing of it may be stored."""
    return bool(g) and bool(g.get("only_shown"))


@contextmanager
def transaction(*, notes: bool = False, keeps_rows: bool = False) -> Iterator[Session]:
    """One unit of work: everything inside is stored, or nothing is. An inner one joins the outer.

    `notes` writes down what somebody read, which is done also while a form is only shown again; all else is `NotSent`.
    With `keeps_rows`, what is in memory stays as it was read or written: the caller reads again what it decides from.
    """
    session = db.session()
    if session.info.get("in_transaction"):
        yield session
        return
    if is_only_shown() and not notes:
        raise NotSent
    _end_read(session, keeps_rows=keeps_rows)
    queue = _queue()
    has_turn = queue is not None and queue.take(BUSY)
    session.info.update(in_transaction=True, early={}, before_commit={}, after_commit=[])
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        _write_last(session)
        crashpoint("commit.before")
        _commit(session, keeps_rows=keeps_rows)
        crashpoint("commit.after")
        calls = session.info["after_commit"]
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.update(in_transaction=False, early={}, before_commit={}, after_commit=[])
        if queue is not None and has_turn:
            queue.give_back()
    for call in calls:
        call()


def _queue() -> WriteQueue | None:
    """SQLite's writers stand in line; PostgreSQL has many at once."""
    engine = db.engine
    return queue_of(engine.url.database) if engine.dialect.name == "sqlite" and engine.url.database else None


def _commit(session: Session, *, keeps_rows: bool) -> None:
    """Store it; rows are read anew when they are looked at next, unless they are kept."""
    expires, session.expire_on_commit = session.expire_on_commit, not keeps_rows
    try:
        session.commit()
    finally:
        session.expire_on_commit = expires


def _end_read(session: Session, *, keeps_rows: bool) -> None:
    """Close the read that led here: it would otherwise hold an old picture of the data."""
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside transaction(); every change belongs in an action")
    if keeps_rows:
        _commit(session, keeps_rows=True)
    else:
        session.rollback()


def _write_last(session: Session) -> None:
    """What must be written last (the audit chain's head lock is then held for the shortest time)."""
    session.flush()
    for call in [*session.info["early"].values(), *session.info["before_commit"].values()]:
        call(session)
    session.flush()


def before_commit(key: str, call: Callable[[Session], None], *, is_early: bool = False) -> None:
    """Run `call` as the last write of the present transaction, once for each `key`; `is_early` before the others."""
    info = must_be_inside("before_commit").info
    info["early" if is_early else "before_commit"].setdefault(key, call)


def must_be_inside(what: str) -> Session:
    """The session of the present transaction; raises RuntimeError where `what` was asked for outside of one."""
    session = db.session()
    if not session.info.get("in_transaction"):
        raise RuntimeError(f"{what} needs an open transaction()")
    return session


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the present transaction is stored; never if it is not."""
    session = db.session()
    if session.info.get("in_transaction"):
        session.info["after_commit"].append(call)
    else:
        call()


def insert_once(model: type[Any], **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken, in one statement; True when it was new."""
    return key_of_new(model, **values) is not None


def key_of_new(model: type[Any], **values: Any) -> Row[Any] | None:
    """The same, for whoever needs the key of the row that was new; None when it was not."""
    session = db.session()
    statement, columns = _insertion(inspect(model), session.get_bind().dialect.name)
    return session.execute(statement, {columns[name]: value for name, value in values.items()}).first()


@functools.cache
def _insertion(mapper: Mapper[Any], dialect: str) -> tuple[Any, dict[str, str]]:
    """The statement, put together once for each table, and the column of each attribute."""
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect]
    columns = {each.key: each.columns[0].key for each in mapper.column_attrs}
    # The key comes back only of a row that was new; PostgreSQL's driver has no row count for such a statement.
    return insert(mapper.local_table).on_conflict_do_nothing().returning(*mapper.primary_key), columns


def changed(statement: Any) -> int:
    """Run an UPDATE or DELETE in the present transaction; how many rows it touched. Loaded rows keep what they had."""
    result: Any = db.session().execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)


def transactional(action: Callable[P, R]) -> Callable[P, R]:
    """An action as one transaction; the outermost is run once more after a deadlock or a serialization failure."""
    return _as_transaction(action, keeps_rows=False)


def rereading(action: Callable[P, R]) -> Callable[P, R]:
    """The same for an action that reads again by itself, behind its lock, whatever it decides from.

    What was read before it and what it wrote stays in memory, so that nothing is read twice for nothing.
    """
    return _as_transaction(action, keeps_rows=True)


def read_anew() -> None:
    """Rows in memory are read again when they are looked at next; not inside a transaction, where changes may wait."""
    if not db.session().info.get("in_transaction"):
        db.session.expire_all()


def _as_transaction(action: Callable[P, R], *, keeps_rows: bool) -> Callable[P, R]:
    @functools.wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if db.session().info.get("in_transaction"):
            return action(*args, **kwargs)
        for attempt in (1, 2):
            try:
                with transaction(keeps_rows=keeps_rows):
                    return action(*args, **kwargs)
            except OperationalError as error:
                if attempt == 2 or not is_passing(error):
                    raise
        raise AssertionError("unreachable")

    return run


PASSING = {"40001", "40P01", "57P01", "57P03", "08006", "08003"}
LOCK_NOT_AVAILABLE = "55P03"


def is_passing(error: OperationalError) -> bool:
    """True when the same unit of work may well succeed on a second try."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in PASSING


def unavailable(error: OperationalError) -> Unavailable:
    """What a person reads when the database did not answer in time, or their turn did not come."""
    db.session.rollback()
    if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        return Crowded()
    return Unavailable("We could not reach our records just now. Nothing was lost; please try again in a moment.")
