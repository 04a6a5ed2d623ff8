"""Several processes at once, and processes that die on their way: nothing is done twice, and nothing is lost."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from practice.ledger.models import LedgerBatch
from practice.payments import actions, inbox, operations, queries
from practice.payments.actions import turning
from practice.payments.models import Order, StripeEvent
from practice.payments.states import OrderState
from practice.providers.stripe_gateway import checkout, money
from practice.sandbox import deliveries, world
from practice.sandbox.models import SandboxDue
from practice.store.audit import AuditEvent
from practice.store.db import db
from tests.payments.forks import crowd
from tests.payments.test_payees import account_of
from tests.payments.test_paying import opened, paid, work
from tests.shop import again, unsound

COPIES, PROCESSES = 50, 8


def batches(order, event):
    asked = select(func.count()).select_from(LedgerBatch).where(LedgerBatch.order_code == order.code)
    return db.session.scalar(asked.where(LedgerBatch.event == event))


def became(order, state):
    asked = select(func.count()).select_from(AuditEvent).where(AuditEvent.subject == f"order:{order.code}")
    return db.session.scalar(asked.where(AuditEvent.action == f"order.{state}"))


@pytest.fixture
def lends_briefly(app, monkeypatch):
    """What a dead worker had in its hand is free again at once."""
    monkeypatch.setitem(app.config, "LEASE_SECONDS", 0.0)


# ---------------------------------------------------------------- at once


def test_fifty_copies_of_a_message_at_eight_processes_are_one_payment(app, engine_url, buy):
    order = opened(buy)
    world.pay(order.page)
    due = select(SandboxDue.target).order_by(SandboxDue.number.desc()).limit(1)
    address, body, signature = deliveries.sealed_message(db.session.scalars(due).one())
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}

    def hear(number):
        for _ in range(number, COPIES, PROCESSES):
            assert app.test_client().post(address, data=body, headers=headers).status_code == 200
            inbox.look_at_due()

    assert crowd(app, PROCESSES, hear) == [0] * PROCESSES
    assert db.session.scalar(select(func.count()).select_from(StripeEvent)) == 1
    assert (again(order).state, became(order, "paid")) == (OrderState.PAID, 1)
    assert (batches(order, "charged"), batches(order, "earned")) == (1, 1)


def look_at_once(app, order):
    """Eight processes look at one paid page at the same time."""

    def look(_number):
        from practice.payments import looking
        from practice.providers.stripe_gateway.client import gateway

        looking.at_order(queries.order(order.code), gateway())

    return crowd(app, PROCESSES, look)


def test_eight_that_look_at_once_confirm_once(app, engine_url, buy):
    order = opened(buy)
    world.pay(order.page, "never")

    assert look_at_once(app, order) == [0] * PROCESSES
    assert became(order, "paid") == 1


def looked_at_only(order):
    """Without the lock, and long enough before anything is written for everybody to have looked."""
    found = db.session.get_one(Order, order.id, populate_existing=True)
    time.sleep(0.5)
    return found


@pytest.mark.postgres
def test_without_the_orders_lock_they_would_not(app, engine_url, buy, monkeypatch):
    order = opened(buy)
    world.pay(order.page, "never")
    monkeypatch.setattr(turning, "locked", looked_at_only)
    ended = look_at_once(app, order)

    assert became(order, "paid") != 1 or set(ended) != {0}


def give_back_at_once(app, order):
    """Four processes give all of an order back at the same time."""

    def press(_number):
        found = queries.order(order.code)
        actions.give_back(found.lines[0], found.total, ends=True)
        operations.carry_out()

    ended = crowd(app, 4, press)
    work()
    return ended


def test_money_that_two_give_back_at_once_goes_back_once(app, engine_url, buy, gateway):
    order = paid(buy)

    assert give_back_at_once(app, order) == [0] * 4
    assert [each.amount.amount for each in money.refunds_of(gateway, again(order).intent)] == [7000]
    assert (again(order).state, became(order, "refund_due")) == (OrderState.REFUNDED, 1)
    assert unsound() == []


@pytest.mark.postgres
def test_without_the_orders_lock_it_would_be_given_back_more_than_once(app, engine_url, buy, gateway, monkeypatch):
    order = paid(buy)
    monkeypatch.setattr(turning, "locked", looked_at_only)
    ended = give_back_at_once(app, order)

    assert set(ended) != {0} or became(order, "refund_due") != 1


def test_many_workers_tell_each_thing_once(app, engine_url, buy, gateway, clock):
    orders = [buy(code=f"P{number}-") for number in range(6)]

    assert crowd(app, 4, lambda _number: operations.carry_out()) == [0] * 4
    assert {again(order).state for order in orders} == {OrderState.SESSION_OPEN}
    assert len(list(checkout.made_since(gateway, clock.now() - timedelta(days=1)))) == 6


# ---------------------------------------------------------------- a machine that stops

MOMENTS = ("money.leased", "money.begun", "money.sent", "commit.before", "money.finished")


@pytest.mark.parametrize("moment", MOMENTS)
def test_whoever_dies_while_telling_is_replaced_and_nothing_happens_twice(
    app, engine_url, buy, cast, clock, gateway, lends_briefly, moment
):
    account = account_of(cast.anna)
    order = buy()
    assert crowd(app, 1, lambda _number: operations.carry_out(), moment) == [-9]
    operations.carry_out()
    assert world.pay(again(order).page)
    work()

    actions.ends(again(order).lines[0], clock.now())
    clock.advance(hours=49)
    actions.ripen(again(order).lines[0])
    assert crowd(app, 1, lambda _number: operations.carry_out(), moment) == [-9]
    operations.carry_out()
    assert again(order).lines[0].sent == 6160

    actions.give_back(again(order).lines[0], order.total)
    assert crowd(app, 1, lambda _number: operations.carry_out(), moment) == [-9]
    work()
    assert [each.amount.amount for each in money.refunds_of(gateway, again(order).intent)] == [7000]
    assert len(money.transfers_of(gateway, order.code)) == 1
    assert again(order).lines[0].taken == 6160
    assert money.balance(gateway, account.name).to_be_had("EUR").amount == 0
    assert unsound() == []
