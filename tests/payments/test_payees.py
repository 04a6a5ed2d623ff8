"""What payees have earned reaches their account, then their bank; what they owe is carried, not collected."""

import pytest
from sqlalchemy import select

from practice.ledger import queries as pots
from practice.ledger.chart import Pot
from practice.payments import accounts, actions, jobs, payday, queries, seeing
from practice.payments.models import Payout
from practice.payments.states import OrderState, PayoutState
from practice.providers.stripe_gateway import money
from practice.providers.stripe_gateway.values import AccountState
from practice.sandbox import faults, world
from practice.sandbox.accounts import Outcome
from practice.sandbox.faults import Fault
from practice.store.db import db
from practice.values.errors import Invalid
from tests.payments.test_paying import paid, work
from tests.shop import again, unsound


def account_of(user, outcome=Outcome.READY, currency="EUR"):
    """Their account, with what the card processor has said to what they gave."""
    row = accounts.open_account(user, "AT", currency)
    work()
    world.onboard(row.name, outcome)
    work()
    return row


@pytest.fixture
def account(app, cast):
    """Anna's account, which takes money."""
    return account_of(cast.anna)


def earned(buy, clock, *amounts, **more):
    """What was paid, and whose wait after the end is over."""
    order = paid(buy, *amounts, **more)
    for line in order.lines:
        actions.ends(line, clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    return again(order)


def pot(payee, which):
    return pots.of_payee(payee.code).of(which, "EUR").amount


def payouts():
    return db.session.scalars(select(Payout).order_by(Payout.id)).all()


# ---------------------------------------------------------------- accounts


def test_an_account_is_made_by_a_worker_and_takes_money_once_all_was_given(app, cast):
    row = accounts.open_account(cast.anna, "AT", "EUR")
    assert queries.paid_in(cast.anna) is None
    work()
    assert (row.state, row.by_hand) == (AccountState.MISSING, True)
    assert row.requirements[0]["label"]

    world.onboard(row.name)
    work()
    assert queries.paid_in(cast.anna)
    assert queries.paid_in(cast.anna) == "EUR"
    assert accounts.open_account(cast.anna, "DE", "EUR").id == row.id


def test_nobody_is_sent_into_an_application_that_ends_in_their_country(cast):
    with pytest.raises(Invalid) as refusal:
        accounts.open_account(cast.anna, "AU", "EUR")
    assert "country" in refusal.value.fields


def test_a_lost_answer_makes_no_second_account(app, cast, clock, gateway):
    from practice.providers.stripe_gateway.accounts import every

    faults.expect(Fault.TIMEOUT_AFTER, "POST /v2/core/accounts")
    accounts.open_account(cast.anna, "AT", "EUR")
    work()
    clock.advance(hours=26)
    work()

    assert len(list(every(gateway))) == 1
    assert queries.account_of(cast.anna).name


def test_an_account_that_was_closed_there_is_over_here_and_another_can_be_opened(account, cast):
    world.close_account(account.name)
    work()
    assert queries.paid_in(cast.anna) is None
    assert queries.account_of(cast.anna) is None

    assert accounts.open_account(cast.anna, "AT", "EUR").id != account.id


# ---------------------------------------------------------------- transfers


def test_what_is_ripe_reaches_the_account_and_comes_back_after_a_refund(buy, account, cast, clock, gateway):
    order = earned(buy, clock)
    assert order.lines[0].sent == 6160
    assert [each.amount.amount for each in money.transfers_of(gateway, order.code)] == [6160]

    actions.give_back(order.lines[0], order.total)
    work()
    assert (again(order).lines[0].taken, again(order).state) == (6160, OrderState.REFUNDED)
    assert pot(cast.anna, Pot.TRANSFERRED) == 0
    assert unsound() == []


def test_what_waits_for_an_account_goes_on_by_itself(buy, cast, clock, outbox):
    order = earned(buy, clock)
    assert order.lines[0].sent == 0
    assert outbox.kinds_to(cast.anna) == ["payments/transfer_blocked"]
    account_of(cast.anna)

    assert again(order).lines[0].sent == 6160


def test_an_account_that_takes_nothing_any_more_is_found_out_by_the_transfer(buy, account, cast, clock):
    order = paid(buy)
    world.close_account(account.name)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    assert (again(order).lines[0].sent, again(order).lines[0].open) == (0, False)

    account_of(cast.anna)
    assert again(order).lines[0].sent == 6160
    assert unsound() == []


def test_a_lost_answer_a_day_ago_makes_no_second_transfer(buy, account, clock, gateway):
    order = paid(buy)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    faults.expect(Fault.RESET_AFTER, "POST /v1/transfers")
    jobs.ripen()
    jobs.tell()
    clock.advance(hours=26)
    work()

    assert again(order).lines[0].sent == 6160
    assert len(money.transfers_of(gateway, order.code)) == 1


# ---------------------------------------------------------------- payouts


def test_once_a_week_what_can_be_had_goes_to_the_bank(buy, account, cast, clock, outbox):
    earned(buy, clock)
    clock.advance(days=10)
    jobs.payouts()
    work()
    assert [(each.amount, each.state) for each in payouts()] == [(6160, PayoutState.IN_PAYOUT)]
    jobs.payouts()
    work()
    assert len(payouts()) == 1

    clock.advance(days=3)
    work()
    assert payouts()[0].state == PayoutState.PAID
    assert pot(cast.anna, Pot.PAID_OUT) == 6160
    assert outbox.kinds_to(cast.anna) == ["payments/account", "payments/payout_sent"]
    assert unsound() == []


def test_less_than_twenty_waits_for_the_next_week(buy, account, clock):
    earned(buy, clock, 2000)
    clock.advance(days=10)
    jobs.payouts()

    assert payouts() == []


def test_what_a_bank_sends_back_is_on_the_balance_again_and_goes_with_the_next_run(buy, account, cast, clock, outbox):
    earned(buy, clock)
    clock.advance(days=10)
    jobs.payouts()
    work()
    clock.advance(days=3)
    work()
    world.fail_payout(payouts()[0].name)
    work()
    assert payouts()[0].state == PayoutState.FAILED
    assert pot(cast.anna, Pot.TRANSFERRED) == 6160
    assert outbox.kinds_to(cast.anna)[1:] == ["payments/payout_sent", "payments/payout_failed"]

    clock.advance(days=7)
    jobs.payouts()
    work()
    assert [each.state for each in payouts()] == [PayoutState.FAILED, PayoutState.IN_PAYOUT]


def test_without_any_message_payouts_are_looked_at(buy, account, clock):
    earned(buy, clock)
    clock.advance(days=10)
    jobs.payouts()
    jobs.tell()
    row = payouts()[0]
    world.fail_payout(row.name)
    jobs.accounts()

    assert payouts()[0].state == PayoutState.FAILED


def test_a_payout_whose_answer_was_lost_is_one_payout(buy, account, clock, gateway):
    earned(buy, clock)
    clock.advance(days=10)
    faults.expect(Fault.TIMEOUT_AFTER, "POST /v1/payouts")
    jobs.payouts()
    jobs.tell()
    clock.advance(hours=26)
    work()

    assert len(list(money.payouts_since(gateway, account.name, clock.now().replace(year=2026)))) == 1
    assert payouts()[0].state in (PayoutState.IN_PAYOUT, PayoutState.PAID)


def test_what_is_owed_is_taken_from_what_is_earned_later_and_never_from_the_bank(buy, account, cast, clock):
    first = earned(buy, clock)
    clock.advance(days=10)
    jobs.payouts()
    work()
    actions.give_back(first.lines[0], first.total)
    work()
    assert pot(cast.anna, Pot.DEBT) == -6160
    assert again(first).lines[0].debt == 6160

    earned(buy, clock, 9000, code="Q")
    clock.advance(days=10)
    jobs.payouts()
    work()
    assert pot(cast.anna, Pot.DEBT) == 0
    assert again(first).lines[0].taken == 6160
    assert [each.amount for each in payouts()] == [6160]
    assert pot(cast.anna, Pot.TRANSFERRED) == 7920 - 6160
    assert unsound() == []


def test_the_run_of_a_week_begins_on_monday_at_six(clock):
    now = clock.now()
    assert payday.week_of(now) == now.replace(hour=6)
    assert payday.week_of(now.replace(hour=5)) < payday.week_of(now)
    assert (payday.week_of(now) - payday.week_of(now.replace(hour=5))).days == 7


def test_a_way_in_is_never_stored(account, gateway):
    way = seeing.way_in(account, gateway, "http://localhost/back", "http://localhost/again")

    assert way.url.startswith("http")
    assert way.url not in repr(way)
