"""Whether an address has an account here is nobody's business: no page says it, nor the page after it, nor the work."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.accounts import actions, queries
from practice.accounts.models import Device, User
from practice.store.db import db
from tests.accounts.conftest import GOOD, Person, token_of, words
from tests.factories import PASSWORD, user

NEW, BEN = "nora@people.example", "ben@people.example"


@pytest.fixture
def ben(app):
    """Somebody who has an account."""
    return user("Ben")


def test_whoever_signs_up_learns_nothing_by_signing_in_elsewhere(visitor, app, ben, sign_up_form):
    for address in (ben.email, NEW):
        visitor.fill("/sign-up", **{**sign_up_form, "email": address})
    after = [Person(app.test_client()).sign_in(address, GOOD) for address in (ben.email, NEW)]

    assert after[0].status_code == after[1].status_code == 422
    assert words(after[0]) == words(after[1])
    assert db.session.scalar(select(Device)) is None


def test_the_answer_tells_somebody_who_has_just_signed_up_what_to_do(visitor, app, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    said = words(Person(app.test_client()).sign_in(NEW, GOOD))

    assert "the email we sent" in said


def test_signing_up_again_sends_another_link_and_the_earlier_one_is_gone(visitor, other_browser, outbox, sign_up_form):
    visitor.fill("/sign-up", **sign_up_form)
    nora = queries.user_by_email(NEW)
    first = token_of(outbox.last_to(nora))
    other_browser.fill("/sign-up", **{**sign_up_form, "password": "another lamp by the sea"})
    second = token_of(outbox.last_to(nora))

    assert other_browser.see(f"/confirm/{first}").status_code == 410
    other_browser.fill(f"/confirm/{second}")
    assert other_browser.is_in()
    assert len(db.session.scalars(select(User)).all()) == 1


def test_the_password_is_that_of_the_browser_that_confirms(visitor, other_browser, app, outbox, sign_up_form):
    """A stranger signs up first with somebody's address: their password never opens what its owner confirms."""
    visitor.fill("/sign-up", **sign_up_form)
    other_browser.fill("/sign-up", **{**sign_up_form, "password": "another lamp by the sea"})
    other_browser.fill(f"/confirm/{token_of(outbox.last_to(queries.user_by_email(NEW)))}")

    stranger, owner = Person(app.test_client()), Person(app.test_client())
    stranger.sign_in(NEW, GOOD)
    owner.sign_in(NEW, "another lamp by the sea")
    assert (stranger.is_in(), owner.is_in()) == (False, True)


def test_settings_say_the_same_of_a_taken_and_a_free_address(app, ben, outbox):
    said = []
    for name, address in (("Cleo", ben.email), ("Dora", "free@people.example")):
        person = Person(app.test_client())
        person.sign_in(user(name).email, PASSWORD)
        answer = person.fill("/me/settings/email", email=address, others_read="no")
        page = words(person.see(answer.location.partition("#")[0]))
        said.append(page.replace(address, "X").replace(name.lower(), "n").replace(name, "N"))

    assert said[0] == said[1]
    assert "X waits for your confirmation" in said[0]
    assert outbox.kinds_to(ben) == ["accounts/known_address"]


def test_the_waiting_address_of_somebody_else_is_never_taken(app, ben, clock):
    cleo = user("Cleo")
    person = Person(app.test_client())
    person.sign_in(cleo.email, PASSWORD)
    person.fill("/me/settings/email", email=ben.email, others_read="no")
    clock.advance(timedelta(hours=1))

    db.session.rollback()
    assert queries.user_by_email(cleo.email).id == cleo.id
    assert queries.user_by_email(ben.email).id == ben.id


def test_ones_own_address_is_no_new_one(app, ben):
    person = Person(app.test_client())
    person.sign_in(ben.email, PASSWORD)
    answer = person.fill("/me/settings/email", email=ben.email.upper(), others_read="no")

    assert answer.status_code == 422
    assert "already" in words(answer)


# ---------------------------------------------------------------- the same work


@pytest.fixture
def work(questions):
    """`work(action)`: every kind of statement that the action asks the database, counted."""

    actions.ask_for_reset("first@people.example")  # the log's first line is more work than every later one

    def counted(action, *arguments, who=None):
        db.session.remove()
        person = [db.session.get_one(User, who)] if who else []
        questions.clear()
        action(*person, *arguments)
        return sorted(_kind(statement) for statement in questions)

    return counted


def _kind(statement):
    """What is done with which table; a savepoint ends either way."""
    verb = "END" if statement.startswith(("ROLLBACK TO", "RELEASE")) else statement.split()[0]
    table = re.search(r"(?:FROM|INTO|UPDATE)\s+\"?(\w+)", statement)
    return f"{verb} {table[1] if table else ''}"


def _sign_up(address):
    actions.sign_up(actions.NewAccount(email=address, password="x", display_name="Nora", zone="UTC"), browser="b")


def test_signing_up_is_the_same_work_for_a_known_and_for_an_unknown_address(ben, work):
    known, unknown = (work(_sign_up, address) for address in (BEN, NEW))

    assert known == unknown
    assert db.session.scalars(select(User.email).order_by(User.id)).all() == [BEN, NEW]


def test_a_reset_is_the_same_work_for_a_known_and_for_an_unknown_address(ben, work):
    known, unknown = (work(actions.ask_for_reset, address) for address in (BEN, NEW))

    assert known == unknown
    assert db.session.scalars(select(User.email)).all() == [BEN]


def test_asking_for_a_new_address_is_the_same_work_for_a_taken_and_for_a_free_one(ben, work):
    cleo, dora = user("Cleo").id, user("Dora").id
    taken = work(actions.ask_for_new_email, BEN, who=cleo)
    free = work(actions.ask_for_new_email, NEW, who=dora)

    assert taken == free


def test_a_link_to_a_taken_address_was_sent_to_nobody(ben, outbox):
    actions.ask_for_new_email(user("Cleo"), ben.email)

    assert not any("token" in letter.context for letter in outbox.all())
