"""This file knows payment pages as Stripe keeps them: made, read, listed, closed, and what is paid on one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from practice.config import settings
from practice.values import clock

from .happenings import AT_ONCE, later, tell
from .models import SandboxObject
from .objects import Call, Refusal, book, change, listing, load, make
from .routing import route
from .settings import dashboard

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
EXPIRE = "expire"
STATEMENT = 22
LEAST, MOST = 50, 99_999_999
SHOWN_WHOLE, LAST_DIGIT_ZERO = ("isk", "ugx"), ("bhd", "jod", "kwd", "omr", "tnd")
# Of each charge, and on top of it, in its smallest unit; and when the rest can be had.
FEE_PER_MILLE, FEE_ALWAYS, SETTLES_AFTER = 15, 25, timedelta(days=2)


@route("POST /v1/checkout/sessions", "checkout.SessionCreateParams")
def create(call: Call) -> dict[str, Any]:
    """A payment page."""
    if call.need("mode") != "payment":
        raise Refusal("This sandbox takes single payments only.", param="mode", began=False)
    currency, total = _sum(call.need("line_items"))
    expires_at = _expiry(call.params)
    intent = call.params.get("payment_intent_data") or {}
    _check_statement(intent)
    allowed, set_ = call.params.get("allowed_payment_method_types"), dashboard()
    methods = [each for each in set_["methods"] if allowed is None or each in allowed]
    if not methods:
        raise Refusal("No payment method is left.", "payment_intent_invalid_parameter", began=False)
    pricing = call.params.get("adaptive_pricing") or {"enabled": set_["adaptive_pricing"]}
    row = make(
        "checkout.session",
        _blank(call.params)
        | {
            "amount_subtotal": total, "amount_total": total, "currency": currency, "expires_at": expires_at,
            "payment_method_types": methods, "success_url": call.need("success_url"), "status": "open",
            "adaptive_pricing": {"enabled": _true(pricing["enabled"])},
            "_intent": intent, "_lines": call.params["line_items"], "_how": AT_ONCE,
        },
    )  # fmt: skip
    change(row, url=f"{settings().base_url}/demo/pay/{row.id}", **set_["lies"])
    later(EXPIRE, row.id, datetime.fromtimestamp(expires_at, UTC) - clock.now())
    return row.body


@route("GET /v1/checkout/sessions", "checkout.SessionListParams")
def list_sessions(call: Call) -> dict[str, Any]:
    """Payment pages, newest first."""
    return listing("checkout.session", call, "/v1/checkout/sessions")


@route("GET /v1/checkout/sessions/<id>", "checkout.SessionRetrieveParams")
def retrieve(call: Call) -> dict[str, Any]:
    """One payment page."""
    return load(call.path["id"], "checkout.session", param="session").body


@route("POST /v1/checkout/sessions/<id>/expire", "checkout.SessionExpireParams")
def expire(call: Call) -> dict[str, Any]:
    """Close a payment page on which nobody has paid."""
    row = load(call.path["id"], "checkout.session", lock=True, param="session")
    if row.body["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{row.body['status']}`."
        )
    return close(row).body


@route("GET /v1/payment_intents/<id>", "PaymentIntentRetrieveParams")
def retrieve_intent(call: Call) -> dict[str, Any]:
    """One payment."""
    return load(call.path["id"], "payment_intent", param="intent").body


def close(row: SandboxObject) -> SandboxObject:
    """The page is over, and nothing was paid on it."""
    change(row, status="expired", url=None)
    tell("checkout.session.expired", row, row.body["_how"])
    return row


# ---------------------------------------------------------------- what is checked


def _sum(lines: list[Mapping[str, Any]]) -> tuple[str, int]:
    prices = [line["price_data"] for line in lines]
    currencies = {price["currency"].lower() for price in prices}
    if len(currencies) != 1:
        raise Refusal("The line items have different currencies.", param="line_items", began=False)
    currency = currencies.pop()
    total = sum(int(p["unit_amount"]) * int(line.get("quantity", 1)) for p, line in zip(prices, lines, strict=True))
    check_amount(total, currency)
    return currency, total


def check_amount(amount: int, currency: str) -> None:
    """Refused: too little, too much, or not a number that this currency has."""
    if amount < LEAST:
        raise Refusal("The amount is too small.", "amount_too_small", "amount", began=False)
    if amount > MOST:
        raise Refusal("The amount is too large.", "amount_too_large", "amount", began=False)
    check_unit(amount, currency)


def check_unit(amount: int, currency: str) -> None:
    """Refused: a fraction that this currency does not have."""
    step = 100 if currency in SHOWN_WHOLE else 10 if currency in LAST_DIGIT_ZERO else 1
    if amount % step:
        raise Refusal(f"Amounts in {currency} are multiples of {step}.", "invalid_integer", "amount", began=False)


def _expiry(params: Mapping[str, Any]) -> int:
    now = clock.now().timestamp()
    expires_at = int(params.get("expires_at", now + LONGEST.total_seconds() - 1))
    if not SHORTEST.total_seconds() <= expires_at - now < LONGEST.total_seconds():
        raise Refusal(
            f"The `expires_at` timestamp must be at least {SHORTEST} and less than {LONGEST} from now.",
            "invalid_request", "expires_at", began=False,
        )  # fmt: skip
    return expires_at


def _check_statement(intent: Mapping[str, Any]) -> None:
    if "statement_descriptor" in intent:
        raise Refusal("Use statement_descriptor_suffix for card charges.", param="statement_descriptor", began=False)
    if len(intent.get("statement_descriptor_suffix", "")) > STATEMENT:
        raise Refusal("The statement descriptor is too long.", param="statement_descriptor_suffix", began=False)


def _true(value: Any) -> bool:
    return value in (True, "true")


def _blank(params: Mapping[str, Any]) -> dict[str, Any]:
    """Everything of a payment page that the parameters give, or nobody does."""
    email = params.get("customer_email")
    return {
        "mode": "payment", "ui_mode": "hosted_page", "payment_status": "unpaid", "payment_intent": None,
        "client_reference_id": params.get("client_reference_id"), "metadata": params.get("metadata") or {},
        "cancel_url": params.get("cancel_url"), "locale": params.get("locale", "auto"), "customer": None,
        "customer_email": email, "customer_details": {"email": email} if email else None, "customer_creation":
        "if_required", "wallet_options": params.get("wallet_options"), "presentment_details": None,
        "automatic_tax": {"enabled": False}, "consent": None, "custom_fields": [], "shipping_options": [],
    }  # fmt: skip


# ---------------------------------------------------------------- paying


def pay(row: SandboxObject, *, late: bool = False) -> bool:
    """Somebody pays: False where the page was over. `late` money arrives although it was."""
    if row.body["status"] == "complete" or (row.body["status"] == "expired" and not late):
        return False
    intent = _intent_of(row)
    charge = _charge(row, intent)
    change(intent, status="succeeded", latest_charge=charge.id, amount_received=charge.body["amount"])
    change(row, status="complete", payment_status="paid", payment_intent=intent.id, url=None)
    for kind, about in (("payment_intent.succeeded", intent), ("charge.succeeded", charge)):
        tell(kind, about, row.body["_how"])
    tell("checkout.session.completed", row, row.body["_how"])
    return True


def promise(row: SandboxObject) -> None:
    """Pay by a way whose money takes days: the page is completed, and nothing has arrived."""
    intent = _intent_of(row)
    change(intent, status="processing")
    change(row, status="complete", url=None)
    tell("checkout.session.completed", row, row.body["_how"])


def keep_promise(row: SandboxObject) -> None:
    """The money arrives."""
    intent = _intent_of(row)
    charge = _charge(row, intent)
    change(intent, status="succeeded", latest_charge=charge.id, amount_received=charge.body["amount"])
    change(row, payment_status="paid")
    tell("checkout.session.async_payment_succeeded", row, row.body["_how"])


def break_promise(row: SandboxObject) -> None:
    """The bank sends nothing."""
    change(_intent_of(row), status="requires_payment_method", last_payment_error={"type": "invalid_request_error"})
    tell("checkout.session.async_payment_failed", row, row.body["_how"])


def decline(row: SandboxObject) -> None:
    """The card says no; the page stays open."""
    intent = _intent_of(row)
    fault = {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline", "message": "Declined."}
    change(intent, status="requires_payment_method", last_payment_error=fault)
    tell("payment_intent.payment_failed", intent, row.body["_how"])


def _intent_of(row: SandboxObject) -> SandboxObject:
    if row.body["payment_intent"]:
        return load(row.body["payment_intent"], lock=True)
    asked = row.body["_intent"]
    intent = make(
        "payment_intent",
        {
            "amount": row.body["amount_total"], "amount_received": 0, "currency": row.body["currency"],
            "status": "requires_payment_method", "latest_charge": None, "last_payment_error": None,
            "metadata": asked.get("metadata") or {}, "transfer_group": asked.get("transfer_group"),
            "payment_method_types": row.body["payment_method_types"], "capture_method": "automatic_async",
            "confirmation_method": "automatic", "setup_future_usage": asked.get("setup_future_usage"),
            "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"), "description": None,
        },
        parent=row.id,
    )  # fmt: skip
    change(row, payment_intent=intent.id)
    return intent


def _charge(row: SandboxObject, intent: SandboxObject) -> SandboxObject:
    amount, currency = row.body["amount_total"], row.body["currency"]
    charge = make(
        "charge",
        {
            "amount": amount, "amount_captured": amount, "amount_refunded": 0, "currency": currency, "paid": True,
            "captured": True, "refunded": False, "disputed": False, "status": "succeeded", "metadata":
            intent.body["metadata"], "payment_intent": intent.id, "transfer_group": intent.body["transfer_group"],
            "receipt_email": None, "failure_code": None, "balance_transaction": None,
        },
        parent=intent.id,
    )  # fmt: skip
    settled_in = dashboard()["settles_in"] or currency
    settled = converted(amount, currency, settled_in)
    fee = settled * FEE_PER_MILLE // 1000 + FEE_ALWAYS
    at = clock.now() + SETTLES_AFTER
    entry = book(charge, settled, fee=fee, currency=settled_in, available_at=at, kind="charge")
    return change(charge, balance_transaction=entry.id)


def converted(amount: int, currency: str, into: str) -> int:
    """At the sandbox's one rate: nine of one currency are ten of any other."""
    return amount if currency == into else amount * 9 // 10
