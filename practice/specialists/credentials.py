"""This file knows how documents are told apart, sealed, kept and dropped, never inside a transaction."""

from __future__ import annotations

import io
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress

from flask import send_file
from werkzeug.wrappers import Response

from practice.config import settings
from practice.providers import images
from practice.providers.storage import DiskStore, NoSuchFile
from practice.store import sealed, vault
from practice.store.crashpoints import crashpoint
from practice.values.errors import FileMissing, NotFound

from .answers import CredentialFile
from .models import Credential
from .policy import CREDENTIAL_BYTES, CREDENTIAL_MB

# How a JPEG and a PNG begin.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


class BadCredential(ValueError):
    """The document cannot be taken; the message says how to mend that."""


def keep(content: bytes, name: str) -> CredentialFile:
    """Seal and keep a document; its type is told by its content. Raises `BadCredential`."""
    if not content:
        raise BadCredential("This file is empty. Choose it again.")
    if len(content) > CREDENTIAL_BYTES:
        raise BadCredential(f"This file is larger than {CREDENTIAL_MB} MB. Make it smaller, or send a photo of it.")
    found = _checked_type(content)
    key = _store().new_key("papers")
    _store().put(key, vault.seal(b64encode(content).decode(), place_of(key)).encode())
    return CredentialFile(key, shown_name(name, found), found, len(content))


def content_of(credential: Credential) -> bytes:
    """The file of a credential; raises NotFound when it was never there or is gone by our own rule, `FileMissing`
    when it should be there."""
    key = credential.document_key
    if not key:
        raise NotFound()
    try:
        token = _store().read(key).decode()
    except NoSuchFile:
        raise FileMissing("The file of this document isn’t where it should be.") from None
    return b64decode(vault.open_sealed(token, place_of(key)))


def place_of(key: str) -> str:
    """What a sealed document is bound to."""
    return f"paper:{key}"


def as_download(credential: Credential, content: bytes) -> Response:
    """A document that no browser will run: downloaded, never sniffed, in a sandbox without an origin."""
    answer: Response = send_file(
        io.BytesIO(content),
        mimetype=MEDIA_TYPES[credential.document_type],
        as_attachment=True,
        download_name=credential.document_name,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def drop(key: str) -> None:
    """Forget a document."""
    _store().drop(key)


def _checked_type(content: bytes) -> str:
    # Some programs write a blank line first, and disks fill the last block with zeros.
    if content.lstrip(b"\r\n").startswith(b"%PDF-"):
        if b"%%EOF" in content.rstrip(b"\0\t\n\r ")[-2048:]:
            return "pdf"
        raise BadCredential(
            "This PDF has no end, so a part of it is missing. Save or download it again, and try once more."
        )
    if not content.startswith(PICTURES):
        raise BadCredential("This is a kind of file we can’t open safely. Save it as PDF, JPG or PNG and try again.")
    try:
        return images.checked_type_apart(content)
    except images.BadImage as reason:
        raise BadCredential(str(reason)) from None


def shown_name(name: str, found: str) -> str:
    """The name a document came with, fit to be shown: no path, no control or direction marks, the true ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    stem = plain.rpartition(".")[0] or plain
    return f"{stem.strip(' .')[:80] or 'document'}.{found}"


def unused(used: set[str], older_than: float) -> list[str]:
    """Keys of documents that no row names and that were written before `older_than` (seconds since 1970, UTC)."""
    return [key for key, at in _store().keys("papers") if at < older_than and key not in used]


class CredentialFiles:
    """The sealed documents on disk, as a place of sealed texts."""

    name = "uploads/papers"

    def needing(self, key_id: str) -> int:
        """How many documents only this key opens."""
        return sum(vault.key_of(text.token) == key_id for text in self.texts())

    def rewrap(self) -> int:
        """Seal every document with the newest key; each is replaced whole, so that a break loses none."""
        done = 0
        for text in self.texts():
            if text.opens and not vault.is_current(text.token):
                _store().put(text.code, vault.rewrap(text.token, text.context).encode())
                crashpoint("vault.rewrapped")
                done += 1
        return done

    def texts(self, *, newest_only: bool = False) -> Iterator[sealed.Text]:
        """All of them, or the one that was kept last."""
        keys = sorted(_store().keys("papers"), key=lambda found: -found[1])
        for key, _ in keys[:1] if newest_only else keys:
            with suppress(NoSuchFile):  # dropped meanwhile
                yield sealed.Text(key, _store().read(key).decode("ascii", "replace"), place_of(key))


def _store() -> DiskStore:
    return DiskStore(settings().uploads)


sealed.keep(CredentialFiles())
