"""Money goes back, on and out once, in whole units, in the right currency; what cannot be is told apart."""

from datetime import timedelta

import pytest

from practice.providers.stripe_gateway import disputes, errors, money
from practice.providers.stripe_gateway.values import Evidence, PayoutStatus, RefundStatus, TransferWanted
from practice.sandbox import faults, settings, world
from practice.sandbox.accounts import Outcome
from practice.sandbox.faults import Fault
from practice.values.money import Money

REFUND, TRANSFER = "POST /v1/refunds", "POST /v1/transfers"


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


def sent_on(till, cents=6336, key="row:t", **changes):
    """Money of a charge that was sent to Anna."""
    payment, account = till.paid(), till.account()
    wanted = TransferWanted("ORDER1", account.id, Money(cents, changes.get("currency", "EUR")), payment.charge)
    return money.transfer(till.gateway, wanted, key)


# ---------------------------------------------------------------- refunds


def test_part_of_a_payment_goes_back_and_is_found_by_its_row(till):
    payment = till.paid(7000)

    refund = money.refund(till.gateway, payment.intent, euros(3500), "ORDER1", "row:r")

    assert (refund.status, refund.amount, refund.order) == (RefundStatus.SUCCEEDED, euros(3500), "ORDER1")
    assert money.find_refund(till.gateway, payment.intent, "row:r") == refund
    assert money.find_refund(till.gateway, payment.intent, "row:other") is None


@pytest.mark.parametrize(
    ("currency", "paid", "back", "told"), [("JPY", 1000, 333, 333), ("ISK", 4501, 2251, 225_100), ("KWD", 50, 20, 20)]
)
def test_a_refund_is_counted_as_its_currency_is(till, questions, currency, paid, back, told):
    payment = till.paid(paid * 100 if currency == "KWD" else paid, currency)

    refund = money.refund(till.gateway, payment.intent, Money(back, currency), "ORDER1", "row:r")

    assert refund.amount == Money(back, currency)
    assert world.newest("refund").body["amount"] == told


def test_a_refund_asked_for_twice_with_one_key_is_one(till):
    payment = till.paid()
    for _ in range(2):
        money.refund(till.gateway, payment.intent, euros(3500), "ORDER1", "row:r")

    assert len(money.refunds_of(till.gateway, payment.intent)) == 1


def test_more_than_is_left_and_all_that_is_gone_are_refused_apart(till):
    payment = till.paid(7000)
    with pytest.raises(errors.Refused):
        money.refund(till.gateway, payment.intent, euros(7001), "ORDER1", "row:r1")
    money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r2")

    with pytest.raises(errors.AlreadyRefunded):
        money.refund(till.gateway, payment.intent, euros(100), "ORDER1", "row:r3")


def test_what_was_returned_in_the_dashboard_is_seen_as_not_ours(till):
    payment = till.paid(7000)
    world.refund_outside(payment.charge)

    (refund,) = money.refunds_of(till.gateway, payment.intent)

    assert (refund.amount, refund.order, refund.row) == (euros(7000), "", "")
    with pytest.raises(errors.AlreadyRefunded):
        money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r")


def test_a_refund_that_succeeded_can_fail_days_later(till, clock):
    payment = till.paid()
    refund = money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r")
    clock.advance(days=5)
    world.fail_refund(refund.id)

    failed = money.refund_now(till.gateway, refund.id)

    assert (failed.status, failed.failure) == (RefundStatus.FAILED, "lost_or_stolen_card")
    # The money lies with us again and can be sent back by another way.
    assert money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r2").id != refund.id


def test_a_refund_may_have_to_wait(till):
    settings.switch(refunds_are="pending")
    payment = till.paid()
    refund = money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r")
    assert refund.status == RefundStatus.PENDING

    world.settle_refund(refund.id)

    assert money.refund_now(till.gateway, refund.id).status == RefundStatus.SUCCEEDED


def test_what_a_bank_has_taken_back_is_not_refunded_too(till):
    payment = till.paid()
    world.open_dispute(payment.charge)

    with pytest.raises(errors.IsDisputed):
        money.refund(till.gateway, payment.intent, euros(7000), "ORDER1", "row:r")


# ---------------------------------------------------------------- transfers


def test_money_is_sent_on_out_of_its_charge_before_it_can_be_had(till):
    transfer = sent_on(till)

    assert (transfer.amount, transfer.reversed, transfer.order) == (euros(6336), euros(0), "ORDER1")
    assert money.find_transfer(till.gateway, "ORDER1", "row:t") == transfer
    assert money.balance(till.gateway, transfer.account).to_be_had("EUR") == euros(6336)


