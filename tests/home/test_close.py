"""A specialist closes their practice for good: what it says first, what ends, and what stays."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from practice.bookings import actions as bookings
from practice.bookings.states import BookingState
from practice.specialists import actions as specialists
from practice.specialists import queries
from practice.specialists.states import ProfileState
from practice.store.db import db
from tests import factories

PAGE = "/practice/close"
TODAY_NOON = datetime(2027, 3, 1, 11, 0, tzinfo=UTC)


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


@pytest.fixture
def booked(cast):
    return factories.booking(cast.ben, cast.practice, TODAY_NOON + timedelta(days=2))


def text_of(answer):
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def state_of(thing):
    db.session.rollback()
    db.session.refresh(thing)
    return thing.state


def test_the_way_there_starts_at_the_profile(anna_in):
    assert f'href="{PAGE}"' in anna_in.get("/practice/profile").text


def test_looking_closes_nothing_and_names_what_is_ahead(anna_in, cast, booked):
    words = text_of(anna_in.get(PAGE))

    assert "One appointment is still ahead" in words
    assert "Wednesday 3 March, 12:00" in words
    assert "It doesn’t come back" in words
    assert state_of(cast.practice) == ProfileState.PUBLISHED


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ahead": "keep"}, "Please tick this, so that we know that it is meant."),
        ({"sure": "y"}, "Choose what becomes of what is booked."),
        ({"sure": "y", "ahead": "burn"}, "Not a valid choice"),
    ],
)
def test_without_a_whole_answer_it_comes_back_and_closes_nothing(anna_in, cast, booked, post, fields, sentence):
    answer = post(PAGE, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert state_of(cast.practice) == ProfileState.PUBLISHED
    assert state_of(booked) == BookingState.CONFIRMED


def test_what_is_kept_takes_place_and_nobody_new_can_book(anna_in, app, cast, booked, post, outbox):
    answer = post(PAGE, sure="y", ahead="keep")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/apply")
    assert state_of(cast.practice) == ProfileState.CLOSED
    assert state_of(booked) == BookingState.CONFIRMED
    assert outbox.kinds_to(cast.ben) == ["bookings/stands"]
    assert outbox.last_to(cast.anna).template == "specialists/closed"
    assert app.test_client().get("/specialists/anna-kern").status_code == 404
    words = text_of(anna_in.get("/apply"))
    assert "Your practice here is closed" in words
    assert "Appointments that you kept take place as agreed." in words
    assert anna_in.get(f"/practice/bookings/{booked.code}").status_code == 200


def test_what_is_cancelled_is_told_and_never_counts(anna_in, cast, booked, post, outbox):
    post(PAGE, sure="y", ahead="cancel")

    assert state_of(booked) == BookingState.CANCELLED_BY_SPECIALIST
    assert not booked.claims_pair
    assert outbox.last_to(cast.ben).template == "bookings/cancelled"
    assert state_of(cast.practice) == ProfileState.CLOSED


def test_however_far_ahead_it_is_what_the_page_names_is_what_is_cancelled(anna_in, cast, booked, post):
    far = factories.booking(cast.cleo, cast.practice, TODAY_NOON + timedelta(days=900))

    assert "2 appointments are still ahead" in text_of(anna_in.get(PAGE))
    post(PAGE, sure="y", ahead="cancel")
    assert {state_of(each) for each in (booked, far)} == {BookingState.CANCELLED_BY_SPECIALIST}


def test_without_appointments_nothing_has_to_be_chosen(anna_in, cast, post):
    assert "What is booked" not in anna_in.get(PAGE).text
    assert post(PAGE, sure="y").status_code == 303
    assert state_of(cast.practice) == ProfileState.CLOSED


def test_it_is_closed_once(anna_in, cast, post):
    post(PAGE, sure="y")

    answer = post(PAGE, sure="y")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/apply")


def test_a_client_of_a_closed_practice_is_led_to_no_page_that_is_gone(app, cast, sign_in, booked):
    bookings.close_practice(cast.practice, calls_off=True, by=cast.anna)
    page = sign_in(app.test_client(), cast.ben).get(f"/bookings/{booked.code}")

    assert "/specialists/anna-kern" not in page.text
    assert "you can book one whenever you like" not in text_of(page)
    assert "It doesn’t count as your free consultation with Anna." in text_of(page)


def test_staff_are_not_asked_about_words_for_a_practice_that_is_closed(cast):
    specialists.ask_revision(cast.practice, {"name": "Anna Berg"}, by=cast.anna)
    assert len(queries.waiting_revisions()) == 1

    specialists.close(cast.practice, by=cast.anna)

    assert queries.waiting_revisions() == []
