"""This file knows what becomes of single dates when a specialist moves and keeps the times as they are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practice.availability import actions, policy, queries
from practice.availability.actions import Keep
from practice.availability.moving import moved_rules
from practice.scheduling.days import stretches_of
from practice.scheduling.hours import DateRule, OpenHours, WeeklyRange, open_intervals
from practice.scheduling.intervals import intersect, merge
from practice.store.db import db
from tests.availability.conftest import PAGE

LOS_ANGELES, KOLKATA = "America/Los_Angeles", "Asia/Kolkata"
ZONES = [LOS_ANGELES, KOLKATA, "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"]
THURSDAY = date(2027, 12, 9)
FIRST, LAST = THURSDAY - timedelta(days=20), THURSDAY + timedelta(days=20)
NOW = datetime(2027, 11, 20, 12, tzinfo=UTC)  # no clock of these zones changes from here to the last date

WEEK = tuple(WeeklyRange(weekday, 9 * 60, 17 * 60) for weekday in range(5))
NIGHTS = tuple(WeeklyRange(weekday, 22 * 60, 26 * 60) for weekday in range(7))


def moved(hours, zone):
    """The hours after a move that keeps the instants."""
    minutes = policy.minutes_between_zones(hours.zone, zone, NOW)
    new = replace(hours, zone=zone, weekly=tuple(policy.shifted_week(hours.weekly, minutes)))
    return replace(new, date_rules=tuple(moved_rules(hours, new).values()))


def opening(hours):
    return open_intervals(hours, FIRST, LAST)


def of_these_days(hours, stretches):
    return intersect(opening(hours), stretches)


@st.composite
def ranges_of_a_date(draw):
    marks = sorted(draw(st.lists(st.integers(0, 287), max_size=6, unique=True)))
    ranges = [(a * 5, b * 5) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if ranges and draw(st.booleans()):
        ranges[-1] = (ranges[-1][0], draw(st.integers(1441 // 5 + 1, 576)) * 5)
    return tuple(ranges)


@st.composite
def hours_with_single_dates(draw):
    on = draw(st.lists(st.integers(-5, 5), min_size=1, max_size=4, unique=True))
    rules = tuple(DateRule(THURSDAY + timedelta(days=each), draw(ranges_of_a_date())) for each in sorted(on))
    return OpenHours(draw(st.sampled_from(ZONES)), draw(st.sampled_from([(), WEEK, NIGHTS])), rules)


@settings(max_examples=25, deadline=None)
@given(hours_with_single_dates(), st.lists(st.sampled_from(ZONES), min_size=1, max_size=3))
def test_single_dates_keep_their_open_and_closed_instants_wherever_one_moves_and_back(hours, way):
    there = hours
    for zone in [*way, hours.zone]:
        there = moved(there, zone)
        middle = [stretch for day in range(-10, 11) for stretch in stretches_of(THURSDAY + timedelta(day), hours.stays)]
        assert of_these_days(there, merge(middle)) == of_these_days(hours, merge(middle))


def test_a_date_that_was_open_stands_on_the_dates_of_the_same_instants():
    hours = OpenHours(LOS_ANGELES, date_rules=(DateRule(date(2027, 12, 9), ((13 * 60, 16 * 60),)),))

    assert moved(hours, KOLKATA).date_rules == (DateRule(date(2027, 12, 10), ((2 * 60 + 30, 5 * 60 + 30),)),)


@pytest.mark.parametrize("weekly", [(), WEEK])
def test_a_closed_date_is_the_same_one_closed_date_after_moving_there_and_back(weekly):
    hours = OpenHours(LOS_ANGELES, weekly, (DateRule(THURSDAY),))

    assert moved(moved(hours, KOLKATA), LOS_ANGELES).date_rules == hours.date_rules


def test_a_date_keeps_its_instants_by_the_clocks_of_its_own_season():
    """In July both are an hour ahead of where they are in November, or only one is."""
    hours = OpenHours(LOS_ANGELES, date_rules=(DateRule(date(2028, 7, 6), ((13 * 60, 16 * 60),)),))

    assert moved(hours, KOLKATA).date_rules == (DateRule(date(2028, 7, 7), ((90, 270),)),)


def test_hours_of_one_kind_and_of_all_kinds_both_keep_their_instants(practice, clock):
    on = date(2027, 3, 11)
    actions.save_week(practice, "consult", [WeeklyRange(3, 18 * 60, 20 * 60)])
    actions.save_exception(practice, on, [(9 * 60, 23 * 60)])
    actions.save_exception(practice, on + timedelta(days=7), [], "consult")
    before = {kind: queries.open_hours(practice, kind) for kind in ("consult", "individual")}

    actions.change_zone(practice, KOLKATA, Keep.INSTANTS)

    db.session.expire_all()
    for kind, hours in before.items():
        first, last = on - timedelta(days=5), on + timedelta(days=12)
        days = merge(s for n in range(15) for s in stretches_of(first + timedelta(days=n), hours.stays))
        now = queries.open_hours(practice, kind)
        assert intersect(open_intervals(now, first, last), days) == intersect(open_intervals(hours, first, last), days)


def test_the_page_says_what_became_of_single_dates(editor, practice):
    actions.save_exception(practice, date(2027, 3, 11), [(20 * 60, 23 * 60)])

    editor.send(f"{PAGE}/zone", zone=KOLKATA, keep="instants")

    words = editor.follow().words
    assert "Fri 12 March 2027, 00:30 to 03:30" in words
    assert "Your single dates keep the times they had" in editor.answer.text


def test_the_page_says_that_single_dates_stay_on_the_clock(editor, practice):
    actions.save_exception(practice, date(2027, 3, 11), [(20 * 60, 23 * 60)])

    editor.send(f"{PAGE}/zone", zone=KOLKATA, keep="clock")

    assert "Thu 11 March 2027, 20:00 to 23:00" in editor.follow().words
    assert "Your single dates keep their days and hours on the new clock" in editor.answer.text
