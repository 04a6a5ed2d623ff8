"""This file knows the rules of booking: buffers, fit, notice, horizon, caps, holds, and the reason of each no."""

from datetime import date, datetime

import pytest

from practice.scheduling.hours import DateRule, OpenHours, TimeOff
from practice.scheduling.slots import (
    BookingRules,
    Busy,
    Why,
    busy_window,
    is_open,
    last_day,
    open_slots,
    why_not,
    why_not_at,
)
from tests.scheduling.plan import daily, rules, slots_on, utc, weekly, z

MONDAY = date(2027, 3, 1)
LONG_BEFORE = utc("2027-02-01 00:00")
OFFICE = daily("UTC", "08:00-18:00")


def at(text: str) -> int:
    return utc(f"2027-03-01 {text}")


def taken(text: str, **more: object) -> Busy:
    starts, ends = text.split("-")
    return Busy(at(starts), at(ends), **more)  # type: ignore[arg-type]


def test_the_gap_is_the_larger_of_two_buffers_not_their_sum_s40() -> None:
    busy = [taken("12:30-13:00", before=15, after=30), taken("14:30-15:00", before=15, after=30)]

    found = slots_on(MONDAY, OFFICE, rules(30, 15, before=15, after=30), busy)

    assert [each for each in z(found) if "13:00Z" <= each < "14:30Z"] == ["13:30Z"]


@pytest.mark.parametrize(
    ("their_after", "our_before", "first"),
    [(0, 0, "10:00Z"), (30, 0, "10:30Z"), (0, 30, "10:30Z"), (15, 30, "10:30Z"), (30, 15, "10:30Z")],
)
def test_the_earlier_one_s_after_meets_the_later_one_s_before_g(their_after, our_before, first) -> None:
    busy = [taken("08:00-10:00", after=their_after, before=120)]

    found = slots_on(MONDAY, OFFICE, rules(60, 15, before=our_before, after=120), busy)

    assert z(found)[0] == first


@pytest.mark.parametrize(
    ("our_after", "their_before", "last"), [(0, 0, "15:00Z"), (30, 0, "14:30Z"), (15, 45, "14:15Z")]
)
def test_the_gap_holds_on_the_other_side_too_g(our_after, their_before, last) -> None:
    busy = [taken("16:00-18:00", before=their_before, after=240)]

    found = slots_on(MONDAY, OFFICE, rules(60, 15, before=240, after=our_after), busy)

    assert z(found)[-1] == last


def test_touching_is_free_s42() -> None:
    assert "10:00Z" in z(slots_on(MONDAY, OFFICE, rules(60, 60), [taken("09:00-10:00")]))


def test_buffers_need_not_lie_inside_the_hours_s44() -> None:
    assert z(slots_on(MONDAY, daily("UTC", "09:00-10:00"), rules(60, 60, before=15))) == ["09:00Z"]


def test_a_long_session_is_not_sold_in_front_of_a_booked_one_s45() -> None:
    found = slots_on(MONDAY, daily("UTC", "09:00-18:00"), rules(180, 30), [taken("09:30-12:30")])

    assert z(found)[0] == "12:30Z"


@pytest.mark.parametrize(("sold", "length", "gone"), [("10:00-10:30", 60, 2), ("10:00-11:00", 30, 2)])
def test_kinds_of_different_length_share_one_diary_s47(sold: str, length: int, gone: int) -> None:
    free = slots_on(MONDAY, OFFICE, rules(length, 30))

    left = slots_on(MONDAY, OFFICE, rules(length, 30), [taken(sold, kind="other")])

    assert len(free) - len(left) == gone


def test_bookings_cover_the_grid_and_do_not_shift_it_i() -> None:
    found = slots_on(MONDAY, daily("UTC", "09:00-12:00"), rules(30, 30), [taken("09:30-09:40"), taken("11:05-11:10")])

    assert z(found) == ["09:00Z", "10:00Z", "10:30Z", "11:30Z"]


def test_notice_is_inclusive_and_counted_in_seconds_s48() -> None:
    eleven = at("11:00")

    assert is_open(eleven, OFFICE, (), rules(60, 60, notice=120), at("09:00"))
    assert not is_open(eleven, OFFICE, (), rules(60, 60, notice=120), at("09:00") + 1)
    assert is_open(eleven, OFFICE, (), rules(60, 60, notice=120), datetime.fromisoformat("2027-03-01T09:00:00.9+00:00"))


def test_notice_is_elapsed_time_over_a_change_of_clocks_e() -> None:
    hours, notice = daily("America/New_York", "09:00-10:00"), rules(60, 60, notice=1440)
    nine_on_the_eve, nine = utc("2027-03-13 14:00"), utc("2027-03-14 13:00")  # 23 hours apart

    assert not is_open(nine, hours, (), notice, nine_on_the_eve)
    assert is_open(nine, hours, (), notice, nine_on_the_eve - 3600)


