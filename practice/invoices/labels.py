"""This file knows what pages and files say of invoices: what each kind is called, how its tax is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    about it, each with its title. `came_too_late`: nothing ever is, because all of it is given back."""

    label: str
    seller: str
    at: datetime
    on: date | datetime
    amount: Money
    issued: list[tuple[Invoice, str]]
    came_too_late: bool = False


def by_payment(invoices: Iterable[Invoice], too_late: Iterable[OrderLine] = ()) -> list[Payment]:
    """What was issued about one payment together, the first issued first, and payments that came `too_late`;
    `invoices` come newest first, and so do payments, by the first that was issued about each."""
    found: dict[str, list[tuple[Invoice, str]]] = {}
    for each in invoices:
        found.setdefault(each.lines[0].line_code, []).insert(0, (each, title(each)))
    payments = [_issued(each) for each in found.values()] + [_too_late(each) for each in too_late]
    return sorted(payments, key=_newest, reverse=True)


def _newest(payment: Payment) -> tuple[datetime, int]:
    return payment.at, payment.issued[0][0].id if payment.issued else 0


def _issued(issued: list[tuple[Invoice, str]]) -> Payment:
    first = issued[0][0]
    seller = first.facts["seller"]["name"]
    return Payment(first.lines[0].label, seller, first.issued_at, first.issued_on, first.total, issued)


def _too_late(line: OrderLine) -> Payment:
    paid_at = line.order.paid_at
    assert paid_at is not None, "it was paid"
    amount = Money(line.price, line.order.currency)
    return Payment(line.label, line.payee.display_name, paid_at, paid_at, amount, [], came_too_late=True)


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


def given_back_rows(found: Sequence[tuple[date, str, Money]]) -> list[tuple[Any, ...]]:
    """What went back to somebody, as rows under `HEADS`: it has no number, and often no paper is written about it."""
    return [
        (
            on.isoformat(),
            "",
            "Given back",
            label,
            "",
            back.currency,
            (Money(0, back.currency) - back).decimal,
            "",
            "",
            "",
        )
        for on, label, back in found
    ]
