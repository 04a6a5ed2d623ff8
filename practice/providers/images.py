"""This file knows pictures: which ones can be opened safely, and how a portrait is made anew from one."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

# 24 million pixels are more than any camera needs for a face, and little enough memory to decode.
PIXELS_AT_MOST = 24_000_000
SMALLEST_SIDE = 128
LARGE, SMALL = 512, 96
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}

Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST


class BadImage(ValueError):
    """The picture cannot be used; the message says how to mend that."""


@dataclass(frozen=True)
class Portrait:
    """A square face in two sizes, as WebP without any trace of camera, place or time."""

    large: bytes
    small: bytes


def portrait(content: bytes) -> Portrait:
    """A portrait of 512 and 96 pixels cut from the middle; raises `BadImage` for anything that is not a photo."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with _opened(content) as image:
                return _squares(image)
        except BadImage:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise BadImage("This picture has too many pixels. Make it 24 megapixels or smaller.") from None
        except (OSError, SyntaxError, ValueError, EOFError):
            raise BadImage(
                "This picture is damaged, so we could not open it. Save it again and try once more."
            ) from None


def picture_type(content: bytes) -> str | None:
    """ "jpg", "png" or "webp" for a picture that can be opened, told by its content; None for anything else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with _opened(content) as image:
                _check(image)
                return FORMATS[str(image.format)]
    except (ValueError, OSError, SyntaxError, EOFError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return None


def _check(image: Image.Image) -> None:
    """Raise when the picture is cut off: a JPEG tells when it is decoded, if only small; others by their sums."""
    if image.format == "JPEG":
        image.draft("L", (64, 64))
        image.load()
    else:
        image.verify()


def _opened(content: bytes) -> Image.Image:
    """The picture with its size known and its pixels not yet decoded."""
    try:
        image = Image.open(io.BytesIO(content), formats=tuple(FORMATS))
    except UnidentifiedImageError:
        raise BadImage("We can open JPG, PNG and WebP pictures. Save yours as one of these and try again.") from None
    if image.width * image.height > PIXELS_AT_MOST:
        raise BadImage("This picture has too many pixels. Make it 24 megapixels or smaller.")
    return image


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
