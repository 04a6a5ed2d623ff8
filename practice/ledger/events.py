"""This file knows what each event of the money means: which amounts go from which pot to which. Pure.

Each function gives the postings of one line, or of an order as a whole; those of several lines are added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from practice.values.commission import Shares
from practice.values.money import CurrencyMismatch, Money

from .chart import WHOLE_ORDER, Balances, Line, Posting, Pot

Postings = tuple[Posting, ...]


class Event(StrEnum):
    """What happened. Each happens once to what it is about; what happens again to a thing is named with a number."""

    CHARGED = "charged"
    FEE = "fee"
    FEE_RETURNED = "fee_returned"
    EARNED = "earned"
    UNEARNED = "unearned"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    REVERSED = "reversed"
    SET_OFF = "set_off"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    REFUNDED_BY_HAND = "refunded_by_hand"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    LOSS = "loss"
    LOSS_RECOVERED = "loss_recovered"


class Flow(NamedTuple):
    """A way that money may take in one event."""

    source: Pot
    target: Pot


def _flows(sources: tuple[Pot, ...], *targets: Pot) -> frozenset[Flow]:
    return frozenset(Flow(source, target) for source in sources for target in targets)


INCOME = (Pot.PENDING, Pot.AVAILABLE, Pot.DEBT, Pot.COMMISSION)  # where a line's money is once it is somebody's
FLOWS: dict[Event, frozenset[Flow]] = {
    Event.CHARGED: _flows((Pot.CLIENT,), Pot.UNEARNED),
    Event.FEE: _flows((Pot.PROVIDER_FEES,), Pot.PROVIDER),
    Event.FEE_RETURNED: _flows((Pot.PROVIDER,), Pot.PROVIDER_FEES),
    Event.EARNED: _flows((Pot.UNEARNED,), *INCOME),
    Event.UNEARNED: _flows(INCOME, Pot.UNEARNED),
    Event.RELEASED: _flows((Pot.PENDING,), Pot.AVAILABLE),
    Event.TRANSFERRED: _flows((Pot.AVAILABLE, Pot.DEBT), Pot.TRANSFERRED),
    Event.REVERSED: _flows((Pot.TRANSFERRED,), Pot.DEBT, Pot.AVAILABLE),
    Event.SET_OFF: _flows((Pot.AVAILABLE,), Pot.TRANSFERRED) | _flows((Pot.TRANSFERRED,), Pot.DEBT),
    Event.PAYOUT_SENT: _flows((Pot.TRANSFERRED,), Pot.IN_PAYOUT),
    Event.PAYOUT_PAID: _flows((Pot.IN_PAYOUT,), Pot.PAID_OUT),
    Event.PAYOUT_FAILED: _flows((Pot.IN_PAYOUT,), Pot.TRANSFERRED),
    Event.PAYOUT_RETURNED: _flows((Pot.PAID_OUT,), Pot.TRANSFERRED),
    Event.REFUNDED: _flows((Pot.UNEARNED,), Pot.CLIENT),
    Event.REFUND_FAILED: _flows((Pot.CLIENT,), Pot.UNEARNED),
    Event.REFUNDED_BY_HAND: _flows((Pot.UNEARNED,), Pot.OWN),
    Event.DISPUTE_OPENED: _flows((Pot.ADVANCED,), Pot.DISPUTED),
    Event.DISPUTE_WON: _flows((Pot.DISPUTED,), Pot.ADVANCED),
    Event.DISPUTE_LOST: _flows((Pot.DISPUTED,), Pot.CHARGED_BACK) | _flows((Pot.UNEARNED,), Pot.ADVANCED),
    Event.LOSS: _flows((Pot.LOSSES,), Pot.UNEARNED),
    Event.LOSS_RECOVERED: _flows((Pot.UNEARNED,), Pot.LOSSES),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What is booked together or not at all: an event, what it is about ("refund:CODE"), of which order.

    Raises ValueError for postings that such an event does not have, CurrencyMismatch for more than one currency.
    """

    event: Event
    about: str
    postings: Postings
    order: str = ""

    def __post_init__(self) -> None:
        strange = [each for each in self.postings if Flow(each.source, each.target) not in FLOWS[self.event]]
        if strange or not self.postings:
            raise ValueError(f"{self.event} of {self.about} moves {strange or 'nothing'}")
        if len({each.amount.currency for each in self.postings}) > 1:
            raise CurrencyMismatch(f"{self.event} of {self.about} is in one currency")

    @property
    def currency(self) -> str:
        """Of all of it."""
        return self.postings[0].amount.currency

    @property
    def total(self) -> int:
        """What moves in all, in the smallest unit."""
        return sum(each.amount.amount for each in self.postings)


def _moved(source: Pot, target: Pot, amount: Money, line: Line = WHOLE_ORDER) -> Postings:
    """One posting, or none where there is nothing to move."""
    return () if amount.is_free else (Posting(source, target, amount, line),)


# ---------------------------------------------------------------- in, and whose it is


def charged(amount: Money) -> Postings:
    """A client paid. Until something is given for it, it is nobody's: so also what came too late, or by mistake."""
    return _moved(Pot.CLIENT, Pot.UNEARNED, amount)


def fee(amount: Money) -> Postings:
    """The card processor keeps something for its work, which the platform bears."""
    return _moved(Pot.PROVIDER_FEES, Pot.PROVIDER, amount)


def fee_returned(amount: Money) -> Postings:
    """The card processor gives a fee back."""
    return _moved(Pot.PROVIDER, Pot.PROVIDER_FEES, amount)


