"""A payout account is opened once, says in words what its owner still has to give, and where the way in leads."""

from datetime import timedelta

import pytest

from practice.providers.stripe_gateway import accounts, errors
from practice.providers.stripe_gateway.values import AccountState, AccountWanted, Deadline
from practice.sandbox import world
from practice.sandbox.accounts import Outcome

BACK, ANEW = "http://localhost/practice/payouts", "http://localhost/practice/payouts/again"


def test_an_account_takes_transfers_from_our_balance_and_its_losses_are_ours():
    asked = accounts.parameters(AccountWanted("anna", "anna@demo.example", "AT", "EUR", name="Anna K", row="r"))

    assert asked["configuration"] == {
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    }
    assert asked["defaults"]["responsibilities"] == {"fees_collector": "application", "losses_collector": "application"}
    assert asked["metadata"] == {"payee": "anna", "row": "r"}


def test_a_new_account_says_in_words_what_is_missing(till):
    account = till.account(outcome=None)

    assert (account.state, account.pays_out, account.payee) == (AccountState.MISSING, False, "anna")
    assert (account.country, account.currency, account.is_live) == ("AT", "EUR", False)
    labels = [each.label for each in account.requirements]
    assert labels == [
        "your first name", "your date of birth", "your home address", "the bank account for payouts",
        "your consent to Stripe’s terms",
    ]  # fmt: skip
    assert {each.deadline for each in account.requirements} == {Deadline.CURRENTLY_DUE}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.READY, AccountState.READY),
        (Outcome.CHECKING, AccountState.CHECKING),
        (Outcome.MISSING, AccountState.MISSING),
        (Outcome.REFUSED, AccountState.REFUSED),
    ],
)
def test_whose_turn_it_is_can_be_told(till, outcome, state):
    account = till.account(outcome=outcome)

    assert account.state == state
    assert account.pays_out is (outcome == Outcome.READY)


def test_a_closed_account_says_so_and_another_can_be_opened(till):
    account = till.account()
    world.close_account(account.id)

    assert accounts.retrieve(till.gateway, account.id).state == AccountState.CLOSED
    assert accounts.find(till.gateway, account.row) is None
    with pytest.raises(errors.AccountGone):
        accounts.link(till.gateway, account.id, BACK, ANEW)


def test_an_account_is_found_by_the_row_that_asked_for_it_and_none_that_somebody_had_before(till):
    for number in range(12):
        till.account(f"payee-{number}", outcome=None)

    def asked_for(row):
        return accounts.create(
            till.gateway, AccountWanted("anna", "a@demo.example", "AT", "EUR", row=row), f"key:{row}"
        )

    before, account = asked_for("before"), asked_for("now")
    assert accounts.find(till.gateway, "now").id == account.id
    assert accounts.find(till.gateway, "before").id == before.id
    assert accounts.find(till.gateway, "another") is None


def test_a_country_that_cannot_be_paid_is_refused_before_anybody_fills_in_anything(till):
    with pytest.raises(errors.Refused) as refusal:
        accounts.create(till.gateway, AccountWanted("mia", "mia@demo.example", "AU", "AUD"), "row:a")

    assert refusal.value.code == "unsupported_country"
    assert "AU" not in accounts.PAYS_TO


def test_the_way_in_is_short_and_shows_itself_in_no_log(till, clock):
    account = till.account(outcome=None)

    link = accounts.link(till.gateway, account.id, BACK, ANEW)

    assert link.url.startswith("http://localhost/demo/onboarding/")
    assert link.ends_at - clock.now() == timedelta(minutes=10)
    assert link.url not in repr(link)


def test_what_was_wrong_with_the_last_try_is_said(app):
    body = {
        "id": "acct_1", "livemode": False, "closed": False,
        "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"status":
        "restricted"}}}}},
        "requirements": {
            "entries": [
                {"description": "identity.individual.documents.primary_verification.front_back", "awaiting_action_from":
                 "user", "errors": [{"code": "verification_document_expired", "description": "…"}],
                 "minimum_deadline": {"status": "past_due"}},
                {"description": "identity.something_new", "awaiting_action_from": "stripe", "errors": [],
                 "minimum_deadline": {"status": "eventually_due"}},
            ],
            "summary": {"minimum_deadline": {"status": "past_due", "time": "2027-03-09T00:00:00Z"}},
        },
    }  # fmt: skip

    account = accounts.account_of(body)

    first, second = account.requirements
    assert (first.label, first.fault) == ("a picture of an identity document", "The document could not be used.")
    assert first.deadline == Deadline.PAST_DUE
    assert (second.label, second.is_stripes, second.fault) == (accounts.UNNAMED, True, "")
    assert account.state == AccountState.MISSING
    assert account.until
    assert account.until.isoformat() == "2027-03-09T00:00:00+00:00"


def test_what_only_waits_for_stripe_is_being_checked():
    body = {
        "id": "acct_1", "livemode": False, "configuration": None, "requirements": {"entries": [
            {"description": "identity.individual.address", "awaiting_action_from": "stripe", "errors": [],
             "minimum_deadline": {"status": "currently_due"}}], "summary": None},
    }  # fmt: skip

    assert accounts.account_of(body).state == AccountState.CHECKING
