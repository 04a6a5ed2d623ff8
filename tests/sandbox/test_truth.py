"""The sandbox answers as Stripe would: no field that its package does not know, one state for all processes."""

import threading

import pytest
import stripe

from practice import sandbox
from practice.providers.stripe_gateway import checkout, errors, money
from practice.providers.stripe_gateway.values import TransferWanted
from practice.sandbox import faults, settings, world
from practice.sandbox.faults import Fault
from practice.sandbox.objects import shown
from practice.values.money import Money

KINDS = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
    "payout": stripe.Payout,
    "event": stripe.Event,
    "v2.core.account": stripe.v2.core.Account,
    "v2.core.account_link": stripe.v2.core.AccountLink,
}


@pytest.fixture
def everything(till):
    """One object of each kind."""
    from practice.providers.stripe_gateway import accounts

    payment, account = till.paid(), till.account()
    accounts.link(till.gateway, account.id, "http://localhost/a", "http://localhost/b")
    wanted = TransferWanted("ORDER1", account.id, Money(5000, "EUR"), payment.charge)
    transfer = money.transfer(till.gateway, wanted, "row:t")
    money.reverse(till.gateway, transfer.id, Money(1000, "EUR"), "row:v")
    money.pay_out(till.gateway, account.id, Money(2000, "EUR"), "row:p")
    money.refund(till.gateway, payment.intent, Money(1000, "EUR"), "ORDER1", "row:r")
    world.open_dispute(till.paid(key="row:2").charge)
    return till


def test_no_object_has_a_field_that_the_package_doesnt_know(everything):
    unknown = {
        kind: sorted(shown(world.newest(kind).body).keys() - known.__annotations__.keys())
        for kind, known in KINDS.items()
    }

    assert {kind: names for kind, names in unknown.items() if names} == {}


def test_what_is_the_sandboxs_own_is_never_shown(everything):
    session = next(everything.gateway.client.v1.checkout.sessions.list().auto_paging_iter())

    assert [name for name in session.to_dict() if name.startswith("_")] == []


def test_whatever_moves_between_accounts_adds_up(everything, clock):
    """What was charged is with us, with the payee, on its way to a bank, back with the client, or Stripe's."""
    clock.advance(days=3)
    payee = world.newest("v2.core.account").id
    ours, theirs = (money.balance(everything.gateway, each).to_be_had("EUR").amount for each in ("", payee))
    charged, refunded, disputed, fees, paid_out = 14_000, 1000, 7000, 130 * 2 + 1500, 2000

    assert ours + theirs + paid_out == charged - refunded - disputed - fees


def test_a_dispute_that_was_won_brings_the_money_back(till, clock):
    payment = till.paid()
    clock.advance(days=2)
    before = money.balance(till.gateway).to_be_had("EUR")
    dispute = world.open_dispute(payment.charge)
    assert money.balance(till.gateway).to_be_had("EUR") == before - Money(7000 + 1500, "EUR")

    world.decide_dispute(dispute, is_won=True)

    assert money.balance(till.gateway).to_be_had("EUR") == before - Money(1500, "EUR")


def test_a_refund_that_failed_brings_the_money_back(till, clock):
    payment = till.paid()
    clock.advance(days=2)
    before = money.balance(till.gateway)
    refund = money.refund(till.gateway, payment.intent, Money(7000, "EUR"), "ORDER1", "row:r")

    world.fail_refund(refund.id)

    assert money.balance(till.gateway) == before


def test_another_process_sees_the_same_stripe(till, make_app):
    session = till.session()
    other = make_app()

    with other.app_context():
        world.pay(session.id)

    assert checkout.retrieve(till.gateway, session.id).is_paid


def test_many_at_once_with_one_key_make_one(till, app, dirty):
    payment = till.paid(7000)
    dirty.mark()
    made, lock = [], threading.Barrier(6)

    def give_back():
        with app.app_context():
            lock.wait()
            made.append(money.refund(till.gateway, payment.intent, Money(500, "EUR"), "ORDER1", "row:r").id)

    together(give_back, 6)

    assert len(made) == 6
    assert len(set(made)) == 1


def test_many_at_once_with_keys_of_their_own_never_give_back_more_than_was_paid(till, app, dirty):
    payment = till.paid(7000)
    dirty.mark()
    ended, lock = [], threading.Barrier(6)

    def give_back():
        with app.app_context():
            lock.wait()
            key = f"row:{threading.get_ident()}"
            try:
                money.refund(till.gateway, payment.intent, Money(2000, "EUR"), "ORDER1", key)
                ended.append("done")
            except errors.Refused:
                ended.append("refused")

    together(give_back, 6)

    assert sorted(ended) == ["done"] * 3 + ["refused"] * 3
    assert len(money.refunds_of(till.gateway, payment.intent)) == 3


def test_paying_and_closing_at_the_same_moment_end_in_one_of_the_two(till, app, dirty):
    dirty.mark()
    for number in range(6):
        session, ended = till.session(key=f"row:{number}"), {}
        barrier = threading.Barrier(2)

        def pay(session=session, ended=ended, barrier=barrier):
            with app.app_context():
                barrier.wait()
                ended["paid"] = world.pay(session.id)

        def close(session=session, ended=ended, barrier=barrier):
            with app.app_context():
                barrier.wait()
                ended["closed"] = checkout.expire(till.gateway, session.id)

        threads = [threading.Thread(target=each) for each in (pay, close)]
        [each.start() for each in threads]
        [each.join() for each in threads]

        assert ended["paid"] is ended["closed"].is_paid


def together(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_faults_hold_for_all_processes(till, make_app):
    with make_app().app_context():
        faults.expect(Fault.TOO_MANY)

    with pytest.raises(errors.NotNow):
        till.session()


def test_the_dashboard_knows_what_it_can_switch(app):
    with pytest.raises(KeyError):
        settings.switch(moon="full")


def test_the_sandbox_doesnt_start_beside_a_key_of_stripes_own(make_app):
    keys = {
        "stripe_secret_key": "sk_live_1",
        "stripe_webhook_secret": "whsec_a",
        "stripe_thin_webhook_secret": "whsec_b",
    }
    app = make_app(mode="production", base_url="https://practice.example", **keys)

    assert app.extensions["stripe_gateway"].transport is None
    assert app.extensions["stripe_gateway"].is_live
    with pytest.raises(RuntimeError, match="key of Stripe's own"):
        sandbox.set_up(app)
    assert app.test_client().get("/demo/pay/cs_test_x", base_url="https://practice.example").status_code == 404


def test_without_keys_nothing_can_be_paid_in_production(make_app):
    app = make_app(mode="production", base_url="https://practice.example")

    assert "stripe_gateway" not in app.extensions
