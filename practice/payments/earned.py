"""This file knows what a payee reads about something they earned: what of its price is theirs, and where that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from practice.values.money import Money
from practice.values.text import as_initials

from .policy.purchase import Line, Purchase
from .states import ASKED_BACK, DisputeState, PayoutState, TransferState


class Where(StrEnum):
    """Where the payee's part of a line is."""

    NOTHING = "nothing"  # all of it went back to the client
    CHOSEN = "chosen"  # their client chooses yet whether it goes back
    WAITS = "waits"  # until the time after the end is over
    FROZEN = "frozen"  # a complaint is open
    DISPUTED = "disputed"  # the card holder's bank asks for it
    BLOCKED = "blocked"  # due, and the account takes nothing
    DUE = "due"  # goes to the account within minutes
    ON_BALANCE = "on_balance"  # goes with a payout, once it is worth one
    LEAVING = "leaving"
    PAID_OUT = "paid_out"
    COMES_BACK = "comes_back"  # was sent, is not theirs any more, and is being taken back
    OWED = "owed"  # the same, and there was nothing to take it from


@dataclass(frozen=True)
class Departure:
    """The payout that a line went with."""

    code: str
    state: PayoutState
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Earned:
    """One paid line for its payee; of who paid it there are initials and nothing else."""

    code: str
    label: str
    buyer_name: str | None
    paid_at: datetime
    ripe_at: datetime | None
    currency: str
    dispute: DisputeState
    line: Line
    chooses_until: datetime | None = None
    departure: Departure | None = None

    @property
    def initials(self) -> str:
        return as_initials(self.buyer_name or "")

    @property
    def price(self) -> Money:
        return Money(self.line.price, self.currency)

    @property
    def back(self) -> Money:
        """What of it went back to the client, or goes."""
        return Money(self.line.back, self.currency)

    @property
    def waits_for_bank(self) -> bool:
        """Whether nothing of it can be sent back before the bank of the client's card has decided."""
        return self.dispute in ASKED_BACK

    @property
    def yours(self) -> Money:
        return Money(self._purchase.payees(self.line), self.currency)

    @property
    def ours(self) -> Money:
        """The commission."""
        return Money(self.line.kept, self.currency) - self.yours

    @property
    def owed(self) -> Money:
        return Money(self.line.debt, self.currency)

    @property
    def where(self) -> Where:
        state = self._purchase.transfer_state(self.line)
        if state == TransferState.REVERSAL_DUE:
            return Where.COMES_BACK
        if state == TransferState.DEBT:
            return Where.OWED
        if self.yours.is_free:
            return Where.NOTHING
        return self._sent() if self.line.sent else self._unsent()

    def _sent(self) -> Where:
        if self.departure is None:
            return Where.ON_BALANCE
        return Where.PAID_OUT if self.departure.state == PayoutState.PAID else Where.LEAVING

    def _unsent(self) -> Where:
        if self.waits_for_bank:
            return Where.DISPUTED
        if self.line.frozen:
            return Where.FROZEN
        if self.chooses_until is not None:
            return Where.CHOSEN
        if not self.line.ripe:
            return Where.WAITS
        return Where.DUE if self.line.open else Where.BLOCKED

    @property
    def _purchase(self) -> Purchase:
        return Purchase(currency=self.currency, lines=(self.line,))
