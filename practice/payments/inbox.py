"""This file knows what becomes of the card processor's messages: stored once, and looked at by reading the object anew.

What a message carried counts for nothing: it says only where to look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, select, update

from practice.providers.stripe_gateway import disputes, money
from practice.providers.stripe_gateway import events as messages
from practice.providers.stripe_gateway.client import Gateway, gateway
from practice.providers.stripe_gateway.errors import NoSuchObject, PaymentsOff, StripeProblem, named
from practice.providers.stripe_gateway.values import Event
from practice.store.crashpoints import crashpoint
from practice.store.db import changed, db, insert_once, transaction
from practice.store.leases import RETURNED, is_free, lent, let_go, works_under
from practice.values import clock

from . import looking, queries, seeing
from .actions import park
from .models import Order, Payout, StripeEvent
from .policy.effects import Concern
from .under_way import TROUBLES_STAFF

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
WAITS = (timedelta(seconds=10), *(timedelta(minutes=m) for m in (1, 5, 15, 60)))
# A message can be here before we have stored what it is about; after that long somebody looks.
KNOWN_WITHIN = timedelta(hours=1)


class NotYetKnown(Exception):
    """It is about an order of ours that is not here, or not yet."""


def keep(event: Event) -> bool:
    """Store a message; False where it was here before."""
    with transaction():
        return insert_once(
            StripeEvent,
            id=event.id,
            type=event.type[:100],
            object=event.object,
            order_code=event.order,
            account=event.account,
            made_at=event.made_at,
            received_at=clock.now(),
            due_at=clock.now(),
            attempts=0,
            last_error="",
        )


# ---------------------------------------------------------------- looking at them


def look_at_due(limit: int = 500, stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at what is due, the longest due first; how many there were. Any number of workers may."""
    with suppress(PaymentsOff):
        way, done = gateway(), 0
        while done < limit and not stopping() and (found := _lease()):
            _look_at(*found, way)
            done += 1
        return done
    return 0


def _due() -> tuple[ColumnElement[bool], ...]:
    return StripeEvent.processed_at.is_(None), StripeEvent.due_at <= clock.now(), is_free(StripeEvent)


def _lease() -> tuple[Event, int, str] | None:
    """A message, how often it was looked at, and the token of whoever does now."""
    found = db.session.scalar(select(StripeEvent.id).where(*_due()).limit(1)) is not None
    db.session.rollback()
    if not found:
        return None
    with transaction() as session:
        due = select(StripeEvent).where(*_due()).order_by(StripeEvent.due_at, StripeEvent.made_at).limit(1)
        row = session.scalars(due.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        loan = lent(current_app.config.get("LEASE_SECONDS", LEASE_SECONDS))
        changed(update(StripeEvent).where(StripeEvent.id == row.id).values(**loan))
        event = Event(row.id, row.type, row.object, row.order_code, row.account, False, row.made_at)
        attempts = row.attempts
    works_under(loan["lease_token"], StripeEvent)
    return event, attempts, loan["lease_token"]


def _look_at(event: Event, attempts: int, token: str, way: Gateway) -> None:
    """Whatever goes wrong stays with this message."""
    try:
        look(event, way)
        crashpoint("event.looked")
        _mark(event, token, processed_at=clock.now(), last_error="", attempts=attempts + 1)
    except Exception as error:
        db.session.rollback()
        if not isinstance(error, StripeProblem | NotYetKnown):
            log.exception("a message of the card processor's could not be looked at")
        _put_off(event, attempts, token, error)
    finally:
        let_go(token)


def _put_off(event: Event, attempts: int, token: str, error: Exception) -> None:
    given_up = isinstance(error, NotYetKnown) and clock.now() - event.made_at > KNOWN_WITHIN
    if given_up or attempts + 1 == TROUBLES_STAFF:
        kind = Concern.UNKNOWN_ORDER if given_up else Concern.STUCK
        park(kind, None, 0, f"{event.type} {event.object}: {type(error).__name__}")
    due_at = clock.now() + WAITS[min(attempts, len(WAITS) - 1)]
    processed_at = clock.now() if given_up else None
    said = named(error)[:200]
    _mark(event, token, due_at=due_at, processed_at=processed_at, last_error=said, attempts=attempts + 1)


def _mark(event: Event, token: str, **columns: object) -> None:
    """Write on the row if it is still ours; what another has taken meanwhile, it also finishes."""
    ours = (StripeEvent.id == event.id, StripeEvent.lease_token == token)
    with transaction():
        changed(update(StripeEvent).where(*ours).values(**columns, **RETURNED))


# ---------------------------------------------------------------- what each kind is about


def look(event: Event, way: Gateway) -> None:
    """Read what a message is about, by the beginning of its kind; what we know nothing of is left alone.

    Raises `NotYetKnown` for an order that is not here, `StripeProblem`.
    """
    for start, looks in LOOKS.items():
        if event.type.startswith(start):
            looks(event, way)
            return


def _page(event: Event, way: Gateway) -> None:
    order = _order(event) or queries.order_by_page(event.object)
    if order is None:
        raise NotYetKnown
    if not order.page:
        _remember_page(order, event.object)
    looking.at_order(order, way)


def _remember_page(order: Order, page: str) -> None:
    """The answer to our own request was lost, or is on its way still."""
    with transaction():
        row = db.session.get_one(Order, order.id, with_for_update=True, populate_existing=True)
        row.page = row.page or page


def _refund(event: Event, way: Gateway) -> None:
    order = _order(event)
    if order is None:
        intent = money.refund_now(way, event.object).intent
        order = queries.order_by_intent(intent)
    if order is None:
        raise NotYetKnown
    looking.at_order(order, way)
    looking.at_refunds(order, way)


def _dispute(event: Event, way: Gateway) -> None:
    dispute = disputes.retrieve(way, event.object)
    order = _order(event) or queries.order_by_intent(dispute.intent)
    if order is None:
        raise NotYetKnown
    looking.at_order(order, way)
    looking.saw_dispute(order, dispute)


def _transfer(event: Event, way: Gateway) -> None:
    order = _order(event)
    if order is None:
        raise NotYetKnown
    looking.at_transfer(order, event.object, way)


def _payout(event: Event, way: Gateway) -> None:
    found = select(Payout).where(Payout.name == event.object)
    row = db.session.scalars(found).first()
    account = queries.account_named(event.account)
    if row is not None:
        seeing.at_payout(row, way)
    elif account is not None:
        seeing.at_payout_outside(account, event.object, way)


def _account(event: Event, way: Gateway) -> None:
    name = event.object or messages.thin_now(way, event.id).object
    row = queries.account_named(name)
    if row is not None:
        with suppress(NoSuchObject):
            seeing.at_account(row, way)


def _order(event: Event) -> Order | None:
    return queries.order(event.order) if event.order else None


LOOKS: dict[str, Callable[[Event, Gateway], None]] = {
    "checkout.session.": _page,
    "refund.": _refund,
    "charge.dispute.": _dispute,
    "transfer.": _transfer,
    "payout.": _payout,
    "v2.core.account": _account,
}
