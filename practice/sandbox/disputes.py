"""This file knows how a card holder's bank takes money, asks for evidence, and decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from practice.values import clock

from .happenings import tell
from .models import SandboxObject
from .objects import Call, Refusal, book, change, listing, load, make, movement_shown, of_kind, seconds
from .routing import route

ANSWER_WITHIN, FEE = timedelta(days=7), 1500
OPEN = ("needs_response", "under_review")
# A bank that only asks: nothing is taken, and whoever returns the money ends it.
INQUIRY = ("warning_needs_response", "warning_under_review")
ANSWERED = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}


def open_for(charge: SandboxObject, reason: str = "product_not_received") -> SandboxObject:
    """The bank takes all of the charge that has not gone back, and a fee with it."""
    dispute = _ask(charge, reason, "needs_response")
    _take(dispute, charge)
    return dispute


def inquire(charge: SandboxObject, reason: str = "product_not_received") -> SandboxObject:
    """The bank only asks: nothing is taken."""
    return _ask(change(charge, _is_asked=True), reason, "warning_needs_response")


def escalate(dispute: SandboxObject) -> None:
    """The bank has asked, and takes the money after all: from then on it is a dispute like any other."""
    charge = load(dispute.body["charge"], "charge", lock=True)
    change(dispute, status="needs_response", amount=_left(charge))
    _take(dispute, charge)
    tell("charge.dispute.updated", dispute)


def end_inquiry(dispute: SandboxObject) -> None:
    """The bank has done with asking."""
    change(load(dispute.body["charge"], "charge", lock=True), _is_asked=False)
    change(dispute, status="warning_closed")
    tell("charge.dispute.closed", dispute)


def end_inquiries(charge: SandboxObject) -> None:
    """All of it was returned, so nobody asks about it any more."""
    for each in of_kind("dispute", parent=charge.body["payment_intent"]):
        if each.body["status"] in INQUIRY:
            end_inquiry(each)


def charge_more(dispute: SandboxObject, fee: int) -> None:
    """One more movement that costs, or gives something back where `fee` is below zero."""
    entry = book(dispute, 0, fee=fee, kind="adjustment")
    change(dispute, balance_transactions=[*dispute.body["balance_transactions"], movement_shown(entry)])
    tell("charge.dispute.updated", dispute)


def _left(charge: SandboxObject) -> int:
    return int(charge.body["amount"] - charge.body["amount_refunded"])


def _take(dispute: SandboxObject, charge: SandboxObject) -> None:
    change(charge, _is_won=False, _is_asked=False, disputed=True)
    entry = book(dispute, -dispute.body["amount"], fee=FEE, kind="adjustment")
    change(dispute, balance_transactions=[*dispute.body["balance_transactions"], movement_shown(entry)])
    tell("charge.dispute.funds_withdrawn", dispute)


def _ask(charge: SandboxObject, reason: str, status: str) -> SandboxObject:
    amount, until = _left(charge), clock.now() + ANSWER_WITHIN
    dispute = make(
        "dispute",
        {
            "amount": amount, "currency": charge.body["currency"], "charge": charge.id, "reason": reason,
            "payment_intent": charge.body["payment_intent"], "status": status, "evidence": {}, "metadata": {},
            "is_charge_refundable": status in INQUIRY, "balance_transactions": [], "evidence_details":
            {"due_by": seconds(until), "has_evidence": False, "past_due": False, "submission_count": 0},
        },
        parent=charge.body["payment_intent"],
    )  # fmt: skip
    tell("charge.dispute.created", dispute)
    return dispute


def decide(dispute: SandboxObject, *, is_won: bool) -> None:
    """The bank has decided: the money comes back to us, without the fee, or it doesn't."""
    change(dispute, status="won" if is_won else "lost")
    tell("charge.dispute.closed", dispute)
    if is_won:
        # It stays a charge that was disputed, and can be returned again.
        change(load(dispute.body["charge"], "charge", lock=True), _is_won=True)
        entry = book(dispute, dispute.body["amount"], kind="adjustment")
        change(dispute, balance_transactions=[*dispute.body["balance_transactions"], movement_shown(entry)])
        tell("charge.dispute.funds_reinstated", dispute)


@route("GET /v1/disputes", "DisputeListParams")
def list_disputes(call: Call) -> dict[str, Any]:
    """Disputes, newest first."""
    return listing("dispute", call, "/v1/disputes", [call.params.get("payment_intent", "")])


@route("GET /v1/disputes/<id>", "DisputeRetrieveParams")
def retrieve(call: Call) -> dict[str, Any]:
    """One dispute."""
    return load(call.path["id"], "dispute", param="dispute").body


@route("POST /v1/disputes/<id>", "DisputeUpdateParams")
def update(call: Call) -> dict[str, Any]:
    """Evidence, put down or sent; once it was sent nothing can be added."""
    dispute = _still_open(call, tuple(ANSWERED))
    details = dispute.body["evidence_details"]
    if clock.now().timestamp() > details["due_by"]:
        raise Refusal("The evidence was due before.", "dispute_evidence_past_due")
    evidence = dispute.body["evidence"] | (call.params.get("evidence") or {})
    is_sent = call.params.get("submit") in (True, "true")
    change(
        dispute,
        evidence=evidence,
        status=ANSWERED[dispute.body["status"]] if is_sent else dispute.body["status"],
        evidence_details=details | {"has_evidence": bool(evidence), "submission_count": int(is_sent)},
    )
    tell("charge.dispute.updated", dispute)
    return dispute.body


def _still_open(call: Call, statuses: tuple[str, ...]) -> SandboxObject:
    dispute = load(call.path["id"], "dispute", lock=True, param="dispute")
    if dispute.body["status"] not in statuses:
        raise Refusal(f"This dispute is {dispute.body['status']}.", "dispute_already_closed")
    return dispute
