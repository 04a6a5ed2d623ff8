"""This file knows what a card holder's bank asks us, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .client import MOST, Gateway, ask, each, options
from .units import received
from .values import Dispute, DisputeStatus, Evidence, Fee, id_of, instant, money_of

# What Stripe's words mean for the money. A warning is an inquiry: nothing is taken, and a refund ends it.
STANDINGS = {
    "warning_needs_response": DisputeStatus.INQUIRY,
    "warning_under_review": DisputeStatus.INQUIRY,
    "warning_closed": DisputeStatus.CLOSED,
    "prevented": DisputeStatus.CLOSED,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}
# Where each part of ours goes at Stripe.
PARTS = {
    "service": "product_description",
    "service_date": "service_date",
    "policy": "refund_policy_disclosure",
    "policy_shown": "cancellation_policy_disclosure",
    "refusal": "refund_refusal_explanation",
    "access_log": "access_activity_log",
    "letters": "uncategorized_text",
}
# All parts together, in characters; Stripe refuses more.
LONGEST = 150_000


def retrieve(gateway: Gateway, dispute: str) -> Dispute:
    """A dispute as it is now."""
    return ask(dispute_of, gateway.client.v1.disputes.retrieve, dispute)


def of_payment(gateway: Gateway, intent: str) -> tuple[Dispute, ...]:
    """Every dispute about one payment, newest first."""
    listing = gateway.client.v1.disputes.list
    return tuple(each(lambda: listing({"payment_intent": intent, "limit": MOST}), dispute_of))


def made_since(gateway: Gateway, made_after: datetime) -> Iterator[Dispute]:
    """Every dispute opened at or after an instant, newest first."""
    asked = {"created": {"gte": int(made_after.timestamp())}, "limit": MOST}
    return each(lambda: gateway.client.v1.disputes.list(asked), dispute_of)


def answer(gateway: Gateway, dispute: str, evidence: Evidence, key: str) -> Dispute:
    """Show the bank what we have: once, and nothing can be added to it. Raises `Refused` when it is too late.

    Raises ValueError for nothing at all, and for more than Stripe takes.
    """
    parts = {there: said for ours, there in PARTS.items() if (said := getattr(evidence, ours).strip())}
    if not parts or sum(map(len, parts.values())) > LONGEST:
        raise ValueError(f"evidence is something, and at most {LONGEST} characters")
    return ask(
        dispute_of, gateway.client.v1.disputes.update, dispute, {"evidence": parts, "submit": True}, options(key)
    )


def dispute_of(body: Any) -> Dispute:
    """A dispute as Stripe describes it."""
    details, made_at = body.get("evidence_details") or {}, instant(body["created"])
    assert made_at
    return Dispute(
        id=body["id"],
        charge=id_of(body["charge"]),
        intent=id_of(body.get("payment_intent")),
        amount=money_of(body),
        reason=body["reason"],
        status=body["status"],
        standing=STANDINGS.get(body["status"], DisputeStatus.OPEN),
        evidence_until=instant(details.get("due_by")),
        has_evidence=bool(details.get("has_evidence")),
        made_at=made_at,
        fees=tuple(_fees(body.get("balance_transactions") or ())),
    )


def _fees(entries: Any) -> Iterator[Fee]:
    """What each of its entries cost, in the currency in which we were settled."""
    for entry in entries:
        if amount := received(entry["fee"], entry["currency"]):
            yield Fee(entry["id"], amount)
