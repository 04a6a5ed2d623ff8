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


def _name(hand: Hand) -> str:
    """Which dispute it is about."""
    return order_of(hand).disputes[hand.number - 1].name


def _row(name: str) -> DisputeEvidence:
    return db.session.scalars(select(DisputeEvidence).where(DisputeEvidence.dispute_name == name)).one()


def _send(hand: Hand, way: Gateway) -> Answered:
    name = _name(hand)
    shown = Evidence(**json.loads(_row(name).parts))
    db.session.rollback()
    return _sent(hand, disputes.answer(way, name, shown, hand.key))


def _find(hand: Hand, way: Gateway) -> Answered | None:
    name = _name(hand)
    db.session.rollback()
    found = disputes.retrieve(way, name)
    return _sent(hand, found) if found.has_evidence else None


def _sent(hand: Hand, seen: Dispute) -> Answered:
    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        _row(seen.id).sent_at = clock.now()
        looking.saw_dispute(order, seen)

    return Answered(tell, seen.id)


def _refused(hand: Hand, _way: Gateway, refusal: Refused) -> Answered:
    """Too late, or decided: somebody looks, and how it stands there is read anew."""

    def tell() -> None:
        order = db.session.get_one(Order, hand.order_id)
        did_not_leave(hand)
        park(Concern.STUCK, order, 0, f"{hand.kind}: {type(refusal).__name__}")

    return Answered(tell, "", lambda way: looking.at_disputes(order_of(hand), way))


def did_not_leave(hand: Hand) -> None:
    """The bank will not see it."""
    _row(_name(hand)).refused_at = clock.now()


TELL = {OpKind.EVIDENCE: _send}
FIND: dict[OpKind, Callable[[Hand, Gateway], Answered | None]] = {OpKind.EVIDENCE: _find}
REFUSED: dict[OpKind, Callable[[Hand, Gateway, Refused], Answered | None]] = {OpKind.EVIDENCE: _refused}
