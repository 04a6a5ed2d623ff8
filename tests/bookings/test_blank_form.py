"""The form for a time as every stranger gets it first is written once; each browser's own is put in, nothing is old."""

import re

import pytest

from practice.bookings import booking_form
from practice.bookings.models import Booking
from practice.specialists import actions as specialists
from practice.store.db import db
from tests.pages import csrf_of, tree_of
from tests.specialists import recipes

CONFIRM = re.compile("/book/confirm$")
START = "2027-03-03T09:00:00Z"


@pytest.fixture
def choose(app, cast):
    """A new stranger who chose a time: their browser, and the form that they are led to."""

    def press(start=START, browser=None):
        browser = browser or app.test_client()
        browser.set_cookie("zone", "Europe/Vienna")
        token = csrf_of(browser.get("/specialists/anna-kern"))
        chosen = browser.post("/specialists/anna-kern/book", data={"csrf_token": token, "start": start})
        return browser, browser.get(chosen.location)

    return press


def values(page):
    form = tree_of(page).find("form", action=CONFIRM)
    return {field["name"]: field.get("value") for field in form.find_all("input", type="hidden")}


def test_each_browser_gets_its_own_time_hold_and_keys(choose):
    (one, first), (_, second) = choose(), choose("2027-03-03T10:00:00Z")
    again = one.get(first.request.path)

    told = [values(page) for page in (first, second, again)]

    assert [each["start"] for each in told] == [START, "2027-03-03T10:00:00Z", START]
    held = {each.code for each in db.session.scalars(db.select(Booking)) if each.state == "held"}
    assert {told[0]["hold"], told[1]["hold"]} == held
    assert told[2]["hold"] == told[0]["hold"]
    for name in ("csrf_token", "form_key"):
        assert len({each[name] for each in told}) == 3, name
    assert not [page for page in (first, second, again) if "\x00" in page.text]


def test_the_kept_form_is_the_one_that_would_be_made_anew(choose):
    choose()
    browser, kept = choose("2027-03-03T10:00:00Z")
    booking_form._blank.clear()
    anew = browser.get(kept.request.path)

    # Without the keys, which are anew each time.
    forms = [str(tree_of(page).find("form", action=CONFIRM)) for page in (kept, anew)]
    bare = [re.sub(r'value="[^"]{21,}"', "", form) for form in forms]

    assert bare[0] == bare[1]


def test_what_somebody_wrote_stands_in_the_form_and_in_nobody_elses(choose):
    browser, page = choose()
    told = values(page) | {"format": "video", "call_name": "Robin", "note": "About my sleep", "consent": "y"}
    gate = browser.post(f"{page.request.path}/confirm", data=told)
    assert gate.status_code == 303

    assert "About my sleep" in browser.get(page.request.path).text
    assert "About my sleep" not in choose("2027-03-03T10:00:00Z")[1].text


@pytest.mark.parametrize("key", ["\x00hold\x00", "\x00token\x00", "x" * 300])
def test_a_key_that_is_none_of_ours_is_not_kept(choose, key):
    browser, page = choose()
    path = f"{page.request.path}/confirm"

    browser.post(path, data={"csrf_token": csrf_of(page), "form_key": key})
    again = browser.get(f"{page.request.path}?start={START}")

    told = values(again)
    assert key not in again.text
    assert "\x00" not in again.text
    assert told["form_key"] not in (told["hold"], told["csrf_token"], key)


def test_the_form_follows_the_profile_at_the_next_view(choose, cast):
    recipes.topics()
    _, before = choose()
    assert 'value="chat"' not in before.text

    specialists.edit_words(cast.practice, recipes.words(formats=["video", "chat"]), by=cast.anna)

    _, after = choose("2027-03-03T10:00:00Z")
    assert 'value="chat"' in after.text