def test_what_was_listed_may_be_gone_at_confirmation_s49() -> None:
    nine = rules(60, 60, notice=120)
    assert at("11:00") in open_slots(OFFICE, (), nine, at("08:59"))

    refusal = why_not(at("11:00"), OFFICE, (), nine, at("09:01"))

    assert refusal is not None
    assert (refusal.why, refusal.limit, refusal.until_at) == (Why.NOTICE, 120, at("11:01"))
    assert z(open_slots(OFFICE, (), nine, at("09:01")))[0] == "12:00Z"


def test_a_horizon_opens_today_and_n_more_local_dates_h() -> None:
    hours = daily("Pacific/Auckland", "09:00-10:00")
    now = utc("2027-03-01 11:30")  # already the second of March in Auckland

    found = open_slots(hours, (), rules(60, 60, horizon_days=2), now)

    assert last_day(hours, rules(60, 60, horizon_days=2), now) == date(2027, 3, 4)
    assert len(found) == 3
    assert len(open_slots(hours, (), rules(60, 60, horizon_days=0), utc("2027-03-01 11:00"))) == 1


@pytest.mark.parametrize(("today", "n", "last"), [(5, 2, 9), (4, 1, 5), (6, 1, 8), (5, 0, 5), (1, 10, 15)])
def test_business_days_pass_over_the_weekend_s51(today: int, n: int, last: int) -> None:
    horizon = rules(60, 60, horizon_days=n, horizon_business_days=True)

    found = open_slots(daily("UTC", "09:00-10:00"), (), horizon, utc(f"2027-03-0{today} 00:00"))

    assert len(found) == last - today + 1


def test_a_full_week_is_closed_in_the_list_s54() -> None:
    busy = [Busy(start, start + 1800) for start in range(at("09:00"), at("14:00"), 3600)]
    sunday, next_monday = utc("2027-03-07 09:00"), utc("2027-03-08 09:00")

    found = open_slots(OFFICE, busy, rules(60, 60, weekly_cap=5), LONG_BEFORE)

    assert not [start for start in found if at("00:00") <= start < utc("2027-03-08 00:00")]
    assert utc("2027-02-28 09:00") in found
    assert next_monday in found
    refusal = why_not(sunday, OFFICE, busy, rules(60, 60, weekly_cap=5), LONG_BEFORE)
    assert refusal is not None
    assert (refusal.why, refusal.limit) == (Why.WEEKLY_CAP, 5)


def test_a_full_day_is_the_specialist_s_day_f() -> None:
    hours = daily("America/Los_Angeles", "09:00-20:00")
    evening = utc("2027-03-02 03:00")  # Monday 19:00 in Los Angeles

    found = open_slots(hours, [Busy(evening, evening + 1800)], rules(60, 60, daily_cap=1), utc("2027-03-01 08:00"))

    assert z(found[:1]) == ["17:00Z"]
    assert found[0] == utc("2027-03-02 17:00")


def test_held_and_pending_count_and_gone_ones_do_not_s55() -> None:
    live = [taken("09:00-10:00", reason="hold"), taken("10:00-11:00")]
    gone = [taken("12:00-13:00", counts=False, reason="busy_elsewhere"), taken("14:00-15:00", own=True)]

    assert slots_on(MONDAY, OFFICE, rules(60, 60, daily_cap=2), live + gone) == []
    assert slots_on(MONDAY, OFFICE, rules(60, 60, daily_cap=3), live + gone) != []


def test_a_cap_of_none_at_all_closes_everything() -> None:
    assert open_slots(OFFICE, (), rules(60, 60, daily_cap=0), LONG_BEFORE) == []


def test_a_kind_has_caps_of_its_own() -> None:
    consults = rules(30, 30, kind="consult", kind_weekly_cap=1)
    others = rules(30, 30, kind="individual", kind_weekly_cap=1)
    busy = [taken("09:00-09:30", kind="consult")]

    assert slots_on(MONDAY, OFFICE, consults, busy) == []
    assert slots_on(MONDAY, OFFICE, others, busy) != []
    assert slots_on(MONDAY, OFFICE, rules(30, 30, kind="consult", kind_daily_cap=1), busy) == []


def test_the_asker_still_sees_the_time_they_hold_s62() -> None:
    held = taken("09:00-10:00", reason="hold")

    assert not is_open(at("09:00"), OFFICE, [held], rules(60, 60, daily_cap=1), LONG_BEFORE)
    assert is_open(at("09:00"), OFFICE, [held._replace(own=True)], rules(60, 60, daily_cap=1), LONG_BEFORE)


def test_nothing_is_offered_from_an_empty_or_backward_busy_time() -> None:
    broken = [Busy(at("09:00"), at("09:00"), 60, 60), Busy(at("12:00"), at("11:00"))]

    assert slots_on(MONDAY, OFFICE, rules(60, 60, daily_cap=1), broken) == slots_on(MONDAY, OFFICE, rules(60, 60))


