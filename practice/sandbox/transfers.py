"""This file knows how money reaches payout accounts and their banks, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from practice.store.db import db
from practice.values import clock

from .checkout import check_unit
from .happenings import later, tell
from .models import SandboxMovement, SandboxObject
from .objects import (
    PLATFORM,
    Call,
    Refusal,
    book,
    change,
    currencies_of,
    lies_in,
    listing,
    load,
    make,
    of_kind,
    seconds,
)
from .routing import route
from .settings import dashboard

PAID, PAID_AFTER = "payout_paid", timedelta(days=2)
# Their smaller coins exist on cards, and no bank takes them.
WHOLE_ONLY = ("huf", "twd")


@route("POST /v1/transfers", "TransferCreateParams")
def create(call: Call) -> dict[str, Any]:
    """Send money to a payout account."""
    account = open_account(call.need("destination"), "destination")
    amount, currency = int(call.need("amount")), call.need("currency").lower()
    check_unit(amount, currency)
    if capability(account) != "active":
        raise Refusal(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers.",
            "insufficient_capabilities_for_transfer",
        )
    source = call.params.get("source_transaction")
    group = _from_charge(source, amount, currency) if source else _from_balance(amount, currency)
    transfer = make(
        "transfer",
        {
            "amount": amount, "amount_reversed": 0, "currency": currency, "destination": account.id, "reversed": False,
            "source_transaction": source, "transfer_group": call.params.get("transfer_group") or group,
            "metadata": call.params.get("metadata") or {}, "description": None, "source_type": "card",
        },
        parent=call.params.get("transfer_group") or group or "",
    )  # fmt: skip
    entry = book(transfer, -amount)
    book(transfer, amount, account=account.id, kind="payment")
    change(transfer, balance_transaction=entry.id)
    tell("transfer.created", transfer)
    return transfer.body


@route("GET /v1/transfers", "TransferListParams")
def list_transfers(call: Call) -> dict[str, Any]:
    """Transfers, newest first."""
    return listing("transfer", call, "/v1/transfers", [call.params.get("transfer_group", "")])


@route("GET /v1/transfers/<id>", "TransferRetrieveParams")
def retrieve(call: Call) -> dict[str, Any]:
    """One transfer."""
    return load(call.path["id"], "transfer", param="transfer").body


@route("POST /v1/transfers/<id>/reversals", "TransferReversalCreateParams")
def reverse(call: Call) -> dict[str, Any]:
    """Take part or all of a transfer back."""
    transfer = load(call.path["id"], "transfer", lock=True, param="transfer")
    left = transfer.body["amount"] - transfer.body["amount_reversed"]
    return take_back(transfer, int(call.params.get("amount", left)), call.params.get("metadata") or {}).body


def take_back(transfer: SandboxObject, amount: int, metadata: dict[str, Any]) -> SandboxObject:
    """So much of a transfer is on our balance again, whoever wanted it."""
    left = transfer.body["amount"] - transfer.body["amount_reversed"]
    if not 0 < amount <= left:
        raise Refusal(f"Reversal amount ({amount}) is greater than what is left of the transfer ({left}).")
    account, currency = transfer.body["destination"], transfer.body["currency"]
    if lies_in(account, currency, now_only=False) < amount:
        raise Refusal("The destination account has too little balance.", "balance_insufficient")
    reversal = make(
        "transfer_reversal",
        {
            "amount": amount, "currency": currency, "transfer": transfer.id, "metadata": metadata,
            "source_refund": None, "destination_payment_refund": None,
        },
        parent=transfer.id,
    )  # fmt: skip
    entry = book(reversal, amount, kind="transfer_refund")
    book(reversal, -amount, account=account, kind="payment_refund")
    change(reversal, balance_transaction=entry.id)
    reversed_ = transfer.body["amount_reversed"] + amount
    change(transfer, amount_reversed=reversed_, reversed=reversed_ == transfer.body["amount"])
    tell("transfer.reversed", transfer)
    return reversal


@route("GET /v1/transfers/<id>/reversals", "TransferReversalListParams")
def list_reversals(call: Call) -> dict[str, Any]:
    """What was taken back of one transfer, newest first."""
    return listing("transfer_reversal", call, f"/v1/transfers/{call.path['id']}/reversals", [call.path["id"]])


def _from_charge(source: str, amount: int, currency: str) -> str:
    """Out of one charge, in the currency in which it was settled, never more than it was; the group it belongs to."""
    charge = load(source, "charge", lock=True, param="source_transaction")
    entry = db.session.scalars(
        select(SandboxMovement).where(SandboxMovement.id == charge.body["balance_transaction"])
    ).one()
    if entry.currency != currency:
        raise Refusal(
            f"The currency of source_transaction's balance transaction ({entry.currency}) must be the same as the "
            f"transfer currency ({currency}).",
            param="currency",
        )
    sent_on = (each.body for each in of_kind("transfer") if each.body["source_transaction"] == source)
    if amount + sum(each["amount"] - each["amount_reversed"] for each in sent_on) > entry.amount:
        raise Refusal("The transfers of this charge would be more than the charge.", param="amount")
    return charge.body["transfer_group"] or f"group_{charge.body['payment_intent']}"


def _from_balance(amount: int, currency: str) -> str:
    if lies_in(PLATFORM, currency, now_only=True) < amount:
        raise Refusal("You have insufficient available funds in your Stripe account.", "balance_insufficient")
    return ""


def open_account(id_: str, param: str) -> SandboxObject:
    """A payout account that is not closed; refused otherwise, in the words for one that never was."""
    account = load(id_, "v2.core.account", lock=True, param=param)
    if account.body["closed"]:
        raise Refusal(f"No such {param}: '{id_}'", "resource_missing", param)
    return account


def capability(account: SandboxObject) -> str:
    """Whether money can be sent to an account, in Stripe's word."""
    balance = account.body["configuration"]["recipient"]["capabilities"]["stripe_balance"]
    return str(balance["stripe_transfers"]["status"])


