"""Nobody has the session and its money too: once all of it has gone back, what lies ahead is called off."""

import pytest

from practice.bookings import actions, lengths, queries, sold
from practice.bookings.money_back import Why
from practice.bookings.states import BookingState
from practice.bookings.who_may import Side
from practice.payments import actions as payments
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.store.db import db
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.pages import as_read
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import sue, unsound_here

S = BookingState


def refunds(cast, booking, minor):
    """One of the staff gives back so much."""
    more = payments.Return(more=Money(minor, "EUR"), shown=0, reason=Reason.KINDNESS, words="x")
    payments.propose_refund(sold.lines_of(booking)[0], more, by=cast.sam)


def bank_takes(cast, booking, minor):
    order = sold.lines_of(booking)[0].order
    payments.turn(order, events.DisputeSeen(events.Asked.OPEN, minor))
    payments.turn(order, events.DisputeSeen(events.Asked.LOST, minor))


def gone_elsewhere(cast, booking, minor):
    """Somebody returns it at the card processor."""
    seen = events.RefundsSeen((events.Returned(events.Given.SUCCEEDED, minor, name="re_x"),))
    payments.turn(sold.lines_of(booking)[0].order, seen)


BY = pytest.mark.parametrize("goes_back", [refunds, bank_takes, gone_elsewhere])


@BY
def test_what_lies_ahead_is_called_off_once_all_of_its_money_has_gone_back(cast, bought, goes_back, outbox, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.advance(minutes=20)
    goes_back(cast, booking, 7200)
    db.session.refresh(booking)

    assert (booking.state, booking.returned_why) == (S.RELEASED, Why.RETURNED)
    assert not queries.possible(booking, Side.CLIENT).join and not queries.possible(booking, Side.CLIENT).move
    assert int(WEDNESDAY_TEN.timestamp()) in queries.starts_for(booking.appointment.offer)
    for person in (cast.ben, cast.anna):
        (said,) = [each for each in outbox.to(person) if each.template == "bookings/cancelled"]
        text = " ".join(outbox.read(said).text.split())
        assert "not held against you" in text and "re-confirmed" not in text
    assert not unsound_here()


@BY
def test_while_a_part_of_it_is_kept_it_stands(cast, bought, goes_back):
    booking = bought(WEDNESDAY_TEN)
    goes_back(cast, booking, 7100)
    db.session.refresh(booking)

    assert booking.is_confirmed and queries.possible(booking, Side.CLIENT).move


@pytest.mark.parametrize("by_staff", [True, False])
def test_who_gets_money_back_reads_of_which_session_and_whether_our_staff_decided_it(cast, bought, outbox, by_staff):
    booking = bought(WEDNESDAY_TEN)
    if by_staff:
        refunds(cast, booking, 3000)
        seen = events.Returned(events.Given.SUCCEEDED, 3000, number=1, name="re_1")
    else:
        actions.cancel(booking, by=cast.ben)
        seen = events.Returned(events.Given.SUCCEEDED, 7200, number=1, name="re_1")
    payments.turn(sold.lines_of(booking)[0].order, events.RefundsSeen((seen,)))

    (letter,) = [each for each in outbox.to(cast.ben) if each.template == "bookings/refund"]
    text = " ".join(outbox.read(letter).text.split())
    assert ("Our staff looked at this session" in text) == by_staff
    assert "session with Anna" in text and "Wednesday" in text


def test_what_a_cancellation_brings_later_is_not_said_to_be_our_staffs(cast, bought, outbox, clock):
    booking = bought(WEDNESDAY_TEN)
    refunds(cast, booking, 3600)
    clock.advance(hours=20)
    actions.cancel(booking, by=cast.ben, expecting=3600)
    order = sold.lines_of(booking)[0].order
    for number in (1, 2):
        clock.advance(hours=1)
        seen = events.Returned(events.Given.SUCCEEDED, 3600, number=number, name=f"re_{number}")
        payments.turn(order, events.RefundsSeen((seen,)))

    letters = [outbox.read(each).text for each in outbox.to(cast.ben) if each.template == "bookings/refund"]
    assert ["Our staff looked at this session" in " ".join(each.split()) for each in letters] == [True, False]


def test_what_has_begun_or_is_over_stays_as_it_is(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN)
    refunds(cast, booking, 7200)
    db.session.refresh(booking)

    assert booking.is_confirmed


def test_before_they_press_staff_read_what_becomes_of_the_session(cast, bought, app, client, sign_in):
    booking = bought(WEDNESDAY_TEN)
    order, staff_in = sold.lines_of(booking)[0].order, sign_in(app.test_client(), cast.sam)
    bank = f"/admin/chargebacks/{order.code}"
    page = as_read(staff_in.get(f"/admin/orders/{order.code}").text)
    assert "lies ahead." in page and "it is called off: both are written to" in page

    payments.turn(order, events.DisputeSeen(events.Asked.OPEN, 7200))
    assert "If the bank takes all of this payment, it is called off" in as_read(staff_in.get(bank).text)
    payments.turn(order, events.DisputeSeen(events.Asked.LOST, 7200))
    assert "is called off" not in as_read(staff_in.get(f"/admin/orders/{order.code}").text)
    for person, address in ((cast.ben, "/bookings"), (cast.anna, "/practice/bookings")):
        page = as_read(sign_in(client, person).get(f"{address}/{booking.code}").text)
        assert "Called off, because all that was paid for it has gone back" in page
        assert "re-confirmed" not in page


def test_what_one_of_the_staff_gives_back_of_a_session_is_one_sum_over_its_payments(cast):
    """A longer length is a second payment of the same session, and the limit (€200) holds for both together."""
    short, longer = (sold_by(cast.anna, minutes=m, price=Money(m * 600, "EUR")) for m in (50, 100))
    booking = booking_of(pay(begin(cast.ben, short, WEDNESDAY_TEN)))
    shown = lengths.named(booking, longer.code).shown
    wanted = actions.OtherLength(longer.code, WEDNESDAY_TEN, shown, is_express=True)
    pay(actions.order_length(booking, wanted, by=cast.ben), charge="ch_2")
    more = payments.Return(more=Money(19_900, "EUR"), shown=0, reason=Reason.KINDNESS, words="x")
    first, second = sold.lines_of(booking)
    assert not payments.propose_refund(first, more, by=cast.sam).needs_two

    row = payments.propose_refund(second, more, by=cast.sam)

    assert (row.needs_two, second.back) == (True, 0)
    payments.agree(row, "", by=sue())
    db.session.refresh(second)
    assert second.back == 19_900
