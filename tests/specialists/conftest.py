"""This file knows what tests of practices share: an applicant, two of the staff, forms as a browser sends them."""

from __future__ import annotations

import pytest

from tests import factories
from tests.pages import csrf_of

from . import recipes


@pytest.fixture
def mara(app):
    """Somebody who applies; the topics to choose from exist."""
    recipes.topics()
    return factories.user("Mara Ellison")


@pytest.fixture
def sam(app):
    return factories.user(
        "Sam",
        email="sam@staff.example",
        roles=("client", "staff"),
        tf_primary_method="authenticator",
        tf_totp_secret="set",
    )


@pytest.fixture
def sue(app):
    return factories.user(
        "Sue",
        email="sue@staff.example",
        roles=("client", "staff"),
        tf_primary_method="authenticator",
        tf_totp_secret="set",
    )


@pytest.fixture
def post(client):
    """Post as a browser does: with the token of a page that was open."""

    def send(path, *, browser=client, **fields):
        token = csrf_of(browser.get("/time-zone"))
        return browser.post(path, data={"csrf_token": token} | fields)

    return send
