"""The check-up finds what must never be, however it came about, and nothing on a healthy database."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, or_, text, update

from practice.bookings import actions, checks, queries
from practice.bookings.actions import Details, Visitor
from practice.bookings.models import Appointment, Booking
from practice.bookings.occupancy import Occupancy
from practice.bookings.states import BookingState
from practice.letters.outbox import OutboxMail
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import specialist, user


@pytest.fixture
def booked(cast):
    """Ben's consultation with Anna on Wednesday at ten, made by the product."""
    return actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, Details(format="video"))


def break_by(statement):
    with transaction() as session:
        session.execute(statement)
    db.session.rollback()


def without_cells(booking):
    own = (Occupancy.booking_id == booking.id, Occupancy.appointment_id == booking.appointment_id)
    break_by(delete(Occupancy).where(or_(*own)))


def test_a_healthy_database_has_no_faults(booked, cast):
    actions.hold(queries.chosen_offer("anna-kern").offer, THURSDAY_TEN, Visitor(cast.cleo, "b", "n", "UTC"))
    actions.cancel(booked, by=cast.ben)

    assert faults() == []


def test_two_bookings_of_one_specialist_at_once_are_found(booked, cast):
    other = stored(cast.cleo, cast.practice, THURSDAY_TEN)
    without_cells(other)
    move(other, WEDNESDAY_TEN + timedelta(minutes=15))

    assert any("one specialist overlap" in fault for fault in faults())


def test_two_bookings_of_one_client_at_once_are_found(booked, cast):
    other = stored(cast.ben, specialist(user("Berta"), slug="berta"), THURSDAY_TEN)
    without_cells(other)
    move(other, WEDNESDAY_TEN)

    assert any("one client overlap" in fault for fault in faults())


def test_somebody_who_is_a_specialist_and_a_client_at_once_is_found(booked, cast):
    other = stored(cast.anna, specialist(user("Berta"), slug="berta"), THURSDAY_TEN)
    without_cells(other)
    move(other, WEDNESDAY_TEN)

    found = [fault for fault in faults() if "overlap" in fault]

    assert len(found) == 1
    assert found[0].startswith("Two appointments of one person overlap: ")
    assert booked.appointment.code in found[0]
    assert other.code in found[0]


def test_bookings_that_only_touch_are_no_fault(booked, cast):
    actions.book(
        cast.cleo,
        queries.chosen_offer("anna-kern").offer,
        WEDNESDAY_TEN + timedelta(minutes=30),
        Details(format="video"),
    )

    assert faults() == []


def test_time_that_is_not_kept_for_its_booking_is_found(booked):
    without_cells(booked)

    assert sum("is kept for nobody, but belongs to" in fault for fault in faults()) == 12


def test_time_that_is_kept_for_nobody_is_found(booked):
    break_by(update(Booking).values(state=BookingState.CANCELLED_BY_CLIENT, claims_pair=False))

    assert any("but belongs to nobody" in fault for fault in faults())


def test_a_second_free_consultation_of_a_pair_is_found(booked, cast):
    break_by(text("DROP INDEX uq_bookings_consult_pair"))
    stored(cast.ben, cast.practice, THURSDAY_TEN)

    assert any("2 free consultations" in fault for fault in faults())


def test_a_hold_that_outlives_its_limit_is_found(cast, clock):
    actions.hold(queries.chosen_offer("anna-kern").offer, THURSDAY_TEN, Visitor(cast.ben, "b", "n", "UTC"))
    fresh = faults()
    clock.advance(hours=2)

    assert fresh == []
    assert any("was not swept away" in fault for fault in faults())


def test_a_booking_without_its_letters_is_found(booked):
    break_by(delete(OutboxMail).where(OutboxMail.template == "bookings/booked"))

    assert faults() == [f"There should be letters about booking:{booked.id}:booked and there are not."]


def test_a_letter_that_nobody_tries_to_send_is_found(booked, clock):
    clock.advance(hours=2)

    assert any("nobody tried to send it" in fault for fault in faults())


def test_a_log_that_was_tampered_with_is_found(booked):
    break_by(text("UPDATE audit_head SET chain = 'x'"))

    assert any("audit log" in fault for fault in faults())


def test_the_command_names_the_faults_and_fails(app, booked):
    healthy = app.test_cli_runner().invoke(args=["check-up"])
    without_cells(booked)
    broken = app.test_cli_runner().invoke(args=["check-up"])

    assert (healthy.exit_code, healthy.output) == (0, "Everything holds.\n")
    assert broken.exit_code == 1
    assert "12 faults" in broken.output


def move(booking, to):
    """A booking is put somewhere behind the product's back."""
    times = {"starts_at": to, "ends_at": to + timedelta(minutes=30)}
    break_by(update(Appointment).where(Appointment.id == booking.appointment_id).values(**times))


@pytest.mark.once
def test_the_check_up_reads_all_letters_once_and_not_once_for_each_event(app):
    asked = checks._missing_letters().compile(db.engine, compile_kwargs={"literal_binds": True})

    plan = [row.detail for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]

    assert plan
    assert not [step for step in plan if "CORRELATED" in step]
