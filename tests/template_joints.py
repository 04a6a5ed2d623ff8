"""This file knows where an expression of a template may be broken when its line is too long (see templates.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONG_STRING = 60


def joints(piece: str) -> Iterator[tuple[int, int, str]]:
    """(how good, where, with which quote) an expression or statement may be broken."""
    if piece.startswith("{{"):
        yield 4, 2, ""
    depth, quote, begun = 0, "", 0
    for at, sign in enumerate(piece):
        if quote:
            if sign == quote and piece[at - 1] != "\\":
                quote = ""
            elif sign == " " and quote == '"' and piece.find('"', at) - begun > LONG_STRING:
                yield 3, at + 1, '"'
        elif sign in "\"'":
            quote, begun = sign, at
        elif sign in "([{" and at > 1:
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == " " and 2 < at < len(piece) - 3:
            if piece[at - 1] == ",":
                yield 8 - min(depth, 3), at, ""
            elif re.match(r" (if|else|and|or|not|in|~|\+) ", piece[at:]):
                yield 7 - min(depth, 3), at, ""
