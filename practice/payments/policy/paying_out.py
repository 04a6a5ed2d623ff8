"""This file knows what a payee has earned, when it is sent to them, and when it is taken back."""

from __future__ import annotations

from practice.ledger.events import Event as Entry
from practice.payments.states import Seat

from . import guards
from .effects import Book, Concern, Effect, Effects, Letter, Park, SendReversal, SendTransfer, Write
from .events import (
    AccountSeen,
    DebtDue,
    Frozen,
    ReversalMade,
    ReversalRefused,
    Ripe,
    TransferDropped,
    TransferMade,
    TransferRefused,
)
from .purchase import Line, Purchase

Turned = tuple[Purchase, Effects]
EARNS = (Seat.TAKEN, Seat.GIVEN_UP)


def book_earnings(purchase: Purchase) -> Turned:
    """What is kept of each line is earned, or is no more; the commission with it, rounded once on what is kept."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.lines):
        kept = line.price - line.back if purchase.is_paid and line.seat in EARNS else 0
        if kept != line.kept:
            effects.append(_earned(purchase, at, line, kept))
            purchase = purchase.with_line(at, kept=kept)
    return purchase, tuple(effects)


def _earned(purchase: Purchase, at: int, line: Line, kept: int) -> Book:
    more = kept - line.kept
    after = purchase.with_line(at, kept=kept)
    commission = more - (after.payees(after.lines[at]) - purchase.payees(line))
    entry = Entry.EARNED if more > 0 else Entry.UNEARNED
    # What is kept only falls, once it was earned.
    return Book(entry, abs(more), abs(commission), at, number=kept)


def send_what_is_due(purchase: Purchase) -> Turned:
    """One transfer for a line, once nothing stands in its way."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.lines):
        due = purchase.payees(line)
        if due and guards.is_unpaid(line) and guards.may_pay(purchase, line) and guards.takes_money(line):
            purchase = purchase.with_line(at, asked=due, tries=line.tries + 1)
            effects.append(SendTransfer(at, line.tries + 1, due))
    return purchase, tuple(effects)


def take_back(purchase: Purchase) -> Turned:
    """What a payee got and has not earned any more; the client comes first."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.lines):
        excess = purchase.excess(line)
        if line.sent and excess > 0 and not line.taking and guards.has_returned_first(purchase):
            purchase = purchase.with_line(at, taking=excess, tries=line.tries + 1)
            effects.append(SendReversal(at, line.tries + 1, excess))
    return purchase, tuple(effects)


# ---------------------------------------------------------------- what happens to a line


def ripe(purchase: Purchase, event: Ripe) -> Turned:
    """It may be paid; where the account takes nothing, its owner is told."""
    line = purchase.lines[event.line]
    blocked = not guards.takes_money(line) and purchase.payees(line) and not line.ripe
    due = purchase.payees(line) if not line.ripe else 0
    effects: list[Effect] = [Book(Entry.RELEASED, due, line=event.line)] if due else []
    effects += [Write(Letter.TRANSFER_BLOCKED, line=event.line)] if blocked else []
    return purchase.with_line(event.line, ripe=True), tuple(effects)


def frozen(purchase: Purchase, event: Frozen) -> Turned:
    """Only that line waits."""
    return purchase.with_line(event.line, frozen=event.frozen), ()


def account_seen(purchase: Purchase, event: AccountSeen) -> Turned:
    """What waited for the account goes on by itself."""
    return purchase.with_line(event.line, open=event.open), ()


def transfer_made(purchase: Purchase, event: TransferMade) -> Turned:
    """It arrived."""
    line = purchase.lines[event.line]
    if not guards.is_the_last_try(line, event.number, line.asked):
        return purchase, ()
    after = purchase.with_line(event.line, asked=0, sent=line.asked)
    return after, (Book(Entry.TRANSFERRED, line.asked, line=event.line, number=event.number),)


def transfer_refused(purchase: Purchase, event: TransferRefused) -> Turned:
    """The account takes nothing: it waits until it does, and its owner is told."""
    line = purchase.lines[event.line]
    if not guards.is_the_last_try(line, event.number, line.asked):
        return purchase, ()
    after = purchase.with_line(event.line, asked=0, open=False)
    return after, (Write(Letter.TRANSFER_BLOCKED, line=event.line),)


def transfer_dropped(purchase: Purchase, event: TransferDropped) -> Turned:
    """It has never left; what is due then is asked for anew."""
    line = purchase.lines[event.line]
    is_open = guards.is_the_last_try(line, event.number, line.asked)
    return purchase.with_line(event.line, asked=0) if is_open else purchase, ()


def reversal_made(purchase: Purchase, event: ReversalMade) -> Turned:
    """It came back."""
    line = purchase.lines[event.line]
    if not guards.is_the_last_try(line, event.number, line.taking):
        return purchase, ()
    after = purchase.with_line(event.line, taking=0, taken=line.taken + line.taking)
    return after, (Book(Entry.REVERSED, line.taking, line=event.line, number=event.number),)


def reversal_refused(purchase: Purchase, event: ReversalRefused) -> Turned:
    """A debt is carried, and never collected without agreement."""
    line = purchase.lines[event.line]
    if not guards.is_the_last_try(line, event.number, line.taking):
        return purchase, ()
    after = purchase.with_line(event.line, taking=0, debt=line.debt + line.taking)
    return after, (Park(Concern.DEBT, line.taking),)


def debt_due(purchase: Purchase, event: DebtDue) -> Turned:
    """What they owe is asked for again: from what they earned since, never from their bank."""
    return purchase.with_line(event.line, debt=0), ()
