"""Where a person is signed in: listed, ended one by one, and over by itself after a while."""

import pytest
from sqlalchemy import event, select

from practice.accounts import actions, jobs, queries
from practice.accounts.models import Device, hash_of
from practice.accounts.policy import device_label
from practice.store.db import db, transaction
from tests.accounts.conftest import Person, words
from tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"


def _at(app, agent=FIREFOX, address="192.0.2.1"):
    browser = app.test_client()
    browser.environ_base = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}
    return Person(browser)


@pytest.fixture
def laptop(app, cast):
    person = _at(app)
    person.sign_in(cast.ben.email, PASSWORD, is_private="y")
    return person


@pytest.fixture
def phone(app, cast, laptop):
    person = _at(app, IPHONE, "198.51.100.9")
    person.sign_in(cast.ben.email, PASSWORD, is_private="y")
    return person


def test_the_list_names_each_device_and_this_one(laptop, phone):
    page = words(laptop.see("/me/settings/security"))

    assert "Firefox on Linux This device" in page
    assert "Safari on iPhone Signed in" in page


def test_a_device_is_ended_from_another(laptop, phone, cast):
    phones = next(d for d in queries.devices_of(cast.ben) if "iPhone" in d.label)

    laptop.press("/me/settings/security", f"/me/settings/security/devices/{phones.code}/end")

    assert laptop.is_in()
    assert not phone.is_in()


def test_all_others_are_ended_at_once(laptop, phone):
    laptop.press("/me/settings/security", "/me/settings/security/devices/end-others")

    assert laptop.is_in()
    assert not phone.is_in()


def test_all_others_are_ended_however_many_there_are(laptop, phone, cast, clock):
    phones = next(d for d in queries.devices_of(cast.ben) if "iPhone" in d.label)
    clock.advance(minutes=1)
    with transaction():
        for _ in range(60):
            actions.add_device(cast.ben, actions.Seen("Firefox on Linux", "", is_private=False))

    actions.end_other_devices(cast.ben, queries.device_for(cast.ben, queries.devices_of(cast.ben)[0].code))

    assert phones.code not in {each.code for each in queries.devices_of(cast.ben)}
    assert len(queries.devices_of(cast.ben)) == 1
    assert not phone.is_in()


def test_somebody_elses_device_does_not_exist(app, laptop, cast):
    cleo = _at(app)
    cleo.sign_in(cast.cleo.email, PASSWORD)
    bens = queries.devices_of(cast.ben)[0]
    token = cleo.see("/me/settings").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = cleo.browser.post(f"/me/settings/security/devices/{bens.code}/end", data={"csrf_token": token})

    assert answer.status_code == 404
    assert laptop.is_in()


def test_only_a_hash_of_the_token_is_stored(laptop):
    with laptop.browser.session_transaction() as session:
        token = session["device"]

    device = db.session.scalars(select(Device)).one()
    assert device.token_hash == hash_of(token)
    assert token not in str(vars(device))
    assert len(token) >= 43


def test_a_copied_cookie_is_over_after_sign_out(app, laptop):
    copy = _at(app)
    copy.browser.set_cookie("practice", laptop.browser.get_cookie("practice").value)
    assert copy.is_in()

    answer = laptop.press("/me/settings", "/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not copy.is_in()
    assert not laptop.is_in()


def test_closing_an_account_ends_it_everywhere_at_once(laptop, cast):
    with transaction():
        cast.ben.active = False

    assert not laptop.is_in()


def test_a_request_asks_for_account_and_device_in_one_query(app, laptop):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))

    laptop.see("/me/settings")

    assert len([s for s in asked if "FROM device JOIN" in s and "token_hash" in s]) == 1
    assert not [s for s in asked if "fs_uniquifier =" in s and "FROM device" not in s]


# ---------------------------------------------------------------- over by itself


