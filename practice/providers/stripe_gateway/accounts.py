"""This file knows payout accounts: how one is opened, what its owner still has to give, in words, and their way in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .client import MOST, Gateway, ask, each, options
from .values import ROW, AccountState, AccountWanted, Deadline, Link, PayoutAccount, Requirement

PAYEE = "payee"
INCLUDED = ["configuration.recipient", "defaults", "identity", "requirements"]
TURN = {"active": AccountState.READY, "pending": AccountState.CHECKING}
# What Stripe asks for, by how its name begins; the longest that fits is taken.
LABELS = {
    "identity.individual.given_name": "your first name",
    "identity.individual.surname": "your surname",
    "identity.individual.address": "your home address",
    "identity.individual.date_of_birth": "your date of birth",
    "identity.individual.id_numbers": "an identity or tax number",
    "identity.individual.documents": "a picture of an identity document",
    "identity.individual.email": "your mail address",
    "identity.individual.phone": "your phone number",
    "identity.individual": "something about you",
    "identity.business_details.registered_name": "the registered name of your business",
    "identity.business_details.id_numbers": "the tax number of your business",
    "identity.business_details.address": "the address of your business",
    "identity.business_details.documents": "a document of your business",
    "identity.business_details": "something about your business",
    "identity.entity_type": "whether you work as a person or a company",
    "identity.country": "the country you work in",
    "identity.attestations": "your consent to Stripe’s terms",
    "configuration.recipient.default_outbound_destination": "the bank account for payouts",
    "configuration.merchant": "something about what you sell",
    "contact_email": "your mail address",
    "contact_phone": "your phone number",
    "defaults.profile": "something about what you do",
}
# Whom a platform in the European Union may send money to (docs.stripe.com/connect/cross-border-payouts); a person looks
# it up again before the first day, and nobody is sent into an application that ends here.
PAYS_TO = frozenset({
    "AT", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "US",
})  # fmt: skip
UNNAMED = "something that Stripe will name on its own page"
FAULTS = {
    "verification_document": "The document could not be used.",
    "verification_failed": "It does not match other records.",
    "verification_": "It could not be confirmed.",
    "invalid_address": "The address could not be found.",
    "invalid_dob": "The date of birth cannot be right.",
    "invalid_tax_id": "The number cannot be right.",
    "invalid_": "It is not in a form that can be used.",
}


def create(gateway: Gateway, wanted: AccountWanted, key: str) -> PayoutAccount:
    """Open a payout account for somebody. Raises `Refused` for a country that Stripe does not pay to from here."""
    return ask(account_of, gateway.client.v2.core.accounts.create, parameters(wanted), options(key))


def retrieve(gateway: Gateway, account: str) -> PayoutAccount:
    """A payout account as it is now; raises `NoSuchObject` or `AccountGone`."""
    return ask(account_of, gateway.client.v2.core.accounts.retrieve, account, {"include": INCLUDED})


def find(gateway: Gateway, row: str) -> PayoutAccount | None:
    """The account that a row of ours asked for, if there is one that is open: looked for before asking again. An older
    one of the same person, which was refused, is not it."""
    opened = (one for one in every(gateway) if one.row == row and one.state != AccountState.CLOSED)
    found = next(opened, None)
    return found and retrieve(gateway, found.id)


def every(gateway: Gateway) -> Iterator[PayoutAccount]:
    """Every payout account, without what its owner has to give."""
    asked = {"applied_configurations": ["recipient"], "limit": MOST}
    return each(lambda: gateway.client.v2.core.accounts.list(asked), account_of)


def link(gateway: Gateway, account: str, return_url: str, refresh_url: str) -> Link:
    """A way into Stripe's own pages, where the owner gives what is missing; `refresh_url` makes another one."""
    return ask(
        lambda body: Link(body["url"], _instant(body["expires_at"])),
        gateway.client.v2.core.account_links.create,
        {
            "account": account,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                    # All at once: somebody who comes back half a year later for one number has forgotten the rest.
                    "collection_options": {"fields": "eventually_due"},
                },
            },
        },
    )


def parameters(wanted: AccountWanted) -> dict[str, Any]:
    """What is asked of Stripe: an account that takes transfers from our balance, and whose losses are ours."""
    defaults: dict[str, Any] = {
        "currency": wanted.currency.lower(),
        "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
    }
    if wanted.language:
        defaults["locales"] = [wanted.language]
    asked: dict[str, Any] = {
        "contact_email": wanted.email,
        "dashboard": "express",
        "identity": {"country": wanted.country.lower()},
        "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}},
        "defaults": defaults,
        "metadata": {PAYEE: wanted.payee, ROW: wanted.row},
        "include": INCLUDED,
    }
    return asked | ({"display_name": wanted.name} if wanted.name else {})


# ---------------------------------------------------------------- reading


def account_of(body: Any) -> PayoutAccount:
    """A payout account as Stripe describes it."""
    balance = _at(body, "configuration", "recipient", "capabilities", "stripe_balance")
    transfers = _at(balance, "stripe_transfers").get("status", "restricted")
    requirements = tuple(map(_requirement, _at(body, "requirements").get("entries") or ()))
    until = _at(body, "requirements", "summary", "minimum_deadline").get("time")
    return PayoutAccount(
        id=body["id"],
        payee=_at(body, "metadata").get(PAYEE, ""),
        state=AccountState.CLOSED if body.get("closed") else _state(transfers, requirements),
        # No such capability in the answer: payouts follow transfers.
        pays_out=_at(balance, "payouts").get("status", transfers) == "active",
        requirements=requirements,
        until=_instant(until) if until else None,
        country=(_at(body, "identity").get("country") or "").upper(),
        currency=(_at(body, "defaults").get("currency") or "").upper(),
        is_live=body["livemode"],
        row=_at(body, "metadata").get(ROW, ""),
    )


def _state(transfers: str, requirements: tuple[Requirement, ...]) -> AccountState:
    if transfers in ("rejected", "unsupported"):
        return AccountState.REFUSED
    if transfers in TURN:
        return TURN[transfers]
    is_the_owners = any(not one.is_stripes and one.deadline != Deadline.EVENTUALLY_DUE for one in requirements)
    return AccountState.MISSING if is_the_owners or not requirements else AccountState.CHECKING


def _requirement(entry: Any) -> Requirement:
    faults = [fault["code"] for fault in entry.get("errors") or ()]
    return Requirement(
        label=_longest(LABELS, entry["description"], UNNAMED),
        deadline=Deadline(_at(entry, "minimum_deadline").get("status", Deadline.CURRENTLY_DUE)),
        is_stripes=entry["awaiting_action_from"] == "stripe",
        fault=_longest(FAULTS, faults[0], "It could not be used.") if faults else "",
    )


def _longest(table: dict[str, str], name: str, otherwise: str) -> str:
    return next((table[start] for start in sorted(table, key=len, reverse=True) if name.startswith(start)), otherwise)


def _at(body: Any, *path: str) -> Any:
    """What lies there, or an empty mapping."""
    for name in path:
        body = (body or {}).get(name)
    return body or {}


def _instant(stamp: Any) -> datetime:
    """A stamp of the second API, which writes them out; the package reads some of them by itself."""
    return stamp if isinstance(stamp, datetime) else datetime.fromisoformat(stamp)
