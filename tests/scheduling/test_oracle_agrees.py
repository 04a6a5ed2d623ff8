"""This file knows that the engine agrees with a brute-force walk over random hours, zones, transitions and bookings."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from practice.scheduling.hours import DateRule, OpenHours, TimeOff, Travel, WeeklyRange, local_day, open_intervals
from practice.scheduling.slots import BookingRules, Busy, is_open, open_slots, why_not
from tests.scheduling.oracle import CELL, Oracle

# Around each of these dates the named zone changes its clock; the last ones have no change.
PLACES = [
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Africa/Cairo", date(2027, 4, 30)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Europe/Dublin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2027, 1, 1)),
    ("Asia/Kolkata", date(2028, 2, 29)),
]
TRAVEL_ZONES = [
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Europe/Lisbon",
]

minutes = st.integers(0, 287).map(lambda n: n * 5)
hourly = st.integers(0, 23).map(lambda n: n * 60)
small_hours = st.integers(0, 8).map(lambda n: n * 30)  # where clocks change
lengths = st.sampled_from([5, 30, 60, 90, 180, 600, 1440, 1800, 2880])


@st.composite
def ranges(draw) -> tuple[int, int]:
    opens = draw(st.one_of(small_hours, hourly, minutes))
    return opens, min(opens + draw(lengths), 2880)


@st.composite
def weeks(draw) -> list[WeeklyRange]:
    if draw(st.integers(0, 2)) == 0:  # round the clock
        return [WeeklyRange(day, 0, 1440) for day in range(7)]
    drawn = draw(st.lists(st.tuples(st.integers(0, 6), ranges()), max_size=12))
    return [WeeklyRange(day, *each) for day, each in drawn]


@st.composite
def situations(draw):
    zone, around = draw(st.sampled_from(PLACES))
    near = st.sampled_from([0, 0, 0, 1, -1, -2, 2, 3, 5]).map(lambda n: around + timedelta(days=n))
    midnight = int(datetime(around.year, around.month, around.day, tzinfo=UTC).timestamp())
    instants = st.integers(-2 * 288, 3 * 288).map(lambda n: midnight + n * CELL)
    spans = st.tuples(instants, st.integers(0, 400).map(lambda n: n * CELL)).map(lambda s: (s[0], sum(s)))
    trips = st.tuples(near, st.one_of(st.none(), st.integers(0, 4)), st.sampled_from(TRAVEL_ZONES)).map(
        lambda t: Travel(t[0], None if t[1] is None else t[0] + timedelta(days=t[1]), t[2])
    )
    hours = OpenHours(
        zone,
        draw(weeks()),
        draw(st.lists(st.builds(DateRule, near, st.lists(ranges(), max_size=2)), max_size=2)),
        draw(st.lists(spans.map(lambda s: TimeOff(*s)), max_size=1)),
        draw(st.lists(trips, max_size=2)) if draw(st.booleans()) else [],
    )
    buffers, caps = st.sampled_from([0, 0, 10, 15, 45]), st.sampled_from([None] * 7 + [0, 1, 2])
    kinds = st.sampled_from(["consult", "individual", None])
    rules = BookingRules(
        length=draw(st.sampled_from([15, 30, 60, 90, 180])),
        step=draw(st.sampled_from([5, 15, 30, 45, 50, 55, 60])),
        before=draw(buffers),
        after=draw(buffers),
        notice=draw(st.sampled_from([0, 0, 60, 125, 1440])),
        horizon_days=draw(st.integers(0, 5)),
        horizon_business_days=draw(st.booleans()),
        kind=draw(kinds),
        daily_cap=draw(caps),
        weekly_cap=draw(caps),
        kind_daily_cap=draw(caps),
        kind_weekly_cap=draw(caps),
    )
    busy = [
        Busy(
            *span,
            draw(buffers),
            draw(buffers),
            draw(st.booleans()),
            draw(kinds),
            draw(st.sampled_from(["booking", "hold", "busy_elsewhere"])),
            draw(st.integers(0, 4)) == 0,
        )
        for span in draw(st.lists(spans, max_size=4))
    ]
    now = datetime.fromtimestamp(draw(instants) + draw(st.sampled_from([0, 0, 1, 299])), UTC)
    return around, hours, busy, rules, now


thorough = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@thorough
@given(situations())
def test_the_engine_lists_what_a_walk_over_every_five_minutes_finds(situation) -> None:
    around, hours, busy, rules, now = situation

    expected = list(Oracle(hours, around).slots(busy, rules, now))

    assert open_slots(hours, busy, rules, now) == expected


@thorough
@given(situations(), st.integers(-300, 2600), st.sampled_from([0, 0, 1, 60]))
def test_a_start_is_explained_if_and_only_if_it_is_not_listed(situation, cells, seconds) -> None:
    _, hours, busy, rules, now = situation
    listed = open_slots(hours, busy, rules, now)
    some = int(now.timestamp()) // CELL * CELL + cells * CELL + seconds

    for start in {some, *listed[:2], *(each + CELL for each in listed[:2])}:
        assert (why_not(start, hours, busy, rules, now) is None) == (start in listed)
        assert is_open(start, hours, busy, rules, now) == (start in listed)


@thorough
@given(situations(), st.integers(0, 1500), st.integers(0, 600))
def test_a_window_shows_the_same_slots_as_the_whole_list(situation, begins, cells) -> None:
    _, hours, busy, rules, now = situation
    opens = int(now.timestamp()) // CELL * CELL + begins * CELL
    window = (opens, opens + cells * CELL)

    within = open_slots(hours, busy, rules, now, window)

    assert within == [start for start in open_slots(hours, busy, rules, now) if window[0] <= start < window[1]]


@thorough
@given(situations())
def test_open_time_and_local_days_are_what_the_walk_finds(situation) -> None:
    around, hours, _, _, _ = situation
    oracle = Oracle(hours, around)
    dates = [around + timedelta(days=n) for n in range(-1, 3)]

    found = open_intervals(hours, dates[0], dates[-1])

    cells = {cell for starts_at, ends_at in found for cell in range(starts_at, ends_at, CELL)}
    span = range(
        oracle.day_ends[oracle.dates.index(dates[0]) - 1], oracle.day_ends[oracle.dates.index(dates[-1])], CELL
    )
    assert cells == {cell for cell in span if cell in oracle.open}
    assert [local_day(cell, hours) for cell in span[::37]] == [oracle.local_day(cell) for cell in span[::37]]
