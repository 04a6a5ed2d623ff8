"""This file knows where tests write: in memory, where the machine has room there. A disk's own slowness shows nothing
about the product, and making a PostgreSQL database is ten times as quick."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3


def settle() -> None:
    """Temporary files of this process and of those it starts go there, unless somebody said where (TMPDIR)."""
    if "TMPDIR" not in os.environ and _is_fit(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _is_fit(place: Path) -> bool:
    """Whether files can be made and run there (PostgreSQL's own programs are), and many of them."""
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize > ROOM and not disk.f_flag & os.ST_NOEXEC
