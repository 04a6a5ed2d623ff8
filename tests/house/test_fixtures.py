"""The ground that all tests stand on: clean databases, a frozen clock, the cast, no outside world."""

import smtplib
import socket
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from practice.accounts.models import User
from practice.store import audit
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.factories import booking, user

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_begins_with_an_empty_database(app, round_):
    assert db.session.scalar(select(func.count(User.id))) == 0

    dana = user("Dana")

    assert db.session.scalar(select(func.count(User.id))) == dana.id == 1


@pytest.mark.parametrize("round_", [1, 2])
def test_what_may_never_be_deleted_ends_with_its_test_all_the_same(app, round_):
    audit.record("test.begun", "test:1", actor=None)

    assert db.session.scalars(select(AuditEvent.number)).all() == [1]


@pytest.mark.parametrize("round_", [1, 2])
def test_what_a_test_changes_in_the_tables_themselves_ends_with_it(app, round_):
    with transaction() as session:
        session.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_nothing_is_swept_out_under_somebody_who_still_is_at_work(app, store, data, engine):
    db.engine.dispose()
    store.restore(data)
    assert store.empty() is (engine == "postgres")

    with db.engine.connect() as other:
        other.execute(text("SELECT 1"))

        assert not store.empty()


def test_time_stands_still_until_it_is_moved(app, clock):
    start = wall.now()

    clock.advance(hours=2)

    assert wall.now() - start == timedelta(hours=2)


def test_the_cast_is_ready_and_can_have_appointments(cast, clock):
    made = booking(cast.ben, cast.practice, clock.now() + timedelta(days=1))

    assert made.is_live
    assert cast.sam.is_staff
    assert cast.practice.consult.minutes == 30


def test_what_fails_halfway_leaves_nothing(app):
    def fail_halfway():
        with transaction():
            user("Dana")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    assert db.session.scalar(select(func.count(User.id))) == 0


def test_the_outside_world_cannot_be_reached(no_outside_world):
    with pytest.raises(OSError, match="tried to reach"):
        socket.create_connection(("198.51.100.7", 80), timeout=1)
    with pytest.raises(OSError, match="tried to reach"):
        socket.getaddrinfo("practice.example", 443)

    assert no_outside_world == ["198.51.100.7", "practice.example"]
    no_outside_world.clear()


def test_a_real_mail_server_stands_ready(smtp):
    with smtplib.SMTP("127.0.0.1", smtp.port) as server:
        server.sendmail("us@practice.example", ["ben@people.example"], b"Subject: Hello\r\n\r\nWords\r\n")

    assert [m["Subject"] for m in smtp.to("ben@people.example")] == ["Hello"]
