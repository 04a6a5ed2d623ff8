"""What the card processor does past us, or otherwise than it was asked for, is noticed, named and never taken for ours.

Charges settled in another currency, accounts in another, transfers taken back and payouts made elsewhere, a payment
whose charge is not to be seen yet.
"""

from dataclasses import replace

import pytest
from sqlalchemy import select

from practice.payments import accounts, actions, jobs, looking, payday, queries, sweeping
from practice.payments.account_stages import AccountStage, account_stage
from practice.payments.forms import currencies
from practice.payments.models import Concern, MoneyOperation, OrderLine
from practice.payments.states import OrderState, PaymentState
from practice.providers.stripe_gateway import money
from practice.providers.stripe_gateway.errors import UnknownOutcome
from practice.sandbox import objects, world
from practice.sandbox.happenings import NEVER
from practice.sandbox.models import SandboxMovement
from practice.sandbox.settings import switch
from practice.specialists.queries.offers import sells
from practice.specialists.states import OfferKind
from practice.store.db import db, transactional
from practice.values.errors import Invalid
from practice.values.money import Money
from tests.factories import offer, payout_account, sign_in
from tests.payments.test_payees import account_of, earned
from tests.payments.test_paying import opened, paid, work
from tests.shop import again, unsound


@pytest.fixture
def account(app, cast):
    return account_of(cast.anna)


def concerns():
    return [(each.kind, each.detail) for each in db.session.scalars(select(Concern).order_by(Concern.id))]


def tries():
    return db.session.scalar(select(MoneyOperation.attempts).where(MoneyOperation.kind == "transfer"))


# ---------------------------------------------------------------- settled in another currency


def test_what_was_settled_in_another_currency_is_named_and_never_sent_on_in_vain(buy, cast, clock):
    account_of(cast.anna, currency="USD")
    switch(settles_in="eur")
    order = earned(buy, clock, 7000, currency="USD")
    clock.advance(hours=3)
    work()

    assert (order.settled_in, order.settled) == ("EUR", 6300)
    assert concerns() == [("currencies_apart", "settled as €63.00")]
    assert tries() is None
    assert not order.lines[0].open
    assert [each for each in unsound() if each.startswith("Order")] == [
        f"Order {order.code} was paid in USD and settled in EUR: what was earned with it cannot be sent on."
    ]

    actions.give_back(order.lines[0], order.total)
    work()
    assert again(order).state == OrderState.REFUNDED
    assert not any(order.code in each for each in unsound())


def test_what_was_settled_as_it_was_paid_is_sent_on(buy, account, clock):
    order = earned(buy, clock)

    assert (order.settled_in, order.settled, order.lines[0].sent) == ("EUR", 7000, 6160)
    assert concerns() == []


def test_a_transfer_that_is_refused_over_its_currency_is_not_tried_for_ever(buy, account, clock):
    order = paid(buy)
    forget_settlement(order)
    spoil(order)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    for _ in range(3):
        work()
        jobs.accounts()
        clock.advance(hours=2)

    assert (again(order).settled_in, again(order).lines[0].open, tries()) == ("XXX", False, 1)
    assert [kind for kind, _ in concerns()] == ["currencies_apart"]


@transactional
def forget_settlement(order):
    """As an order is that was paid before we asked in what it was settled."""
    order.settled, order.settled_in = 0, ""


@transactional
def spoil(order):
    entry = objects.load(order.charge, "charge").body["balance_transaction"]
    db.session.scalars(select(SandboxMovement).where(SandboxMovement.id == entry)).one().currency = "usd"


# ---------------------------------------------------------------- only what can be paid out is sold


def test_nobody_opens_an_account_in_a_currency_that_is_not_settled(only_eur):
    with pytest.raises(Invalid) as refusal:
        accounts.open_account(only_eur, "AT", "USD")

    assert "currency" in refusal.value.fields
    assert accounts.open_account(only_eur, "AT", "EUR").currency == "EUR"


def test_nothing_is_sold_in_a_currency_that_is_not_settled(only_eur):
    row = payout_account(only_eur, currency="USD", name="acct_1", pays_out=True)
    assert queries.paid_in(only_eur) is None
    db.session.refresh(only_eur.specialist)
    assert not sells(only_eur.specialist).sells(Money(7000, "USD"))
    assert "settled" in sells(only_eur.specialist).missing
    assert queries.takes_money(row), "what was sold before is still sent"


def test_today_says_that_the_currency_of_the_account_is_what_stands_in_the_way(only_eur, client):
    payout_account(only_eur, currency="USD", name="acct_1")
    offer(only_eur.specialist, kind=OfferKind.INDIVIDUAL, minutes=50, price=Money(7000, "USD"))

    said = sign_in(client, only_eur).get("/practice").text

    assert "in the currency of your payout account" in said
    assert "another currency" not in said


def test_the_page_offers_only_currencies_that_are_settled(only_eur):
    assert [each.value for each in currencies()] == ["", "EUR"]


