"""This file knows what pages and files say of invoices: what each kind is called, how its tax is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app

from practice.payments.models import OrderLine
from practice.store import sealed, vault
from practice.values.money import Money

from . import queries
from .forms import as_percent
from .models import Invoice
from .states import InvoiceKind, TaxStatus
from .years import Back, day_of

K = InvoiceKind
KINDS = {
    K.RECEIPT: "Receipt",
    K.INVOICE: "Invoice",
    K.CREDIT_NOTE: "Credit note",
    K.COMMISSION: "Commission invoice",
    K.COMMISSION_CREDIT: "Commission credit note",
}
HEADS = ("Date", "Number", "Kind", "What", "With", "Currency", "Amount", "Tax in it", "Tax rate in %", "Corrects")


def title(invoice: Invoice) -> str:
    """What stands above it: “Invoice TO-2026-0017”."""
    return f"{KINDS[K(invoice.kind)]} {invoice.name}"


@dataclass(frozen=True)
class Payment:
    """What a client paid once: for what, to whom, when (`at` is UTC, `on` a day to show), with all that was issued
    about it, each with its title, and what went back of it. `came_too_late`: nothing ever is issued, because all of it
    is given back. `is_of_before`: it was paid in an earlier year; the amount is what went back in this one."""

    label: str
    seller: str
    at: datetime
    on: date
    amount: Money
    issued: list[tuple[Invoice, str]] = field(default_factory=list)
    back: list[Back] = field(default_factory=list)
    came_too_late: bool = False
    is_of_before: bool = False


def by_payment(
    invoices: Iterable[Invoice], too_late: Iterable[OrderLine] = (), backs: Iterable[Back] = ()
) -> list[Payment]:
    """What was issued about one payment together, the first issued first, with what went back of it, and payments that
    came `too_late`; `invoices` come newest first, and so do payments, by the first that was issued about each."""
    found, of_lines = _by_line(invoices), _backs_by_line(backs)
    payments = [_issued(each, of_lines.get(line, [])) for line, each in found.items()]
    return sorted([*payments, *map(_too_late, too_late)], key=_newest, reverse=True)


def of_year(invoices: Sequence[Invoice], too_late: Iterable[OrderLine], backs: Sequence[Back]) -> list[Payment]:
    """The same of one year, so that its rows come to its sums: also what went back in it of what was paid before."""
    paid = {each.lines[0].line_code for each in invoices if K(each.kind) == K.RECEIPT}
    rows = by_payment((each for each in invoices if each.lines[0].line_code in paid), too_late, backs)
    issued, of_lines = _by_line(invoices), _backs_by_line(backs)
    before = [line for line in {**issued, **of_lines} if line not in paid]
    rows += [_of_before(issued.get(line, []), of_lines.get(line, [])) for line in before]
    return sorted(rows, key=_newest, reverse=True)


def _by_line(invoices: Iterable[Invoice]) -> dict[str, list[tuple[Invoice, str]]]:
    found: dict[str, list[tuple[Invoice, str]]] = {}
    for each in invoices:
        found.setdefault(each.lines[0].line_code, []).insert(0, (each, title(each)))
    return found


def _backs_by_line(backs: Iterable[Back]) -> dict[str, list[Back]]:
    found: dict[str, list[Back]] = {}
    for each in backs:
        found.setdefault(each.line, []).append(each)
    return found


def _newest(payment: Payment) -> tuple[datetime, int]:
    return payment.at, payment.issued[0][0].id if payment.issued else 0


def _issued(issued: list[tuple[Invoice, str]], back: list[Back]) -> Payment:
    first = issued[0][0]
    seller = first.facts["seller"]["name"]
    return Payment(first.lines[0].label, seller, first.issued_at, first.issued_on, first.total, issued, back)


def _of_before(issued: list[tuple[Invoice, str]], back: list[Back]) -> Payment:
    """What became in a year of something paid before it."""
    if not back:
        first = issued[0][0]
        nothing = Money(0, first.currency)
        return Payment(first.lines[0].label, "", first.issued_at, first.issued_on, nothing, issued, is_of_before=True)
    amount = Money(-sum(each.money.amount for each in back), back[0].money.currency)
    return Payment(back[0].label, "", back[-1].at, back[-1].on, amount, issued, back, is_of_before=True)


def _too_late(line: OrderLine) -> Payment:
    paid_at = line.order.paid_at
    assert paid_at is not None, "it was paid"
    amount = Money(line.price, line.order.currency)
    return Payment(line.label, line.payee.display_name, paid_at, day_of(paid_at), amount, came_too_late=True)


def tax_sentence(invoice: Invoice) -> str:
    """Why no tax is charged; "" where some is, or a payee has not said yet how they are taxed."""
    return str(invoice.facts["seller"].get("sentence", ""))


def month(invoice: Invoice) -> date | None:
    """The first day of the month that it is about; None for what is about no month."""
    return date.fromisoformat(f"{invoice.period}-01") if invoice.period else None


def tax_status(invoice: Invoice) -> str:
    """Why no tax is charged, in two words."""
    known = {TaxStatus.EXEMPT: "exempt", TaxStatus.SMALL: "small business"}
    return known.get(invoice.facts["seller"].get("status"), "")


def rows(invoice: Invoice) -> list[tuple[str, Any]]:
    """Its lines as (label, amount)."""
    return [(line.label, invoice.signed(line.gross)) for line in invoice.lines]


def buyer(invoice: Invoice) -> dict[str, str]:
    """Who it is made out to, for a page, which opens whatever is locked; empty where nobody has said so."""
    if invoice.is_of_commission:
        return dict(invoice.facts["buyer"])
    try:
        return queries.facts_of(queries.buyer_of(invoice))
    except vault.VaultLocked as locked:
        current_app.logger.error("%s: details of invoice_buyers", locked.code)
        return {"name": sealed.UNREAD}


def csv_rows(invoices: Any) -> list[tuple[Any, ...]]:
    """Each as one row of a file, under `HEADS`; an amount in whole units, below nothing where something went back."""
    return [
        (
            each.issued_on.isoformat(),
            each.name,
            KINDS[K(each.kind)],
            "; ".join(line.label for line in each.lines),
            each.facts["seller"]["name"],
            each.currency,
            each.total.decimal,
            each.tax_amount.decimal,
            as_percent(each.rate),
            each.corrects.name if each.corrects else "",
        )
        for each in invoices
    ]


def given_back_rows(found: Sequence[Back]) -> list[tuple[Any, ...]]:
    """What went back to somebody, as rows under `HEADS`: it has no number, and often no paper is written about it."""
    return [
        (
            each.on.isoformat(),
            *("", "Given back", each.label, "", each.money.currency),
            (Money(0, each.money.currency) - each.money).decimal,
            *("", "", ""),
        )
        for each in found
    ]
