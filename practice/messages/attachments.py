"""This file knows the files that go along with messages: told by their content, made safe, sealed, kept and dropped.

Nothing of it happens inside a transaction.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import send_file
from werkzeug.wrappers import Response

from practice.config import settings
from practice.providers import images
from practice.providers.storage import DiskStore, NoSuchFile
from practice.store.crashpoints import crashpoint
from practice.values.errors import FileMissing

from .keys import ThreadKey, key_of, place_of_file
from .models import Attachment
from .policy import FILE_BYTES, FILE_MB
from .states import FileKind

AREA = "attachments"
# How a JPEG and a PNG begin.
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
MEDIA_TYPES = {FileKind.PDF: "application/pdf", FileKind.PNG: "image/png", FileKind.JPG: "image/jpeg"}


class BadFile(ValueError):
    """The file cannot be taken; the message says how to mend that."""


@dataclass(frozen=True)
class Safe:
    """What is kept of a file: a picture drawn anew, a PDF as it came."""

    content: bytes
    kind: FileKind


@dataclass(frozen=True)
class Sealed:
    """A file that lies on disk already; `size` of what was sealed."""

    file_key: str
    kind: FileKind
    size: int
    mark: str


def keep(files: Sequence[bytes], key: ThreadKey, message_code: str, author_id: int) -> list[Sealed]:
    """Check, make safe, seal and keep all of them, or none. Raises `BadFile`."""
    safe = [(_safe(content), key.mark(content)) for content in files]
    kept: list[Sealed] = []
    try:
        for position, (each, mark) in enumerate(safe, 1):
            name = _store().new_key(AREA)
            _store().put(name, key.seal(each.content, place_of_file(message_code, author_id, position)))
            kept.append(Sealed(name, each.kind, len(each.content), mark))
            crashpoint("message.file_kept")
    except BaseException:
        drop_all(kept)
        raise
    return kept


def _safe(content: bytes) -> Safe:
    if not content:
        raise BadFile("This file is empty. Choose it again.")
    if len(content) > FILE_BYTES:
        raise BadFile(f"This file is larger than {FILE_MB} MB. Make it smaller, or send it in parts.")
    if content.startswith(PICTURES):
        return _redrawn(content)
    # Some programs write a blank line first, and disks fill the last block with zeros.
    if content.lstrip(b"\r\n").startswith(b"%PDF-"):
        if b"%%EOF" in content.rstrip(b"\0\t\n\r ")[-2048:]:
            return Safe(content, FileKind.PDF)
        raise BadFile("This PDF has no end, so a part of it is missing. Save or download it again, and try once more.")
    raise BadFile("This is a kind of file we can’t pass on safely. Save it as PDF, JPG or PNG and try again.")


def _redrawn(content: bytes) -> Safe:
    try:
        found = images.redrawn_apart(content)
    except images.BadImage as reason:
        raise BadFile(str(reason)) from None
    return Safe(found.content, FileKind(found.kind))


def content_of(attachment: Attachment) -> bytes:
    """What was sent along; raises `FileMissing` when it is not where it should be, `VaultLocked`."""
    message = attachment.message
    try:
        sealed = _store().read(attachment.file_key)
    except NoSuchFile:
        raise FileMissing("This file isn’t where it should be.") from None
    place = place_of_file(message.code, message.author_id, attachment.position)
    return key_of(message.thread).open(sealed, place)


def as_download(attachment: Attachment) -> Response:
    """A file that no browser will run: downloaded, never sniffed, in a sandbox without an origin."""
    answer: Response = send_file(
        io.BytesIO(content_of(attachment)),
        mimetype=MEDIA_TYPES[FileKind(attachment.kind)],
        as_attachment=True,
        download_name=attachment.name,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def drop_all(files: Iterable[Sealed]) -> None:
    """Forget files whose message was not stored."""
    drop_keys([each.file_key for each in files])


def drop_keys(names: Iterable[str]) -> None:
    """Forget files by their names in the store."""
    for name in names:
        drop_file(name)


def drop_file(name: str) -> None:
    """Forget one file."""
    _store().drop(name)


def unused(used: set[str], older_than: float) -> list[str]:
    """Names of files that no message has and that were written before `older_than` (seconds since 1970, UTC)."""
    return [name for name, at in _store().keys(AREA) if at < older_than and name not in used]


def is_there(name: str) -> bool:
    """Whether a file is where it should be."""
    try:
        _store().read(name)
    except (NoSuchFile, OSError):
        return False
    return True


def _store() -> DiskStore:
    return DiskStore(settings().uploads)
