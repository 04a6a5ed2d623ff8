"""This file knows what becomes of money that a card holder's bank asks back: taken from its lines, won back or lost."""

from __future__ import annotations

from dataclasses import replace

from practice.payments.states import DisputeState

from . import guards
from .dues import book_what_is_due, booked_of, spread
from .effects import Book, Concern, Effect, Effects, Entry, Park
from .events import Asked, ChargeSeen
from .purchase import Purchase

Turned = tuple[Purchase, Effects]


def dispute_seen(purchase: Purchase, event: ChargeSeen) -> Turned:
    """Also where the decision is the first that is heard of it."""
    if event.dispute is None or not guards.is_newer(purchase, event.dispute):
        return purchase, ()
    opened: Effects = ()
    if purchase.dispute != DisputeState.OPEN:
        purchase, opened = _opened(purchase, event.disputed)
    if event.dispute == Asked.OPEN:
        return purchase, opened
    after, decided = win(purchase) if event.dispute == Asked.WON else _lost(purchase, ours=event.ours)
    return after, (*opened, *decided)


def _opened(purchase: Purchase, amount: int) -> Turned:
    """The bank took it. What was promised and has not gone is withdrawn: the bank may give the same."""
    purchase, withdrawn = book_what_is_due(replace(purchase, dispute=DisputeState.OPEN, disputed=amount))
    effects: list[Effect] = list(withdrawn)
    taken = spread(amount, [line.rest for line in purchase.parts])
    for at, part in enumerate(taken):
        if part:
            purchase, booked = booked_of(purchase, at, Entry.DISPUTE_OPENED, disputed=part)
            effects.append(booked)
    beyond = amount - sum(taken)
    effects += [Book(Entry.DISPUTE_OPENED_BEYOND, beyond)] if beyond else []
    return replace(purchase, beyond=beyond), (*effects, Park(Concern.DISPUTE, amount))


def win(purchase: Purchase) -> Turned:
    """It came back, and what was promised meanwhile is due again."""
    effects: list[Effect] = []
    for at, line in enumerate(purchase.parts):
        if line.disputed:
            purchase, booked = booked_of(purchase, at, Entry.DISPUTE_WON, disputed=0)
            effects.append(booked)
    effects += [Book(Entry.DISPUTE_WON_BEYOND, purchase.beyond)] if purchase.beyond else []
    return replace(purchase, dispute=DisputeState.WON, beyond=0), tuple(effects)


def _lost(purchase: Purchase, *, ours: bool) -> Turned:
    """It is gone, and counts as returned to the client; where we bear it, the payee keeps what they had."""
    parts = [(at if line.sold else None, line.disputed) for at, line in enumerate(purchase.parts)]
    effects: list[Effect] = [
        Book(Entry.DISPUTE_LOST, amount, line=at) for at, amount in (*parts, (None, purchase.beyond)) if amount
    ]
    after, due = book_what_is_due(replace(purchase, dispute=DisputeState.LOST))
    after, borne = _bear(after) if ours else (after, ())
    return after, (*effects, *due, *borne)


def _bear(purchase: Purchase) -> Turned:
    effects: list[Effect] = []
    for at, line in enumerate(purchase.parts):
        theirs = line.price - max(line.back, purchase.gone_of(at))
        if line.sold and theirs > line.rest:
            purchase, booked = booked_of(purchase, at, Entry.LOSS_BORNE, borne=theirs - line.rest)
            effects.append(booked)
    return purchase, tuple(effects)
