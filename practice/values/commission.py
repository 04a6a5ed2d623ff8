"""This file knows how a price is shared between who gives the session and the platform."""

from __future__ import annotations

from dataclasses import dataclass

from .money import Money, Rounding

WHOLE = 10_000  # basis points
STANDARD = 1_200  # of each paid session, unless somebody agreed on another rate


@dataclass(frozen=True, slots=True)
class Shares:
    """An amount in two: what is the payee's, and the platform's commission."""

    payee: Money
    commission: Money

    @property
    def whole(self) -> Money:
        """Both together."""
        return self.payee + self.commission


def shares(price: Money, rate: int) -> Shares:
    """`price` at a rate in basis points: the commission is rounded once, half to even, and the rest is the payee's.

    Raises ValueError for a rate that is none, and for a price that no card can be charged.
    """
    commission = price.share(rate, WHOLE, Rounding.EVEN)
    return Shares(price - commission, commission)
