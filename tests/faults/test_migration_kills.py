"""F14: the power fails while the database is being brought up to date."""

import json
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from tests.databases import MIGRATIONS
from tests.races.arena import ROOT

pytestmark = pytest.mark.faults


def revisions():
    """Every revision, the oldest first."""
    script = ScriptDirectory(str(MIGRATIONS))
    return [each.revision for each in script.walk_revisions()][::-1]


@pytest.fixture
def empty_url(store, engine, config, data):
    """A database in which nothing was ever made."""
    if engine == "sqlite":
        return f"sqlite:///{data / 'empty.db'}"
    return store.cluster.create("empty")


def test_a_migration_that_died_at_any_step_leaves_whole_steps_and_goes_on_from_there(empty_url, data):
    known = revisions()
    asked = json.dumps({"database_url": empty_url, "data": str(data), "revisions": len(known)})

    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.migrating"],
        input=asked, capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]

    assert told == [[-9, None], *([-9, each] for each in known[:-1]), [0, known[-1]]]
