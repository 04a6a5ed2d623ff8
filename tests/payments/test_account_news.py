"""Whose payout account stops taking money, or reaches no bank, hears of it once and sells nothing until it goes on."""

import pytest

from practice.payments import queries
from practice.payments.account_stages import AccountStage, account_stage
from practice.sandbox import world
from practice.sandbox.accounts import Outcome
from practice.specialists.queries import sells
from practice.specialists.selling import Missing
from tests.factories import sign_in
from tests.pages import tree_of
from tests.payments.test_payees import account_of
from tests.payments.test_paying import work
from tests.selling import sold_by

KIND = "payments/account"


@pytest.fixture
def account(app, cast):
    row = account_of(cast.anna)
    sold_by(cast.anna)
    return row


@pytest.fixture
def news(cast, outbox):
    """What she was told of her account so far."""
    return lambda: [each.context["became"] for each in outbox.to(cast.anna) if each.template == KIND]


def stops_paying(account):
    world.stop_payouts(account.name)
    work()


# ---------------------------------------------------------------- what is not paid out is not sold


def test_while_no_bank_is_reached_nothing_more_is_sold(account, cast):
    assert sells(cast.practice).can_pay_out
    stops_paying(account)

    found = sells(cast.practice)
    assert account_stage(account) == AccountStage.STOPPED
    assert (found.can_pay_out, found.missing) == (False, (Missing.PAYOUTS,))
    assert queries.takes_money(account), "what was sold before is still sent"

    world.onboard(account.name)
    work()
    assert sells(cast.practice).can_pay_out


@pytest.mark.parametrize("address", ["/practice", "/practice/offers", "/practice/payouts"])
def test_whoever_sells_reads_why_nothing_is_sold(account, cast, client, address):
    stops_paying(account)
    sign_in(client, cast.anna)

    assert "bank can’t be reached" in " ".join(tree_of(client.get(address)).main.get_text(" ").split())


# ---------------------------------------------------------------- each of it is told once


def test_an_account_tells_its_owner_when_it_stops_and_when_it_goes_on(account, news, clock):
    assert news() == ["ready"]
    clock.advance(hours=1)
    stops_paying(account)
    work()
    world.onboard(account.name, Outcome.MISSING)
    work()
    world.onboard(account.name, Outcome.CHECKING)
    work()
    world.onboard(account.name)
    work()

    assert news()[1:] == ["stopped", "missing", "ready"]


def test_another_look_at_the_same_tells_nothing_more(account, news):
    world.onboard(account.name)
    work()

    assert news() == ["ready"]


@pytest.mark.parametrize(
    ("happens", "says"),
    [(lambda name: world.onboard(name, Outcome.REFUSED), "refused"), (world.close_account, "closed")],
)
def test_an_account_that_ends_is_told_of(account, news, happens, says):
    happens(account.name)
    work()

    assert news()[1:] == [says]


def test_what_is_still_missing_at_the_beginning_is_no_news(app, cast, news):
    account_of(cast.anna, Outcome.MISSING)

    assert news() == []
