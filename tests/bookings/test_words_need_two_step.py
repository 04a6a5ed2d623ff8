"""What clients wrote is read by a specialist whom a password alone does not let in."""

import pytest
from sqlalchemy import select

from practice.bookings import actions, queries
from practice.store.audit import AuditEvent
from practice.store.db import db
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.factories import with_two_step

NOTE, PREP, PHONE = "A word for before", "How often do we meet?", "+353 1 555 0100"


@pytest.fixture
def shared(cast, app):
    """Ben wrote a note, what he wants to know and his number, and shares all three."""
    details = actions.Details("phone", note=NOTE, phone=PHONE, shares_note=True)
    booking = actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, details)
    actions.keep_preparation(booking, PREP, shares=True)
    return booking


def _read(browser, booking):
    return browser.get(f"/practice/bookings/{booking.code}").text


def _reads():
    db.session.rollback()
    return len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "booking.read")).all())


def test_without_two_step_nothing_is_read_and_the_way_is_shown(shared, cast, client, sign_in):
    page = _read(sign_in(client, cast.anna), shared)

    assert not any(words in page for words in (NOTE, PREP, PHONE))
    assert 'href="/me/settings/security"' in page
    assert "Your client wrote something for you" in page
    assert _reads() == 0


def test_with_two_step_it_is_read_and_noted(shared, cast, client, sign_in):
    with_two_step(cast.anna)

    page = _read(sign_in(client, cast.anna), shared)

    assert all(words in page for words in (NOTE, PREP, PHONE))
    assert "Your client wrote something for you" not in page
    assert _reads() == 1


def test_the_demo_offers_two_step_and_does_not_ask_for_it(shared, cast, make_app, sign_in):
    demo = make_app(mode="demo")

    assert NOTE in _read(sign_in(demo.test_client(), cast.anna), shared)


def test_where_nothing_is_shared_nothing_is_asked(cast, app, client, sign_in):
    details = actions.Details("video", note=NOTE, shares_note=False)
    booking = actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY_TEN, details)

    page = _read(sign_in(client, cast.anna), booking)

    assert NOTE not in page
    assert "Your client wrote something for you" not in page
