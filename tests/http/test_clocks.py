"""Zones as browsers and people say them, and hours as people write them."""

from datetime import UTC, datetime

import pytest

from practice.accounts.forms import SignUpForm
from practice.availability import queries as availability
from practice.bookings import emails
from practice.bookings.was import Was
from practice.http import clocks
from practice.store.db import transaction
from tests import factories
from tests.pages import csrf_of, press, tree_of

AMERICAN = {"Accept-Language": "en-US,en;q=0.9"}
AT = datetime(2027, 3, 3, 13, 30, tzinfo=UTC)  # half past two in Vienna, half past one in Dublin


def words_of(answer):
    return " ".join(tree_of(answer).get_text(" ").split())


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Europe/Kiev", "Kyiv time"),
        ("Asia/Calcutta", "Kolkata time"),
        ("Asia/Saigon", "Ho Chi Minh City time"),
        ("Asia/Katmandu", "Kathmandu time"),
        ("Etc/GMT-3", "UTC+3"),
        ("+05:30", "Kolkata time"),
        ("Zulu", "UTC"),
        ("PST8PDT", "Los Angeles time"),
        ("Australia/Lord_Howe", "Lord Howe Island time"),
    ],
)
def test_a_zone_is_shown_by_the_name_it_has_today(client, said, shown):
    token = csrf_of(client.get("/time-zone"))
    client.post("/zone", data={"csrf_token": token, "zone": said, "told": "1"})

    page = client.get("/time-zone")

    assert f"Now it’s {shown}" in words_of(page)
    assert tree_of(page).find("option", selected=True) is not None


@pytest.mark.parametrize("said", ["Factory", "localtime", "Etc/Unknown", "Mars/Olympus", "", "+17:23"])
def test_who_did_nothing_hears_nothing_of_a_zone_that_nobody_knows(client, said):
    token = csrf_of(client.get("/time-zone"))

    client.post("/zone", data={"csrf_token": token, "zone": said, "told": "1"})

    assert "We do not know that time zone" not in client.get("/").text


@pytest.mark.parametrize("said", ["localtime", "Factory", "posixrules", "Europe/Kiev", "+05:30"])
def test_whatever_a_cookie_or_an_account_says_every_list_of_times_opens(client, app, cast, sign_in, said):
    client.set_cookie("zone", said)
    with transaction():
        cast.ben.zone = said
    ben = sign_in(app.test_client(), cast.ben)

    for browser in (client, ben):
        for path in ("/", "/specialists", "/specialists/anna-kern", "/specialists/anna-kern/slots", "/help-now"):
            assert browser.get(path).status_code == 200, path
    assert ben.get("/me").status_code == 200


@pytest.fixture
def anna_in(app, cast, sign_in):
    return sign_in(app.test_client(), cast.anna)


def travel(browser, zone):
    page = browser.get("/practice/availability")
    fields = {"csrf_token": csrf_of(page), "first_on": "2027-03-09", "last_on": "2027-03-12", "zone": zone}
    return browser.post("/practice/availability/travel", data=fields)


@pytest.mark.parametrize("typed", ["New York", "new york", " New  York ", "America/New_York", "Ñew York"])
def test_travel_takes_a_place_of_the_list_by_its_name(anna_in, cast, typed):
    assert travel(anna_in, typed).status_code == 303
    assert [trip.zone for trip in availability.travels(cast.practice.id, AT.date())] == ["America/New_York"]


@pytest.mark.parametrize("typed", ["EST", "Factory", "PST8PDT", "localtime", "Zulu", "Atlantis", "", "UTC+3"])
def test_travel_refuses_what_is_no_place(anna_in, cast, typed):
    answer = travel(anna_in, typed)

    assert answer.status_code == 422
    assert "We do not know that time zone. Choose one from the list." in answer.text
    assert availability.travels(cast.practice.id, AT.date()) == []


def test_travel_is_chosen_from_a_real_list(anna_in):
    select = tree_of(anna_in.get("/practice/availability")).find("select", id="travel-zone")

    options = {option["value"]: option.text for option in select.find_all("option")}
    assert options["America/New_York"] == "New York"
    assert options["Europe/Kyiv"] == "Kyiv"
    assert not {"EST", "Factory", "Europe/Kiev", "localtime"} & set(options)


def test_a_city_names_one_zone():
    names = [city for part in clocks.zone_choices().values() for _, city in part]

    assert len(names) == len(set(names))


def test_the_device_is_asked_beside_the_readers_time(client, cast):
    note = tree_of(client.get("/specialists/anna-kern")).find(attrs={"data-zone-differs": True})

    assert "This device says" in note.text
    assert note.has_attr("hidden")  # until a script finds that it differs
    assert '"Asia/Calcutta": "Kolkata"' in note["data-zone-names"]


# ---------------------------------------------------------------- half past one, or 13:30