CLOSED = OpenHours(
    "UTC",
    weekly(range(5), "09:00-12:00", "13:00-17:00"),
    [DateRule(date(2027, 3, 2))],
    [TimeOff(utc("2027-03-03 09:00"), utc("2027-03-03 11:00"))],
)
NAMED = rules(60, 30, before=15, after=0, notice=120, horizon_days=10, daily_cap=3, kind="consult", kind_daily_cap=2)
DIARY = [
    taken("10:00-11:00"),
    taken("14:00-15:00", reason="hold", kind="consult"),
    Busy(utc("2027-03-04 09:00"), utc("2027-03-04 10:00"), counts=False, reason="busy_elsewhere"),
    *(Busy(utc(f"2027-03-05 {hour}:00"), utc(f"2027-03-05 {hour}:30")) for hour in (13, 15, 16)),
    *(Busy(utc(f"2027-03-08 {hour}:00"), utc(f"2027-03-08 {hour}:30"), kind="consult") for hour in (13, 15)),
]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("2027-03-01 07:00", Why.PAST),
        ("2027-03-12 09:00", Why.HORIZON),
        ("2027-03-02 10:00", Why.CLOSED_DAY),
        ("2027-03-06 10:00", Why.CLOSED_DAY),
        ("2027-03-03 10:00", Why.TIME_OFF),
        ("2027-03-03 08:00", Why.OUTSIDE_HOURS),
        ("2027-03-01 12:00", Why.OUTSIDE_HOURS),
        ("2027-03-01 13:10", Why.GRID),
        ("2027-03-01 11:30", Why.LENGTH),
        ("2027-03-01 09:30", Why.NOTICE),
        ("2027-03-01 10:30", Why.BOOKED),
        ("2027-03-01 13:30", Why.HELD),
        ("2027-03-04 09:30", Why.BUSY_ELSEWHERE),
        ("2027-03-04 10:00", Why.BUFFER),
        ("2027-03-05 09:00", Why.DAILY_CAP),
        ("2027-03-08 09:00", Why.KIND_DAILY_CAP),
        ("2027-03-09 09:00", None),
        ("2027-03-01 16:00", None),
    ],
)
def test_each_no_has_its_reason(when: str, why: Why | None) -> None:
    now = utc("2027-03-01 08:10")

    refusal = why_not(utc(when), CLOSED, DIARY, NAMED, now)

    assert (refusal and refusal.why) == why
    assert (utc(when) in open_slots(CLOSED, DIARY, NAMED, now)) == (why is None)
    assert (
        why_not_at((date.fromisoformat(when[:10]), int(when[11:13]) * 60 + int(when[14:])), CLOSED, DIARY, NAMED, now)
        == refusal
    )


def test_a_refusal_carries_the_facts_of_its_sentence() -> None:
    now = utc("2027-03-01 08:10")

    buffer = why_not(utc("2027-03-04 10:00"), CLOSED, DIARY, NAMED, now)
    away = why_not(utc("2027-03-03 10:00"), CLOSED, DIARY, NAMED, now)

    assert buffer is not None
    assert away is not None
    assert (buffer.busy, buffer.limit, buffer.until_at) == (DIARY[2], 15, utc("2027-03-04 10:15"))
    assert (away.from_at, away.until_at) == (utc("2027-03-03 09:00"), utc("2027-03-03 11:00"))


@pytest.mark.parametrize("start", [-(1 << 62), 0, 1 << 62])
def test_an_absurd_start_is_refused_not_an_error(start: int) -> None:
    refusal = why_not(start, OFFICE, (), rules(60, 60), LONG_BEFORE)

    assert refusal is not None
    assert refusal.why in (Why.PAST, Why.HORIZON)
    assert open_slots(OFFICE, (), rules(60, 60), LONG_BEFORE, (start, start)) == []


def test_a_window_beyond_the_horizon_or_turned_around_is_empty() -> None:
    for window in ((1 << 61, 1 << 62), (-(1 << 62), 0), (at("12:00"), at("09:00"))):
        assert open_slots(OFFICE, (), rules(60, 60), LONG_BEFORE, window) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"step": 0},
        {"before": -5},
        {"after": -5},
        {"notice": -1},
        {"horizon_days": -1},
        {"weekly_cap": -1},
    ],
)
def test_senseless_rules_cannot_be_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        BookingRules(**{"length": 30, "step": 30, **wrong})


def test_the_busy_window_holds_whole_weeks() -> None:
    window = busy_window(OFFICE, rules(60, 60, horizon_days=7), utc("2027-03-03 12:00"))

    assert window.starts_at <= utc("2027-03-01 00:00")
    assert window.ends_at >= utc("2027-03-15 00:00")
