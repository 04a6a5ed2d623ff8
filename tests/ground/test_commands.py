"""What an operator types."""

from practice import audit
from practice.db import db, transaction

from .plain import Person, write


def record(count):
    for number in range(count):
        with transaction():
            audit.record("note.opened", f"note:{number}", actor=Person())


def test_a_whole_audit_log_is_said_to_be_whole_with_its_end(app):
    record(3)

    answer = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert answer.exit_code == 0
    assert answer.output == f"3 rows, all in place. The chain ends with {audit.head()[1]}.\n"


def test_a_broken_audit_log_is_named_by_its_first_bad_row(app):
    record(3)
    with transaction():
        for guard in audit.UNGUARDS[db.engine.dialect.name]:
            db.session.execute(db.text(guard))
        db.session.execute(db.delete(audit.AuditEvent).where(audit.AuditEvent.number == 2))

    answer = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert answer.exit_code == 1
    assert "broken at row 2" in answer.output


def test_one_tick_from_cron_delivers_what_waits(app, wired):
    write("a")
    db.session.remove()

    answer = app.test_cli_runner().invoke(args=["tick"])

    assert answer.exit_code == 0, answer.output
    assert len(wired.raw) == 1
