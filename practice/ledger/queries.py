"""This file knows every read of the ledger: what is in which pot, and what has happened to an order or a payout."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, or_, select, true

from practice.store.db import db, spelled
from practice.values.money import Money

from .chart import Balances, Line, Posting, Pot
from .events import Batch, Event
from .models import LedgerBatch, LedgerPosting

# How much went from which pot to which, in which currency; what is in a pot is what came less what went.
WAYS = (LedgerPosting.source, LedgerPosting.target, LedgerPosting.currency)
IN_ALL = cast(func.sum(LedgerPosting.amount), BigInteger).label("in_all")


def of_line(line: str) -> Balances:
    """What is in the pots of one line; in “unearned” below zero by what was earned, since orders are paid whole."""
    return _balances(LedgerPosting.line_code == line)


def of_order(order: str) -> Balances:
    """What is in the pots of one order."""
    return _balances(LedgerPosting.batch_id.in_(select(LedgerBatch.id).where(LedgerBatch.order_code == order)))


def of_payee(payee: str) -> Balances:
    """What is in the pots of one payee; in “commission” what the platform earned with their sessions."""
    return _balances(LedgerPosting.payee == payee)


def of_everybody() -> Balances:
    """What is in each pot."""
    return _balances(true())


def by_payee() -> dict[str, Balances]:
    """What is in the pots of each payee, by their code; "" is what is nobody's."""
    return _grouped(LedgerPosting.payee, select())


def by_order() -> dict[str, Balances]:
    """What is in the pots of each order, by its code; "" is what is of no order."""
    asked = (
        select(LedgerBatch.order_code, LedgerPosting.currency, *(cast(func.sum(_net(pot)), BigInteger) for pot in Pot))
        .join(LedgerPosting, LedgerPosting.batch_id == LedgerBatch.id)
        .group_by(LedgerBatch.order_code, LedgerPosting.currency)
    )
    found: dict[str, dict[tuple[Pot, str], int]] = {}
    # Names of pots are made once and not for each order: there are many orders.
    names: dict[str, list[tuple[Pot, str]]] = {}
    for order, currency, *amounts in db.session.execute(asked):
        if currency not in names:
            names[currency] = [(pot, currency) for pot in Pot]
        moved = {name: amount for name, amount in zip(names[currency], amounts, strict=True) if amount}
        found[order] = found[order] | moved if order in found else moved
    return {order: Balances(amounts) for order, amounts in found.items()}


def _net(pot: Pot) -> ColumnElement[int]:
    """What a posting brings into a pot: one row for each order, however much has happened to it."""
    comes, goes = LedgerPosting.target == spelled(pot), LedgerPosting.source == spelled(pot)
    return case((comes, LedgerPosting.amount), (goes, -LedgerPosting.amount), else_=0)


def _balances(where: ColumnElement[bool]) -> Balances:
    found: Counter[tuple[Pot, str]] = Counter()
    for source, target, currency, in_all in db.session.execute(select(*WAYS, IN_ALL).where(where).group_by(*WAYS)):
        found[Pot(source), currency] -= in_all
        found[Pot(target), currency] += in_all
    return Balances(found)


def _grouped(key: Any, of: Select[Any]) -> dict[str, Balances]:
    """One question, however many there are."""
    asked = of.add_columns(key, *WAYS, IN_ALL).select_from(LedgerPosting).group_by(key, *WAYS)
    found: dict[str, Counter[tuple[Pot, str]]] = defaultdict(Counter)
    for name, source, target, currency, in_all in db.session.execute(asked):
        found[name][Pot(source), currency] -= in_all
        found[name][Pot(target), currency] += in_all
    return {name: Balances(amounts) for name, amounts in found.items()}


# ---------------------------------------------------------------- what has happened


@dataclass(frozen=True, slots=True)
class Written:
    """A batch as it is stored; `batch` is None where rows were changed by hand into what no event is."""

    number: int
    name: str
    batch: Batch | None
    size: int
    total: int
    actor: str
    at: datetime
    digest: str


def of_orders(orders: Iterable[str]) -> list[Written]:
    """Everything that was booked for these orders, in order."""
    return list(_written(LedgerBatch.order_code.in_(list(orders))))


