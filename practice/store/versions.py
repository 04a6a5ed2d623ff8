"""This file knows how somebody who replaces something notices that it was replaced in the meantime.

A page carries the mark of what it showed. Behind the lock, where nobody else can write, the mark of what is stored must
be the same: else nothing is saved, and the person is shown both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from practice.values.errors import Conflict

from .db import db

SENTENCE = "This was changed somewhere else since you opened the page. Nothing of yours is saved yet."


class Changed(Conflict):
    """What was to be replaced is not what its page showed; `versions` keeps the page's mark and this apart."""

    code = "changed"


def mark_of(facts: object) -> str:
    """Sixteen digits that are others as soon as anything in `facts` is: plain values, dates, lists, mappings."""
    written = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Shown:
    """What a page showed, by its mark, and how that is read again; whoever brings no mark has shown nothing."""

    mark: str
    facts: Callable[[], object]

    def check(self) -> None:
        """Called by an action behind its lock; raises `Changed` when something else is stored by now."""
        session = db.session()
        session.flush()
        # What was read before the lock is no longer to be trusted.
        session.expire_all()
        if mark_of(self.facts()) != self.mark:
            raise Changed(SENTENCE)


def check(shown: Shown | None) -> None:
    """The same for an action that nobody at a page may have asked for."""
    if shown is not None:
        shown.check()
