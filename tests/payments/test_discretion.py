"""What the card processor is told of people, and what is kept of its words: as little as can be."""

import json

from practice.payments import accounts, actions, desk_queries, hands, telling_payees
from practice.payments.kinds import OpKind
from practice.payments.models import MoneyOperation
from practice.payments.policy.effects import Concern
from practice.providers.stripe_gateway.errors import Refused
from practice.sandbox.objects import load
from practice.store.db import db, transaction
from practice.values import clock as wall
from tests.payments.test_paying import opened
from tests.providers.test_stripe_events import signed

WORDS = "Invalid email address: ben@example.com"
REFUSAL = Refused(WORDS, "email_invalid", "contact_email")


def test_a_payment_page_is_told_nothing_of_who_pays(buy, cast):
    body = load(opened(buy).page, "checkout.session").body

    assert body["customer_email"] is None
    assert cast.ben.email not in str(body)


def test_of_a_refusal_its_code_is_kept_and_none_of_its_words(buy, cast, gateway):
    buy()
    hands.put_off(hands.lease(), REFUSAL, troubles=True)
    accounts.open_account(cast.anna, "AT", "EUR")
    hand = hands.lease(MoneyOperation.kind == OpKind.OPEN_ACCOUNT)
    with transaction():
        telling_payees.REFUSED[OpKind.OPEN_ACCOUNT](hand, gateway, REFUSAL).tell()

    kept = [row.last_error for row in db.session.query(MoneyOperation)]
    kept += [each.detail for each in desk_queries.concerns()]
    assert "Refused email_invalid contact_email" in kept
    assert not [each for each in kept if WORDS in each]
    assert [each.kind for each in desk_queries.concerns()] == [Concern.STUCK] * 2


def test_messages_of_the_other_mode_are_one_thing_to_look_at_however_many_there_are(client, gateway):
    for number in range(5):
        body = json.dumps(
            {
                "object": "event",
                "id": f"evt_{number}",
                "type": "payout.paid",
                "created": int(wall.now().timestamp()),
                "data": {"object": {"id": "po_1"}},
                "livemode": True,
            }
        ).encode()
        mark = signed(body, gateway.webhook_secret, int(wall.now().timestamp()))
        sent = {"Stripe-Signature": mark, "Content-Type": "application/json"}
        assert client.post("/payments/webhooks/stripe", data=body, headers=sent).status_code == 400

    assert [(each.kind, each.detail) for each in desk_queries.concerns()] == [(Concern.WRONG_MODE, "")]


def test_the_desk_shows_so_many_at_a_time_and_says_how_many_follow(app, cast, sign_in):
    for number in range(desk_queries.A_PAGE + 3):
        actions.park(Concern.STUCK, None, 0, f"line {number}: KeyError")

    assert len(desk_queries.concerns()) == desk_queries.A_PAGE
    assert "3 more follow" in sign_in(app.test_client(), cast.sam).get("/admin/refunds?show=doubt").text
