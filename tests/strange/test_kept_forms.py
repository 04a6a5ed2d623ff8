"""Every form behind the gate meets an ended sign-in: what was typed is kept for its own account, shown, never sent."""

import html
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from practice.accounts import intents
from practice.accounts.models import Device, Intent
from practice.store.db import db, transaction
from practice.store.vault import open_sealed
from practice.values import clock
from tests import factories
from tests.factories import PASSWORD
from tests.house.routes import APPROVED
from tests.strange.doors import DOORS
from tests.strange.test_sweep import shape

WORDS = "Words that took an evening"
TYPED = {"text", "when", "number", "price", "zone", "email"}
SECRET = {"secret", "code"}


def words_in(door):
    """Whether anything in it is typed: text, or an honest answer of another kind."""
    return [
        name
        for name, kind in door.fields.items()
        if kind in {"text", "email"} or (kind in TYPED and name in door.honest)
    ]


# What a visitor may send too keeps itself: a task of the browser, claimed at sign-in (tests/accounts/test_intents.py).
MARKS = {shape(line.split()[2]): line.split()[0] for line in APPROVED.read_text().splitlines() if " POST " in line}

BEHIND = {
    name: door
    for name, door in DOORS.items()
    if door.who != "nobody" and not (door.path and MARKS[shape(door.path)] == "public")
}
KEPT = [name for name, door in BEHIND.items() if words_in(door) and not door.is_button]
SECRETS = [name for name, door in BEHIND.items() if set(door.fields.values()) & SECRET]
# Signing in writes too: where from, which code was used, that a waiting way back is not needed any more.
READING = {"audit_event", "audit_head", "device", "intent", "mailed_link", "user"}


def typed(door, world):
    """What an honest person wrote, with words in every field of text."""
    words = {name.format(**world.codes): WORDS for name, kind in door.fields.items() if kind == "text"}
    emails = {name: "new@people.example" for name, kind in door.fields.items() if kind == "email"}
    return door.honest | words | emails


@pytest.fixture
def leave_alone(world):
    """Let the sign-in of a person end by itself: nothing happened for too long."""

    def end(who):
        long_ago = clock.now() - timedelta(days=40)
        mine = Device.user_id == world.people[who].id
        with transaction() as session:
            session.execute(update(Device).where(mine).values(last_seen_at=long_ago))

    return end


@pytest.fixture
def come_back(world):
    """Sign in again in the same browser; where that leads."""

    def enter(browser, who):
        person = world.people[who]
        fields = {"csrf_token": world.token(browser), "email": person.email, "password": PASSWORD, "is_private": "y"}
        world.tokens.clear()
        if person.has_two_step:
            totp = factories.with_two_step(person)
            browser.post("/sign-in", data=fields)
            fields = {"csrf_token": world.token(browser), "code": factories.code_at(totp, clock.now())}
            return browser.post("/sign-in/code", data=fields)
        return browser.post("/sign-in", data=fields)

    return enter


# What is kept is one sealed text, whatever the form: tests/accounts/test_intents.py stores it on both engines.
@pytest.mark.once
@pytest.mark.parametrize("name", KEPT)
def test_what_was_typed_meets_an_ended_sign_in_and_is_there_again(name, world, send, journal, leave_alone, come_back):
    door = DOORS[name]
    who, path = door.open(world)
    browser, fields = world.browser(who), typed(door, world)
    world.token(browser)
    leave_alone(who)

    answer = send(who, path, fields)
    journal.take()
    assert answer.location.startswith("/sign-in")
    assert WORDS not in browser.get(answer.location).text, "nobody is signed in, so nobody is shown the words"

    back = come_back(browser, who)
    page = browser.get(back.location)

    text = html.unescape(page.text)
    assert page.status_code == 200
    assert [value for value in fields.values() if isinstance(value, str) and len(value) > 1 and value not in text] == []
    assert "Not saved yet" in text
    assert journal.take() <= READING


# Nobody has decided about that session yet, so neither side can ask for another person; nothing of that order is in
# doubt, came back or waits for a second person: the field is on no page.
GONE = {
    "in_doubt": "/admin/orders/{order}/in-doubt",
    "by_hand": "/admin/orders/{order}/refunds/{first_refund}/by-hand",
    "refund": "/admin/orders/{doubtful}/lines/{first_line}/refund",
    "dispute_appeal": "/bookings/{over}/dispute/appeal",
    "practice_dispute_appeal": "/practice/bookings/{over}/dispute/appeal",
}


@pytest.mark.each_case
@pytest.mark.once
@pytest.mark.parametrize("name", GONE)
def test_words_whose_field_is_gone_meanwhile_are_shown_to_copy(name, world, send, leave_alone, come_back):
    door = DOORS[name]
    browser, path = world.browser(door.who), GONE[name].format(**world.codes)
    world.token(browser)
    leave_alone(door.who)
    send(door.who, path, typed(door, world))

    page = browser.get(come_back(browser, door.who).location)

    assert page.status_code == 200
    assert WORDS in page.text


@pytest.mark.parametrize("name", SECRETS)
def test_a_password_or_a_code_is_not_kept(name, world, send, leave_alone):
    door = DOORS[name]
    who, path = door.open(world)
    world.token(world.browser(who))
    leave_alone(who)

    send(who, path, door.honest | {name: "s3cret-words-here" for name, kind in door.fields.items() if kind in SECRET})

    db.session.rollback()
    for intent in db.session.scalars(select(Intent).where(Intent.sealed != "")):
        assert "s3cret" not in open_sealed(intent.sealed, intents._place(intent.code))


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name, door in BEHIND.items() if name not in KEPT])
def test_a_button_pressed_after_the_sign_in_ended_does_nothing(name, world, send, journal, leave_alone, come_back):
    door = DOORS[name]
    who, path = door.open(world)
    browser = world.browser(who)
    world.token(browser)
    leave_alone(who)

    send(who, path, door.honest)
    journal.take()
    back = come_back(browser, who)
    page = browser.get(back.location, follow_redirects=True)

    assert page.status_code == 200
    assert journal.take() <= READING, json.dumps(path)