def test_a_transfer_in_another_currency_than_its_charge_is_refused_and_nothing_moves(till):
    payment, account = till.paid(10_000, "USD"), till.account()
    wrong = TransferWanted("ORDER1", account.id, euros(8800), payment.charge)
    before = money.balance(till.gateway)

    with pytest.raises(errors.Refused, match="must be the same as the transfer currency"):
        money.transfer(till.gateway, wrong, "row:t")

    assert money.balance(till.gateway) == before
    right = TransferWanted("ORDER1", account.id, Money(8800, "USD"), payment.charge)
    assert money.transfer(till.gateway, right, "row:t2").amount == Money(8800, "USD")


def test_more_than_its_charge_is_never_sent_on(till):
    payment, account = till.paid(7000), till.account()
    money.transfer(till.gateway, TransferWanted("ORDER1", account.id, euros(6000), payment.charge), "row:t1")

    with pytest.raises(errors.Refused):
        money.transfer(till.gateway, TransferWanted("ORDER1", account.id, euros(1001), payment.charge), "row:t2")


def test_a_transfer_whose_answer_was_lost_is_found_instead_of_sent_again(till, clock):
    faults.expect(Fault.RESET_AFTER, TRANSFER)
    with pytest.raises(errors.UnknownOutcome):
        sent_on(till, key="row:t")
    clock.advance(hours=26)

    found = money.find_transfer(till.gateway, "ORDER1", "row:t")

    assert found
    assert [each.id for each in money.transfers_of(till.gateway, "ORDER1")] == [found.id]


def test_without_looking_first_a_forgotten_key_would_send_it_twice(till, clock):
    """The control: why a row older than 20 hours looks before it asks again."""
    payment, account = till.paid(), till.account()
    wanted = TransferWanted("ORDER1", account.id, euros(3000), payment.charge)
    money.transfer(till.gateway, wanted, "row:t")
    clock.advance(hours=26)

    money.transfer(till.gateway, wanted, "row:t")

    assert len(money.transfers_of(till.gateway, "ORDER1")) == 2


@pytest.mark.parametrize("outcome", [None, Outcome.MISSING, Outcome.CHECKING, Outcome.REFUSED])
def test_nothing_is_sent_to_an_account_that_may_not_take_it(till, outcome):
    payment, account = till.paid(), till.account(outcome=outcome)

    with pytest.raises(errors.Refused) as refusal:
        money.transfer(till.gateway, TransferWanted("ORDER1", account.id, euros(100), payment.charge), "row:t")

    assert refusal.value.code == "insufficient_capabilities_for_transfer"


def test_an_account_that_is_gone_is_told_apart_from_everything_else(till):
    payment, account = till.paid(), till.account()
    world.close_account(account.id)

    for destination in (account.id, "acct_never_was"):
        with pytest.raises(errors.AccountGone):
            money.transfer(till.gateway, TransferWanted("ORDER1", destination, euros(100), payment.charge), destination)


def test_money_back_first_and_then_out_of_the_account(till):
    transfer = sent_on(till)
    payment = till.paid(key="row:other")

    first = money.reverse(till.gateway, transfer.id, euros(3168), "row:v")
    second = money.reverse(till.gateway, transfer.id, euros(3168), "row:v2")

    assert money.find_reversal(till.gateway, transfer.id, "row:v") == first
    assert money.reversals_of(till.gateway, transfer.id) == (second, first)
    assert money.transfers_of(till.gateway, transfer.order)[0].reversed == euros(6336)
    with pytest.raises(errors.Refused):
        money.reverse(till.gateway, transfer.id, euros(1), "row:v3")
    assert payment.charge


def test_what_the_account_has_spent_cannot_be_taken_back(till, clock):
    transfer = sent_on(till)
    money.pay_out(till.gateway, transfer.account, euros(6000), "row:p")

    with pytest.raises(errors.BalanceTooLow):
        money.reverse(till.gateway, transfer.id, euros(6336), "row:v")


# ---------------------------------------------------------------- payouts


