"""This file knows what can happen to an order: what the card processor says, what time brings, what people do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Paid(StrEnum):
    """What the card processor says about a payment page and its payment."""

    OPEN = "open"
    EXPIRED = "expired"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"


class Given(StrEnum):
    """What it says about a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Asked(StrEnum):
    """What it says about a dispute: the bank only asks, or has done with asking, has taken the money, or decided."""

    INQUIRY = "inquiry"
    CLOSED = "closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


# ---------------------------------------------------------------- the payment page, and what it brings


@dataclass(frozen=True)
class CheckoutMade:
    """There is a payment page, for that much in that currency."""

    amount: int
    currency: str


@dataclass(frozen=True)
class CheckoutRefused:
    """There will be none: the card processor does not take this order."""


@dataclass(frozen=True)
class PaymentSeen:
    """The page and its payment as they were when somebody looked: after an event, on return, by a sweep, or because
    ending it was answered with "already complete"."""

    status: Paid
    amount: int = 0
    currency: str = ""
    charge: str = ""
    live: bool = True


@dataclass(frozen=True)
class HoldEnds:
    """Its time is over, or the client went back: nobody should pay any more."""


@dataclass(frozen=True)
class HoldOver:
    """The page has ended by itself, long enough ago, and the card processor still answers nothing."""


@dataclass(frozen=True)
class SeatTaken:
    """What was bought stands; the answer to `Confirm`."""

    line: int


@dataclass(frozen=True)
class SeatGone:
    """It cannot be had any more; the other answer."""

    line: int


# ---------------------------------------------------------------- what is given back


@dataclass(frozen=True)
class GiveBack:
    """So much of a line comes back in all, as was worked out; `ends`: it is over, and its place is free again."""

    line: int
    back: int
    ends: bool = False


@dataclass(frozen=True)
class Began:
    """What was bought begins, whatever has become of the payment."""

    line: int


@dataclass(frozen=True)
class ReturnInDoubt:
    """Staff looked at money in doubt and give it back."""


@dataclass(frozen=True)
class Returned:
    """One refund as the card processor says: ours under its number, another's under a name only."""

    status: Given
    amount: int
    number: int | None = None
    name: str = ""


@dataclass(frozen=True)
class RefundsSeen:
    """All refunds of the payment as they were when somebody looked: after one was sent, after an event, by a sweep. All
    of them, because one that failed may have made room for another."""

    refunds: tuple[Returned, ...]


@dataclass(frozen=True)
class RefundRefused:
    """It did not leave; `disputed`: because the card holder's bank asks for the money itself. Whoever reports it has
    looked at the payment's refunds and disputes before, so that one made elsewhere is known."""

    number: int
    disputed: bool = False


@dataclass(frozen=True)
class RefundDropped:
    """It was never tried and is not wanted any more."""

    number: int


@dataclass(frozen=True)
class PaidByHand:
    """Somebody of the staff has paid a refund that failed."""

    number: int


@dataclass(frozen=True)
class DisputeSeen:
    """One dispute of the card holder's bank, by its name there, as it is."""

    status: Asked
    amount: int
    name: str = ""


# ---------------------------------------------------------------- what the payee gets


@dataclass(frozen=True)
class Ripe:
    """The wait after the session is over."""

    line: int


@dataclass(frozen=True)
class Frozen:
    """A complaint about a line was opened, or closed."""

    line: int
    frozen: bool


@dataclass(frozen=True)
class AccountSeen:
    """Whether the account of a line's payee takes money."""

    line: int
    open: bool


@dataclass(frozen=True)
class TransferMade:
    """The answer to the try of that number."""

    line: int
    number: int


@dataclass(frozen=True)
class TransferRefused:
    """It did not leave, because the account takes nothing."""

    line: int
    number: int


@dataclass(frozen=True)
class TransferDropped:
    """It was never tried and is not wanted any more."""

    line: int
    number: int


@dataclass(frozen=True)
class ReversalMade:
    """So much came back from the payee."""

    line: int
    number: int


@dataclass(frozen=True)
class ReversalRefused:
    """Nothing came back: the payee's account does not hold it."""

    line: int
    number: int


@dataclass(frozen=True)
class DebtDue:
    """The payee's balance holds again what they owe for a line."""

    line: int


Event = (
    CheckoutMade
    | CheckoutRefused
    | PaymentSeen
    | HoldEnds
    | HoldOver
    | SeatTaken
    | SeatGone
    | GiveBack
    | Began
    | ReturnInDoubt
    | RefundsSeen
    | RefundRefused
    | RefundDropped
    | PaidByHand
    | DisputeSeen
    | Ripe
    | Frozen
    | AccountSeen
    | TransferMade
    | TransferRefused
    | TransferDropped
    | ReversalMade
    | ReversalRefused
    | DebtDue
)
