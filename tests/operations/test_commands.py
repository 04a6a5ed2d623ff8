"""What an operator types."""

import pytest

from practice.providers.mail_transport import Keep, Smtp
from practice.store import audit, installation
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests.faults.sink import closed_port
from tests.plain import Person, write


def record(count):
    for number in range(count):
        with transaction():
            audit.record("note.opened", f"note:{number}", actor=Person())


def test_a_whole_audit_log_is_said_to_be_whole_with_its_end(app):
    record(3)

    answer = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert answer.exit_code == 0
    assert answer.output.endswith(f"Keep this elsewhere, for --since next time: 3:{audit.head()[1]}\n")


def cut_back_to(number):
    """What an intruder with all rights on the database can do: rows go, and the head says that they never were."""
    with transaction():
        for guard in audit.UNGUARDS[db.engine.dialect.name]:
            db.session.execute(db.text(guard))
        db.session.execute(db.delete(audit.AuditEvent).where(audit.AuditEvent.number > number))
        chain = db.session.get(audit.AuditEvent, number).chain
        db.session.execute(db.update(audit.AuditHead).values(number=number, chain=chain))


def test_a_tail_that_was_cut_with_the_head_set_back_shows_against_an_end_that_was_kept_elsewhere(app):
    record(5)
    kept = "{}:{}".format(*audit.head())
    assert app.test_cli_runner().invoke(args=["audit", "verify", "--since", kept]).exit_code == 0
    cut_back_to(3)

    answer = app.test_cli_runner().invoke(args=["audit", "verify", "--since", kept])

    assert answer.exit_code == 1
    assert "broken at row 4" in answer.output
    # Rows that were put in the place of the old ones do not help.
    record(2)
    assert "broken at row 5" in app.test_cli_runner().invoke(args=["audit", "verify", "--since", kept]).output


def test_the_worker_keeps_ends_outside_the_database_and_every_check_reads_them(app, config):
    installation.settle()
    record(5)
    installation.note_head()
    installation.note_head()
    cut_back_to(3)

    assert "broken at row 4" in app.test_cli_runner().invoke(args=["audit", "verify"]).output
    assert "The audit log does not hold from entry 4 on." in faults()
    notebook = config.data / installation.NOTEBOOK
    assert len(installation.noted_heads()) == 1
    assert notebook.stat().st_mode & 0o777 == 0o600


def test_an_end_that_is_none_is_refused(app):
    answer = app.test_cli_runner().invoke(args=["audit", "verify", "--since", "five"])

    assert answer.exit_code == 2
    assert "as an earlier `audit verify` printed it" in answer.output


def test_one_letter_to_try_the_way_out(paper, wired):
    answer = paper.test_cli_runner().invoke(args=["mail", "test", "me@operator.example"])

    assert answer.exit_code == 0, answer.output
    assert b"To: me@operator.example" in wired.raw[0]
    assert b"Subject: A test of our mail" in wired.raw[0]


@pytest.mark.parametrize(
    ("transport", "address", "said"),
    [
        (Smtp("127.0.0.1", closed_port(), timeout=0.5), "me@operator.example", "ConnectionRefusedError 111"),
        (Keep(), "me@operator.example", "There is no SMTP_URL"),
        (Smtp("127.0.0.1", closed_port()), "me", "an address without a mailbox"),
    ],
    ids=["nobody listens", "no server", "no address"],
)
def test_a_way_out_that_fails_is_said_with_the_errors_name(app, transport, address, said):
    app.extensions["mail_transport"] = transport
    try:
        answer = app.test_cli_runner().invoke(args=["mail", "test", address])
    finally:
        app.extensions.pop("mail_transport")

    assert answer.exit_code != 0
    assert said in answer.output


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
