"""Nothing that was typed while booking is lost: not with the cookie, not with the time, not in a second sending."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from practice.accounts import queries as accounts
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, value
from tests.pages import csrf_of, fields_of, tree_of

FORM = "/specialists/anna-kern/offers/CONSULTxx/book"
SEND = f"{FORM}/confirm"
NOTE = "We argue about the same thing every Sunday evening, and then nobody speaks until Tuesday."


@pytest.fixture
def form_open(app, cast, client, post):
    """A visitor has chosen a time and filled in the form: what their browser would send now."""
    with transaction():
        cast.practice.consult.code = "CONSULTxx"
    post(FORM, start=value(TUESDAY_NINE))
    return fields_of(client.get(FORM), SEND) | {"note": NOTE, "format": "video", "consent": "y"}


def words(answer):
    return " ".join(tree_of(answer).find("main").get_text(" ").split())


# ---------------------------------------------------------------- the cookie is gone


@pytest.fixture
def forgetful(app, form_open):
    """The same browser without its cookies, and the page that its form is answered with."""
    browser = app.test_client()
    return browser, browser.post(SEND, data=form_open)


def test_with_the_cookie_lost_the_page_shows_what_was_written_and_promises_nothing_else(forgetful):
    _browser, answer = forgetful

    assert answer.status_code == 400
    assert NOTE in answer.text
    assert "Nothing has been changed" in words(answer)
    assert "still in its field" not in words(answer)


def test_every_text_that_will_be_sent_again_is_shown_with_its_fields_name_below_the_button(app, form_open):
    answer = app.test_client().post(SEND, data=form_open | {"phone": "BEST-AT-TWO"})

    main = tree_of(answer).find("main")
    assert [each.get_text(" ", strip=True) for each in main.select("#typed ~ ul li")] == ["Phone number: BEST-AT-TWO"]
    assert main.select_one("textarea")["aria-label"] != "What you wrote"
    buttons = [each.get_text(" ", strip=True) for each in main.select(".btn")]
    assert buttons[0] == "Send it again"
    assert [each.get_text(strip=True) for each in main.select(".btn:not(.second)")] == ["Send it again"]


def test_with_the_cookie_lost_the_form_can_be_sent_again_and_its_own_hold_is_its_own(forgetful, cast, sign_in):
    browser, answer = forgetful

    again = browser.post(SEND, data=fields_of(answer, SEND))
    assert again.location == "/sign-up"
    assert browser.get(FORM).status_code == 200, "the time is held for the one who comes back"

    sign_in(browser, cast.ben)
    page = fields_of(answer, SEND) | {"csrf_token": fields_of(browser.get("/time-zone"), "/zone")["csrf_token"]}
    booked = browser.post(SEND, data=page)
    assert booked.status_code == 303, words(booked)
    db.session.rollback()
    assert [each.state for each in db.session.query(Booking)] == [BookingState.CONFIRMED]


def test_a_hold_of_one_account_serves_no_other(app, cast, sign_in, form_open):
    with transaction():
        db.session.query(Booking).one().client_id = cast.ben.id
    browser = sign_in(app.test_client(), cast.cleo)
    token = {"csrf_token": fields_of(browser.get("/time-zone"), "/zone")["csrf_token"]}

    assert browser.post(SEND, data=form_open | token).status_code == 409


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null-ish://x"},
        {"Origin": "null"},
    ],
)
def test_words_that_another_site_may_have_sent_are_not_shown(app, form_open, headers):
    answer = app.test_client().post(SEND, data=form_open, headers=headers)

    assert answer.status_code == 400
    assert NOTE not in answer.text


def test_a_password_is_never_shown_back(client, cast):
    answer = client.post("/sign-in", data={"email": cast.ben.email, "password": "a secret of mine"})

    assert answer.status_code == 400
    assert "a secret of mine" not in answer.text
    assert "We never keep a password or a code" in words(answer)


# ---------------------------------------------------------------- the time is gone


@pytest.mark.parametrize("start", ["", "yesterday", "2027-03-02", "2027-03-02T08:00:00"])
def test_a_start_that_names_no_instant_drops_nothing_of_the_form(client, form_open, post, start):
    answer = client.post(SEND, data=form_open | {"start": start})

    assert answer.location == "/specialists/anna-kern#book"
    assert "What you wrote is kept" in client.get("/specialists/anna-kern").text
    post(FORM, start=value(THURSDAY_TEN))
    assert NOTE in client.get(FORM).text


# ---------------------------------------------------------------- the same form once more, with other words


@pytest.fixture
def booked(client, cast, sign_in, form_open):
    """Ben has booked; what he sent."""
    sign_in(client, cast.ben)
    sent = form_open | {"csrf_token": fields_of(client.get("/time-zone"), "/zone")["csrf_token"]}
    assert client.post(SEND, data=sent).status_code == 303
    return sent


def test_the_same_form_sent_twice_is_the_same_booking(client, booked):
    answer = client.post(SEND, data=booked)

    assert answer.status_code == 303
    assert answer.location.endswith("/confirmed")


@pytest.mark.parametrize(
    "changed, shown",
    [
        ({"note": "It is Saturdays now, and worse."}, "It is Saturdays now, and worse."),
        ({"call_name": "Benny"}, "Benny"),
        ({"shares_note": "y"}, "yes"),
        ({"start": value(THURSDAY_TEN)}, "Thursday 4 March"),
    ],
)
def test_the_same_form_with_other_words_says_what_was_booked_and_shows_both(client, cast, booked, changed, shown):
    answer = client.post(SEND, data=booked | changed)

    assert answer.status_code == 409
    assert "You have booked this already" in words(answer)
    assert shown in answer.text
    db.session.rollback()
    (booking,) = db.session.query(Booking)
    assert f"/bookings/{booking.code}" in answer.text
    assert booking.starts_at == TUESDAY_NINE
    assert accounts.drafts_for(cast.ben) == []


def test_the_same_form_once_more_is_answered_also_where_its_words_do_not_open(app, client, booked, monkeypatch):
    config = app.config["PRACTICE"]
    monkeypatch.setitem(app.config, "PRACTICE", replace(config, vault_keys=(("k2", b"2" * 32),)))

    answer = client.post(SEND, data=booked)

    assert answer.status_code == 409
    assert NOTE in words(answer)
    assert "This can’t be read just now. It is still kept." in words(answer)
    assert db.session.query(Booking).count() == 1


def test_what_is_booked_ends_everything_that_was_begun_for_it_on_whatever_device(client, app, cast, sign_in):
    """Else, once that booking is cancelled, a form from before still says that one was about to book."""
    with transaction():
        cast.practice.consult.code = "CONSULTxx"
    phone, laptop = sign_in(client, cast.ben), sign_in(app.test_client(), cast.ben)
    for device, start in ((phone, TUESDAY_NINE), (laptop, THURSDAY_TEN)):
        device.post(FORM, data={"csrf_token": csrf_of(device.get("/time-zone")), "start": value(start)})
    assert len(accounts.drafts_for(cast.ben)) == 2

    laptop.post(SEND, data=fields_of(laptop.get(FORM), SEND) | {"format": "video", "consent": "y"})

    db.session.rollback()
    assert db.session.scalars(select(Booking.state)).all().count(BookingState.CONFIRMED) == 1
    assert accounts.drafts_for(cast.ben) == []
