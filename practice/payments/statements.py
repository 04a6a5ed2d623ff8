"""This file knows what a payout consists of: everything that came to its payee's balance since the payout before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from practice.accounts.models import User
from practice.ledger.chart import Pot
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.store.db import db
from practice.values.errors import NotFound
from practice.values.money import Money
from practice.values.text import as_initials

from .models import Order, OrderLine, Payout
from .states import PayoutState

# What leaves the balance as a payout is the statement's sum, not one of its lines.
LEAVES = (Event.PAYOUT_SENT,)


@dataclass(frozen=True)
class Entry:
    """Something that came to the balance, or was taken from it (below zero)."""

    event: Event
    label: str
    initials: str
    amount: Money
    at: datetime


@dataclass(frozen=True)
class Statement:
    """A payout with its lines; `carried` was there before, or stays for the next (below zero). It adds up."""

    payout: Payout
    entries: tuple[Entry, ...]
    carried: Money


def payout_of(payee: User, code: str) -> Payout:
    """Somebody's own payout; raises `NotFound` for another's."""
    found = db.session.scalars(select(Payout).where(Payout.code == code, Payout.payee_code == payee.code)).first()
    if found is None:
        raise NotFound("This payout does not exist.")
    return found


def statement(payout: Payout) -> Statement:
    """What it consists of."""
    entries = tuple(_entries(payout, _before(payout)))
    in_them = sum(each.amount.amount for each in entries)
    return Statement(payout, entries, Money(payout.amount - in_them, payout.currency))


def _before(payout: Payout) -> datetime | None:
    """When the payout before it was asked for; one that never left took nothing with it."""
    asked = (
        select(Payout.made_at)
        .where(Payout.payee_code == payout.payee_code, Payout.currency == payout.currency, Payout.id < payout.id)
        .where(or_(Payout.state != PayoutState.FAILED, Payout.name != ""))
    )
    found: datetime | None = db.session.scalar(asked.order_by(Payout.id.desc()).limit(1))
    return found


def _entries(payout: Payout, since: datetime | None) -> list[Entry]:
    way = (LedgerPosting.source, LedgerPosting.amount, LedgerPosting.currency)
    asked = (
        select(*way, LedgerBatch.event, LedgerBatch.at, OrderLine.label, User.display_name)
        .join(LedgerBatch, LedgerBatch.id == LedgerPosting.batch_id)
        .outerjoin(OrderLine, OrderLine.code == LedgerPosting.line_code)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
        .where(LedgerPosting.payee == payout.payee_code, LedgerPosting.currency == payout.currency)
        .where(or_(LedgerPosting.source == Pot.TRANSFERRED, LedgerPosting.target == Pot.TRANSFERRED))
        .where(LedgerBatch.event.not_in(LEAVES), LedgerBatch.at <= payout.made_at)
        .order_by(LedgerBatch.id, LedgerPosting.number)
    )
    if since is not None:
        asked = asked.where(LedgerBatch.at > since)
    return [
        Entry(
            Event(event),
            label or "",
            as_initials(name or "") if label else "",
            Money(-amount if source == Pot.TRANSFERRED else amount, currency),
            at,
        )
        for source, amount, currency, event, at, label, name in db.session.execute(asked)
    ]
