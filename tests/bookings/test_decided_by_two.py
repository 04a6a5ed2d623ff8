"""What one of the staff decides about a paid session gives back no more than one of them may give back alone."""

from datetime import timedelta

import pytest

from practice.bookings import actions, sold
from practice.bookings.states import BookingState, Outcome
from practice.payments import actions as payments
from practice.payments.kinds import Reason
from practice.store.db import db, transaction
from practice.values.errors import Conflict
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import sue

MINUTE = timedelta(minutes=1)
S = BookingState


def back(booking):
    """What of its price was promised back."""
    db.session.expire_all()
    return sold.left_and_returned(booking)[1].amount


@pytest.fixture
def dear(cast, sells, clock):
    """Ben has bought a session of €900, more than one of the staff gives back alone."""
    offer = sold_by(cast.anna, minutes=120, price=Money(90_000, "EUR"))
    return booking_of(pay(begin(cast.ben, offer, WEDNESDAY_TEN), charge="ch_dear"))


def give_all_by_two(booking, cast):
    [line] = sold.lines_of(booking)
    wanted = payments.Return(more=Money(line.price, "EUR"), shown=line.back, reason=Reason.OTHER, words="Both said so.")
    payments.agree(payments.propose_refund(line, wanted, by=cast.sam), "I agree.", by=sue())


@pytest.mark.parametrize("outcome", [Outcome.OTHER_SIDE, Outcome.TECHNICAL])
def test_a_decision_that_gives_back_as_much_as_needs_two_is_not_one_persons(cast, dear, clock, outcome):
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(dear, by=cast.anna)
    contest = actions.contest(dear, "I was there.", by=cast.ben)
    clock.advance(hours=49)

    with pytest.raises(Conflict, match="two of us"):
        actions.decide_contest(contest, outcome, by=cast.sam, reason="Both were at the door.")
    db.session.refresh(contest)
    assert (contest.outcome, dear.state, back(dear)) == (Outcome.OPEN, S.CLIENT_MISSED, 0)

    give_all_by_two(dear, cast)
    actions.decide_contest(contest, outcome, by=cast.sam, reason="Both were at the door.")
    assert contest.outcome == outcome
    assert back(dear) == 90_000, "two agreed, and it is not given back a second time"


def test_one_alone_decides_what_gives_nothing_back_however_dear_it_was(cast, dear, clock):
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(dear, by=cast.anna)
    contest = actions.contest(dear, "I was there.", by=cast.ben)
    clock.advance(hours=49)

    actions.decide_contest(contest, Outcome.UPHELD, by=cast.sam, reason="Nobody joined.")

    assert (dear.state, back(dear)) == (S.CLIENT_MISSED, 0)


def test_what_one_gave_before_counts_towards_what_a_decision_gives(cast, sells, clock):
    offer = sold_by(cast.anna, minutes=60, price=Money(25_000, "EUR"))
    booking = booking_of(pay(begin(cast.ben, offer, WEDNESDAY_TEN), charge="ch_parts"))
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(booking, by=cast.anna)
    [line] = sold.lines_of(booking)
    part = payments.Return(more=Money(15_000, "EUR"), shown=0, reason=Reason.KINDNESS, words="A kind word.")
    payments.propose_refund(line, part, by=cast.sam)
    contest = actions.contest(booking, "I was there.", by=cast.ben)
    clock.advance(hours=49)

    with pytest.raises(Conflict, match="two of us"):
        actions.decide_contest(contest, Outcome.TECHNICAL, by=cast.sam, reason="Both were at the door.")


def test_one_alone_calls_off_no_session_that_is_dearer_than_the_limit(cast, dear):
    with transaction():
        cast.practice.state = "suspended"
    with pytest.raises(Conflict, match="two of us"):
        actions.call_off(dear, by=cast.sam)
    assert (dear.state, back(dear)) == (S.CONFIRMED, 0)

    give_all_by_two(dear, cast)
    db.session.refresh(dear)
    assert dear.state == S.RELEASED, "with its money it ends by itself"
