"""This file knows which hours are refused when someone saves them, and in which words."""

from datetime import date

import pytest

from practice.scheduling.hours import TimeOff, Travel, WeeklyRange
from practice.scheduling.problems import (
    problems_of,
    problems_of_day,
    problems_of_time_off,
    problems_of_travel,
)
from tests.scheduling.plan import span, weekly


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("12:00-09:00", "ends before it starts"),
        ("09:00-09:00", "no length"),
        ("09:00-48:05", "too long"),
        ("24:00-25:00", "its own day"),
        ("09:01-10:00", "multiple of five"),
    ],
)
def test_broken_ranges_are_refused_when_saved_s39(text: str, word: str) -> None:
    assert word in " ".join(problems_of([WeeklyRange(1, *span(text))]))
    assert word in " ".join(problems_of_day([span(text)]))


def test_overlaps_are_refused_when_saved_s39() -> None:
    assert problems_of(weekly([0], "09:00-12:00", "11:55-13:00")) == [
        "Monday 09:00–12:00 and Monday 11:55–13:00 overlap."
    ]
    assert problems_of_day([span("09:00-12:00"), span("10:00-11:00")]) == ["09:00–12:00 and 10:00–11:00 overlap."]


def test_a_night_may_not_overlap_the_next_morning_around_the_week() -> None:
    late = weekly([6], "22:00-28:00") + weekly([0], "03:00-05:00")

    assert problems_of(late) == ["Sunday 22:00–28:00 and Monday 03:00–05:00 overlap."]


def test_good_hours_have_no_problem() -> None:
    assert problems_of(weekly(range(7), "00:00-12:00", "12:00-24:00")) == []
    assert problems_of(weekly([0], "00:00-48:00")) == []
    assert problems_of_day([]) == []


def test_an_eighth_weekday_is_refused() -> None:
    assert problems_of([WeeklyRange(7, 0, 60)]) == ["7 is no day of the week."]


def test_time_off_has_an_end_on_the_five_minutes() -> None:
    assert problems_of_time_off(TimeOff(0, 300)) == []
    assert problems_of_time_off(TimeOff(300, 300)) == ["Time off must end after it begins."]
    assert "multiple of five" in problems_of_time_off(TimeOff(0, 301))[0]


def test_travel_names_a_zone_and_does_not_overlap() -> None:
    first, second = date(2027, 1, 5), date(2027, 1, 8)
    good = Travel(first, second, "Asia/Kolkata")

    assert problems_of_travel([good, Travel(date(2027, 1, 9), None, "Europe/Berlin")]) == []
    assert "overlap" in problems_of_travel([good, Travel(second, None, "Europe/Berlin")])[0]
    assert "not a time zone" in problems_of_travel([Travel(first, None, "Mars/Base")])[0]
    assert "ends before" in problems_of_travel([Travel(second, first, "Asia/Kolkata")])[0]
