"""When people of the staff are there, and how long of a stretch they were."""

from datetime import UTC, datetime, timedelta

from practice.safety.staffed import back_at, is_staffed, staffed_between

DUBLIN = "Europe/Dublin"


def at(day, hour, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=UTC)


def test_somebody_is_there_from_eight_to_eight_on_the_platforms_clock():
    assert not is_staffed(at(1, 7, 59), DUBLIN) and is_staffed(at(1, 8), DUBLIN)
    assert is_staffed(at(1, 19, 59), DUBLIN) and not is_staffed(at(1, 20), DUBLIN)
    assert is_staffed(at(1, 7), "Europe/Lisbon") is False and is_staffed(at(1, 7), "Europe/Berlin")


def test_the_page_names_when_somebody_is_there_again():
    assert back_at(at(1, 12), DUBLIN) == at(1, 12)
    assert back_at(at(1, 5), DUBLIN) == at(1, 8)
    assert back_at(at(1, 20), DUBLIN) == at(2, 8)
    # The clocks go forward on the 28th.
    assert back_at(at(27, 22), DUBLIN) == at(28, 7)


def test_a_night_does_not_count_as_time_in_which_somebody_could_have_answered():
    assert staffed_between(at(1, 19, 30), at(2, 8, 15), DUBLIN) == timedelta(minutes=45)
    assert staffed_between(at(1, 9), at(1, 10), DUBLIN) == timedelta(hours=1)
    assert staffed_between(at(1, 21), at(1, 23), DUBLIN) == timedelta()
