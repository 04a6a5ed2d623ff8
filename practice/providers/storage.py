"""This file knows where uploaded bytes are kept: on disk, away from what a web server serves, under our own names."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

KEY = re.compile(r"(papers|photos|attachments)/[A-Za-z0-9_-]{22}(-\d{2,3}\.webp)?")


class NoSuchFile(LookupError):
    """Nothing is kept under that key, or it is not a key of ours."""


class DiskStore:
    """Files under one folder. A key is an area and a random name; nothing a person sent is ever part of a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_key(self, area: str) -> str:
        """A key that nobody can guess and that is not in use; raises ValueError for an area that does not exist."""
        key = f"{area}/{secrets.token_urlsafe(17)[:22]}"
        self._path(key)
        return key

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`: whole and on disk, or not at all, also when the power fails."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            _to_disk(path.parent)
        finally:
            fresh.unlink(missing_ok=True)

    def read(self, key: str) -> bytes:
        """What was kept under `key`; raises `NoSuchFile`."""
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, ValueError):
            raise NoSuchFile(key) from None

    def drop(self, key: str) -> None:
        """Forget `key`; also when nothing is there."""
        try:
            self._path(key).unlink(missing_ok=True)
        except ValueError:
            raise NoSuchFile(key) from None

    def keys(self, area: str) -> list[tuple[str, float]]:
        """Every key of an area with the second (since 1970, UTC) at which it was written."""
        folder = self.folder / area
        found = folder.iterdir() if folder.is_dir() else []
        return [(f"{area}/{path.name}", path.stat().st_mtime) for path in found if KEY.fullmatch(f"{area}/{path.name}")]

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a key of this store")
        return self.folder / key


def _to_disk(folder: Path) -> None:
    """A new name is on disk once its folder is: the file's own bytes are not enough."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
