"""The audit log: only ever added to, each row chained to the one before, nothing in it but ids."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError

from practice.store import audit, keys
from practice.store.audit import GUARDS, UNGUARDS, AuditEvent, AuditHead
from practice.store.db import db, transaction
from tests.conftest import MONDAY
from tests.plain import Person

FORGED = {"action": "a", "subject": "s", "actor": "eve", "reason": "", "detail": {}, "network": "", "at": MONDAY}


def record(count=5):
    for number in range(count):
        with transaction():
            audit.record("note.opened", f"note:{number}", actor=Person(), reason="asked", detail={"n": number})


def rows():
    db.session.rollback()
    return db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.number)).all()


@pytest.fixture
def unguarded(app):
    """An intruder with all rights on the database."""

    def strike(statement):
        with transaction():
            for guard in UNGUARDS[db.engine.dialect.name]:
                db.session.execute(db.text(guard))
            db.session.execute(statement)
            for guard in GUARDS[db.engine.dialect.name]:
                db.session.execute(db.text(guard))

    return strike


def test_a_fact_says_who_did_what_to_which_thing_and_when(app, clock):
    record(1)

    (row,) = rows()
    assert (row.action, row.subject, row.actor, row.reason) == ("note.opened", "note:0", "account:ben-code", "asked")
    assert row.at == clock.now()


def test_what_nobody_did_was_done_by_the_system(app):
    with transaction():
        audit.record("hold.expired", "booking:1", actor=None)

    assert rows()[0].actor == "system"


def test_an_untouched_chain_is_whole(app):
    record()

    assert audit.verify() is None
    assert audit.head() == (5, rows()[-1].chain)


def test_an_empty_chain_is_whole(app):
    assert audit.verify() is None
    assert audit.head() == (0, audit.GENESIS)


def test_a_fact_whose_cause_failed_was_never_there(app):
    def fail():
        with transaction():
            audit.record("note.opened", "note:1", actor=None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    record(1)

    assert [row.subject for row in rows()] == ["note:0"]
    assert audit.verify() is None


@pytest.mark.parametrize(
    "change", [db.update(AuditEvent).values(actor="eve"), db.delete(AuditEvent)], ids=["update", "delete"]
)
def test_the_database_refuses_to_change_what_was_said(app, change):
    record()

    with pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(change)

    assert len(rows()) == 5


@pytest.mark.parametrize("field", ["action", "subject", "actor", "reason", "network"])
def test_an_edited_row_is_named(app, unguarded, field):
    record()

    unguarded(db.update(AuditEvent).where(AuditEvent.number == 3).values({field: "x"}))

    assert audit.verify() == 3


def test_a_removed_row_is_named(app, unguarded):
    record()

    unguarded(db.delete(AuditEvent).where(AuditEvent.number == 2))

    assert audit.verify() == 2


def test_rows_cut_off_at_the_end_are_missed(app, unguarded):
    record()

    unguarded(db.delete(AuditEvent).where(AuditEvent.number > 3))

    assert audit.verify() == 4


def test_two_rows_that_changed_places_are_named(app, unguarded):
    record()
    unguarded(db.update(AuditEvent).where(AuditEvent.number == 2).values(number=99))
    unguarded(db.update(AuditEvent).where(AuditEvent.number == 3).values(number=2))

    unguarded(db.update(AuditEvent).where(AuditEvent.number == 99).values(number=3))

    assert audit.verify() == 2


def test_a_row_slipped_in_is_named(app, unguarded):
    record()

    unguarded(db.insert(AuditEvent).values(number=6, chain="f" * 64, **FORGED))

    assert audit.verify() == 6


def test_whoever_cannot_compute_the_chain_cannot_continue_it(app, unguarded):
    record()

    unguarded(db.insert(AuditEvent).values(number=6, chain="f" * 64, **FORGED))
    unguarded(db.update(AuditHead).values(number=6, chain="f" * 64))

    assert audit.verify() == 6


def test_a_row_of_an_older_history_does_not_fit_into_the_present_one(app, unguarded):
    record(3)
    old = {c.name: getattr(rows()[2], c.name) for c in AuditEvent.__table__.columns}
    second = rows()[1].chain
    unguarded(db.delete(AuditEvent).where(AuditEvent.number == 3))
    unguarded(db.update(AuditHead).values(number=2, chain=second))
    record(2)
    assert audit.verify() is None

    unguarded(db.delete(AuditEvent).where(AuditEvent.number == 3))
    unguarded(db.insert(AuditEvent).values(**old))

    assert audit.verify() == 4


def test_many_at_once_leave_no_gap_and_no_fork(app):
    def one(number):
        with app.app_context():
            with transaction():
                audit.record("note.opened", f"note:{number}", actor=None)
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))

    assert [row.number for row in rows()] == list(range(1, 41))
    assert audit.verify() is None


def test_two_people_of_one_network_look_alike_and_their_addresses_are_not_kept(app):
    for address in ("192.0.2.7", "192.0.2.200", "198.51.100.7", "2001:db8::1", "2001:db8:0:ffff::9"):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}), transaction():
            audit.record("sign_in", "account:1", actor=None)

    networks = [row.network for row in rows()]
    assert networks[0] == networks[1] != networks[2]
    assert networks[3] == networks[4]
    assert not [n for n in networks if "." in n or ":" in n]


def test_what_is_added_during_the_check_is_no_fault(app, dirty, monkeypatch):
    record()
    real = audit.head

    def head():
        _one_more(app)
        found = real()
        _one_more(app)
        return found

    monkeypatch.setattr(audit, "head", head)

    assert audit.verify() is None


def _one_more(app):
    """By somebody else, in the very moment."""

    def write():
        with app.app_context():
            record(1)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()


# ---------------------------------------------------------------- another key


@pytest.fixture
def turn_to(app, monkeypatch):
    def turn(*keys):
        monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], audit_keys=keys))
        db.session.rollback()

    return turn


OLD, NEW = b"o" * 32, b"n" * 32


def test_a_new_key_goes_on_where_the_old_one_was(app, turn_to):
    turn_to(OLD)
    record(3)
    turn_to(NEW, OLD)
    record(2)

    assert audit.verify() is None


def test_an_old_key_that_is_dropped_too_soon_is_missed(app, turn_to):
    turn_to(OLD)
    record(3)
    turn_to(NEW, OLD)
    record(2)
    turn_to(NEW)

    assert audit.verify() == 1


def test_a_handed_over_log_needs_the_old_key_no_more(app, turn_to):
    turn_to(OLD)
    record(3)
    turn_to(NEW, OLD)
    record(2)
    assert keys.hand_over_log() is None
    turn_to(NEW)
    record(1)

    assert audit.verify() is None


@pytest.mark.parametrize("number", [2, 4, 6, 7])
def test_a_handed_over_log_still_names_what_was_changed(app, turn_to, unguarded, number):
    turn_to(OLD)
    record(3)
    turn_to(NEW, OLD)
    record(2)
    keys.hand_over_log()
    turn_to(NEW)
    record(1)

    unguarded(db.update(AuditEvent).where(AuditEvent.number == number).values(actor="eve"))

    # What stands before the hand-over is vouched for all together.
    assert audit.verify() == (1 if number <= 6 else number)


def test_whoever_stole_the_old_key_cannot_go_on_with_it(app, turn_to):
    turn_to(OLD)
    record(3)
    turn_to(NEW, OLD)
    keys.hand_over_log()
    turn_to(OLD)
    record(1)
    turn_to(NEW)

    assert audit.verify() == 5


def test_a_broken_log_is_not_handed_over(app, turn_to, unguarded):
    turn_to(OLD)
    record(3)
    unguarded(db.update(AuditEvent).where(AuditEvent.number == 2).values(actor="eve"))
    turn_to(NEW, OLD)

    assert keys.hand_over_log() == 2
    assert len(rows()) == 3
