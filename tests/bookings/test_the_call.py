"""What pages and letters say of the call itself: how it begins, and what may be said of it once it has."""

from datetime import timedelta

import pytest

from practice.bookings import actions, emails, policy
from practice.store.db import transaction
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.pages import tree_of


@pytest.fixture
def booked(cast, app):
    return stored(cast.ben, cast.practice, WEDNESDAY_TEN)


@pytest.fixture
def see(booked, app, cast, sign_in):
    """The page of the booking as one side sees it, signed in this moment."""

    def page(side):
        address, who = ("/practice/bookings", cast.anna) if side == "specialist" else ("/bookings", cast.ben)
        return tree_of(sign_in(app.test_client(), who).get(f"{address}/{booked.code}"))

    return page


@pytest.mark.parametrize(
    ("format", "heading", "today"),
    [
        ("video", "The door opens at 09:50", "The door opens Wednesday, 09:50."),
        ("phone", "You call B. at 10:00", "You call them."),
        ("in_person", "You meet in person", "You meet in person."),
    ],
)
def test_a_specialist_is_promised_a_door_only_where_there_is_one(
    booked, see, client, cast, sign_in, format, heading, today
):
    with transaction():
        booked.format = format

    assert _words(see("specialist").select_one("#join")) == heading
    assert today in _words(tree_of(sign_in(client, cast.anna).get("/practice")).select_one("[aria-labelledby=next]"))


@pytest.mark.parametrize("side", ["client", "specialist"])
@pytest.mark.parametrize("format", ["video", "phone", "in_person"])
def test_a_reminder_promises_a_door_only_where_there_is_one(booked, outbox, cast, side, format):
    with transaction():
        booked.format = format
        emails.reminder_hour(booked)

    text = outbox.read(outbox.last_to(cast.ben if side == "client" else cast.anna)).text

    assert ("The door opens" in text) == (format == "video")


@pytest.mark.parametrize("minutes", [20, 40], ids=["during", "after"])
@pytest.mark.parametrize("side", ["client", "specialist"])
@pytest.mark.parametrize("deed", ["missed", "technical"])
def test_what_cannot_be_taken_back_is_asked_first(see, clock, side, deed, minutes):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=minutes))

    (form,) = see(side).select(f'form[action$="{deed}"]')

    assert form.parent.name == "details"
    assert "You can’t take this back." in form.get_text()


def test_to_take_none_of_the_offered_times_is_asked_first(booked, see, cast):
    actions.propose(booked, [THURSDAY_TEN], by=cast.anna)

    (form,) = see("client").select('form[action$="decline"]')

    assert form.parent.name == "details"
    assert "cancelled at once" in form.get_text()


def test_what_is_said_of_a_call_stands_away_from_its_door(see, clock):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))

    door = see("specialist").select_one("[aria-labelledby=join]")

    assert [form["action"].rpartition("/")[2] for form in door.select("form")] == ["join"]


def test_whoever_missed_one_reads_that_it_counts(booked, clock, cast, outbox, client):
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    actions.mark_client_missed(booked, by=cast.anna)
    letter = outbox.read(outbox.last_to(cast.ben))

    assert "It counts as your free consultation with Anna." in letter.text
    assert "Anna can give you another one." in letter.text
    assert "find another time" not in letter.subject
    assert "It counts as your one with this specialist" in _words(tree_of(client.get("/free-consultation")))


@pytest.mark.parametrize(("offered", "stands"), [([TUESDAY_NINE], TUESDAY_NINE), ([THURSDAY_TEN], WEDNESDAY_TEN)])
def test_an_offer_of_other_times_stands_no_longer_than_the_last_of_them(booked, clock, offered, stands):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=40))

    assert policy.proposal_lapses(WEDNESDAY_TEN, offered, clock.now()) == stands


def test_a_booking_that_is_none_any_more_says_nothing_of_its_price_and_its_entry(booked, see, cast):
    said = "Nothing is charged, now or later", "In your calendar this is called"
    before = _words(see("client"))
    actions.cancel(booked, by=cast.ben)
    after = _words(see("client"))

    assert [each in before for each in said] == [True, True]
    assert [each in after for each in said] == [False, False]


def _words(part):
    return " ".join(part.get_text(" ").split())
