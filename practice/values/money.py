"""This file knows money: whole numbers of a currency's smallest unit, never a fraction, never two currencies mixed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# Currencies a price may be in, with the number of decimals of each (ISO 4217).
EXPONENTS = {
    "AED": 2, "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2,
    "INR": 2, "JPY": 0, "NOK": 2, "NZD": 2, "PLN": 2, "RON": 2, "SEK": 2, "SGD": 2, "USD": 2, "ZAR": 2,
}  # fmt: skip
MOST = 10_000_000  # in the smallest unit; above it a price is a slip of the finger
# And below these, in the smallest unit: about what a euro buys, rounded to what people would write.
LEAST = {
    "AED": 400, "AUD": 200, "BRL": 500, "CAD": 200, "CHF": 100, "CZK": 2500, "DKK": 800, "EUR": 100, "GBP": 100,
    "HUF": 40_000, "INR": 10_000, "JPY": 150, "NOK": 1200, "NZD": 200, "PLN": 400, "RON": 500, "SEK": 1200, "SGD": 150,
    "USD": 100, "ZAR": 2000,
}  # fmt: skip

# What groups: a comma, a point, an apostrophe of either kind, a space of any kind. A zero in front groups nothing.
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))?")
_GROUPED = tuple(
    re.compile(form)
    for form in (
        r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<cents>[0-9]{1,2}))?",
        r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+),(?P<cents>[0-9]{1,2})",
        r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})(?P<cents>)",
        r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<mark>['’ \u00a0\u202f\u2009])[0-9]{3})(?:(?P=mark)[0-9]{3})*)"
        r"(?:[.,](?P<cents>[0-9]{1,2}))?",
    )
)
_WHOLE = (*_GROUPED, re.compile(r"(?P<whole>[1-9][0-9]{0,2}\.[0-9]{3})(?P<cents>)"))


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (cents, or whole yen)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError("an amount is a whole number of the smallest unit")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    @property
    def is_free(self) -> bool:
        return self.amount == 0

    @property
    def is_too_little(self) -> bool:
        """Whether it is less than any session costs: a mark in the wrong place."""
        return self.amount < LEAST[self.currency]

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, for the one formatter (`http/prices.py`)."""
        return Decimal(self.amount).scaleb(-EXPONENTS[self.currency])

    def share(self, percent: int) -> Money:
        """`percent` of this, rounded down: the remainder stays with the payer."""
        return Money(self.amount * percent // 100, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def parse_price(text: str, currency: str) -> Money:
    """The price a person typed ("72", "72,50", "1 100.00"); ValueError carries a sentence for the field.

    Marks that group stand before exactly three digits and are all the same. A point alone before three digits could be
    either, so it is neither, except in a currency without smaller coins.
    """
    if currency not in EXPONENTS:
        raise ValueError("Choose a currency from the list.")
    plain = text.strip()
    grouped = _GROUPED if EXPONENTS[currency] else _WHOLE
    found = next((each for form in (_PLAIN, *grouped) if (each := form.fullmatch(plain))), None)
    if found is None:
        raise ValueError("Write the price as a number, such as 72 or 72.50.")
    cents = found["cents"] or ""
    if len(cents) > EXPONENTS[currency]:
        raise ValueError(f"Prices in {currency} are whole numbers.")
    whole = re.sub(r"\D", "", found["whole"])
    if len(whole) > len(str(MOST)) or int(amount := whole + cents.ljust(EXPONENTS[currency], "0")) > MOST:
        raise ValueError("That price is higher than we can take. Check the number of zeros.")
    return Money(int(amount), currency)
