"""A message is believed only if Stripe signed these very bytes just now; what it carried is read again."""

import hashlib
import hmac
import json

import pytest

from practice.providers.stripe_gateway import events
from practice.providers.stripe_gateway.errors import Forged, WrongMode
from practice.sandbox import world
from practice.sandbox.deliveries import sealed_message, waiting
from practice.sandbox.models import SandboxDue, SandboxObject
from practice.store.db import db


def messages(kind="event"):
    """Every message that is waiting, as it would arrive: address, bytes, signature."""
    targets = [db.session.get_one(SandboxDue, number).target for number in waiting()]
    rows = [db.session.query(SandboxObject).filter_by(id=target).one() for target in targets]
    return [sealed_message(row.id) for row in rows if row.kind == kind]


def signed(body: bytes, secret: str, stamp: int, scheme: str = "v1") -> str:
    mark = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={mark}"


@pytest.fixture
def paid(till):
    """A page on which somebody has paid; its messages wait."""
    session = till.session()
    world.pay(session.id)
    return session


@pytest.fixture
def completed(paid):
    """The message that says so."""
    found = (each for each in messages() if b'"type": "checkout.session.completed"' in each[1])
    return next(found)[1:]


def test_a_message_says_what_happened_to_which_order(till, paid, completed, clock):
    event = events.parse(till.gateway, *completed)

    assert (event.type, event.object, event.order) == ("checkout.session.completed", paid.id, "ORDER1")
    assert (event.account, event.is_live, event.made_at) == ("", False, clock.now())


def test_every_message_of_a_payment_names_its_order(till, paid):
    parsed = [events.parse(till.gateway, *each[1:]) for each in messages()]

    assert {each.type for each in parsed} == {
        "payment_intent.succeeded", "charge.succeeded", "checkout.session.completed",
    }  # fmt: skip
    assert {each.order for each in parsed} == {"ORDER1"}


def test_the_bytes_are_what_was_signed(till, completed):
    body, signature = completed

    for forged in (body.replace(b"7000", b"7001"), body + b" ", json.dumps(json.loads(body), indent=1).encode()):
        with pytest.raises(Forged):
            events.parse(till.gateway, forged, signature)


@pytest.mark.parametrize("apart", [-301, 301, -86_400, 86_400, 10**12])
def test_a_stamp_from_long_ago_or_from_the_future_is_refused(till, completed, clock, apart):
    body = completed[0]
    stamp = int(clock.now().timestamp()) + apart

    with pytest.raises(Forged, match="not of now"):
        events.parse(till.gateway, body, signed(body, till.gateway.webhook_secret, stamp))


@pytest.mark.parametrize("apart", [-299, 0, 299])
def test_clocks_may_be_a_little_apart(till, completed, clock, apart):
    body = completed[0]
    stamp = int(clock.now().timestamp()) + apart

    assert events.parse(till.gateway, body, signed(body, till.gateway.webhook_secret, stamp)).id


def test_the_stamp_that_counts_is_the_one_that_was_signed(till, completed, clock):
    body, now = completed[0], int(clock.now().timestamp())
    old = signed(body, till.gateway.webhook_secret, now - 3600)

    for signature in (f"{old},t={now}", f"t={now},{old}"):
        with pytest.raises(Forged):
            events.parse(till.gateway, body, signature)


@pytest.mark.parametrize(
    "signature", ["", "t=1", "v1=abc", "t=now,v1=abc", "nonsense", "t=,v1=", "t=1,v0=abc", "\ud800", "t=1,v1=\u00e9"]
)
def test_a_signature_that_is_none_is_refused(till, completed, signature):
    with pytest.raises(Forged):
        events.parse(till.gateway, completed[0], signature)


def test_another_scheme_and_another_secret_are_refused(till, completed, clock):
    body, now = completed[0], int(clock.now().timestamp())

    for secret, scheme in ((till.gateway.webhook_secret, "v0"), (till.gateway.thin_webhook_secret, "v1"), ("x", "v1")):
        with pytest.raises(Forged):
            events.parse(till.gateway, body, signed(body, secret, now, scheme))


@pytest.mark.parametrize("secret", ["", " ", "\t"])
def test_an_empty_secret_believes_nobody(completed, clock, secret):
    body = completed[0]

    with pytest.raises(Forged):
        events.verify(body, signed(body, secret, int(clock.now().timestamp())), secret)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b"\xff\xfe", b'{"object": "event"}', b'{"object": "event", "data": 1}', b"7"]
)
def test_signed_nonsense_is_refused_too(till, clock, body):
    stamp = int(clock.now().timestamp())

    for read, secret in (
        (events.parse, till.gateway.webhook_secret),
        (events.parse_thin, till.gateway.thin_webhook_secret),
    ):
        with pytest.raises(Forged):
            read(till.gateway, body, signed(body, secret, stamp))


def test_a_message_of_the_other_mode_is_told_apart(till, completed, clock):
    body = json.dumps(json.loads(completed[0]) | {"livemode": True}).encode()
    signature = signed(body, till.gateway.webhook_secret, int(clock.now().timestamp()))

    with pytest.raises(WrongMode):
        events.parse(till.gateway, body, signature)


# ---------------------------------------------------------------- thin ones


def test_news_of_an_account_are_thin_and_name_it(till):
    account = till.account()

    parsed = [events.parse_thin(till.gateway, *each[1:]) for each in messages("v2.core.event")]

    assert {each.type for each in parsed} == {
        "v2.core.account[requirements].updated",
        "v2.core.account[configuration.recipient].capability_status_updated",
    }
    assert {(each.object, each.account) for each in parsed} == {(account.id, account.id)}


def test_each_kind_has_its_own_way(till, completed, clock):
    till.account()
    body = messages("v2.core.event")[0][1]
    stamp = int(clock.now().timestamp())

    with pytest.raises(Forged):
        events.parse(till.gateway, body, signed(body, till.gateway.webhook_secret, stamp))
    with pytest.raises(Forged):
        events.parse_thin(till.gateway, completed[0], signed(completed[0], till.gateway.thin_webhook_secret, stamp))


def test_a_thin_message_that_names_nobody_is_read_again(till):
    from practice.providers.stripe_gateway import accounts
    from practice.sandbox.accounts import Outcome

    account = till.account(outcome=None)
    accounts.link(till.gateway, account.id, "http://localhost/a", "http://localhost/b")
    world.use(world.newest("v2.core.account_link").id, Outcome.READY)
    returned = next(each for each in messages("v2.core.event") if b"account_link.returned" in each[1])

    event = events.parse_thin(till.gateway, *returned[1:])

    assert event.object == ""
    assert events.thin_now(till.gateway, event.id).object == account.id


# ---------------------------------------------------------------- missed ones


def test_what_was_missed_is_listed_with_what_it_was_about(till, paid, clock):
    began = clock.now()
    clock.advance(hours=72)

    found = list(events.since(till.gateway, began))

    assert [(each.type, each.object, each.order) for each in found] == [
        ("checkout.session.completed", paid.id, "ORDER1")
    ]
    assert list(events.since(till.gateway, clock.now())) == []


def test_hundreds_of_missed_events_come_page_after_page(till, clock):
    began = clock.now()
    for number in range(105):
        world.pay(till.session(key=f"row:{number}").id)

    assert len({each.object for each in events.since(till.gateway, began)}) == 105
