"""What people wrote around an appointment goes when its time is over, and not a day earlier."""

from datetime import timedelta

import pytest

from practice.bookings import jobs
from practice.bookings.models import Booking, Contest
from practice.bookings.states import BookingState, Outcome
from practice.store import retention, vault
from practice.store.db import db, transaction
from tests import factories
from tests.bookings.conftest import WEDNESDAY_TEN

WORDS = {"note_sealed": "n", "prep_sealed": "p", "reason_sealed": "r", "phone_sealed": "0", "topics": ["stress"]} | {
    "location": "CA-ON"
}


@pytest.fixture
def booked(cast):
    return factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN, state=BookingState.COMPLETED, **WORDS).id


def _now(booking_id):
    db.session.rollback()
    db.session.expire_all()
    row = db.session.get_one(Booking, booking_id)
    return {name: getattr(row, name) for name in WORDS}


def test_the_phone_number_goes_a_week_after_the_call(booked, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=30) + retention.PHONE.lasts - timedelta(seconds=1))
    jobs.forget_words()
    assert _now(booked) == WORDS

    clock.advance(seconds=2)
    jobs.forget_words()
    assert _now(booked) == WORDS | {"phone_sealed": None}


def test_what_was_written_goes_three_months_after_the_appointment(booked, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=30) + retention.WORDS.lasts + timedelta(seconds=1))
    assert jobs.forget_words() == 2
    assert jobs.forget_words() == 0

    assert _now(booked) == {**dict.fromkeys(WORDS), "topics": [], "location": ""}


def test_where_somebody_was_goes_also_where_they_wrote_nothing(cast, clock):
    place = factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN, state=BookingState.COMPLETED, location="IE").id
    clock.freeze(WEDNESDAY_TEN + timedelta(days=91))
    jobs.forget_words()

    assert _now(place)["location"] == ""


def test_a_cancelled_appointment_counts_from_its_end(cast, clock):
    far = WEDNESDAY_TEN + timedelta(days=300)
    state = {"state": BookingState.CANCELLED_BY_CLIENT, "ended_at": clock.now()}
    booked = factories.booking(cast.ben, cast.practice, far, **state, **WORDS).id
    clock.advance(days=91)
    jobs.forget_words()

    assert _now(booked)["reason_sealed"] is None


def test_an_appointment_ahead_keeps_its_words_however_long_ago_they_were_written(cast, clock):
    booked = factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN + timedelta(days=300), **WORDS).id
    clock.advance(days=200)
    jobs.forget_words()

    assert _now(booked) == WORDS


def test_words_about_a_missed_call_go_after_the_decision_and_never_before(booked, cast, clock):
    with transaction() as session:
        session.add(Contest(booking_id=booked, by_id=cast.ben.id, words_sealed=vault.seal("w", "c"), code="c" * 22))
    clock.advance(days=400)
    jobs.forget_words()
    assert db.session.scalar(db.select(Contest.words_sealed))

    with transaction() as session:
        session.execute(db.update(Contest).values(outcome=Outcome.UPHELD, decided_at=clock.now()))
    clock.advance(days=91)
    jobs.forget_words()
    assert db.session.scalar(db.select(Contest.words_sealed)) == ""
