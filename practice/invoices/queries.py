"""This file knows every read of invoices: what is still to be written, what somebody may see, what a year came to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from practice.accounts.models import User
from practice.ledger.chart import Pot
from practice.ledger.events import Event
from practice.ledger.models import LedgerBatch, LedgerPosting
from practice.payments.models import Order, OrderLine
from practice.payments.states import Seat
from practice.store.db import db
from practice.values.errors import NotFound
from practice.values.money import Money

from .models import BuyerDetails, Invoice, InvoiceBuyer, InvoiceLine, TaxProfile
from .policy import Billed, Earned
from .states import InvoiceKind

K = InvoiceKind
OF_CLIENTS = (K.RECEIPT, K.INVOICE, K.CREDIT_NOTE)


# ---------------------------------------------------------------- tax profiles and buyers


def profile_of(payee_code: str) -> TaxProfile | None:
    """How a payee is taxed now; None as long as they have not said it, and no invoice can be written."""
    asked = select(TaxProfile).where(TaxProfile.payee_code == payee_code)
    return db.session.scalars(asked.order_by(TaxProfile.id.desc()).limit(1)).first()


def has_profile(payee: User) -> bool:
    """Whether invoices can be written for them: whoever sells asks this first."""
    return profile_of(payee.code) is not None


def profiles_of(payee: User) -> Sequence[TaxProfile]:
    """Everything that a payee has said about it, the newest first."""
    return db.session.scalars(
        select(TaxProfile).where(TaxProfile.payee_code == payee.code).order_by(TaxProfile.id.desc())
    ).all()


def details_of(user: User) -> BuyerDetails | None:
    """What somebody wants to have on their invoices."""
    return db.session.scalars(select(BuyerDetails).where(BuyerDetails.user_id == user.id)).first()


def details_by(code: str) -> BuyerDetails | None:
    """The same, by the code of an account."""
    return db.session.scalars(select(BuyerDetails).join(User).where(User.code == code)).first() if code else None


def buyer_of(invoice: Invoice) -> InvoiceBuyer | None:
    """Who it is made out to; None where nobody has said so, or took it back."""
    return db.session.scalars(select(InvoiceBuyer).where(InvoiceBuyer.invoice_id == invoice.id)).first()


def facts_of(row: BuyerDetails | InvoiceBuyer | None) -> dict[str, str]:
    """Name, address and tax number as they were typed; raises `VaultLocked` where they do not open."""
    found: dict[str, str] = json.loads(row.details) if row is not None and row.details else {}
    return found


# ---------------------------------------------------------------- what is to be written


@dataclass(frozen=True)
class Booked:
    """A line was earned, or is no more, as the ledger has it: what an invoice or a credit note is about."""

    batch: int
    event: Event
    line: str
    payee: str
    amount: Money
    at: datetime


def waiting(*where: ColumnElement[bool], limit: int) -> list[Booked]:
    """What was booked and has not been written about yet, the oldest first."""
    asked = (
        select(
            LedgerBatch.id,
            LedgerBatch.event,
            LedgerPosting.line_code,
            LedgerPosting.payee,
            LedgerBatch.total,
            LedgerBatch.currency,
            LedgerBatch.at,
        )
        .join(LedgerPosting, and_(LedgerPosting.batch_id == LedgerBatch.id, LedgerPosting.number == 1))
        .where(_is_unwritten(), *where)
        .order_by(LedgerBatch.id)
        .limit(limit)
    )
    return [
        Booked(batch, Event(event), line, payee, Money(total, currency), at)
        for batch, event, line, payee, total, currency, at in db.session.execute(asked)
    ]


def since(instant: datetime) -> ColumnElement[bool]:
    """For `waiting`: what was booked from then on."""
    return LedgerBatch.at >= instant


def of_line(line_code: str) -> ColumnElement[bool]:
    """For `waiting`: what is about one line."""
    return LedgerPosting.line_code == line_code


def of_payee(payee_code: str) -> ColumnElement[bool]:
    """For `waiting`: what is about one payee."""
    return LedgerPosting.payee == payee_code


def _is_unwritten() -> ColumnElement[bool]:
    """A receipt needs nothing; an invoice a payee who has said how they are taxed, a credit note an invoice."""
    can_bill = exists().where(TaxProfile.payee_code == LedgerPosting.payee)
    billed = (
        exists()
        .where(InvoiceLine.line_code == LedgerPosting.line_code, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.kind == K.INVOICE)
    )
    return or_(
        and_(LedgerBatch.event == Event.EARNED, or_(_lacks(K.RECEIPT), and_(_lacks(K.INVOICE), can_bill))),
        and_(LedgerBatch.event == Event.UNEARNED, _lacks(K.CREDIT_NOTE), or_(can_bill, billed)),
    )


def _lacks(kind: InvoiceKind) -> ColumnElement[bool]:
    return ~exists().where(Invoice.batch_id == LedgerBatch.id, Invoice.kind == kind)


def is_written(cause: str) -> bool:
    """Whether something was issued for that."""
    return db.session.scalar(select(Invoice.id).where(Invoice.cause == cause)) is not None


def line_of(code: str) -> tuple[OrderLine, str, str] | None:
    """The line of an order, with the code of the order and of its buyer ("" once they have gone); None for no line."""
    asked = (
        select(OrderLine, Order.code, func.coalesce(User.code, ""))
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(User, User.id == Order.buyer_id)
    )
    found = db.session.execute(asked.where(OrderLine.code == code)).first()
    return None if found is None else (found[0], found[1], found[2])


def invoice_of_line(line_code: str) -> Invoice | None:
    """The invoice that a line was billed with."""
    asked = select(Invoice).join(InvoiceLine).where(InvoiceLine.line_code == line_code, Invoice.kind == K.INVOICE)
    return db.session.scalars(asked).first()


def credited(invoice: Invoice) -> int:
    """What of it has been taken back by credit notes, in the smallest unit."""
    asked = select(func.coalesce(func.sum(Invoice.gross), 0)).where(Invoice.corrects_id == invoice.id)
    return int(db.session.scalar(asked) or 0)


# ---------------------------------------------------------------- commission

AMOUNT = case((LedgerPosting.target == Pot.COMMISSION, LedgerPosting.amount), else_=-LedgerPosting.amount)
IS_COMMISSION = or_(LedgerPosting.target == Pot.COMMISSION, LedgerPosting.source == Pot.COMMISSION)


def commissions(begins: datetime, ends: datetime) -> dict[tuple[str, str], list[Earned]]:
    """Commission that was earned within that time less what went back, by payee and currency, line by line."""
    asked = (
        select(LedgerPosting.payee, LedgerPosting.currency, LedgerPosting.line_code, func.sum(AMOUNT))
        .join(LedgerBatch, LedgerBatch.id == LedgerPosting.batch_id)
        .where(IS_COMMISSION, LedgerBatch.at >= begins, LedgerBatch.at < ends)
        .group_by(LedgerPosting.payee, LedgerPosting.currency, LedgerPosting.line_code)
        .having(func.sum(AMOUNT) != 0)
        .order_by(func.min(LedgerBatch.id))
    )
    found: dict[tuple[str, str], list[Earned]] = defaultdict(list)
    for payee, currency, line, amount in db.session.execute(asked):
        found[payee, currency].append(Earned(line, int(amount)))
    return dict(found)


def first_commission() -> datetime | None:
    """When commission was earned for the first time."""
    asked = select(func.min(LedgerBatch.at)).join(LedgerPosting, LedgerPosting.batch_id == LedgerBatch.id)
    return db.session.scalar(asked.where(IS_COMMISSION))


def last_period() -> str:
    """The newest month that commission was billed for: "2026-03"; "" for none."""
    return db.session.scalar(select(func.max(Invoice.period))) or ""


def still_billed(lines: Sequence[str]) -> list[Billed]:
    """What earlier invoices about commission still say of these lines, less what was credited."""
    if not lines:
        return []
    root = func.coalesce(Invoice.corrects_id, Invoice.id)
    amount = case((Invoice.kind == K.COMMISSION, InvoiceLine.gross), else_=-InvoiceLine.gross)
    asked = (
        select(root, InvoiceLine.line_code, func.sum(amount))
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.kind.in_((K.COMMISSION, K.COMMISSION_CREDIT)), InvoiceLine.line_code.in_(lines))
        .group_by(root, InvoiceLine.line_code)
    )
    return [Billed(invoice, line, int(amount)) for invoice, line, amount in db.session.execute(asked)]


def is_settled(period: str, payee: str, currency: str) -> bool:
    """Whether a month of a payee was written about."""
    asked = select(Invoice.id).where(
        Invoice.period == period, Invoice.payee_code == payee, Invoice.currency == currency
    )
    return db.session.scalar(asked.limit(1)) is not None


def settled_in(period: str) -> set[tuple[str, str]]:
    """Which payees' months, in which currency, were written about."""
    asked = select(Invoice.payee_code, Invoice.currency).where(Invoice.period == period)
    return {(payee, currency) for payee, currency in db.session.execute(asked)}