def pays_out(account: SandboxObject) -> bool:
    """Whether its bank can be reached."""
    balance = account.body["configuration"]["recipient"]["capabilities"]["stripe_balance"]
    return balance["payouts"]["status"] == "active"


# ---------------------------------------------------------------- balances, payouts


@route("GET /v1/balance", "BalanceRetrieveParams")
def balance(call: Call) -> dict[str, Any]:
    """What lies in an account, each currency apart."""
    available: list[dict[str, Any]] = []
    pending: list[dict[str, Any]] = []
    for currency in currencies_of(call.account) or ["eur"]:
        now = lies_in(call.account, currency, now_only=True)
        rest = lies_in(call.account, currency, now_only=False) - now
        for rows, amount in ((available, now), (pending, rest)):
            rows.append({"amount": amount, "currency": currency, "source_types": {"card": amount}})
    return {"object": "balance", "available": available, "pending": pending, "livemode": False}


@route("POST /v1/balance_settings", "BalanceSettingsUpdateParams")
def balance_settings(call: Call) -> dict[str, Any]:
    """When payouts leave by themselves: here never, but by a hand of the sandbox's."""
    open_account(call.account, "account")
    if not dashboard()["payouts_by_hand"]:
        raise Refusal("Your platform cannot change the payout schedule of this account.", began=False)
    return {"object": "balance_settings", "payments": call.params.get("payments") or {}}


@route("POST /v1/payouts", "PayoutCreateParams")
def pay_out(call: Call) -> dict[str, Any]:
    """Send money of an account to its bank."""
    account = open_account(call.account, "account")
    amount, currency = int(call.need("amount")), call.need("currency").lower()
    check_unit(amount, currency)
    if currency in WHOLE_ONLY and amount % 100:
        raise Refusal(f"Payouts in {currency} are multiples of 100.", "invalid_integer", "amount", began=False)
    if not pays_out(account):
        raise Refusal("Payouts are not allowed for this account.", "payouts_not_allowed")
    if lies_in(account.id, currency, now_only=True) < amount:
        raise Refusal("You have insufficient funds in your Stripe account.", "balance_insufficient")
    return to_bank(account, amount, currency, metadata=call.params.get("metadata") or {}, automatic=False).body


def to_bank(
    account: SandboxObject, amount: int, currency: str, *, metadata: dict[str, Any], automatic: bool
) -> SandboxObject:
    """So much leaves an account; `automatic`: by Stripe's own schedule."""
    payout = make(
        "payout",
        {
            "amount": amount, "currency": currency, "status": "pending", "automatic": automatic, "method": "standard",
            "arrival_date": seconds(clock.now() + PAID_AFTER), "failure_code": None, "failure_message": None,
            "metadata": metadata, "type": "bank_account", "source_type": "card",
        },
        account=account.id,
    )  # fmt: skip
    change(payout, balance_transaction=book(payout, -amount).id)
    tell("payout.created", payout)
    later(PAID, payout.id, PAID_AFTER)
    return payout


@route("GET /v1/payouts", "PayoutListParams")
def list_payouts(call: Call) -> dict[str, Any]:
    """Payouts of an account, newest first."""
    return listing("payout", call, "/v1/payouts")


@route("GET /v1/payouts/<id>", "PayoutRetrieveParams")
def retrieve_payout(call: Call) -> dict[str, Any]:
    """One payout."""
    return load(call.path["id"], "payout", param="payout").body


def reach_the_bank(payout: SandboxObject) -> None:
    """What was on its way is paid."""
    if payout.body["status"] in ("pending", "in_transit"):
        change(payout, status="paid")
        tell("payout.paid", payout)


def bounce(payout: SandboxObject, why: str = "account_closed") -> None:
    """The bank sends it back, also after it was paid: it lies in the account again."""
    change(payout, status="failed", failure_code=why, failure_message="The bank account has been closed.")
    book(payout, payout.body["amount"], kind="payout_failure")
    tell("payout.failed", payout)
