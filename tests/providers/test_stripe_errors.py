"""Whatever goes wrong between us and Stripe is told by what is known afterwards, and the key says what to do next."""

from datetime import timedelta

import pytest

from practice.providers.stripe_gateway import accounts, checkout, client, errors, money
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.values import AccountWanted
from practice.sandbox import faults
from practice.sandbox.faults import Fault
from practice.values.money import Money

REFUND = "POST /v1/refunds"


def give_back(till, payment, key="row:r"):
    return money.refund(till.gateway, payment.intent, Money(3500, "EUR"), "ORDER1", key)


@pytest.mark.parametrize(
    ("fault", "error", "was_done"),
    [
        (Fault.TIMEOUT_BEFORE, errors.UnknownOutcome, False),
        (Fault.TIMEOUT_AFTER, errors.UnknownOutcome, True),
        (Fault.RESET_BEFORE, errors.UnknownOutcome, False),
        (Fault.RESET_AFTER, errors.UnknownOutcome, True),
        (Fault.TOO_MANY, errors.NotNow, False),
        (Fault.IN_USE, errors.NotNow, False),
    ],
)
def test_the_same_key_again_ends_with_exactly_one(till, fault, error, was_done):
    payment = till.paid()
    faults.expect(fault, REFUND)
    with pytest.raises(error):
        give_back(till, payment)
    assert len(money.refunds_of(till.gateway, payment.intent)) == int(was_done)

    give_back(till, payment)

    assert len(money.refunds_of(till.gateway, payment.intent)) == 1


@pytest.mark.parametrize(("fault", "was_done"), [(Fault.FAILED_BEFORE, False), (Fault.FAILED_AFTER, True)])
def test_a_failure_that_sticks_to_its_key_is_searched_and_only_then_asked_anew(till, fault, was_done):
    payment = till.paid()
    faults.expect(fault, REFUND)
    with pytest.raises(errors.UnknownOutcome):
        give_back(till, payment)

    with pytest.raises(errors.StuckKey):
        give_back(till, payment)

    assert (money.find_refund(till.gateway, payment.intent, "row:r") is not None) is was_done
    if not was_done:
        give_back(till, payment, key="row:r2")
    assert len(money.refunds_of(till.gateway, payment.intent)) == 1


def test_an_answer_that_takes_longer_than_we_wait_is_an_unknown_outcome(till, clock):
    payment, began = till.paid(), clock.now()
    faults.expect(Fault.SLOW, REFUND, times=2, seconds=30)

    with pytest.raises(errors.UnknownOutcome):
        give_back(till, payment)

    assert clock.now() - began == timedelta(seconds=client.PATIENCE)
    assert money.find_refund(till.gateway, payment.intent, "row:r")


def test_a_page_that_somebody_waits_for_waits_less(till, clock):
    session, began = till.session(), clock.now()
    faults.expect(Fault.SLOW, "GET /v1/checkout", seconds=30)

    with pytest.raises(errors.UnknownOutcome):
        checkout.retrieve(till.gateway.hurried, session.id)

    assert clock.now() - began == timedelta(seconds=client.BRIEFLY)


def test_a_slow_answer_within_our_patience_is_an_answer(till):
    session = till.session()
    faults.expect(Fault.SLOW, "GET /v1/checkout", seconds=3)

    assert checkout.retrieve(till.gateway, session.id).id == session.id


def test_away_for_ten_minutes_and_back(till, clock):
    faults.away(timedelta(minutes=10))
    for _ in range(3):
        with pytest.raises(errors.UnknownOutcome):
            till.session()
        clock.advance(minutes=3)
    clock.advance(minutes=1)

    assert till.session().id


def test_a_fault_meets_what_it_names_and_as_often_as_it_says(till):
    payment = till.paid()
    faults.expect(Fault.TOO_MANY, REFUND, times=2)
    till.session(key="row:2")
    for _ in range(2):
        with pytest.raises(errors.NotNow):
            give_back(till, payment)

    assert give_back(till, payment).id


def test_all_can_be_well_again(till):
    faults.expect(Fault.AWAY, times=None)
    with pytest.raises(errors.UnknownOutcome):
        till.session()
    faults.all_is_well()

    assert till.session().id


# ---------------------------------------------------------------- keys


def test_a_refusal_after_the_work_had_begun_is_kept_under_its_key(till):
    payment = till.paid(7000)
    wanted = (till.gateway, payment.intent, Money(7001, "EUR"), "ORDER1", "row:r")
    for _ in range(2):
        with pytest.raises(errors.Refused):
            money.refund(*wanted)

    with pytest.raises(errors.KeyReused):
        give_back(till, payment)


def test_a_refusal_before_any_work_leaves_its_key_free(till):
    with pytest.raises(errors.Refused):
        till.session(49, key="row:s")

    assert till.session(7000, key="row:s").id


def test_the_second_api_repeats_no_success_and_does_failed_work_anew(till):
    wanted = AccountWanted("anna", "anna@demo.example", "AT", "EUR")
    faults.expect(Fault.FAILED_BEFORE, "POST /v2/core/accounts")
    with pytest.raises(errors.UnknownOutcome):
        accounts.create(till.gateway, wanted, "row:a")

    first = accounts.create(till.gateway, wanted, "row:a")
    second = accounts.create(till.gateway, wanted, "row:a")

    assert first.id == second.id
    with pytest.raises(errors.KeyReused):
        accounts.create(till.gateway, AccountWanted("cleo", "cleo@demo.example", "AT", "EUR"), "row:a")


def test_a_key_that_stripe_doesnt_know(till):
    stranger = Gateway("sk_test_stranger", "whsec_a", "whsec_b", transport=till.gateway.transport)

    with pytest.raises(errors.BadKey):
        checkout.retrieve(stranger, "cs_test_x")


def test_an_answer_that_is_none_is_an_unknown_outcome(till):
    odd = Gateway("sk_test_sandbox", "whsec_a", "whsec_b", transport=lambda *_, **__: (200, {}, "<html>Bad gateway"))
    shapeless = Gateway("sk_test_sandbox", "whsec_a", "whsec_b", transport=lambda *_, **__: (200, {}, '{"id": "x"}'))

    for broken in (odd, shapeless):
        with pytest.raises(errors.UnknownOutcome):
            checkout.retrieve(broken, "cs_test_x")


def test_a_card_that_was_declined_and_a_gateway_that_fails():
    def answering(status, error):
        return Gateway("sk_test_x", "a", "b", transport=lambda *_, **__: (status, {}, f'{{"error": {error}}}'))

    with pytest.raises(errors.Declined) as refusal:
        checkout.retrieve(answering(402, '{"type": "card_error", "code": "card_declined"}'), "cs_test_x")
    assert refusal.value.code == "card_declined"
    with pytest.raises(errors.UnknownOutcome):
        checkout.retrieve(answering(502, "{}"), "cs_test_x")


def test_where_nothing_can_be_paid_it_is_said(app):
    found = app.extensions.pop("stripe_gateway")
    try:
        with pytest.raises(errors.PaymentsOff):
            client.gateway()
    finally:
        app.extensions["stripe_gateway"] = found
    assert client.gateway() is found