def name_of(payee: str) -> str:
    """What a payee's account is called; "" for one that has gone."""
    return str(db.session.scalar(select(User.display_name).where(User.code == payee)) or "")


def labels_of(lines: Sequence[str]) -> dict[str, str]:
    """What these lines are called, by their codes."""
    asked = select(OrderLine.code, OrderLine.label).where(OrderLine.code.in_(lines))
    return {code: label for code, label in db.session.execute(asked)}  # noqa: C416 - rows are no pairs for mypy


# ---------------------------------------------------------------- what somebody may see


def may_read(user: User) -> ColumnElement[bool]:
    """The two that something is between; nobody else."""
    return or_(Invoice.payee_code == user.code, Invoice.recipient_code == user.code)


def for_reader(user: User, code: str) -> Invoice:
    """By its code, and only for those it is between; raises `NotFound` for everybody else. Numbers open nothing."""
    found = db.session.scalars(select(Invoice).where(Invoice.code == code, may_read(user))).first()
    if found is None:
        raise NotFound()
    return found


def for_recipient(user: User, code: str) -> Invoice:
    """The same for whom it was issued to alone; `NotFound` for its seller too."""
    found = for_reader(user, code)
    if found.recipient_code != user.code:
        raise NotFound()
    return found


def is_on_its_way(user: User, line_code: str) -> bool:
    """Whether a receipt of that code will be written within moments, for one of the two."""
    asked = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.code == line_code,
            OrderLine.price > 0,
            OrderLine.kept > 0,
            or_(Order.buyer_id == user.id, OrderLine.payee_code == user.code),
        )
    )
    return db.session.scalar(asked) is not None


