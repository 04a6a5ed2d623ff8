"""This file knows what happens when hours are saved: the calendar's lock, clear refusals, and nothing booked moves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practice.availability import actions, queries
from practice.availability.actions import Keep
from practice.availability.policy import Limits
from practice.scheduling.hours import WeeklyRange, open_intervals
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.store.db import db
from practice.values.errors import Invalid, NotFound
from tests import factories

CONSULT = OfferKind.CONSULT
TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


def version(practice):
    db.session.rollback()
    return db.session.get_one(Specialist, practice.id, populate_existing=True).calendar_version


def week(practice, kind=""):
    return queries.weekly_ranges(practice.id)[kind]


CHANGES = {
    "week": lambda p: actions.save_week(p, "", []),
    "exception": lambda p: actions.save_exception(p, date(2027, 3, 9), []),
    "exception removed": lambda p: actions.remove_exception(p, date(2027, 3, 9)),
    "time off": lambda p: actions.add_time_off(p, TUESDAY, TUESDAY + timedelta(days=1)),
    "travel": lambda p: actions.add_travel(p, date(2027, 3, 9), None, "Asia/Tokyo"),
    "zone": lambda p: actions.change_zone(p, "Asia/Tokyo", Keep.CLOCK),
    "limits": lambda p: actions.save_limits(p, Limits()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_raises_the_calendars_version(practice, change):
    before = version(practice)

    CHANGES[change](practice)

    assert version(practice) == before + 1


def test_a_refused_change_leaves_everything_as_it_was(practice):
    before = version(practice), week(practice)

    with pytest.raises(Invalid):
        actions.save_hours(practice, {"": [WeeklyRange(0, 60, 120)]}, Limits(gap_before=7))

    assert (version(practice), week(practice)) == before


@pytest.mark.once
@pytest.mark.parametrize(
    ("ranges", "field", "words"),
    [
        ([WeeklyRange(1, 600, 540)], "1", "ends before it starts"),
        ([WeeklyRange(2, 600, 600)], "2", "no length"),
        ([WeeklyRange(4, 540, 660), WeeklyRange(4, 600, 720)], "4", "overlap"),
        ([WeeklyRange(6, 22 * 60, 26 * 60), WeeklyRange(0, 60, 180)], "week", "overlap"),
        ([WeeklyRange(3, 541, 600)], "3", "five minutes"),
        ([WeeklyRange(0, n * 60, n * 60 + 30) for n in range(9)], "0", "at most 8"),
    ],
)
def test_hours_that_make_no_sense_are_refused_beside_their_day(practice, ranges, field, words):
    with pytest.raises(Invalid) as refusal:
        actions.save_week(practice, "", ranges)

    assert words in refusal.value.fields[field]


def test_ranges_that_touch_and_ranges_past_midnight_are_fine(practice):
    ranges = [WeeklyRange(0, 540, 720), WeeklyRange(0, 720, 900), WeeklyRange(4, 22 * 60, 26 * 60)]

    actions.save_week(practice, "", ranges)

    assert week(practice) == ranges


def test_an_unknown_kind_of_offer_is_refused(practice):
    with pytest.raises(Invalid):
        actions.save_week(practice, "séance", [])


def test_a_date_far_away_or_long_past_is_refused(practice):
    for on in (date(2020, 1, 1), date(2040, 1, 1)):
        with pytest.raises(Invalid) as refusal:
            actions.save_exception(practice, on, [])
        assert "on" in refusal.value.fields


def test_saying_a_date_again_replaces_it_and_removing_it_gives_the_week_back(practice):
    on = date(2027, 3, 9)
    actions.save_exception(practice, on, [])
    actions.save_exception(practice, on, [(600, 660)])
    assert [ranges for _, _, ranges in queries.exceptions(practice.id, on)] == [[(600, 660)]]

    actions.remove_exception(practice, on)

    assert queries.exceptions(practice.id, on) == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (TUESDAY, TUESDAY),
        (TUESDAY, TUESDAY - timedelta(days=1)),
        (TUESDAY - timedelta(days=9), TUESDAY - timedelta(days=8)),
        (TUESDAY, TUESDAY + timedelta(days=400)),
        (TUESDAY + timedelta(minutes=2), TUESDAY + timedelta(days=1)),
    ],
)
def test_time_off_that_is_empty_over_endless_or_odd_is_refused(practice, starts_at, ends_at):
    with pytest.raises(Invalid) as refusal:
        actions.add_time_off(practice, starts_at, ends_at)

    assert refusal.value.fields["last_on"]


def test_time_off_closes_hours_and_leaves_the_booking_in_it_alone(practice, cast):
    booking = factories.booking(cast.ben, practice, TUESDAY)

    actions.add_time_off(practice, TUESDAY - timedelta(hours=4), TUESDAY + timedelta(hours=12))

    on = date(2027, 3, 2)
    assert open_intervals(queries.open_hours(practice, CONSULT), on, on) == []
    db.session.refresh(booking)
    assert booking.is_confirmed
    assert booking.starts_at == TUESDAY


def test_another_specialists_time_off_and_travel_do_not_exist_here(practice):
    other = factories.specialist(factories.user("Tess Other"))
    off = actions.add_time_off(practice, TUESDAY, TUESDAY + timedelta(days=1))
    trip = actions.add_travel(practice, date(2027, 3, 9), date(2027, 3, 10), "Asia/Tokyo")

    with pytest.raises(NotFound):
        actions.remove_time_off(other, off.code)
    with pytest.raises(NotFound):
        actions.remove_travel(other, trip.code)

    assert len(queries.absences(practice.id, TUESDAY)) == len(queries.travels(practice.id, date(2027, 3, 1))) == 1


def test_travel_moves_open_hours_to_the_clock_of_the_place(practice):
    actions.add_travel(practice, date(2027, 3, 9), date(2027, 3, 10), "America/New_York")
    hours = queries.open_hours(practice, CONSULT)

    (away,) = open_intervals(hours, date(2027, 3, 9), date(2027, 3, 9))
    (home,) = open_intervals(hours, date(2027, 3, 11), date(2027, 3, 11))

    assert datetime.fromtimestamp(away.starts_at, UTC).hour == 14
    assert datetime.fromtimestamp(home.starts_at, UTC).hour == 8


@pytest.mark.once
@pytest.mark.parametrize(
    ("first", "last", "zone"),
    [
        (date(2027, 3, 9), date(2027, 3, 8), "Asia/Tokyo"),
        (date(2027, 3, 9), date(2027, 3, 10), "Mars/Olympus"),
        (date(2027, 3, 9), date(2027, 3, 10), "../etc/passwd"),
        (date(2027, 2, 1), date(2027, 2, 2), "Asia/Tokyo"),
        (date(2027, 4, 1), None, "Asia/Tokyo"),
        (date(2035, 4, 1), None, "Asia/Tokyo"),
    ],
)
def test_travel_backwards_nowhere_over_or_twice_is_refused(practice, first, last, zone):
    actions.add_travel(practice, date(2027, 4, 1), date(2027, 4, 5), "Asia/Tokyo")

    with pytest.raises(Invalid):
        actions.add_travel(practice, first, last, zone)


def test_moving_home_keeps_the_hours_on_the_clock_and_the_whole_days_of_a_holiday(practice):
    actions.save_week(practice, "", [WeeklyRange(0, 540, 1020)])
    # 10 March in Vienna, from midnight to midnight.
    actions.add_time_off(practice, datetime(2027, 3, 9, 23, tzinfo=UTC), datetime(2027, 3, 10, 23, tzinfo=UTC))

    actions.change_zone(practice, "Asia/Tokyo", Keep.CLOCK)

    (off,) = queries.absences(practice.id, TUESDAY)
    assert week(practice) == [WeeklyRange(0, 540, 1020)]
    assert (off.starts_at, off.ends_at) == (
        datetime(2027, 3, 9, 15, tzinfo=UTC),
        datetime(2027, 3, 10, 15, tzinfo=UTC),
    )


def test_a_holiday_in_summer_has_whole_days_also_where_clocks_do_not_change(practice):
    # 10 July in Vienna, two hours ahead of UTC then and one today.
    actions.add_time_off(practice, datetime(2027, 7, 9, 22, tzinfo=UTC), datetime(2027, 7, 10, 22, tzinfo=UTC))

    actions.change_zone(practice, "Asia/Tokyo", Keep.CLOCK)

    (off,) = queries.absences(practice.id, TUESDAY)
    assert (off.starts_at, off.ends_at) == (
        datetime(2027, 7, 9, 15, tzinfo=UTC),
        datetime(2027, 7, 10, 15, tzinfo=UTC),
    )


def test_moving_home_can_keep_the_instants_also_across_midnight(practice):
    actions.save_week(practice, "", [WeeklyRange(6, 20 * 60, 22 * 60)])
    actions.save_exception(practice, date(2027, 3, 9), [(540, 600)])
    before = open_intervals(queries.open_hours(practice, CONSULT), date(2027, 3, 6), date(2027, 3, 10))

    actions.change_zone(practice, "Asia/Tokyo", Keep.INSTANTS)

    hours = queries.open_hours(practice, CONSULT)
    assert hours.weekly == (WeeklyRange(0, 4 * 60, 6 * 60),)
    assert open_intervals(hours, date(2027, 3, 6), date(2027, 3, 10)) == before


@pytest.mark.once
def test_a_long_range_is_cut_where_it_would_run_on_for_more_than_48_hours(practice):
    from practice.availability.policy import shifted_week

    assert shifted_week([WeeklyRange(0, 600, 2880)], 12 * 60) == [WeeklyRange(0, 1320, 1440), WeeklyRange(1, 0, 2160)]


def test_changing_the_zone_never_moves_what_is_booked(practice, cast):
    booking = factories.booking(cast.ben, practice, TUESDAY)

    actions.change_zone(practice, "Asia/Tokyo", Keep.CLOCK)

    db.session.refresh(booking.appointment)
    assert booking.starts_at == TUESDAY


@pytest.mark.once
@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "posix/Europe/Paris", "Europe/Vienna\x00", "x" * 5000])
def test_a_zone_that_is_none_is_refused(practice, zone):
    with pytest.raises(Invalid) as refusal:
        actions.change_zone(practice, zone, Keep.CLOCK)

    assert "zone" in refusal.value.fields


@pytest.mark.once
@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (Limits(gap_before=-5), "gap_before"),
        (Limits(gap_after=7), "gap_after"),
        (Limits(step=0), "step"),
        (Limits(consult_notice=60), "consult_notice"),
        (Limits(session_horizon=10_000), "session_horizon"),
        (Limits(daily_cap=0), "daily_cap"),
        (Limits(weekly_cap=10**30), "weekly_cap"),
        (Limits(weekly_consults=-1), "weekly_consults"),
    ],
)
def test_limits_out_of_bounds_are_refused_by_name(practice, limits, field):
    with pytest.raises(Invalid) as refusal:
        actions.save_limits(practice, limits)

    assert list(refusal.value.fields) == [field]


def test_whoever_saves_hours_has_confirmed_them(practice, clock):
    clock.advance(days=20)

    actions.confirm_hours(practice)

    assert queries.schedule_of(practice).confirmed_at == clock.now()
