"""This file knows what each event of the money means: which amounts go from which pot to which. Pure.

Each function gives the postings of one line; those of several lines, or of one event in several parts, are added up.
What goes back, is disputed or won back of money for which nothing was given has the line NOTHING.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from practice.values.commission import Shares
from practice.values.money import CurrencyMismatch, Money

from .chart import NOTHING, Balances, Line, Posting, Pot

Postings = tuple[Posting, ...]


class Event(StrEnum):
    """What happened. Each happens once to what it is about; another attempt is another refund, another payout."""

    CHARGED = "charged"
    ARRIVED = "arrived"
    ASSIGNED = "assigned"
    FEE = "fee"
    FEE_RETURNED = "fee_returned"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    TRANSFER_REVERSED = "transfer_reversed"
    SET_OFF = "set_off"
    REFUND_PROMISED = "refund_promised"
    REFUND_SENT = "refund_sent"
    REFUND_FAILED = "refund_failed"
    REFUND_WITHDRAWN = "refund_withdrawn"
    REFUND_FOUND = "refund_found"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"


class Flow(NamedTuple):
    """A way that money may take in one event."""

    source: Pot
    target: Pot


def _flows(sources: tuple[Pot, ...], *targets: Pot) -> frozenset[Flow]:
    return frozenset(Flow(source, target) for source in sources for target in targets)


IN_HAND = (Pot.PENDING, Pot.AVAILABLE, Pot.COMMISSION)  # of a sold line, on the platform's balance
FROM_A_LINE = (*IN_HAND, Pot.DEBT)
FLOWS: dict[Event, frozenset[Flow]] = {
    Event.CHARGED: _flows((Pot.CLIENT,), Pot.PENDING, Pot.COMMISSION),
    Event.ARRIVED: _flows((Pot.CLIENT,), Pot.UNASSIGNED),
    Event.ASSIGNED: _flows((Pot.UNASSIGNED,), Pot.PENDING, Pot.COMMISSION),
    Event.FEE: _flows((Pot.PROVIDER_FEES,), Pot.PROVIDER),
    Event.FEE_RETURNED: _flows((Pot.PROVIDER,), Pot.PROVIDER_FEES),
    Event.RELEASED: _flows((Pot.PENDING,), Pot.AVAILABLE),
    Event.TRANSFERRED: _flows((Pot.AVAILABLE,), Pot.TRANSFERRED),
    Event.TRANSFER_REVERSED: _flows((Pot.TRANSFERRED,), Pot.DEBT, Pot.AVAILABLE),
    Event.SET_OFF: _flows((Pot.AVAILABLE,), Pot.DEBT),
    Event.REFUND_PROMISED: _flows((*FROM_A_LINE, Pot.UNASSIGNED), Pot.REFUNDS),
    Event.REFUND_SENT: _flows((Pot.REFUNDS,), Pot.CLIENT),
    Event.REFUND_FAILED: _flows((Pot.CLIENT,), Pot.REFUNDS),
    Event.REFUND_WITHDRAWN: _flows((Pot.REFUNDS,), *IN_HAND, Pot.UNASSIGNED),
    Event.REFUND_FOUND: _flows((*FROM_A_LINE, Pot.UNASSIGNED), Pot.CLIENT),
    Event.DISPUTE_OPENED: _flows((*FROM_A_LINE, Pot.UNASSIGNED, Pot.DISPUTES_LOST), Pot.DISPUTED),
    Event.DISPUTE_WON: _flows((Pot.DISPUTED,), *IN_HAND, Pot.UNASSIGNED, Pot.DISPUTES_LOST),
    Event.DISPUTE_LOST: _flows((Pot.DISPUTED,), Pot.CHARGED_BACK) | _flows((Pot.DISPUTES_LOST,), *IN_HAND),
    Event.PAYOUT_SENT: _flows((Pot.TRANSFERRED,), Pot.IN_PAYOUT),
    Event.PAYOUT_PAID: _flows((Pot.IN_PAYOUT,), Pot.PAID_OUT),
    Event.PAYOUT_FAILED: _flows((Pot.IN_PAYOUT,), Pot.TRANSFERRED),
    Event.PAYOUT_RETURNED: _flows((Pot.PAID_OUT,), Pot.TRANSFERRED),
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


def _moved(source: Pot, target: Pot, amount: Money, line: Line = NOTHING) -> Postings:
    """One posting, or none where there is nothing to move."""
    return () if amount.is_free else (Posting(source, target, amount, line),)


def _shared(source: Pot, shares: Shares, line: Line, payees: Pot) -> Postings:
    """From one pot to the payee and the platform; to neither, where nothing was given for it."""
    if line == NOTHING:
        return _moved(source, Pot.UNASSIGNED, shares.whole)
    return _moved(source, payees, shares.payee, line) + _moved(source, Pot.COMMISSION, shares.commission, line)


# ---------------------------------------------------------------- in


def charged(line: Line, shares: Shares) -> Postings:
    """A client paid for this line: the payee's share waits, the commission is earned."""
    return _shared(Pot.CLIENT, shares, line, Pot.PENDING)


def arrived(amount: Money) -> Postings:
    """Money came in for which nothing can be given (yet): too late, a second time, another amount."""
    return _moved(Pot.CLIENT, Pot.UNASSIGNED, amount)


