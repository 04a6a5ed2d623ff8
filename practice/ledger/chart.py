"""This file knows which pots money can be in, where each of them lies, and what may happen to it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from practice.values.money import Money


class Pot(StrEnum):
    """Where money is or went. What is in a pot is what came in less what went out."""

    # Outside, where it comes from: below zero by what clients paid and did not get back.
    CLIENT = "client"
    # On the platform's balance at the card processor.
    UNEARNED = "unearned"  # an order's, and nobody's income: came in and nothing is given for it yet, or is to go back
    PENDING = "pending"  # a payee's, until the session and the time after it are over
    AVAILABLE = "available"  # a payee's, due to them
    DEBT = "debt"  # below zero by what a payee got and has not earned any more
    COMMISSION = "commission"
    OWN = "own"  # the platform's, in place of what it paid clients by hand from its bank
    ADVANCED = "advanced"  # below zero by what banks of card holders have taken and not decided about
    LOSSES = "losses"  # below zero by what left for clients beyond what they were to get, and stays with the platform
    PROVIDER_FEES = "provider_fees"  # below zero by what the processor's work cost the platform
    # On the payee's own balance at the card processor.
    TRANSFERRED = "transferred"
    # Outside, where it went.
    IN_PAYOUT = "in_payout"  # left the payee's balance, has not arrived at their bank
    PAID_OUT = "paid_out"
    PROVIDER = "provider"
    DISPUTED = "disputed"  # taken by a card holder's bank that has not decided
    CHARGED_BACK = "charged_back"


class Whereabouts(StrEnum):
    """On whose balance at the card processor a pot lies; outside is everywhere else."""

    PLATFORM = "platform"
    PAYEE = "payee"
    OUTSIDE = "outside"


OUTSIDE = frozenset({Pot.CLIENT, Pot.IN_PAYOUT, Pot.PAID_OUT, Pot.PROVIDER, Pot.DISPUTED, Pot.CHARGED_BACK})
PAYEES = frozenset({Pot.PENDING, Pot.AVAILABLE, Pot.DEBT, Pot.TRANSFERRED, Pot.IN_PAYOUT, Pot.PAID_OUT})
# What is in these is never above zero; in all others never below.
BELOW_ZERO = frozenset({Pot.CLIENT, Pot.DEBT, Pot.ADVANCED, Pot.LOSSES, Pot.PROVIDER_FEES})


def whereabouts(pot: Pot) -> Whereabouts:
    """Where the money in this pot lies."""
    if pot in OUTSIDE:
        return Whereabouts.OUTSIDE
    return Whereabouts.PAYEE if pot == Pot.TRANSFERRED else Whereabouts.PLATFORM


@dataclass(frozen=True, slots=True)
class Line:
    """What money is about: a line of an order and whose income it is. Neither, where it is the order's as a whole."""

    code: str = ""
    payee: str = ""


WHOLE_ORDER = Line()


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount that goes from one pot to another. It cannot be one-sided, so any number of them balance."""

    source: Pot
    target: Pot
    amount: Money
    line: Line = WHOLE_ORDER

    def __post_init__(self) -> None:
        if self.amount.amount <= 0:
            raise ValueError("what goes from pot to pot is more than nothing")
        if self.source == self.target:
            raise ValueError(f"{self.source} is where it was")
        if not self.line.payee and PAYEES & {self.source, self.target}:
            raise ValueError(f"whose is what goes from {self.source} to {self.target}?")


@dataclass(frozen=True, slots=True, eq=False)
class Balances:
    """What is in pots, by pot and currency: of a line, an order, a payee, or everybody. Equal where the same is in
    each; a pot with nothing in it may be left out."""

    amounts: Mapping[tuple[Pot, str], int]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Balances):
            return NotImplemented
        return self._filled == other._filled

    __hash__ = None  # type: ignore[assignment]

    @property
    def _filled(self) -> dict[tuple[Pot, str], int]:
        return {pot: amount for pot, amount in self.amounts.items() if amount}

    def of(self, pot: Pot, currency: str) -> Money:
        """What is in this pot."""
        return Money(self.amounts.get((pot, currency), 0), currency)

    def lying(self, where: Whereabouts, currency: str) -> Money:
        """What lies there, as the card processor sees it."""
        found = (self.of(pot, currency).amount for pot in Pot if whereabouts(pot) == where)
        return Money(sum(found), currency)

    @property
    def currencies(self) -> list[str]:
        """Every currency that something was ever in."""
        return sorted({currency for _, currency in self.amounts})

    def impossible(self) -> Iterator[tuple[Pot, Money]]:
        """Pots with more in them, or less, than there can be."""
        for (pot, currency), amount in sorted(self.amounts.items()):
            if amount > 0 if pot in BELOW_ZERO else amount < 0:
                yield pot, Money(amount, currency)
