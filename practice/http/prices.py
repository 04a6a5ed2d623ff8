"""This file knows how a price is printed, wherever one is."""

from __future__ import annotations

import re
from functools import lru_cache

from babel.numbers import format_currency

from practice.values.money import Money


def money(amount: Money) -> str:
    """A price, in the one way in which money is written: "€72.00", "JP¥9,000", "AED 380.00", "Free"."""
    return "Free" if amount.is_free else _written(amount)


def amount(amount: Money) -> str:
    """The same of what is no price, where nothing is a figure as well: "€0.00" comes back."""
    return _written(amount)


@lru_cache(maxsize=2_000)
def _written(amount: Money) -> str:
    text: str = format_currency(amount.decimal, amount.currency, locale="en_IE", currency_digits=True)
    # A currency without a sign stands as a word.
    return re.sub(r"(?<=[A-Za-z])(?=[0-9])", " ", text.replace("\u00a0", " "))