def test_a_payout_is_paid_after_some_days_and_can_still_come_back(till, clock):
    transfer = sent_on(till)
    payout = money.pay_out(till.gateway, transfer.account, euros(6336), "row:p")
    assert payout.status == PayoutStatus.PENDING
    clock.advance(days=2)
    world.go_on()
    assert money.payout_now(till.gateway, transfer.account, payout.id).status == PayoutStatus.PAID

    world.fail_payout(payout.id)

    failed = money.payout_now(till.gateway, transfer.account, payout.id)
    assert (failed.status, failed.failure) == (PayoutStatus.FAILED, "account_closed")
    assert money.balance(till.gateway, transfer.account).to_be_had("EUR") == euros(6336)


def test_more_than_lies_there_is_not_paid_out(till):
    transfer = sent_on(till)

    with pytest.raises(errors.BalanceTooLow):
        money.pay_out(till.gateway, transfer.account, euros(6337), "row:p")


def test_forints_leave_in_whole_ones_only(till):
    payment, account = till.paid(104_500, "HUF"), till.account()
    wanted = TransferWanted("ORDER1", account.id, Money(104_545, "HUF"), payment.charge)
    with pytest.raises(errors.Refused):
        money.transfer(till.gateway, wanted, "row:too-much")
    money.transfer(till.gateway, TransferWanted("ORDER1", account.id, Money(1045, "HUF"), payment.charge), "row:t")

    with pytest.raises(errors.Refused):
        money.pay_out(till.gateway, account.id, Money(1045, "HUF"), "row:p")
    money.pay_out(till.gateway, account.id, Money(1000, "HUF"), "row:p2")

    assert money.balance(till.gateway, account.id).to_be_had("HUF") == Money(45, "HUF")


def test_a_payout_is_found_by_the_row_that_asked_for_it(till, clock):
    transfer = sent_on(till)
    money.pay_out_by_hand(till.gateway, transfer.account, "row:h")
    payout = money.pay_out(till.gateway, transfer.account, euros(2000), "row:p")

    assert money.find_payout(till.gateway, transfer.account, "row:p", clock.now()) == payout
    assert money.find_payout(till.gateway, transfer.account, "row:x", clock.now()) is None


def test_what_came_in_can_be_had_after_some_days(till, clock):
    till.paid(7000)
    assert money.balance(till.gateway).available == (euros(0),)
    clock.advance(days=2)

    assert money.balance(till.gateway).available == (euros(6870),)


# ---------------------------------------------------------------- disputes


def test_a_dispute_is_answered_once_and_won(till):
    payment = till.paid()
    opened = disputes.retrieve(till.gateway, world.open_dispute(payment.charge))
    assert (opened.amount, opened.standing, opened.intent) == (euros(7000), "open", payment.intent)

    answered = disputes.answer(till.gateway, opened.id, Evidence(service="A session", policy="Firm"), "row:d")
    assert (answered.status, answered.has_evidence) == ("under_review", True)
    with pytest.raises(errors.Refused):
        disputes.answer(till.gateway, opened.id, Evidence(letters="More"), "row:d2")
    world.decide_dispute(opened.id, is_won=True)

    assert disputes.retrieve(till.gateway, opened.id).standing == "won"
    assert disputes.of_payment(till.gateway, payment.intent)[0].id == opened.id


def test_a_dispute_is_lost_when_the_bank_says_so(till):
    dispute = world.open_dispute(till.paid(key="row:1").charge)
    world.decide_dispute(dispute, is_won=False)
    assert disputes.retrieve(till.gateway, dispute).standing == "lost"


def test_evidence_that_comes_too_late_or_says_nothing_is_refused(till, clock):
    dispute = world.open_dispute(till.paid().charge)
    with pytest.raises(ValueError, match="something"):
        disputes.answer(till.gateway, dispute, Evidence(service="  "), "row:d")
    clock.advance(days=8)

    with pytest.raises(errors.Refused):
        disputes.answer(till.gateway, dispute, Evidence(service="A session"), "row:d")


def test_everything_of_the_last_month_can_be_listed(till, clock):
    began = clock.now()
    transfer = sent_on(till)
    payment = till.paid(key="row:2")
    money.refund(till.gateway, payment.intent, euros(100), "ORDER1", "row:r")
    world.open_dispute(till.paid(key="row:3").charge)
    clock.advance(days=31)

    assert [each.id for each in money.transfers_since(till.gateway, began)] == [transfer.id]
    assert len(list(money.refunds_since(till.gateway, began))) == 1
    assert len(list(disputes.made_since(till.gateway, began))) == 1
    assert list(money.refunds_since(till.gateway, began + timedelta(days=1))) == []
