"""This file knows Stripe's messages: which are believed, what they say, and how missed ones are found again.

Ordinary ones carry the object as it was, thin ones only name it. Each kind comes to an address of its own, signed with
a secret of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from practice.values import clock
from practice.values.text import fault

from .client import MOST, Gateway, ask, each
from .errors import Forged, WrongMode
from .values import ORDER, Event, instant, noted

# A message is as old as its stamp says, give or take this, by our clock. Stripe signs each try anew.
TOLERANCE = timedelta(minutes=5)
# Stripe's ids and our codes are shorter; what is longer, or cannot be stored, is none.
LONGEST = 80
# How long Stripe tries to deliver, and how far back it lists what happened.
TRIES, LISTED = timedelta(hours=72), timedelta(days=30)
ORDINARY = (
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "transfer.created",
    "transfer.updated",
    "transfer.reversed",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
)
THIN = (
    "v2.core.account[requirements].updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account.closed",
    "v2.core.account_link.returned",
)


def parse(gateway: Gateway, body: bytes, signature: str) -> Event:
    """An ordinary message. Raises `Forged` unless Stripe signed these very bytes just now, `WrongMode`."""
    verify(body, signature, gateway.webhook_secret)
    return _believed(gateway, _shaped(body, "event"), ordinary_of)


def parse_thin(gateway: Gateway, body: bytes, signature: str) -> Event:
    """A thin message. Raises `Forged` unless Stripe signed these very bytes just now, `WrongMode`."""
    verify(body, signature, gateway.thin_webhook_secret)
    return _believed(gateway, _shaped(body, "v2.core.event"), thin_of)


def since(gateway: Gateway, made_after: datetime, kinds: tuple[str, ...] = ORDINARY) -> Iterator[Event]:
    """Ordinary events at or after an instant, newest first, delivered or not; Stripe lists those of 30 days."""
    asked = {"created": {"gte": int(made_after.timestamp())}, "types": list(kinds), "limit": MOST}
    return each(lambda: gateway.client.v1.events.list(asked), ordinary_of)


def thin_now(gateway: Gateway, event: str) -> Event:
    """A thin event read anew: what came of one kind names its account only there."""
    return ask(thin_of, gateway.client.v2.core.events.retrieve, event)


def verify(body: bytes, signature: str, secret: str) -> None:
    """Raises `Forged` unless `secret` signed `body` within `TOLERANCE` of now, before or after.

    The package lets stamps from the future through, and asks the machine's clock instead of ours.
    """
    import stripe

    if not signature.isascii():
        raise Forged("No signature is written so.")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise Forged("The signature is not Stripe's.") from error
    if abs(int(clock.now().timestamp()) - _stamp(signature)) > TOLERANCE.total_seconds():
        raise Forged("The stamp is not of now.")


def _stamp(signature: str) -> int:
    """The stamp that was signed: the first one, as the package reads it."""
    return int(next(part.split("=", 2)[1] for part in signature.split(",") if part.startswith("t=")))


def _shaped(body: bytes, kind: str) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Forged("That is no JSON.") from error
    if not isinstance(found, dict) or found.get("object") != kind:
        raise Forged(f"That is no {kind}.")
    return found


def _believed(gateway: Gateway, body: Mapping[str, Any], convert: Any) -> Event:
    try:
        event: Event = convert(body)
        if event.made_at > clock.now() + TOLERANCE:
            raise ValueError("It has yet to happen.")
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise Forged("That is no event that we can read.") from error
    if event.is_live != gateway.is_live:
        raise WrongMode(f"{event.id} is of the other mode.")
    return event


def ordinary_of(body: Any) -> Event:
    """An ordinary event. Of what it carries only the id is taken, and our code for the order."""
    thing = body["data"]["object"]
    order = thing.get("client_reference_id") or thing.get("transfer_group") or noted(thing, ORDER)
    return _event(body, thing.get("id"), order, body.get("account"), instant(body["created"]))


def thin_of(body: Any) -> Event:
    """A thin event: `object` and `account` are the payout account that it is about."""
    about = body.get("related_object") or {}
    account = about.get("id") or (body.get("data") or {}).get("account_id")
    return _event(body, account, "", account, _instant(body["created"]))


def _event(body: Any, about: Any, order: Any, account: Any, made_at: datetime | None) -> Event:
    """Everything in it is what it has to be. Raises `ValueError`, `KeyError`."""
    is_live = body["livemode"]
    if made_at is None or not isinstance(is_live, bool):
        raise ValueError("It says neither when nor where.")
    return Event(
        id=_named(body["id"]),
        type=_named(body["type"]),
        object=_named(about or "", can_lack=True),
        order=order if _is_name(order) else "",  # a word of somebody else's is no order of ours
        account=_named(account or "", can_lack=True),
        is_live=is_live,
        made_at=made_at,
    )


def _named(found: Any, *, can_lack: bool = False) -> str:
    if not _is_name(found) or not (found or can_lack):
        raise ValueError("It names what nothing is called.")
    return str(found)


def _is_name(found: Any) -> bool:
    return isinstance(found, str) and len(found) <= LONGEST and not fault(found, is_line=True)


def _instant(stamp: Any) -> datetime:
    found = stamp if isinstance(stamp, datetime) else datetime.fromisoformat(stamp)
    if found.tzinfo is None:
        raise ValueError("A stamp without its zone.")
    return found.astimezone(UTC)
