"""What is suggested unasked: people with whom one may book, at hours when one is awake; the list stays as it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from practice.bookings import queries, waking
from practice.bookings.states import BookingState
from practice.directory import listing
from practice.http.clocks import Clock
from practice.scheduling.days import Travel
from practice.specialists.models import Specialist, SpecialistTopic
from practice.specialists.search import Filters
from practice.store.db import transaction
from tests import factories
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.factories import FIVE, NINE
from tests.pages import tree_of

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
BERLIN = Clock("Europe/Berlin")
TOKYO = "Asia/Tokyo"


def seconds(*walls, zone="Europe/Berlin"):
    return [int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp()) for wall in walls]


def colleague(name, zone="Europe/Berlin", **hours):
    """Somebody who shares a topic with Anna."""
    made = factories.specialist(factories.user(f"{name} Other", zone=zone), slug=name.lower())
    factories.open_hours(made, zone=zone, **hours)
    return made


# ---------------------------------------------------------------- awake


def test_of_many_times_those_by_day_are_suggested():
    starts = seconds("2027-03-02 02:00", "2027-03-02 06:45", "2027-03-02 07:00", "2027-03-02 21:45", "2027-03-02 22:00")

    assert list(waking.by_day(starts, BERLIN)) == starts[2:4]


def test_night_is_suggested_where_no_day_is_near():
    starts = seconds("2027-03-02 02:00", "2027-03-03 03:00", "2027-03-12 12:00")

    assert list(waking.by_day(starts, BERLIN)) == starts
    assert waking.by_day((), BERLIN) == ()


def test_the_day_is_the_one_where_the_reader_is_on_that_date():
    starts = seconds("2027-03-02 02:00", "2027-03-04 02:00", "2027-03-04 18:00")
    there = Clock("Europe/Berlin", (Travel(date(2027, 3, 4), date(2027, 3, 9), TOKYO),))

    assert list(waking.by_day(starts, there)) == starts[1:2]


@pytest.mark.parametrize("night", ["2027-03-27", "2027-10-30"], ids=["spring", "autumn"])
def test_it_begins_at_seven_also_after_the_night_on_which_clocks_change(night):
    first = datetime.fromisoformat(f"{night} 23:00")
    starts = seconds(*(str(first + timedelta(hours=number)) for number in range(12)))

    found = waking.by_day(starts, BERLIN)

    assert waking.is_night(found[0] - 3600, BERLIN)
    assert datetime.fromtimestamp(found[0], ZoneInfo("Europe/Berlin")).hour == 7


# ---------------------------------------------------------------- the front page


LONDON = Clock("Europe/London")


@pytest.fixture
def far_and_near(app, cast, clock):
    """Yuki's day in Tokyo is mostly a Londoner's night; it begins before Anna's in Vienna."""
    clock.freeze(NOW)
    colleague("Yuki", TOKYO, hours=(NINE, FIVE))
    colleague("Near", "America/New_York", days=(4,))


def of_the_list(reader):
    return [(each.card.slug, starts) for each, starts in listing.find(Filters(), queries.everyone(), reader).people]


def test_the_front_page_shows_first_who_is_free_while_its_reader_is_awake(far_and_near, client):
    client.set_cookie("zone", LONDON.home)
    assert waking.is_night(of_the_list(LONDON)[0][1][0], LONDON)

    page = tree_of(client.get("/"))

    hours = [int(b.text.partition(":")[0]) for b in page.select(".hero .slot b, .spec .slot b")]
    assert len(hours) >= 3
    assert [hour for hour in hours if not 7 <= hour < 22] == []


def test_the_list_itself_stays_in_the_order_that_is_published(far_and_near):
    berlin, london = of_the_list(BERLIN), of_the_list(LONDON)

    assert berlin == london == sorted(berlin, key=lambda each: each[1][0])


def test_who_has_only_nights_comes_after_who_has_days_and_before_who_has_nothing(app, cast, clock):
    clock.freeze(NOW)
    colleague("Night", hours=(180, 300))
    colleague("Never", days=())

    found = queries.soonest(queries.everyone(), BERLIN, 4)

    assert [each.card.slug for each, _ in found] == ["anna-kern", "night", "never"]
    assert waking.is_night(found[1][1][0], BERLIN)
    assert found[2][1] == ()


# ---------------------------------------------------------------- ways on after a no


def suggested(cast, person=None, reader=BERLIN):
    return [each.slug for each, _ in queries.others_with_times(cast.practice, person or cast.ben, reader)]


@pytest.mark.parametrize("state", [BookingState.COMPLETED, BookingState.CONFIRMED, BookingState.CLIENT_MISSED])
def test_nobody_is_sent_to_somebody_with_whom_their_consultation_is_used(app, cast, state):
    tom = colleague("Tom")
    colleague("Ilse")
    factories.booking(cast.ben, tom, WEDNESDAY_TEN, state=state)

    assert suggested(cast) == ["ilse"]
    assert sorted(suggested(cast, cast.cleo)) == ["ilse", "tom"]


def test_nobody_is_sent_to_themself(app, cast):
    assert suggested(cast, colleague("Tom").user) == []


def test_nobody_is_sent_on_who_may_book_with_nobody(app, cast):
    colleague("Tom")
    assert suggested(cast) == ["tom"]

    for number, name in enumerate(("Ilse", "Una", "Vera")):
        factories.booking(cast.ben, colleague(name), WEDNESDAY_TEN + timedelta(hours=number))

    assert suggested(cast) == []


def test_the_soonest_of_all_come_first_in_whichever_order_they_came(app, cast):
    for number in range(12):
        colleague(f"Later{number}", days=(4,))
    colleague("Soon")

    assert suggested(cast)[0] == "soon"


def test_any_shared_topic_counts_and_none_does_not(app, cast):
    colleague("Tom")
    with transaction() as session:
        session.get_one(Specialist, cast.practice.id).topics = [
            SpecialistTopic(topic=factories.topic(name), is_main=True, position=place)
            for place, name in enumerate(("Grief", "Stress"))
        ]
    assert suggested(cast) == ["tom"]

    with transaction() as session:
        session.get_one(Specialist, cast.practice.id).topics = [
            SpecialistTopic(topic=factories.topic("Grief"), is_main=True)
        ]
    assert suggested(cast) == []


def test_what_is_suggested_after_cancelling_is_by_day_and_the_same_as_on_the_profile(
    far_and_near, cast, client, sign_in, post
):
    booked = factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN, state=BookingState.COMPLETED)
    sign_in(client, cast.ben)
    client.set_cookie("zone", LONDON.home)
    with transaction() as session:
        session.get_one(type(booked), booked.id).state = BookingState.LATE_RELEASED

    after = [a["href"] for a in tree_of(client.get(f"/bookings/{booked.code}")).select("ul.list li a")]
    profile = [a["href"] for a in tree_of(client.get("/specialists/anna-kern")).select("#book ul.list a")]

    assert [each for each in after if each.startswith("/specialists/")] == profile
    found = queries.others_with_times(cast.practice, cast.ben, LONDON)
    assert len(found) == len(profile) == 2
    assert not any(waking.is_night(int(start.timestamp()), LONDON) for _, start in found)
