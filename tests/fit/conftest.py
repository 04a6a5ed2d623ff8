"""This file knows what the tests of decisions share: a talk that took place on Monday morning, and who decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from practice.bookings.states import BookingState
from practice.fit import actions, queries
from practice.fit.actions import Answered, Suggestion
from practice.fit.states import Choice, Party
from tests import factories

# The tests' clock stands at Monday 1 March 2027, 08:00 UTC: the talk was on Friday, and ended just before.
STARTS = datetime(2027, 3, 1, 7, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=30)


@pytest.fixture
def talk(cast):
    """A consultation of Ben's with Anna that took place until a moment ago."""
    return factories.booking(cast.ben, cast.practice, STARTS, state=BookingState.COMPLETED, ended_at=ENDS)


@pytest.fixture
def couple(cast):
    """The same, booked for two."""
    done = {"state": BookingState.COMPLETED, "ended_at": ENDS, "with_partner": True}
    return factories.booking(cast.ben, cast.practice, STARTS, **done)


class Deciders:
    """What each side says, through the product's own actions."""

    def __init__(self, cast):
        self.cast = cast

    def client(self, booking, choice, **more):
        return actions.answer(booking, Party.CLIENT, Answered(Choice(choice), **more), by=self.cast.ben)

    def partner(self, booking, choice, by):
        return actions.answer(booking, Party.PARTNER, Answered(Choice(choice)), by=by)

    def specialist(self, booking, choice, *people, **more):
        suggestion = Suggestion(tuple(people), frozenset(more.pop("interests", ())), more.pop("draft", ""))
        answered = Answered(Choice(choice), **more)
        return actions.answer_in_practice(booking, answered, suggestion, by=self.cast.anna)


@pytest.fixture
def decide(cast):
    return Deciders(cast)


@pytest.fixture
def outcome():
    return lambda booking: queries.fit_of(booking).outcome


@pytest.fixture
def colleague(cast):
    """Somebody on the same topic with free times."""
    return factories.specialist(factories.user("Otto Berg", zone="Europe/Vienna"))
