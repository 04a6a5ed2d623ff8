"""This file knows how a document is looked at without being opened as it came: as fresh pictures of its pages.

What people send may hold scripts, links, forms, or what makes the program that reads it fail. So a process of its own
reads it (`apart`); only pictures come back, and nothing of them is kept.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

from . import apart

PAGES_AT_MOST = 12
WIDE, HIGH = 1200, 1800  # pixels that a page is drawn into


class CannotBeShown(ValueError):
    """No picture could be made: the document is locked, damaged, or asks too much."""


@dataclass(frozen=True)
class Pages:
    """The first pages of a document as JPEG pictures, and how many there are."""

    pictures: tuple[bytes, ...]
    total: int

    def addresses(self) -> list[str]:
        """Each picture as an address that holds it: nothing more is asked for, and nothing lies in a cache."""
        return [f"data:image/jpeg;base64,{base64.b64encode(each).decode()}" for each in self.pictures]


def pages_of(content: bytes, kind: str) -> Pages:
    """Pictures of a document of that kind ("pdf", "png", "jpg"); raises `CannotBeShown`. Takes up to some seconds."""
    try:
        found = apart.read("document_pages", content, kind)
    except apart.GaveUp:
        raise CannotBeShown() from None
    return Pages(tuple(found["pictures"]), int(found["total"]))


# ---------------------------------------------------------------- inside the process of its own


def answer(content: bytes, kind: str) -> dict[str, Any]:
    """Pictures of the first pages, and how many pages there are."""
    pictures, total = _of_pdf(content) if kind == "pdf" else ([_of_picture(content)], 1)
    return {"pictures": pictures, "total": total}


def _of_pdf(content: bytes) -> tuple[list[bytes], int]:
    import pypdfium2

    with pypdfium2.PdfDocument(content) as document:
        total = len(document)
        return [_jpeg(_drawn(document[number])) for number in range(min(total, PAGES_AT_MOST))], total


def _drawn(page: Any) -> Any:
    width, height = page.get_size()
    return page.render(scale=min(WIDE / width, HIGH / height)).to_pil()


def _of_picture(content: bytes) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
        image.thumbnail((2 * WIDE, 2 * HIGH), reducing_gap=2.0)
        upright = ImageOps.exif_transpose(image).convert("RGBA")
        upright.thumbnail((WIDE, HIGH))
        paper = Image.new("RGBA", upright.size, "white")
        return _jpeg(Image.alpha_composite(paper, upright))


def _jpeg(image: Any) -> bytes:
    written = io.BytesIO()
    image.convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()
