"""F20: what a single file can suffer: an endless reader, a writer that does not let go, a crash, no way to write."""

import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from practice.letters import outbox
from practice.store.db import db, transaction
from tests.plain import lay_paper, plain_app, write

pytestmark = [pytest.mark.faults, pytest.mark.once]

MEBIBYTE = 1024 * 1024


@pytest.fixture
def file(paper, engine_url):
    """The database's file, for a neighbour who opens it without our good manners."""
    return Path(engine_url.removeprefix("sqlite:///"))


@pytest.fixture
def neighbour(file):
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


@pytest.fixture
def impatient(paper):
    """The application on the same file, waiting a tenth of a second for a lock where ours waits fifteen."""
    app = plain_app(paper.config["PRACTICE"])
    with app.app_context():
        from sqlalchemy import event

        event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=100"))
        yield app
        db.session.remove()
        db.engine.dispose()


def letters():
    db.session.rollback()
    return outbox.backlog().waiting


def test_a_reader_that_never_ends_keeps_nobody_from_writing_or_reading(neighbour):
    neighbour.execute("BEGIN")
    before = neighbour.execute("SELECT count(*) FROM outbox_mail").fetchone()

    for number in range(20):
        write(f"{number}")

    assert letters() == 20
    assert neighbour.execute("SELECT count(*) FROM outbox_mail").fetchone() == before == (0,)
    neighbour.execute("ROLLBACK")


def test_a_writer_waits_for_one_that_holds_the_lock_for_six_seconds(neighbour):
    neighbour.execute("BEGIN IMMEDIATE")
    order = []
    release = threading.Timer(6.0, lambda: (order.append("let go"), neighbour.execute("ROLLBACK")))
    release.start()

    write("a")
    order.append("written")

    assert order == ["let go", "written"]
    assert letters() == 1
    release.join()


def test_reads_go_on_while_the_lock_is_held(neighbour, impatient):
    neighbour.execute("BEGIN IMMEDIATE")

    assert letters() == 0

    neighbour.execute("ROLLBACK")


def test_a_lock_that_is_not_let_go_is_an_error_that_names_itself_and_passes(neighbour, impatient):
    neighbour.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        write("a")
    neighbour.execute("ROLLBACK")

    write("b")

    assert letters() == 1


def test_the_log_of_writes_stays_small_however_much_is_written(file, neighbour):
    neighbour.execute("BEGIN")
    neighbour.execute("SELECT count(*) FROM outbox_mail").fetchone()
    for number in range(40):
        write(f"{number}", facts={"name": "x" * MEBIBYTE})
    log = file.with_name(file.name + "-wal")
    grown = log.stat().st_size
    neighbour.execute("ROLLBACK")

    for number in range(40, 45):
        write(f"{number}", facts={"name": "x" * MEBIBYTE})

    # The reader of the past kept all of it; once it is gone the log begins anew and is cut to its limit.
    assert grown > 40 * MEBIBYTE
    assert log.stat().st_size <= max(grown, 64 * MEBIBYTE)
    for number in range(45, 60):
        write(f"{number}", facts={"name": "x" * MEBIBYTE})
    assert log.stat().st_size <= 64 * MEBIBYTE


def test_a_file_that_cannot_be_written_can_still_be_read(paper, file):
    write("a")
    db.session.remove()
    config = replace(paper.config["PRACTICE"], database_url=f"sqlite:///file:{file}?mode=ro&uri=true")
    app = plain_app(config)
    with app.app_context():
        assert letters() == 1
        with pytest.raises(OperationalError, match="readonly"):
            write("b")
        assert letters() == 1
        db.session.remove()
        db.engine.dispose()


CRASH = """
import os, signal, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size=10")  # so that what is not committed reaches the file
c.execute("BEGIN IMMEDIATE")
c.execute("UPDATE outbox_mail SET state = 'parked'")
for n in range(2000):
    name = str(n) + "x" * 70
    c.execute("INSERT INTO sweep_run (name, due_at, runs, failures) VALUES (?, '2027-01-01', 0, 0)", (name,))
print("in the middle", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_crash_in_the_middle_of_a_write_leaves_what_was_there_before(file, neighbour):
    for number in range(5):
        write(f"{number}")

    child = subprocess.run([sys.executable, "-c", CRASH, str(file)], capture_output=True, text=True, check=False)

    assert (child.returncode, child.stdout) == (-signal.SIGKILL, "in the middle\n")
    assert letters() == 5
    assert neighbour.execute("SELECT count(*) FROM sweep_run").fetchone() == (0,)
    assert neighbour.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_connection_writes_ahead_waits_for_locks_and_checks_foreign_keys(file, paper):
    with transaction() as session:
        said = {
            name: session.execute(db.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}


def test_whoever_meets_the_lock_reads_that_it_passes_and_when_to_try_again(make_app, neighbour):
    from sqlalchemy import event

    app = make_app()
    lay_paper(app)
    app.add_url_rule("/writes", "writes", lambda: write("a") or "done")
    with app.app_context():
        event.listen(db.engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=100"))
        db.engine.dispose()
    neighbour.execute("BEGIN IMMEDIATE")

    refused = app.test_client().get("/writes")
    neighbour.execute("ROLLBACK")
    answered = app.test_client().get("/writes")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Nothing was lost" in refused.text
    assert (answered.status_code, answered.text) == (200, "done")
