"""An answer of the card processor's that was lost, and a key that was used for something else, end in the right row."""

from sqlalchemy import select

from practice.payments import actions, inbox, operations
from practice.payments.models import MoneyOperation
from practice.payments.policy.effects import Concern
from practice.payments.states import DisputeState, OrderState
from practice.providers.stripe_gateway import money
from practice.sandbox import faults, objects, world
from practice.sandbox.faults import Fault
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.payments.test_paying import concerns, paid, work
from tests.shop import again, unsound


def test_a_message_about_a_page_that_our_row_does_not_know_yet_is_remembered(buy):
    """PAY-19: the page was made, and the answer that names it was lost."""
    order = buy()
    faults.expect(Fault.RESET_AFTER, "POST /v1/checkout/sessions")
    operations.carry_out()
    assert again(order).page == ""
    (page,) = objects.of_kind("checkout.session")

    assert world.pay(page.id)
    world.go_on()
    inbox.look_at_due()

    assert (again(order).page, again(order).state) == (page.id, OrderState.PAID)
    work()
    assert unsound() == []


def test_a_key_that_was_used_for_something_else_is_put_before_staff_and_the_refund_leaves_once(buy, gateway):
    """P37: another refund was asked for under the key of ours."""
    order = paid(buy, 7000)
    actions.give_back(order.lines[0], Money(2000, "EUR"))
    key = db.session.scalar(select(MoneyOperation.key).where(MoneyOperation.kind == "refund"))
    gateway.client.v1.refunds.create({"payment_intent": order.intent, "amount": 100}, {"idempotency_key": key})
    work()

    assert Concern.STUCK in concerns()
    mine = [each for each in money.refunds_of(gateway, order.intent) if each.amount.amount == 2000]
    assert len(mine) == 1


def test_a_dispute_about_somebody_who_has_gone_is_booked_and_put_before_staff(buy, cast):
    """P65: the money of an order stays when its buyer's account is erased."""
    order = paid(buy, 7000)
    with transaction():
        order.buyer_id = None
    world.open_dispute(order.charge)
    work()

    assert again(order).dispute == DisputeState.OPEN
    assert Concern.DISPUTE in concerns()
    assert unsound() == []
