"""How counts and lengths of time are said among words."""

from datetime import timedelta

import pytest

from practice.values import counts


@pytest.mark.parametrize(
    "said, words",
    [
        (counts.times(1), "once"),
        (counts.times(2), "twice"),
        (counts.times(3), "three times"),
        (counts.number(12), "twelve"),
        (counts.number(13), "13"),
        (counts.in_minutes(timedelta(minutes=10)), "ten minutes"),
        (counts.in_hours(timedelta(hours=1)), "one hour"),
        (counts.in_hours(timedelta(days=3)), "72 hours"),
        (counts.in_days(timedelta(hours=72)), "three days"),
    ],
)
def test_what_is_counted_is_said_as_people_say_it(said, words):
    assert said == words


def test_a_length_that_is_no_whole_number_is_not_rounded():
    with pytest.raises(ValueError, match="no whole number of hours"):
        counts.in_hours(timedelta(minutes=90))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("50", 50), (" 7 ", 7), ("-1", -1), *((each, None) for each in ("", "²", "٣", "1_000", "1.0", "x", "9" * 19))],
)
def test_a_number_is_what_everybody_reads_as_one(typed, number):
    assert counts.whole(typed) == number
