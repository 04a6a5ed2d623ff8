"""This file knows which checks there are of what is stored: each stands beside what it checks, marked `@check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .db import db

Check = Callable[[], Iterable[str]]
_checks: list[Check] = []


def check(each: Check) -> Check:
    """Register what reads stored rows or files and yields a sentence for each thing that should not be."""
    _checks.append(each)
    return each


def faults() -> list[str]:
    """Everything that should not be, one sentence each; an empty list is a clean bill of health."""
    found = [sentence for each in _checks for sentence in each()]
    db.session.rollback()
    return found
