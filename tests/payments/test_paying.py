"""From a hold to money in the ledger, through the real package and the sandbox: told at once, late, twice or never."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.ledger.chart import Pot
from practice.payments import actions, hands, inbox, jobs, operations, queries, sweeping
from practice.payments.models import Concern, MoneyOperation, StripeEvent
from practice.payments.policy.effects import Letter
from practice.payments.states import CheckoutState, OrderState
from practice.providers.stripe_gateway import checkout, money
from practice.sandbox import faults, world
from practice.sandbox.faults import Fault
from practice.sandbox.happenings import NEVER, REPEATED
from practice.sandbox.settings import switch
from practice.store.db import db
from tests.shop import again, in_pot, unsound

PAGES = "POST /v1/checkout/sessions"


def work():
    """What a worker does, until there is nothing more to do at this moment."""
    for _ in range(4):
        jobs.tell()
        world.go_on()
    jobs.tell()


def opened(buy, *amounts, **more):
    order = buy(*amounts, **more)
    operations.carry_out()
    return again(order)


def paid(buy, *amounts, how="at_once", **more):
    order = opened(buy, *amounts, **more)
    assert world.pay(order.page, how)
    work()
    return again(order)


def operations_of(order, kind=None):
    asked = select(MoneyOperation).where(MoneyOperation.order_id == order.id).order_by(MoneyOperation.id)
    return [each for each in db.session.scalars(asked) if kind in (None, each.kind)]


def concerns():
    return sorted(db.session.scalars(select(Concern.kind)))


# ---------------------------------------------------------------- in, by whatever way it is heard of


def test_the_page_asks_for_what_was_shown_and_is_open_as_long_as_the_hold(buy, gateway, clock):
    order = opened(buy)
    page = checkout.retrieve(gateway, order.page)

    assert order.state == OrderState.SESSION_OPEN
    assert (page.total.amount, page.currency, page.order) == (7000, "EUR", order.code)
    assert page.ends_at >= order.hold_until


def test_a_paid_page_is_heard_of_by_its_message(buy, shop):
    order = paid(buy)

    assert order.state == OrderState.PAID
    assert shop.letters_sent == [Letter.RECEIPT]
    assert in_pot(order, Pot.PENDING) == 6160
    assert in_pot(order, Pot.PROVIDER_FEES) < 0
    assert unsound() == []


def test_the_same_message_many_times_is_one_payment(buy, shop):
    order = paid(buy, how=REPEATED)
    for _ in range(3):
        for each in db.session.scalars(select(StripeEvent)).all():
            inbox.look(inbox.Event(each.id, each.type, each.object, each.order_code, "", False, each.made_at), way())

    assert again(order).state == OrderState.PAID
    assert shop.letters_sent == [Letter.RECEIPT]


def way():
    from practice.providers.stripe_gateway.client import gateway

    return gateway()


def test_where_no_message_ever_comes_the_sweep_finds_it_within_five_minutes(buy, clock):
    order = opened(buy)
    world.pay(order.page, NEVER)
    clock.advance(minutes=5)
    jobs.open_pages()

    assert again(order).state == OrderState.PAID


def test_three_days_of_messages_are_found_again(buy, clock):
    orders = [opened(buy, code=name) for name in "ABC"]
    for order in orders:
        world.pay(order.page, NEVER)
    clock.advance(hours=71)
    assert jobs.messages_of_days() > 0
    work()

    assert {again(order).state for order in orders} == {OrderState.PAID}
    assert jobs.messages_of_days() == 0


def test_a_month_later_the_objects_themselves_are_found(buy, clock):
    order = opened(buy)
    world.pay(order.page, NEVER)
    clock.advance(days=30)
    sweeping.find_objects()

    assert again(order).state == OrderState.PAID


def test_a_month_later_a_second_refund_made_elsewhere_is_found_and_a_known_one_not_read_again(buy):
    order = paid(buy)
    world.refund_outside(order.charge, 2000)
    work()
    assert again(order).state == OrderState.PARTIALLY_REFUNDED
    assert sweeping.find_objects() == 0

    world.refund_outside(order.charge, 1000)
    assert sweeping.find_objects() == 1
    assert [each.amount for each in again(order).refunds] == [2000, 1000]


# ---------------------------------------------------------------- holds


def test_a_hold_ends_at_the_card_processor_first(buy, shop, clock):
    order = opened(buy)
    clock.advance(minutes=31)
    jobs.holds()
    assert again(order).checkout == CheckoutState.ENDING
    assert shop.letters_sent == []
    work()

    assert again(order).state == OrderState.EXPIRED
    assert shop.letters_sent == [Letter.HOLD_ENDED]
    assert not world.pay(order.page)


def test_who_paid_in_the_last_second_has_paid(buy, shop, clock):
    order = opened(buy)
    clock.advance(minutes=31)
    jobs.holds()
    world.pay(order.page, NEVER)
    operations.carry_out()

    assert again(order).state == OrderState.PAID
    assert shop.letters_sent == [Letter.RECEIPT]


def test_money_that_comes_after_the_end_is_good_if_the_place_is_still_free(buy, shop, clock):
    order = opened(buy)
    world.pay_late(order.page)
    clock.advance(minutes=31)
    jobs.holds()
    work()
    assert again(order).state == OrderState.EXPIRED
    clock.advance(minutes=10)
    work()

    assert again(order).state == OrderState.PAID
    assert concerns() == ["confirmed_late"]


def test_and_goes_back_whole_if_it_is_not(buy, shop, clock, gateway):
    order = opened(buy)
    world.pay_late(order.page)
    clock.advance(minutes=31)
    jobs.holds()
    work()
    shop.taken["P0"] = "somebody else's"
    clock.advance(minutes=10)
    work()

    assert again(order).state == OrderState.REFUNDED
    assert [each.amount.amount for each in money.refunds_of(gateway, again(order).intent)] == [7000]
    assert shop.taken == {"P0": "somebody else's"}
    assert shop.letters_sent == [Letter.HOLD_ENDED, Letter.SEAT_LOST, Letter.REFUND]
    assert unsound() == []


def test_who_goes_back_ends_the_page_at_once(buy, shop):
    order = opened(buy)
    actions.let_go(order)
    operations.carry_out()

    assert again(order).state == OrderState.EXPIRED


def test_where_nobody_answers_the_place_goes_back_long_after_and_nobody_is_told_anything(buy, shop, clock):
    order = opened(buy)
    faults.away(timedelta(days=1))
    clock.advance(minutes=31)
    jobs.holds()
    work()
    clock.advance(minutes=30)
    jobs.holds()
    assert again(order).lines[0].seat == "held"
    clock.advance(hours=1)
    jobs.holds()

    assert again(order).lines[0].seat == "released"
    assert shop.letters_sent == []


# ---------------------------------------------------------------- what goes wrong on the way


@pytest.mark.parametrize(
    "fault",
    [
        Fault.TIMEOUT_BEFORE,
        Fault.TIMEOUT_AFTER,
        Fault.RESET_BEFORE,
        Fault.RESET_AFTER,
        Fault.FAILED_BEFORE,
        Fault.FAILED_AFTER,
        Fault.TOO_MANY,
        Fault.IN_USE,
    ],
)
def test_whatever_goes_wrong_there_is_one_page_and_one_refund(buy, clock, gateway, fault):
    faults.expect(fault, PAGES)
    order = opened(buy)
    clock.advance(minutes=1)
    work()
    order = again(order)
    assert order.state == OrderState.SESSION_OPEN
    world.pay(order.page)
    work()

    faults.expect(fault, "POST /v1/refunds")
    actions.give_back(again(order).lines[0], order.total, ends=True)
    work()
    clock.advance(minutes=2)
    work()
    assert again(order).state == OrderState.REFUNDED
    assert len(money.refunds_of(gateway, again(order).intent)) == 1
    assert len(list(checkout.made_since(gateway, clock.now() - timedelta(days=1)))) == 1
    assert unsound() == []


def test_after_a_day_it_is_searched_for_before_it_is_sent_again(buy, clock, gateway):
    order = paid(buy)
    faults.expect(Fault.TIMEOUT_AFTER, "POST /v1/refunds")
    actions.give_back(order.lines[0], order.total, ends=True)
    operations.carry_out()
    clock.advance(hours=26)
    operations.carry_out()

    assert [each.amount.amount for each in money.refunds_of(gateway, again(order).intent)] == [7000]
    assert again(order).state == OrderState.REFUNDED


def test_a_page_that_could_not_be_asked_for_in_time_is_asked_for_with_another_end(buy, clock, gateway):
    faults.away(timedelta(minutes=5))
    order = opened(buy)
    clock.advance(minutes=7)
    work()

    assert again(order).state == OrderState.SESSION_OPEN
    assert checkout.retrieve(gateway, again(order).page).ends_at >= clock.now() + timedelta(minutes=30)


def test_what_fails_again_and_again_is_before_staff(buy, clock):
    faults.expect(Fault.TIMEOUT_BEFORE, PAGES, times=None)
    opened(buy)
    for _ in range(hands.PAGE_TRIES - 1):
        assert concerns() == []
        clock.advance(seconds=75)
        operations.carry_out()

    assert "stuck" in concerns()


def test_a_copy_of_the_database_moves_no_money(buy, make_app):
    order = buy()
    with make_app(mail_is_on=False).app_context():
        assert operations.carry_out() == 0
        operations.hurry(queries.order(order.code))

    assert again(order).state == OrderState.CREATED


def test_a_refund_that_is_not_wanted_any_more_was_never_sent(buy, gateway):
    order = paid(buy)
    world.refund_outside(order.charge)
    actions.give_back(order.lines[0], order.total, ends=True)
    work()

    assert len(money.refunds_of(gateway, again(order).intent)) == 1
    assert again(order).state == OrderState.REFUNDED
    assert unsound() == []


def test_nobody_is_sent_to_a_page_that_asks_for_something_else(buy, shop):
    switch(lies={"amount_total": 1})
    order = opened(buy)
    switch(lies={})
    work()

    assert again(order).state == OrderState.EXPIRED
    assert "wrong_checkout" in concerns()


# ---------------------------------------------------------------- back


def test_refunds_made_elsewhere_are_booked_and_shown_to_staff(buy, gateway):
    order = paid(buy)
    world.refund_outside(order.charge, 3000)
    work()

    assert again(order).state == OrderState.PARTIALLY_REFUNDED
    assert again(order).lines[0].back == 3000
    assert concerns() == ["refund_outside"]


def test_a_refund_that_fails_later_is_owed_and_paid_by_hand(buy, cast, shop, gateway):
    order = paid(buy)
    actions.give_back(order.lines[0], order.total, ends=True)
    work()
    world.fail_refund(money.refunds_of(gateway, again(order).intent)[0].id)
    work()
    assert again(order).state == OrderState.REFUND_DUE
    assert concerns() == ["refund_failed"]

    actions.paid_by_hand(again(order), 1, by=cast.sam)
    assert again(order).state == OrderState.REFUNDED
    assert in_pot(order, Pot.OWN) == 7000
    assert unsound() == []


def states_of(order) -> list[str]:
    return [each.state for each in again(order).disputes]


def test_a_second_dispute_after_a_won_one_is_lost_and_booked(buy):
    order = paid(buy)
    world.decide_dispute(world.open_dispute(order.charge), is_won=True)
    work()
    second = world.open_dispute(order.charge)
    work()
    assert again(order).state == OrderState.DISPUTED

    world.decide_dispute(second, is_won=False)
    work()
    assert (again(order).state, states_of(order)) == (OrderState.DISPUTE_LOST, ["won", "lost"])
    assert in_pot(order, Pot.CHARGED_BACK) == 7000
    assert unsound() == []


def test_a_second_dispute_that_no_message_told_is_found(buy, gateway):
    order = paid(buy)
    world.decide_dispute(world.open_dispute(order.charge), is_won=True)
    work()
    world.decide_dispute(world.open_dispute(order.charge), is_won=False)

    assert sweeping.find_objects() == 1
    assert again(order).state == OrderState.DISPUTE_LOST
    assert sweeping.find_objects() == 0


def test_a_bank_that_only_asks_has_taken_nothing_and_a_refund_ends_it(buy):
    order = paid(buy)
    world.inquire(order.charge)
    work()
    assert (again(order).state, states_of(order), concerns()) == (OrderState.PAID, ["inquiry"], ["dispute"])
    assert unsound() == []

    actions.give_back(again(order).lines[0], order.total, ends=True)
    work()
    assert (again(order).state, states_of(order)) == (OrderState.REFUNDED, ["closed"])
    assert unsound() == []


def test_a_bank_that_only_asked_ends_by_itself(buy):
    order = paid(buy)
    world.end_inquiry(world.inquire(order.charge))
    work()

    assert (again(order).state, states_of(order)) == (OrderState.PAID, ["closed"])
    assert unsound() == []


def test_a_bank_that_only_asked_takes_what_has_not_gone_back(buy):
    order = paid(buy)
    dispute = world.inquire(order.charge)
    work()
    actions.give_back(again(order).lines[0], order.total.share(1, 4, "down"), ends=False)
    work()
    world.escalate(dispute)
    work()
    assert (again(order).state, in_pot(order, Pot.DISPUTED)) == (OrderState.DISPUTED, 5250)

    world.decide_dispute(dispute, is_won=False)
    work()
    assert (again(order).state, in_pot(order, Pot.CHARGED_BACK)) == (OrderState.DISPUTE_LOST, 5250)
    assert unsound() == []


@pytest.mark.parametrize("is_won", [True, False])
def test_each_fee_of_a_dispute_is_booked_and_one_that_comes_back_too(buy, is_won):
    order = paid(buy)
    before = in_pot(order, Pot.PROVIDER_FEES)
    dispute = world.open_dispute(order.charge)
    work()
    for fee in (1500, -1500, -1500):
        world.charge_more(dispute, fee)
        work()
    world.decide_dispute(dispute, is_won=is_won)
    work()

    assert again(order).state == (OrderState.DISPUTE_WON if is_won else OrderState.DISPUTE_LOST)
    assert in_pot(order, Pot.PROVIDER_FEES) == before
    assert unsound() == []


@pytest.mark.parametrize("is_won", [True, False])
def test_while_a_bank_asks_nothing_goes_back_and_then_what_is_still_due(buy, is_won, gateway):
    order = paid(buy)
    dispute = world.open_dispute(order.charge)
    actions.give_back(order.lines[0], order.total, ends=True)
    work()
    assert again(order).state == OrderState.DISPUTED
    assert again(order).bank.evidence_until is not None
    assert money.refunds_of(gateway, again(order).intent) == ()

    world.decide_dispute(dispute, is_won=is_won)
    work()
    assert again(order).state == (OrderState.REFUNDED if is_won else OrderState.DISPUTE_LOST)
    assert unsound() == []
