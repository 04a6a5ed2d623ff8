"""This file knows how a document is looked at without being opened as it came: as fresh pictures of its pages.

What people send may hold scripts, links, forms, or what makes the program that reads it fail. So a process of its own
reads it, with little memory and time, and writes no file; only pictures come back, and nothing of them is kept.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

PAGES_AT_MOST = 12
WIDE, HIGH = 1200, 1800  # pixels that a page is drawn into
SECONDS, MEMORY = 15, 1024 * 1024 * 1024


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
        done = subprocess.run(  # noqa: S603 - our own file, no shell, nothing of the document in the command
            [sys.executable, "-I", __file__, kind], input=content, capture_output=True, timeout=SECONDS + 5, env={}
        )
    except subprocess.TimeoutExpired:
        raise CannotBeShown() from None
    if done.returncode != 0:
        raise CannotBeShown()
    found = json.loads(done.stdout)
    return Pages(tuple(base64.b64decode(each) for each in found["pictures"]), int(found["total"]))


# ---------------------------------------------------------------- inside the process of its own


def main(kind: str) -> None:
    """Read a document, write pictures; any failure is an exit status."""
    for limit, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    content = sys.stdin.buffer.read()
    pictures, total = _of_pdf(content) if kind == "pdf" else ([_of_picture(content)], 1)
    said = {"pictures": [base64.b64encode(each).decode() for each in pictures], "total": total}
    sys.stdout.write(json.dumps(said))


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


if __name__ == "__main__":
    main(sys.argv[1])
