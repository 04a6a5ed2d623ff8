"""What the page of a booking says at each moment: only what is possible then, and what it would mean."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from practice.bookings import actions, labels, limits, queries
from practice.bookings.forms import start_value
from practice.bookings.states import BookingState
from practice.http.clocks import Clock
from practice.store.db import transaction
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import specialist, user
from tests.pages import tree_of


@pytest.fixture
def booked(cast, app):
    return stored(cast.ben, cast.practice, WEDNESDAY_TEN)


@pytest.fixture
def read(ben_in):
    def words(path):
        found = BeautifulSoup(ben_in.get(path).text, "html.parser").find("main")
        return " ".join(found.get_text(" ").split())

    return words


def test_after_two_moves_the_pages_say_so_and_show_ways_on(booked, read, cast):
    for start in (THURSDAY_TEN, WEDNESDAY_TEN):
        actions.move(booked, start, by=cast.ben)
    page, move, cancel = (read(f"/bookings/{booked.code}{end}") for end in ("", "/move", "/cancel"))

    assert "You’ve moved it twice, the most there is. Cancel until Wednesday 3 March, 09:00" in page
    assert "doesn’t count as your one with Anna, and you can book another time" in page
    assert "You’ve moved it twice, the most there is. Cancelled by Wednesday 3 March, 07:00, Dublin time, it" in move
    assert "Cancel it instead" in move
    assert "Move it to another time instead" not in cancel


@pytest.mark.parametrize("end, yes, no", [("", "Cancel it It counts now", "No reason needed"),
                                          ("/reminder", "Release it It counts now", "Frees the time")])  # fmt: skip
def test_less_than_two_hours_before_every_way_out_says_that_it_counts(booked, read, clock, end, yes, no):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=2))
    in_time = read(f"/bookings/{booked.code}{end}")
    clock.advance(seconds=1)
    late = read(f"/bookings/{booked.code}{end}")

    assert no in in_time and yes not in in_time
    assert yes in late and no not in late
    assert "less than two hours before, it counts as your one" in late


def test_within_a_day_the_page_asks_whether_it_still_suits_until_it_is_answered(booked, read, clock, cast):
    assert "I’ll be there" not in read(f"/bookings/{booked.code}")
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=24))
    assert "Does it still suit you?" in read(f"/bookings/{booked.code}")

    actions.reconfirm(booked, by=cast.ben)

    assert "I’ll be there Anna sees it" not in read(f"/bookings/{booked.code}")


@pytest.mark.parametrize("format, heading", [("video", "The door opens at 08:50"), ("phone", "Anna calls you at 09:00"),
                                             ("in_person", "You meet in person, in Graz")])  # fmt: skip
def test_the_page_says_how_the_two_will_meet(booked, read, cast, format, heading):
    with transaction():
        booked.format, cast.practice.place = format, "Graz"

    assert heading in read(f"/bookings/{booked.code}")


def test_where_to_come_is_told_after_booking(booked, read, cast):
    with transaction():
        booked.format = "in_person"
    assert "Anna hasn’t written down the address yet" in read(f"/bookings/{booked.code}")

    with transaction():
        cast.practice.phone_note = "Herrengasse 3, second floor."

    assert "Herrengasse 3, second floor." in read(f"/bookings/{booked.code}")
    assert "Herrengasse 3" not in read("/specialists/anna-kern")


def test_once_it_is_over_no_door_is_promised(booked, read, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=30))
    page = read(f"/bookings/{booked.code}")

    assert "The half hour is over" in page
    assert "Anna wasn’t there" in page
    assert "The door" not in page


@pytest.mark.parametrize("shared", [True, False])
def test_a_client_reads_their_own_words_again_and_who_else_can(cast, ben_in, shared):
    details = actions.Details("video", note="A word for before", shares_note=shared)
    booking = actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, details)

    page = ben_in.get(f"/bookings/{booking.code}").text

    assert "A word for before" in page
    assert ("Anna can read this." if shared else "Only you can read this.") in page


@pytest.mark.parametrize(
    ("format", "sentence"),
    [
        ("video", "The door opens at"),
        ("phone", "calls you on the number you gave"),
        ("in_person", "You meet in person"),
    ],
)
def test_what_happens_next_fits_how_the_two_meet(booked, ben_in, format, sentence):
    with transaction():
        booked.format = format

    assert sentence in ben_in.get(f"/bookings/{booked.code}/confirmed").text


@pytest.mark.parametrize("missed", [0, 1])
def test_the_reminders_page_says_what_no_answer_means(booked, read, clock, cast, missed):
    practice = specialist(user("Otto"), slug="otto")
    for number in range(missed):
        stored(cast.ben, practice, WEDNESDAY_TEN - timedelta(days=30 + number), state=BookingState.CLIENT_MISSED)
    with transaction():
        booked.confirmed_at = WEDNESDAY_TEN - timedelta(days=5)
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=20))

    words = read(f"/bookings/{booked.code}/reminder")

    assert ("No answer is fine too: the time stays yours." in words) == (missed == 0)
    assert ("Please answer by Wednesday, 05:00" in words) == (missed == 1)


def test_the_reminders_page_holds_what_one_wants_to_know(booked, read, post, ben_in):
    post(f"/bookings/{booked.code}/preparation", words="How often do we meet?")

    assert "How often do we meet?" in read(f"/bookings/{booked.code}/reminder")


def _chosen(browser, post, cast):
    path = f"/specialists/{cast.practice.slug}/book"
    post(path, browser=browser, start=start_value(WEDNESDAY_TEN))
    form = BeautifulSoup(browser.get(path, follow_redirects=True).text, "html.parser")
    return " ".join(form.select_one(".lede").text.split())


def test_a_visitor_reads_until_when_the_time_is_held_and_what_comes_next(client, cast, post):
    said = _chosen(client, post, cast)

    assert "We’re holding this time for you until" in said
    assert "After that somebody else can take it" in said
    assert "once you have signed in, or created an account and confirmed your email, and pressed the button" in said


def test_a_visitor_for_whom_nothing_is_held_reads_that(client, cast, post, monkeypatch):
    monkeypatch.setattr(limits, "HOLDS_PER_NETWORK", 0)
    said = _chosen(client, post, cast)

    assert "holding" not in said
    assert "This time isn’t held, so that others find times too" in said
    assert "pressed the button here once more" in said


def test_a_client_reads_only_until_when_it_is_held(ben_in, cast, post):
    said = _chosen(ben_in, post, cast)

    assert "We’re holding this time for you until" in said
    assert "once more" not in said


@pytest.mark.parametrize("no_email", [False, True])
def test_the_booked_page_says_how_each_side_hears(cast, ben_in, no_email):
    with transaction():
        cast.ben.no_email = no_email
    booked = actions.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, actions.Details(format="video"))

    page = " ".join(tree_of(ben_in.get(f"/bookings/{booked.code}/confirmed")).find("main").get_text(" ").split())

    assert "We write to Anna at" in page
    assert "it is in Anna’s calendar" not in page
    assert ("a letter waits in your account at once" in page) == no_email
    assert ("we write to you at once" in page) != no_email
    assert ("from this page or the mail" in page) != no_email


def test_the_form_says_from_when_on_a_cancellation_counts(ben_in, cast, hold, app):
    hold(WEDNESDAY_TEN)
    said = " ".join(tree_of(ben_in.get("/specialists/anna-kern/book", follow_redirects=True)).find("main").text.split())

    assert "any time before it starts. No reason needed. Cancelled after Wednesday 3 March, 07:00, Dublin" in said


def test_a_number_that_a_call_needs_is_not_called_optional(ben_in, cast, hold, app):
    with transaction():
        cast.practice.formats = ["video", "phone"]
        cast.practice.profile_version += 1
    hold(WEDNESDAY_TEN)
    page = tree_of(ben_in.get("/specialists/anna-kern/book", follow_redirects=True))

    assert page.select_one("label[for=phone]").text.strip() == "Phone number"


def test_nothing_is_said_of_calendars_before_letters_have_left(booked, ben_in, post, cast):
    post(f"/bookings/{booked.code}/move", start=start_value(THURSDAY_TEN))
    page = tree_of(ben_in.get(f"/bookings/{booked.code}"))

    assert "Moved to Thursday 4 March, 09:00." in " ".join(page.select_one(".flash-wrap").text.split())
    assert "calendars" not in page.find("main").text


def test_an_hour_of_the_other_side_names_their_clock_and_no_town(app, clock):
    theirs = Clock("Africa/Lagos")

    assert labels.other_clock(WEDNESDAY_TEN, "Chidinma", theirs) == "10:00 for Chidinma, Lagos time"


def test_a_client_sees_all_that_they_said_when_booking(booked, ben_in, cast):
    topic = cast.practice.topics[0].topic
    with transaction():
        booked.topics, booked.with_partner = [topic.slug], True
        booked.format, booked.phone = "phone", "+353 85 555 0142"
    page = tree_of(ben_in.get(f"/bookings/{booked.code}"))

    said = " ".join(page.select_one("[aria-labelledby=said]").get_text(" ").split())
    assert topic.name in said
    assert "Your partner will be there too. The number to call: +353 85 555 0142 Anna sees this." in said
