"""A session of two payments: what becomes of it when one of them goes back, and that each page, letter and cent that
follows from another length is of one calculator."""

import pytest

from practice.bookings import actions, claims, sold
from practice.bookings.money_back import Why
from practice.bookings.states import BookingState
from practice.payments import actions as payments
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.payments.states import CheckoutState, OrderState
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN
from tests.bookings.lengthening import HOUR, MINUTE, as_it_is, order, other, pay_it, seats
from tests.selling import begin, hold_ends, sold_by
from tests.shop import again, opened, unsound_here

S = BookingState


def refunds(cast, line, minor):
    """One of the staff gives back so much of a payment."""
    more = payments.Return(more=Money(minor, "EUR"), shown=line.back, reason=Reason.KINDNESS, words="x")
    payments.propose_refund(line, more, by=cast.sam)
    db.session.expire_all()


def bank_asks(order, minor):
    payments.turn(order, events.DisputeSeen(events.Asked.OPEN, minor))


def bank_takes(cast, line, minor):
    bank_asks(line.order, minor)
    payments.turn(again(line.order), events.DisputeSeen(events.Asked.LOST, minor, again(line.order).bank.name))
    db.session.expire_all()


def gone_elsewhere(cast, line, minor):
    """Somebody returns it at the card processor."""
    seen = events.RefundsSeen((events.Returned(events.Given.SUCCEEDED, minor, name="re_x"),))
    payments.turn(line.order, seen)
    db.session.expire_all()


BY = pytest.mark.parametrize("goes_back", [refunds, bank_takes, gone_elsewhere])


def returned_of(booking):
    return [(price, back) for price, back, _ in seats(booking)]


# ---------------------------------------------------------------- one of two payments goes back


@BY
def test_nobody_has_a_session_for_the_cent_that_made_it_longer(session, cast, goes_back, outbox):
    pay_it(order(session, sold_by(cast.anna, minutes=55, price=Money(7300, "EUR"))))
    goes_back(cast, sold.lines_of(session)[0], 7200)

    assert (as_it_is(session)[0], session.returned_why) == (S.RELEASED, Why.RETURNED)
    assert returned_of(session) == [(7200, 7200), (100, 100)]
    (said,) = [each for each in outbox.to(cast.ben) if each.template == "bookings/cancelled"]
    assert "All of €73.00 that was paid for it" in " ".join(outbox.read(said).text.split())
    assert unsound_here() == []


@BY
def test_nor_the_longer_one_for_the_price_of_the_shorter(session, longer, cast, goes_back):
    pay_it(order(session, longer))
    goes_back(cast, sold.lines_of(session)[1], 3800)

    assert as_it_is(session)[0] == S.RELEASED
    assert returned_of(session) == [(7200, 7200), (3800, 3800)]
    assert unsound_here() == []


@BY
def test_while_a_part_of_each_payment_is_kept_it_stands(session, longer, cast, goes_back):
    pay_it(order(session, longer))
    for line, minor in zip(sold.lines_of(session), (7100, 3700), strict=True):
        goes_back(cast, line, minor)

    assert as_it_is(session)[0] == S.CONFIRMED
    assert returned_of(session) == [(7200, 7100), (3800, 3700)]


def test_made_shorter_again_it_stands_though_the_difference_goes_back_whole(session, longer, shorter, cast):
    pay_it(order(session, longer))
    refunds(cast, sold.lines_of(session)[0], 1000)
    actions.change_length(session, other(session, shorter), by=cast.ben)

    assert as_it_is(session)[0] == S.CONFIRMED
    assert returned_of(session) == [(7200, 2700), (3800, 3800)]
    assert unsound_here() == []


def test_what_a_bank_asks_for_before_the_difference_is_paid_keeps_its_length(session, longer, cast, outbox):
    difference = order(session, longer)
    payments.turn(difference, opened(difference))
    bank_asks(sold.lines_of(session)[0].order, 7200)
    difference = pay_it(again(difference))

    assert (difference.state, as_it_is(session)[2]) == (OrderState.REFUND_DUE, 50)
    assert returned_of(session) == [(7200, 0), (3800, 3800)]
    assert outbox.to(cast.ben)[-1].template == "bookings/seat_lost"
    assert unsound_here() == []


# ---------------------------------------------------------------- paid late, let go


def test_paid_late_a_difference_undoes_no_move_made_after_it_though_the_clock_went_back(session, longer, cast, clock):
    late = hold_ends(order(session, longer))
    clock.freeze(clock.now() - MINUTE)
    actions.move(session, THURSDAY_TEN + 3 * HOUR, by=cast.ben, is_express=True)
    clock.advance(HOUR)
    late = pay_it(late)

    assert late.state == OrderState.REFUND_DUE
    assert as_it_is(session) == (S.CONFIRMED, THURSDAY_TEN + 3 * HOUR, 50, 7200)


@pytest.mark.parametrize("what", ["length", "session"])
def test_whose_payment_page_is_ending_gets_another_one(session, longer, sells, cast, what):
    def press():
        return order(session, longer) if what == "length" else begin(cast.cleo, sells, THURSDAY_TEN + 3 * HOUR)

    first = press()
    payments.turn(first, opened(first))
    payments.let_go(first)
    assert again(first).checkout == CheckoutState.ENDING
    second = press()

    assert second.code != again(first).code
    assert pay_it(second).state == OrderState.PAID
    late = pay_it(again(first))
    assert late.state == OrderState.REFUND_DUE
    assert claims.held_instead(session) == [] and unsound_here() == []


def test_whose_account_was_locked_meanwhile_gets_the_difference_back(session, longer, cast):
    difference = order(session, longer)
    with transaction():
        cast.ben.active = False
    difference = pay_it(difference)

    assert (difference.state, as_it_is(session)[2]) == (OrderState.REFUND_DUE, 50)