def assigned(line: Line, shares: Shares) -> Postings:
    """What had arrived is taken as the payment of this line after all."""
    return _shared(Pot.UNASSIGNED, shares, line, Pot.PENDING)


def fee(amount: Money) -> Postings:
    """The card processor keeps something for its work, which the platform bears."""
    return _moved(Pot.PROVIDER_FEES, Pot.PROVIDER, amount)


def fee_returned(amount: Money) -> Postings:
    """The card processor gives a fee back."""
    return _moved(Pot.PROVIDER, Pot.PROVIDER_FEES, amount)


# ---------------------------------------------------------------- on to the payee


def released(line: Line, amount: Money) -> Postings:
    """The session and the time after it are over: what waits for the payee is due."""
    return _moved(Pot.PENDING, Pot.AVAILABLE, amount, line)


def transferred(line: Line, amount: Money) -> Postings:
    """What was due went to the payee's own balance."""
    return _moved(Pot.AVAILABLE, Pot.TRANSFERRED, amount, line)


def transfer_reversed(line: Line, amount: Money, owed: Money) -> Postings:
    """Something came back from the payee's balance: it settles what they owe (`owed`, 0 or more), the rest is due."""
    settles = min(amount, owed)
    return _moved(Pot.TRANSFERRED, Pot.DEBT, settles, line) + _moved(
        Pot.TRANSFERRED, Pot.AVAILABLE, amount - settles, line
    )


def set_off(line: Line, amount: Money) -> Postings:
    """What is due for this line settles what the payee owes from before."""
    return _moved(Pot.AVAILABLE, Pot.DEBT, amount, line)


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


# ---------------------------------------------------------------- back to the client


def _taken(line: Line, back: Shares, within: Balances, target: Pot) -> Postings:
    """The commission's part from the commission, the payee's from what waits, from what is due, else as their debt."""
    if line == NOTHING:
        return _moved(Pot.UNASSIGNED, target, back.whole)
    waits, due = (within.of(pot, back.payee.currency) for pot in (Pot.PENDING, Pot.AVAILABLE))
    nothing = Money(0, back.payee.currency)
    from_waiting = min(back.payee, max(waits, nothing))
    from_due = min(back.payee - from_waiting, max(due, nothing))
    return (
        *_moved(Pot.PENDING, target, from_waiting, line),
        *_moved(Pot.AVAILABLE, target, from_due, line),
        *_moved(Pot.DEBT, target, back.payee - from_waiting - from_due, line),
        *_moved(Pot.COMMISSION, target, back.commission, line),
    )


def refund_promised(line: Line, back: Shares, within: Balances) -> Postings:
    """Something of this line is to go back to its client; `within` is what is in the line's pots now."""
    return _taken(line, back, within, Pot.REFUNDS)


def refund_sent(line: Line, amount: Money) -> Postings:
    """The card processor took it from the platform's balance for the client."""
    return _moved(Pot.REFUNDS, Pot.CLIENT, amount, line)


def refund_failed(line: Line, amount: Money) -> Postings:
    """It came back from the client's bank: the client still has to get it."""
    return _moved(Pot.CLIENT, Pot.REFUNDS, amount, line)


def refund_withdrawn(line: Line, back: Shares, *, is_due: bool) -> Postings:
    """A promise that must not be kept, because the client's bank has taken the money already, is undone.

    The payee's part waits again, or is due where the line had been released.
    """
    return _shared(Pot.REFUNDS, back, line, Pot.AVAILABLE if is_due else Pot.PENDING)


def refund_found(line: Line, back: Shares, within: Balances) -> Postings:
    """Somebody gave money back at the card processor itself, past us."""
    return _taken(line, back, within, Pot.CLIENT)


# ---------------------------------------------------------------- disputes of card holders' banks


def dispute_opened(line: Line, taken: Shares, within: Balances) -> Postings:
    """A bank took something of this line back until it has decided; who owes what is as for a refund."""
    return _taken(line, taken, within, Pot.DISPUTED)


def dispute_opened_beyond(amount: Money) -> Postings:
    """The bank took more than was left of the order, since something had been given back before."""
    return _moved(Pot.DISPUTES_LOST, Pot.DISPUTED, amount)


def dispute_won(line: Line, given_back: Shares, *, is_due: bool) -> Postings:
    """The bank gave it back: the payee's part waits, or is due where the line had been released."""
    return _shared(Pot.DISPUTED, given_back, line, Pot.AVAILABLE if is_due else Pot.PENDING)


def dispute_won_beyond(amount: Money) -> Postings:
    """It gave back also what it had taken beyond what was left."""
    return _moved(Pot.DISPUTED, Pot.DISPUTES_LOST, amount)


def dispute_lost(line: Line, amount: Money) -> Postings:
    """The bank decided for its card holder: what it took is gone."""
    return _moved(Pot.DISPUTED, Pot.CHARGED_BACK, amount, line)


def loss_borne(line: Line, lost: Shares, *, is_due: bool) -> Postings:
    """The platform bears a lost dispute of this line, as if the client had not been given anything (also a loss)."""
    return _shared(Pot.DISPUTES_LOST, lost, line, Pot.AVAILABLE if is_due else Pot.PENDING)
