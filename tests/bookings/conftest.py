"""This file knows what the booking tests share: a Tuesday morning slot, forms as a browser sends them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from practice.bookings import gates
from practice.fit.queries import may_buy
from tests.bookings.lengthening import E30, E80
from tests.pages import csrf_of, tree_of
from tests.selling import sold_by

# The tests' clock stands at Monday 1 March 2027, 08:00 UTC; Anna works in Vienna from 9 to 17.
TUESDAY_NINE = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)
WEDNESDAY_TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)


def value(start):
    return start.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def hold(post):
    def choose(start, slug="anna-kern", **options):
        return post(f"/specialists/{slug}/book", start=value(start), **options)

    return choose


@pytest.fixture
def confirm(client, post):
    """Fill in the open form and send it."""

    def send(start=None, slug="anna-kern", browser=client, **changes):
        page = tree_of(browser.get(f"/specialists/{slug}/book", follow_redirects=True))
        form = page.find("form", action=lambda a: a and a.endswith("/confirm"))
        hidden = {i["name"]: i.get("value", "") for i in form.find_all("input", type="hidden")} if form else {}
        token = {"csrf_token": csrf_of(browser.get("/time-zone"))}
        fields = hidden | token | {"format": "video", "consent": "y"} | ({"start": value(start)} if start else {})
        return browser.post(form["action"] if form else f"/specialists/{slug}/book/confirm", data=fields | changes)

    return send


@pytest.fixture
def ben_in(client, cast, sign_in):
    return sign_in(client, cast.ben)


@pytest.fixture
def both_said_yes():
    """Whatever begins with a consultation is open to everybody who is signed in."""
    gates.opens(lambda *_: True)
    yield
    gates.opens(may_buy)


@pytest.fixture
def longer(cast, sells):
    """Anna also sells 80 minutes for €110."""
    return sold_by(cast.anna, minutes=80, price=E80)


@pytest.fixture
def shorter(cast, sells):
    """And 30 minutes for €45."""
    return sold_by(cast.anna, minutes=30, price=E30)


@pytest.fixture
def session(bought):
    """Ben has bought 50 minutes on Thursday at ten."""
    return bought(THURSDAY_TEN)
