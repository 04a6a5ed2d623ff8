"""One by one: what goes wrong with one row stays with it, is told, and is tried again the next time."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from practice.store.db import db
from practice.work import each, jobs
from practice.work.each import one_by_one
from practice.work.jobs import SweepRun, run_due_sweeps


@dataclass
class Row:
    code: str


ROWS = [Row("a"), Row("b"), Row("c")]


@pytest.fixture
def told(app, monkeypatch):
    """Who could not be done, by name and error."""
    heard = []
    monkeypatch.setattr(each, "_hears", [lambda name, error: heard.append((name, type(error).__name__))])
    return heard


def but_for(code, error, done):
    def do(row):
        if row.code == code:
            raise error
        done.append(row.code)

    return do


def test_what_goes_wrong_with_one_row_stays_with_it_and_is_told(told):
    done = []

    assert one_by_one("row", ROWS, but_for("a", KeyError("secret"), done)) == 2
    assert done == ["b", "c"]
    assert told == [("row a", "KeyError")]


def test_what_passes_by_itself_is_told_to_nobody(told):
    held = OperationalError("SELECT", {}, Exception("a calendar was held for too long"))
    done = []
    for error in (held, ValueError()):
        assert one_by_one("row", ROWS, but_for("b", error, done), passing=(ValueError,)) == 2

    assert done == ["a", "c"] * 2
    assert told == []


def test_a_database_that_is_away_is_no_rows_fault(told):
    away = OperationalError("SELECT", {}, Exception("gone"), connection_invalidated=True)
    done = []
    with pytest.raises(OperationalError):
        one_by_one("row", ROWS, but_for("a", away, done))

    assert (done, told) == ([], [])


def test_a_sweep_that_could_not_do_one_row_says_so_and_runs_again_when_it_would_have(told, clock, monkeypatch):
    monkeypatch.setattr(jobs, "_sweeps", {})

    @jobs.sweep(every=timedelta(days=1))
    def sweeping():
        one_by_one("row", ROWS, but_for("a", ZeroDivisionError(), []))

    run_due_sweeps()
    (row,) = db.session.query(SweepRun).all()
    assert (row.runs, row.failures, row.last_error) == (1, 1, "ZeroDivisionError")
    assert row.due_at == clock.now() + timedelta(days=1)
