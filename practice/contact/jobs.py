"""This file knows what happens to tickets without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

from datetime import timedelta

from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, queries


@sweep(every=timedelta(hours=1))
def close_quiet_tickets() -> None:
    """An answer under which nobody wrote for long is the end of it."""
    one_by_one("ticket", queries.quiet(), actions.close_quiet)


@sweep(every=timedelta(hours=6))
def forget_tickets() -> int:
    """What was written goes when its time is over."""
    return actions.forget()