def everything() -> Iterator[Written]:
    """Everything, one after the other."""
    return _written(true())


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a posting: what a pot got, or gave (below zero), as its batch was booked."""

    batch: int
    at: datetime
    event: str
    about: str
    order: str
    pot: Pot
    money: Money
    payee: str
    line: str


def entries_between(begins: datetime, ends: datetime) -> Iterator[Entry]:
    """Both sides of everything that was booked from an instant to another, in its order: what gave, then what got."""
    head, row = LedgerBatch.__table__.c, LedgerPosting.__table__.c
    asked = (
        select(*head, row.source, row.target, row.amount, row.payee, row.line_code)
        .join(LedgerPosting.__table__, row.batch_id == head.id)
        .where(head.at >= begins, head.at < ends)
        .order_by(head.id, row.number)
        .execution_options(yield_per=1000)
    )
    for each in db.session.execute(asked):
        of = (each.id, each.at, each.event, each.about, each.order_code)
        for pot, moved in ((each.source, -each.amount), (each.target, each.amount)):
            yield Entry(*of, Pot(pot), Money(moved, each.currency), each.payee, each.line_code)


def moved_between(begins: datetime | None, ends: datetime) -> dict[tuple[str, Pot], tuple[int, int]]:
    """What came into each pot and went out of it, by currency, from an instant (the beginning) to another."""
    asked = select(*WAYS, IN_ALL).join(LedgerBatch, LedgerBatch.id == LedgerPosting.batch_id)
    asked = asked.where(LedgerBatch.at < ends, LedgerBatch.at >= begins if begins else true()).group_by(*WAYS)
    came: Counter[tuple[str, Pot]] = Counter()
    went: Counter[tuple[str, Pot]] = Counter()
    for source, target, currency, in_all in db.session.execute(asked):
        went[currency, Pot(source)] += in_all
        came[currency, Pot(target)] += in_all
    return {key: (came[key], went[key]) for key in sorted(came.keys() | went.keys())}


def incomplete() -> list[str]:
    """Batches that do not move what they say, by name. One question: also for a page that shows whether all is well."""
    counted, moved = func.count(LedgerPosting.number), func.coalesce(func.sum(LedgerPosting.amount), 0)
    asked = (
        select(LedgerBatch.id, LedgerBatch.event, LedgerBatch.about)
        .outerjoin(LedgerPosting, LedgerPosting.batch_id == LedgerBatch.id)
        .group_by(LedgerBatch.id, LedgerBatch.event, LedgerBatch.about, LedgerBatch.size, LedgerBatch.total)
        .having(or_(counted != LedgerBatch.size, moved != LedgerBatch.total))
        .order_by(LedgerBatch.id)
    )
    return [_name(number, event, about) for number, event, about in db.session.execute(asked)]


def _name(number: int, event: str, about: str) -> str:
    return f"{number} ({event}, {about})"


def _written(where: ColumnElement[bool]) -> Iterator[Written]:
    head, row = LedgerBatch.__table__.c, LedgerPosting.__table__.c
    asked = (
        select(*head, row.number, row.source, row.target, row.amount, row.payee, row.line_code)
        .outerjoin(LedgerPosting.__table__, row.batch_id == head.id)
        .where(where)
        .order_by(head.id, row.number)
        .execution_options(yield_per=1000)
    )
    for _, rows in groupby(db.session.execute(asked), key=lambda each: each.id):
        yield _one(list(rows))


def _one(rows: list[Any]) -> Written:
    head = rows[0]
    name = _name(head.id, head.event, head.about)
    return Written(head.id, name, _batch(rows), head.size, head.total, head.actor, head.at, head.digest)


def _batch(rows: list[Any]) -> Batch | None:
    head = rows[0]
    try:
        return Batch(Event(head.event), head.about, tuple(map(_posting, rows)), head.order_code)
    except (TypeError, ValueError):
        return None


def _posting(row: Any) -> Posting:
    amount = Money(row.amount, row.currency)
    return Posting(Pot(row.source), Pot(row.target), amount, Line(row.line_code, row.payee))
