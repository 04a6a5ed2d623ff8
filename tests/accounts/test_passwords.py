"""Which passwords are good enough, and how one is changed."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from practice.accounts import actions, policy, queries, security
from practice.accounts.models import MailedLink
from practice.config import Config
from practice.store.audit import AuditEvent
from practice.store.db import db
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD

SENTENCE = (
    "quiet ferry beneath the long grey evening sky of november and nobody said a word "
    "until the boat came back at last for us all and it was good."
)
COMMON = Path(__file__).with_name("tried_first.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("password", COMMON)
def test_a_password_that_everybody_tries_first_is_refused(password):
    assert policy.password_fault(password)


LONG_ENOUGH = [each for each in FREQUENCY_LISTS["passwords"] if len(each) >= policy.SHORTEST]


def test_no_password_of_a_list_of_thirty_thousand_is_taken():
    assert len(FREQUENCY_LISTS["passwords"]) >= 30_000
    assert len(LONG_ENOUGH) > 50
    assert [each for each in LONG_ENOUGH if policy.password_fault(each) is None] == []


@pytest.mark.parametrize("end", ["1234", "12345678", "!!!!!!!!", "123456789012"])
def test_three_thousand_common_passwords_are_not_taken_made_longer_either(end):
    longer = [f"{each}{end}" for each in FREQUENCY_LISTS["passwords"][:3000:25]]

    assert [each for each in longer if len(each) >= policy.SHORTEST and policy.password_fault(each) is None] == []


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("elevenchars", False),
        ("m" * 6 + "k" * 5, False),
        ("tide-lamp-ox", True),
        ("quiet ferry beneath sand", True),
        (" leading and trailing ", True),
        ("лодка под мостом", True),
        ("🦊 jumps over 7 hedges", True),
        ("x9" * 32 + "long enough to be kept whole, all 128 characters of it, really" + "ab", True),
        ("h2" * 62 + "zebra", False),
        ("nul\x00in the middle", False),
    ],
)
def test_length_decides_and_everything_that_can_be_typed_is_allowed(password, is_good):
    assert (policy.password_fault(password) is None) == is_good


SIGNS = "(4|1%0$+2{8@[<7!596z3"  # each may stand for a letter, and all their meanings are tried


@pytest.mark.parametrize("password", [(SIGNS * 7)[:128], "password" * 16, SENTENCE[:128], "a" * 128], ids=range(4))
def test_the_estimator_reads_little_at_a_time_and_never_goes_on_for_long(monkeypatch, password):
    read = []
    monkeypatch.setattr(policy, "zxcvbn", lambda part: read.append(part) or {"guesses": 1})

    policy.password_fault(password)

    assert max(map(len, read)) <= 32
    assert len(read) <= 7
    assert all(character in "".join(read) for character in password)
    assert read[0] == password[:32]
    assert read[-1] == password[-32:]


@pytest.mark.parametrize("before", [0, 12, 40, 80])
def test_a_good_password_stays_good_however_long_it_is_made(before):
    padded = "a" * before + "tide lamp ox quiet ferry" + "a" * (100 - before)

    assert policy.password_fault(padded) is None


def test_the_limits_are_twelve_and_128_characters():
    text = SENTENCE

    assert len(text) >= 128
    assert policy.password_fault(text[:12]) is None
    assert policy.password_fault(text[:11])
    assert policy.password_fault(text[:128]) is None
    assert policy.password_fault((text + "x")[:129])


@pytest.mark.parametrize(
    "password", ["nora.byrne2024", "NoraByrne!!!!", "commonground1", "Common Ground!!", "people-2024!!"]
)
def test_the_own_address_and_our_name_are_refused(password):
    assert policy.password_fault(password, "nora.byrne@people.example", "Common Ground")


def test_the_printed_password_of_the_demo_opens_nothing_in_production(app, make_app, cast):
    stored = security.hashed(Config.demo_password)

    assert security.fits(Config.demo_password, stored)
    with make_app(mode="production").app_context():
        assert not security.fits(Config.demo_password, stored)
        assert security.fits(PASSWORD, security.hashed(PASSWORD))


def test_nobody_chooses_the_printed_password_of_the_demo(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)

    answer = visitor.fill(
        "/me/settings/security", "/me/settings/security/password", current=PASSWORD, password=Config.demo_password
    )

    assert answer.status_code == 422
    assert "Many people choose something like that" in words(answer)


def test_nothing_is_cut_off(visitor, cast):
    long = SENTENCE
    assert security.fits(long, security.hashed(long))
    assert not security.fits(long[:-1], security.hashed(long))
    assert not security.fits(long + "x", security.hashed(long))


def test_the_same_letters_composed_differently_are_the_same_password(app):
    assert security.fits("cafe\u0301 under the bridge", security.hashed("caf\u00e9 under the bridge"))


# ---------------------------------------------------------------- change


def _ask(person, address):
    return person.fill("/reset", email=address)


def test_a_reset_changes_the_password_and_signs_everybody_out(visitor, other_browser, cast, outbox):
    visitor.sign_in(cast.ben.email, PASSWORD)
    _ask(other_browser, cast.ben.email)
    link = f"/reset/{token_of(outbox.last_to(cast.ben))}"

    answer = other_browser.fill(link, password=GOOD)

    assert answer.location == "/sign-in"
    assert not visitor.is_in()
    assert not other_browser.is_in()
    other_browser.sign_in(cast.ben.email, GOOD)
    assert other_browser.is_in()
    assert visitor.sign_in(cast.ben.email, PASSWORD).status_code == 422
    assert "accounts/password_changed" in outbox.kinds_to(cast.ben)


def test_a_reset_link_works_once(visitor, cast, outbox):
    _ask(visitor, cast.ben.email)
    link = f"/reset/{token_of(outbox.last_to(cast.ben))}"
    visitor.fill(link, password=GOOD)

    assert visitor.see(link).status_code == 410


def test_of_ten_uses_at_once_one_succeeds(app, cast, outbox, visitor, dirty):
    _ask(visitor, cast.ben.email)
    token = token_of(outbox.last_to(cast.ben))
    db.session.rollback()
    hashed = security.hashed(GOOD)
    results = []

    def use():
        with app.app_context():
            try:
                actions.reset_password(token, hashed)
                results.append("changed")
            except Exception as error:
                results.append(type(error).__name__)

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["LinkGone"] * 9 + ["changed"]


def test_a_reset_link_is_over_after_an_hour(visitor, cast, outbox, clock):
    _ask(visitor, cast.ben.email)
    link = f"/reset/{token_of(outbox.last_to(cast.ben))}"

    clock.advance(minutes=60, seconds=1)

    assert visitor.see(link).status_code == 410


def test_a_changed_password_makes_earlier_reset_links_useless(visitor, other_browser, cast, outbox):
    _ask(other_browser, cast.ben.email)
    link = f"/reset/{token_of(outbox.last_to(cast.ben))}"
    visitor.sign_in(cast.ben.email, PASSWORD)
    visitor.fill("/me/settings/security", "/me/settings/security/password", current=PASSWORD, password=GOOD)

    assert other_browser.see(link).status_code == 410


def test_asking_for_a_reset_reads_alike_for_every_address(visitor, other_browser, cast):
    known = _ask(visitor, cast.ben.email)
    unknown = _ask(other_browser, "nobody@people.example")

    assert known.status_code == unknown.status_code == 302
    assert known.location == unknown.location
    pages = [words(p.see("/reset/sent")).replace(n, "") for p, n in ((visitor, "ben"), (other_browser, "nobody"))]
    assert pages[0] == pages[1]


def test_asking_for_a_reset_writes_for_every_address(visitor, other_browser, cast):
    """An answer for which nothing is stored would tell by its speed that nobody has the address."""
    _ask(visitor, cast.ben.email)
    _ask(other_browser, "nobody@people.example")
    db.session.rollback()

    asked = select(AuditEvent.subject).where(AuditEvent.action == "account.reset_asked").order_by(AuditEvent.number)
    assert db.session.scalars(asked).all() == [f"account:{cast.ben.code}", "account:unknown"]


def test_only_the_hash_of_a_link_is_stored(visitor, cast, outbox):
    _ask(visitor, cast.ben.email)
    token = token_of(outbox.last_to(cast.ben))

    (link,) = db.session.scalars(select(MailedLink)).all()
    assert token not in str(vars(link))
    assert len(token) >= 43


def test_a_reset_does_not_get_around_the_second_step(visitor, cast, outbox):
    from tests import factories

    factories.with_two_step(cast.ben)
    _ask(visitor, cast.ben.email)
    visitor.fill(f"/reset/{token_of(outbox.last_to(cast.ben))}", password=GOOD)

    answer = visitor.sign_in(cast.ben.email, GOOD)

    assert answer.location == "/sign-in/code"
    assert not visitor.is_in()


def test_a_token_of_one_kind_opens_no_other_door(visitor, cast, outbox):
    _ask(visitor, cast.ben.email)
    token = token_of(outbox.last_to(cast.ben))

    for door in ("confirm", "new-email", "undo-email", "welcome"):
        assert visitor.see(f"/{door}/{token}").status_code == 410


def test_a_weak_new_password_is_refused_and_the_link_still_works(visitor, cast, outbox):
    _ask(visitor, cast.ben.email)
    link = f"/reset/{token_of(outbox.last_to(cast.ben))}"

    assert visitor.fill(link, password="password1234").status_code == 422
    assert visitor.fill(link, password=GOOD).status_code == 302


def test_a_change_needs_the_present_password(visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)
    form = ("/me/settings/security", "/me/settings/security/password")

    for current in ("not-the-right-password", ""):
        assert visitor.fill(*form, current=current, password=GOOD).status_code == 422
    db.session.rollback()
    assert security.fits(PASSWORD, queries.user_by_email(cast.ben.email).password)


def test_a_change_keeps_this_browser_and_ends_the_others(visitor, other_browser, cast, outbox):
    visitor.sign_in(cast.ben.email, PASSWORD)
    other_browser.sign_in(cast.ben.email, PASSWORD)
    name_before = cast.ben.fs_uniquifier

    visitor.fill("/me/settings/security", "/me/settings/security/password", current=PASSWORD, password=GOOD)

    assert visitor.is_in()
    assert not other_browser.is_in()
    db.session.rollback()
    assert queries.user_by_email(cast.ben.email).fs_uniquifier != name_before
    letter = outbox.last_to(cast.ben)
    assert letter.template == "accounts/password_changed"
    assert outbox.read(letter).subject == "Sign-in notice"


def test_a_copied_cookie_dies_with_the_old_password(app, visitor, cast):
    visitor.sign_in(cast.ben.email, PASSWORD)
    thief = Person(app.test_client())
    thief.browser.set_cookie("practice", visitor.browser.get_cookie("practice").value)
    assert thief.is_in()

    visitor.fill("/me/settings/security", "/me/settings/security/password", current=PASSWORD, password=GOOD)

    assert not thief.is_in()