def test_where_the_browser_writes_so_hours_are_written_so(client, cast):
    client.set_cookie("zone", "Europe/Vienna")

    american = client.get("/specialists/anna-kern?week=2027-03-03", headers=AMERICAN)
    others = client.get("/specialists/anna-kern?week=2027-03-03", headers={"Accept-Language": "de-AT,de;q=0.9"})

    assert "2:30 pm" in words_of(american)
    assert "14:30" not in words_of(american)
    assert "14:30" in words_of(others)


def test_the_lines_of_a_week_are_written_so_too(anna_in):
    lines = [
        tree_of(anna_in.get("/practice/calendar", headers=headers)).find(class_="cal-hours").find("span").text
        for headers in (AMERICAN, {})
    ]

    assert lines == ["8\N{NO-BREAK SPACE}am", "08:00"]


@pytest.mark.parametrize("page", ["/", "/specialists"])
def test_a_page_that_was_kept_for_one_is_not_given_to_the_other(client, app, cast, page):
    for language, marks in (("en-US", "am"), ("en-GB", ""), ("en-US", "am")):
        browser = app.test_client()
        browser.set_cookie("zone", "Europe/Vienna")
        text = words_of(browser.get(page, headers={"Accept-Language": language}))
        assert ("9:00 am" in text) == bool(marks), language


@pytest.mark.parametrize(
    ("chosen", "language", "shown"),
    [("12", "en-GB", "1:30 pm"), ("24", "en-US", "13:30"), ("device", "en-US", "1:30 pm"), ("device", "fr", "13:30")],
)
def test_the_setting_counts_before_the_browser(app, cast, sign_in, chosen, language, shown):
    browser = sign_in(app.test_client(), cast.ben)
    booking = factories.booking(cast.ben, cast.practice, AT)
    fields = {"csrf_token": csrf_of(browser.get("/me/settings")), "hours": chosen}

    assert press(browser, "/me/settings/clock", fields).status_code == 302

    text = words_of(browser.get(f"/bookings/{booking.code}", headers={"Accept-Language": language}))
    assert shown in text


def test_letters_are_written_as_the_account_says(cast, outbox):
    booking = factories.booking(cast.ben, cast.practice, AT)
    with transaction():
        cast.ben.is_twelve = True
    with transaction():
        emails.booked(booking)

    letter = outbox.read(outbox.to(cast.ben)[-1])

    assert "Wednesday 3 March 2027, 1:30\N{NO-BREAK SPACE}pm (Dublin time)" in letter.text
    assert "1:30\N{NO-BREAK SPACE}pm (Dublin time)" in letter.subject
    assert "13:30" not in letter.text + letter.subject


def test_letters_are_written_as_the_device_that_was_used_last_writes(app, cast, sign_in, outbox):
    booking = factories.booking(cast.ben, cast.practice, AT)
    browser = sign_in(app.test_client(), cast.ben)
    browser.get("/me/settings", headers=AMERICAN)
    browser.get("/me/settings", headers={})  # a device that does not say is no news
    with transaction():
        emails.booked(booking)
    assert "1:30\xa0pm (Dublin time)" in outbox.read(outbox.to(cast.ben)[-1]).text

    browser.get("/me/settings", headers={"Accept-Language": "en-GB"})
    with transaction():
        emails.moved(booking, Was.of(booking))
    assert "13:30 (Dublin time)" in outbox.read(outbox.to(cast.ben)[-1]).text


def test_how_a_device_writes_hours_is_written_down_once(app, cast, sign_in, questions):
    browser = sign_in(app.test_client(), cast.ben)
    browser.get("/me/settings", headers=AMERICAN)

    questions.clear()
    browser.get("/me/settings", headers=AMERICAN)

    assert not [each for each in questions if each.startswith("UPDATE")]


def test_who_signs_up_in_a_browser_that_writes_so_gets_letters_so(app):
    with app.test_request_context("/sign-up", headers=AMERICAN):
        assert SignUpForm(meta={"csrf": False}).answers()["device_is_twelve"] is True
    with app.test_request_context("/sign-up"):
        assert SignUpForm(meta={"csrf": False}).answers()["device_is_twelve"] is False


def test_a_setting_that_is_none_of_these_is_refused(app, cast, sign_in):
    browser = sign_in(app.test_client(), cast.ben)

    answer = browser.post("/me/settings/clock", data={"csrf_token": csrf_of(browser.get("/me/settings")), "hours": "7"})

    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


@pytest.mark.parametrize(("is_twelve", "said"), [(True, "7:52:58\N{NO-BREAK SPACE}pm"), (False, "19:52:58")])
def test_seconds_stand_before_what_half_of_the_day_it_is(app, is_twelve, said):
    instant = datetime(2027, 3, 1, 19, 52, 58, tzinfo=UTC)
    assert clocks.local(instant, clocks.Clock("UTC", is_twelve=is_twelve), "HH:mm:ss") == said
