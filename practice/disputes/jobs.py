"""This file knows what happens to disputes without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

from datetime import timedelta

from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, queries


@sweep(every=timedelta(minutes=5))
def go_on() -> None:
    """Silence of 72 hours, decisions that nobody can ask about any more, banks that were asked or have decided."""
    one_by_one("dispute", queries.open_disputes(), actions.go_on)


@sweep(every=timedelta(hours=6))
def forget_disputes() -> int:
    """What was written goes when its time is over."""
    return actions.forget()
