"""Two-step sign-in: set up with a code, refused twice with the same, turned off only by its owner; staff keep it."""

import re

import pytest
from passlib.totp import TOTP

from practice.accounts import actions, policy, queries
from practice.accounts.actions.links import make_link
from practice.store.db import db, transaction
from tests import factories
from tests.accounts.conftest import words
from tests.factories import PASSWORD, code_at

PAGE = "/me/settings/security"


def _totp(page):
    return TOTP(key=re.search(r'class="key">([^<]+)<', page.text)[1].replace(" ", ""))


@pytest.fixture
def ben(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)
    return visitor


def _fresh(address):
    db.session.rollback()
    return queries.user_by_email(address)


def test_a_person_scans_types_a_code_and_gets_eight_spare_codes(ben, cast, clock, outbox):
    page = ben.see(PAGE)
    square = page.text.partition('<svg role="img"')[2].partition("</svg>")[0]
    assert "aria-label=" in square
    assert "style=" not in square

    answer = ben.fill(PAGE, f"{PAGE}/two-step", code=code_at(_totp(page), clock.now()))

    assert len(re.findall(r'class="key">(?:\w{4}-){3}\w{4}<', answer.text)) == 8
    assert _fresh(cast.ben.email).has_two_step
    assert outbox.kinds_to(cast.ben) == ["accounts/two_step_changed"]
    assert 'class="key"' not in ben.see(PAGE).text


def test_the_key_stays_the_same_while_the_page_is_open(ben):
    assert _totp(ben.see(PAGE)).key == _totp(ben.see(PAGE)).key


def test_a_wrong_code_turns_nothing_on(ben, cast):
    answer = ben.fill(PAGE, f"{PAGE}/two-step", code="000000")

    assert answer.status_code == 422
    assert "That code didn’t fit" in words(answer)
    assert not _fresh(cast.ben.email).has_two_step


def test_nobody_locks_a_mailbox_that_was_never_shown_to_be_theirs(ben, cast):
    with transaction():
        cast.ben.confirmed_at = None

    assert ben.see(PAGE).location == f"/sign-in?next={PAGE}"


def test_a_link_that_confirms_does_not_get_around_the_second_step(ben, cast):
    """Whoever is signed in with another account has shown nothing about this one."""
    with transaction():
        cast.cleo.confirmed_at = None
        cast.cleo.tf_primary_method, cast.cleo.tf_totp_secret = "authenticator", "set"
        link = f"/confirm/{make_link(cast.cleo, 'confirm', policy.CONFIRM_WITHIN)}"

    ben.fill(link, password=PASSWORD)

    assert "Ben" in ben.see("/me/settings").text
    assert "Cleo" not in ben.see("/me/settings").text


def test_the_code_of_the_set_up_does_not_sign_in(ben, other_browser, cast, clock):
    """A trap of the library: by default the code that was used to set up passed again."""
    totp = _totp(ben.see(PAGE))
    code = code_at(totp, clock.now())
    ben.fill(PAGE, f"{PAGE}/two-step", code=code)

    other_browser.sign_in(cast.ben.email, PASSWORD)
    assert other_browser.fill("/sign-in/code", code=code).status_code == 422

    clock.advance(seconds=30)
    other_browser.fill("/sign-in/code", code=code_at(totp, clock.now()))
    assert other_browser.is_in()


def test_the_secret_in_the_cookie_cannot_be_read(ben):
    key = _totp(ben.see(PAGE)).pretty_key(sep="")
    with ben.browser.session_transaction() as session:
        assert key not in str(dict(session))


def test_changes_ask_for_the_password_after_ten_minutes(ben, cast, clock):
    totp = factories.with_two_step(cast.ben)
    clock.advance(minutes=11)

    answer = ben.press(PAGE, f"{PAGE}/two-step/off")
    assert answer.location == f"/me/prove?next={PAGE}"
    assert _fresh(cast.ben.email).has_two_step

    assert ben.fill("/me/prove", password="not-the-right-password").status_code == 422
    answer = ben.fill(f"/me/prove?next={PAGE}", "/me/prove", password=PASSWORD, code=code_at(totp, clock.now()))
    assert answer.location == PAGE
    ben.press(PAGE, f"{PAGE}/two-step/off")
    assert not _fresh(cast.ben.email).has_two_step


def test_new_spare_codes_replace_the_old_ones(ben, cast):
    factories.with_two_step(cast.ben)
    first = actions.new_codes(cast.ben)

    answer = ben.press(PAGE, f"{PAGE}/codes")
    second = re.findall(r'class="key">((?:\w{4}-){3}\w{4})<', answer.text)

    assert len(second) == 8
    assert not set(first) & set(second)
    assert not actions.pass_recovery_code(_fresh(cast.ben.email), first[0])
    assert actions.pass_recovery_code(_fresh(cast.ben.email), second[0])


def test_the_page_counts_the_spare_codes_that_are_left(ben, cast):
    factories.with_two_step(cast.ben)
    codes = actions.new_codes(cast.ben)
    actions.pass_recovery_code(cast.ben, codes[0])

    assert "7 of 8 spare codes are left" in words(ben.see(PAGE))


def test_staff_cannot_turn_it_off(visitor, cast, sign_in):
    factories.with_two_step(cast.sam)
    sign_in(visitor.browser, cast.sam)
    token = visitor.see("/me/settings").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    visitor.browser.post(f"{PAGE}/two-step/off", data={"csrf_token": token})

    assert _fresh(cast.sam.email).has_two_step


def test_one_code_at_two_doors_at_once_opens_one(app, cast, clock):
    import threading

    totp = factories.with_two_step(cast.ben)
    code, ben_id = code_at(totp, clock.now()), cast.ben.id
    db.session.rollback()
    passed = []

    def door():
        with app.app_context():
            passed.append(actions.pass_code(queries.user_by_id(ben_id), code))

    threads = [threading.Thread(target=door) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(passed) == [False] * 5 + [True]


def test_whoever_came_in_with_a_spare_code_is_told_how_many_are_left(ben, other_browser, cast, clock):
    code = code_at(_totp(ben.see(PAGE)), clock.now())
    page = ben.fill(PAGE, f"{PAGE}/two-step", code=code)
    spare = re.search(r'class="key">((?:\w{4}-){3}\w{4})<', page.text)[1]

    other_browser.sign_in(cast.ben.email, PASSWORD)
    other_browser.fill("/sign-in/recovery", recovery=spare)

    assert "You used a spare code, 7 of 8 are left." in words(other_browser.see("/me"))
