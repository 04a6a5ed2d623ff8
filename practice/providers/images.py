"""This file knows pictures: which ones can be opened safely, and how a portrait is made anew from one."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from . import apart
from .effort import is_too_much

# What cameras of telephones make. A JPEG is decoded at a fraction of its size; other kinds only whole, so fewer pixels.
PIXELS_AT_MOST = 50_000_000
PIXELS_WHOLE = 25_000_000
SMALLEST_SIDE = 128
LARGE, SMALL = 512, 96
LONGEST_SIDE = 2400  # of a picture that is sent on: a page of small print is still read
# MPO is how telephones call a JPEG that holds a second picture: a depth, a preview.
FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}
JPEGS = ("JPEG", "MPO")

Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST
# Some of them unfold to hundreds of megabytes on the way: one at a time.
_ONE = threading.Lock()
TURN = 10  # seconds to wait for it

TOO_MANY = f"This picture has too many pixels. Make it {PIXELS_AT_MOST // 1_000_000} megapixels or smaller."


class BadImage(ValueError):
    """The picture cannot be used; the message says how to mend that."""


class NoTurn(BadImage):
    """Nobody looked at the picture: others were before it for too long."""


@dataclass(frozen=True)
class Portrait:
    """A square face in two sizes, as WebP without any trace of camera, place or time."""

    large: bytes
    small: bytes


@dataclass(frozen=True)
class Redrawn:
    """A picture as it is sent on, upright and without any trace of camera, place or time; `kind` is "jpg" or "png"."""

    content: bytes
    kind: str


def redrawn(content: bytes) -> Redrawn:
    """The same picture drawn anew, at most `LONGEST_SIDE` pixels wide and high; raises `BadImage`."""
    with _opened(content) as image:
        if image.format == "WEBP":
            raise BadImage("We can send JPG and PNG pictures. Save yours as one of these and try again.")
        kind = FORMATS[str(image.format)]
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG only: decodes at a fraction of the size
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
        upright = ImageOps.exif_transpose(image)
        return Redrawn(_bare(upright, kind), kind)


def portrait(content: bytes) -> Portrait:
    """A portrait of 512 and 96 pixels cut from the middle; raises `BadImage` for anything that is not a photo."""
    with _opened(content) as image:
        return _squares(image)


def picture_type(content: bytes) -> str | None:
    """ "jpg", "png" or "webp" for a picture that can be opened, told by its content; None for anything else.

    Raises `NoTurn` when it was not looked at.
    """
    try:
        return checked_type(content)
    except NoTurn:
        raise
    except BadImage:
        return None


def checked_type(content: bytes) -> str:
    """The same; raises `BadImage` with the reason for what cannot be opened."""
    with _opened(content) as image:
        _check(image)
        return FORMATS[str(image.format)]


# ---------------------------------------------------------------- for what people send


def portrait_apart(content: bytes) -> Portrait:
    """The same as `portrait`, made by a process of its own: it costs a fifth of a second more."""
    found = _asked_apart(content, "portrait")
    return Portrait(found["large"], found["small"])


def checked_type_apart(content: bytes) -> str:
    """The same as `checked_type`, told by a process of its own."""
    return str(_asked_apart(content, "type")["type"])


def redrawn_apart(content: bytes) -> Redrawn:
    """A picture drawn anew by a process of its own, for whoever is sent it: nothing of the bytes that came is left.

    Raises `BadImage` for anything that is no JPEG or PNG.
    """
    found = _asked_apart(content, "redrawn")
    return Redrawn(found["content"], str(found["kind"]))


def _asked_apart(content: bytes, asked: str) -> dict[str, Any]:
    with _in_turn():
        try:
            found = apart.read("images", content, asked)
        except apart.GaveUp:
            raise BadImage("We could not open this picture safely. Save it as a new JPG and try again.") from None
    if refused := found.get("refused"):
        raise BadImage(refused)
    return found


def answer(content: bytes, asked: str) -> dict[str, Any]:
    """What that process says: the sizes of a portrait, a kind, a picture drawn anew, or why there is none of it."""
    try:
        if asked == "redrawn":
            return vars(redrawn(content))
        return vars(portrait(content)) if asked == "portrait" else {"type": checked_type(content)}
    except BadImage as reason:
        return {"refused": str(reason)}


# ---------------------------------------------------------------- opened with care


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """The picture with its size known and its pixels not yet decoded; whatever goes wrong with it is a `BadImage`."""
    if is_too_much(content):
        raise BadImage(
            "This picture is stored in too many layers to open it safely. Save it as a new JPG and try again."
        )
    with _in_turn(), warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
                _measure(image)
                yield image
        except BadImage:
            raise
        except UnidentifiedImageError:
            sentence = "We can open JPG, PNG and WebP pictures. Save yours as one of these and try again."
            raise BadImage(sentence) from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise BadImage(TOO_MANY) from None
        except (OSError, SyntaxError, ValueError, EOFError):
            sentence = "This picture is damaged, so we could not open it. Save it again and try once more."
            raise BadImage(sentence) from None


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _ONE.acquire(timeout=TURN):
        raise NoTurn("Many people are sending pictures at this moment. Please send yours again in a minute.")
    try:
        yield
    finally:
        _ONE.release()


def _measure(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > PIXELS_AT_MOST:
        raise BadImage(TOO_MANY)
    if pixels >= PIXELS_WHOLE and image.format not in JPEGS:
        raise BadImage("This picture has too many pixels for its kind. Save it as JPG, or make it smaller.")


def _check(image: Image.Image) -> None:
    """Raise when the picture is cut off: a JPEG tells when it is decoded, if only small; others by their sums."""
    if image.format in JPEGS:
        image.draft("L", (64, 64))
        image.load()
    else:
        image.verify()


def _squares(image: Image.Image) -> Portrait:
    if min(image.size) < SMALLEST_SIDE:
        raise BadImage(f"This picture is too small. It needs at least {SMALLEST_SIDE} pixels on each side.")
    image.draft("RGB", (LARGE * 2, LARGE * 2))  # JPEG only: decodes at a fraction of the size
    image.thumbnail((LARGE * 4, LARGE * 4), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    large = ImageOps.fit(_on_white(upright), (LARGE, LARGE), Image.Resampling.LANCZOS)
    small = large.resize((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Portrait(_webp(large, 82), _webp(small, 80))


def _on_white(image: Image.Image) -> Image.Image:
    """The picture without transparency: what is clear becomes white."""
    if image.mode in ("RGB", "L", "CMYK"):
        return image.convert("RGB")
    clear = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _webp(image: Image.Image, quality: int) -> bytes:
    bare = Image.new("RGB", image.size)  # a new canvas carries no EXIF, profile or comment of the old one
    bare.paste(image)
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=quality, method=4)
    return written.getvalue()


def _bare(image: Image.Image, kind: str) -> bytes:
    """A new canvas carries no EXIF, profile, comment or preview of the old one. Only a PNG stays clear where it was."""
    pixels = _on_white(image) if kind == "jpg" else image.convert("RGBA")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    written = io.BytesIO()
    if kind == "jpg":
        bare.save(written, "JPEG", quality=85)
    else:
        bare.save(written, "PNG")
    return written.getvalue()
