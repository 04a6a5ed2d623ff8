"""Migrations make the tables that the models describe, on both engines, and lose no row on the way."""

import hashlib
import shutil
import textwrap
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, insert, inspect, select, text, update

from practice.bookings.models import Appointment, Booking, EntryHolder
from practice.bookings.occupancy import cells
from practice.letters import outbox
from practice.specialists.models import ProfileMove
from practice.store import checks
from practice.store.db import db, transaction
from practice.values import clock as wall
from practice.work import jobs
from tests.databases import MIGRATIONS, build
from tests.factories import booking, cast, specialist, user

from .letters import example


@pytest.fixture
def empty_app(config, engine, store, tmp_path):
    """An application on a database without any table."""
    name = f"empty_{tmp_path.name}"[:60]
    url = f"sqlite:///{tmp_path / 'empty.db'}" if engine == "sqlite" else store.cluster.create(name)
    app = build(replace(config, data=tmp_path, database_url=url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if engine == "postgres":
        store.cluster.drop(name)


@pytest.fixture
def migrated_app(config, engine, store, tmp_path):
    """An application on a database of its own, on which every migration was run."""
    name = f"whole_{tmp_path.name}"[:60]
    app = build(replace(config, data=tmp_path, database_url=store.another(name, tmp_path)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if engine == "postgres":
        store.cluster.drop(name)


@pytest.mark.once
def test_there_is_one_head(engine):
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))

    assert len(ScriptDirectory.from_config(settings).get_heads()) == 1


def test_models_and_migrations_agree(empty_app):
    upgrade(directory=str(MIGRATIONS))

    assert _differences() == []


def test_migrations_go_down_and_up_again(migrated_app):
    downgrade(directory=str(MIGRATIONS), revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    upgrade(directory=str(MIGRATIONS))

    assert left == set()
    assert _differences() == []


def test_migrating_a_filled_database_loses_nothing(migrated_app, clock, tmp_path):
    people = cast()
    booking(people.ben, people.practice, clock.now()).note_move("confirmed", by=people.ben)
    db.session.rollback()
    before = _counts()
    next_step = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    _write_a_step_that_makes_parents_anew(next_step)

    upgrade(directory=str(next_step))

    assert sum(before.values()) > 10
    assert _counts() == before


def test_what_calendars_hold_by_now_is_written_down_as_it_was_computed_then(migrated_app, clock):
    people = cast()
    made = booking(people.ben, people.practice, clock.now())
    code, half = made.code, made.ics_uid.partition("@")[0]
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS), revision="0012")

    upgrade(directory=str(MIGRATIONS))

    held = sorted(db.session.scalars(select(EntryHolder)), key=lambda each: each.side)
    assert db.session.scalar(text("SELECT ics_uid FROM bookings")) == f"{half}@common-ground.example"
    assert [each.mailbox for each in held] == ["ben@people.example", "anna@people.example"]
    for each in held:
        route = hashlib.sha256(f"{code}:{each.side}".encode()).hexdigest()[:20]
        assert each.organizer == f"appointments+{route}@common-ground.example"
        assert route not in each.route


def test_whoever_was_there_before_is_called_by_a_first_name(migrated_app):
    cast()
    db.session.execute(text("UPDATE specialists SET name = 'Dr. Anna Weiss'"))
    db.session.commit()
    downgrade(directory=str(MIGRATIONS), revision="0016")

    upgrade(directory=str(MIGRATIONS))

    assert db.session.scalar(text("SELECT called FROM specialists")) == "Anna"


def test_what_was_offered_before_has_the_usual_rule_and_begins_with_a_consultation(migrated_app):
    cast()
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS), revision="0033")

    upgrade(directory=str(MIGRATIONS))

    found = db.session.execute(text("SELECT kind, cancel_rule, consult_first, lower_count FROM offers ORDER BY kind"))
    assert [tuple(row) for row in found] == [("consult", None, False, 0), ("individual", "24h:100 4h:50", True, 0)]


