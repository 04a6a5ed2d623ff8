"""The worker: looks once a second, at an index, and what was stored between two looks leaves with the next."""

import threading

import pytest
from sqlalchemy import event, text

from practice.letters import mail_worker
from practice.store.db import db
from practice.work import jobs
from tests.plain import write


class Pauses:
    """What a worker waits on between two looks: in each pause something is done, and after the last it ends."""

    def __init__(self, *done):
        self.done, self.lengths, self.ended = list(done), [], threading.Event()
        self.is_set = self.ended.is_set

    def wait(self, seconds):
        self.lengths.append(seconds)
        self.done.pop(0)()
        if not self.done:
            self.ended.set()


def looking(app, thread, pauses):
    """Let one thread of a worker look until the pauses are over."""
    worker = jobs.Worker(app)
    worker.stop = pauses
    next(each for each in worker.threads if each.name == thread).run()


def test_a_letter_stored_between_two_looks_leaves_with_the_next_one_a_second_later(wired, app):
    left = []
    pauses = Pauses(lambda: write("a"), lambda: left.append(len(wired.raw)))

    looking(app, "letters", pauses)

    assert left == [1]
    assert pauses.lengths == [1.0, 1.0]


def test_a_letter_that_a_sweep_wrote_needs_nobody_to_say_so(wired, app, monkeypatch):
    monkeypatch.setattr(jobs, "_sweeps", {})
    jobs.sweep(every=jobs.timedelta(minutes=1))(lambda: write("from-a-sweep"))

    looking(app, "sweeps", Pauses(lambda: None))
    looking(app, "letters", Pauses(lambda: None))

    assert len(wired.raw) == 1


def test_a_look_that_fails_is_followed_by_the_next(app, monkeypatch, caplog):
    monkeypatch.setattr(jobs.mail_worker, "deliver_due", lambda stopping: 1 // 0)
    pauses = Pauses(lambda: None, lambda: None)

    looking(app, "letters", pauses)

    assert len(pauses.lengths) == 2
    assert caplog.text.count("a round of the worker failed") == 2


@pytest.fixture
def asked(app):
    """Every statement with its values, as the database got it."""
    found = []

    def note(_connection, _cursor, statement, values, *_more):
        found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


def test_an_idle_look_for_letters_is_one_question_and_takes_no_write_lock(asked):
    mail_worker.deliver_due()

    said = [statement.split()[0] for statement, _ in asked]
    assert said.count("SELECT") == 1
    assert set(said) <= {"BEGIN", "SELECT"}
    assert not [statement for statement, _ in asked if "IMMEDIATE" in statement or "FOR UPDATE" in statement]


def test_an_idle_look_for_letters_reads_an_index_and_never_the_whole_table(asked, engine):
    mail_worker.deliver_due()
    statement, values = next(each for each in asked if each[0].startswith("SELECT"))

    is_sqlite, connection = engine == "sqlite", db.session.connection()
    if not is_sqlite:
        # A table of no rows is read whole, whatever there is; the question is whether it has to be.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
    plan = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' * is_sqlite}{statement}", values).all()
    db.session.rollback()

    said = "\n".join(str(row) for row in plan)
    assert "ix_outbox_mail_due" in said
    assert "ix_outbox_mail_line" in said
    assert "SCAN" not in said.upper().replace("INDEX SCAN", "").replace("INDEX ONLY SCAN", "")
