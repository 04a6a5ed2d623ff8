"""A published calendar: a secret address, rendered once for each change, silent about everything else."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import icalendar
import pytest
from bs4 import BeautifulSoup

from practice.accounts.actions import Discretion, save_discretion
from practice.bookings import actions, queries
from practice.bookings.views import feeds
from practice.store.db import db
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN

ISOLATES = "\u2066\u2067\u2068\u2069"  # keep a name that reads from right to left apart from our words


@pytest.fixture
def booked(cast, app):
    details = actions.Details(format="video", call_name="Ben Brennan")
    return actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, details)


@pytest.fixture
def fetch(client):
    return lambda token, **headers: client.get(f"/cal/{token}.ics", headers=headers)


def _events(answer):
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")


def test_a_busy_feed_says_when_and_nothing_else(booked, cast, fetch):
    answer = fetch(actions.new_feed(cast.anna, "busy"))

    assert answer.status_code == 200
    assert [str(event["SUMMARY"]) for event in _events(answer)] == ["Busy"]
    assert "Brennan" not in answer.text
    assert "B. B." not in answer.text


def test_a_feed_with_details_names_initials_at_most(booked, cast, fetch):
    answer = fetch(actions.new_feed(cast.anna, "details"))

    assert "B. B." in answer.text
    assert "Brennan" not in answer.text


def test_an_unchanged_feed_answers_304_and_keeps_its_etag(booked, cast, fetch, clock):
    token = actions.new_feed(cast.anna, "busy")
    first = fetch(token)
    clock.advance(minutes=5)
    tags = {fetch(token).headers["ETag"] for _ in range(20)}
    again = fetch(token, **{"If-None-Match": first.headers["ETag"]})

    assert tags == {first.headers["ETag"]}
    assert again.status_code == 304
    assert again.data == b""


def test_a_move_reaches_the_feed_at_once_under_the_same_uid(booked, cast, fetch):
    token = actions.new_feed(cast.ben, "details")
    before = fetch(token)
    actions.move(booked, THURSDAY_TEN, by=cast.ben)
    after = fetch(token)

    assert before.headers["ETag"] != after.headers["ETag"]
    assert _events(before)[0]["UID"] == _events(after)[0]["UID"]
    assert _events(after)[0]["DTSTART"].dt == THURSDAY_TEN


def test_a_feed_is_rendered_once_for_each_change_and_not_for_each_fetch(booked, cast, fetch, monkeypatch):
    rendered = []
    real = feeds.feed_file
    monkeypatch.setattr(feeds, "feed_file", lambda *a, **k: rendered.append(1) or real(*a, **k))
    token = actions.new_feed(cast.ben, "busy")
    for _ in range(5):
        fetch(token)
    actions.move(booked, THURSDAY_TEN, by=cast.ben)
    for _ in range(5):
        fetch(token)

    assert len(rendered) == 2


def test_another_label_reaches_the_feed_at_once(booked, cast, fetch):
    token = actions.new_feed(cast.ben, "details")
    before = fetch(token)
    save_discretion(
        cast.ben, Discretion(no_email=False, calendar_label="Dentist", reminders=True, exit_everywhere=True)
    )
    after = fetch(token)

    assert [str(event["SUMMARY"]) for event in _events(before)] == ["Appointment"]
    assert [str(event["SUMMARY"]) for event in _events(after)] == ["Dentist"]


def test_a_cancelled_booking_stays_for_thirty_days_under_a_title_that_says_so_and_then_goes(booked, cast, fetch, clock):
    token = actions.new_feed(cast.anna, "details")
    actions.cancel(booked, by=cast.ben)
    soon = _events(fetch(token))
    clock.advance(days=30, minutes=1)
    later = _events(fetch(token))

    assert [str(event["STATUS"]) for event in soon] == ["CANCELLED"]
    assert [str(event["SUMMARY"]) for event in soon] == ["Cancelled: Appointment (B. B.)"]
    assert later == []


def test_what_is_cancelled_makes_nobody_busy(booked, cast, fetch):
    token = actions.new_feed(cast.ben, "busy")
    before = _events(fetch(token))
    actions.cancel(booked, by=cast.ben)

    assert [len(before), len(_events(fetch(token)))] == [1, 0]


def test_a_feed_says_when_it_changed_and_answers_who_has_seen_that(booked, cast, fetch, clock):
    token = actions.new_feed(cast.ben, "busy")
    first = fetch(token).headers["Last-Modified"]
    clock.advance(minutes=5)
    unchanged = fetch(token, **{"If-Modified-Since": first})
    actions.move(booked, THURSDAY_TEN, by=cast.ben)
    changed = fetch(token, **{"If-Modified-Since": first})

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert changed.status_code == 200
    assert parsedate_to_datetime(changed.headers["Last-Modified"]) == clock.now()


def _label(user, label):
    save_discretion(user, Discretion(no_email=False, calendar_label=label, reminders=True, exit_everywhere=True))


def test_a_label_that_comes_back_reaches_a_program_that_knows_dates_only(booked, cast, fetch, clock):
    token, seen = actions.new_feed(cast.ben, "details"), []
    for label in ("Dentist", "Therapy", "Dentist"):
        _label(cast.ben, label)
        clock.advance(minutes=5)
        since = {"If-Modified-Since": seen[-1].headers["Last-Modified"]} if seen else {}
        seen.append(fetch(token, **since))

    assert [str(_events(answer)[0]["SUMMARY"]) for answer in seen] == ["Dentist", "Therapy", "Dentist"]
    assert parsedate_to_datetime(seen[-1].headers["Last-Modified"]) == clock.now()


def test_a_date_that_another_process_gave_is_not_taken_for_ones_own(booked, cast, fetch, clock, monkeypatch):
    """Each process has its own memory: what one remembers from before may be older than what the other said."""
    token = actions.new_feed(cast.ben, "details")
    _label(cast.ben, "Dentist")
    fetch(token)
    remembered = feeds._rendered
    clock.advance(minutes=5)
    monkeypatch.setattr(feeds, "_rendered", feeds.Memory(10))
    _label(cast.ben, "Therapy")
    theirs = fetch(token).headers["Last-Modified"]
    monkeypatch.setattr(feeds, "_rendered", remembered)
    _label(cast.ben, "Dentist")
    answer = fetch(token, **{"If-Modified-Since": theirs})

    assert answer.status_code == 200
    assert [str(event["SUMMARY"]) for event in _events(answer)] == ["Dentist"]


def test_whoever_asks_too_often_reads_a_line_of_text_and_when_to_come_back(booked, cast, make_app):
    token = actions.new_feed(cast.ben, "busy")
    browser = make_app(overrides={"RATELIMIT_ENABLED": True}).test_client()
    answer = [browser.get(f"/cal/{token}.ics") for _ in range(121)][-1]

    assert (answer.status_code, answer.mimetype) == (429, "text/plain")
    assert int(answer.headers["Retry-After"]) == 3600
    assert answer.text == "This calendar was asked for too often. Please ask again in 60 minutes.\n"


def test_the_new_address_can_be_subscribed_to_at_a_click(cast, client, sign_in, post):
    sign_in(client, cast.ben)
    page = BeautifulSoup(post("/me/calendar", purpose="busy").text, "html.parser")

    address = page.find("code").get_text()
    assert page.find("a", string="Subscribe in the calendar on this device")["href"] == address.replace(
        "http", "webcal"
    )


def test_who_uses_the_feed_can_do_without_invitations_and_have_them_back(cast, client, sign_in, post):
    sign_in(client, cast.ben)
    for wanted, now in (("no", False), ("yes", True)):
        button = BeautifulSoup(client.get("/me/calendar").text, "html.parser").find("input", {"name": "wanted"})
        post("/me/calendar/invitations", wanted=button["value"])
        db.session.rollback()

        assert (button["value"], cast.ben.wants_invites) == (wanted, now)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("\u05d0\u05d1\u05d9 \u05db\u05d4\u05df", "\u05d0. \u05db."), ("Zo\u00eb N", "Z. N."), ("(Kim) Lee", "K. L.")],
)
def test_initials_are_the_letters_that_a_reader_sees(cast, app, fetch, name, shown):
    factories.booking(factories.user(name, email="c@people.example"), cast.practice, THURSDAY_TEN)

    (event,) = _events(fetch(actions.new_feed(cast.anna, "details")))
    assert str(event["SUMMARY"]).translate(dict.fromkeys(map(ord, ISOLATES))) == f"Appointment ({shown})"


def test_a_new_address_ends_the_old_one_at_once(cast, app, fetch):
    old = actions.new_feed(cast.ben, "busy")
    new = actions.new_feed(cast.ben, "busy")

    assert fetch(old).status_code == 404
    assert fetch(new).status_code == 200


def test_unknown_and_revoked_addresses_are_alike(cast, app, fetch):
    token = actions.new_feed(cast.ben, "busy")
    actions.revoke_feed(cast.ben, "busy")

    revoked, unknown = fetch(token), fetch("x" * 43)

    assert (revoked.status_code, unknown.status_code) == (404, 404)


def test_only_a_hash_of_the_address_is_kept(cast, app):
    token = actions.new_feed(cast.ben, "busy")

    assert all(token not in str(vars(feed)) for feed in queries.feeds_of(cast.ben))


def test_a_feed_tells_readers_how_often_to_look_and_caches_that_it_is_private(booked, cast, fetch):
    answer = fetch(actions.new_feed(cast.ben, "busy"))

    assert "X-PUBLISHED-TTL:PT1H" in answer.text
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_another_persons_bookings_are_not_in_it(booked, cast, fetch):
    assert _events(fetch(actions.new_feed(cast.cleo, "details"))) == []


def test_the_address_is_shown_once_on_the_page(cast, client, sign_in, post):
    sign_in(client, cast.ben)
    opened = post("/me/calendar", purpose="busy")
    later = client.get("/me/calendar")

    assert "/cal/" in opened.text
    assert "/cal/" not in later.text


def test_an_unknown_purpose_is_not_there(cast, client, sign_in, post):
    sign_in(client, cast.ben)

    assert post("/me/calendar", purpose="everything").status_code == 404


def test_what_lies_far_back_or_ahead_is_left_out(booked, cast, fetch, clock):
    token = actions.new_feed(cast.ben, "busy")
    clock.advance(days=40)

    assert _events(fetch(token)) == []
    assert timedelta(days=30) == feeds.BEFORE