def test_reasons_that_were_plain_are_sealed_and_can_be_plain_again(migrated_app, clock):
    people = cast()
    with transaction():
        booking(people.ben, people.practice, clock.now()).granted_because = "Their bus broke down"
        people.practice.move_to("paused", by=people.sam, reason="A long illness")
    downgrade(directory=str(MIGRATIONS), revision="0021")
    plain = text("SELECT granted_because, reason FROM bookings, profile_moves")
    assert db.session.execute(plain).all() == [("Their bus broke down", "A long illness")]
    db.session.rollback()

    upgrade(directory=str(MIGRATIONS))

    assert db.session.scalars(select(Booking)).one().granted_because == "Their bus broke down"
    move = db.session.scalars(select(ProfileMove)).one()
    assert (move.reason, "illness" in move.reason_sealed, len(move.code)) == ("A long illness", False, 22)


def test_whoever_was_there_before_is_found_by_plain_letters(migrated_app):
    cast()
    db.session.execute(text("UPDATE specialists SET name = 'Łukasz'"))
    db.session.commit()
    downgrade(directory=str(MIGRATIONS), revision="0022")

    upgrade(directory=str(MIGRATIONS))

    assert db.session.scalar(text("SELECT name_folded FROM specialists")) == "lukasz"


def test_letters_that_wait_find_the_line_they_belong_to(migrated_app, clock):
    people = cast()
    with transaction():
        for key in ("booking:7:moved:2", "strike:3:2027", "welcome:abc"):
            outbox.enqueue_mail(key, "accounts/welcome", people.ben, {})
    downgrade(directory=str(MIGRATIONS), revision="0008")

    upgrade(directory=str(MIGRATIONS))

    found = dict(db.session.execute(text("SELECT event_key, about FROM outbox_mail")).all())
    assert found == {"booking:7:moved:2": "booking:7", "strike:3:2027": "strike:3", "welcome:abc": "welcome:abc"}


def test_letters_about_a_contest_are_called_by_what_became_of_the_mark(migrated_app, clock):
    people = cast()
    facts = {"stays": example("bookings/mark_stays"), "changed": example("bookings/mark_changed")}
    with transaction():
        for what, known in facts.items():
            outbox.enqueue_mail(f"booking:7:{what}", f"bookings/mark_{what}", people.ben, known)
    names = text("SELECT event_key, template FROM outbox_mail")
    downgrade(directory=str(MIGRATIONS), revision="0025")
    before = dict(db.session.execute(names).all())
    db.session.rollback()

    upgrade(directory=str(MIGRATIONS))

    assert before == {"booking:7:stays": "bookings/contest_refused", "booking:7:changed": "bookings/contest_upheld"}
    after = {"booking:7:stays": "bookings/mark_stays", "booking:7:changed": "bookings/mark_changed"}
    assert dict(db.session.execute(names).all()) == after


def test_what_was_one_booking_becomes_an_appointment_with_one_place_under_the_same_name(migrated_app, clock):
    people = cast()
    stands = booking(people.ben, people.practice, clock.now())
    held = booking(people.cleo, people.practice, clock.now() + timedelta(hours=1), state="held")
    gone = booking(people.cleo, people.practice, clock.now() + timedelta(hours=2), state="cancelled_by_client")
    known = {each.id: each.ics_uid for each in (stands, held, gone)}
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS), revision="0024")
    before = text("SELECT side, count(*), count(booking_id) FROM occupancy GROUP BY side ORDER BY side")
    as_it_was = [tuple(row) for row in db.session.execute(before)]
    db.session.rollback()

    upgrade(directory=str(MIGRATIONS))

    rows = db.session.scalars(select(Booking).order_by(Booking.id)).all()
    assert as_it_was == [(0, 12, 12), (1, 6, 6)]
    assert {each.id: each.appointment.ics_uid for each in rows} == {each.id: each.ics_uid for each in rows} == known
    assert [(each.place, each.appointment.capacity) for each in rows] == [(1, 1), (1, 1), (None, 1)]
    assert not [fault for fault in checks.faults() if fault.startswith("Cell")]


