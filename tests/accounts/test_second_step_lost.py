"""A lost phone: the slow way back over the mailbox, which its owner can stop, and the operator's quick one."""

import re

import pytest
from sqlalchemy import select

from practice.accounts import actions, jobs, queries, security, spare_codes
from practice.accounts.models import Intervention
from practice.store import sealed as sealed_places
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from tests import factories
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD, code_at

SECURITY = "/me/settings/security"


@pytest.fixture
def totp(cast):
    """Ben has two-step sign-in since long."""
    return factories.with_two_step(cast.ben)


@pytest.fixture
def half_in(visitor, cast, totp):
    """Somebody who typed Ben's password and has no code."""
    visitor.sign_in(cast.ben.email, PASSWORD)
    return visitor


@pytest.fixture
def asked(half_in):
    half_in.press("/sign-in/lost", "/sign-in/lost")
    return half_in


def _fresh(person):
    db.session.rollback()
    return queries.user_by_email(person.email)


def _links(outbox, cast, template):
    return [letter for letter in outbox.to(cast.ben) if letter.template == template]


def test_the_owner_waits_three_days_and_gets_in(asked, other_browser, cast, outbox, clock):
    assert [letter.template for letter in outbox.to(cast.ben)] == ["accounts/two_step_asked"]
    clock.advance(hours=71, minutes=59)
    assert jobs.send_ways_back() == 0
    clock.advance(minutes=1)
    assert jobs.send_ways_back() == 1
    assert jobs.send_ways_back() == 0
    link = f"/two-step-off/{token_of(outbox.last_to(cast.ben))}"

    assert "Turn it off" in words(other_browser.see(link))
    assert _fresh(cast.ben).has_two_step
    other_browser.press(link, link, do="off")

    assert not _fresh(cast.ben).has_two_step
    assert not other_browser.is_in()
    assert other_browser.see(link).status_code == 410
    assert other_browser.sign_in(cast.ben.email, PASSWORD).location == "/me"


def test_without_the_password_nobody_asks(visitor, totp):
    assert visitor.see("/sign-in/lost").location == "/sign-in"


def test_asking_again_neither_hurries_nor_writes_more(asked, cast, outbox, clock):
    clock.advance(hours=40)
    asked.sign_in(cast.ben.email, PASSWORD)
    asked.press("/sign-in/lost", "/sign-in/lost")
    clock.advance(hours=32)

    assert jobs.send_ways_back() == 1
    assert len(_links(outbox, cast, "accounts/two_step_asked")) == 1


def test_the_letter_stops_it(asked, other_browser, cast, outbox, clock):
    link = f"/stay-on/{token_of(outbox.last_to(cast.ben))}"
    assert other_browser.see(link).status_code == 200

    answer = other_browser.press(link, link)

    assert answer.location == "/reset"
    clock.advance(hours=72)
    assert jobs.send_ways_back() == 0
    assert _fresh(cast.ben).has_two_step


def test_the_second_letter_stops_it_too(asked, other_browser, cast, outbox, clock):
    clock.advance(hours=72)
    jobs.send_ways_back()
    link = f"/two-step-off/{token_of(outbox.last_to(cast.ben))}"

    other_browser.press(link, link, do="keep")

    assert other_browser.see(link).status_code == 410
    assert _fresh(cast.ben).has_two_step


def test_any_device_that_is_signed_in_says_so_and_stops_it(app, asked, cast, sign_in, clock):
    at_home = Person(sign_in(app.test_client(), cast.ben))
    assert "phone and spare codes are lost" in words(at_home.see("/me"))

    at_home.press(SECURITY, f"{SECURITY}/two-step/keep")

    assert "lost" not in words(at_home.see("/me"))
    clock.advance(hours=72)
    assert jobs.send_ways_back() == 0


@pytest.mark.parametrize("way", ["code", "spare code", "new password", "sign out everywhere"])
def test_it_ends_when_its_owner_shows_up(app, asked, cast, totp, sign_in, clock, way):
    spare = actions.new_codes(cast.ben)[0]
    if way == "code":
        assert actions.pass_code(cast.ben, code_at(totp, clock.now()))
    elif way == "spare code":
        assert actions.pass_recovery_code(cast.ben, spare)
    elif way == "new password":
        actions.change_password(cast.ben, security.hashed(GOOD), keep=None)
    else:
        actions.sign_out_elsewhere(cast.ben, None)

    clock.advance(hours=72)
    assert jobs.send_ways_back() == 0


def test_staff_are_sent_to_the_operator(visitor, cast, outbox):
    factories.with_two_step(cast.sam)
    visitor.sign_in(cast.sam.email, PASSWORD)

    page = visitor.see("/sign-in/lost")

    assert "whoever runs the machine" in words(page)
    assert '<button class="btn lg block">Begin' not in page.text
    assert outbox.to(cast.sam) == []


