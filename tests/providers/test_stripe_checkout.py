"""A payment page is asked for so that what is shown is what is charged, and nobody is sent to one that differs."""

from datetime import timedelta

import pytest
import stripe

from practice.providers.stripe_gateway import checkout, errors
from practice.providers.stripe_gateway.client import API_VERSION, Gateway
from practice.providers.stripe_gateway.values import Line, SessionStatus
from practice.sandbox import faults, settings, world
from practice.sandbox.faults import Fault
from practice.store.db import transaction
from practice.values.money import Money
from tests.paying import purchase
from tests.stripe_contract import check

CREATE = "POST /v1/checkout/sessions"


def test_the_version_of_the_api_is_the_one_of_the_package():
    assert stripe.api_version == API_VERSION


def test_what_is_asked_for_is_by_card_alone_at_the_price_shown_and_keeps_nothing(clock):
    asked = checkout.parameters(purchase(), "row:1")

    assert asked["allowed_payment_method_types"] == ["card"]
    assert asked["adaptive_pricing"] == {"enabled": False}
    assert asked["wallet_options"] == {"link": {"display": "never"}}
    assert asked["client_reference_id"] == "ORDER1"
    assert asked["metadata"] == asked["payment_intent_data"]["metadata"] == {"order": "ORDER1", "row": "row:1"}
    assert asked["payment_intent_data"]["statement_descriptor_suffix"] == "SESSION"
    never = {
        "setup_future_usage", "receipt_email", "statement_descriptor", "saved_payment_method_options", "optional_items",
        "customer_creation", "allow_promotion_codes", "automatic_tax", "payment_method_types",
    }  # fmt: skip
    assert not never & (asked.keys() | asked["payment_intent_data"].keys())


def test_the_page_that_comes_back_is_the_one_that_was_asked_for(till):
    session = till.session(7000)

    assert (session.status, session.is_paid, session.total) == (SessionStatus.OPEN, False, Money(7000, "EUR"))
    assert session.url == f"http://localhost/demo/pay/{session.id}"
    assert (session.order, session.methods, session.is_converted, session.payment) == ("ORDER1", ("card",), False, None)


@pytest.mark.parametrize(
    ("lie", "named"),
    [
        ({"amount_total": 7001}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "zzz"}, "currency"),
        ({"payment_method_types": ["card", "link"]}, "methods"),
        ({"presentment_details": {"presentment_amount": 8000, "presentment_currency": "usd"}}, "conversion"),
        ({"livemode": True}, "mode"),
        ({"client_reference_id": "ORDER2"}, "order"),
    ],
)
def test_nobody_is_sent_to_a_page_that_differs(till, lie, named):
    settings.switch(lies=lie)

    with pytest.raises(errors.NotAsAsked) as refusal:
        till.session()

    assert named in refusal.value.differences
    assert checkout.retrieve(till.gateway, refusal.value.session).status == SessionStatus.EXPIRED


def test_conversion_that_somebody_switched_on_in_the_dashboard_stays_off(till):
    settings.switch(adaptive_pricing=True, methods=["card", "link", "klarna"])

    session = till.session()

    assert (session.is_converted, session.methods) == (False, ("card",))


def test_what_was_paid_is_compared_with_the_order_again(till):
    session = till.session()
    world.pay(session.id)
    paid = checkout.retrieve(till.gateway, session.id)

    assert checkout.differences(purchase(), paid, till.gateway) == ()
    assert checkout.differences(purchase(6900), paid, till.gateway) == ("amount",)
    assert checkout.differences(purchase(7000, "USD"), paid, till.gateway) == ("currency",)
    live = Gateway("sk_live_x", "whsec_a", "whsec_b")
    assert checkout.differences(purchase(), paid, live) == ("mode",)


@pytest.mark.parametrize("minutes", [30, 24 * 60, 0, -5])
def test_a_page_that_stripe_would_refuse_for_its_length_is_never_asked_for(till, clock, minutes):
    with pytest.raises(ValueError, match="open for"):
        till.session(ends_at=clock.now() + timedelta(minutes=minutes))