def earned(line: Line, shares: Shares, within: Balances, *, is_due: bool) -> Postings:
    """Something of this line is its payee's and the platform's: what was paid for stands.

    `within` is what is in the line's pots. What the payee has got already and owed for it is theirs first; the rest
    waits, or is due where the line has been released (`is_due`).
    """
    settles = min(shares.payee, _owed(within, shares.payee.currency))
    rest = Pot.AVAILABLE if is_due else Pot.PENDING
    return (
        *_moved(Pot.UNEARNED, Pot.DEBT, settles, line),
        *_moved(Pot.UNEARNED, rest, shares.payee - settles, line),
        *_moved(Pot.UNEARNED, Pot.COMMISSION, shares.commission, line),
    )


def unearned(line: Line, shares: Shares, within: Balances) -> Postings:
    """Something of this line is to go back, so it is nobody's income any more, the commission of it neither.

    The payee's share is taken from what waits, then from what is due, and else owed.
    """
    waits, due = (within.of(pot, shares.payee.currency) for pot in (Pot.PENDING, Pot.AVAILABLE))
    from_waiting = min(shares.payee, waits)
    from_due = min(shares.payee - from_waiting, due)
    return (
        *_moved(Pot.PENDING, Pot.UNEARNED, from_waiting, line),
        *_moved(Pot.AVAILABLE, Pot.UNEARNED, from_due, line),
        *_moved(Pot.DEBT, Pot.UNEARNED, shares.payee - from_waiting - from_due, line),
        *_moved(Pot.COMMISSION, Pot.UNEARNED, shares.commission, line),
    )


# ---------------------------------------------------------------- on to the payee


def released(line: Line, amount: Money) -> Postings:
    """The session and the time after it are over: what waits for the payee is due."""
    return _moved(Pot.PENDING, Pot.AVAILABLE, amount, line)


def transferred(line: Line, amount: Money, within: Balances) -> Postings:
    """What was due went to the payee's own balance; what is not due any more, since it was on its way, they owe."""
    from_due = min(amount, within.of(Pot.AVAILABLE, amount.currency))
    as_debt = _moved(Pot.DEBT, Pot.TRANSFERRED, amount - from_due, line)
    return _moved(Pot.AVAILABLE, Pot.TRANSFERRED, from_due, line) + as_debt


def reversed_(line: Line, amount: Money, within: Balances) -> Postings:
    """Something came back from the payee's balance: it settles what they owe for this line, the rest is due again."""
    settles = min(amount, _owed(within, amount.currency))
    to_debt = _moved(Pot.TRANSFERRED, Pot.DEBT, settles, line)
    return to_debt + _moved(Pot.TRANSFERRED, Pot.AVAILABLE, amount - settles, line)


def set_off(line: Line, amount: Money) -> Postings:
    """What is due for this line counts as sent, since it settles what is owed for another; with `settled` there."""
    return _moved(Pot.AVAILABLE, Pot.TRANSFERRED, amount, line)


def settled(line: Line, amount: Money) -> Postings:
    """What is owed for this line counts as taken back (also a set-off)."""
    return _moved(Pot.TRANSFERRED, Pot.DEBT, amount, line)


def payout_sent(payee: str, amount: Money) -> Postings:
    """Money left the payee's balance for their bank."""
    return _moved(Pot.TRANSFERRED, Pot.IN_PAYOUT, amount, Line(payee=payee))


def payout_paid(payee: str, amount: Money) -> Postings:
    """It arrived."""
    return _moved(Pot.IN_PAYOUT, Pot.PAID_OUT, amount, Line(payee=payee))


def payout_failed(payee: str, amount: Money) -> Postings:
    """It did not arrive and is on the payee's balance again."""
    return _moved(Pot.IN_PAYOUT, Pot.TRANSFERRED, amount, Line(payee=payee))


def payout_returned(payee: str, amount: Money) -> Postings:
    """A bank sent back what had been paid out."""
    return _moved(Pot.PAID_OUT, Pot.TRANSFERRED, amount, Line(payee=payee))


def _owed(within: Balances, currency: str) -> Money:
    return Money(-within.of(Pot.DEBT, currency).amount, currency)


# ---------------------------------------------------------------- back to the client


def refunded(amount: Money) -> Postings:
    """The card processor took it from the platform's balance for the client; by us, or past us."""
    return _moved(Pot.UNEARNED, Pot.CLIENT, amount)


def refund_failed(amount: Money) -> Postings:
    """It came back from the client's bank: the client still has to get it."""
    return _moved(Pot.CLIENT, Pot.UNEARNED, amount)


def refunded_by_hand(amount: Money) -> Postings:
    """The platform paid it from its own bank, so what lies at the card processor for it is the platform's."""
    return _moved(Pot.UNEARNED, Pot.OWN, amount)


def dispute_opened(amount: Money) -> Postings:
    """A card holder's bank took it until it has decided; until then the platform has advanced it."""
    return _moved(Pot.ADVANCED, Pot.DISPUTED, amount)


def dispute_won(amount: Money) -> Postings:
    """The bank gave it back."""
    return _moved(Pot.DISPUTED, Pot.ADVANCED, amount)


def dispute_lost(amount: Money) -> Postings:
    """What the bank took is gone, and the order bears it: what was earned of it is unearned, or it is a loss."""
    return _moved(Pot.DISPUTED, Pot.CHARGED_BACK, amount) + _moved(Pot.UNEARNED, Pot.ADVANCED, amount)


def loss(amount: Money) -> Postings:
    """The platform bears what left for the client beyond what was to go back."""
    return _moved(Pot.LOSSES, Pot.UNEARNED, amount)


def loss_recovered(amount: Money) -> Postings:
    """It was to go back after all, or came back."""
    return _moved(Pot.UNEARNED, Pot.LOSSES, amount)
