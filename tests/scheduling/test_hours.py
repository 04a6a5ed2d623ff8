"""This file knows how weekly hours, date rules and time off shape open time and where its grid begins."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from practice.scheduling.hours import DateRule, OpenHours, TimeOff, WeeklyRange, covers, open_intervals, openings
from practice.scheduling.slots import open_slots
from tests.scheduling.plan import daily, minute, rules, shown, slots_on, span, utc, weekly, z

MONDAY, TUESDAY, FRIDAY, SATURDAY = (date(2027, 3, day) for day in (1, 2, 5, 6))


def hours_on(on: date, hours: OpenHours) -> list[list[str]]:
    return [z(each) for each in open_intervals(hours, on, on)]


def test_hours_meet_at_midnight_and_a_session_may_run_through_s34() -> None:
    hours = OpenHours("UTC", weekly([4], "22:00-24:00") + weekly([5], "00:00-02:00"))

    found = slots_on(FRIDAY, hours, rules(60, 30))

    assert z(found) == ["22:00Z", "22:30Z", "23:00Z", "23:30Z"]


def test_a_range_may_run_past_midnight_up_to_two_days() -> None:
    night = OpenHours("UTC", weekly([4], "22:00-26:00"))
    long = OpenHours("UTC", weekly([4], "00:00-48:00"))

    assert hours_on(SATURDAY, night) == [["00:00Z", "02:00Z"]]
    assert len(slots_on(SATURDAY, long, rules(60, 60))) == 24


def test_a_date_rule_replaces_the_weekly_hours_s36() -> None:
    hours = OpenHours("UTC", weekly(range(5), "08:00-17:00"), [DateRule(TUESDAY, [span("10:00-15:00")])])

    assert hours_on(TUESDAY, hours) == [["10:00Z", "15:00Z"]]
    assert hours_on(MONDAY, hours) == [["08:00Z", "17:00Z"]]


def test_a_closed_date_is_empty_and_its_neighbours_are_not_s37() -> None:
    hours = OpenHours("UTC", weekly(range(5), "08:00-17:00"), [DateRule(TUESDAY)])

    assert hours_on(TUESDAY, hours) == []
    assert hours_on(MONDAY, hours) == hours_on(TUESDAY + timedelta(days=1), hours) == [["08:00Z", "17:00Z"]]


def test_touching_ranges_are_one_s38() -> None:
    hours = OpenHours("UTC", weekly([0], "09:00-12:00", "12:00-15:00"))

    assert "11:00Z" in z(slots_on(MONDAY, hours, rules(90, 30)))
    assert hours_on(MONDAY, hours) == [["09:00Z", "15:00Z"]]


@pytest.mark.parametrize(
    ("opens", "closes"), [("12:00", "09:00"), ("09:00", "09:00"), ("09:00", "48:05"), ("24:00", "25:00")]
)
def test_broken_ranges_are_ignored_when_computed_s39(opens: str, closes: str) -> None:
    broken = (minute(opens), minute(closes))
    hours = OpenHours("UTC", (WeeklyRange(0, *broken), WeeklyRange(7, 0, 60)), [DateRule(TUESDAY, [broken, (-60, 60)])])

    assert open_intervals(hours, MONDAY, SATURDAY) == []


def test_overlapping_ranges_are_united_s39() -> None:
    hours = OpenHours("UTC", weekly([0], "10:00-14:00", "09:00-12:00"))

    assert hours_on(MONDAY, hours) == [["09:00Z", "14:00Z"]]


def test_a_date_rule_cuts_what_the_day_before_would_spill_into_it_o() -> None:
    hours = OpenHours("UTC", weekly([0], "20:00-30:00"), [DateRule(TUESDAY, [span("05:00-06:00")])])

    assert hours_on(MONDAY, hours) == [["20:00Z", "00:00Z"]]
    assert hours_on(TUESDAY, hours) == [["05:00Z", "06:00Z"]]


def test_a_date_rule_may_itself_run_past_midnight() -> None:
    hours = OpenHours("UTC", (), [DateRule(MONDAY, [span("22:00-26:00")])])

    assert hours_on(TUESDAY, hours) == [["00:00Z", "02:00Z"]]


def test_several_rules_for_one_date_are_united() -> None:
    hours = OpenHours("UTC", (), [DateRule(MONDAY, [span("09:00-10:00")]), DateRule(MONDAY, [span("12:00-13:00")])])

    assert hours_on(MONDAY, hours) == [["09:00Z", "10:00Z"], ["12:00Z", "13:00Z"]]


def test_steps_count_from_the_beginning_of_the_range_d() -> None:
    assert z(slots_on(MONDAY, daily("UTC", "09:10-11:00"), rules(30, 25))) == ["09:10Z", "09:35Z", "10:00Z", "10:25Z"]


def test_the_grid_begins_anew_after_time_off_i() -> None:
    away = TimeOff(datetime(2027, 3, 1, 10, tzinfo=UTC), datetime(2027, 3, 1, 10, 50, tzinfo=UTC))
    hours = daily("UTC", "09:00-12:00", time_off=[away])

    assert z(slots_on(MONDAY, hours, rules(30, 30))) == ["09:00Z", "09:30Z", "10:50Z", "11:20Z"]


def test_empty_and_backward_time_off_counts_for_nothing() -> None:
    at = utc("2027-03-01 10:00")
    hours = daily("UTC", "09:00-12:00", time_off=[TimeOff(at, at), TimeOff(at, at - 3600)])

    assert hours_on(MONDAY, hours) == [["09:00Z", "12:00Z"]]


def test_a_long_run_keeps_the_grid_of_its_beginning_d() -> None:
    hours = OpenHours("UTC", weekly([0], "20:10-48:00") + weekly([2, 3], "00:00-24:00"))

    found = slots_on(date(2027, 3, 4), hours, rules(30, 50))

    assert (found[0] - utc("2027-03-01 20:10")) % 3000 == 0
    assert found == [start for start in range(utc("2027-03-01 20:10"), found[-1] + 1, 3000) if start >= found[0]]


def test_round_the_clock_each_date_anchors_at_its_midnight_j() -> None:
    hours = daily("Europe/Berlin", "00:00-24:00")

    for on in (MONDAY, date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31)):
        found = slots_on(on, hours, rules(60, 50))
        assert shown(found, "Europe/Berlin")[0] == "00:00"
        assert {b - a for a, b in pairwise(found)} == {3000}


def test_round_the_clock_hours_begin_after_time_off_i_j() -> None:
    off = TimeOff(utc("2027-03-01 10:00"), utc("2027-03-01 10:20"))
    hours = daily("UTC", "00:00-24:00", time_off=[off])

    long_after = slots_on(date(2027, 6, 1), hours, rules(60, 50))

    assert (long_after[0] - utc("2027-03-01 10:20")) % 3000 == 0
    assert z(slots_on(MONDAY, hours, rules(60, 50)))[0] == "00:00Z"


def test_the_grid_does_not_depend_on_the_dates_asked_for() -> None:
    hours = OpenHours("UTC", weekly([0], "20:10-48:00") + weekly([2, 3], "00:00-24:00"))

    alone = openings(hours, date(2027, 3, 3), date(2027, 3, 3))

    assert alone == openings(hours, date(2027, 2, 1), date(2027, 3, 4))[-1:]


def test_what_new_hours_leave_outside_is_known_s32() -> None:
    berlin, kolkata = daily("Europe/Berlin", "09:00-17:00"), daily("Asia/Kolkata", "09:00-17:00")
    booked = utc("2027-03-01 15:00"), utc("2027-03-01 16:00")

    assert covers(berlin, *booked)
    assert not covers(kolkata, *booked)
    assert not covers(berlin, booked[0], booked[1] + 300)


def test_no_hours_mean_no_slots() -> None:
    assert open_slots(OpenHours("UTC"), (), rules(30, 30), utc("2027-03-01 00:00")) == []


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2027, 3, 1)

    with pytest.raises(ValueError):
        open_slots(daily("UTC", "09:00-10:00"), (), rules(30, 30), naive)
    with pytest.raises(ValueError):
        open_intervals(daily("UTC", "09:00-10:00", time_off=[TimeOff(naive, naive)]), MONDAY, MONDAY)


def test_equal_hours_are_equal_values() -> None:
    assert daily("UTC", "09:00-10:00") == OpenHours("UTC", list(weekly(range(7), "09:00-10:00")))
    assert hash(daily("UTC", "09:00-10:00")) == hash(daily("UTC", "09:00-10:00"))
