"""A no ends also what was begun while both said yes: nothing more is confirmed, and the money goes back by itself."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.accounts.models import User
from practice.bookings import actions as bookings
from practice.bookings import gates, sold
from practice.bookings.errors import TooLate
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.fit import actions, queries
from practice.fit.actions import Answered, Suggestion
from practice.fit.states import Choice, Party
from practice.payments import queries as orders
from practice.specialists.models import Offer
from practice.store.db import db
from practice.values.errors import Conflict
from tests import factories
from tests.fit.conftest import ENDS, STARTS
from tests.payments.forks import crowd
from tests.selling import begin, booking_of, pay, sold_by

S = BookingState
WEDNESDAY, THURSDAY = datetime(2027, 3, 3, 9, tzinfo=UTC), datetime(2027, 3, 4, 9, tzinfo=UTC)
SIDES = pytest.mark.parametrize("who", ["client", "specialist"])


@pytest.fixture
def order(cast, talk, decide):
    """Both said yes, and Ben is on the payment page."""
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    return begin(cast.ben, sold_by(cast.anna, consult_first=True), WEDNESDAY)


@pytest.fixture
def ben(client, cast, sign_in):
    return sign_in(client, cast.ben)


@SIDES
def test_what_is_paid_after_a_no_is_not_booked_and_comes_back(cast, talk, decide, order, who, outbox, ben):
    getattr(decide, who)(talk, "not_a_fit")
    order = pay(order)

    assert (booking_of(order).state, order.lines[0].back) == (S.EXPIRED, 7200)
    letter = outbox.last_to(cast.ben)
    said = " ".join(outbox.read(letter).text.split())
    assert letter.template == "bookings/seat_lost" and "Other people who have time soon" in said
    page = ben.get(f"/checkout/{order.code}/return").text
    for text in (said, page):
        assert "could not be had any more" in text
        assert not any(
            word in text for word in ("not a fit", "said no", "Choose another time", "Other times with Anna")
        )


@SIDES
def test_whose_specialist_cancelled_chooses_the_money_once_there_is_a_no(cast, talk, decide, order, who):
    booking = booking_of(pay(order))
    bookings.cancel_by_specialist(booking, by=cast.anna)
    getattr(decide, who)(talk, "not_a_fit")

    with pytest.raises(TooLate, match="cannot be chosen here any more"):
        bookings.choose_time(booking, THURSDAY, by=cast.ben)
    bookings.choose_money(booking, by=cast.ben)
    assert sold.lines_of(booking)[0].back == 7200


def test_what_asks_for_no_consultation_asks_for_no_yes_either(cast, talk, decide):
    decide.specialist(talk, "not_a_fit")

    assert booking_of(pay(begin(cast.ben, sold_by(cast.anna), WEDNESDAY))).is_confirmed


# ---------------------------------------------------------------- both in one moment

PAIRS = 4


def race(app, cast, who):
    """Pays and noes of so many pairs in two processes, from both ends; how each pair ended: stands, and is a no."""
    offer = sold_by(cast.anna, consult_first=True)
    pairs = []
    for number in range(PAIRS):
        person = factories.user(f"Client {number}", email=f"c{number}@people.example")
        done = {"state": S.COMPLETED, "ended_at": ENDS}
        talk = factories.booking(person, cast.practice, STARTS - timedelta(hours=number), **done)
        actions.answer(talk, Party.CLIENT, Answered(Choice.YES), by=person)
        says(talk, "specialist", Choice.YES, cast.anna)
        order = begin(person, db.session.get_one(Offer, offer.id), WEDNESDAY + timedelta(hours=number))
        pairs.append((talk.id, person.id, order.code))
    anna = cast.anna.id

    def compete(process):
        for talk, person, code in pairs if process else reversed(pairs):
            if process:
                pay(orders.order(code), charge=f"ch_{person}")
            else:
                by = db.session.get_one(User, anna if who == "specialist" else person)
                says(db.session.get_one(Booking, talk), who, Choice.NOT_A_FIT, by)

    assert crowd(app, 2, compete) == [0, 0]
    db.session.expire_all()
    return [_ended(*each) for each in pairs]


def says(talk, who, choice, by):
    try:
        if who == "specialist":
            actions.answer_in_practice(talk, Answered(choice), Suggestion((), frozenset(), ""), by=by)
        else:
            actions.answer(talk, Party.CLIENT, Answered(choice), by=by)
    except Conflict:
        db.session.rollback()


def _ended(talk, _person, code):
    answers = queries.fit_of(db.session.get_one(Booking, talk)).known.answers
    line = orders.order(code).lines[0]
    stands = booking_of(line.order).is_confirmed
    assert line.back == (0 if stands else 7200)
    return stands, Choice.NOT_A_FIT in answers.values()


@pytest.mark.races
@SIDES
def test_of_a_payment_and_a_no_in_one_moment_one_comes_first(app, engine_url, cast, who):
    found = race(app, cast, who)

    assert all(stands != is_no for stands, is_no in found)
    assert len(set(found)) == 2


@pytest.mark.races
def test_without_asking_once_more_both_would_hold(app, engine_url, cast, monkeypatch):
    monkeypatch.setattr(gates, "_ends", [])

    assert (True, True) in race(app, cast, "specialist")