def beside(invoice: Invoice) -> Sequence[Invoice]:
    """What else was issued about the same; of an invoice about commission what corrects it, or what it corrects."""
    if invoice.is_of_commission:
        root = invoice.corrects_id or invoice.id
        same: ColumnElement[bool] = or_(Invoice.id == root, Invoice.corrects_id == root)
    else:
        lines = select(InvoiceLine.line_code).where(InvoiceLine.invoice_id == invoice.id)
        others = select(InvoiceLine.invoice_id).where(InvoiceLine.line_code.in_(lines))
        same = and_(Invoice.id.in_(others), Invoice.kind.in_(OF_CLIENTS))
    asked = select(Invoice).where(same, Invoice.id != invoice.id).order_by(Invoice.id)
    return db.session.scalars(asked).all()


def of_client(user: User, year: int | None = None, limit: int | None = None) -> Sequence[Invoice]:
    """What somebody got as a client, the newest first; of one year, or of all."""
    return _listed(Invoice.recipient_code == user.code, year, limit)


def of_lines(user: User, lines: Collection[str]) -> Sequence[Invoice]:
    """What somebody got as a client about these lines, by their codes, the newest first."""
    about = Invoice.lines.any(InvoiceLine.line_code.in_(lines))
    return _listed(and_(Invoice.recipient_code == user.code, about), None, None)


def came_too_late(user: User, bought: str = "", limit: int | None = None) -> Sequence[OrderLine]:
    """What somebody paid and could not have any more, so that all of it is given back and nothing is issued about it,
    the newest first; of one thing bought, by its code, or of all."""
    posted = LedgerPosting.batch_id == LedgerBatch.id
    was_had = exists().where(posted, LedgerPosting.line_code == OrderLine.code, LedgerBatch.event == Event.EARNED)
    asked = (
        select(OrderLine)
        .join(OrderLine.order)
        .options(contains_eager(OrderLine.order), joinedload(OrderLine.payee))
        .where(Order.buyer_id == user.id, Order.paid_at.is_not(None), OrderLine.price > 0, ~was_had)
        .where(OrderLine.seat.in_((Seat.RELEASED, Seat.GIVEN_UP)))
    )
    if bought:
        asked = asked.where(OrderLine.subject_code == bought)
    return db.session.scalars(asked.order_by(Order.paid_at.desc(), OrderLine.id.desc()).limit(limit)).all()


def of_practice(user: User, year: int | None = None, limit: int | None = None) -> Sequence[Invoice]:
    """What was issued by a payee or to them, the newest first: no receipts, which say nothing more to them."""
    return _listed(and_(Invoice.payee_code == user.code, Invoice.kind != K.RECEIPT), year, limit)


def _listed(whose: ColumnElement[bool], year: int | None, limit: int | None) -> Sequence[Invoice]:
    of_year = true() if year is None else Invoice.year == year
    asked = select(Invoice).where(whose, of_year).order_by(Invoice.issued_at.desc(), Invoice.id.desc())
    return db.session.scalars(asked.limit(limit)).all()


def ids_of_client(user: User) -> Select[Any]:
    """The keys of all that was issued to somebody."""
    return select(Invoice.id).where(Invoice.recipient_code == user.code)


def uninvoiced(payee: User) -> int:
    """How many lines wait for their payee to say how they are taxed."""
    asked = (
        select(func.count())
        .select_from(LedgerBatch)
        .join(LedgerPosting, and_(LedgerPosting.batch_id == LedgerBatch.id, LedgerPosting.number == 1))
        .where(LedgerPosting.payee == payee.code, LedgerBatch.event == Event.EARNED, _lacks(K.INVOICE))
    )
    return int(db.session.scalar(asked) or 0)


def as_record(invoice: Invoice) -> dict[str, Any]:
    """One of them in plain values: an amount in whole units, below nothing where something went back."""
    return {
        "number": invoice.name,
        "kind": invoice.kind,
        "issued": invoice.issued_on.isoformat(),
        "amount": str(invoice.total.decimal),
        "tax": str(invoice.tax_amount.decimal),
        "currency": invoice.currency,
        "what": [line.label for line in invoice.lines],
        "from": invoice.facts["seller"]["name"],
    }