def test_the_operator_turns_it_off_and_why_stands_beside_the_account(app, cast, outbox, sign_in):
    factories.with_two_step(cast.sam)
    at_home = Person(sign_in(app.test_client(), cast.sam))
    run = app.test_cli_runner().invoke

    answer = run(args=["account", "two-step-off", cast.sam.email, "--reason", "Lost phone, seen in person"])

    assert answer.exit_code == 0, answer.output
    assert not _fresh(cast.sam).has_two_step
    assert not at_home.is_in()
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "account.two_step_off")).one()
    assert (row.actor, row.reason) == ("operator", "")
    kept = db.session.scalars(select(Intervention)).one()
    assert (kept.action, kept.reason) == (row.action, "Lost phone, seen in person")
    assert "phone" not in kept.reason_sealed
    assert outbox.kinds_to(cast.sam) == ["accounts/two_step_changed"]
    assert run(args=["account", "two-step-off", cast.sam.email, "--reason", "x"]).exit_code == 1
    assert run(args=["account", "two-step-off", "nobody@people.example", "--reason", "x"]).exit_code == 1


# ---------------------------------------------------------------- other devices, step-up


def test_turning_it_on_or_off_signs_every_other_device_out(app, cast, sign_in, clock):
    here, there = (Person(sign_in(app.test_client(), cast.ben)) for _ in range(2))
    page = here.see(SECURITY)
    key = re.search(r'class="key">([^<]+)<', page.text)[1].replace(" ", "")
    totp = factories.TOTP(key=key)

    here.fill(SECURITY, f"{SECURITY}/two-step", code=code_at(totp, clock.now()))
    assert (here.is_in(), there.is_in()) == (True, False)
    assert _fresh(cast.ben).two_step_at == clock.now()

    there = Person(sign_in(app.test_client(), cast.ben))
    here.press(SECURITY, f"{SECURITY}/two-step/off")
    assert (here.is_in(), there.is_in()) == (True, False)
    assert _fresh(cast.ben).two_step_at is None


def test_a_sensitive_change_asks_for_the_code_too(app, cast, totp, sign_in, clock):
    ben = Person(sign_in(app.test_client(), cast.ben))
    clock.advance(minutes=11)
    prove = f"/me/prove?next={SECURITY}"

    assert ben.fill(prove, "/me/prove", password=PASSWORD).status_code == 422
    assert ben.fill(prove, "/me/prove", password=PASSWORD, code="000000").status_code == 422
    assert ben.fill(prove, "/me/prove", password=PASSWORD, code=code_at(totp, clock.now())).location == SECURITY


def test_a_spare_code_proves_as_well_and_is_used_up(app, cast, totp, sign_in, clock):
    spare = actions.new_codes(cast.ben)[0]
    ben = Person(sign_in(app.test_client(), cast.ben))
    clock.advance(minutes=11)

    answer = ben.fill(f"/me/prove?next={SECURITY}", "/me/prove", password=PASSWORD, code=spare)

    assert answer.location == SECURITY
    assert len(_fresh(cast.ben).mf_recovery_codes) == 7


def test_a_new_password_asks_for_the_code_too(app, cast, totp, sign_in, clock):
    ben = Person(sign_in(app.test_client(), cast.ben))
    form = (SECURITY, f"{SECURITY}/password")

    assert ben.fill(*form, current=PASSWORD, password=GOOD).status_code == 422
    answer = ben.fill(*form, current=PASSWORD, password=GOOD, code="000000")
    assert "That code didn’t fit" in words(answer)
    ben.fill(*form, current=PASSWORD, password=GOOD, code=code_at(totp, clock.now()))

    assert security.fits(GOOD, _fresh(cast.ben).password)


# ---------------------------------------------------------------- spare codes


def test_a_spare_code_may_be_typed_as_it_is_read(cast, totp):
    with transaction():
        spare_codes.renew(cast.ben)
        cast.ben.mf_recovery_codes = [spare_codes._hash(cast.ben, "01ab-cdef-ghjk-mnpq")]

    assert actions.pass_recovery_code(cast.ben, " OIAB cdef GHJK-mnpq ")


def test_one_persons_spare_code_is_not_anothers(cast, totp):
    factories.with_two_step(cast.cleo)
    codes = actions.new_codes(cast.ben)
    with transaction():
        cast.cleo.mf_recovery_codes = list(cast.ben.mf_recovery_codes)

    assert not actions.pass_recovery_code(cast.cleo, codes[0])


@pytest.mark.parametrize("way", ["vault rewrap", "use"])
def test_codes_that_were_sealed_before_are_hashed_and_go_on_working(cast, totp, way):
    with transaction():
        sealed = security.machinery()._mf_recovery_codes_util.create_recovery_codes(cast.ben)
    assert not spare_codes.is_adopted(_fresh(cast.ben))

    assert sealed_places.needs("any")["user.mf_recovery_codes"] == 1
    if way == "vault rewrap":
        assert dict(sealed_places.rewrap_all())["user.mf_recovery_codes"] == 1
        assert "user.mf_recovery_codes" not in sealed_places.needs("any")
    assert actions.pass_recovery_code(cast.ben, sealed[3])

    assert spare_codes.is_adopted(_fresh(cast.ben))
    assert len(cast.ben.mf_recovery_codes) == len(sealed) - 1
