"""This file knows money: whole numbers of a currency's smallest unit, never a fraction, never two currencies mixed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from .currencies import CURRENCIES, Currency


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


class Rounding(StrEnum):
    """Whom what cannot be divided goes to: away from the share, to it, or to the even neighbour."""

    DOWN = "down"
    UP = "up"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (cents, or whole yen)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool):
            raise TypeError("an amount is a whole number of the smallest unit")
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    @property
    def rules(self) -> Currency:
        """What holds for amounts in this currency."""
        return CURRENCIES[self.currency]

    @property
    def is_free(self) -> bool:
        return self.amount == 0

    @property
    def is_too_little(self) -> bool:
        """Whether it is less than any session costs: a mark in the wrong place."""
        return self.amount < self.rules.least

    @property
    def is_too_much(self) -> bool:
        """Whether it is more than any session costs: a zero too many."""
        return self.amount > self.rules.most

    @property
    def is_payable(self) -> bool:
        """Whether a card can be charged it, or given it back."""
        return self.amount >= 0 and self.amount % self.rules.step == 0

    @property
    def decimal(self) -> Decimal:
        """The amount in whole units, for the one formatter (`http/prices.py`)."""
        return Decimal(self.amount).scaleb(-self.rules.decimals)

    @property
    def typed(self) -> str:
        """As a person types it and `parse_price` reads it: of three decimals the last is always 0 and left out."""
        return str(self.decimal if self.rules.step == 1 else Decimal(self.amount // 10).scaleb(1 - self.rules.decimals))

    def share(self, part: int, whole: int, rounding: Rounding) -> Money:
        """`part` of `whole` equal parts of this, payable, rounded once.

        Raises ValueError where this is not payable itself, or the part is no part.
        """
        if not (0 <= part <= whole and whole and self.is_payable):
            raise ValueError(f"{part} of {whole} parts of {self.amount} {self.currency} cannot be paid")
        step = self.rules.step
        full, rest = divmod(self.amount * part, whole * step)
        return Money((full + _more(full, rest, whole * step, rounding)) * step, self.currency)

    def paid_out(self) -> tuple[Money, Money]:
        """What of this can go to a bank account, and what is carried on to the next time: 1045 in HUF is 1000 and 45.

        A balance below zero is carried whole.
        """
        carried = self.amount % self.rules.payout_step if self.amount > 0 else self.amount
        return Money(self.amount - carried, self.currency), Money(carried, self.currency)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def _more(full: int, rest: int, of: int, rounding: Rounding) -> bool:
    """Whether `rest` of `of` makes one more than `full`."""
    if rounding == Rounding.EVEN:
        return 2 * rest > of or (2 * rest == of and full % 2 == 1)
    return rounding == Rounding.UP and rest > 0


# ---------------------------------------------------------------- as people type

# What groups: a comma, a point, an apostrophe of either kind, a space of any kind. A zero in front groups nothing.
PLAIN = r"(?P<whole>[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))?"
COMMAS = r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<cents>[0-9]{1,2}))?"
POINTS = (
    r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+),(?P<cents>[0-9]{1,2})",
    r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,})(?P<cents>)",
)
SPACES = (
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<mark>['’ \u00a0\u202f\u2009])[0-9]{3})(?:(?P=mark)[0-9]{3})*)"
    r"(?:[.,](?P<cents>[0-9]{1,2}))?"
)
ONE_POINT = r"(?P<whole>[1-9][0-9]{0,2}\.[0-9]{3})(?P<cents>)"
# Where three decimals are known, a mark before three digits could always be either, unless nothing could be grouped.
THREE = (
    r"(?P<whole>0[0-9]*|[0-9]{4,})[.,](?P<cents>[0-9]{3})",
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.(?P<cents>[0-9]{1,3})",
    r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3}){2,})(?P<cents>)",
    r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+),(?P<cents>[0-9]{1,3})",
    POINTS[1],
    SPACES.replace("{1,2}", "{1,3}"),
)
FORMS = {0: (PLAIN, COMMAS, *POINTS, SPACES, ONE_POINT), 2: (PLAIN, COMMAS, *POINTS, SPACES), 3: (PLAIN, *THREE)}


@cache
def _forms(decimals: int) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form) for form in FORMS[decimals])


def parse_price(text: str, currency: str) -> Money:
    """The price a person typed ("72", "72,50", "1 100.00"); ValueError carries a sentence for the field.

    Marks that group stand before exactly three digits and are all the same. A point alone before three digits could be
    either, so it is neither, except in a currency without smaller coins.
    """
    if currency not in CURRENCIES:
        raise ValueError("Choose a currency from the list.")
    rules = CURRENCIES[currency]
    found = next((each for form in _forms(rules.decimals) if (each := form.fullmatch(text.strip()))), None)
    if found is None:
        raise ValueError("Write the price as a number, such as 72 or 72.50.")
    cents = found["cents"] or ""
    if len(cents) > rules.decimals:
        raise ValueError(f"Prices in {currency} are whole numbers.")
    whole = re.sub(r"\D", "", found["whole"])
    if len(whole) > len(str(rules.most)) or int(amount := whole + cents.ljust(rules.decimals, "0")) > rules.most:
        raise ValueError("That price is higher than we can take. Check the number of zeros.")
    if int(amount) % rules.step:
        raise ValueError(f"Prices in {currency} end in 0: write 12.34 for 12.340.")
    return Money(int(amount), currency)
