"""This file knows what must hold of an installation as a whole: its log, its keys, whose eyes its files are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from practice.config import settings
from practice.store import audit, installation, keys, sealed
from practice.store.checks import check
from practice.store.db import db

OTHERS = 0o077


@check
def _chain() -> Iterator[str]:
    """The audit log is whole."""
    broken = audit.verify(dict(installation.noted_heads()))
    if broken is not None:
        yield f"The audit log does not hold from entry {broken} on."


@check
def _open_to_others() -> Iterator[str]:
    """In production, files that another user of this machine could read."""
    config = settings()
    if config.mode != "production" or not config.data.stat().st_mode & OTHERS:
        return
    database = Path(db.engine.url.database or "") if db.engine.dialect.name == "sqlite" else config.uploads
    for path in {database, config.uploads}:
        if path.exists() and path.stat().st_mode & OTHERS:
            yield f"Others on this machine can read {path}: chmod -R go= {config.data}"


@check
def _keys() -> Iterator[str]:
    """Every key is known, and what is sealed opens."""
    yield from keys.faults()
    yield from sealed.locked(keys.given_up())


@check
def _waiting() -> Iterator[str]:
    """Why letters wait, where the database may be a copy."""
    yield from filter(None, [installation.why_letters_wait()])
