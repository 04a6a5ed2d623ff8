"""This file knows what is made once in a run and shared by all its processes: a migrated database, the opened demo."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

# Where it is kept. `make test` names one folder for its three runs; otherwise each run has its own.
VARIABLE = "RUN_KEEPS"
WORDS = "words"


def open_folder() -> Path | None:
    """Begin a run; the folder that has to be thrown away at its end comes back to whoever made it."""
    if VARIABLE in os.environ:
        return None
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="run-")
    return Path(os.environ[VARIABLE])


def close_folder(folder: Path | None) -> None:
    """End the run that began with `folder`."""
    if folder is not None:
        del os.environ[VARIABLE]
        shutil.rmtree(folder, ignore_errors=True)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, filled by whichever process asks first; the others wait for it."""
    keeps = Path(os.environ[VARIABLE])
    whole, begun = keeps / name, keeps / f"{name}.begun"
    with (keeps / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(whole)
    return whole


def migrated() -> Path:
    """An SQLite file that went through all migrations."""
    from tests.databases import migrate

    return once("migrated", lambda folder: migrate(f"sqlite:///{folder / 'practice.db'}", folder)) / "practice.db"


def demo(start: datetime) -> Path:
    """A folder with the demo as it was opened at `start`: database, files, and in `words` what was printed then."""
    return once(f"demo-{start:%Y%m%d%H%M}", lambda folder: _open_demo(folder, start))


def bring_demo(start: datetime, data: Path) -> None:
    """The same into a folder of one's own."""
    shutil.copytree(demo(start), data, dirs_exist_ok=True)


def demo_keys() -> dict[str, str]:
    """The environment of a process that is started on such a folder: what is sealed there is sealed with these."""
    from practice.config import Config

    ((name, key),) = Config.vault_keys
    return {
        "SECRET_KEY": Config.secret_keys[0],
        "VAULT_KEY": f"{name}:{urlsafe_b64encode(key).decode()}",
        "AUDIT_KEY": Config.audit_keys[0].decode(),
    }


def _open_demo(folder: Path, start: datetime) -> None:
    from practice.config import Config
    from practice.demo.marketplace import load
    from practice.values import clock
    from tests.databases import build, let_go

    shutil.copyfile(migrated(), folder / "practice.db")
    app = build(Config(mode="demo", data=folder, database_url=f"sqlite:///{folder / 'practice.db'}"))
    with clock.freeze(start), app.app_context():
        (folder / WORDS).write_text(load())
        let_go()
