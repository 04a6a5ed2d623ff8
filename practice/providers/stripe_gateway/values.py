"""This file knows what is asked of Stripe and what it answers, in our words, our units and UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from practice.values.money import Money

from .units import received

# What our objects carry at Stripe, so that they are found again by what we know: the order, and the outbox row that
# asked for this one.
ORDER, ROW = "order", "row"


def instant(seconds: int | float | None) -> datetime | None:
    """A stamp of Stripe's in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def id_of(reference: Any) -> str:
    """The id of something that Stripe named or, where we asked for it, put in whole; "" for nothing."""
    return str(reference["id"]) if isinstance(reference, Mapping) else reference or ""


def noted(body: Mapping[str, Any], name: str) -> str:
    """What we wrote on an object: `ORDER` or `ROW`; "" on one that is not ours."""
    return str((body.get("metadata") or {}).get(name) or "")


# ---------------------------------------------------------------- paying


@dataclass(frozen=True)
class Line:
    """One line of a payment page: what it says (nothing that tells of health), and the price."""

    label: str
    price: Money


@dataclass(frozen=True)
class Purchase:
    """A payment page to be made: exactly these lines, in one currency, open until `ends_at`."""

    order: str
    lines: tuple[Line, ...]
    ends_at: datetime
    return_url: str
    cancel_url: str
    # What the card statement says behind the account's own prefix; the two share 22 characters.
    suffix: str = ""
    language: str = "auto"

    @property
    def total(self) -> Money:
        """What is charged."""
        first, *more = (line.price for line in self.lines)
        return sum(more, first)


class SessionStatus(StrEnum):
    """Whether somebody may still pay there."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Payment:
    """What a charge brought. `settled` is what reached our balance before `fee`, in the currency of the settlement."""

    intent: str
    charge: str
    amount: Money | None
    refunded: Money | None
    settled: Money | None
    fee: Money | None
    is_disputed: bool


@dataclass(frozen=True)
class Session:
    """A payment page. `total` is None where the amount is in a currency or a fraction that we never ask for."""

    id: str
    url: str
    order: str
    row: str
    status: SessionStatus
    is_paid: bool
    total: Money | None
    currency: str
    methods: tuple[str, ...]
    is_converted: bool
    is_live: bool
    intent: str
    ends_at: datetime
    payment: Payment | None = None
    # It was completed, and the money never came; known only where the page was read with what was paid.
    has_failed: bool = False


# ---------------------------------------------------------------- money back, money on


class RefundStatus(StrEnum):
    """Where money on its way back is. What has succeeded can still fail later."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Refund:
    """Money on its way back. `order` and `row` are "" for one that was made in Stripe's own dashboard."""

    id: str
    status: RefundStatus
    amount: Money | None
    intent: str
    charge: str
    order: str
    row: str
    failure: str
    made_at: datetime


@dataclass(frozen=True)
class TransferWanted:
    """Money for a payout account out of one charge, in the currency in which that charge was settled."""

    order: str
    account: str
    amount: Money
    charge: str


@dataclass(frozen=True)
class Transfer:
    """Money that was sent on, and how much of it was taken back."""

    id: str
    amount: Money | None
    reversed: Money | None
    account: str
    charge: str
    order: str
    row: str
    made_at: datetime


@dataclass(frozen=True)
class Reversal:
    """Money taken back from a payout account."""

    id: str
    transfer: str
    amount: Money | None
    row: str
    made_at: datetime


class PayoutStatus(StrEnum):
    """Where money on its way to a bank is. What was paid can still fail, for days."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Payout:
    """Money on its way from a payout account to its bank."""

    id: str
    status: PayoutStatus
    amount: Money | None
    row: str
    failure: str
    arrives_at: datetime | None
    made_at: datetime


@dataclass(frozen=True)
class Balance:
    """What lies in an account, one amount for each currency: to be had now, and on its way."""

    available: tuple[Money, ...]
    pending: tuple[Money, ...]

    def to_be_had(self, currency: str) -> Money:
        """What can be sent on or paid out now; less than nothing where it is owed."""
        return next((each for each in self.available if each.currency == currency), Money(0, currency))


# ---------------------------------------------------------------- disputes


class DisputeStatus(StrEnum):
    """Whether a bank only asks, or has done with that; has taken the money; or has decided."""

    INQUIRY = "inquiry"
    CLOSED = "closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class Fee:
    """What one movement on our balance cost, by its id at Stripe; below zero for what was given back."""

    id: str
    amount: Money


@dataclass(frozen=True)
class Dispute:
    """A card holder's complaint at their bank. `status` is Stripe's word, `standing` what it means for the money."""

    id: str
    charge: str
    intent: str
    amount: Money | None
    reason: str
    status: str
    standing: DisputeStatus
    evidence_until: datetime | None
    has_evidence: bool
    made_at: datetime
    # What it cost us beside the amount, or brought back of that.
    fees: tuple[Fee, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What we can show the bank; never a word from a session or a note. Empty parts are left out."""

    service: str = ""
    service_date: str = ""
    policy: str = ""
    policy_shown: str = ""
    refusal: str = ""
    access_log: str = ""
    letters: str = ""


# ---------------------------------------------------------------- payout accounts


@dataclass(frozen=True)
class AccountWanted:
    """A payout account to be opened: `payee` is our code for whose it is, `row` that of this one of theirs."""

    payee: str
    email: str
    country: str
    currency: str
    name: str = ""
    language: str = ""
    row: str = ""


class AccountState(StrEnum):
    """Whether money can be sent to a payout account, and whose turn it is if not."""

    READY = "ready"
    MISSING = "missing"  # its owner has something to give
    CHECKING = "checking"  # Stripe is looking at what was given
    REFUSED = "refused"  # not here, or not this person; only Stripe can say more
    CLOSED = "closed"


class Deadline(StrEnum):
    """How urgent something is that Stripe asks for."""

    PAST_DUE = "past_due"
    CURRENTLY_DUE = "currently_due"
    EVENTUALLY_DUE = "eventually_due"


@dataclass(frozen=True)
class Requirement:
    """One thing that Stripe needs to know, in words for its owner; `fault` says what was wrong with the last try.

    `is_stripes`: it was given, and Stripe is looking at it.
    """

    label: str
    deadline: Deadline
    is_stripes: bool
    fault: str = ""


@dataclass(frozen=True)
class PayoutAccount:
    """Somebody's account at Stripe. `pays_out` is whether its bank can be reached, apart from taking money in."""

    id: str
    payee: str
    state: AccountState
    pays_out: bool
    requirements: tuple[Requirement, ...]
    until: datetime | None
    country: str
    currency: str
    is_live: bool
    row: str = ""


@dataclass(frozen=True)
class Link:
    """A way into Stripe's own pages: opened once, soon, by its owner; never stored, never logged."""

    url: str = field(repr=False)
    ends_at: datetime


# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class Event:
    """Something that happened at Stripe: what kind, to which object. What it carried is read again before it counts."""

    id: str
    type: str
    object: str
    order: str
    account: str
    is_live: bool
    made_at: datetime


def money_of(body: Mapping[str, Any], amount: str = "amount") -> Money | None:
    """An amount of an object in the object's currency."""
    return received(body.get(amount), body.get("currency"))
