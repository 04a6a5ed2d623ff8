"""This file knows what the tests of disputes share: a paid session that took place, and who decides about it."""

from datetime import timedelta

import pytest

from practice.disputes import actions, queries
from practice.disputes.actions import Decision, Opening
from practice.disputes.states import Reason, Wish
from practice.payments import queries as orders
from practice.store.db import db
from tests import factories
from tests.bookings.conftest import WEDNESDAY_TEN

ENDS = WEDNESDAY_TEN + timedelta(minutes=50)
MORE = timedelta(minutes=1)


@pytest.fixture
def session(bought, clock):
    """Ben's session with Anna, paid, which ended a minute ago."""
    made = bought(WEDNESDAY_TEN)
    clock.freeze(ENDS + MORE)
    return made


@pytest.fixture
def sue():
    """A second of the staff."""
    return factories.user("Sue", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def tess():
    """A third of them."""
    return factories.user("Tess", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def complain(cast, session):
    """`complain("late_or_short")`: Ben opens a dispute about it."""

    def opened(reason="late_or_short", words="You came late.", wish=Wish.PART):
        return actions.open_dispute(session, Opening(Reason(reason), wish, words), by=cast.ben)

    return opened


@pytest.fixture
def decided(cast, complain):
    """`decided(40)`: both were heard, and Sam decided how much comes back."""

    def decide(percent, by=None):
        dispute = complain()
        actions.say(dispute, "The call before ran over.", by=cast.anna)
        actions.decide(dispute, Decision(percent, "A part was missing."), by=by or cast.sam)
        return dispute

    return decide


def line_of(booking):
    """What its order says of it now."""
    order = orders.order_of("session", booking.code)
    db.session.refresh(order)
    line = order.lines[0]
    db.session.refresh(line)
    return line


def now(dispute):
    """As it is stored."""
    db.session.rollback()
    return queries.by_number(dispute.number)
