"""The check-up is green for what was done through the rules, and names each row that somebody changed by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from practice.accounts import holdings
from practice.accounts.models import User
from practice.payments import actions, jobs, queries
from practice.payments import checks as own
from practice.payments.models import BankDispute, MoneyOperation, Order, OrderLine, Payout, RefundRow, StripeEvent
from practice.providers.stripe_gateway import money
from practice.sandbox import faults, world
from practice.sandbox.happenings import DELIVER
from practice.sandbox.models import SandboxDue, SandboxMovement
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.payments.test_payees import account_of
from tests.payments.test_paying import opened, paid, work
from tests.shop import again, sue, unsound
from tests.shop import opened as began
from tests.shop import paid as seen


@pytest.fixture
def second(app):
    return sue()


@pytest.fixture
def scene(buy, cast, clock):
    """An order that was paid, half returned, sent on and paid out."""
    account_of(cast.anna)
    order = paid(buy, 7000, 9000)
    actions.give_back(order.lines[0], order.total.share(1, 4, "down"), ends=True)
    for line in again(order).lines:
        actions.ends(line, clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    clock.advance(days=10)
    jobs.payouts()
    work()
    clock.advance(days=3)
    work()
    assert unsound() == []
    return again(order)


OWN = (own._states, own._orders, own._payees, own._nothing_is_lost, own._left_behind, own._as_at_the_sandbox)
SPOILT = [
    (update(Order).values(state="refunded"), "is stored as “refunded”"),
    (update(Order).values(paid=Order.paid + 1), "in “Paid by clients”"),
    (update(RefundRow).values(amount=1), "in “Paid by clients”"),
    (update(RefundRow).values(state="manual"), "in “Ours for what we paid by hand”"),
    (update(OrderLine).where(OrderLine.at == 0).values(kept=1), "in “Our commission”"),
    (update(OrderLine).where(OrderLine.at == 0).values(sent=0, taken=0), "in “On specialists’ balances”"),
    (update(OrderLine).where(OrderLine.at == 0).values(asked=1), "nobody asks"),
    (update(RefundRow).values(state="requested"), "nobody sends it"),
    (update(Payout).values(amount=1), "in “At specialists’ banks”"),
    (update(Order).values(dispute="lost"), "is stored as “lost”"),
    (insert(BankDispute).values(order_id=1, number=1, name="du_1", amount=7, state="lost"), "in “Lost to banks”"),
    (insert(BankDispute).values(order_id=1, number=1, name="du_1", amount=7, state="won"), "without a dispute"),
    (update(SandboxMovement).values(net=SandboxMovement.net + 1), "on our balance at the card processor"),
    (update(MoneyOperation).values(done_at=None), "nobody told the card processor"),
    (update(StripeEvent).values(processed_at=None), "nobody looked at it"),
]


def test_each_row_that_was_changed_by_hand_is_named(scene, clock):
    clock.advance(hours=3)
    for spoil, names in SPOILT:
        # Never stored: the check-up gives up what it has read.
        db.session.execute(spoil, execution_options={"synchronize_session": False})
        db.session.expire_all()
        found = [sentence for check in OWN for sentence in check()]
        db.session.rollback()
        assert any(names in sentence for sentence in found), names

    assert unsound() == []


# ---------------------------------------------------------------- a person goes, the money stays


def test_a_copy_tells_what_was_paid_and_earned(scene, cast):
    told = {record.name: record.tell for record in holdings.records()}

    assert told["orders"](cast.ben)[0]["price"] == "€160.00"
    assert told["orders"](cast.ben)[0]["returned"][0]["amount"] == "€40.00"
    assert told["orders"](cast.cleo) == []
    assert len(told["earnings"](cast.anna)) == 2
    assert told["payout_account"](cast.anna)[0]["country"] == "AT"
    assert len(told["payouts"](cast.anna)) == 1


def test_who_has_gone_has_no_orders_and_their_money_still_comes_back(buy, cast, shop):
    order = paid(buy)
    wipe = {record.name: record.wipe for record in holdings.records()}
    with transaction():
        wipe["orders"](db.session.get_one(User, cast.ben.id))
    assert queries.orders_of_buyer(cast.ben) == []

    actions.give_back(again(order).lines[0], order.total, ends=True)
    work()
    assert again(order).state == "refunded"
    assert unsound() == []


def test_a_payee_goes_when_their_money_has_arrived(buy, cast, clock):
    blocks = {record.name: record.blocks for record in holdings.records()}["earnings"]
    paid(buy)

    assert [each.endpoint for each in blocks(cast.anna)] == ["payments.earned"]
    assert list(blocks(cast.ben)) == []


def test_a_buyer_goes_when_nothing_of_theirs_is_with_us_any_more(buy, cast, gateway, second):
    blocks = {record.name: record.blocks for record in holdings.records()}["orders"]
    order = paid(buy, 7000)
    assert list(blocks(cast.ben)) == []

    actions.give_back(again(order).lines[0], order.total, ends=True)
    work()
    world.fail_refund(money.refunds_of(gateway, again(order).intent)[0].id)
    work()
    assert [each.endpoint for each in blocks(cast.ben)] == ["invoices.payments"]
    assert list(blocks(cast.cleo)) == []

    actions.agree(actions.propose_paid_by_hand(again(order), 1, "", by=cast.sam), "", by=second)
    assert list(blocks(cast.ben)) == []


def test_a_buyer_whose_payment_is_in_doubt_does_not_go(buy, cast):
    blocks = {record.name: record.blocks for record in holdings.records()}["orders"]
    order = buy(7000)
    actions.turn(order, began(order))
    actions.turn(order, seen(order, amount=6000))

    assert list(blocks(cast.ben))


# ---------------------------------------------------------------- long silences


def silent(buy, count):
    """That many orders whose messages never came: paid, returned elsewhere, disputed, or nothing."""
    orders = []
    for number in range(count):
        order = opened(buy, code=f"S{number}-")
        orders.append(order.code)
        if number % 4 < 3:
            world.pay(order.page, "never")
    for number, code in enumerate(orders):
        if number % 4 in (1, 2):
            page = queries.order(code).page
            charge = _charge_of(page)
            (world.refund_outside if number % 4 == 1 else world.open_dispute)(charge)
    return orders


def _charge_of(page):
    from practice.providers.stripe_gateway import checkout
    from practice.providers.stripe_gateway.client import gateway

    return checkout.retrieve(gateway(), page).payment.charge


@pytest.mark.parametrize("days", [3, 31])
def test_after_a_long_silence_every_order_is_right_within_minutes(buy, clock, days, request):
    count = 500 if request.config.getoption("--long") else 4
    orders = silent(buy, count)
    with transaction() as session:
        # Nothing of it is told any more: the address was closed.
        session.execute(update(SandboxDue).where(SandboxDue.kind == DELIVER).values(done_at=wall.now()))
    clock.advance(timedelta(days=days) - timedelta(minutes=30))
    faults.all_is_well()
    jobs.holds()
    (jobs.messages_of_days if days == 3 else jobs.objects_of_a_month)()
    work()
    clock.advance(minutes=5)
    jobs.open_pages()
    work()

    states = [queries.order(code).state for code in orders]
    assert states == (["paid", "refunded", "disputed", "expired"] * count)[:count]
    assert unsound() == []
