"""What happens to bookings without a browser: reminders, release, closing; late, twice, and never too much."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from practice.bookings import actions, emails, jobs, queries
from practice.bookings.models import Appointment, Booking, EntryHolder
from practice.bookings.states import BookingState
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import open_hours, specialist, user

S = BookingState


@pytest.fixture
def booked(cast, app):
    """Booked on Monday morning for Thursday: more than 48 hours ahead."""
    offer = queries.chosen_offer("anna-kern").offer
    return actions.book(cast.ben, offer, THURSDAY_TEN, actions.Details(format="video"))


def _reminders(outbox, person):
    return [kind for kind in outbox.kinds_to(person) if "reminder" in kind]


def test_a_reminder_leaves_a_day_and_an_hour_before_once_however_often_the_sweep_runs(booked, cast, clock, outbox):
    clock.freeze(THURSDAY_TEN - timedelta(hours=24, seconds=1))
    jobs.remind()
    before = _reminders(outbox, cast.ben)
    for hours in (24, 23, 1, 1):
        clock.freeze(THURSDAY_TEN - timedelta(hours=hours))
        jobs.remind()
        jobs.remind()

    assert before == []
    assert _reminders(outbox, cast.ben) == ["bookings/reminder_day", "bookings/reminder_hour"]
    assert _reminders(outbox, cast.anna) == ["bookings/reminder_day", "bookings/reminder_hour"]


@pytest.mark.parametrize(("zone", "names"), [("Europe/London", False), ("Europe/Vienna", True)])
def test_a_letter_names_the_others_clock_only_where_it_shows_something_else(booked, cast, clock, outbox, zone, names):
    clock.freeze(THURSDAY_TEN - timedelta(hours=24))
    with transaction():
        cast.ben.zone, cast.anna.zone = zone, "Europe/Dublin"
    jobs.remind()

    said = [outbox.read(outbox.last_to(each)).text for each in (cast.ben, cast.anna)]
    assert ["that is" in each for each in said] == [names, names]


def test_a_booking_made_twenty_hours_ahead_gets_only_the_later_reminder(cast, app, clock, outbox):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=20))
    actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, actions.Details(format="video"))
    for hours in (20, 10, 1):
        clock.freeze(WEDNESDAY_TEN - timedelta(hours=hours))
        jobs.remind()

    assert _reminders(outbox, cast.ben) == ["bookings/reminder_hour"]


def test_nothing_reminds_of_a_cancelled_or_begun_appointment(booked, cast, clock, outbox):
    clock.freeze(THURSDAY_TEN)
    jobs.remind()
    clock.freeze(THURSDAY_TEN - timedelta(hours=3))
    actions.cancel(booked, by=cast.ben)
    clock.freeze(THURSDAY_TEN - timedelta(hours=1))
    jobs.remind()

    assert _reminders(outbox, cast.ben) == []


def test_no_reminder_is_decided_on_behind_a_cancellation(booked, cast, clock, outbox, monkeypatch):
    """The sweep has read the booking; before it writes, the client cancels."""
    clock.freeze(THURSDAY_TEN - timedelta(hours=24))
    found = queries.confirmed_between(clock.now(), clock.now() + timedelta(hours=24))
    monkeypatch.setattr(queries, "confirmed_between", lambda *_: found)
    actions.cancel(booked, by=cast.ben)
    jobs.remind()

    assert _reminders(outbox, cast.ben) == []


def test_a_new_address_takes_no_reminder_away(booked, cast, clock, outbox):
    with transaction():
        db.session.execute(db.delete(EntryHolder))  # nobody was written to about it yet
        emails.booked(booked)
    clock.freeze(THURSDAY_TEN - timedelta(hours=24) + timedelta(seconds=30))
    with transaction():
        cast.ben.email = "ben@new.example"
    jobs.keep_entries()
    jobs.remind()

    assert _reminders(outbox, cast.ben) == ["bookings/reminder_day"]


def test_a_moved_booking_reminds_at_its_new_time(booked, cast, clock, outbox):
    actions.move(booked, THURSDAY_TEN + timedelta(hours=5), by=cast.ben)
    clock.freeze(THURSDAY_TEN - timedelta(hours=24))
    jobs.remind()
    early = _reminders(outbox, cast.ben)
    clock.advance(hours=5)
    jobs.remind()

    assert early == []
    assert _reminders(outbox, cast.ben) == ["bookings/reminder_day"]


@pytest.mark.parametrize("missed_one", [True, False], ids=["missed one before", "never missed one"])
def test_the_reminder_says_by_when_an_answer_is_needed_if_it_is(booked, cast, clock, outbox, missed_one):
    if missed_one:
        stored(cast.ben, specialist(user("Berta"), slug="berta"), TUESDAY_NINE, state=S.CLIENT_MISSED)
    clock.freeze(THURSDAY_TEN - timedelta(hours=24))
    jobs.remind()
    letter = outbox.read(outbox.last_to(cast.ben))

    for words in (letter.text, letter.html):
        assert ("without an answer this time goes to somebody else" in words) == missed_one


def test_the_hour_reminder_can_be_switched_off_and_the_day_reminder_stays(booked, cast, clock, outbox, app):
    with transaction():
        cast.ben.reminders = False
    for hours in (24, 1):
        clock.freeze(THURSDAY_TEN - timedelta(hours=hours))
        jobs.remind()

    assert _reminders(outbox, cast.ben) == ["bookings/reminder_day"]


def test_a_booking_that_nobody_reconfirmed_is_shown_and_kept(booked, cast, clock, outbox):
    clock.freeze(THURSDAY_TEN - timedelta(hours=4))
    jobs.look_after_unconfirmed()
    jobs.look_after_unconfirmed()

    assert booked.state == S.CONFIRMED
    assert outbox.kinds_to(cast.anna).count("bookings/not_reconfirmed") == 1


def test_an_answer_in_the_last_moment_keeps_the_place(booked, cast):
    actions.reconfirm(booked, by=cast.ben)

    actions.release_unconfirmed(booked)  # by a sweep that had read the booking just before

    assert booked.state == BookingState.CONFIRMED


def test_a_reconfirmed_booking_is_left_alone(booked, cast, clock, outbox):
    actions.reconfirm(booked, by=cast.ben)
    clock.freeze(THURSDAY_TEN - timedelta(hours=4))
    jobs.look_after_unconfirmed()

    assert "bookings/not_reconfirmed" not in outbox.kinds_to(cast.anna)


def test_the_time_goes_back_only_from_somebody_who_missed_one_before(booked, cast, clock, outbox):
    stored(cast.ben, specialist(user("Berta"), slug="berta"), TUESDAY_NINE, state=S.CLIENT_MISSED)
    clock.freeze(THURSDAY_TEN - timedelta(hours=4))
    jobs.look_after_unconfirmed()

    assert booked.state == S.RELEASED
    assert not booked.claims_pair
    assert outbox.last_to(cast.ben).template == "bookings/cancelled"


@pytest.mark.parametrize("missed", [0, 1, 2])
def test_whoever_took_another_time_less_than_a_day_ahead_is_neither_nagged_nor_released(
    booked, cast, clock, outbox, missed
):
    for n in range(missed):
        stored(
            cast.ben,
            specialist(user(f"Berta{n}"), slug=f"berta{n}"),
            TUESDAY_NINE + timedelta(hours=n),
            state=S.CLIENT_MISSED,
        )
    clock.freeze(THURSDAY_TEN - timedelta(hours=23))
    offered = actions.propose(booked, [THURSDAY_TEN + timedelta(hours=n) for n in (1, 2)], by=cast.anna)
    actions.accept_proposal(offered, THURSDAY_TEN + timedelta(hours=1), by=cast.ben)
    clock.freeze(THURSDAY_TEN - timedelta(hours=3))
    jobs.remind()
    jobs.look_after_unconfirmed()

    assert queries.released_at(booked) is None
    assert booked.state == S.CONFIRMED
    assert "bookings/not_reconfirmed" not in outbox.kinds_to(cast.anna)


@pytest.mark.parametrize("days", [1, 4], ids=["a day on", "so far on that it is asked about again"])
@pytest.mark.parametrize("missed", [0, 1])
def test_a_time_taken_behind_the_sweep_is_neither_released_nor_told_of(
    booked, cast, clock, outbox, monkeypatch, days, missed
):
    """The sweep has read the booking; before it writes, the client moves it."""
    for _ in range(missed):
        stored(cast.ben, specialist(user("Berta"), slug="berta"), TUESDAY_NINE, state=S.CLIENT_MISSED)
    clock.freeze(THURSDAY_TEN - timedelta(hours=4))
    found = queries.confirmed_between(clock.now(), THURSDAY_TEN)
    monkeypatch.setattr(queries, "confirmed_between", lambda *_: found)
    actions.move(booked, THURSDAY_TEN + timedelta(days=days), by=cast.ben)
    jobs.look_after_unconfirmed()

    assert booked.state == S.CONFIRMED
    assert "bookings/not_reconfirmed" not in outbox.kinds_to(cast.anna)


def test_only_somebody_who_missed_one_before_loses_a_time_that_nobody_confirmed(booked, clock):
    clock.freeze(THURSDAY_TEN - timedelta(hours=4))

    actions.release_unconfirmed(booked)

    assert booked.state == S.CONFIRMED


@pytest.mark.parametrize("sweep", [jobs.remind, jobs.look_after_unconfirmed])
def test_what_was_written_is_not_written_again_every_minute(cast, app, clock, questions, sweep):
    """As many questions for three bookings as for one, and none that changes anything."""
    for hour in range(3):
        stored(user(f"Client{hour} Q"), cast.practice, THURSDAY_TEN + timedelta(hours=hour))
    clock.freeze(THURSDAY_TEN - timedelta(minutes=50))
    sweep()
    questions.clear()
    sweep()

    assert not [each for each in questions if not each.startswith("SELECT")]
    assert not [each for each in questions if "FOR UPDATE" in each]
    assert len(questions) <= 6


def test_holds_end_by_themselves(cast, app, clock):
    visitor = actions.Visitor(cast.ben, "b", "n", "Europe/Dublin")
    held = actions.hold(queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, visitor)
    clock.advance(minutes=15)
    jobs.expire_holds()

    assert held.state == S.EXPIRED
    assert int(WEDNESDAY_TEN.timestamp()) in queries.starts_for(cast.practice.consult)


def test_holds_that_came_to_nothing_are_forgotten_after_a_month(cast, app, clock):
    visitor = actions.Visitor(None, "b", "n", "Europe/Dublin")
    actions.hold(queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, visitor)
    clock.advance(minutes=11)
    jobs.expire_holds()
    clock.advance(days=31)
    jobs.forget_old_holds()

    assert db.session.scalar(select(func.count(Booking.id))) == 0
    assert db.session.scalar(select(func.count(Appointment.id))) == 0


def test_unknown_visitors_hold_ten_minutes_and_never_one_of_the_last_two_times_of_a_day(cast, app, clock):
    offer = queries.chosen_offer("anna-kern").offer
    visitor = actions.Visitor(None, "b", "n", "Europe/Dublin")
    held = actions.hold(offer, WEDNESDAY_TEN, visitor)
    until = held.held_until
    open_hours(cast.practice, zone="Europe/Vienna", hours=(9 * 60, 9 * 60 + 45))
    scarce = actions.hold(offer, WEDNESDAY_TEN - timedelta(hours=1), visitor)

    assert until == clock.now() + timedelta(minutes=10)
    assert scarce is None


def test_one_network_holds_six_times_at_most_before_sign_in(cast, app):
    for name in ("Berta", "Carla"):
        specialist(user(name, zone="Europe/Vienna"), slug=name.lower())
    offers = [queries.chosen_offer(slug).offer for slug in ("anna-kern", "berta", "carla")]
    held = [
        actions.hold(offers[n % 3], WEDNESDAY_TEN + timedelta(hours=n), actions.Visitor(None, f"b{n}", "net", "UTC"))
        for n in range(7)
    ]

    assert [each is not None for each in held] == [True] * 6 + [False]


def test_when_a_country_changes_its_clocks_the_agreed_hour_stays_and_both_are_told(booked, cast, clock, outbox):
    with transaction():
        # As if Vienna had stood an hour further west when the booking was made.
        booked.appointment.local_start = "2027-03-04T11:00+0"
    clock.advance(hours=6)
    jobs.keep_wall_clocks()
    jobs.keep_wall_clocks()

    assert booked.starts_at == THURSDAY_TEN + timedelta(hours=1)
    assert booked.ics_sequence == 1
    assert outbox.kinds_to(cast.ben).count("bookings/moved") == 1
    assert outbox.kinds_to(cast.anna).count("bookings/moved") == 1
