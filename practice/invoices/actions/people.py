"""This file knows what people say about themselves for invoices: payees how they are taxed, clients who they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete

from practice.accounts.models import User
from practice.invoices import queries
from practice.invoices.models import BuyerDetails, Invoice, InvoiceBuyer, TaxProfile
from practice.invoices.states import InvoiceKind
from practice.store import audit
from practice.store.db import changed, db, new_code, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Conflict


@transactional
def change_profile(payee: User, facts: Mapping[str, Any], *, shown: Shown) -> bool:
    """A new version of how somebody is taxed, for what is issued from now on; False where nothing is another than
    before. Raises `Changed` where another one is stored than their page showed."""
    db.session.get_one(User, payee.id, with_for_update=True)
    shown.check()
    now = queries.profile_of(payee.code)
    if now is not None and all(getattr(now, name) == value for name, value in facts.items()):
        return False
    db.session.add(TaxProfile(code=new_code(), payee_code=payee.code, **facts))
    audit.record("tax.changed", f"account:{payee.code}", actor=payee)
    return True


@transactional
def name_buyer(client: User, code: str, details: Mapping[str, str]) -> None:
    """Make out an invoice to somebody, with all that was issued about the same, and keep it for the next ones.

    What has a name keeps it. Raises `NotFound` for an invoice of another, Conflict where it has a name.
    """
    invoice = queries.for_recipient(client, code)
    if queries.buyer_of(invoice) is not None:
        raise Conflict("This one has a name on it already. It is not changed any more.")
    _remember(client, details)
    for each in (invoice, *queries.beside(invoice)):
        if queries.buyer_of(each) is None:
            _put(each, details)
    audit.record("invoice.buyer_named", f"invoice:{code}", actor=client)


def _remember(client: User, details: Mapping[str, str]) -> None:
    found = queries.details_of(client) or BuyerDetails(code=new_code(), user_id=client.id)
    found.details, found.changed_at = json.dumps(dict(details)), clock.now()
    db.session.add(found)


def put_buyer_on(invoice: Invoice) -> None:
    """Make out what is being issued to its buyer, where they have said who they are."""
    if invoice.is_of_commission:
        return
    of = invoice.corrects or invoice
    buyer = queries.buyer_of(of) if invoice.kind == InvoiceKind.CREDIT_NOTE else queries.details_by(of.recipient_code)
    if buyer is not None and (facts := queries.facts_of(buyer)):
        _put(invoice, facts)


def _put(invoice: Invoice, details: Mapping[str, str]) -> None:
    db.session.add(InvoiceBuyer(code=new_code(), invoice_id=invoice.id, details=json.dumps(dict(details))))


@transactional
def forget_details(client: User) -> int:
    """Take somebody's name off everything that was issued to them, and off what is to come; how many were."""
    wiped = changed(delete(InvoiceBuyer).where(InvoiceBuyer.invoice_id.in_(queries.ids_of_client(client))))
    wiped += changed(delete(BuyerDetails).where(BuyerDetails.user_id == client.id))
    if wiped:
        audit.record("invoice.buyer_wiped", f"account:{client.code}", actor=client)
    return wiped
