"""This file knows in which whole numbers Stripe counts each currency, and turns our amounts into them and back."""

from __future__ import annotations

from practice.values.currencies import CURRENCIES
from practice.values.money import Money


def sent(money: Money) -> int:
    """The whole number that Stripe is asked for; raises ValueError for a fraction that no card can be charged."""
    if not money.is_payable:
        raise ValueError(f"amounts in {money.currency} are multiples of {money.rules.step}")
    return money.amount * money.rules.factor


def received(amount: int | None, currency: str | None) -> Money | None:
    """What a number of Stripe's means; None where there is none, in a currency that we don't deal in, or a fraction."""
    rules = CURRENCIES.get((currency or "").upper())
    if amount is None or rules is None or amount % rules.factor:
        return None
    return Money(amount // rules.factor, (currency or "").upper())
