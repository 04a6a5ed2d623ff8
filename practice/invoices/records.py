"""This file knows what the room of invoices writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows, Stay
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.store import retention
from practice.store.db import changed

from . import actions, queries
from .models import TaxProfile

BY_LAW = f"Tax law asks that books are kept, for up to {retention.INVOICED.length} in most countries"


def _issued(user: User) -> Rows:
    return [queries.as_record(each) for each in reversed(queries.of_client(user))]


def _details(user: User) -> Rows:
    found = queries.details_of(user)
    return [{**queries.facts_of(found), "changed": iso(found.changed_at)}] if found is not None else []


def _practice(user: User) -> Rows:
    return [queries.as_record(each) for each in reversed(queries.of_practice(user))]


def _profiles(user: User) -> Rows:
    return [
        {**each.facts, "rate_in_per_cent": each.rate / 100, "since": iso(each.made_at)}
        for each in reversed(queries.profiles_of(user))
    ]


def _wipe_profiles(user: User) -> None:
    changed(delete(TaxProfile).where(TaxProfile.payee_code == user.code))


holdings.keeps(
    Record(
        "invoices",
        "Receipts, invoices and credit notes that you got",
        _issued,
        goes=False,
        stays=(
            Stay(
                "That something was paid, when, to whom and how much, under a number. Not your name",
                BY_LAW,
                "As long as the books are kept",
            ),
        ),
    )
)
holdings.keeps(Record("invoice_details", "Your name and address on invoices", _details, wipe=actions.forget_details))
holdings.keeps(
    Record(
        "invoices_of_practice",
        "Invoices and credit notes in your name, and those for our commission",
        _practice,
        goes=False,
        stays=(
            Stay(
                "Invoices that were issued, with your legal name, address and tax number as they were",
                BY_LAW,
                "As long as the books are kept",
            ),
        ),
    )
)
holdings.keeps(Record("tax_profiles", "How you are taxed", _profiles, _wipe_profiles))
