"""This file knows that a specialist has one clock: where they are on a date, whatever page, letter or list shows it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practice.availability import actions as hours
from practice.availability import queries as availability
from practice.availability.actions import Keep
from practice.bookings import actions as bookings
from practice.bookings import emails
from practice.http.clocks import Clock
from practice.scheduling.days import Travel
from practice.store.db import transaction
from tests import factories
from tests.pages import tree_of

# Ten in Vienna, nine in Dublin where Ben is, four in the morning in New York.
AT = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
NEW_YORK = "America/New_York"


def has_moved(practice):
    hours.change_zone(practice, NEW_YORK, Keep.CLOCK)


def travels(practice):
    hours.add_travel(practice, date(2027, 3, 3), date(2027, 3, 5), NEW_YORK)


@pytest.fixture(params=[has_moved, travels])
def booking(request, cast):
    """Ben with Anna at four in the morning of New York, where she is by then."""
    made = factories.booking(cast.ben, cast.practice, AT)
    request.param(cast.practice)
    return made


@pytest.fixture
def read(app, cast, sign_in):
    """The words of a page as Anna or Ben reads them."""

    def words(path, reader=None):
        answer = sign_in(app.test_client(), reader or cast.anna).get(path)
        assert answer.status_code == 200, path
        return " ".join(tree_of(answer).main.get_text(" ").split())

    return words


PAGES = {
    "today": "/practice",
    "the appointment": "/practice/bookings/{code}",
    "offer other times": "/practice/bookings/{code}/move",
    "the week as a list": "/practice/calendar?week=2027-W09&view=list",
    "hours, booked outside": "/practice/availability",
    "closing": "/practice/close",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_shows_the_clock_of_that_date_and_names_it(name, booking, read):
    words = read(PAGES[name].format(code=booking.code))

    assert "04:00" in words
    assert "New York time" in words
    if name not in ("offer other times", "the week as a list", "hours, booked outside"):  # these show other times too
        assert "10:00" not in words


@pytest.mark.parametrize("name", ["today", "the appointment", "the week as a list"])
def test_the_clients_clock_stands_beside_it(name, booking, read):
    words = read(PAGES[name].format(code=booking.code))

    assert (
        "09:00, Dublin time" in words or "09:00 for B., Dublin time" in words or "09:00 for them, Dublin time" in words
    )


def test_every_letter_is_written_on_the_same_clock(booking, cast, outbox):
    with transaction():
        emails.reminder_day(booking)
        emails.not_reconfirmed(booking)
    bookings.cancel(booking, by=cast.ben)

    letters = [outbox.read(letter) for letter in outbox.to(cast.anna)]

    assert len(letters) == 3
    for letter in letters:
        assert "04:00 (New York time)" in " ".join(letter.text.split()), letter.text
        assert "10:00" not in letter.text


def test_a_reminder_names_its_day_whenever_it_is_sent(booking, cast, outbox):
    """ "Tomorrow" would be untrue after midnight, and on another clock."""
    with transaction():
        emails.reminder_day(booking)

    subjects = [outbox.read(outbox.last_to(each)).subject for each in (cast.anna, cast.ben)]
    assert subjects == [
        "Reminder: appointment on Wed 3 Mar 2027, 04:00 (New York time)",
        "Reminder: appointment on Wed 3 Mar 2027, 09:00 (Dublin time)",
    ]


def test_a_move_from_home_to_abroad_is_written_on_both_clocks(booking, cast, outbox):
    bookings.move(booking, datetime(2027, 3, 4, 15, 0, tzinfo=UTC), by=cast.ben)

    text = " ".join(outbox.read(outbox.last_to(cast.anna)).text.split())

    assert "04:00 (New York time)" in text
    assert "Thursday 4 March 2027, 10:00 (New York time)" in text


def test_the_client_sees_the_clock_that_the_specialist_reads(booking, cast, read, outbox):
    assert "04:00 for Anna, New York time" in read(f"/bookings/{booking.code}", cast.ben)

    with transaction():
        emails.reminder_day(booking)

    assert "04:00 (New York time)" in outbox.read(outbox.to(cast.ben)[-1]).text


def test_the_clients_new_zone_counts_in_the_letter_to_the_specialist(cast, outbox):
    booking = factories.booking(cast.ben, cast.practice, AT)
    with transaction():
        cast.ben.zone = "Asia/Kolkata"
    with transaction():
        emails.reminder_day(booking)

    assert "14:30 (Kolkata time)" in outbox.read(outbox.last_to(cast.anna)).text


def test_what_was_agreed_is_the_wall_clock_of_that_date(cast):
    travels(cast.practice)
    there = datetime(2027, 3, 4, 15, 0, tzinfo=UTC)

    held = bookings.hold(cast.practice.consult, there, bookings.Visitor(cast.ben, "b", "n", "UTC"))

    assert (held.appointment.zone, held.appointment.local_start) == (NEW_YORK, "2027-03-04T10:00+0")


def test_a_practice_changes_its_zone_in_one_place(cast, app, sign_in, post):
    browser = sign_in(app.test_client(), cast.anna)

    settings = browser.get("/me/settings")
    refused = post("/me/settings/zone", browser=browser, zone="Asia/Tokyo")

    assert 'href="/practice/availability#zone"' in settings.text
    assert tree_of(settings).find("select", attrs={"name": "zone"}) is None
    assert refused.status_code == 403
    assert "beside them, under Availability" in refused.text
    assert availability.home_of(cast.practice) == "Europe/Vienna"


def test_moving_home_is_seen_at_once_by_every_list(cast):
    has_moved(cast.practice)

    assert cast.anna.zone == NEW_YORK
    assert availability.open_hours(cast.practice, "consult").zone == NEW_YORK


def test_a_clock_is_kept_with_a_letter_whole():
    clock = Clock("Europe/Lisbon", (Travel(date(2027, 3, 3), None, NEW_YORK),), is_twelve=True)

    assert Clock.from_facts(clock.as_facts()) == clock


def test_an_instant_is_read_where_one_is_on_its_date():
    clock = Clock("Europe/Lisbon", (Travel(date(2027, 3, 3), date(2027, 3, 5), NEW_YORK),))

    zones = [clock.zone_at(AT + timedelta(days=number)) for number in (-2, 0, 2, 3)]

    assert zones == ["Europe/Lisbon", NEW_YORK, NEW_YORK, "Europe/Lisbon"]
