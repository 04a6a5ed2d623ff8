"""This file knows where a request ends among the bytes of a line, before any of it is believed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
# More than the product takes in nearly all forms. What announces more is let in at once and without its body, to be
# refused; but for a form that takes more from whoever sends it.
LARGEST = 9 * MEBIBYTE
LARGEST_HEAD = 64 * KIBIBYTE
LARGEST_SIZE_LINE = 8 * KIBIBYTE

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_SIZE = re.compile(rb"[ \t]*0*([\da-f]{1,8})[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)


class Frame(NamedTuple):
    """How many bytes of a line are its first request; `is_cut` where it can't be right, so that no other can follow."""

    length: int
    is_cut: bool = False
    is_large: bool = False


@dataclass
class Framing:
    """How far one request was looked at while its bytes come, so that none is looked at twice."""

    most_of: Callable[[bytes], int] = lambda _head: LARGEST  # how large a body may follow, where it is larger than most
    looked: int = 0
    chunk_at: int = 0  # where the next chunk's size stands; 0 while the head is not here

    def look(self, arrived: bytearray) -> Frame | None:
        """Where the request at the beginning of `arrived` ends; None while that is not known."""
        return self._chunks(arrived) if self.chunk_at else self._head(arrived)

    def _head(self, arrived: bytearray) -> Frame | None:
        end = arrived.find(b"\r\n\r\n", max(0, self.looked - 3))
        self.looked = len(arrived)
        if end < 0:
            return Frame(len(arrived), is_cut=True) if len(arrived) > LARGEST_HEAD else None
        head, after = bytes(arrived[: end + 2]), end + 4
        if _CHUNKED.search(head):
            self.chunk_at = after
            return self._chunks(arrived)
        announced = _LENGTH.search(head)
        digits = announced[1].lstrip(b"0") if announced else b""
        if len(digits) > 15:
            return Frame(after, is_cut=True)
        length, is_large = int(digits or 0), int(digits or 0) > LARGEST
        if is_large and length > self.most_of(head):
            return Frame(after, is_cut=True)
        return Frame(after + length, is_large=is_large)

    def _chunks(self, arrived: bytearray) -> Frame | None:
        """From one chunk's size to the next: what a body says is no mark of its end."""
        while (end := arrived.find(b"\r\n", self.chunk_at, self.chunk_at + LARGEST_SIZE_LINE)) >= 0:
            size = _SIZE.fullmatch(arrived, self.chunk_at, end)
            if not size or int(size[1], 16) > LARGEST or self.chunk_at > LARGEST:
                return Frame(len(arrived), is_cut=True)
            if int(size[1], 16) == 0:
                return self._trailers(arrived, end)
            if len(arrived) < (following := end + 2 + int(size[1], 16) + 2):
                return None
            self.chunk_at = following
        return Frame(len(arrived), is_cut=True) if len(arrived) > self.chunk_at + LARGEST_SIZE_LINE else None

    def _trailers(self, arrived: bytearray, last: int) -> Frame | None:
        """An empty line ends them; there may be none."""
        end = arrived.find(b"\r\n\r\n", last)
        if end >= 0:
            return Frame(end + 4)
        return Frame(len(arrived), is_cut=True) if len(arrived) > last + LARGEST_HEAD else None


def is_whole(arrived: bytes | bytearray) -> bool:
    """True once the first request in `arrived` is complete, or when it will have to be refused anyway."""
    found = Framing().look(bytearray(arrived))
    return found is not None and len(arrived) >= found.length
