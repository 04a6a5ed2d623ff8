"""What one of the staff decides about a paid session gives back no more than one of them may give back alone."""

from datetime import timedelta

import pytest

from practice.bookings import actions, jobs, sold
from practice.bookings.states import BookingState, Outcome
from practice.payments import actions as payments
from practice.payments.kinds import Reason
from practice.store.db import db, transaction
from practice.values.errors import Conflict
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.bookings.lengthening import order, pay_it
from tests.bookings.test_lengths_and_money import bank_takes
from tests.pages import as_read
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import sue, unsound_here

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


def gives(booking, at, minor, cast):
    """Sam wants so much of one of its payments back."""
    line = sold.lines_of(booking)[at]
    more = payments.Return(more=Money(minor, "EUR"), shown=line.back, reason=Reason.KINDNESS, words="x")
    return payments.propose_refund(line, more, by=cast.sam)


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

    says = "give back €100.00, and one of us gave back €150.00 alone before. Together from €200.00 on two of us"
    with pytest.raises(Conflict, match=says):
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


def test_what_follows_by_itself_counts_as_given_back_by_whoever_lets_it_follow(cast, dear, client, sign_in):
    """A payment of one euro ends the session and returns the other one; a euro ends a choice, and all of it returns."""
    dearer = sold_by(cast.anna, minutes=150, price=Money(90_100, "EUR"))
    pay_it(order(dear, dearer))
    [_, difference] = sold.lines_of(dear)
    page = as_read(sign_in(client, cast.sam).get(f"/admin/orders/{difference.order.code}").text)
    assert "With all of it, €900.00 more goes back by itself" in page
    row = gives(dear, 1, 100, cast)
    assert (row.needs_two, dear.state, back(dear)) == (True, S.CONFIRMED, 0)
    for desk in (f"/admin/orders/{difference.order.code}", "/admin/refunds"):
        assert "With it €900.00 more goes back by itself" in as_read(client.get(desk).text)
    payments.withdraw(row, "", by=cast.sam)

    actions.cancel_by_specialist(dear, by=cast.anna)
    page = as_read(client.get(f"/admin/orders/{sold.lines_of(dear)[0].order.code}").text)
    assert "Whatever you give back ends that, and all that is left of what they paid goes back by itself" in page
    row = gives(dear, 0, 100, cast)
    jobs.return_unchosen()
    assert (row.needs_two, back(dear)) == (True, 0) and dear.choice_until is not None
    payments.agree(row, "I agree.", by=sue())
    jobs.return_unchosen()
    assert back(dear) == 90_100


def test_what_a_bank_took_a_part_of_can_be_put_right_by_two_and_by_nobody_alone(cast, dear, clock, client, sign_in):
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(dear, by=cast.anna)
    contest = actions.contest(dear, "I was there.", by=cast.ben)
    bank_takes(cast, sold.lines_of(dear)[0], 10_000)
    clock.advance(hours=49)
    with pytest.raises(Conflict, match="two of us"):
        actions.decide_contest(contest, Outcome.OTHER_SIDE, by=cast.sam, reason="Both were at the door.")
    db.session.expire_all()
    [line] = sold.lines_of(dear)
    page = as_read(sign_in(client, cast.sam).get(f"/admin/orders/{line.order.code}").text)
    assert "A bank has taken some of it, so two people decide." in page

    cent = payments.Return(more=Money(1, "EUR"), shown=10_000, reason=Reason.OTHER, words="A cent.")
    wanted = payments.propose_refund(line, cent, by=cast.sam)
    assert (wanted.needs_two, back(dear)) == (True, 10_000)
    payments.withdraw(wanted, "No.", by=cast.sam)
    rest = payments.Return(more=Money(80_000, "EUR"), shown=10_000, reason=Reason.OTHER, words="Both said so.")
    payments.agree(payments.propose_refund(line, rest, by=cast.sam), "I agree.", by=sue())

    actions.decide_contest(contest, Outcome.OTHER_SIDE, by=cast.sam, reason="Both were at the door.")
    [line] = sold.lines_of(dear)
    assert (contest.outcome, line.back, line.frozen) == (Outcome.OTHER_SIDE, 90_000, False)
    assert [each.amount for each in line.order.refunds] == [80_000], "the bank has paid the rest"
    assert unsound_here() == []
