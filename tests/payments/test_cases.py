"""What becomes of an order, a refund, a transfer or a payout when something happens; the numbers are those of the cases
that payments were specified by."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from practice.ledger.events import Event as Entry
from practice.payments.policy import events as e
from practice.payments.policy.checkout import Unsellable
from practice.payments.policy.effects import (
    CallOff,
    Confirm,
    EndCheckout,
    OpenCheckout,
    Release,
    SendRefund,
    SendReversal,
    SendTransfer,
)
from practice.payments.policy.payouts import Payout, Sent, payout_seen, ripe_at, weekly
from practice.payments.policy.returning import NotReturned, refused_for
from practice.payments.states import OrderState, PaymentState, PayoutState, RefundState, Seat, TransferState
from practice.values.currencies import CURRENCIES
from practice.values.money import Money
from tests.payments.desk import Desk

O = OrderState  # noqa: E741
PRICE = 7200
CHARGED = {"client": -7200, "commission": 864, "pending": 6336}
EXPIRED, SLOW, FAILED = (e.PaymentSeen(each) for each in (e.Paid.EXPIRED, e.Paid.PROCESSING, e.Paid.FAILED))


@pytest.fixture
def desk() -> Desk:
    return Desk(PRICE).opened()


@pytest.fixture
def paid(desk) -> Desk:
    return desk.paid()


@pytest.fixture
def sent(paid) -> Desk:
    return paid.transferred().transferred()


def give(back: int, *, ends: bool = True, line: int = 0) -> e.GiveBack:
    return e.GiveBack(line, back, ends)


def transfer(desk) -> TransferState:
    return desk.purchase.transfer_state(desk.purchase.lines[0])


# ---------------------------------------------------------------- paid, or not


def test_p01_what_is_paid_stands_once_and_everybody_has_their_share(paid):
    assert (paid.purchase.state, paid.purchase.lines[0].seat) == (O.PAID, Seat.TAKEN)
    assert paid.told == CHARGED
    assert paid.letters() == ["receipt"]


def test_p02_the_same_news_fifty_times_changes_nothing_more(paid):
    before = len(paid.effects)

    for _ in range(50):
        paid.paid()

    assert len(paid.effects) == before


def test_p05_a_payment_is_one_whoever_saw_it(desk):
    looked = desk.on(e.PaymentSeen(e.Paid.OPEN)).paid()

    assert looked.purchase.state == O.PAID


def test_p08_a_page_that_ended_gives_the_time_back_and_says_so(desk):
    desk.on(EXPIRED)

    assert desk.purchase.state == O.EXPIRED
    assert (len(desk.of(Release)), desk.letters()) == (1, ["hold_ended"])
    assert len(desk.on(EXPIRED).effects) == 3, "told again, nothing"


def test_p09_a_hold_ends_at_the_card_processor_before_it_ends_here(desk):
    desk.on(e.HoldEnds())
    assert (desk.of(EndCheckout), desk.of(Release)) == ([EndCheckout()], [])

    desk.on(EXPIRED)
    assert (desk.purchase.state, len(desk.of(Release))) == (O.EXPIRED, 1)


def test_p10_already_complete_means_paid(desk):
    desk.on(e.HoldEnds()).paid()

    assert (desk.purchase.state, desk.of(Release)) == (O.PAID, [])


def test_p12_who_paid_late_gets_the_time_that_is_still_free_and_staff_see_it(desk):
    desk.on(e.HoldEnds(), e.HoldOver()).paid()

    assert desk.of(Confirm) == [Confirm(0, late=True)]
    assert (desk.purchase.state, desk.concerns()) == (O.PAID, ["confirmed_late"])


def test_p13_who_paid_late_for_a_time_that_is_gone_gets_everything_back_by_itself():
    desk = Desk(PRICE, free=False).opened().on(e.HoldEnds(), e.HoldOver()).paid()

    assert (desk.purchase.state, desk.letters()) == (O.REFUND_DUE, ["seat_lost"])
    assert desk.of(SendRefund) == [SendRefund(1, PRICE)]

    desk.refunded()
    assert (desk.purchase.state, desk.told) == (O.REFUNDED, {})


def test_who_paid_in_time_at_a_practice_that_was_closed_meanwhile_gets_everything_back_and_the_time_is_free():
    desk = Desk(PRICE, shut=True).opened().paid()

    assert (desk.purchase.state, len(desk.of(Release))) == (O.REFUND_DUE, 1)
    assert desk.refunded().told == {}


@pytest.mark.parametrize("ended", [EXPIRED, e.HoldOver()])
def test_a_time_is_given_back_once_however_its_hold_ended(desk, ended):
    desk.on(e.HoldEnds(), ended, EXPIRED, e.HoldOver())

    assert len(desk.of(Release)) == 1
    assert desk.letters() == ["hold_ended"], "once it is known that nothing was charged"


def test_nobody_is_told_that_nothing_was_charged_before_that_is_known(desk):
    assert desk.on(e.HoldEnds(), e.HoldOver()).letters() == []


def test_a_hold_that_ended_before_there_was_a_page_needs_no_end_of_one():
    desk = Desk(PRICE).on(e.HoldEnds())
    assert (desk.purchase.state, len(desk.of(Release)), desk.of(EndCheckout)) == (O.EXPIRED, 1, [])

    assert desk.opened().of(EndCheckout) == [EndCheckout()], "made all the same, nobody is sent there"


@pytest.mark.parametrize("amount, currency", [(PRICE - 1, "EUR"), (PRICE, "USD")])
def test_nobody_is_sent_to_a_page_that_asks_for_something_else(amount, currency):
    desk = Desk(PRICE).on(e.CheckoutMade(amount, currency))

    assert (desk.of(EndCheckout), desk.concerns()) == ([EndCheckout()], ["wrong_checkout"])


def test_an_order_that_the_card_processor_refuses_holds_nothing():
    desk = Desk(PRICE).on(e.CheckoutRefused())

    assert (desk.purchase.state, len(desk.of(Release)), desk.letters()) == (O.FAILED, 1, ["payment_failed"])


# ---------------------------------------------------------------- slow payments


def test_p16_p17_a_slow_payment_keeps_the_time_and_stands_when_it_comes(desk):
    desk.on(SLOW, e.HoldEnds(), e.HoldOver())
    assert (desk.purchase.state, desk.purchase.lines[0].seat) == (O.PROCESSING, Seat.HELD)
    assert desk.letters() == []

    assert desk.paid().purchase.state == O.PAID


def test_p18_a_slow_payment_that_fails_gives_the_time_back(desk):
    desk.on(SLOW, FAILED)

    assert (desk.purchase.state, len(desk.of(Release)), desk.letters()) == (O.FAILED, 1, ["payment_failed"])


def test_p19_a_session_that_begins_unpaid_is_called_off_and_what_comes_later_goes_back(desk):
    desk.on(SLOW, e.Began(0))
    assert (desk.of(CallOff), desk.letters()) == ([CallOff(0)], ["began_unpaid"])

    assert desk.paid().refunded().purchase.state == O.REFUNDED
    assert desk.told == {}


# ---------------------------------------------------------------- not what was asked for


@pytest.mark.parametrize(
    "amount, currency, concern", [(PRICE - 100, None, "wrong_amount"), (PRICE, "USD", "wrong_currency")]
)
def test_p23_p24_what_is_not_what_was_asked_for_is_never_fulfilled(desk, amount, currency, concern):
    desk.paid(amount, currency)

    assert (desk.purchase.payment, desk.purchase.state) == (PaymentState.IN_DOUBT, O.REFUND_DUE)
    assert (desk.of(Confirm), desk.of(SendRefund), desk.concerns()) == ([], [], [concern])
    assert desk.letters() == ["payment_in_doubt"], "who was charged is not told that it failed"

    desk.on(e.ReturnInDoubt(), e.ReturnInDoubt()).refunded()
    assert (desk.purchase.state, desk.told) == (O.REFUNDED, {})


def test_p25_test_money_pays_for_nothing(desk):
    desk.on(e.PaymentSeen(e.Paid.PAID, PRICE, "EUR", "test", live=False))

    assert (desk.purchase.state, desk.concerns()) == (O.SESSION_OPEN, ["wrong_mode"])


def test_a_second_payment_of_one_order_is_put_before_staff(paid):
    paid.on(e.PaymentSeen(e.Paid.PAID, PRICE, "EUR", "another"))

    assert (paid.purchase.state, paid.concerns(), paid.told) == (O.PAID, ["paid_twice"], CHARGED)


@pytest.mark.parametrize("amount, currency", [(49, "EUR"), (100_000_000, "USD"), (12_345, "KWD")])
def test_p60_what_no_card_should_be_charged_is_not_sold(amount, currency):
    with pytest.raises(Unsellable):
        Desk(amount, currency=currency)


def test_p63_p64_what_costs_nothing_asks_nobody_for_money():
    desk = Desk(0)

    assert (desk.purchase.state, desk.of(OpenCheckout), desk.told) == (O.PAID, [], {})
    assert desk.of(Confirm) == [Confirm(0)]
    assert desk.on(give(0)).of(SendRefund) == []


# ---------------------------------------------------------------- back


def test_p39_all_of_it_comes_back_and_no_commission_is_kept(paid):
    paid.on(give(PRICE)).refunded()

    assert (paid.purchase.state, paid.told) == (O.REFUNDED, {})


def test_p40_what_is_kept_is_shared_and_the_transfer_is_that_much_smaller(paid):
    paid.on(give(3600)).refunded().transferred()

    assert paid.purchase.state == O.PARTIALLY_REFUNDED
    assert paid.of(SendTransfer) == [SendTransfer(0, 1, 3168)]


def test_p42_the_same_refund_pressed_by_two_is_one(paid):
    paid.on(give(PRICE), give(PRICE))

    assert paid.of(SendRefund) == [SendRefund(1, PRICE)]
    assert refused_for(paid.purchase, 0, PRICE) == NotReturned.ALREADY


def test_what_was_promised_is_never_taken_back_and_more_is_another_refund(paid):
    paid.on(give(3600), give(0), give(5000, ends=False))

    assert [each.amount for each in paid.of(SendRefund)] == [3600, 1400]


def test_p43_a_refund_that_fails_later_is_paid_by_hand_once(paid):
    paid.on(give(PRICE)).refunded().refunded(e.Given.FAILED).refunded(e.Given.FAILED)
    assert (paid.purchase.state, paid.purchase.by_hand) == (O.REFUND_DUE, PRICE)
    assert (paid.concerns(), paid.letters()[-1]) == (["refund_failed"], "refund_failed")
    assert paid.told == {"client": -7200, "unearned": 7200}

    paid.on(e.PaidByHand(1), e.PaidByHand(1)).refunded(e.Given.FAILED)
    assert (paid.purchase.refunds[0].state, paid.purchase.state) == (RefundState.MANUAL, O.REFUNDED)
    assert paid.told == {"client": -7200, "own": 7200}


def test_p45_what_was_not_sent_is_never_sent(paid):
    paid.on(give(PRICE)).transferred().transferred()

    assert (paid.of(SendTransfer), transfer(paid)) == ([], TransferState.NONE)


def test_p46_after_the_transfer_the_client_comes_first_and_then_the_payee_gives_back(sent):
    sent.on(give(PRICE))
    assert (sent.of(SendReversal), transfer(sent)) == ([], TransferState.REVERSAL_DUE)

    sent.refunded()
    assert sent.of(SendReversal) == [SendReversal(0, 2, 6336)]
    assert transfer(sent.on(e.ReversalMade(0, 2), e.ReversalMade(0, 2))) == TransferState.REVERSED
    assert sent.told == {}


def test_p48_a_part_of_the_refund_is_a_part_of_the_transfer_rounded_once():
    desk = Desk(7201).opened().paid().transferred().transferred().on(give(3601)).refunded()
    desk.on(e.ReversalMade(0, 2))

    assert transfer(desk) == TransferState.PARTLY_REVERSED
    assert desk.told == {"client": -3600, "commission": 432, "transferred": 3168}


def test_what_cannot_be_taken_back_is_a_debt(sent):
    sent.on(give(PRICE)).refunded().on(e.ReversalRefused(0, 2))

    assert (transfer(sent), sent.concerns()) == (TransferState.DEBT, ["debt"])
    assert sent.told == {"debt": -6336, "transferred": 6336}


def test_a_refund_that_somebody_made_elsewhere_is_booked_once_and_counts(paid):
    outside = e.RefundsSeen((e.Returned(e.Given.SUCCEEDED, PRICE, name="re_1"),))
    paid.on(outside, outside)

    assert (paid.purchase.state, paid.concerns(), paid.told) == (O.REFUNDED, ["refund_outside"], {})
    assert refused_for(paid.purchase, 0, PRICE) == NotReturned.ALREADY
    assert paid.on(give(PRICE)).of(SendRefund) == []


@pytest.mark.parametrize("amount, currency, back", [(1000, "JPY", 333), (4501, "ISK", 2251)])
def test_p57_amounts_are_those_of_their_currency(amount, currency, back):
    desk = Desk(amount, currency=currency).opened().paid().on(give(back)).refunded()

    assert desk.of(SendRefund) == [SendRefund(1, back)]
    assert desk.told["client"] == back - amount


def test_p65_nothing_about_an_order_needs_to_know_whose_it_was(sent):
    assert not {"client", "person", "email"} & set(vars(sent.purchase))


# ---------------------------------------------------------------- a card's bank


def dispute(status: e.Asked, amount: int = PRICE) -> e.DisputeSeen:
    return e.DisputeSeen(status, amount, "du_1")


def test_p49_while_a_bank_asks_nothing_is_sent_to_anybody_and_the_session_stands(paid):
    paid.on(dispute(e.Asked.OPEN), e.Ripe(0))

    assert (paid.purchase.state, paid.purchase.lines[0].seat, transfer(paid)) == (O.DISPUTED, Seat.TAKEN, "blocked")
    assert (paid.of(SendTransfer), paid.concerns()) == ([], ["dispute"])


def test_p51_won_all_is_as_it_was_and_the_payee_is_paid(paid):
    paid.on(dispute(e.Asked.OPEN), e.Ripe(0), dispute(e.Asked.WON), dispute(e.Asked.OPEN), dispute(e.Asked.LOST))

    assert (paid.purchase.state, len(paid.of(SendTransfer))) == (O.DISPUTE_WON, 1)


@pytest.mark.parametrize("first", [[dispute(e.Asked.OPEN)], []])
def test_p51_lost_it_counts_as_returned(paid, first):
    paid.on(*first, dispute(e.Asked.LOST), dispute(e.Asked.LOST), e.Ripe(0))

    assert (paid.purchase.state, paid.of(SendTransfer), paid.of(SendRefund)) == (O.DISPUTE_LOST, [], [])
    assert paid.told == {"charged_back": 7200, "client": -7200}


def test_a_second_dispute_after_a_won_one_is_booked_by_itself_and_taken_back_when_it_is_lost(paid):
    paid.on(dispute(e.Asked.OPEN), dispute(e.Asked.WON)).transferred().transferred()
    paid.on(e.DisputeSeen(e.Asked.OPEN, PRICE, "du_2"))
    assert (paid.purchase.state, paid.told["advanced"]) == (O.DISPUTED, -7200)

    paid.on(e.DisputeSeen(e.Asked.LOST, PRICE, "du_2"), e.ReversalMade(0, 2))
    assert (paid.purchase.state, transfer(paid)) == (O.DISPUTE_LOST, "reversed")
    assert paid.told == {"charged_back": 7200, "client": -7200}
    assert paid.letters()[-4:] == ["bank_asks", "bank_for_us", "bank_asks", "bank_against_us"]


def test_a_bank_that_only_asks_takes_nothing_and_keeps_nothing_from_anybody(paid):
    paid.on(dispute(e.Asked.INQUIRY)).transferred()

    assert (paid.purchase.state, len(paid.of(SendTransfer)), paid.concerns()) == (O.PAID, 1, ["dispute"])
    assert refused_for(paid.purchase, 0, PRICE) is None
    assert paid.on(give(PRICE)).of(SendRefund) == [SendRefund(1, PRICE)]
    assert "bank_asks" not in paid.letters()


@pytest.mark.parametrize("between", [[], [dispute(e.Asked.CLOSED)]])
def test_a_bank_that_only_asked_may_take_the_money_after_all(paid, between):
    paid.on(dispute(e.Asked.INQUIRY), *between, dispute(e.Asked.OPEN, 7100), dispute(e.Asked.INQUIRY))
    assert (paid.purchase.state, paid.told["disputed"]) == (O.DISPUTED, 7100)

    paid.on(dispute(e.Asked.LOST, 7100))
    assert (paid.purchase.lost, len(paid.purchase.disputes)) == (7100, 1)


def test_p52_staff_cannot_give_back_what_a_bank_asks_for(paid):
    paid.on(dispute(e.Asked.OPEN))

    assert refused_for(paid.purchase, 0, PRICE) == NotReturned.DISPUTED


@pytest.mark.parametrize("decided, refunds", [(e.Asked.WON, [SendRefund(1, 3600)]), (e.Asked.LOST, [])])
def test_what_is_promised_meanwhile_waits_for_the_bank(paid, decided, refunds):
    paid.on(dispute(e.Asked.OPEN), give(3600))
    assert paid.of(SendRefund) == []

    assert paid.on(dispute(decided)).of(SendRefund) == refunds


def test_a_refund_that_is_refused_over_a_dispute_is_asked_for_again_when_that_is_won(paid):
    paid.on(give(3600), dispute(e.Asked.OPEN), e.RefundRefused(1, disputed=True))
    assert (paid.purchase.state, paid.of(SendRefund)) == (O.DISPUTED, [SendRefund(1, 3600)])

    paid.on(dispute(e.Asked.WON))
    assert paid.of(SendRefund) == [SendRefund(1, 3600), SendRefund(2, 3600)]


def test_a_refund_that_is_refused_for_another_reason_is_somebodys_work(paid):
    paid.on(give(3600), e.RefundRefused(1))

    assert (paid.purchase.by_hand, paid.concerns()) == (3600, ["refund_refused"])


# ---------------------------------------------------------------- the payee


def test_p53_what_cannot_be_sent_is_blocked_and_goes_on_by_itself(paid):
    paid.on(e.AccountSeen(0, False), e.Ripe(0))
    assert (transfer(paid), paid.letters()[-1], paid.of(SendTransfer)) == ("blocked", "transfer_blocked", [])

    assert paid.on(e.AccountSeen(0, True)).of(SendTransfer) == [SendTransfer(0, 1, 6336)]


def test_p54_a_transfer_that_is_refused_waits_for_the_account(paid):
    paid.on(e.Ripe(0), e.TransferRefused(0, 1), e.TransferMade(0, 1))
    assert transfer(paid) == TransferState.BLOCKED

    assert paid.on(e.AccountSeen(0, True)).of(SendTransfer)[-1] == SendTransfer(0, 2, 6336)


def test_a_complaint_stops_its_own_line_only():
    desk = Desk(PRICE, 5000).opened().paid().on(e.Frozen(0, True)).transferred().transferred()

    assert [each.line for each in desk.of(SendTransfer)] == [1]
    assert [each.line for each in desk.on(e.Frozen(0, False)).of(SendTransfer)] == [1, 0]


def test_one_line_of_an_order_comes_back_without_the_other():
    desk = Desk(PRICE, 5000).opened().paid().on(give(2500, line=1)).refunded()

    assert desk.purchase.state == O.PARTIALLY_REFUNDED
    assert desk.told == {"client": -9700, "commission": 864 + 300, "pending": 6336 + 2200}


def test_p55_a_payout_that_fails_is_the_payees_again_and_they_are_told():
    sent, first = payout_seen(Payout(6336), Sent.PENDING)
    failed, then = payout_seen(sent, Sent.FAILED)

    assert (sent.state, failed.state) == (PayoutState.IN_PAYOUT, PayoutState.FAILED)
    assert [each.entry for each in (*first, *then) if hasattr(each, "entry")] == [
        Entry.PAYOUT_SENT,
        Entry.PAYOUT_FAILED,
    ]
    assert payout_seen(failed, Sent.PAID) == (failed, ())


def test_a_payout_may_come_back_after_it_had_arrived_and_news_may_be_late():
    arrived, effects = payout_seen(Payout(6336), Sent.PAID)
    assert (arrived.state, len(effects)) == (PayoutState.PAID, 3)
    assert payout_seen(arrived, Sent.PENDING) == (arrived, ())

    returned, effects = payout_seen(arrived, Sent.FAILED)
    assert (returned.state, effects[0].entry) == (PayoutState.FAILED, Entry.PAYOUT_RETURNED)


def test_money_waits_two_days_after_the_session(clock):
    end: datetime = clock.now()

    assert ripe_at(end) == end + timedelta(hours=48)


@pytest.mark.parametrize(
    "currency, on_balance, goes",
    [
        ("EUR", 6336, 6336),
        ("EUR", 2000, 2000),
        ("EUR", 1999, 0),
        ("EUR", -6000, 0),
        ("HUF", 104_500, 104_500),
        ("HUF", 104_545, 104_500),
        ("JPY", 20, 20),
    ],
)
def test_a_weekly_run_leaves_what_is_too_little_or_owed(currency, on_balance, goes):
    least = Money(20 * CURRENCIES[currency].unit, currency)

    assert weekly(Money(on_balance, currency), least) == Money(goes, currency)


def test_nothing_below_nothing_leaves_though_there_is_no_least():
    assert weekly(Money(-1, "EUR"), Money(0, "EUR")) == Money(0, "EUR")


# ---------------------------------------------------------------- prices


def test_p36_the_price_is_that_of_the_hold(desk):
    priced = desk.purchase

    assert desk.paid().purchase.total == priced.total == PRICE
    assert replace(priced, lines=()).total == 0
