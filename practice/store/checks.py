"""This file knows which checks there are of what is stored: each stands beside what it checks, marked `@check`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from .db import db

Check = Callable[[], Iterable[str]]
T = TypeVar("T")


@dataclass(frozen=True)
class Registered:
    """A check; whose `desk` it is for as well, and whether a page may ask for it: it asks few questions."""

    call: Check
    desk: str
    at_a_glance: bool


_checks: list[Registered] = []
_read: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


def check(each: Check) -> Check:
    """Register what reads stored rows or files and yields a sentence for each thing that should not be."""
    return check_of("")(each)


def check_of(desk: str, *, at_a_glance: bool = False) -> Callable[[Check], Check]:
    """The same, for a desk of the staff: its page shows what those find that are done `at_a_glance`."""

    def mark(each: Check) -> Check:
        _checks.append(Registered(each, desk, at_a_glance))
        return each

    return mark


def read_once(read: Callable[[], T]) -> Callable[[], T]:
    """A reading that several checks build on is done once for all checks of one call."""

    @functools.wraps(read)
    def reading() -> T:
        known = _read.get()
        if known is None:
            return read()
        if read not in known:
            known[read] = read()
        found: T = known[read]
        return found

    return reading


def faults(desk: str | None = None, *, at_a_glance: bool = False) -> list[str]:
    """Everything that should not be, one sentence each; an empty list is a clean bill of health.

    Of all checks, of one desk's, or of those of it that a page may ask for.
    """
    asked = [each.call for each in _checks if desk in (None, each.desk) and (each.at_a_glance or not at_a_glance)]
    token = _read.set({})
    try:
        found = [sentence for each in asked for sentence in each()]
    finally:
        _read.reset(token)
    if not at_a_glance:
        db.session.rollback()
    return found