def test_two_currencies_on_one_page_are_refused(till):
    lines = (Line("A", Money(100, "EUR")), Line("B", Money(100, "USD")))

    with pytest.raises(ValueError, match="one currency"):
        till.session(lines=lines)


def test_too_little_is_refused_by_stripe_and_nothing_is_made(till, clock):
    with pytest.raises(errors.Refused) as refusal:
        till.session(49)

    assert refusal.value.code == "amount_too_small"
    assert list(checkout.made_since(till.gateway, clock.now())) == []


# ---------------------------------------------------------------- once


def test_asked_again_with_the_same_key_there_is_one_page(till, clock):
    first, second = till.session(), till.session()

    assert first.id == second.id
    assert [page.id for page in checkout.made_since(till.gateway, clock.now())] == [first.id]


def test_the_same_key_for_something_else_is_a_fault_of_ours(till):
    till.session(7000)

    with pytest.raises(errors.KeyReused):
        till.session(8000)


def test_after_a_lost_answer_the_same_key_finds_the_page_that_was_made(till, clock):
    wanted = purchase()
    faults.expect(Fault.TIMEOUT_AFTER, CREATE)
    with pytest.raises(errors.UnknownOutcome):
        checkout.create(till.gateway, wanted, "row:1")

    again = checkout.create(till.gateway, wanted, "row:1")

    assert [page.id for page in checkout.made_since(till.gateway, clock.now())] == [again.id]


def test_a_page_is_found_by_the_row_that_asked_for_it_when_the_key_may_be_forgotten(till, clock):
    began = clock.now()
    faults.expect(Fault.RESET_AFTER, CREATE)
    with pytest.raises(errors.UnknownOutcome):
        till.session(key="row:9")
    clock.advance(hours=26)

    found = checkout.find(till.gateway, "row:9", began)

    assert found
    assert found.order == "ORDER1"
    assert checkout.find(till.gateway, "row:10", began) is None


def test_what_is_listed_comes_page_after_page(till, clock):
    made = {till.session(key=f"row:{number}").id for number in range(103)}

    assert {page.id for page in checkout.made_since(till.gateway, clock.now())} == made


# ---------------------------------------------------------------- closed


def test_a_page_that_is_open_is_closed(till):
    session = till.session()

    assert checkout.expire(till.gateway, session.id).status == SessionStatus.EXPIRED
    assert not world.pay(session.id)


def test_closing_a_page_on_which_somebody_has_paid_says_so(till):
    session = till.session()
    world.pay(session.id)

    closed = checkout.expire(till.gateway, session.id)

    assert (closed.status, closed.is_paid) == (SessionStatus.COMPLETE, True)
    assert closed.payment


def test_closing_twice_is_the_same_as_once(till):
    session = till.session()
    checkout.expire(till.gateway, session.id)

    assert checkout.expire(till.gateway, session.id).status == SessionStatus.EXPIRED


def test_a_page_closes_by_itself_when_its_time_is_over(till, clock):
    session = till.session()
    clock.advance(minutes=32)
    world.go_on()

    assert checkout.retrieve(till.gateway, session.id).status == SessionStatus.EXPIRED


def test_money_can_arrive_although_the_page_was_closed(till, clock):
    session = till.session()
    world.pay_late(session.id)
    checkout.expire(till.gateway, session.id)
    clock.advance(minutes=33)
    world.go_on()

    late = checkout.retrieve(till.gateway, session.id)

    assert (late.status, late.is_paid) == (SessionStatus.COMPLETE, True)


@pytest.mark.parametrize("arrives", [True, False])
def test_money_that_takes_days_is_awaited_and_then_there_or_not(till, arrives):
    session = till.session()
    world.pay_slowly(session.id)
    waiting = checkout.retrieve(till.gateway, session.id)
    assert (waiting.status, waiting.is_paid, waiting.has_failed, waiting.payment) == (
        SessionStatus.COMPLETE,
        False,
        False,
        None,
    )

    world.settle_slow_payment(session.id, arrives=arrives)

    settled = checkout.retrieve(till.gateway, session.id)
    assert (settled.is_paid, settled.has_failed) == (arrives, not arrives)


