"""This file knows what time it is: the only place in the product that reads the machine's clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import local
from zoneinfo import ZoneInfo

# Tests start a process whose clock begins elsewhere, or is wrong; production refuses to start with it (config.py).
_OFFSET = timedelta(seconds=float(os.environ.get("CLOCK_OFFSET", "0")))


class _Frozen(local):
    at: datetime | None = None


class _Everywhere:
    at: datetime | None = None


_thread = _Frozen()
_process = _Everywhere()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _thread.at or _process.at or datetime.now(UTC) + _OFFSET


def today(zone: str) -> date:
    """The local date in `zone` (IANA name) at this instant."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def freeze(instant: datetime, *, everywhere: bool = True) -> Iterator[None]:
    """Hold time still at `instant` (aware). Tests and the demo's past use it; `everywhere` covers all threads."""
    if instant.tzinfo is None:
        raise ValueError("freeze needs an aware instant")
    holder = _process if everywhere else _thread
    before, holder.at = holder.at, instant.astimezone(UTC)
    try:
        yield
    finally:
        holder.at = before


def advance(by: timedelta) -> datetime:
    """Move frozen time forward and return it."""
    for holder in (_thread, _process):
        if holder.at is not None:
            holder.at += by
            return holder.at
    raise RuntimeError("time is not frozen")
