"""This file knows what it costs the processor to list, search and open among fifty thousand questions and a million messages.

python -m tests.bench.bench_talk [--engine postgres] [QUESTIONS MESSAGES]
"""

from __future__ import annotations

import argparse
import contextvars
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, event

from practice.accounts.models import User
from practice.questions import listing, searching
from practice.questions.listing import Filters
from practice.questions.states import Relation
from practice.store.db import db
from tests import databases, factories
from tests.bench import crowd, stage
from tests.bench.bench_pages import compare
from tests.races.arena import Arena

ROUNDS, WANTED = 60, "at most 150"
Row = tuple[str, str, str, str, str, str]


class Spent:
    """Milliseconds of processor of this process and, on PostgreSQL, of those that serve it; and statements asked."""

    def __init__(self) -> None:
        self.statements = 0
        event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, *_told: Any) -> None:
        self.statements += 1

    def of(self, work: Callable[[], Any]) -> float:
        """Milliseconds that one round takes."""
        db.session.rollback()
        self.statements = 0
        before = time.process_time() + _backends()
        work()
        return (time.process_time() + _backends() - before) * 1e3


def _backends() -> float:
    """Seconds of processor that the server process behind this session has worked; 0 for SQLite, which has none."""
    wire = db.session.connection().connection.driver_connection
    if db.engine.dialect.name == "sqlite":
        return 0.0
    after_name = Path(f"/proc/{wire.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
