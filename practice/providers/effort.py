"""This file knows how much work a picture asks for, told from its bytes before any of it is decoded.

A few bytes can ask for a whole picture more: each scan of a JPEG is decoded at full size, however empty it is.
"""

from __future__ import annotations

import re

# Cameras and programs write 1 to 12 scans, one for each layer of detail.
SCANS_AT_MOST = 30
# A part holds up to 64 KB of a JPEG; programs write PNG in parts of 8 KB, some in smaller ones.
PARTS_AT_MOST = 10_000

# What begins a part: neither a byte of the picture itself (00), nor filling (FF), nor a place to start anew (D0 to D7).
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END, _START = 0xDA, 0xD9, 0xD8
_FIRST_WITH_LENGTH = 0xC0
_PNG = b"\x89PNG\r\n\x1a\n"


def is_too_much(content: bytes) -> bool:
    """True if the picture has more scans or parts than any camera or program writes."""
    if content.startswith(b"\xff\xd8"):
        return _is_too_much_jpeg(content)
    if content.startswith(_PNG):
        return _has_too_many(content, len(_PNG), "big", 12)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _has_too_many(content, 12, "little", 8)
    return False


def _is_too_much_jpeg(content: bytes) -> bool:
    """Read as decoders do: from marker to marker, over what lies in a part, until the picture ends."""
    scans, at = 0, 2
    for _ in range(PARTS_AT_MOST):
        found = _MARKER.search(content, at)
        if found is None or found[0][1] == _END:
            return False
        scans += found[0][1] == _START_OF_SCAN
        if scans > SCANS_AT_MOST:
            return True
        at = found.end() + _length_at(found, content)
    return True


def _length_at(found: re.Match[bytes], content: bytes) -> int:
    marker, after = found[0][1], found.end()
    if marker < _FIRST_WITH_LENGTH or marker == _START:
        return 0
    return max(2, int.from_bytes(content[after : after + 2], "big"))


def _has_too_many(content: bytes, at: int, order: str, around: int) -> bool:
    """Parts of a PNG (length, name) or WebP (name, length): `around` are the bytes that each has beside its own."""
    where = 0 if order == "big" else 4
    for _ in range(PARTS_AT_MOST):
        if at + 8 > len(content):
            return False
        length = int.from_bytes(content[at + where : at + where + 4], order)  # type: ignore[arg-type]
        at += around + length + (length % 2 if order == "little" else 0)
    return True
