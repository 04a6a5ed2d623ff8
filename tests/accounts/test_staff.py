"""How the first member of staff gets in: a link printed by the operator, once, and two steps before staff pages."""

import re

import pytest

from practice.accounts import queries
from practice.store.db import db
from tests.accounts.conftest import GOOD
from tests.factories import PASSWORD


def _invite(app, address):
    return app.test_cli_runner().invoke(args=["staff", "invite", address], catch_exceptions=False)


def _fresh(address):
    db.session.rollback()
    return queries.user_by_email(address)


@pytest.fixture
def link(app):
    out = _invite(app, "Sam@People.example").output
    return re.search(r"http://localhost(/welcome/\S+)", out)[1]


def test_the_operator_gets_a_link_that_opens_a_staff_account(visitor, link):
    answer = visitor.fill(link, display_name="Sam", password=GOOD, adult="y", terms="y")
    sam = _fresh("sam@people.example")

    assert answer.location == "/sign-in?next=/me/settings/security"
    assert sam.is_staff
    assert sam.is_confirmed
    assert visitor.see(link).status_code == 410
    visitor.sign_in("sam@people.example", GOOD)
    assert visitor.is_in()


def test_before_it_is_accepted_nobody_can_sign_in_with_it(visitor, link):
    assert visitor.sign_in("sam@people.example", "").status_code == 422
    assert visitor.sign_in("sam@people.example", GOOD).status_code == 422


def test_the_link_is_over_after_48_hours(visitor, link, clock):
    clock.advance(hours=48, seconds=1)

    assert visitor.see(link).status_code == 410


def test_an_existing_account_only_gets_the_role(app, visitor, cast):
    """A product let an invitation for a known address overwrite that account's password."""
    before = (cast.ben.password, cast.ben.fs_uniquifier, cast.ben.display_name)

    out = _invite(app, cast.ben.email).output

    ben = _fresh(cast.ben.email)
    assert "http" not in out
    assert ben.is_staff
    assert (ben.password, ben.fs_uniquifier, ben.display_name) == before
    visitor.sign_in(cast.ben.email, PASSWORD)
    assert visitor.is_in()


def test_nonsense_is_refused(app):
    assert _invite(app, "not-an-address").exit_code == 2


def test_staff_without_two_steps_are_sent_to_set_them_up(app, visitor, cast):
    _invite(app, cast.ben.email)
    visitor.sign_in(cast.ben.email, PASSWORD)

    answer = visitor.see("/admin")

    assert answer.status_code in (302, 308)
    assert visitor.see("/admin", follow_redirects=True).request.path == "/me/settings/security"