@pytest.fixture
def only_eur(app, cast, monkeypatch):
    """Anna, where Stripe settles nothing but euros as it was paid."""
    monkeypatch.setitem(app.config, "PRACTICE", replace(app.config["PRACTICE"], settles_in=("EUR",)))
    return cast.anna


# ---------------------------------------------------------------- accounts in another currency


def test_what_was_earned_in_one_currency_is_not_sent_to_an_account_in_another(buy, account, cast, clock):
    order = paid(buy)
    set_currency(account, "CHF")
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    jobs.accounts()

    clock.advance(hours=3)
    work()
    assert (again(order).lines[0].sent, tries()) == (0, 1)
    assert concerns() == [("currencies_apart", "account in CHF")]

    set_currency(account, "EUR")
    jobs.accounts()
    work()
    assert again(order).lines[0].sent == 6160


@transactional
def set_currency(account, currency):
    row = objects.load(account.name, "v2.core.account")
    objects.change(row, defaults=row.body["defaults"] | {"currency": currency.lower()})
    account.currency = currency


def test_whoever_has_still_to_be_paid_opens_their_next_account_in_the_same_currency(buy, account, cast, clock):
    order = paid(buy)
    world.close_account(account.name)
    work()
    with pytest.raises(Invalid) as refusal:
        accounts.open_account(cast.anna, "CH", "CHF")
    assert "EUR" in refusal.value.fields["currency"]

    account_of(cast.anna)
    actions.ends(order.lines[0], clock.now())
    clock.advance(hours=49)
    jobs.ripen()
    work()
    assert again(order).lines[0].sent == 6160


def test_what_is_taken_back_in_another_currency_is_no_part_of_a_payout(buy, account, cast, clock):
    order = earned(buy, clock)
    line = buy(5000, currency="USD", code="U").lines[0]
    set_taking(line, 4000)

    assert payday._theirs(account) == Money(order.lines[0].sent, "EUR")


@transactional
def set_taking(line, amount):
    db.session.get_one(OrderLine, line.id).taking = amount


# ---------------------------------------------------------------- past us


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "found"])
def test_a_transfer_that_was_taken_back_elsewhere_is_named_once(buy, account, clock, gateway, is_told):
    order = earned(buy, clock)
    sent = money.transfers_of(gateway, order.code)[0]
    name = world.reverse_outside(sent.id, 1000)
    for _ in range(2):
        work() if is_told else sweeping.find_objects()

    assert concerns() == [("reversed_outside", f"{name}: €10.00")]


def test_a_transfer_that_we_took_back_is_nothing_new(buy, account, clock):
    order = earned(buy, clock)
    actions.give_back(order.lines[0], order.total)
    work()
    sweeping.find_objects()

    assert (again(order).lines[0].taken, concerns()) == (6160, [])


def test_a_payout_that_nobody_of_us_asked_for_is_named(buy, account, clock):
    earned(buy, clock)
    clock.advance(days=8)
    name = world.pay_out_by_schedule(account.name, 6160, "eur")
    clock.advance(days=3)
    work()

    assert concerns() == [("payout_outside", f"account {account.code}: {name}, €61.60")]


def test_nobody_sells_before_payouts_are_ours_to_ask_for(buy, cast, clock):
    switch(payouts_by_hand=False)
    row = account_of(cast.anna)
    order = earned(buy, clock)
    assert queries.paid_in(cast.anna) is None
    assert (account_stage(row), order.lines[0].sent) == (AccountStage.CHECKING, 0)

    switch(payouts_by_hand=True)
    clock.advance(hours=2)
    work()
    jobs.accounts()
    work()
    assert queries.paid_in(cast.anna)
    assert again(order).lines[0].sent == 6160


# ---------------------------------------------------------------- a payment without its charge


def test_what_is_paid_and_shows_no_charge_yet_is_not_yet_known(buy, gateway, clock, client, cast, sign_in):
    order = opened(buy)
    world.pay(order.page, NEVER)
    intent = order_intent(order)
    charge = objects.load(intent).body["latest_charge"]
    set_charge(intent, None)
    with pytest.raises(UnknownOutcome):
        looking.at_order(order, gateway)
    sign_in(client, cast.ben)
    text = client.get(f"/checkout/{order.code}/return").text
    assert "Nothing is paid" not in text
    assert "Nothing was charged" not in text
    assert (again(order).payment, again(order).charge, concerns()) == (PaymentState.AWAITED, "", [])

    set_charge(intent, charge)
    clock.advance(minutes=5)
    sweeping.look_at_pages()
    assert (again(order).payment, again(order).charge) == (PaymentState.PAID, charge)
    assert unsound() == []


def test_a_charge_that_never_shows_is_before_staff(buy, gateway, clock):
    order = opened(buy)
    world.pay(order.page, NEVER)
    set_charge(order_intent(order), None)
    clock.advance(hours=1)
    sweeping.look_at_pages()

    assert [kind for kind, _ in concerns()] == ["unknown_amount"]
    assert again(order).payment == PaymentState.AWAITED


def order_intent(order):
    return objects.load(order.page).body["payment_intent"]


@transactional
def set_charge(intent, charge):
    objects.change(objects.load(intent), latest_charge=charge)
