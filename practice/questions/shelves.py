"""This file knows how one stored row says of many questions whether, and where, they hold a word: a bit for each
question and place, packed (docs/decisions/0080)."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .search import Weight

# Questions with following numbers that share a row of a word.
A_SHELF = 4096
_WEIGHTS = tuple(sorted(Weight))
_PLACE: dict[int, int] = {weight: A_SHELF * at for at, weight in enumerate(_WEIGHTS)}
_BYTES = A_SHELF * len(_WEIGHTS) // 8
_ALL = (1 << A_SHELF) - 1
_ONE = sum(1 << at for at in _PLACE.values())
# What a question is beside its words is held like a word that nobody can type.
MARK, AFTER_MARKS = "#", "$"
ANSWERED = f"{MARK}answered"
_ONE_DIGIT = ord("1")
_DIGITS = bytes.maketrans(b"01", bytes([0, 1]))


class Places(NamedTuple):
    """Of one word, or of all with one beginning: which questions hold it in the answers, the words, the title, as bits
    by their numbers. Each question stands in one of them, the best."""

    answers: int
    words: int
    title: int

    @property
    def anywhere(self) -> int:
        """All that hold it."""
        return self.answers | self.words | self.title


def shelf_of(question_id: int) -> int:
    """The shelf in which a question's bits are."""
    return question_id // A_SHELF


def bit_of(question_id: int, weight: int) -> int:
    """The bit, in its shelf, by which a question holds a word with this weight."""
    return 1 << (_PLACE[weight] + question_id % A_SHELF)


def without(bits: int, question_id: int) -> int:
    """The bits of a shelf with none of this question's."""
    return bits & ~(_ONE << question_id % A_SHELF)


def packed(bits: int) -> bytes:
    """The bits of a shelf as they are stored."""
    return zlib.compress(bits.to_bytes(_BYTES, "little"), 1)


def unpacked(stored: bytes) -> int:
    """The bits of a shelf that was stored."""
    return int.from_bytes(zlib.decompress(stored), "little")


def places(parts: Iterable[tuple[int, int]]) -> Places:
    """What shelves, as (number, bits), say of all questions; one shelf may come several times, from several words."""
    answers, words, title = (
        sum((bits >> _PLACE[weight] & _ALL) << number * A_SHELF for number, bits in _together(parts).items())
        for weight in _WEIGHTS
    )
    words &= ~title
    return Places(answers & ~(words | title), words, title)


def _together(parts: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for number, bits in parts:
        found[number] |= bits
    return found


def rows(found: Mapping[int, Mapping[str, int]]) -> list[tuple[str, int, bytes]]:
    """(word, shelf, stored) for questions by number with the weights of their words, in the order of the key."""
    bits: dict[tuple[str, int], int] = defaultdict(int)
    for question_id, weights in found.items():
        for word, weight in weights.items():
            bits[word, shelf_of(question_id)] |= bit_of(question_id, weight)
    return [(*key, packed(bits[key])) for key in sorted(bits)]


def read(shelf: int, bits: int) -> Iterator[tuple[int, int]]:
    """Each question that a row knows, with the weight of the word there."""
    for at in numbers(bits):
        yield shelf * A_SHELF + at % A_SHELF, int(_WEIGHTS[at // A_SHELF])


def numbers(bits: int) -> Iterator[int]:
    """The number of each bit that is set, the lowest first."""
    there = flags(bits, bits.bit_length())
    at = there.find(1)
    while at >= 0:
        yield at
        at = there.find(1, at + 1)


def flags(bits: int, size: int) -> bytes:
    """A byte for each of so many bits, 1 where it is set."""
    return format(bits, f"0{size}b").encode().translate(_DIGITS)[::-1]


def together(question_ids: Iterable[int], size: int) -> int:
    """A bit for each of these, all of which are below `size`."""
    digits = bytearray(b"0" * size)
    for each in question_ids:
        digits[-1 - each] = _ONE_DIGIT
    return int(digits, 2)


# ---------------------------------------------------------------- marks


def about(relation: str) -> str:
    """The mark of what is about somebody."""
    return f"{MARK}about:{relation}"


def of_topic(topic_id: int) -> str:
    """The mark of a topic."""
    return f"{MARK}topic:{topic_id}"


def marks(relation: str | None, topic_ids: Iterable[int], *, is_answered: bool) -> dict[str, int]:
    """All that are held by such a question, as words with a weight."""
    found = [of_topic(each) for each in topic_ids]
    found += [about(relation)] if relation else []
    found += [ANSWERED] if is_answered else []
    return dict.fromkeys(found, int(Weight.ANSWER))
