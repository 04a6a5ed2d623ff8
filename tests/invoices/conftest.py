"""This file knows what tests of invoices may ask for: a payee who has said how they are taxed, something paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from practice.accounts.models import User
from practice.invoices import actions
from practice.invoices.models import Invoice
from practice.invoices.states import InvoiceKind, TaxStatus
from practice.payments import actions as payments
from practice.payments.models import Order, OrderLine
from practice.store import checks
from practice.store.db import db
from practice.store.versions import Shown, mark_of
from practice.values.money import Money
from tests.shop import paid

SMALL = {
    "status": TaxStatus.SMALL,
    "legal_name": "Anna Kern",
    "address": "Lange Gasse 8\n1080 Wien",
    "country": "AT",
    "tax_number": "",
    "rate": 0,
    "sentence": "Umsatzsteuerfrei aufgrund der Kleinunternehmerregelung",
}
REGISTERED = SMALL | {"status": TaxStatus.REGISTERED, "tax_number": "ATU12345678", "rate": 2000, "sentence": ""}


def say_taxed(payee: User, facts: dict[str, Any]) -> None:
    """As their page does it."""
    actions.change_profile(payee, facts, shown=Shown(mark_of(None), lambda: None))


@pytest.fixture
def taxed(cast: Any) -> Callable[[dict[str, Any]], None]:
    """`taxed(SMALL)`: Anna has said how she is taxed."""
    return lambda facts=SMALL: say_taxed(cast.anna, facts)


@pytest.fixture
def sold(buy: Callable[..., Order]) -> Callable[..., OrderLine]:
    """`sold(7000)`: Ben has paid Anna for a session; the line of it."""

    def sell(*amounts: int, **more: Any) -> OrderLine:
        order = buy(*amounts, **more)
        payments.turn(order, paid(order))
        return order.lines[0]

    return sell


def give_back(line: OrderLine, back: int, *, ends: bool = False) -> None:
    """So much of it comes back in all."""
    payments.give_back(line, Money(back, line.order.currency), ends=ends)


def issued(*kinds: InvoiceKind) -> list[Invoice]:
    """Everything that was issued, or all of these kinds, in order."""
    db.session.rollback()
    found = db.session.scalars(select(Invoice).order_by(Invoice.id)).all()
    return [each for each in found if not kinds or each.kind in kinds]


def faults() -> list[str]:
    """What the room's own checks name."""
    own = [each.call for each in checks._checks if each.call.__module__ == "practice.invoices.checks"]
    assert own
    return [sentence for each in own for sentence in each()]


def named(*kinds: InvoiceKind) -> list[str]:
    """Their numbers in words."""
    return [each.name for each in issued(*kinds)]
