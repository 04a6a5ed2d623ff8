"""How often a door may be tried: answered with 429 and when to come back, and never locking the owner out."""

import re

import pytest

from tests.accounts.conftest import GOOD, Person
from tests.factories import PASSWORD
from tests.pages import csrf_of, tree_of


@pytest.fixture
def strict(make_app, app):
    """The product with its limits on."""
    limited = make_app(overrides={"RATELIMIT_ENABLED": True})
    from practice.http.protection import limiter

    limiter.reset()
    yield limited
    limiter.reset()
    limiter.enabled = False


def _from(app, address="192.0.2.1"):
    browser = app.test_client()
    browser.environ_base = {"REMOTE_ADDR": address}
    return Person(browser)


def _fails(person, email, times):
    return [person.sign_in(email, "not-the-right-password").status_code for _ in range(times)]


def test_the_eleventh_wrong_password_for_an_account_is_not_even_tried(strict, cast):
    person = _from(strict)

    assert _fails(person, cast.ben.email, 10) == [422] * 10
    answer = person.sign_in(cast.ben.email, PASSWORD)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 900
    assert not person.is_in()


def test_many_addresses_do_not_help_a_guesser(strict, cast):
    codes = [_fails(_from(strict, f"192.0.2.{n}"), cast.ben.email, 1)[0] for n in range(12)]

    assert codes == [422] * 10 + [429] * 2


def test_a_line_with_very_many_addresses_is_one_line(strict):
    asked = [
        _from(strict, f"2001:db8:1:2::{n:x}").fill("/reset", email=f"somebody{n}@people.example").status_code
        for n in range(1, 22)
    ]

    assert asked == [302] * 20 + [429]
    assert _from(strict, "2001:db8:1:3::1").fill("/reset", email="ben@people.example").status_code == 302


def test_a_script_does_not_choose_times_without_end(strict, cast):
    person = _from(strict)
    picker = tree_of(person.see("/specialists/anna-kern")).find("form", attrs={"action": re.compile("/book$")})
    path, start = str(picker["action"]), {"start": "2027-03-03T09:00:00Z"}
    form = {"csrf_token": csrf_of(person.see("/time-zone"))}

    assert [person.browser.post(path, data=form).status_code for _ in range(121)] == [302] * 120 + [429]
    assert _from(strict, "198.51.100.7").press("/specialists/anna-kern", path, **start).status_code == 303


def test_other_people_are_not_slowed_by_it(strict, cast):
    _fails(_from(strict), cast.ben.email, 11)

    cleo = _from(strict, "198.51.100.7")
    cleo.sign_in(cast.cleo.email, PASSWORD)

    assert cleo.is_in()


def test_the_owner_still_gets_in_from_a_browser_of_their_own(strict, cast):
    owner = _from(strict, "198.51.100.7")
    owner.sign_in(cast.ben.email, PASSWORD, is_private="y")
    owner.press("/me/settings", "/sign-out")

    _fails(_from(strict), cast.ben.email, 11)
    owner.sign_in(cast.ben.email, PASSWORD)

    assert owner.is_in()


def test_one_network_address_tries_forty_times_in_all(strict, cast):
    person = _from(strict)
    codes = [_fails(person, f"somebody{n}@people.example", 1)[0] for n in range(42)]

    assert codes == [422] * 40 + [429] * 2


def test_a_forged_forwarding_header_is_no_other_address(strict, cast):
    """CVE-2023-44463: the address in a header was believed."""
    person = _from(strict)
    codes = []
    for n in range(42):
        token = person.see("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        fields = {"csrf_token": token, "email": f"s{n}@people.example", "password": "x"}
        codes.append(
            person.browser.post("/sign-in", data=fields, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        )

    assert codes[-1] == 429


def test_letters_to_one_address_are_limited(strict, cast, outbox):
    person = _from(strict)
    codes = [person.fill("/reset", email=cast.ben.email).status_code for _ in range(7)]

    assert codes == [302] * 5 + [429] * 2
    assert len(outbox.to(cast.ben)) == 5


def test_codes_cannot_be_guessed(strict, cast):
    from tests import factories

    factories.with_two_step(cast.ben)
    person = _from(strict)
    person.sign_in(cast.ben.email, PASSWORD)
    codes = [person.fill("/sign-in/code", code=f"{n:06}").status_code for n in range(8)]

    assert codes == [422] * 6 + [429] * 2


def test_sign_ups_from_one_address_are_limited(strict, sign_up_form):
    person = _from(strict)
    codes = [
        person.fill("/sign-up", **{**sign_up_form, "email": f"n{n}@people.example", "password": GOOD}).status_code
        for n in range(22)
    ]

    assert codes == [302] * 20 + [429] * 2


def test_reading_pages_is_not_limited(strict):
    person = _from(strict)

    assert {person.see("/sign-in").status_code for _ in range(60)} == {200}


def test_visitors_of_one_network_do_not_keep_its_members_from_asking(strict, cast):
    visitor, ben = _from(strict), _from(strict)
    ben.sign_in(cast.ben.email, PASSWORD)

    def asks(person):
        page = person.see("/time-zone")
        sent = {"csrf_token": csrf_of(page), "title": "May I?", "words": "I can go on.", "do": "similar"}
        return person.browser.post("/questions/new", data=sent)

    assert [asks(visitor).status_code for _ in range(61)][-2:] == [200, 429]
    refused = asks(visitor)
    assert "I can go on." in refused.text and asks(ben).status_code == 200
