"""This file knows the settings about money: the keys to the card processor, what it settles, the platform's own tax."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from practice.scheduling import zone_names
from practice.values.currencies import CURRENCIES

LIVE_KEYS, TEST_KEYS = ("sk_live_", "rk_live_"), ("sk_test_", "rk_test_")
STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_THIN_WEBHOOK_SECRET")
PERCENT = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?")


def read(env: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """Those of `Config`'s settings that are set, by name; what is wrong is added to `faults`."""
    return {**_stripe(env, faults), "settles_in": _settles_in(env, faults), **_tax(env, faults)}


def _stripe(env: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """The key and the two secrets: all of them or none, each in its own shape."""
    found = {name: env.get(name, "").strip() for name in STRIPE}
    if not any(found.values()):
        return {}
    key, *secrets_ = found.values()
    if not key.startswith(LIVE_KEYS + TEST_KEYS):
        faults.append("STRIPE_SECRET_KEY must begin with sk_test_, rk_test_, sk_live_ or rk_live_.")
    faults += [
        f"{name} is missing, or is no such secret: whsec_… of the address that Stripe sends its "
        f"{'thin ' if 'THIN' in name else ''}events to. Anybody could say that something was paid."
        for name in STRIPE[1:]
        if not found[name].startswith("whsec_") or len(found[name]) <= len("whsec_")
    ]
    if len(set(secrets_)) == 1 and secrets_[0]:
        faults.append("STRIPE_THIN_WEBHOOK_SECRET is the same as STRIPE_WEBHOOK_SECRET; each address has its own.")
    return {name.lower(): value for name, value in found.items()}


def _settles_in(env: Mapping[str, str], faults: list[str]) -> tuple[str, ...]:
    """The currencies of the bank accounts that Stripe pays us into; with a key they must be named."""
    named = tuple(each.strip().upper() for each in env.get("STRIPE_SETTLES_IN", "").split(",") if each.strip())
    if unknown := [each for each in named if each not in CURRENCIES]:
        faults.append(f"STRIPE_SETTLES_IN names {', '.join(unknown)}, which is no currency that we deal in.")
    if not named and env.get("STRIPE_SECRET_KEY", "").strip():
        faults.append(
            "STRIPE_SETTLES_IN is missing: the currencies of the bank accounts that Stripe pays you into, such as "
            "EUR,CHF. What is paid in another is converted, and cannot be sent on to whoever earned it."
        )
    return named


def _tax(env: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """What the platform's own receipts and invoices go by."""
    names = ("ZONE", "TAX_NUMBER", "TAX_SENTENCE")
    found: dict[str, Any] = {name.lower(): env[name].strip() for name in names if env.get(name, "").strip()}
    if "zone" in found and not zone_names.is_zone(found["zone"]):
        faults.append("ZONE must be a place of the time zone database, such as Europe/Dublin.")
    if rate := env.get("TAX_RATE", "").strip():
        typed = PERCENT.fullmatch(rate)
        found["tax_rate"] = int(typed[1]) * 100 + int((typed[2] or "").ljust(2, "0")) if typed else 0
        if not typed or found["tax_rate"] > 5_000:
            faults.append("TAX_RATE must be a percentage from 0 to 50, such as 23 or 13.5.")
        elif found["tax_rate"] and not found.get("tax_number"):
            faults.append("TAX_RATE needs TAX_NUMBER: whoever charges VAT says under which number.")
    return found
