"""This file knows how a price is printed, wherever one is."""

from __future__ import annotations

from functools import lru_cache

from babel.numbers import format_currency

from practice.values.money import Money


def money(amount: Money) -> str:
    """The one formatter of money: "€72.00", "¥9,000", "Free"."""
    return _written(amount)


@lru_cache(maxsize=2_000)
def _written(amount: Money) -> str:
    if amount.is_free:
        return "Free"
    text: str = format_currency(amount.decimal, amount.currency, locale="en_IE", currency_digits=True)
    return text.replace("\u00a0", " ")
