"""A session of two payments: what becomes of it when one of them goes back, and that each page, letter and cent that
follows from another length is of one calculator."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from practice.bookings import actions, claims, sale_labels, sold
from practice.bookings.errors import OfferChanged
from practice.bookings.models import Booking
from practice.bookings.money_back import Turn, Why, best
from practice.bookings.states import BookingState
from practice.payments import actions as payments
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.payments.states import CheckoutState, OrderState
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.bookings.lengthening import HOUR, MINUTE, address, as_it_is, order, other, pay_it, read, seats, sent
from tests.factories import booking as stored
from tests.pages import as_read
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
    assert sale_labels.why(session) == "It was called off, because a payment for it was given back."
    by_staff = [each for each in outbox.to(cast.anna) if each.template == "payments/given_back"]
    for each in by_staff:
        assert "the rest that was paid for it goes back as well, €1.00, so" in " ".join(outbox.read(each).text.split())
    assert len(by_staff) == (goes_back is refunds)
    assert unsound_here() == []
    if goes_back is bank_takes:
        with transaction():
            sold.lines_of(session)[1].order.refunds[0].state = "sent"
        said = "gave you €72.00 of it back. €1.00 of it was sent back; your bank usually shows it after some days."
        assert sale_labels.money_of(session)["came_said"].endswith(said)


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


def test_of_two_differences_one_is_taken_though_no_clock_tells_which_came_first(session, longer):
    slow = order(session, longer)
    payments.turn(slow, opened(slow))
    payments.turn(slow, events.PaymentSeen(events.Paid.PROCESSING, 3800, "EUR", live=False))
    second = order(session, longer, THURSDAY_TEN + 3 * HOUR)
    pay_it(again(slow))
    second = pay_it(second)

    assert (second.state, as_it_is(session)) == (OrderState.REFUND_DUE, (S.CONFIRMED, THURSDAY_TEN, 80, 11000))
    assert returned_of(session) == [(7200, 0), (3800, 0), (3800, 3800)]
    assert unsound_here() == []


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


# ---------------------------------------------------------------- what is promised is what comes


def nothing(session, longer, cast):
    """Paid, and nothing has come back."""


def a_part(session, longer, cast):
    refunds(cast, sold.lines_of(session)[0], 1000)


def just_so_much(session, longer, cast):
    refunds(cast, sold.lines_of(session)[0], 2700)


def more_than_that(session, longer, cast):
    refunds(cast, sold.lines_of(session)[0], 5000)


def longer_before(session, longer, cast):
    pay_it(order(session, longer))


def longer_and_a_part(session, longer, cast):
    pay_it(order(session, longer))
    refunds(cast, sold.lines_of(session)[1], 3000)


@pytest.mark.parametrize(
    ("history", "comes"),
    [
        (nothing, 2700),
        (a_part, 1700),
        (just_so_much, 0),
        (more_than_that, 0),
        (longer_before, 6500),
        (longer_and_a_part, 3500),
    ],
)
def test_page_flash_and_letter_promise_what_comes_back(session, longer, shorter, cast, ben_in, outbox, history, comes):
    history(session, longer, cast)
    before = sum(back for _, back in returned_of(session))
    page = ben_in.get(address(session, "move", length=shorter.code))
    answer = sent(ben_in, page, address(session, "move"), start=value(THURSDAY_TEN), express="y")
    flash = as_read(ben_in.get(answer.location).text)

    assert sum(back for _, back in returned_of(session)) - before == comes
    said = f"€{comes / 100:.2f} comes back to "
    told = [as_read(page.text), flash, read(outbox, outbox.to(cast.ben)[-1])]
    assert [said in each for each in told] == [comes > 0] * 3
    assert ["comes back to your card" in each or "comes back to the card" in each for each in told] == [comes > 0] * 3
    assert "It lasts 30 minutes now" in flash and unsound_here() == []


def test_what_would_come_back_has_changed_since_the_page_was_shown_so_it_is_shown_again(session, shorter, cast):
    wanted = other(session, shorter)
    refunds(cast, sold.lines_of(session)[0], 1000)

    with pytest.raises(OfferChanged):
        actions.change_length(session, wanted, by=cast.ben)


def test_with_the_same_length_what_is_left_of_its_money_moves(session, cast, ben_in):
    refunds(cast, sold.lines_of(session)[0], 2700)

    assert "Nothing to pay. Your €45.00 moves with it." in as_read(ben_in.get(address(session, "move")).text)


# ---------------------------------------------------------------- within the days of the law


@pytest.fixture
def lawful(session):
    """Bought where the law lets its client withdraw, under a rule that gives half back in the last day."""
    with transaction():
        session.can_withdraw, session.cancel_rule = True, "24h:100 4h:50"
        session.forgiven_at = None
    return session


def buy_before(booking, days):
    with transaction():
        booking.confirmed_at = booking.confirmed_at - timedelta(days=days)


def brought(booking, at):
    """What a cancellation brings by right, whatever else is forgiven."""
    db.session.expire_all()
    _, found = best(sold.to_cancel(booking), Turn(state=S.CANCELLED_BY_CLIENT, at=at))
    return found.back.amount, found.why


@pytest.mark.parametrize(
    ("before", "minutes", "back", "why"),
    [
        (20, 1, 3800, Why.WITHDRAWN),  # nothing of the first, all of the difference
        (20, 5 * 60, 3800 + 3600, Why.WITHDRAWN),  # half of the first
        (20, 25 * 60, 11000, Why.IN_TIME),
        (0, 1, 11000, Why.WITHDRAWN),
    ],
)
def test_what_the_law_lets_withdraw_from_within_the_days_of_a_difference_is_that(
    lawful, longer, before, minutes, back, why
):
    buy_before(lawful, before)
    pay_it(order(lawful, longer))

    assert brought(lawful, THURSDAY_TEN - minutes * MINUTE) == (back, why)


def given_a_part(booking, sells, longer, cast):
    """Staff give something of the first payment back."""
    pay_it(order(booking, longer))
    refunds(cast, sold.lines_of(booking)[0], 1000)
    return 1000 + 3800


def shorter_before(booking, sells, longer, cast):
    """Made shorter, and as long as it was again."""
    actions.change_length(
        booking, other(booking, sold_by(cast.anna, minutes=30, price=Money(4500, "EUR"))), by=cast.ben
    )
    pay_it(order(booking, sells))
    return 2700 + 2700


@pytest.mark.parametrize("history", [given_a_part, shorter_before])
def test_what_went_back_of_one_payment_takes_nothing_from_one_within_its_own_days(
    lawful, sells, longer, cast, clock, history
):
    buy_before(lawful, 20)
    back = history(lawful, sells, longer, cast)
    assert brought(lawful, THURSDAY_TEN - MINUTE) == (back, Why.WITHDRAWN)

    clock.freeze(THURSDAY_TEN - MINUTE)
    stored(cast.ben, cast.practice, WEDNESDAY_TEN - 240 * HOUR, state="late_released", forgiven_at=clock.now())
    actions.cancel(lawful, by=cast.ben)
    difference = sold.lines_of(lawful)[1]
    assert (difference.back, sum(back for _, back in returned_of(lawful))) == (difference.price, back)


def test_a_euro_more_makes_no_old_session_one_that_can_be_cancelled_to_the_last_minute(lawful, cast):
    buy_before(lawful, 20)
    pay_it(order(lawful, sold_by(cast.anna, minutes=55, price=Money(7300, "EUR"))))

    assert brought(lawful, THURSDAY_TEN - MINUTE) == (100, Why.WITHDRAWN)


def test_the_review_of_a_difference_and_the_page_after_it_say_so(lawful, longer, ben_in, clock):
    buy_before(lawful, 20)
    review = as_read(ben_in.get(address(lawful, "length", length=longer.code, start=value(THURSDAY_TEN))).text)
    pay_it(order(lawful, longer))
    clock.freeze(THURSDAY_TEN - 5 * HOUR)
    with transaction():
        lawful.forgiven_at = None
    page = as_read(ben_in.get(address(lawful, "cancel")).text)

    assert "From the difference you can withdraw until" in review and "for all of it" not in review
    assert "You get back €74.00 of €110.00." in review and "You get back €38.00 of €110.00." in review
    assert "€74.00 comes back" in review and "half comes back" not in review
    assert "€110.00" in page


def test_within_the_days_of_a_difference_an_early_start_is_asked_for(lawful, longer, clock):
    buy_before(lawful, 20)
    with transaction():
        lawful.is_express = False
    assert not sold.needs_express(lawful, THURSDAY_TEN)

    pay_it(order(lawful, longer))
    with transaction():
        lawful.is_express = False
    assert sold.needs_express(lawful, THURSDAY_TEN)


def test_the_check_up_names_a_session_of_which_more_is_kept_than_it_costs(bought):
    made = bought(THURSDAY_TEN)
    assert unsound_here() == []
    with transaction() as session:
        session.execute(update(Booking).values(price_amount=Booking.price_amount - 100))

    assert f"Of booking {made.code} €72.00 is kept, and its price is €71.00." in unsound_here()
