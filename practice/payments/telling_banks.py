"""This file knows how a card holder's bank is shown what is on record, and what a refusal of that means."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import select

from practice.providers.stripe_gateway import disputes
from practice.providers.stripe_gateway.client import Gateway
from practice.providers.stripe_gateway.errors import Refused
from practice.providers.stripe_gateway.values import Dispute, Evidence
from practice.store.db import db
from practice.values import clock

from . import looking
from .actions import park
from .hands import Hand
from .kinds import OpKind
from .models import DisputeEvidence, Order
from .policy.effects import Concern
from .telling import Answered, order_of


def _row(order: Order) -> DisputeEvidence:
    return db.session.scalars(select(DisputeEvidence).where(DisputeEvidence.dispute_name == order.dispute_name)).one()


def _send(hand: Hand, way: Gateway) -> Answered:
    order = order_of(hand)
    name, shown = order.dispute_name, Evidence(**json.loads(_row(order).parts))
    db.session.rollback()
    return _sent(hand, disputes.answer(way, name, shown, hand.key))


def _find(hand: Hand, way: Gateway) -> Answered | None:
    name = order_of(hand).dispute_name
    db.session.rollback()
    found = disputes.retrieve(way, name)
    return _sent(hand, found) if found.has_evidence else None


def _sent(hand: Hand, seen: Dispute) -> Answered:
    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        _row(order).sent_at = clock.now()
        looking.saw_dispute(order, seen)

    return Answered(tell, seen.id)


def _refused(hand: Hand, _way: Gateway, refusal: Refused) -> Answered:
    """Too late, or decided: somebody looks, and how it stands there is read anew."""

    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        did_not_leave(order)
        park(Concern.STUCK, order, 0, f"{hand.kind}: {type(refusal).__name__}")

    return Answered(tell, "", lambda way: looking.at_disputes(order_of(hand), way))


def did_not_leave(order: Order) -> None:
    """The bank will not see it."""
    _row(order).refused_at = clock.now()


TELL = {OpKind.EVIDENCE: _send}
FIND: dict[OpKind, Callable[[Hand, Gateway], Answered | None]] = {OpKind.EVIDENCE: _find}
REFUSED: dict[OpKind, Callable[[Hand, Gateway, Refused], Answered | None]] = {OpKind.EVIDENCE: _refused}
