"""This file knows what tests of practices share: an applicant, two of the staff, forms as a browser sends them."""

from __future__ import annotations

import pytest

from tests import factories

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
