"""This file knows how a card holder's bank is answered: what is shown to it is kept as it was, and leaves once."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import select

from practice.payments.models import DisputeEvidence, Order
from practice.payments.policy import effects
from practice.payments.states import DisputeState
from practice.providers.stripe_gateway.values import Evidence
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict

from .turning import KINDS, By, locked, new_operation


@transactional
def answer_bank(order: Order, evidence: Evidence, *, by: By) -> DisputeEvidence:
    """Put what is shown on its way to the bank; nothing can be added to it. Raises `Conflict` where it was sent, where
    the bank has decided, and where it is too late."""
    order = locked(order)
    if order.dispute != DisputeState.OPEN or not order.dispute_name:
        raise Conflict("The bank asks nothing about this payment now.")
    if order.evidence_until is not None and clock.now() >= order.evidence_until:
        raise Conflict("The time to answer the bank is over.")
    sent = select(DisputeEvidence.id).where(DisputeEvidence.dispute_name == order.dispute_name)
    if db.session.scalar(sent) is not None:
        raise Conflict("The bank was answered already, and nothing can be added to it.")
    row = DisputeEvidence(order_id=order.id, dispute_name=order.dispute_name, by_code=getattr(by, "code", ""))
    row.parts = json.dumps(asdict(evidence))
    db.session.add(row)
    db.session.add(new_operation(KINDS[effects.SendEvidence], order_id=order.id))
    audit.record("order.evidence_given", order.thing, actor=by)
    return row