def test_a_page_that_never_was_is_not_there(till):
    with pytest.raises(errors.NoSuchObject):
        checkout.retrieve(till.gateway, "cs_test_of_somebody_else")


# ---------------------------------------------------------------- what was paid


def test_what_was_paid_says_what_reached_the_balance_and_in_which_currency(till):
    payment = till.paid(7000)

    assert (payment.amount, payment.settled, payment.fee) == (Money(7000, "EUR"), Money(7000, "EUR"), Money(130, "EUR"))
    assert (payment.refunded, payment.is_disputed) == (Money(0, "EUR"), False)


def test_a_charge_that_was_settled_in_another_currency_says_so(till):
    settings.switch(settles_in="eur")

    payment = till.paid(10_000, "USD")

    assert (payment.amount, payment.settled) == (Money(10_000, "USD"), Money(9000, "EUR"))


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [("JPY", 1000, 1000), ("ISK", 4501, 450_100), ("UGX", 50_000, 5_000_000), ("KWD", 12_340, 12_340), ("HUF", 104_500,
      104_500), ("EUR", 7000, 7000)],
)  # fmt: skip
def test_each_currency_is_counted_as_stripe_counts_it(till, currency, ours, theirs):
    asked = checkout.parameters(purchase(ours, currency), "row:1")
    assert asked["line_items"][0]["price_data"]["unit_amount"] == theirs

    assert till.paid(ours, currency).amount == Money(ours, currency)


def test_a_fraction_that_no_card_can_be_charged_is_never_asked_for(till):
    with pytest.raises(ValueError, match="multiples of 10"):
        till.session(12_345, "KWD")


# ---------------------------------------------------------------- the contract


def test_a_name_that_the_api_no_longer_knows_would_be_noticed(till, monkeypatch):
    asked = checkout.parameters(purchase(), "row:1") | {"payment_method_types": ["card"]}
    monkeypatch.setattr(checkout, "parameters", lambda _wanted, _key: asked)

    with pytest.raises(AssertionError, match="payment_method_types"):
        till.session()


def test_a_number_of_another_shape_would_be_noticed():
    from practice.sandbox.routing import matched

    route, _ = matched("POST", "/v1/refunds")
    with pytest.raises(AssertionError, match="amount"):
        check(route, {"amount": "70.50"})


def test_stripe_is_never_asked_inside_a_transaction(till):
    with transaction(), pytest.raises(RuntimeError, match="inside a transaction"):
        till.session()


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"Stripe-Version": "2025-01-27.acacia"}, 400), ({"Authorization": "Bearer sk_live_x"}, 401)],
)
def test_the_sandbox_speaks_one_version_with_one_key(till, changed, status):
    headers = {"Authorization": "Bearer sk_test_sandbox", "Stripe-Version": API_VERSION}

    answer = till.gateway.transport("get", "https://api.stripe.com/v1/balance", headers | changed, "", patience=1)

    assert answer[0] == status


def test_a_statement_says_what_card_networks_take(till):
    for suffix in ("x" * 23, "12345", "A*B", "A<B", 'A"B', "ÄÖÜ", "a\nb"):
        with pytest.raises(ValueError, match="card statement"):
            till.session(suffix=suffix)
    assert till.session(suffix="").id


def test_no_secret_and_no_word_of_a_request_is_written_anywhere(till, caplog):
    caplog.set_level("DEBUG")
    session = till.session()
    with pytest.raises(errors.NoSuchObject):
        checkout.retrieve(till.gateway.hurried, "cs_test_none")

    assert [record for record in caplog.records if record.name.startswith("stripe")] == []
    for secret in (till.gateway.api_key, till.gateway.webhook_secret, till.gateway.thin_webhook_secret):
        assert secret not in repr(till.gateway)
    assert session.id
