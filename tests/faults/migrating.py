"""This file knows a process that migrates a database and dies on the way, again and again, until the last goes through.

python -m tests.faults.migrating < {"database_url": …, "data": …, "revisions": 6}    prints, for each attempt, a line of
JSON: how it ended (negative: by that signal) and the revision that it left behind.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade

from practice.config import Config
from practice.store import crashpoints
from practice.store.db import db
from tests.databases import MIGRATIONS, build


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    app = build(Config(mode="test", data=Path(asked["data"]), database_url=asked["database_url"]))
    # The first dies in its first step, each later one in its second, and so gets one step further; the last is spared.
    for dies_at in (1, *[2] * (asked["revisions"] - 1), 0):
        print(json.dumps([_in_a_fork(app, dies_at), _revision(app)]), flush=True)


def _in_a_fork(app: Flask, dies_at: int) -> int:
    """The exit status of a process that migrates; negative is the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        _migrate(app, dies_at)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _migrate(app: Flask, dies_at: int) -> None:
    status = 1
    try:
        with app.app_context():
            _die_at(dies_at)
            upgrade(directory=str(MIGRATIONS))
        status = 0
    finally:
        os._exit(status)


def _die_at(step: int) -> None:
    """Only the crashpoint at that step is armed: a migration passes one for each revision."""
    really, passed = crashpoints.crashpoint, iter(range(1, 1000))

    def counted(name: str) -> None:
        if next(passed) == step:
            os.environ["CRASHPOINT"] = name
        really(name)

    crashpoints.crashpoint = counted


def _revision(app: Flask) -> str | None:
    with app.app_context():
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        db.engine.dispose()
    return found


if __name__ == "__main__":
    main()
