"""This file knows a specialist's week: on their own clock, on nights when clocks change, on the way, without names."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from practice.availability import actions
from practice.availability.policy import Limits
from practice.bookings import agenda, week
from practice.bookings.entered import new_uid
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.scheduling.hours import WeeklyRange
from practice.specialists.states import OfferKind
from practice.store.db import transaction
from practice.values.money import Money
from tests import factories

PAGE = "/practice/calendar"
MONDAY = date(2027, 3, 1)
TUESDAY_TEN = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def practice(cast):
    return cast.practice


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


def days(practice, clock, monday=MONDAY):
    return {each.on: each for each in agenda.week(practice, monday, clock.now())}


def spots(day, *what):
    """Minutes of the wall clock at which blocks of these sorts begin, and how long they last."""
    return [(piece.starts, piece.lasts) for block in day.of(*what) for piece in block.pieces]


def test_a_day_shows_open_hours_bookings_gaps_and_what_is_left(practice, cast, clock):
    actions.save_limits(practice, Limits(gap_before=10, gap_after=20))
    factories.booking(cast.ben, practice, TUESDAY_TEN)

    tuesday = days(practice, clock)[date(2027, 3, 2)]

    assert spots(tuesday, "open") == [(540, 480)]
    assert spots(tuesday, "consult") == [(600, 30)]
    assert spots(tuesday, "gap") == [(590, 10), (630, 20)]
    # What is kept free is not open to anybody.
    assert spots(tuesday, "free") == [(540, 50), (650, 370)]


def test_time_off_closes_hours_and_shows_as_such(practice, clock):
    actions.add_time_off(practice, TUESDAY_TEN, TUESDAY_TEN + timedelta(hours=2))

    tuesday = days(practice, clock)[date(2027, 3, 2)]

    assert spots(tuesday, "off") == [(600, 120)]
    assert spots(tuesday, "open") == [(540, 60), (720, 300)]


def test_a_hold_shows_until_it_runs_out(practice, cast, clock):
    factories.booking(cast.ben, practice, TUESDAY_TEN, state=BookingState.HELD)
    assert spots(days(practice, clock)[date(2027, 3, 2)], "held") == [(600, 30)]

    clock.advance(minutes=11)

    assert spots(days(practice, clock)[date(2027, 3, 2)], "held") == []


def test_what_was_cancelled_is_gone_and_what_took_place_stays(practice, cast, clock):
    factories.booking(cast.ben, practice, TUESDAY_TEN, state=BookingState.CANCELLED_BY_CLIENT)
    factories.booking(cast.cleo, practice, TUESDAY_TEN + timedelta(hours=1), state=BookingState.COMPLETED)

    assert spots(days(practice, clock)[date(2027, 3, 2)], "consult") == [(660, 30)]


def test_a_night_has_one_part_on_each_of_its_days(practice, clock):
    actions.save_week(practice, "", [WeeklyRange(4, 22 * 60, 26 * 60)])

    found = days(practice, clock)

    assert spots(found[date(2027, 3, 5)], "open") == [(1320, 120)]
    assert spots(found[date(2027, 3, 6)], "open") == [(0, 120)]


def test_a_day_of_23_hours_leaves_out_the_hour_that_does_not_exist(practice, clock):
    actions.save_week(practice, "", [WeeklyRange(6, 60, 300)])

    sunday = days(practice, clock, date(2027, 3, 22))[date(2027, 3, 28)]

    assert spots(sunday, "open") == [(60, 60), (180, 120)]
    assert sunday.notes == ("23 hours: the clocks go forward",)


def test_a_day_of_25_hours_shows_the_hour_that_comes_twice(practice, cast, clock):
    actions.save_week(practice, "", [WeeklyRange(6, 60, 300)])
    # 02:30 for the second time, after the clocks went back at 03:00 on 31 October.
    factories.booking(cast.ben, practice, datetime(2027, 10, 31, 1, 30, tzinfo=UTC))

    sunday = days(practice, clock, date(2027, 10, 25))[date(2027, 10, 31)]

    assert spots(sunday, "open") == [(60, 120), (120, 180)]
    assert [(piece.starts, piece.again) for block in sunday.of("consult") for piece in block.pieces] == [(150, True)]
    assert sunday.notes == ("25 hours: the clocks go back",)


@pytest.mark.once
@pytest.mark.parametrize("monday", [date(2027, 3, 22), date(2027, 10, 25)])
def test_no_minute_of_a_week_is_lost_or_doubled_when_clocks_change(practice, clock, monday):
    actions.save_week(practice, "", [WeeklyRange(weekday, 0, 1440) for weekday in range(7)])

    lasted = sum(lasts for each in days(practice, clock, monday).values() for _, lasts in spots(each, "open"))

    assert lasted == 7 * 1440 + (-60 if monday.month == 3 else 60)


def test_travel_days_are_on_the_clock_of_the_place_and_say_so(practice, clock):
    actions.add_travel(practice, date(2027, 3, 3), date(2027, 3, 3), "America/New_York")

    found = days(practice, clock)

    assert spots(found[date(2027, 3, 3)], "open") == [(540, 480)]
    assert found[date(2027, 3, 3)].notes == ("From today on New York time",)
    assert found[date(2027, 3, 4)].notes == ("From today on Vienna time",)
    (away,) = found[date(2027, 3, 3)].of("open")
    assert away.begins == datetime(2027, 3, 3, 14, 0, tzinfo=UTC)


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    ["", None, "2027-W54", "2027-W00", "2027-W1x", "W10", "0001-W01", "9999-W52", "2027-W٠٩", "x" * 5000, "2027-W-1"],
)
def test_a_week_that_is_none_is_this_week(text):
    assert week.monday_of(text, date(2027, 3, 3)) == MONDAY


@pytest.mark.once
def test_weeks_have_the_numbers_of_iso_8601_also_around_new_year():
    assert week.monday_of("2026-W53", date(2027, 3, 3)) == date(2026, 12, 28)
    assert week.week_text(date(2027, 1, 1)) == "2026-W53"


# ---------------------------------------------------------------- the page


def test_the_page_shows_initials_and_never_a_name(anna_in, practice, app):
    factories.booking(factories.user("Benedikt Kowalski"), practice, TUESDAY_TEN)

    page = anna_in.get(PAGE).text

    assert "B. K." in page
    assert "Benedikt" not in page
    assert "Kowalski" not in page


def test_the_page_opens_another_week_and_names_it(anna_in):
    page = BeautifulSoup(anna_in.get(f"{PAGE}?week=2027-W12").text, "html.parser")

    assert page.h1.get_text() == "Calendar, 22 to 28 March 2027"
    assert "23 hours: the clocks go forward" in page.main.get_text()
    assert [a["href"] for a in page.main.find_all("a") if "2027-W13" in a["href"]]


def test_the_list_says_when_where_and_how(anna_in, practice, cast):
    factories.booking(cast.cleo, practice, TUESDAY_TEN, client_zone="America/New_York")

    page = BeautifulSoup(anna_in.get(f"{PAGE}?view=list").text, "html.parser").main.get_text(" ")

    assert "Free consultation, 04:00, New York time" in page
    assert "Vienna time" in page


def test_the_list_says_what_was_open_and_asks_nobody_to_book_the_past(client, cast, sign_in, practice, clock):
    clock.advance(days=7)
    anna = sign_in(client, cast.anna)

    past = BeautifulSoup(anna.get(f"{PAGE}?view=list&week=2027-W09").text, "html.parser").main.get_text(" ")
    to_come = BeautifulSoup(anna.get(f"{PAGE}?view=list&week=2027-W11").text, "html.parser").main.get_text(" ")

    assert "Was open" in past
    assert "Nobody booked" not in past
    assert "Nobody booked" in to_come
    assert "Was open" not in to_come


def test_a_held_time_is_shown_without_anything_about_the_person(anna_in, practice, cast):
    factories.booking(cast.ben, practice, TUESDAY_TEN, state=BookingState.HELD)
    paying = {"price_amount": 7200, "price_currency": "EUR", "cancel_rule": "24h:100", "state": BookingState.HELD}
    factories.booking(cast.cleo, practice, TUESDAY_TEN + timedelta(hours=1), **paying)

    page, listed = anna_in.get(PAGE).text, anna_in.get(f"{PAGE}?view=list").text

    assert "Being booked" in page
    assert "Somebody has the form open" in listed and "Someone is paying for it just now" in listed
    assert "B." not in BeautifulSoup(page, "html.parser").find(class_="cal").get_text()


def test_a_calendar_shows_only_ones_own_bookings(app, cast, sign_in, practice):
    tess = factories.user("Tess Other")
    other = factories.specialist(tess)
    mine = factories.booking(cast.ben, practice, TUESDAY_TEN)
    factories.booking(cast.cleo, other, TUESDAY_TEN + timedelta(hours=1))

    page = sign_in(app.test_client(), tess).get(PAGE).text

    assert mine.code not in page


def test_clients_and_strangers_have_no_calendar(app, cast, sign_in):
    assert app.test_client().get(PAGE).status_code == 302
    assert sign_in(app.test_client(), cast.ben).get(PAGE).status_code == 403


# ---------------------------------------------------------------- groups


@pytest.fixture
def group(cast, practice, app):
    """Ben and Cleo in one group on Tuesday at ten."""
    evenings = factories.offer(practice, kind=OfferKind.GROUP, name="Evenings", minutes=60, price=Money(1500, "EUR"))
    first = factories.booking(cast.ben, practice, TUESDAY_TEN, of=evenings)
    with transaction() as session:
        first.appointment.capacity = 3
        columns = {"kind": first.kind, "client": cast.cleo, "person_key": cast.cleo.person_key, "call_name": "Cleo"}
        second = Booking(
            appointment=first.appointment, specialist=practice, state=BookingState.CONFIRMED, place=2, **columns
        )
        second.ics_uid = new_uid()
        session.add(second)
    return first, second


def test_a_group_is_one_block_with_everybody_in_it(practice, clock, group):
    tuesday = days(practice, clock)[date(2027, 3, 2)]

    assert spots(tuesday, "group") == [(600, 60)]
    assert [booking.id for block in tuesday.of("group") for booking in block.bookings] == [each.id for each in group]


def test_the_week_shows_a_group_and_leads_to_everybodys_booking(anna_in, group):
    grid, shown = (BeautifulSoup(anna_in.get(f"{PAGE}{query}").text, "html.parser") for query in ("", "?view=list"))
    block = grid.select_one("a.ev.group")

    assert block.get_text(" ") == "B., C. 10:00 · Group session"
    assert block["href"].endswith("week=2027-W09&view=list")
    leads_to = {link["href"] for link in shown.select(".agenda a")}
    assert leads_to == {f"/practice/bookings/{each.code}" for each in group}
    assert "Group session" in shown.select_one(".legend").text


def test_a_week_without_groups_has_none_in_its_legend(anna_in):
    assert "Group" not in anna_in.get(PAGE).text
