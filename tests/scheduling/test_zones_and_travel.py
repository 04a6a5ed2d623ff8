"""This file knows how slots look from another zone, and where a day belongs while the specialist travels."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from practice.scheduling.hours import DateRule, OpenHours, Travel, local_day, open_intervals, week_of
from practice.scheduling.slots import Busy, open_slots
from practice.scheduling.zone_names import is_zone, older_names, places, present
from practice.scheduling.zones import UnknownZone, local_isoformat, wall_to_instant, zone_of
from tests.scheduling.plan import daily, rules, shown, slots_on, span, utc, weekly, z

BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
TRIPS = (
    Travel(date(2027, 1, 5), date(2027, 1, 8), NEW_YORK),
    Travel(date(2027, 1, 11), None, KOLKATA),
)


def test_a_grid_begins_at_the_local_half_hour_s23() -> None:
    found = slots_on(date(2026, 12, 1), daily(KOLKATA, "09:30-18:00"), rules(30, 45))

    assert len(found) == 11
    assert (z(found)[:3], z(found)[-1]) == (["04:00Z", "04:45Z", "05:30Z"], "11:30Z")


def test_a_zone_may_stand_at_a_quarter_s25() -> None:
    found = slots_on(date(2026, 12, 1), daily("Asia/Kathmandu", "09:00-12:00"), rules(60, 60))

    assert z(found) == ["03:15Z", "04:15Z", "05:15Z"]


def test_a_slot_stands_under_the_readers_date_s27() -> None:
    hours = OpenHours("Pacific/Auckland", weekly([0], "08:00-09:00"))

    found = slots_on(date(2026, 12, 7), hours, rules(60, 60))

    assert local_isoformat(found, "America/Los_Angeles") == ["2026-12-06T11:00:00-08:00"]


def test_another_zone_relabels_the_same_instant_s29() -> None:
    chosen = slots_on(date(2026, 12, 17), daily(BERLIN, "23:00-24:00"), rules(60, 60))

    assert local_isoformat(chosen, BERLIN) == ["2026-12-17T23:00:00+01:00"]
    assert local_isoformat(chosen, KOLKATA) == ["2026-12-18T03:30:00+05:30"]


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Base", "america/new_york/..", "../etc/passwd", "right/UTC", "America", "a\0b", "x" * 9999]
)
def test_a_bogus_zone_is_never_used_s30(name: str | None) -> None:
    assert present(name) is None
    assert not is_zone(name)
    with pytest.raises(UnknownZone):
        zone_of(name or "")
    with pytest.raises(ValueError):
        open_slots(daily(name or "", "09:00-10:00"), (), rules(30, 30), 0)


@pytest.mark.parametrize(
    ("said", "today"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Africa/Asmera", "Africa/Asmara"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("+03:00", "Etc/GMT-3"),
        ("-03:00", "Etc/GMT+3"),
        ("UTC+3", "Etc/GMT-3"),
        ("+05:30", "Asia/Kolkata"),
        ("+00:00", "UTC"),
        ("Zulu", "UTC"),
        ("GMT", "UTC"),
        ("Etc/UTC", "UTC"),
        ("PST8PDT", "America/Los_Angeles"),
        ("EST", "America/Panama"),
        ("Africa/Accra", "Africa/Accra"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),
    ],
)
def test_a_zone_goes_by_the_name_it_has_today(said: str, today: str) -> None:
    assert present(said) == today


@pytest.mark.parametrize(
    "name", ["localtime", "Factory", "posixrules", "posix/Europe/Rome", "Etc/Unknown", "+25:00", "+05:17", "Etc/GMT+20"]
)
def test_what_names_no_place_is_no_zone(name: str) -> None:
    assert present(name) is None


def test_every_zone_that_may_be_stored_can_be_reckoned_with() -> None:
    for name in (*places(), *(new for _, new in older_names())):
        assert present(name) == name
        assert zone_of(name).key == name


def test_hours_follow_the_specialist_s31() -> None:
    hours = daily(BERLIN, "09:00-17:00", travel=TRIPS)

    found = [open_intervals(hours, on, on) for on in (date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 12))]

    assert [z(each) for (each,) in found] == [["08:00Z", "16:00Z"], ["14:00Z", "22:00Z"], ["03:30Z", "11:30Z"]]


@pytest.mark.parametrize(
    ("instant", "on"),
    [
        ("2027-01-04 22:59", date(2027, 1, 4)),
        ("2027-01-04 23:00", date(2027, 1, 5)),  # midnight in Berlin: the fourth is over, New York's fifth to come
        ("2027-01-06 03:00", date(2027, 1, 5)),  # 22:00 in New York
        ("2027-01-09 02:00", date(2027, 1, 8)),  # still the eighth in New York, where it is spent
        ("2027-01-09 05:00", date(2027, 1, 9)),
        ("2027-01-10 22:00", date(2027, 1, 10)),  # the tenth ends in Berlin before the eleventh in Kolkata counts
        ("2027-01-12 20:00", date(2027, 1, 13)),
    ],
)
def test_a_day_lasts_until_its_own_midnight_where_it_is_spent_k(instant: str, on: date) -> None:
    assert local_day(utc(instant), daily(BERLIN, travel=TRIPS)) == on


def test_caps_count_in_the_zone_in_force_k() -> None:
    hours = daily(BERLIN, "18:00-23:00", travel=TRIPS)
    evening = utc("2027-01-07 02:00")  # the sixth, 21:00, in New York; the seventh in Berlin
    busy = [Busy(evening, evening + 3600)]

    found = open_slots(hours, busy, rules(60, 60, daily_cap=1), utc("2027-01-06 06:00"), (evening - 9000, 1 << 40))

    assert local_day(found[0], hours) == date(2027, 1, 7)


def test_an_override_abroad_owns_the_day_abroad_o() -> None:
    hours = daily(BERLIN, "09:00-17:00", travel=TRIPS, date_rules=[DateRule(date(2027, 1, 6), [span("10:00-11:00")])])

    assert [z(each) for each in open_intervals(hours, date(2027, 1, 6), date(2027, 1, 6))] == [["15:00Z", "16:00Z"]]


def test_a_closed_last_day_at_home_takes_nothing_from_the_first_day_abroad_o() -> None:
    """Tuesday's hours in Tokyo lie within Monday in New York; they are Tuesday's all the same."""
    abroad = Travel(date(2027, 1, 5), None, "Asia/Tokyo")
    hours = OpenHours(NEW_YORK, weekly(range(5), "09:00-17:00"), [DateRule(date(2027, 1, 4))], (), [abroad])

    found = open_slots(
        hours, (), rules(60, 60), utc("2027-01-03 00:00"), (utc("2027-01-04 15:00"), utc("2027-01-05 15:00"))
    )

    assert shown(found, "Asia/Tokyo") == [f"{hour:02d}:00" for hour in range(9, 17)]


def test_a_rule_on_the_first_day_abroad_cuts_what_the_last_night_at_home_spills_into_it_o() -> None:
    abroad = Travel(date(2027, 1, 5), None, "Asia/Tokyo")
    closed = DateRule(date(2027, 1, 5))
    hours = OpenHours(NEW_YORK, weekly([0], "09:00-26:00"), [closed], (), [abroad])

    assert [z(each) for each in open_intervals(hours, date(2027, 1, 4), date(2027, 1, 5))] == [["14:00Z", "05:00Z"]]


def test_round_the_clock_each_date_anchors_at_the_midnight_of_its_zone_j() -> None:
    hours = daily(BERLIN, "00:00-24:00", travel=[Travel(date(2027, 1, 11), None, KOLKATA)])

    found = slots_on(date(2027, 1, 13), daily(KOLKATA, "00:00-24:00"), rules(30, 50))

    assert shown(found, KOLKATA)[:2] == ["00:00", "00:50"]
    abroad = open_slots(hours, (), rules(30, 50), utc("2027-01-12 18:30"), (utc("2027-01-12 18:30"), found[-1] + 1))
    assert abroad == found


def test_a_week_begins_on_monday() -> None:
    assert week_of(date(2027, 3, 14)) == date(2027, 3, 8)
    assert week_of(date(2027, 3, 8)) == date(2027, 3, 8)


@pytest.mark.parametrize(
    "zone", [NEW_YORK, "Australia/Lord_Howe", "Africa/Monrovia", "Pacific/Apia", "Europe/Amsterdam"]
)
def test_formatting_equals_that_of_the_standard_library(zone: str) -> None:
    some = [n * 9_999_900 + n % 7 for n in range(-150, 300)]

    assert local_isoformat(some, zone) == [datetime.fromtimestamp(each, ZoneInfo(zone)).isoformat() for each in some]
    assert local_isoformat(some[::-1], zone) == local_isoformat(some, zone)[::-1]
    assert local_isoformat([], zone) == []


def test_wall_time_counts_past_midnight_on_the_clock() -> None:
    assert z([wall_to_instant(date(2027, 3, 13), 1440 + 180, NEW_YORK)]) == ["07:00Z"]


def test_a_stay_that_ends_before_it_begins_counts_for_nothing() -> None:
    backwards = Travel(date(2027, 1, 9), date(2027, 1, 8), KOLKATA)

    assert local_day(utc("2027-01-09 20:00"), daily(BERLIN, travel=[backwards])) == date(2027, 1, 9)


def test_flying_over_the_date_line_a_date_may_vanish_but_none_comes_twice() -> None:
    hours = daily("Pacific/Kiritimati", travel=[Travel(date(2027, 1, 5), date(2027, 1, 7), "Pacific/Pago_Pago")])

    days = [local_day(utc("2027-01-03 00:00") + n * 1800, hours) for n in range(48 * 8)]

    assert days == sorted(days)
    assert set(days) == {date(2027, 1, 3) + timedelta(days=n) for n in range(9)} - {date(2027, 1, 8)}
