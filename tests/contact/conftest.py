"""This file knows what the tests of contact share: a ticket of Ben's, everybody's browsers, more staff."""

import pytest

from practice.contact import actions, queries
from practice.contact.actions import Opening, Reply
from practice.contact.states import Category
from practice.store.db import db
from tests import factories
from tests.pages import csrf_of

WORDS = "I paid twice, I think."


@pytest.fixture
def sue():
    """A second of the staff."""
    return factories.user("Sue", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def wrote(cast, clock):
    """`wrote("safety")`: Ben wrote to us about it, or somebody else did."""

    def write(about="payment", words=WORDS, by=None, **more):
        return actions.open_ticket(by or cast.ben, Opening(Category(about), words, **more))

    return write


@pytest.fixture
def answered(cast, wrote):
    """`answered(minutes=40)`: Ben wrote, and Sam answered so long after."""

    def answer(clock, about="payment", by=None, **took):
        ticket = wrote(about, by=by)
        clock.advance(**took)
        actions.answer(ticket, Reply("You paid once."), by=cast.sam)
        return ticket

    return answer


@pytest.fixture
def at(app, cast, sign_in, sue):
    """`at("ben", path)` reads a page, `at("ben", path, words="…")` sends a form to it."""
    browsers, people = {}, {"sue": sue}

    def open_page(who, path, **sent):
        if who not in browsers:
            browsers[who] = sign_in(app.test_client(), people.get(who) or getattr(cast, who))
        browser = browsers[who]
        if not sent:
            return browser.get(path)
        token = csrf_of(browser.get("/time-zone"))
        return browser.post(path, data={"csrf_token": token} | {k: v for k, v in sent.items() if k != "press"})

    return open_page


def now(ticket):
    """As it is stored."""
    db.session.rollback()
    return queries.by_code(ticket.code)
