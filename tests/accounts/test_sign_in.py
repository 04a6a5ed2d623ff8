"""Signing in: one pair and one code let a person in, nothing else does, and nothing tells which addresses are known."""

import pytest
from sqlalchemy import select

from practice.accounts import actions, security, spare_codes
from practice.accounts.models import Device
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests import factories
from tests.accounts.conftest import Person, words
from tests.factories import PASSWORD, code_at

CODES = ("right", "wrong", "missing", "reused", "recovery")
PASSWORDS = ("right", "wrong", "missing")


def test_the_right_pair_lets_in(visitor, cast):
    answer = visitor.sign_in(cast.ben.email, PASSWORD)

    assert answer.location == "/me"
    assert visitor.is_in()


@pytest.mark.parametrize(("who", "room"), [("ben", "/me"), ("anna", "/practice"), ("sam", "/admin/")])
def test_whoever_signs_in_lands_in_the_room_that_is_theirs(visitor, other_browser, cast, who, room):
    person = getattr(cast, who)
    with transaction():
        person.tf_primary_method = person.tf_totp_secret = None

    assert visitor.sign_in(person.email, PASSWORD).location == room
    # Whoever asked for a page gets it.
    asked = other_browser.fill("/sign-in?next=/me/settings", "/sign-in", email=person.email, password=PASSWORD)
    assert asked.location == "/me/settings"


def test_the_address_may_be_typed_in_capitals_and_with_spaces(visitor, cast):
    visitor.sign_in(f"  {cast.ben.email.upper()} ", PASSWORD)

    assert visitor.is_in()


@pytest.fixture
def guarded(cast):
    """Ben with two-step sign-in, a code he used already, and his recovery codes."""
    totp = factories.with_two_step(cast.ben)
    with transaction():
        recovery = spare_codes.renew(cast.ben)
    return cast.ben, totp, recovery


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("password", PASSWORDS)
def test_exactly_one_of_fifteen_ways_opens_the_account(visitor, guarded, clock, password, code):
    """CVE-2025-66489: a product skipped the password as soon as any code was sent."""
    ben, totp, recovery = guarded
    used = code_at(totp, clock.now())
    assert actions.pass_code(ben, used)
    clock.advance(seconds=30)
    passwords = {"right": PASSWORD, "wrong": "not-the-right-password", "missing": ""}
    codes = {
        "right": code_at(totp, clock.now()),
        "wrong": "000000" if code_at(totp, clock.now()) != "000000" else "000001",
        "missing": "",
        "reused": used,
        "recovery": recovery[0],
    }

    everything = {"email": ben.email, "password": passwords[password], "code": codes[code], "recovery": codes[code]}
    visitor.fill("/sign-in", **everything)
    page = visitor.see("/sign-in/code", follow_redirects=True)
    if "Type your six-digit code" in page.text:
        visitor.fill("/sign-in/code", **everything)
    else:
        visitor.fill("/sign-in", **everything)

    assert visitor.is_in() == (password == "right" and code == "right")


def test_a_code_alone_opens_nothing(visitor, guarded, clock):
    ben, totp, _ = guarded
    page = visitor.see("/sign-in")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]

    for path in ("/sign-in/code", "/sign-in/recovery"):
        fields = {"csrf_token": token, "email": ben.email, "code": code_at(totp, clock.now()), "recovery": "x"}
        answer = visitor.browser.post(path, data=fields)
        assert answer.location == "/sign-in"
    assert not visitor.is_in()


def test_a_recovery_code_stands_for_the_phone_once(visitor, other_browser, guarded, outbox):
    ben, _, recovery = guarded
    visitor.sign_in(ben.email, PASSWORD)
    visitor.fill("/sign-in/recovery", recovery=recovery[0].upper().replace("-", " "))
    assert visitor.is_in()
    assert "accounts/two_step_changed" in outbox.kinds_to(ben)

    other_browser.sign_in(ben.email, PASSWORD)
    answer = other_browser.fill("/sign-in/recovery", recovery=recovery[0])
    assert answer.status_code == 422
    assert not other_browser.is_in()


def test_spare_codes_lie_hashed(guarded):
    ben, _, recovery = guarded

    assert len(set(ben.mf_recovery_codes)) == 8
    assert all(len(kept) == 64 and int(kept, 16) for kept in ben.mf_recovery_codes)
    assert not any(code in str(ben.mf_recovery_codes) for code in recovery)
    assert all(len(code.replace("-", "")) * 5 >= 80 for code in recovery)
    assert ben.tf_totp_secret.startswith("v1.test.")


