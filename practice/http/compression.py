"""This file knows how an answer leaves smaller: text is packed for whoever takes it so, once for what never changes.

A proxy that packs by itself asks for plain answers (`Accept-Encoding` is not handed on), so nobody does it twice.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request

from . import origins

TEXTS = {
    "application/javascript", "application/json", "image/svg+xml",
    "text/calendar", "text/css", "text/html", "text/javascript", "text/plain",
}  # fmt: skip
PARTS = (204, 206, 304)
LEAST = 1_000  # bytes; below it packing saves nothing worth its time
FAST, SMALL = 4, 9


def pack(answer: Response) -> Response:
    """The answer packed with gzip where it is text of some length and the browser takes it; as it is otherwise.

    What another site caused stays plain: it may have put words of its own into the address, and the length of a packed
    answer would tell whether they stand in the page.
    """
    if not _may_be_packed(answer):
        return answer
    answer.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0 or origins.is_foreign():
        return answer
    answer.direct_passthrough = False
    content = answer.get_data()
    if len(content) >= LEAST:
        answer.set_data(_packed_once(content) if answer.cache_control.immutable else _packed(content, FAST))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers.pop("Accept-Ranges", None)
        _weaken(answer)
    return answer


def _may_be_packed(answer: Response) -> bool:
    """Whole text that nobody packed yet: a part of a file and what comes piece by piece are left alone."""
    is_whole = answer.status_code not in PARTS and "Range" not in request.headers
    is_here = answer.direct_passthrough or not answer.is_streamed
    return is_whole and is_here and answer.mimetype in TEXTS and "Content-Encoding" not in answer.headers


@lru_cache(maxsize=300)
def _packed_once(content: bytes) -> bytes:
    return _packed(content, SMALL)


def _packed(content: bytes, level: int) -> bytes:
    return gzip.compress(content, level, mtime=0)


def _weaken(answer: Response) -> None:
    """The same content in other bytes: a mark that promises each byte would be wrong for one of the two."""
    tag, is_weak = answer.get_etag()
    if tag and not is_weak:
        answer.set_etag(tag, weak=True)
