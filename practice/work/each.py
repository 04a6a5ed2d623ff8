"""This file knows how a sweep goes through what is due, one by one: what goes wrong with one stays with that one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from practice.store.db import db

log = logging.getLogger(__name__)

T = TypeVar("T")
Hears = Callable[[str, Exception], object]
_hears: list[Hears] = []
_failed: ContextVar[list[str] | None] = ContextVar("failed", default=None)
NO_ERRORS: tuple[type[Exception], ...] = ()


def when_stuck(hears: Hears) -> Hears:
    """Register who is told of a row that could not be done, by its name ("line CODE"), and why."""
    _hears.append(hears)
    return hears


def one_by_one(
    what: str,
    rows: Iterable[T],
    do: Callable[[T], object],
    *,
    named: Callable[[T], Any] = attrgetter("code"),
    passing: tuple[type[Exception], ...] = NO_ERRORS,
) -> int:
    """Do it with each, each in transactions of its own; how many it was done with. Where there is nothing to do for one
    after all, `do` answers False.

    One with which something goes wrong is logged, told to whoever registered, and keeps no other from its turn; the
    sweep's next run tries it again. `passing` are errors of somebody outside, who answers another time. Raises only
    where the database is away, which is no row's fault.
    """
    done = 0
    # Their names first: after a rollback even those would be asked of the database.
    for name, row in [(f"{what} {named(row)}", row) for row in rows]:
        try:
            done += do(row) is not False
        except passing as problem:
            db.session.rollback()
            log.warning("%s waits for the next time: %s", what, type(problem).__name__)
        except Exception as error:
            db.session.rollback()
            _is_stuck(name, error)
    return done


def _is_stuck(name: str, error: Exception) -> None:
    log.error("%s could not be done", name, exc_info=error)
    failed = _failed.get()
    if failed is not None:
        failed.append(type(error).__name__)
    # A calendar that was held for too long, a deadlock: the next time it is done, and nobody has to look.
    if isinstance(error, OperationalError):
        if error.connection_invalidated:
            raise error
        return
    for hears in _hears:
        hears(name, error)


@contextmanager
def failures() -> Iterator[list[str]]:
    """The names of the errors of all that could not be done meanwhile: filled until the block ends."""
    found: list[str] = []
    token = _failed.set(found)
    try:
        yield found
    finally:
        _failed.reset(token)
