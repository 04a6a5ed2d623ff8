"""Beside what has come back already, pages and letters say what still comes, and when it waits for a card's bank."""

import pytest

from practice.bookings import actions, sold
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.pages import as_read


@pytest.fixture
def booking(bought):
    return bought(WEDNESDAY_TEN)


@pytest.fixture
def read(cast, booking, client, sign_in):
    """`read()` the page of the booking as Ben sees it, `read("/cancel")` a page below it."""
    sign_in(client, cast.ben)
    return lambda below="": as_read(client.get(f"/bookings/{booking.code}{below}").text)


@pytest.fixture
def order(booking):
    return orders.order_of(sold.KIND, booking.code)


@pytest.fixture
def ten_back(cast, order):
    """Staff gave ten back, and they have gone."""
    more = payments.Return(more=Money(1000, "EUR"), shown=0, reason=Reason.KINDNESS, words="x")
    payments.propose_refund(order.lines[0], more, by=cast.sam)
    gone(order, 1)


@pytest.fixture
def bank_asks(order):
    payments.turn(order, events.DisputeSeen(events.Asked.OPEN, 7200))


def gone(order, number):
    refund = next(each for each in order.refunds if each.number == number)
    seen = events.Returned(events.Given.SUCCEEDED, refund.amount, number=number, name=f"re_{number}")
    payments.turn(order, events.RefundsSeen((seen,)))


def fails(order, number):
    """It came back to us."""
    refund = next(each for each in orders.order(order.code).refunds if each.number == number)
    failed = events.Returned(events.Given.FAILED, refund.amount, number=number, name=f"re_{number}")
    payments.turn(order, events.RefundsSeen((failed,)))


@pytest.mark.usefixtures("ten_back")
def test_before_a_cancellation_what_went_back_is_not_promised_once_more(read):
    assert "You get back €62.00 of €62.00" in read()
    said = read("/cancel")
    assert "of €62.00" in said and "€62.00 back" in said and "€72.00" not in said
    assert "€10.00 of what you paid was given back before" in said


@pytest.mark.usefixtures("ten_back")
def test_after_it_the_page_and_the_letter_tell_both_apart(cast, read, booking, order, outbox):
    actions.cancel(booking, by=cast.ben)
    assert "€10.00 of it was sent back" in read() and "€62.00 more comes back to your card" in read()
    letter = " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())
    assert "€72.00 comes back" in letter and "Of that, €10.00 is on its way or has arrived" in letter

    gone(order, 2)
    assert "All of it was sent back" in read() and "comes back to your card" not in read()


@pytest.mark.usefixtures("bank_asks")
def test_while_a_bank_asks_nothing_is_promised_before_it_decides(cast, read, booking, order, outbox):
    said = read("/cancel")
    assert "nothing is sent before the bank has decided" in said and "same minute" not in said

    actions.cancel(booking, by=cast.ben)
    assert "All of it comes back to your card once its bank has decided" in read()
    letter = " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())
    assert "nothing is sent before it has decided" in letter and "at once" not in letter

    payments.turn(order, events.DisputeSeen(events.Asked.LOST, 7200))
    assert "The bank of your card decided about this payment, and gave you all of it back." in read()
    assert "was sent back" not in read()
    last = outbox.last_to(cast.ben)
    assert last.template == "bookings/bank_gave_back"
    assert "it gives you €72.00 back itself" in " ".join(outbox.read(last).text.split())


@pytest.mark.usefixtures("ten_back")
def test_what_did_not_arrive_before_it_was_cancelled_is_neither_theirs_yet_nor_asked_for_again(
    read, booking, order, cast, outbox
):
    fails(order, 1)
    other_way = "did not take €10.00 back. It is not lost: a person of ours writes to you and pays it another way"
    assert other_way in read() and "€10.00 sent back" not in read()
    said = read("/cancel")
    assert other_way in said and "€62.00 back" in said and "stays yours" not in said

    actions.cancel(booking, by=cast.ben)
    letter = " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())
    assert "You paid €72.00, and €72.00 of it comes back." in letter and "We ask for €62.00 at once" in letter
    assert "did not take €10.00 of that back" in letter and "another way" in letter


def test_what_a_bank_did_not_take_back_is_said_to_be_paid_another_way(read, booking, order, cast):
    actions.cancel(booking, by=cast.ben)
    gone(order, 1)
    fails(order, 1)

    said = read()
    assert "did not take €72.00 back" in said and "pays it another way" in said
    assert "comes back to your card" not in said and "was sent back" not in said

    payments.paid_by_hand(orders.order(order.code), 1, by=cast.sam)
    assert "did not take" not in read()
