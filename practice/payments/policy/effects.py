"""This file knows what can follow from what happened to an order: values, for whoever stores them and carries them out.

What is for the room that sells (`Confirm`, `Release`, `CallOff`) and for the ledger (`Book`) is done in the same
transaction. What goes to the card processor leaves through rows, once or more often, each with its own key.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from practice.ledger.events import Event as Entry


class Letter(StrEnum):
    """What somebody is written."""

    RECEIPT = "receipt"
    HOLD_ENDED = "hold_ended"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_IN_DOUBT = "payment_in_doubt"
    SEAT_LOST = "seat_lost"
    BEGAN_UNPAID = "began_unpaid"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    TRANSFER_BLOCKED = "transfer_blocked"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_FAILED = "payout_failed"
    BANK_ASKS = "bank_asks"
    BANK_FOR_US = "bank_for_us"
    BANK_AGAINST_US = "bank_against_us"


class Concern(StrEnum):
    """What staff look at."""

    WRONG_MODE = "wrong_mode"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_CHECKOUT = "wrong_checkout"
    CHECKOUT_REFUSED = "checkout_refused"
    PAID_TWICE = "paid_twice"
    CONFIRMED_LATE = "confirmed_late"
    REFUND_FAILED = "refund_failed"
    REFUND_REFUSED = "refund_refused"
    REFUND_OUTSIDE = "refund_outside"
    DISPUTE = "dispute"
    DEBT = "debt"
    # Not of an order's own rules: what nobody knows what to do with by itself.
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_AMOUNT = "unknown_amount"
    STUCK = "stuck"
    PAYOUT_REFUSED = "payout_refused"
    # What was done past us, and money in one currency that has to arrive in another.
    CURRENCIES_APART = "currencies_apart"
    REVERSED_OUTSIDE = "reversed_outside"
    PAYOUT_OUTSIDE = "payout_outside"


@dataclass(frozen=True)
class OpenCheckout:
    """Make the payment page, once for each order."""


@dataclass(frozen=True)
class EndCheckout:
    """Let nobody pay on it any more."""


@dataclass(frozen=True)
class SendRefund:
    """Return that much of the payment."""

    number: int
    amount: int


@dataclass(frozen=True)
class SendTransfer:
    """Send that much to a line's payee."""

    line: int
    number: int
    amount: int


@dataclass(frozen=True)
class SendReversal:
    """Take that much back of what was sent."""

    line: int
    number: int
    amount: int


@dataclass(frozen=True)
class SendEvidence:
    """Show the card holder's bank what is on record, in the dispute of that number."""

    number: int


@dataclass(frozen=True)
class Confirm:
    """Let what was bought stand; `late`: its hold is over, so it has to be taken again, if it is still free."""

    line: int
    late: bool = False


@dataclass(frozen=True)
class Release:
    """Its hold is over."""

    line: int


@dataclass(frozen=True)
class CallOff:
    """It does not take place: it begins and is not paid for, or this payment of it goes back whole."""

    line: int


@dataclass(frozen=True)
class Book:
    """Book that much, in the currency in which it was paid; of what is earned or is no more a part is commission.

    Entry, line and number are another one each time, so that the same is never booked twice for one order.
    """

    entry: Entry
    amount: int
    commission: int = 0
    line: int | None = None
    number: int = 0


@dataclass(frozen=True)
class Write:
    """Write a letter; about a line, or a dispute or a refund by its number, where it says so."""

    letter: Letter
    amount: int = 0
    line: int | None = None
    number: int = 0


@dataclass(frozen=True)
class Park:
    """Put it before staff."""

    concern: Concern
    amount: int = 0


ToProcessor = OpenCheckout | EndCheckout | SendRefund | SendTransfer | SendReversal | SendEvidence
Effect = ToProcessor | Confirm | Release | CallOff | Book | Write | Park
Effects = tuple[Effect, ...]
