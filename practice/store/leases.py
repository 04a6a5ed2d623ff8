"""This file knows how a row is lent to one worker: for a time that the database measures, against a token."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import ColumnElement, Float, String, or_, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from .db import changed, new_code, transaction


class database_seconds(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The database's own clock in seconds of Unix time: workers on hosts whose clocks differ agree on it."""

    type = Float()
    inherit_cache = True


@compiles(database_seconds, "sqlite")
def _sqlite_seconds(_element: object, _compiler: object, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_seconds, "postgresql")
def _postgresql_seconds(_element: object, _compiler: object, **_: Any) -> str:
    # Not now(): that is the start of the transaction, which may have waited for a lock since.
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


class Leased:
    """A row that one worker at a time works on; an outdated worker's token no longer matches (fencing)."""

    lease_token: Mapped[str | None] = mapped_column(String(22))
    leased_until: Mapped[float | None] = mapped_column(Float)


def is_free(model: type[Leased]) -> ColumnElement[bool]:
    """The condition that nobody holds the row now."""
    return or_(model.leased_until.is_(None), model.leased_until < database_seconds())


def lent(seconds: float) -> dict[str, Any]:
    """The columns that lend a row for `seconds` of database time, under a token of their own."""
    return {"lease_token": new_code(), "leased_until": database_seconds() + seconds}


RETURNED: dict[str, Any] = {"lease_token": None, "leased_until": None}

_open: dict[str, type[Leased]] = {}
_lock = threading.Lock()


def works_under(token: str, model: type[Leased]) -> None:
    """Remember that this process works under `token`."""
    with _lock:
        _open[token] = model


def let_go(token: str) -> None:
    """Forget `token`: its row was marked."""
    with _lock:
        _open.pop(token, None)


def return_all() -> int:
    """Give back every row that this process holds, so that another worker takes it at once; how many there were."""
    with _lock:
        still_open = dict(_open)
    with transaction():
        for token, model in still_open.items():
            changed(update(model).where(model.lease_token == token).values(**RETURNED))
    return len(still_open)
