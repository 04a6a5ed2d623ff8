"""From the review to money in the ledger and back on the card: pages, the real package, the sandbox, letters."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.bookings.models import Booking
from practice.ledger.chart import Pot
from practice.payments import jobs as money
from practice.payments import queries as orders
from practice.payments.models import Order
from practice.payments.states import OrderState
from practice.sandbox import world
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.bookings.conftest import WEDNESDAY_TEN, value
from tests.factories import booking as stored
from tests.pages import fields_of, tree_of
from tests.selling import begin, booking_of, pay
from tests.shop import again, in_pot, unsound

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def work():
    """What a worker does until there is nothing more to do at this moment."""
    for _ in range(4):
        money.tell()
        world.go_on()
    money.tell()


def address(offer, page="book"):
    return f"/specialists/anna-kern/offers/{offer.code}/{page}"


@pytest.fixture
def ordered(ben_in, sells, post):
    """Ben has pressed “Go to payment”: his order, and the payment page that he was sent to."""

    def order():
        post(address(sells), start=value(WEDNESDAY_TEN))
        post(address(sells, "book/confirm"), start=value(WEDNESDAY_TEN), format="video")
        page = ben_in.get(address(sells, "review"))
        fields = {name: values[0] for name, values in fields_of(page, address(sells, "review")).items()}
        answer = ben_in.post(address(sells, "review"), data=fields | {"agreed": "y", "express": "y"})
        there = ben_in.get(answer.location)
        assert there.status_code == 303
        found = db.session.scalars(select(Order)).one()
        assert found.page
        return found

    return order


def test_bought_paid_cancelled_and_the_money_is_back_on_the_card(ordered, ben_in, post, clock, cast, outbox):
    order = ordered()
    assert world.pay(order.page)
    work()
    assert "paid" in ben_in.get(f"/checkout/{order.code}/return").text

    booking = booking_of(order)
    assert booking.is_confirmed
    assert in_pot(order, Pot.PENDING) == 6336
    said = ben_in.get(f"/bookings/{booking.code}").text
    assert "Wednesday" in said

    clock.freeze(WEDNESDAY_TEN - 25 * HOUR)
    page = ben_in.get(f"/bookings/{booking.code}/cancel")
    assert what_it_brings(page).startswith("You get back €72.00 of €72.00")
    fields = {name: values[0] for name, values in fields_of(page, f"/bookings/{booking.code}/cancel").items()}
    assert fields["back"] == "7200"
    ben_in.post(f"/bookings/{booking.code}/cancel", data=fields)
    work()

    assert again(order).state == OrderState.REFUNDED
    assert in_pot(order, Pot.PENDING) == in_pot(order, Pot.COMMISSION) == 0
    assert unsound() == []
    assert "All of it was sent back" in ben_in.get(f"/bookings/{booking.code}").text
    told = outbox.kinds_to(cast.ben)
    assert told == ["bookings/booked", "bookings/receipt", "bookings/cancelled", "bookings/refund"]


def test_a_cancel_page_that_stood_open_over_a_deadline_cancels_nothing(ordered, ben_in, clock, cast):
    with transaction():
        cast.ben.country, cast.ben.zone = "US", "America/New_York"
    order = ordered()
    assert world.pay(order.page)
    work()
    booking = booking_of(order)
    before = forgiven(cast)
    clock.freeze(WEDNESDAY_TEN - 4 * HOUR)
    cancel = f"/bookings/{booking.code}/cancel"
    page = ben_in.get(cancel)
    assert what_it_brings(page).startswith("You get back €36.00 of €72.00")
    fields = {name: values[0] for name, values in fields_of(page, cancel).items()}
    clock.advance(1 * MINUTE)

    answer = ben_in.post(cancel, data=fields)

    assert answer.status_code == 409
    assert what_it_brings(answer).startswith("You get back €0.00 of €72.00")
    assert booking_of(order).is_confirmed
    assert before


def what_it_brings(page):
    return " ".join(tree_of(page).find(id="means").parent.get_text(" ").split())


def forgiven(cast):
    """Their one late cancellation of six months is used."""
    return stored(cast.ben, cast.practice, WEDNESDAY_TEN - 48 * HOUR, state="late_released", forgiven_at=wall.now())


def test_who_closes_the_page_is_not_charged_and_the_time_is_free_again(ordered, ben_in, clock, cast, sells, outbox):
    order = ordered()
    clock.advance(33 * MINUTE)
    money.holds()
    work()

    assert again(order).state == OrderState.EXPIRED
    assert outbox.kinds_to(cast.ben) == ["bookings/hold_ended"]
    page = ben_in.get(f"/checkout/{order.code}/return")
    said = page.text
    assert "Nothing was charged" in said
    assert "Choose the same time again" in said
    # As long as money may still arrive, to look again comes first.
    assert [each.get_text(strip=True) for each in tree_of(page).main.select("a.btn:not(.second)")] == ["Look again"]
    assert pay(begin(cast.cleo, sells, WEDNESDAY_TEN)).state == OrderState.PAID


def test_what_has_happened_names_the_payment_and_whose_clock(ordered, ben_in):
    order = ordered()
    world.pay(order.page)
    work()

    said = " ".join(tree_of(ben_in.get(f"/bookings/{booking_of(order).code}")).get_text(" ").split())
    assert ", Dublin time You paid €72.00." in said


def test_paid_in_the_last_second_it_stands(ordered, clock):
    order = ordered()
    clock.advance(29 * MINUTE)
    assert world.pay(order.page)
    clock.advance(4 * MINUTE)
    money.holds()
    work()

    assert again(order).state == OrderState.PAID
    assert db.session.scalars(select(Booking)).one().is_confirmed


def test_nobody_reads_anothers_order(ordered, client, cast, sign_in):
    order = ordered()
    sign_in(client, cast.cleo)

    assert client.get(f"/checkout/{order.code}/return").status_code == 404
    assert orders.order_of("session", order.lines[0].subject_code).code == order.code
