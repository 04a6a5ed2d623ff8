"""Whoever books locks a calendar and then its client; what changes an account keeps that order."""

from datetime import UTC, datetime

import pytest

from practice.accounts import actions, policy
from practice.accounts.actions.links import make_link
from practice.bookings import actions as bookings
from practice.bookings import queries as booked
from practice.bookings.states import BookingState
from practice.store.db import db, transaction

NEW = actions.NewAccount(email="ben@people.example", password="hashed", display_name="Ben", zone="UTC")
# What happens to the account, with the purpose of the link that it needs, if it needs one.
WAYS = {
    "reset": ("reset", lambda token, _: actions.reset_password(token, "hashed")),
    "address taken back": ("undo_email", lambda token, _: actions.undo_new_email(token)),
    "confirmed": ("confirm", lambda token, _: actions.confirm(token)),
    "begun anew": ("reset", lambda token, _: actions.begin_anew(token, NEW)),
    "locked": ("", lambda _, user: actions.lock_as_operator(user, "by mistake")),
    "erased": ("", lambda *_: actions.erase_due()),
}


def holds_a_time(person, practice):
    start = datetime.fromtimestamp(booked.starts_for(practice.consult)[5], UTC)
    return bookings.hold(practice.consult, start, bookings.Visitor(person, "b", "n", "UTC"))


@pytest.mark.parametrize("way", WAYS)
def test_calendars_are_locked_before_the_person(app, cast, clock, questions, way):
    """In the other order, somebody who books at that moment and this change would wait for each other."""
    purpose, act = WAYS[way]
    if way == "erased":
        actions.ask_for_erasure(cast.ben)
        clock.advance(days=policy.ERASED_AFTER.days)
    with transaction():
        token = make_link(cast.ben, purpose, policy.RESET_WITHIN) if purpose else ""
        if way in ("confirmed", "begun anew"):
            cast.ben.confirmed_at = None
    held = holds_a_time(cast.ben, cast.practice)
    questions.clear()
    act(token, cast.ben)
    asked = [each.replace('"', "") for each in questions]
    db.session.rollback()

    calendars = [n for n, each in enumerate(asked) if each.startswith("UPDATE specialists")]
    person = [n for n, each in enumerate(asked) if each.startswith("UPDATE user ")]
    person += [n for n, each in enumerate(asked) if "FROM user" in each and each.endswith("FOR UPDATE")]
    assert held.state == BookingState.EXPIRED
    assert calendars[-1] < min(person)
