"""This file knows the currencies of prices: their coins, their limits, how the card processor counts them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """What differs between currencies; every amount is in the smallest unit.

    `least` is about what a euro buys, `most` is where a price is a slip of the finger (the processor takes eight
    digits). What is paid is a multiple of `step`, what goes to a bank account a multiple of `payout_step`, and the
    processor is told the amount times `factor`.
    """

    least: int
    most: int = 10_000_000
    decimals: int = 2  # ISO 4217; Madagascar's fifths are not used for payments
    step: int = 1
    factor: int = 1
    payout_step: int = 1

    @property
    def unit(self) -> int:
        """A whole euro, yen or dinar in the smallest unit."""
        return int(10**self.decimals)


def _without_decimals(least: int, most: int = 10_000_000) -> Currency:
    return Currency(least, most, decimals=0)


def _in_hundredths_at_the_processor(least: int) -> Currency:
    """No smaller coins, but told as if there were: 5 is sent as 500 (and eight digits are soon reached)."""
    return Currency(least, 900_000, decimals=0, factor=100)


def _with_three_decimals(least: int) -> Currency:
    """Card networks know two of the three decimals, so every amount ends in 0."""
    return Currency(least, decimals=3, step=10, payout_step=10)


CURRENCIES = {
    "AED": Currency(400), "AUD": Currency(200), "BRL": Currency(500), "CAD": Currency(200), "CHF": Currency(100),
    "CZK": Currency(2500), "DKK": Currency(800), "EUR": Currency(100), "GBP": Currency(100),
    "INR": Currency(10_000, 50_000_000), "NOK": Currency(1200), "NZD": Currency(200), "PLN": Currency(400),
    "RON": Currency(500), "SEK": Currency(1200), "SGD": Currency(150), "USD": Currency(100), "ZAR": Currency(2000),
    # Two decimals in prices, none on the way to a bank account.
    "HUF": Currency(40_000, 90_000_000, payout_step=100), "TWD": Currency(4000, payout_step=100),
    "BIF": _without_decimals(3500), "CLP": _without_decimals(1000), "DJF": _without_decimals(200),
    "GNF": _without_decimals(10_000, 90_000_000), "JPY": _without_decimals(150), "KMF": _without_decimals(500),
    "KRW": _without_decimals(1500), "MGA": _without_decimals(5000, 90_000_000), "RWF": _without_decimals(1500),
    "PYG": _without_decimals(8000, 90_000_000), "VND": _without_decimals(30_000, 90_000_000),
    "VUV": _without_decimals(150), "XAF": _without_decimals(700), "XOF": _without_decimals(700),
    "XPF": _without_decimals(120),
    "ISK": _in_hundredths_at_the_processor(150), "UGX": _in_hundredths_at_the_processor(4000),
    "BHD": _with_three_decimals(400), "JOD": _with_three_decimals(800), "KWD": _with_three_decimals(350),
    "OMR": _with_three_decimals(400), "TND": _with_three_decimals(3500),
}  # fmt: skip
