"""Whatever becomes of a sold booking, in any order: its ledger balances, and its client got what the pages had said."""

from random import Random

import pytest

from practice.bookings.states import BookingState
from practice.payments.states import DisputeState
from tests.bookings.lives import Life
from tests.shop import unsound_here

S = BookingState
# What all of comes back, by whomever it ended.
WHOLE = {S.UNDONE, S.CANCELLED_BY_SPECIALIST, S.RELEASED, S.SPECIALIST_MISSED, S.TECH_FAILURE}


def live(cast, sells, clock, seed):
    life = Life(cast, sells, clock, Random(seed))
    life.go(8)
    life.close()
    return life


def judge(life):
    lines = life.lines
    said = f"{life.done}, {life.booking.state}, {[(line.back, line.price) for line in lines]}"
    assert unsound_here() == [], said
    assert life.back >= life.promised, said
    assert life.booking.choice_until is None, said
    if life.booking.state in WHOLE:
        assert life.back == life.paid, said
    assert life.paid - life.back <= life.booking.price.amount, f"kept beyond its price: {said}"
    for line in lines:
        if line.order.dispute != DisputeState.LOST:
            gone = sum(each.amount for each in line.order.refunds if each.state in ("succeeded", "manual"))
            assert gone == line.back, said
    if all(line.order.dispute != DisputeState.LOST for line in lines):
        assert life.back == life.back_by_rule, said


@pytest.mark.parametrize("seed", range(10))
def test_random_lives_end_in_balance_and_as_promised(cast, sells, clock, seed):
    judge(live(cast, sells, clock, seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 400))
def test_many_random_lives_do_too(cast, sells, clock, seed):
    judge(live(cast, sells, clock, seed))
