"""R8 and F26: messages that come many times in any order, and a card processor that is away, slow or out of order."""

import random
from datetime import timedelta
from time import thread_time

import pytest
from sqlalchemy import func, select, update

from practice.payments import actions, inbox, jobs, queries
from practice.payments.models import StripeEvent
from practice.providers.stripe_gateway import checkout, money
from practice.sandbox import deliveries, faults, world
from practice.sandbox.faults import Fault
from practice.sandbox.happenings import DELIVER
from practice.sandbox.models import SandboxDue
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.payments.forks import crowd
from tests.payments.test_at_once import batches, became
from tests.payments.test_paying import opened, work
from tests.shop import again, unsound

PROCESSES = 8
ENDS = ("paid", "refunded", "disputed", "expired")
SLOWEST = 0.1  # seconds of processor that one message in a hundred may take to be stored


def lives(buy, gateway, count):
    """Orders with all that becomes of them at the card processor, of which nobody has told us yet."""
    orders = [opened(buy, code=f"L{number}-") for number in range(count)]
    for number, order in enumerate(orders):
        if ENDS[number % 4] == "expired":
            checkout.expire(gateway, order.page, f"end:{number}")
            continue
        world.pay(order.page)
        charge = checkout.retrieve(gateway, order.page).payment.charge
        if ENDS[number % 4] != "paid":
            (world.refund_outside if number % 4 == 1 else world.open_dispute)(charge)
    return [order.code for order in orders]


def messages():
    """Everything that the card processor would tell, taken out of its hands."""
    asked = select(SandboxDue.target).where(SandboxDue.kind == DELIVER, SandboxDue.done_at.is_(None))
    found = [deliveries.sealed_message(target) for target in db.session.scalars(asked)]
    with transaction() as session:
        session.execute(update(SandboxDue).where(SandboxDue.kind == DELIVER).values(done_at=wall.now()))
    return found


@pytest.mark.races
@pytest.mark.parametrize(("count", "most"), [(4, 160), pytest.param(500, 20_000, marks=pytest.mark.long)])
def test_shuffled_messages_that_come_many_times_end_in_exactly_one_way(
    app, engine_url, buy, gateway, clock, count, most
):
    codes = lives(buy, gateway, count)
    told = messages()
    shuffled = [each for _ in range(-(-most // len(told))) for each in told][:most]
    random.Random(count).shuffle(shuffled)

    def hear(number):
        browser, took = app.test_client(), []
        for at, (address, body, signature) in enumerate(shuffled[number::PROCESSES]):
            before = thread_time()
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            assert browser.post(address, data=body, headers=headers).status_code == 200
            took.append(thread_time() - before)
            if at % 5 == number % 5:
                inbox.look_at_due(limit=3)
        assert sorted(took)[len(took) * 99 // 100] < SLOWEST

    assert crowd(app, PROCESSES, hear) == [0] * PROCESSES
    inbox.look_at_due(limit=most)
    # Of a page that ended no message is sent here: the sweep finds it.
    clock.advance(minutes=6)
    jobs.open_pages()
    work()

    assert [queries.order(code).state for code in codes] == (list(ENDS) * count)[:count]
    assert db.session.scalar(select(func.count()).select_from(StripeEvent)) == len({body for _, body, _ in told})
    for number, code in enumerate(codes):
        order, is_paid = queries.order(code), int(ENDS[number % 4] != "expired")
        assert (became(order, "paid"), batches(order, "charged"), batches(order, "earned")) == (is_paid,) * 3
    assert unsound() == []


# ---------------------------------------------------------------- bad weather

MINUTE = timedelta(minutes=1)
WEATHER = {
    "away": lambda: faults.away(10 * MINUTE),
    "slow": lambda: faults.expect(Fault.SLOW, "POST", lasts=10 * MINUTE, seconds=30),
    "stuck": lambda: faults.expect(Fault.FAILED_BEFORE, "POST", lasts=10 * MINUTE),
    "done and stuck": lambda: faults.expect(Fault.FAILED_AFTER, "POST", lasts=10 * MINUTE),
}


@pytest.mark.faults
@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("count", [2, pytest.param(60, marks=pytest.mark.long)])
def test_ten_minutes_of_bad_weather_charge_nobody_twice_and_leave_nobody_unpaid(
    buy, clock, gateway, shop, weather, count
):
    """Half of them pay while it lasts, half begin in it; and whoever paid before gets their money back in it."""
    before = [opened(buy, code=f"B{number}-") for number in range(count)]
    back = [opened(buy, code=f"R{number}-") for number in range(count)]
    for order in back:
        assert world.pay(order.page)
    work()
    WEATHER[weather]()
    for order in before:
        assert world.pay(order.page)
    for order in back:
        actions.give_back(again(order).lines[0], order.total, ends=True)
    within = [buy(code=f"W{number}-") for number in range(count)]
    for _ in range(12):
        work()
        clock.advance(minutes=1)
    for _ in range(6):
        work()
        for order in map(again, within):
            if order.state == "session_open":
                world.pay(order.page)
        jobs.open_pages()
        clock.advance(minutes=5)
    work()

    assert {again(order).state for order in before} == {"paid"}
    assert {again(order).state for order in back} == {"refunded"}
    assert {again(order).state for order in within} <= {"paid", "expired"}
    assert [len(money.refunds_of(gateway, again(order).intent)) for order in back] == [1] * count
    pages = list(checkout.made_since(gateway, clock.now() - timedelta(days=1)))
    paid_for = [each.order for each in pages if checkout.retrieve(gateway, each.id).payment is not None]
    assert len(paid_for) == len(set(paid_for))
    charged = {order.code for order in (*before, *back, *within) if again(order).payment == "paid"}
    assert set(paid_for) == charged
    assert unsound() == []
