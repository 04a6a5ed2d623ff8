"""This file knows what happens to hours on the nights the clocks change, in zones that change them differently."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath

import pytest

from practice.scheduling.hours import DateRule, OpenHours, forget_zones, open_intervals
from practice.scheduling.slots import Why, open_slots, why_not_at
from practice.scheduling.zones import wall_to_instant
from tests.scheduling.plan import daily, rules, shown, slots_on, span, utc, weekly, z

NEW_YORK, LORD_HOWE, CASABLANCA, CAIRO = "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo"
SPRING, AUTUMN = date(2027, 3, 14), date(2026, 11, 1)


def test_office_hours_keep_their_wall_time_over_a_change_s1() -> None:
    hours = OpenHours(NEW_YORK, weekly(range(5), "09:00-17:00"))

    friday, monday = (open_intervals(hours, on, on) for on in (date(2027, 3, 12), date(2027, 3, 15)))

    assert [z(each) for each in friday] == [["14:00Z", "22:00Z"]]
    assert [z(each) for each in monday] == [["13:00Z", "21:00Z"]]
    assert [len(slots_on(on, hours, rules(60, 60))) for on in (date(2027, 3, 12), date(2027, 3, 15))] == [8, 8]


@pytest.mark.parametrize(
    ("zone", "on", "hours", "length", "starts", "labels"),
    [
        (NEW_YORK, SPRING, "01:00-04:00", 60, "06:00Z 07:00Z", "01:00 03:00"),  # S2
        (NEW_YORK, SPRING, "02:15-03:45", 30, "07:00Z", "03:00"),  # S3
        (NEW_YORK, SPRING, "02:00-03:00", 30, "", ""),  # S4
        (NEW_YORK, AUTUMN, "00:00-03:00", 60, "04:00Z 05:00Z 06:00Z 07:00Z", "00:00 01:00 01:00 02:00"),  # S5
        (LORD_HOWE, date(2027, 4, 4), "01:00-03:00", 30, "14:00Z 14:30Z 15:00Z 15:30Z 16:00Z",
         "01:00 01:30 01:30 02:00 02:30"),  # S9
        (LORD_HOWE, date(2026, 10, 4), "01:30-03:30", 30, "15:00Z 15:30Z 16:00Z", "01:30 02:30 03:00"),  # S10
        (CAIRO, date(2027, 4, 30), "00:00-02:00", 30, "22:00Z 22:30Z", "01:00 01:30"),  # S15
        (NEW_YORK, AUTUMN, "01:30-02:00", 30, "05:30Z 06:00Z 06:30Z", "01:30 01:00 01:30"),  # c: starts at the first
        (NEW_YORK, AUTUMN, "00:30-01:30", 30, "04:30Z 05:00Z 05:30Z 06:00Z", "00:30 01:00 01:30 01:00"),  # c: ends
    ],
)  # fmt: skip
def test_the_night_of_a_change_is_sold_by_elapsed_time(zone, on, hours, length, starts, labels) -> None:
    found = slots_on(on, daily(zone, hours), rules(length, length))

    assert z(found) == starts.split()
    assert shown(found, zone) == labels.split()


def test_the_repeated_hour_is_labelled_by_its_two_offsets_s5() -> None:
    found = slots_on(AUTUMN, daily(NEW_YORK, "00:00-03:00"), rules(60, 60))

    assert shown(found, NEW_YORK, "%H:%M %Z") == ["00:00 EDT", "01:00 EDT", "01:00 EST", "02:00 EST"]


def test_a_day_that_begins_at_one_still_belongs_to_its_date_s15() -> None:
    found = slots_on(date(2027, 4, 30), daily(CAIRO, "00:00-02:00"), rules(30, 30))

    assert set(shown(found, CAIRO, "%Y-%m-%d")) == {"2027-04-30"}


@pytest.mark.parametrize("on", [date(2027, 2, 6), date(2027, 2, 7), date(2027, 3, 13), date(2027, 3, 14)])
def test_casablanca_follows_the_installed_zone_data_s12(on: date) -> None:
    expected = datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo(CASABLANCA)).astimezone(UTC)

    found = slots_on(on, daily(CASABLANCA, "09:00-10:00"), rules(60, 60))

    assert found == [int(expected.timestamp())]


@pytest.mark.parametrize("on", [date(2027, 2, 7), date(2026, 2, 15), date(2026, 3, 22)])
def test_casablanca_nights_are_as_long_as_the_clock_makes_them_s13(on: date) -> None:
    first, last = (datetime(on.year, on.month, on.day, hour, tzinfo=ZoneInfo(CASABLANCA)) for hour in (1, 5))
    elapsed = (last.astimezone(UTC) - first.astimezone(UTC)) // timedelta(hours=1)

    found = slots_on(on, daily(CASABLANCA, "01:00-05:00"), rules(60, 60))

    assert found == [int(first.timestamp()) + n * 3600 for n in range(elapsed)]


def test_a_client_across_the_sea_sees_one_other_hour_between_two_changes_s17() -> None:
    hours = daily("Europe/London", "14:00-15:00")

    found = [slots_on(date(2027, 3, day), hours, rules(60, 60)) for day in (9, 16, 30)]

    assert [shown(each, NEW_YORK) for each in found] == [["09:00"], ["10:00"], ["09:00"]]


def test_a_weekly_series_keeps_its_wall_time_s19() -> None:
    thursdays = [date(2027, 3, 4) + timedelta(weeks=n) for n in range(4)]

    starts = [wall_to_instant(on, 18 * 60, NEW_YORK) for on in thursdays]

    assert z(starts) == ["23:00Z", "23:00Z", "22:00Z", "22:00Z"]
    assert shown(starts, NEW_YORK) == ["18:00"] * 4


def test_a_time_the_clock_skips_is_named_as_such() -> None:
    refusal = why_not_at((SPRING, 150), daily(NEW_YORK, "01:00-04:00"), (), rules(30, 30), utc("2027-03-01 00:00"))

    assert refusal is not None
    assert refusal.why is Why.CLOCK_GAP


def test_a_time_that_comes_twice_is_offered_if_either_is() -> None:
    only_second = OpenHours(NEW_YORK, date_rules=(DateRule(AUTUMN, (span("01:00-03:00"),)),))
    late = utc("2026-11-01 05:30")  # the first 01:00 is past, the second at 06:00Z is not

    assert why_not_at((AUTUMN, 60), only_second, (), rules(30, 30), late) is None


def test_a_date_that_the_zone_skipped_holds_nothing() -> None:
    samoa = daily("Pacific/Apia", "09:00-10:00")

    assert open_intervals(samoa, date(2011, 12, 30), date(2011, 12, 30)) == []
    assert len(open_slots(samoa, (), rules(60, 60, horizon_days=3), utc("2011-12-29 10:00"))) == 3


@pytest.fixture
def new_york_without_summer_time(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """A later edition of the zone data, in which New York stays at UTC-5; gives what installs it."""
    old_path = TZPATH
    (tmp_path / "America").mkdir()
    (tmp_path / NEW_YORK).write_bytes(_zone_file("Etc/GMT+5"))

    def renew(*path: str) -> None:
        reset_tzpath(path)
        ZoneInfo.clear_cache()
        forget_zones()

    yield lambda: renew(str(tmp_path))
    renew(*old_path)


def _zone_file(name: str) -> bytes:
    return resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def test_new_zone_data_moves_the_instant_and_keeps_the_wall_time_s22(new_york_without_summer_time) -> None:
    hours = daily(NEW_YORK, "09:00-10:00")
    before = slots_on(date(2027, 7, 1), hours, rules(60, 60))

    new_york_without_summer_time()
    after = slots_on(date(2027, 7, 1), hours, rules(60, 60))

    assert (z(before), z(after)) == (["13:00Z"], ["14:00Z"])
    assert wall_to_instant(date(2027, 7, 1), 540, NEW_YORK) == after[0]


@pytest.mark.parametrize(
    "seen",
    ["2026-01-01 00:00", "2026-02-28 12:00", "2026-03-07 12:00", "2026-03-08 07:00", "2026-03-09 12:00",
     "2026-12-31 23:59", "2027-01-01 00:00", "2027-02-28 23:59"],
)  # fmt: skip
def test_slots_do_not_depend_on_when_one_looks_s21(seen: str) -> None:
    hours, change = daily(NEW_YORK, "00:30-04:30"), date(2027, 3, 14)

    found = slots_on(change, hours, rules(60, 60, horizon_days=500), now=utc(seen))

    assert z(found) == ["05:30Z", "06:30Z", "07:30Z"]


@pytest.mark.parametrize("zone", [NEW_YORK, LORD_HOWE, CAIRO, "Europe/Dublin"])
def test_the_days_around_every_change_look_the_same_from_every_day_s21(zone: str) -> None:
    hours, dates = daily(zone, "00:00-06:00"), [date(2028, 2, 27) + timedelta(days=n) for n in range(60)]
    far = open_slots(hours, (), rules(60, 45), utc("2027-12-31 23:59"))

    for on in dates[::7]:
        near = open_slots(hours, (), rules(60, 45, horizon_days=30), utc(f"{on} 23:59"))
        assert near == [start for start in far if near[0] <= start <= near[-1]]
