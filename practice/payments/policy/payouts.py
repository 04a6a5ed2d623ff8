"""This file knows when what a payee has earned may be sent, how much goes to their bank, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from practice.ledger.events import Event as Entry
from practice.payments.states import PAYOUT_MOVES, PayoutState
from practice.values.money import Money

from .effects import Book, Effects, Letter, Write

WAIT = timedelta(hours=48)  # after the end of what was bought


def ripe_at(ends_at: datetime) -> datetime:
    """From when (UTC) the payee of what ends then may be paid."""
    return ends_at + WAIT


def weekly(on_balance: Money, least: Money) -> Money:
    """What of it a weekly run sends to the bank, as banks take it; less than `least` stays. A debt is never collected
    from there: what is below zero sends nothing."""
    goes, _ = on_balance.paid_out()
    return max(goes, Money(0, goes.currency)) if goes >= least else Money(0, goes.currency)


class Sent(StrEnum):
    """What the card processor says about a payout."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True)
class Payout:
    """One payout of a payee's balance to their bank."""

    amount: int
    state: PayoutState = PayoutState.PENDING


_MEANS = {Sent.PENDING: PayoutState.IN_PAYOUT, Sent.PAID: PayoutState.PAID, Sent.FAILED: PayoutState.FAILED}
_ENTRIES = {
    (PayoutState.PENDING, PayoutState.IN_PAYOUT): Entry.PAYOUT_SENT,
    (PayoutState.IN_PAYOUT, PayoutState.PAID): Entry.PAYOUT_PAID,
    (PayoutState.IN_PAYOUT, PayoutState.FAILED): Entry.PAYOUT_FAILED,
    (PayoutState.PAID, PayoutState.FAILED): Entry.PAYOUT_RETURNED,
}
_LETTERS = {PayoutState.IN_PAYOUT: Letter.PAYOUT_SENT, PayoutState.FAILED: Letter.PAYOUT_FAILED}


def payout_seen(payout: Payout, seen: Sent) -> tuple[Payout, Effects]:
    """It moves on, by every state in between; an older look changes nothing. What failed is on the payee's balance
    again and goes with the next run, as another payout."""
    after = _MEANS[seen]
    if payout.state == PayoutState.PENDING and after != PayoutState.IN_PAYOUT:
        payout, first = payout_seen(payout, Sent.PENDING)
        payout, then = payout_seen(payout, seen)
        return payout, (*first, *then)
    if after not in PAYOUT_MOVES.get(payout.state, ()):
        return payout, ()
    letters = (Write(_LETTERS[after], payout.amount),) if after in _LETTERS else ()
    return replace(payout, state=after), (Book(_ENTRIES[payout.state, after], payout.amount), *letters)


def payout_refused(payout: Payout) -> Payout:
    """It has never left, so there is nothing to book and nobody to tell; the next run sees to the money."""
    return replace(payout, state=PayoutState.FAILED) if payout.state == PayoutState.PENDING else payout
