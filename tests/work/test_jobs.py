"""Sweeps: each looks at its own pace, once among all workers, and none stands in another's way."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

import practice
from practice.letters import outbox
from practice.store.db import db, transaction
from practice.work import jobs
from practice.work.jobs import SweepRun, run_due_sweeps
from tests.plain import Person, write

NAME = "tests.work.test_jobs.look"


@pytest.fixture
def sweeps(app, monkeypatch):
    """Only the sweeps that a test registers."""
    monkeypatch.setattr(jobs, "_sweeps", {})
    calls = []

    def register(every, run=lambda: None, name="look"):
        def look():
            calls.append(name)
            run()

        look.__name__ = name
        jobs.sweep(every=every)(look)
        return calls

    return register


def state(name=NAME):
    db.session.rollback()
    return db.session.get(SweepRun, name)


def test_a_sweep_runs_at_its_own_pace(sweeps, clock):
    calls = sweeps(timedelta(minutes=10))

    for _ in range(31):
        run_due_sweeps()
        clock.advance(minutes=1)

    assert len(calls) == 4


def test_a_sweep_that_was_missed_for_three_days_runs_once(sweeps, clock):
    calls = sweeps(timedelta(minutes=1))
    run_due_sweeps()

    clock.advance(days=3)
    run_due_sweeps()
    run_due_sweeps()

    assert len(calls) == 2


def test_a_sweep_runs_once_however_many_look_at_the_same_time(sweeps, app):
    calls = sweeps(timedelta(minutes=1))

    def look(_):
        with app.app_context():
            run_due_sweeps()
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(look, range(12)))

    assert calls == ["look"]


def test_a_sweep_that_fails_is_counted_and_stops_no_other(sweeps, clock):
    calls = sweeps(timedelta(days=1), lambda: 1 // 0, name="a_broken")
    sweeps(timedelta(minutes=1), name="b_sound")

    run_due_sweeps()

    broken = state("tests.work.test_jobs.a_broken")
    assert calls == ["a_broken", "b_sound"]
    assert (broken.runs, broken.failures, broken.last_error) == (1, 1, "ZeroDivisionError")


def test_a_daily_sweep_that_failed_is_tried_again_within_minutes(sweeps, clock):
    calls = sweeps(timedelta(days=1), lambda: 1 // 0)
    run_due_sweeps()

    clock.advance(minutes=5)
    run_due_sweeps()

    assert len(calls) == 2


def test_what_a_failed_sweep_had_begun_is_not_kept(sweeps, paper):
    def half():
        with transaction():
            outbox.enqueue_mail("half", "ground/poison", Person(), {})
            raise ZeroDivisionError

    sweeps(timedelta(minutes=1), half)

    run_due_sweeps()

    assert outbox.backlog().waiting == 0


def test_a_sweep_whose_worker_was_killed_is_due_again_when_its_lease_ends(sweeps, clock):
    calls = sweeps(timedelta(days=1))
    jobs._claim(jobs.sweeps()[0])  # and then the worker dies
    run_due_sweeps()
    assert calls == []

    with transaction():
        state().leased_until = 0.0
    run_due_sweeps()

    assert calls == ["look"]


def test_a_worker_that_lost_its_lease_does_not_move_the_next_run(sweeps, clock):
    sweeps(timedelta(days=1))
    (each,) = jobs.sweeps()
    old = jobs._claim(each)
    with transaction():
        state().leased_until = 0.0
    run_due_sweeps()

    jobs._finish(each, old, clock.now() - timedelta(days=9), None)

    assert state().due_at == clock.now() + timedelta(days=1)


def test_a_clock_that_was_set_back_stops_nothing(sweeps, clock):
    calls = sweeps(timedelta(minutes=1))
    run_due_sweeps()

    clock.advance(hours=-1)
    run_due_sweeps()

    assert len(calls) == 2


def test_a_worker_that_is_told_to_end_begins_no_further_sweep(sweeps):
    calls = sweeps(timedelta(minutes=1), name="a")
    sweeps(timedelta(minutes=1), name="b")

    run_due_sweeps(stopping=lambda: bool(calls))

    assert calls == ["a"]


def test_one_tick_does_everything_that_is_due(sweeps, wired, app):
    sweeps(timedelta(minutes=1), lambda: write("from-a-sweep"))

    jobs.tick(app)

    assert len(wired.raw) == 1


def test_every_sweep_that_a_room_writes_down_is_run(app):
    rooms = Path(practice.__file__).parent.glob("*/jobs.py")
    written = {
        f"{p.parent.name}.{name}" for p in rooms for name in re.findall(r"@sweep\(.*\)\ndef (\w+)", p.read_text())
    }

    assert written
    assert written <= {each.name for each in jobs.sweeps()}


def test_a_worker_leaves_a_sign_of_life(app, clock):
    run_due_sweeps()

    assert jobs.last_seen() == clock.now()


def test_a_database_that_is_away_at_the_end_is_no_crash(app, monkeypatch):
    def away():
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(jobs, "return_all", away)
    monkeypatch.setattr(jobs, "GRACE", 0.0)
    worker = jobs.Worker(app)
    worker.threads = []

    worker._wind_down()

    assert worker.stop.is_set()
