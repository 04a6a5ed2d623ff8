"""The page that stands in for the partner's questions to the owner of a payout account: opened once, soon."""

import pytest

from practice.providers.stripe_gateway import accounts
from practice.providers.stripe_gateway.values import AccountState

BACK, ANEW = "http://localhost/practice/payouts", "http://localhost/practice/payouts/again"


@pytest.fixture
def account(till):
    return till.account(outcome=None)


@pytest.fixture
def path(till, account):
    return accounts.link(till.gateway, account.id, BACK, ANEW).url.removeprefix("http://localhost")


def test_what_the_partner_says_is_chosen_and_leads_back(till, account, path, post, client):
    assert client.get(path).status_code == 200

    answer = post(path, outcome="ready")

    assert answer.location == BACK
    assert accounts.retrieve(till.gateway, account.id).state == AccountState.READY


def test_a_way_that_was_used_leads_to_where_another_is_made(till, account, path, post, client):
    post(path, outcome="checking")

    assert client.get(path).location == ANEW
    assert post(path, outcome="ready").location == ANEW
    assert accounts.retrieve(till.gateway, account.id).state == AccountState.CHECKING


def test_a_way_ends_after_minutes(path, client, clock):
    clock.advance(minutes=10)

    assert client.get(path).location == ANEW


def test_an_answer_that_was_not_offered_is_refused(path, post):
    assert post(path, outcome="rich").status_code == 422
