"""With keys of the real card processor its pages can be reached from ours, and what it tells is asked for."""

from dataclasses import replace

import pytest

from practice.config import settings
from practice.http import headers
from practice.providers.stripe_gateway.events import ORDINARY


def targets(answer):
    """Where a form on this page may lead."""
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    return policy["form-action"].split()


@pytest.mark.parametrize("key", ["sk_test_51Hx0aBcDeFgHiJkLmNoPq", "sk_live_51Hx0aBcDeFgHiJkLmNoPq"])
def test_a_form_may_lead_on_to_the_pages_for_cards_and_for_payees(client, monkeypatch, key):
    monkeypatch.setattr(headers, "settings", lambda: replace(settings(), stripe_secret_key=key))

    assert targets(client.get("/terms")) == ["'self'", "https://checkout.stripe.com", "https://connect.stripe.com"]


def test_without_keys_no_form_leads_anywhere_else(client):
    assert targets(client.get("/terms")) == ["'self'"]


def test_a_payout_that_was_called_off_is_heard_of_at_once():
    assert {"payout.paid", "payout.failed", "payout.canceled"} <= set(ORDINARY)
