"""This file knows how markup that is kept for many leaves room for what belongs to one answer: by gaps.

Nobody outside can write a gap, since its spelling is drawn anew for each process: what a visitor typed is never taken
for one, so nothing of this answer is put where they wanted it.
"""

from __future__ import annotations

import secrets

_SPELLING = secrets.token_hex(16)


def gap(name: str) -> str:
    """The text that stands in kept markup until `name` is put in its place; escaping leaves it as it is."""
    return f"\x00{name}:{_SPELLING}\x00"
