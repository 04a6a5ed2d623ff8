"""Two at once never get one number, none is lost: under load, over New Year, in a crash."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from practice.invoices import jobs, queries
from practice.invoices.actions import issuing
from practice.invoices.actions.issuing import Draft, Issuer, issue
from practice.invoices.states import InvoiceKind
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.house.source import ROOT
from tests.invoices.conftest import faults, issued

ANNAS = Issuer(code="anna", prefix="AK", zone="Europe/Vienna")
LAST_MINUTE = datetime(2027, 12, 31, 22, 59, tzinfo=UTC)  # a minute before midnight in Vienna
WORKERS, EACH = 4, 50


def draft(cause):
    return Draft(
        kind=InvoiceKind.INVOICE,
        cause=cause,
        payee_code="anna",
        recipient_code="ben",
        currency="EUR",
        lines=[("line", "Session, 50 min", 7000)],
        tax=0,
        rate=0,
        facts={"seller": {"name": "Anna Kern"}},
        happened_at=wall.now(),
    )


def at_once(app, work):
    """`work(number)` in as many threads as there are workers, all beginning together."""
    together = threading.Barrier(WORKERS)

    def run(number):
        with app.app_context():
            together.wait(30)
            try:
                work(number)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(WORKERS) as crowd:
        for each in [crowd.submit(run, number) for number in range(WORKERS)]:
            each.result(120)


def test_two_hundred_at_once_over_new_year_have_each_number_once(app, clock, dirty):
    dirty.mark()
    clock.freeze(LAST_MINUTE)
    turned = threading.Event()

    def work(number):
        for one in range(EACH):
            if one == EACH // 2 and not turned.is_set():
                turned.set()
                clock.freeze(LAST_MINUTE.replace(year=2028, month=1, day=1, hour=0, minute=5))
            with transaction():
                issue(draft(f"{number}:{one}"), ANNAS)

    at_once(app, work)

    for year in (2027, 2028):
        numbers = [each.number for each in issued() if each.year == year]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers
    assert len({each.name for each in issued()}) == WORKERS * EACH
    assert all(each.issued_on.year == each.year for each in issued())
    assert faults() == []


def test_whoever_looks_first_and_writes_then_has_a_number_twice(app, clock, dirty, monkeypatch):
    """The control: without the lock two take the same number, and only the table's own key refuses the second."""
    dirty.mark()
    with transaction():
        issue(draft("first"), ANNAS)
    series = issued()[0].series_id
    looked, refused = threading.Barrier(WORKERS), []
    seen = threading.local()
    monkeypatch.setattr(issuing, "lock_series", lambda *_: (seen.series, wall.now()))

    def work(number):
        last = max(each.number for each in issued())
        seen.series = SimpleNamespace(id=series, last=last, prefix="AK", year=2027)
        looked.wait(30)
        try:
            with transaction():
                issue(draft(f"second:{number}"), ANNAS)
        except IntegrityError:
            refused.append(number)

    at_once(app, work)

    assert len(refused) == WORKERS - 1


def test_one_cause_is_written_about_once_whoever_comes_at_the_same_time(app, clock, dirty):
    dirty.mark()

    def work(_number):
        with transaction():
            issue(draft("the same"), ANNAS)

    at_once(app, work)

    assert [each.number for each in issued()] == [1]
    assert faults() == []


def test_a_number_that_was_taken_and_not_stored_is_taken_again(app, clock):
    def fail():
        with transaction():
            issue(draft("lost"), ANNAS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction():
        issue(draft("next"), ANNAS)

    assert [each.name for each in issued()] == ["AK-2027-0001"]


WRITES = """
from wsgi import app
from practice.invoices import jobs
with app.app_context():
    jobs.write_all()
"""


def test_killed_between_the_number_and_the_end_the_sweep_finds_it_and_no_number_is_missing(
    sold, taxed, config, engine_url, monkeypatch
):
    taxed()
    monkeypatch.setattr("practice.ledger.actions._heard", [])
    for number in range(3):
        sold(7000, code=f"P{number}-")
    db.session.remove()

    ended = subprocess.run(
        [sys.executable, "-c", WRITES], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={
            "PATH": os.environ["PATH"], "MODE": "test", "DATA": str(config.data), "AUDIT_KEY": "1" * 32,
            "CRASHPOINT": "invoice.numbered",
            "DATABASE_URL": engine_url.replace("+psycopg", ""),
        },
    )  # fmt: skip

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert issued() == []
    assert jobs.write_all() == 6
    assert [each.number for each in issued(InvoiceKind.INVOICE)] == [1, 2, 3]
    assert queries.waiting(limit=9) == []
    assert faults() == []
