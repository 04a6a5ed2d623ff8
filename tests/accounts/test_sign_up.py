"""Signing up: one answer for every address, an account only for whom the mail reaches, consents kept."""

from bs4 import BeautifulSoup
from sqlalchemy import select

from practice.accounts import queries
from practice.accounts.models import ConsentRecord, Device, User
from practice.store.db import db
from tests.accounts.conftest import GOOD, Person, token_of, words


def _user(address="nora@people.example"):
    db.session.rollback()
    return queries.user_by_email(address)


def test_a_new_person_signs_up_confirms_and_is_in(visitor, outbox, sign_up_form):
    answer = visitor.fill("/sign-up", **sign_up_form)
    nora = _user()

    assert answer.location == "/sign-up/sent"
    assert not nora.is_confirmed
    assert not visitor.is_in()

    letter = outbox.last_to(nora)
    visitor.press(f"/confirm/{token_of(letter)}", f"/confirm/{token_of(letter)}")

    assert visitor.is_in()
    assert _user().is_confirmed
    assert outbox.kinds_to(nora) == ["accounts/confirm", "accounts/welcome"]


def test_a_form_sent_empty_says_what_is_missing_in_the_order_of_its_fields(visitor):
    page = BeautifulSoup(visitor.fill("/sign-up").text, "html.parser")

    said = [link["href"][1:] for link in page.select("#errors a")]
    shown = [each["id"] for each in page.select("main form [id]") if each["id"] in said]
    assert said == shown
    assert said[0] == "email"
    assert "Type an email address" in page.select_one("#errors a").text


def test_the_letter_is_neutral_and_leads_to_our_own_address(visitor, outbox, sign_up_form, smtp):
    visitor.fill("/sign-up", **sign_up_form)

    (letter,) = outbox.deliver(smtp)

    assert letter["Subject"] == "Confirm your email"
    assert smtp.recipients == [["nora@people.example"]]
    for kind in ("plain", "html"):
        text = letter.get_body((kind,)).get_content()
        assert "http://localhost/confirm/" in text
        assert "If someone is in danger" in text
        assert "Nora" not in text


