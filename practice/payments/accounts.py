"""This file knows how a payee's account at the card processor begins: asked for here, made by a worker."""

from __future__ import annotations

from practice.accounts.models import User
from practice.config import settings
from practice.providers.stripe_gateway.accounts import PAYS_TO
from practice.providers.stripe_gateway.values import AccountState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Invalid

from . import queries
from .actions.turning import new_operation
from .kinds import OpKind
from .models import PayeeAccount


@transactional
def open_account(payee: User, country: str, currency: str) -> PayeeAccount:
    """Somebody's account, asked for if they have none that is open. Who is paid in which currency stays as it is.

    Raises `Invalid` for a country to which nothing can be paid from here, or a currency that we don't sell
    in, or other than that of what they have still to get.
    """
    db.session.get_one(User, payee.id, with_for_update=True)
    found = queries.account_of(payee)
    if found is not None and found.state != AccountState.REFUSED:
        return found
    wrong = {"country": "Our payment partner cannot pay to this country from here."} if country not in PAYS_TO else {}
    if fault := _currency_fault(payee, currency):
        wrong["currency"] = fault
    if wrong:
        raise Invalid(fields=wrong)
    if found is not None:
        found.ended_at = clock.now()
        db.session.flush()
    row = PayeeAccount(
        payee_id=payee.id, payee_code=payee.code, country=country, currency=currency, state=AccountState.MISSING
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(new_operation(OpKind.OPEN_ACCOUNT, account_id=row.id))
    audit.record("payee.account_asked", f"account:{payee.code}", actor=payee)
    return row


def _currency_fault(payee: User, currency: str) -> str:
    """Why nobody can be paid in it; "" when nothing is in the way. What was earned is sent in the currency it is in."""
    if currency not in settings().sells_in:
        return "Choose a currency from the list."
    waits = queries.waits_in(payee)
    if waits is not None and waits != currency:
        return f"What you have earned in {waits} can only be sent to an account in {waits}."
    return ""
