"""This file knows what differs between two texts, word by word, as a reader is shown it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of a piece of the first text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """A piece of either text."""

    text: str
    change: Change


def between(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in their order; without the new ones they make the first again, without those that are
    gone the second."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("".join(old[from_old:to_old]), Change.SAME))
            continue
        pieces += [
            Piece("".join(words), change)
            for words, change in ((old[from_old:to_old], Change.GONE), (new[from_new:to_new], Change.NEW))
            if words
        ]
    return pieces