def test_a_get_of_the_link_changes_nothing(visitor, outbox, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    link = f"/confirm/{token_of(outbox.last_to(_user()))}"

    for _ in range(3):
        assert visitor.see(link).status_code == 200

    assert not _user().is_confirmed


def test_the_link_works_once(visitor, outbox, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    link = f"/confirm/{token_of(outbox.last_to(_user()))}"
    visitor.fill(link)

    assert visitor.see(link).status_code == 410


def test_the_link_is_over_after_48_hours(visitor, outbox, sign_up_form, clock):
    visitor.fill("/sign-up", **sign_up_form)
    link = f"/confirm/{token_of(outbox.last_to(_user()))}"

    clock.advance(hours=48, seconds=1)

    assert visitor.see(link).status_code == 410


def test_another_browser_confirms_with_the_password(visitor, other_browser, outbox, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    link = f"/confirm/{token_of(outbox.last_to(_user()))}"

    wrong = other_browser.fill(link, password="not the one i chose")
    assert wrong.status_code == 422
    assert not _user().is_confirmed

    other_browser.fill(link, password=GOOD)
    assert other_browser.is_in()
    assert _user().is_confirmed


def test_whoever_only_has_the_mail_does_not_confirm_a_strangers_account(visitor, other_browser, outbox, sign_up_form):
    """Somebody signs up with an address that is not theirs: its owner presses the button and confirms nothing."""
    visitor.fill("/sign-up", **sign_up_form)
    link = f"/confirm/{token_of(outbox.last_to(_user()))}"

    answer = other_browser.fill(link)

    assert answer.status_code == 422
    assert not _user().is_confirmed


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(
    visitor, other_browser, cast, outbox, sign_up_form
):
    before = (cast.ben.password, cast.ben.fs_uniquifier, [r.name for r in cast.ben.roles])
    known = visitor.fill("/sign-up", **{**sign_up_form, "email": cast.ben.email.upper()})
    new = other_browser.fill("/sign-up", **sign_up_form)

    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert known.data == new.data
    same = [words(p.see("/sign-up/sent")).replace(a, "") for p, a in ((visitor, "ben"), (other_browser, "nora"))]
    assert same[0] == same[1]
    assert outbox.kinds_to(cast.ben) == ["accounts/known_address"]
    assert outbox.read(outbox.last_to(cast.ben)).subject == "About your account"
    db.session.rollback()
    assert (cast.ben.password, cast.ben.fs_uniquifier, [r.name for r in cast.ben.roles]) == before


def test_the_cookies_of_both_answers_look_alike(visitor, other_browser, cast, sign_up_form):
    visitor.fill("/sign-up", **{**sign_up_form, "email": cast.ben.email})
    other_browser.fill("/sign-up", **sign_up_form)

    kept = []
    for person in (visitor, other_browser):
        with person.browser.session_transaction() as session:
            kept.append({name: type(value) for name, value in session.items()})
    assert kept[0] == kept[1]


def test_an_owner_gets_one_letter_an_hour_however_often_a_stranger_tries(app, cast, outbox, sign_up_form, clock):
    for _ in range(4):
        Person(app.test_client()).fill("/sign-up", **{**sign_up_form, "email": cast.ben.email})
    assert len(outbox.to(cast.ben)) == 1

    clock.advance(hours=1)
    Person(app.test_client()).fill("/sign-up", **{**sign_up_form, "email": cast.ben.email})
    assert len(outbox.to(cast.ben)) == 2


def test_consents_are_kept_with_version_language_and_time(visitor, sign_up_form, clock):
    visitor.fill("/sign-up", **sign_up_form)
    nora = _user()
    records = db.session.scalars(select(ConsentRecord).where(ConsentRecord.user_id == nora.id)).all()

    assert {(r.document, r.version, r.locale, r.at) for r in records} == {
        ("terms", "2026-12", "en", clock.now()),
        ("privacy", "2026-12", "en", clock.now()),
    }
    assert nora.adult_declared_at == clock.now()


def test_without_the_ticks_nothing_is_stored_and_the_form_stays_filled(visitor, sign_up_form):
    for missing in ("adult", "terms", "safe"):
        form = {k: v for k, v in sign_up_form.items() if k != missing}
        answer = visitor.fill("/sign-up", **form)

        assert answer.status_code == 422
        assert 'value="nora@people.example"' in answer.text
        assert 'value="Nora"' in answer.text
        assert GOOD not in answer.text
    assert _user() is None


def test_only_the_fields_of_the_form_count(visitor, sign_up_form):
    extra = {
        "is_staff": "1",
        "roles": "staff",
        "active": "0",
        "confirmed_at": "2020-01-01",
        "id": "1",
        "code": "chosen",
        "fs_uniquifier": "chosen",
        "tf_primary_method": "authenticator",
    }
    visitor.fill("/sign-up", **sign_up_form, **extra)
    nora = _user()

    assert [role.name for role in nora.roles] == ["client"]
    assert nora.active
    assert nora.confirmed_at is None
    assert nora.code != "chosen"
    assert nora.fs_uniquifier != "chosen"
    assert not nora.has_two_step


def test_no_e_mail_by_choice_still_gets_the_one_letter_that_lets_them_in(visitor, outbox, sign_up_form, smtp):
    visitor.fill("/sign-up", **{**sign_up_form, "safe": "no"})

    assert _user().no_email
    assert len(outbox.deliver(smtp)) == 1


def test_a_person_whose_letter_got_lost_gets_in_by_a_new_password(visitor, other_browser, outbox, sign_up_form):
    """Before the mail is confirmed the password opens nothing: else it would tell whether the address was known."""
    visitor.fill("/sign-up", **sign_up_form)
    nora = _user()
    assert other_browser.sign_in("nora@people.example", GOOD).status_code == 422
    assert not other_browser.is_in()

    other_browser.fill("/reset", email="nora@people.example")
    answers = {**sign_up_form, "password": "another lamp by the sea"}
    other_browser.fill(f"/reset/{token_of(outbox.last_to(nora))}", **answers)
    other_browser.sign_in("nora@people.example", "another lamp by the sea")

    assert other_browser.is_in()
    assert _user().is_confirmed


def test_signing_up_gives_no_session_before_the_mail_is_confirmed(visitor, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)

    assert db.session.scalar(select(Device)) is None
    with visitor.browser.session_transaction() as session:
        assert "_user_id" not in session


def test_one_mailbox_is_one_person_however_it_is_spelt(visitor, other_browser, sign_up_form):
    visitor.fill("/sign-up", **{**sign_up_form, "email": "Nora.Byrne+a@GoogleMail.com"})
    other_browser.fill("/sign-up", **{**sign_up_form, "email": "norabyrne@gmail.com"})

    people = db.session.scalars(select(User)).all()
    assert len(people) == 2
    assert len({p.person_key for p in people}) == 1
