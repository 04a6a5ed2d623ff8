"""This file knows where the races' own databases come from."""

import itertools
import shutil
import tempfile
from pathlib import Path

import pytest

from practice.store import memory
from tests.databases import Copies
from tests.races.arena import Arena

_numbers = itertools.count()


@pytest.fixture
def arena(engine, store, config, data):
    """A product on a fresh database of its own, real servers to come; `config` has migrated the one that is copied."""
    name, folder = f"race_{next(_numbers)}", Path(tempfile.mkdtemp(prefix="race-", dir=data))
    if isinstance(store, Copies):
        yield Arena(store.cluster.create(name, "migrated"), folder)
        store.cluster.drop(name)
    else:
        shutil.copyfile(data / "template.db", folder / "race.db")
        yield Arena(f"sqlite:///{folder / 'race.db'}", folder)
    memory.forget()  # of that product: the next one has a specialist of the same number
    shutil.rmtree(folder, ignore_errors=True)
