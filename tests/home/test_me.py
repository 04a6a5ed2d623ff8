"""A client's own page: what is ahead and what can be done about it now, what was, what was begun."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from practice.accounts import actions as accounts
from practice.bookings import actions as bookings
from practice.bookings.models import Booking
from practice.specialists.actions import saving
from practice.store.db import transaction
from tests.factories import PASSWORD, open_hours, specialist, user
from tests.factories import booking as stored

WEDNESDAY_TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def me(client, cast, sign_in):
    sign_in(client, cast.ben)
    return lambda: BeautifulSoup(" ".join(client.get("/me").text.split()), "html.parser").find("main")


@pytest.fixture
def booked(cast, app):
    return stored(cast.ben, cast.practice, WEDNESDAY_TEN)


def test_an_appointment_is_entered_from_here_once_its_door_is_open(booked, me, clock):
    assert "Video" in me().text
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=11))
    assert "Join now" not in me().text

    clock.advance(minutes=1)

    door = me().find("button", string="Join now").find_parent("form")
    assert door["action"].endswith(f"/bookings/{booked.code}/join")


def test_nobody_is_asked_whether_it_suits_once_it_has_begun(booked, me, clock):
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=1))
    assert "Does it still suit you?" in me().text

    clock.freeze(WEDNESDAY_TEN)

    assert "Does it still suit you?" not in me().text


def test_whoever_missed_one_before_is_told_until_when_an_answer_is_needed(booked, me, clock, cast):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=10))
    assert "Please say by" not in me().text
    for name, days in (("Ilse Vandermeer", 20), ("Tom Reed", 30)):
        other = specialist(user(name), slug=name.lower().replace(" ", "-"))
        stored(cast.ben, other, WEDNESDAY_TEN - timedelta(days=days), state="client_missed")

    assert "Please say by Wednesday, 05:00 that you’ll be there." in " ".join(me().text.split())


def test_for_a_day_after_the_end_it_is_over_and_not_booked(booked, me, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=31))

    past = me().find("section", {"aria-labelledby": "past"})

    assert "The half hour is over" in past.text
    assert "Booked" not in past.text


def test_each_thing_that_was_begun_leads_back_to_what_was_written_there(client, cast):
    open_hours(specialist(user("Ilse Vandermeer"), slug="ilse"), zone="Europe/Vienna")
    field = BeautifulSoup(client.get("/time-zone").text, "html.parser").find("input", {"name": "csrf_token"})
    form = {"csrf_token": field["value"], "start": "2027-03-03T09:00:00Z", "format": "video", "consent": "y"}
    for slug, words in (("anna-kern", "To Anna"), ("ilse", "To Ilse")):
        client.post(f"/specialists/{slug}/book/confirm", data=form | {"note": words})

    client.post("/sign-in", data={"csrf_token": field["value"], "email": cast.ben.email, "password": PASSWORD})
    page = BeautifulSoup(client.get("/me").text, "html.parser")
    ways = {a.find_parent("section").h2.text: a["href"] for a in page.find_all("a", string="Go on where you were")}

    for name in ("Anna", "Ilse"):
        way = ways[f"You were about to book your free consultation with {name}"]
        assert f"To {name}" in client.get(way, follow_redirects=True).text


def test_whatever_changed_stands_on_the_next_view(me, cast, clock):
    assert "Nothing booked yet" in me().text
    assert "Free consultations ahead: 0, at most 3 at a time" in " ".join(me().text.split())

    mine = bookings.book(cast.ben, cast.practice.consult, WEDNESDAY_TEN, bookings.Details(format="video"))
    assert "Free consultations ahead: 1, at most 3 at a time" in " ".join(me().text.split())
    assert "Anna Kern" in me().find("section", {"aria-labelledby": "ahead"}).text

    bookings.cancel(mine, by=cast.ben)
    assert "You cancelled" in me().find("section", {"aria-labelledby": "past"}).text

    saving.save(cast.ben, cast.practice)
    assert "Anna Kern" in me().find("section", {"aria-labelledby": "saved"}).text
    saving.forget(cast.ben, cast.practice)
    assert "Specialists you save appear here" in me().text

    accounts.ask_for_erasure(cast.ben)
    assert "Your account goes on" in me().text
    accounts.keep_account(cast.ben)
    assert "Your account goes on" not in me().text


def test_what_was_is_told_from_the_last_that_became_past(me, cast, clock):
    """A cancelled date that lies ahead was over when it was cancelled, not on that date."""
    for name, state, days in (("Ilse", "completed", -1), ("Tom", "completed", -9), ("Una", "cancelled_by_client", 20)):
        other = specialist(user(f"{name} Other"), slug=f"{name.lower()}-other")
        stored(cast.ben, other, WEDNESDAY_TEN + timedelta(days=days), state=state)
    with transaction() as session:
        (cancelled,) = session.scalars(select(Booking).where(Booking.state == "cancelled_by_client"))
        cancelled.ended_at = WEDNESDAY_TEN - timedelta(days=5)
    clock.freeze(WEDNESDAY_TEN)

    past = me().find("section", {"aria-labelledby": "past"})

    rows = past.find_all("li")
    assert [row.strong.text.split()[0] for row in rows] == ["Ilse", "Una", "Tom"]
    # So that the order is seen: its tile shows a day that lies ahead.
    assert "You cancelled on 26 February" in rows[1].text
    assert "Took place" in rows[0].text and " on " not in rows[0].p.text


def test_the_tabs_of_a_phone_lead_to_pages_of_ones_own(client, cast, sign_in):
    sign_in(client, cast.ben)
    tabs = BeautifulSoup(client.get("/me").text, "html.parser").select(".tabbar a")

    assert [tab["href"] for tab in tabs] == ["/me", "/specialists", "/me/messages", "/questions", "/me/settings"]
    assert "#i-heart" not in str(tabs)
