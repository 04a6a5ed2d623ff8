"""This file knows how documents and photos are told apart, sealed, kept and dropped, never in a transaction."""

from __future__ import annotations

import unicodedata
from base64 import b64decode, b64encode

from practice import vault
from practice.assets import asset_url
from practice.config import settings
from practice.errors import NotFound
from practice.providers import images
from practice.providers.storage import DiskStore, NoSuchFile
from practice.web import link

from .answers import Paper
from .models import Credential
from .policy import PAPER_BYTES, PHOTO_BYTES

DRAWN = "portraits/"  # drawings that come with the product, for the demo
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class BadPaper(ValueError):
    """The document cannot be taken; the message says how to mend that."""


def keep(content: bytes, name: str) -> Paper:
    """Seal and keep a document; its type is told by its content. Raises `BadPaper`."""
    if not content:
        raise BadPaper("This file is empty. Choose it again.")
    if len(content) > PAPER_BYTES:
        raise BadPaper("This file is larger than 5 MB. Make it smaller, or send a photo of it.")
    found = paper_type(content)
    if found is None:
        raise BadPaper("This is a kind of file we can’t open safely. Save it as PDF, JPG or PNG and try again.")
    key = _store().new_key("papers")
    _store().put(key, vault.seal(b64encode(content).decode(), f"paper:{key}").encode())
    return Paper(key, shown_name(name, found), found, len(content))


def content_of(credential: Credential) -> bytes:
    """The document of a paper; raises NotFound when it was never there or is gone by our own rule."""
    key = credential.document_key
    if not key:
        raise NotFound()
    try:
        sealed = _store().read(key).decode()
    except NoSuchFile:
        raise NotFound() from None
    return b64decode(vault.open_sealed(sealed, f"paper:{key}"))


def drop(key: str) -> None:
    """Forget a document."""
    _store().drop(key)


def paper_type(content: bytes) -> str | None:
    """ "pdf", "png" or "jpg" by content, None for anything else: neither name nor declared type is believed."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "pdf"
    found = images.picture_type(content)
    return found if found in MEDIA_TYPES else None


def shown_name(name: str, found: str) -> str:
    """The name a document came with, fit to be shown: no path, no control or direction marks, the true ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem = plain.rpartition(".")[0] or plain
    return f"{stem.strip(' .')[:80] or 'document'}.{found}"


def keep_photo(content: bytes) -> str:
    """Make a portrait anew and keep it in two sizes; its key. Raises `images.BadImage`."""
    if len(content) > PHOTO_BYTES:
        raise images.BadImage("This picture is larger than 6 MB. Make it smaller and try again.")
    made = images.portrait(content)
    key = _store().new_key("photos")
    _store().put(f"{key}-{images.LARGE}.webp", made.large)
    _store().put(f"{key}-{images.SMALL}.webp", made.small)
    return key


def photo(key: str) -> bytes:
    """The bytes of one size of a photo ("photos/…-96.webp"); raises NotFound."""
    try:
        return _store().read(key)
    except NoSuchFile:
        raise NotFound() from None


def drop_photo(key: str) -> None:
    """Forget both sizes of a photo; a drawing that comes with the product stays."""
    if not key.startswith(DRAWN):
        for size in (images.LARGE, images.SMALL):
            _store().drop(f"{key}-{size}.webp")


def photo_url(key: str | None, size: int = images.SMALL) -> str | None:
    """Where a browser finds the photo; None when there is none and initials are shown."""
    if not key:
        return None
    if key.startswith(DRAWN):
        return asset_url(f"img/{key}")
    return link("specialists.photo", name=f"{key.removeprefix('photos/')}-{size}.webp")


def unused(used: set[str], older_than: float) -> list[str]:
    """Keys of files that no row names and that were written before `older_than` (seconds since 1970, UTC)."""
    found = [key for key, at in _store().keys("papers") if at < older_than and key not in used]
    photos = [key for key, at in _store().keys("photos") if at < older_than and key.rpartition("-")[0] not in used]
    return found + photos


def _store() -> DiskStore:
    return DiskStore(settings().uploads)
