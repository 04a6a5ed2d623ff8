"""The slot picker shows a week of a list on the reader's own dates, and repeats only what is still so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practice.bookings import queries, slot_picker
from practice.http import clocks
from practice.http.clocks import Clock
from practice.scheduling.days import Travel

BEGIN = datetime(2027, 3, 12, 5, 0, tzinfo=UTC)
# Clocks change on 14 March in New York; the journeys fly over the date line both ways and over one night of change.
READERS = {
    "at home": Clock("Europe/Vienna"),
    "where clocks change": Clock("America/New_York", is_twelve=True),
    "flying east": Clock("Asia/Tokyo", (Travel(date(2027, 3, 15), date(2027, 3, 17), "Pacific/Honolulu"),)),
    "flying west": Clock("Pacific/Apia", (Travel(date(2027, 3, 16), None, "Pacific/Pago_Pago"),)),
}


def every_hour(days):
    return [int((BEGIN + timedelta(hours=hour)).timestamp()) for hour in range(24 * days)]


def one_by_one(starts, reader, on):
    """What belongs to a date, each start asked for itself."""
    instants = [datetime.fromtimestamp(start, UTC) for start in starts]
    return [instant for instant in instants if reader.day_at(instant) == on]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("first", [None, date(2027, 3, 1), date(2027, 3, 14), date(2027, 3, 24), date(2027, 5, 1)])
def test_each_date_of_a_week_has_exactly_the_starts_of_that_date(clock, reader, first):
    clock.freeze(BEGIN)
    starts = every_hour(20)
    dates = [reader.day_at(datetime.fromtimestamp(start, UTC)) for start in starts]

    week = queries.week_of_slots(starts, reader, first)

    shown = [day["on"] for day in week["days"]]
    assert shown == [max(first or dates[0], dates[0]) + timedelta(days=number) for number in range(7)]
    assert [day["starts"] for day in week["days"]] == [one_by_one(starts, reader, on) for on in shown]
    assert week["following"] == min((on for on in dates if on > shown[-1]), default=None)
    assert (week["previous"] is None) == (not any(on < shown[0] for on in dates))


def test_a_week_without_any_start_begins_today(clock):
    week = queries.week_of_slots([], READERS["at home"])

    assert (week["days"][0]["on"], week["has_any"], week["following"]) == (date(2027, 3, 1), False, None)


def _texts(week):
    return [time["text"] for day in week["days"] for part in day["parts"] for time in part["times"]]


def test_what_is_kept_of_a_list_is_of_its_starts_its_clock_and_its_day(app, clock):
    clock.freeze(BEGIN)
    starts, said = every_hour(2), []

    for clock_read, list_read in (
        (READERS["at home"], starts),
        (READERS["where clocks change"], starts),
        (READERS["at home"], starts[3:]),
    ):
        clocks.read_by(clock_read)
        said.append(_texts(slot_picker.picker(list_read, None, str)))
    clock.advance(days=1)
    next_day = slot_picker.picker(starts[3:], date(2027, 3, 12), str)

    assert said[0][:2] == ["06:00", "07:00"]
    assert said[1][:2] == ["12:00\u00a0am", "1:00\u00a0am"]
    assert said[2] == said[0][3:]
    assert next_day["days"][0]["number"] == "13"