@pytest.mark.parametrize(
    ("who", "own_device", "minutes", "is_still_in"),
    [
        ("sam", False, 29, True),
        ("sam", False, 31, False),
        ("anna", False, 31, False),
        ("anna", True, 31, True),
        ("anna", True, 12 * 60 + 1, False),
        ("ben", False, 11 * 60, True),
        ("ben", False, 12 * 60 + 1, False),
        ("ben", True, 29 * 24 * 60, True),
        ("ben", True, 30 * 24 * 60 + 1, False),
    ],
)
def test_without_use_a_sign_in_ends(app, cast, clock, who, own_device, minutes, is_still_in):
    person = _at(app)
    owner = getattr(cast, who)
    with transaction():
        owner.tf_primary_method = None
    person.sign_in(owner.email, PASSWORD, **({"is_private": "y"} if own_device else {}))

    clock.advance(minutes=minutes)

    assert person.is_in() == is_still_in


def test_use_keeps_a_sign_in_alive_but_not_beyond_twelve_hours_for_a_practice(app, cast, clock):
    anna = _at(app)
    anna.sign_in(cast.anna.email, PASSWORD)

    for _ in range(28):
        clock.advance(minutes=25)
        assert anna.is_in()
    clock.advance(minutes=25)

    assert not anna.is_in()


def test_use_is_noted_every_five_minutes_at_most(app, laptop, cast, clock):
    before = queries.devices_of(cast.ben)[0].last_seen_at
    clock.advance(minutes=4)
    laptop.see("/me/settings")
    db.session.rollback()
    assert queries.devices_of(cast.ben)[0].last_seen_at == before

    clock.advance(minutes=2)
    laptop.see("/me/settings")
    db.session.rollback()
    assert queries.devices_of(cast.ben)[0].last_seen_at == clock.now()


def test_a_cookie_lasts_from_its_latest_use_and_is_not_sent_with_every_answer(laptop, clock):
    laptop.see("/me")  # a first page puts its forms' secret into the cookie
    at_once = laptop.browser.get("/me").headers.getlist("Set-Cookie")
    clock.advance(minutes=6)
    later = laptop.browser.get("/me").headers.getlist("Set-Cookie")

    assert not [line for line in at_once if line.startswith("practice=")]
    assert [line for line in later if line.startswith("practice=") and "Expires=" in line]


def test_a_person_who_was_signed_out_is_told_so_and_comes_back_to_the_page(app, cast, clock):
    ben = _at(app)
    ben.sign_in(cast.ben.email, PASSWORD)
    clock.advance(hours=13)

    answer = ben.see("/me/settings/security")
    page = ben.see(answer.location)

    assert answer.location == "/sign-in?next=/me/settings/security"
    assert "You are signed out here by now" in words(page)


def test_a_shared_computer_forgets_when_the_browser_closes(app, cast):
    ben = _at(app)
    answer = ben.sign_in(cast.ben.email, PASSWORD)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("practice=")]

    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


# ---------------------------------------------------------------- notices, forgetting


def test_the_first_sign_in_is_no_news_and_a_new_place_is(app, laptop, cast, outbox):
    assert outbox.kinds_to(cast.ben) == []

    _at(app).sign_in(cast.ben.email, PASSWORD)
    assert outbox.kinds_to(cast.ben) == []

    _at(app, IPHONE).sign_in(cast.ben.email, PASSWORD)
    letter = outbox.read(outbox.last_to(cast.ben))
    assert letter.subject == "Sign-in notice"
    assert "Safari on iPhone" in letter.text
    assert "192.0.2" not in letter.text


def test_a_device_says_nothing_about_where_it_is(laptop):
    device = db.session.scalars(select(Device)).one()

    assert "192.0.2" not in str(vars(device))
    assert len(device.network) == 16


def test_two_people_in_one_network_cannot_be_linked_by_it(app, laptop, cast):
    _at(app).sign_in(cast.cleo.email, PASSWORD)

    marks = {d.network for d in db.session.scalars(select(Device))}
    assert len(marks) == 2


def test_ended_devices_are_forgotten_after_a_month(laptop, cast, clock):
    actions.end_device(queries.devices_of(cast.ben)[0])
    jobs.forget_devices()
    assert db.session.scalar(select(Device)) is not None

    clock.advance(days=30, seconds=1)
    jobs.forget_devices()
    assert db.session.scalar(select(Device)) is None


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("<script>alert(1)</script>", "A browser"),
    ],
)
def test_a_device_is_called_by_our_words_only(agent, label):
    assert device_label(agent) == label


def test_the_device_in_hand_stands_first(laptop, phone):
    page = words(laptop.see("/me/settings/security"))

    assert page.index("This device") < page.index("Safari on iPhone")