def test_who_was_a_specialist_and_a_client_at_once_keeps_what_was_confirmed_first(migrated_app, clock):
    people, now = cast(), clock.now()
    ilse = specialist(user("Ilse"))
    first = booking(people.ben, people.practice, now)
    booking(people.ben, ilse, now + timedelta(hours=5))
    clock.advance(minutes=1)
    second, gives_way, alone = (
        booking(people.anna, ilse, now + timedelta(hours=1)),
        booking(people.anna, ilse, now + timedelta(hours=2), state="held"),
        booking(people.anna, ilse, now + timedelta(hours=3), state="held"),
    )
    third = booking(people.cleo, people.practice, now + timedelta(hours=4))
    known = {"first": first.appointment_id, "second": second.id, "third": third.appointment_id}
    codes = {"first": first.appointment.code, "second": second.code}
    holds = gives_way.id, alone.id
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS), revision="0028")
    _put_at(now + timedelta(minutes=10), known["second"])
    _put_at(now + timedelta(hours=4), holds[0])

    upgrade(directory=str(MIGRATIONS))

    faults = [each for each in checks.faults() if "overlap" in each or each.startswith("Cell")]
    assert faults == [f"Two appointments of one person overlap: {codes['first']} and {codes['second']}."]
    rows = db.session.execute(
        text("SELECT appointment_id, booking_id FROM occupancy WHERE person_id = :anna"), {"anna": people.anna.id}
    ).all()
    kept = Counter(rows)
    assert kept == {
        (known["first"], None): 6,
        (None, known["second"]): 2,
        (known["third"], None): 6,
        (None, holds[1]): 6,
    }
    held = db.session.scalars(select(Booking).where(Booking.state == "held")).all()
    assert {each.id: each.held_until > clock.now() for each in held} == {holds[0]: False, holds[1]: True}


def _put_at(start, booking_id):
    """What could be before: a client's appointment, cells and all, at a time of their own practice."""
    found = {"id": booking_id, "start": start, "end": start + timedelta(minutes=30)}
    appointment = "(SELECT appointment_id FROM bookings WHERE id = :id)"
    first = cells(start, start).start
    with transaction() as session:
        session.execute(
            update(Appointment)
            .where(Appointment.id == select(Booking.appointment_id).where(Booking.id == booking_id).scalar_subquery())
            .values(starts_at=found["start"], ends_at=found["end"])
        )
        for mine, key in (("booking_id", ":id"), ("appointment_id", appointment)):
            low = session.execute(text(f"SELECT min(cell) FROM occupancy WHERE {mine} = {key}"), {"id": booking_id})
            by = first - low.scalar_one()
            session.execute(
                text(f"UPDATE occupancy SET cell = cell + :by WHERE {mine} = {key}"), {"id": booking_id, "by": by}
            )


@pytest.mark.parametrize("table", ["bookings", "appointments", "occupancy", "offers"])
def test_the_database_itself_refuses_what_is_senseless(app, table):
    assert inspect(db.engine).get_check_constraints(table)


def _differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def _counts() -> dict[str, int]:
    db.session.rollback()
    tables = [t for t in db.metadata.sorted_tables if inspect(db.engine).has_table(t.name)]
    return {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in tables}


def _write_a_step_that_makes_parents_anew(folder) -> None:
    """A next revision like those to come: SQLite has to build the table anew, and its children must not go with it."""
    head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    db.session.rollback()
    body = f"""
        import sqlalchemy as sa
        from alembic import op

        revision, down_revision = "next_step", "{head}"
        branch_labels = depends_on = None


        def upgrade():
            for table in ("user", "specialists", "appointments", "bookings"):
                with op.batch_alter_table(table, recreate="auto") as batch:
                    batch.add_column(sa.Column("added_later", sa.Integer(), nullable=True))
                    batch.alter_column("id", existing_type=sa.Integer(), nullable=False)


        def downgrade():
            raise AssertionError
        """
    (folder / "versions" / "next_step.py").write_text(textwrap.dedent(body))


def test_the_queue_that_woke_the_workers_is_gone_and_their_sweeps_go_on_under_their_new_name(empty_app):
    upgrade(directory=str(MIGRATIONS), revision="0023")
    with transaction() as session:
        for name, runs in (("jobs.heartbeat", 7), ("jobs.note_audit_head", 3), ("work.note_audit_head", 1)):
            session.execute(insert(jobs.SweepRun).values(name=name, due_at=wall.now(), runs=runs, failures=0))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("CREATE SCHEMA wake CREATE TABLE huey_task (id bigint)"))

    upgrade(directory=str(MIGRATIONS), revision="0024")

    rows = {row.name: row.runs for row in db.session.scalars(select(jobs.SweepRun))}
    assert rows == {"work.heartbeat": 7, "work.note_audit_head": 1}
    assert "wake" not in inspect(db.engine).get_schema_names()
