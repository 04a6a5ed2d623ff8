"""This file knows payout accounts as Stripe keeps them: what each still needs, the way in, and how they end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from practice.config import settings
from practice.values import clock

from .happenings import tell_thin
from .models import SandboxObject
from .objects import Call, Refusal, change, load, make, of_kind, written
from .routing import route
from .settings import dashboard

LINK_LASTS = timedelta(minutes=10)
FIRST = (
    "identity.individual.given_name",
    "identity.individual.date_of_birth",
    "identity.individual.address",
    "configuration.recipient.default_outbound_destination",
    "identity.attestations.terms_of_service.account",
)
BANK = ("configuration.recipient.default_outbound_destination",)
DOCUMENT = ("identity.individual.documents.primary_verification",)
PARTS = ("configuration.recipient", "defaults", "identity", "requirements")
REQUIREMENTS = "v2.core.account[requirements].updated"
CAPABILITY = "v2.core.account[configuration.recipient].capability_status_updated"
CLOSED, RETURNED = "v2.core.account.closed", "v2.core.account_link.returned"


class Outcome(StrEnum):
    """What becomes of an account once its owner has been to Stripe's pages."""

    READY = "ready"
    CHECKING = "checking"
    MISSING = "missing"
    REFUSED = "refused"


STATUS = {
    Outcome.READY: "active",
    Outcome.CHECKING: "pending",
    Outcome.MISSING: "restricted",
    Outcome.REFUSED: "rejected",
}


@route("POST /v2/core/accounts", "v2.core.AccountCreateParams")
def create(call: Call) -> dict[str, Any]:
    """A payout account, with everything still to be given."""
    country = (call.need("identity").get("country") or "").upper()
    if country not in dashboard()["pays_to"]:
        raise Refusal(
            f"Your platform cannot send money to accounts in {country}.", "unsupported_country", "identity.country",
            began=False,
        )  # fmt: skip
    responsible = call.need("defaults").get("responsibilities") or {}
    if responsible.get("losses_collector") != "application":
        raise Refusal("Separate charges and transfers need the platform to bear losses.", began=False)
    row = make(
        "v2.core.account",
        {
            "applied_configurations": ["recipient"], "closed": False, "contact_email": call.params.get("contact_email"),
            "dashboard": call.params.get("dashboard"), "display_name": call.params.get("display_name"),
            "identity": call.params["identity"], "metadata": call.params.get("metadata") or {},
            "defaults": call.params["defaults"] | {"responsibilities":
            {**responsible, "requirements_collector": "stripe"}}, "future_requirements": None,
        },
    )  # fmt: skip
    _stand(row, "restricted", FIRST)
    return _with(row.body, call.params.get("include") or ())


@route("GET /v2/core/accounts", "v2.core.AccountListParams")
def list_accounts(call: Call) -> dict[str, Any]:
    """Payout accounts, newest first."""
    most, first = int(call.params.get("limit", 10)), int(call.params.get("page", 0))
    closed = call.params.get("closed") in (True, "true")
    rows = [row for row in of_kind("v2.core.account") if row.body["closed"] == closed]
    more = f"/v2/core/accounts?limit={most}&page={first + most}" if len(rows) > first + most else None
    found = [_with(row.body, ()) for row in rows[first : first + most]]
    return {"data": found, "next_page_url": more, "previous_page_url": None}


@route("GET /v2/core/accounts/<id>", "v2.core.AccountRetrieveParams")
def retrieve(call: Call) -> dict[str, Any]:
    """One payout account, with the parts that are asked for."""
    return _with(load(call.path["id"], "v2.core.account", param="account").body, call.params.get("include") or ())


@route("POST /v2/core/account_links", "v2.core.AccountLinkCreateParams")
def create_link(call: Call) -> dict[str, Any]:
    """A way into the pages of one account: opened once, within minutes."""
    account = load(call.need("account"), "v2.core.account", param="account")
    if account.body["closed"]:
        raise Refusal("The account is closed.", "account_closed", "account", began=False)
    row = make(
        "v2.core.account_link",
        {"account": account.id, "use_case": call.need("use_case"), "expires_at": written(clock.now() + LINK_LASTS)},
        parent=secrets.token_urlsafe(24),
    )
    change(row, url=f"{settings().base_url}/demo/onboarding/{row.parent}", _used=False)
    return row.body


def onboard(account: SandboxObject, outcome: Outcome) -> None:
    """Its owner has been there, or Stripe has looked at what was given: both kinds of news are told."""
    missing = DOCUMENT if outcome == Outcome.MISSING else ()
    _stand(account, STATUS[outcome], missing)
    tell_thin(REQUIREMENTS, account.id)
    tell_thin(CAPABILITY, account.id)


def close(account: SandboxObject) -> None:
    """The account ends: nothing can be sent to it any more."""
    change(account, closed=True)
    tell_thin(CLOSED, account.id)


def stop_payouts(account: SandboxObject) -> None:
    """Its bank can't be reached: money is taken as before, and leaves for nowhere."""
    _stand(account, "active", BANK, payouts="restricted")
    tell_thin(REQUIREMENTS, account.id)
    tell_thin(CAPABILITY, account.id)


def _stand(account: SandboxObject, status: str, missing: Iterable[str], *, payouts: str = "") -> None:
    """What the account may do, and what it lacks; `payouts`: where they stand otherwise than the money it takes."""
    entries = [_entry(name, "payouts" if payouts else "stripe_transfers") for name in missing]
    stands = {"stripe_transfers": status, "payouts": payouts or status}
    balance = {name: {"status": each, "status_details": []} for name, each in stands.items()}
    change(
        account,
        configuration={"recipient": {"applied": True, "capabilities": {"stripe_balance": balance}}},
        requirements={
            "entries": entries,
            "summary": {"minimum_deadline": {"status": "currently_due", "time": None}} if entries else None,
        },
    )


def _entry(name: str, keeps_from: str) -> dict[str, Any]:
    impact = {
        "capability": f"stripe_balance.{keeps_from}", "configuration": "recipient", "deadline":
        {"status": "currently_due"},
    }  # fmt: skip
    return {
        "description": name, "awaiting_action_from": "user", "errors": [], "reference": None,
        "minimum_deadline": {"status": "currently_due"}, "impact": {"restricts_capabilities": [impact]},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }  # fmt: skip


def _with(body: dict[str, Any], include: Iterable[str]) -> dict[str, Any]:
    """Without the parts that nobody asked for: the second API leaves those empty."""
    asked = {name.partition(".")[0] for name in include}
    return {**body, **{part: None for name in PARTS if (part := name.partition(".")[0]) not in asked}}
