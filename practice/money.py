"""This file knows money: whole numbers of a currency's smallest unit, never a fraction, never two currencies mixed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# Currencies a price may be in, with the number of decimals of each (ISO 4217).
EXPONENTS = {
    "AED": 2, "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2,
    "INR": 2, "JPY": 0, "NOK": 2, "NZD": 2, "PLN": 2, "RON": 2, "SEK": 2, "SGD": 2, "USD": 2, "ZAR": 2,
}  # fmt: skip
MOST = 10_000_000  # in the smallest unit; above it a price is a slip of the finger


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
    def decimal(self) -> Decimal:
        """The amount in whole units, for the one formatter."""
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

    A comma or a point followed by fewer than three digits is the decimal mark; all others group thousands.
    """
    if currency not in EXPONENTS:
        raise ValueError("Choose a currency from the list.")
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    whole, mark, cents = _split(plain)
    if not (whole + cents).isascii() or not whole.isdigit() or (mark and not cents.isdigit()):
        raise ValueError("Write the price as a number, such as 72 or 72.50.")
    if len(cents) > EXPONENTS[currency]:
        # Three digits after a mark are thousands, so only a currency without smaller coins gets here.
        raise ValueError(f"Prices in {currency} are whole numbers.")
    try:
        amount = int(Decimal(f"{whole}.{cents or 0}").scaleb(EXPONENTS[currency]))
    except InvalidOperation:
        raise ValueError("Write the price as a number, such as 72 or 72.50.") from None
    if amount > MOST:
        raise ValueError("That price is higher than we can take. Check the number of zeros.")
    return Money(amount, currency)


def _split(plain: str) -> tuple[str, str, str]:
    at = max(plain.rfind(","), plain.rfind("."))
    if at < 0 or len(plain) - at - 1 > 2:
        return plain.replace(",", "").replace(".", ""), "", ""
    return plain[:at].replace(",", "").replace(".", ""), plain[at], plain[at + 1 :]
