"""This file knows how a face is made anew from an upload, kept in two sizes, and where a browser finds it."""

from __future__ import annotations

from practice.config import settings
from practice.http.assets import asset_url
from practice.http.pages import link
from practice.providers import images
from practice.providers.storage import DiskStore, NoSuchFile
from practice.values.errors import NotFound

from .models import Specialist
from .policy import PHOTO_BYTES, PHOTO_MB

DRAWN = "portraits/"  # drawings that come with the product, for the demo


def keep(content: bytes) -> str:
    """Make a portrait anew and keep it in two sizes; its key. Raises `images.BadImage`."""
    if len(content) > PHOTO_BYTES:
        raise images.BadImage(f"This picture is larger than {PHOTO_MB} MB. Make it smaller and try again.")
    made = images.portrait_apart(content)
    key = _store().new_key("photos")
    _store().put(f"{key}-{images.LARGE}.webp", made.large)
    _store().put(f"{key}-{images.SMALL}.webp", made.small)
    return key


def content_of(key: str) -> bytes:
    """The bytes of one size of a photo ("photos/…-96.webp"); raises NotFound."""
    try:
        return _store().read(key)
    except NoSuchFile:
        raise NotFound() from None


def drop(key: str) -> None:
    """Forget both sizes of a photo; a drawing that comes with the product stays."""
    if not key.startswith(DRAWN):
        for size in (images.LARGE, images.SMALL):
            _store().drop(f"{key}-{size}.webp")


def portrait_url(specialist: Specialist, size: int = images.SMALL) -> str | None:
    """Where a browser finds the face of `specialist`; None when initials are shown instead."""
    return photo_url(specialist.photo_key, size)


def photo_url(key: str | None, size: int = images.SMALL) -> str | None:
    """The same from a key alone."""
    if not key:
        return None
    if key.startswith(DRAWN):
        return asset_url(f"img/{key}")
    return link("specialists.photo", name=f"{key.removeprefix('photos/')}-{size}.webp")


def drop_file(name: str) -> None:
    """Forget one file of a photo."""
    _store().drop(name)


def unused(used: set[str], older_than: float) -> list[str]:
    """Keys of photo files that no row names and that were written before `older_than` (seconds since 1970, UTC)."""
    return [key for key, at in _store().keys("photos") if at < older_than and key.rpartition("-")[0] not in used]


def _store() -> DiskStore:
    return DiskStore(settings().uploads)
