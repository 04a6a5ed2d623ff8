"""Whatever arrives at the addresses for the card processor's messages is answered: kept, or not believed."""

import json

import pytest

from practice.payments.models import StripeEvent
from practice.store.db import db
from practice.values import clock
from tests.providers.test_stripe_events import signed

ORDINARY, THIN = "/payments/webhooks/stripe", "/payments/webhooks/stripe/thin"
ODD = [{"a": 1}, [1], [], 7, True, "a\0b", "\ud800", "x" * 81, "\n"]
WHEN = [
    10**18,
    1e308,
    -(10**18),
    10**400,
    None,
    [],
    {},
    "soon",
    float("nan"),
    "9999-12-31T23:59:59-23:00",
    "2027-03-01T09:00",
]
DEEP = b'{"object": "event", "data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.fixture
def hear(client, gateway):
    """The status of a message that is signed as Stripe signs."""

    def post(path, body):
        secret = gateway.thin_webhook_secret if path == THIN else gateway.webhook_secret
        sent = {"Stripe-Signature": signed(body, secret, int(clock.now().timestamp()))}
        return client.post(path, data=body, headers=sent | {"Content-Type": "application/json"}).status_code

    return post


def ordinary(thing=None, **changes):
    plain = {"object": "event", "id": "evt_1", "type": "payout.paid", "created": int(clock.now().timestamp())}
    about = {"id": "po_1"} | (thing or {})
    return json.dumps(plain | {"livemode": False, "account": None, "data": {"object": about}} | changes).encode()


def thin(**changes):
    plain = {"object": "v2.core.event", "id": "evt_2", "type": "v2.core.account.closed"}
    named = {"created": clock.now().isoformat(), "livemode": False, "related_object": {"id": "acct_1"}}
    return json.dumps(plain | named | changes).encode()


def test_a_message_as_it_should_be_is_kept(hear):
    assert (hear(ORDINARY, ordinary()), hear(THIN, thin())) == (200, 200)
    assert db.session.query(StripeEvent).count() == 2


@pytest.mark.parametrize("path", [ORDINARY, THIN])
@pytest.mark.parametrize(
    "signature", ["t=1,v1=\u00e9", "\u00e9", "t=\u00e9,v1=a", "t=" + "9" * 4000 + ",v1=a", "t==,v1="]
)
def test_no_signature_is_too_odd_for_an_answer(client, gateway, path, signature):
    sent = {"Stripe-Signature": signature, "Content-Type": "application/json"}

    assert client.post(path, data=ordinary(), headers=sent).status_code == 400


@pytest.mark.parametrize("stamp", [10**400, -(10**400)], ids=["late", "early"])
def test_a_signed_stamp_of_any_size_is_weighed(client, gateway, stamp):
    body = ordinary()
    sent = {"Stripe-Signature": signed(body, gateway.webhook_secret, stamp), "Content-Type": "application/json"}

    assert client.post(ORDINARY, data=body, headers=sent).status_code == 400


def test_nothing_odd_in_a_signed_message_is_believed(hear):
    bodies = [
        (ORDINARY, ordinary(**{name: odd}))
        for name in ("id", "type", "livemode", "data")
        for odd in ODD
        if name != "livemode" or odd is not True
    ]
    bodies += [(ORDINARY, ordinary(account=odd)) for odd in ODD if odd != []]
    bodies += [(ORDINARY, ordinary({"id": odd})) for odd in ODD if odd != []]
    bodies += [(ORDINARY, ordinary(created=when)) for when in WHEN]
    bodies += [(THIN, thin(**{name: odd})) for name in ("id", "type") for odd in ODD]
    bodies += [(THIN, thin(related_object={"id": odd})) for odd in ODD if odd != []]
    bodies += [(THIN, thin(created=when)) for when in WHEN]
    bodies += [(path, DEEP) for path in (ORDINARY, THIN)]
    bodies += [(path, b"\xef\xbb\xbf{}") for path in (ORDINARY, THIN)]

    assert [(path, body[:200]) for path, body in bodies if hear(path, body) != 400] == []
    assert db.session.query(StripeEvent).count() == 0


@pytest.mark.parametrize("name", ["client_reference_id", "transfer_group", "metadata"])
def test_an_order_that_cannot_be_ours_is_none(hear, name):
    """Others who use the same account write there what they like, and Stripe would try for days."""
    for number, odd in enumerate(ODD):
        assert (
            hear(ORDINARY, ordinary({name: {"order": odd} if name == "metadata" else odd}, id=f"evt_{number}")) == 200
        )
    if name != "metadata":
        assert {each.order_code for each in db.session.query(StripeEvent)} == {""}


@pytest.mark.parametrize("path", [ORDINARY, THIN])
def test_a_message_that_is_far_too_long_is_not_read(hear, path):
    assert hear(path, b" " * (512 * 1024 + 1)) == 413