def test_a_code_may_be_one_step_old_or_new_but_not_two(visitor, guarded, clock):
    ben, totp, _ = guarded
    for seconds, passes in ((-60, False), (60, False), (-30, True)):
        with transaction():
            ben.last_code_counter = None
        moment = clock.now().timestamp() + seconds
        assert actions.pass_code(ben, totp.generate(int(moment)).token) is passes


def test_the_second_step_waits_ten_minutes(visitor, guarded, clock):
    ben, _, _ = guarded
    visitor.sign_in(ben.email, PASSWORD)

    clock.advance(minutes=10, seconds=1)
    page = visitor.see("/sign-in/code")

    assert page.location == "/sign-in"


def test_between_password_and_code_no_page_of_the_account_opens(visitor, guarded):
    ben, _, _ = guarded
    visitor.sign_in(ben.email, PASSWORD)

    for path in ("/me", "/me/settings", "/me/settings/security"):
        assert visitor.see(path).status_code == 302
    assert db.session.scalar(select(Device)) is None


def test_a_wrong_password_and_an_unknown_address_read_alike(visitor, other_browser, cast):
    wrong = visitor.sign_in(cast.ben.email, "not-the-right-password")
    unknown = other_browser.sign_in("nobody@people.example", "not-the-right-password")

    assert wrong.status_code == unknown.status_code == 422
    assert words(wrong) == words(unknown)


def test_a_closed_account_reads_like_a_wrong_password(visitor, cast):
    with transaction():
        cast.ben.active = False

    answer = visitor.sign_in(cast.ben.email, PASSWORD)

    assert answer.status_code == 422
    assert not visitor.is_in()


def test_every_wrong_pair_costs_one_hash(cast, monkeypatch):
    """CVE-2026-26895, where the time told which addresses had an account: the same work is done for both."""
    from practice.accounts.views import gate

    runs = []
    real = security.verify
    monkeypatch.setattr(security, "verify", lambda *a: runs.append(a) or real(*a))

    for address in (cast.ben.email, "nobody@people.example"):
        runs.clear()
        assert gate._known(address, "not-the-right-password") is None
        assert len(runs) == 1


def test_signing_in_begins_a_new_session(visitor, cast):
    visitor.see("/sign-in")
    with visitor.browser.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]

    visitor.sign_in(cast.ben.email, PASSWORD)

    with visitor.browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before


def test_a_session_with_a_changed_name_belongs_to_nobody(app, visitor, cast):
    """CVE-2026-23478: a client put another address into its own session."""
    visitor.sign_in(cast.ben.email, PASSWORD)
    with visitor.browser.session_transaction() as session:
        session["_user_id"] = cast.cleo.get_id()

    assert not visitor.is_in()


@pytest.mark.parametrize("cookie", ["", "garbage", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_a_cookie_that_we_did_not_sign_is_no_sign_in(visitor, cookie):
    visitor.browser.set_cookie("practice", cookie)

    assert not visitor.is_in()


def test_every_wrong_try_is_in_the_log_without_what_was_typed(visitor, cast):
    visitor.sign_in(cast.ben.email, "my-secret-typed-wrong")
    visitor.sign_in("nobody@people.example", "my-secret-typed-wrong")

    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.sign_in_failed")).all()
    assert [row.subject for row in rows] == [f"account:{cast.ben.code}", "account:unknown"]
    assert not any("typed" in str(vars(row)) or "nobody@" in str(vars(row)) for row in rows)


def test_passwords_are_hashed_with_argon2id_at_todays_cost(app, cast):
    from practice.accounts.security import ARGON2

    assert cast.ben.password.startswith("$argon2id$")
    assert ARGON2["argon2__memory_cost"] >= 19 * 1024
    assert ARGON2["argon2__time_cost"] >= 2


def test_a_weaker_hash_is_renewed_at_the_next_sign_in(make_app, cast):
    before = cast.ben.password
    stronger = make_app(overrides={"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__memory_cost": 128}})

    Person(stronger.test_client()).sign_in(cast.ben.email, PASSWORD)

    db.session.rollback()
    db.session.refresh(cast.ben)
    assert "m=128" in cast.ben.password
    assert cast.ben.password != before


def test_a_signed_in_person_is_not_asked_again(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)

    assert visitor.see("/sign-in").location == "/me"
    assert visitor.see("/sign-up").location == "/me"
