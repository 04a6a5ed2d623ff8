"""This file knows how money goes back to a card, and how that can fail days later."""

from __future__ import annotations

from typing import Any

from . import disputes
from .checkout import check_unit, converted
from .happenings import tell
from .models import SandboxMovement, SandboxObject
from .objects import Call, Refusal, book, change, listing, load, make
from .routing import route
from .settings import dashboard


@route("POST /v1/refunds", "RefundCreateParams")
def create(call: Call) -> dict[str, Any]:
    """Send part or all of a charge back."""
    charge = _charge_of(call)
    left = charge.body["amount"] - charge.body["amount_refunded"]
    if charge.body["disputed"] and not charge.body.get("_is_won"):
        raise Refusal("This charge has been charged back.", "charge_disputed")
    if left == 0:
        raise Refusal("This charge has already been refunded.", "charge_already_refunded")
    amount = int(call.params.get("amount", left))
    check_unit(amount, charge.body["currency"])
    if not 0 < amount <= left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", param="amount")
    return give_back(charge, amount, call.params.get("metadata") or {}).body


@route("GET /v1/refunds", "RefundListParams")
def list_refunds(call: Call) -> dict[str, Any]:
    """Refunds, newest first."""
    return listing("refund", call, "/v1/refunds", [_charge_id(call)] if _names_one(call) else ())


@route("GET /v1/refunds/<id>", "RefundRetrieveParams")
def retrieve(call: Call) -> dict[str, Any]:
    """One refund."""
    return load(call.path["id"], "refund", param="refund").body


def give_back(charge: SandboxObject, amount: int, metadata: dict[str, str]) -> SandboxObject:
    """A refund that was found to be possible, whoever asked for it."""
    status = dashboard()["refunds_are"]
    refund = make(
        "refund",
        {
            "amount": amount, "currency": charge.body["currency"], "charge": charge.id, "metadata": metadata,
            "payment_intent": charge.body["payment_intent"], "status": status, "reason": None, "receipt_number": None,
            "failure_reason": None, "pending_reason": "processing" if status == "pending" else None,
        },
        parent=charge.id,
    )  # fmt: skip
    _count(charge, amount)
    entry = _book(refund, charge, -amount, "refund")
    change(refund, balance_transaction=entry.id)
    tell("refund.created", refund)
    tell("charge.refunded", charge)
    if charge.body["refunded"]:
        disputes.end_inquiries(charge)
    return refund


def fail(refund: SandboxObject, why: str = "lost_or_stolen_card") -> None:
    """The card's bank sends the money back to us: it is on our balance again, and the client has nothing."""
    charge = load(refund.body["charge"], "charge", lock=True)
    _count(charge, -refund.body["amount"])
    entry = _book(refund, charge, refund.body["amount"], "refund_failure")
    change(refund, status="failed", failure_reason=why, pending_reason=None, failure_balance_transaction=entry.id)
    tell("refund.failed", refund)
    tell("refund.updated", refund)


def arrive(refund: SandboxObject) -> None:
    """What was pending reaches the card."""
    change(refund, status="succeeded", pending_reason=None)
    tell("refund.updated", refund)


def _count(charge: SandboxObject, amount: int) -> None:
    refunded = charge.body["amount_refunded"] + amount
    change(charge, amount_refunded=refunded, refunded=refunded == charge.body["amount"])


def _book(refund: SandboxObject, charge: SandboxObject, amount: int, kind: str) -> SandboxMovement:
    currency = charge.body["currency"]
    settled_in = dashboard()["settles_in"] or currency
    return book(refund, converted(amount, currency, settled_in), currency=settled_in, kind=kind)


def _names_one(call: Call) -> bool:
    return bool(call.params.get("payment_intent") or call.params.get("charge"))


def _charge_id(call: Call) -> str:
    if "charge" in call.params:
        return str(call.params["charge"])
    intent = load(call.need("payment_intent"), "payment_intent", param="payment_intent")
    if intent.body["latest_charge"] is None:
        raise Refusal(
            "This payment has no successful charge to refund.", "payment_intent_unexpected_state", began=False
        )
    return str(intent.body["latest_charge"])


def _charge_of(call: Call) -> SandboxObject:
    return load(_charge_id(call), "charge", lock=True, param="charge")
