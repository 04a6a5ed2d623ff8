"""This file knows how a card holder's bank is answered: what is shown to it is kept as it was, and leaves once."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import select

from practice.payments.models import DisputeEvidence, Order
from practice.payments.policy import effects
from practice.payments.policy.guards import ANSWERED
from practice.providers.stripe_gateway.values import Evidence
from practice.store import audit
from practice.store.db import db, transactional
from practice.values.errors import Conflict

from .turning import KINDS, By, locked, new_operation


@transactional
def answer_bank(order: Order, number: int, evidence: Evidence, *, by: By) -> DisputeEvidence:
    """Put what is shown about its dispute of that number on its way to the bank; nothing can be added to it. Raises
    `Conflict` where it was sent, where the bank has decided, and where it is too late."""
    order = locked(order)
    dispute = next((each for each in order.disputes if each.number == number), None)
    if dispute is None or dispute.state not in ANSWERED:
        raise Conflict("The bank asks nothing about this payment now.")
    if not dispute.may_be_answered:
        raise Conflict("The time to answer the bank is over.")
    sent = select(DisputeEvidence.id).where(DisputeEvidence.dispute_name == dispute.name)
    if db.session.scalar(sent) is not None:
        raise Conflict("The bank was answered already, and nothing can be added to it.")
    row = DisputeEvidence(order_id=order.id, dispute_name=dispute.name, by_code=getattr(by, "code", ""))
    row.parts = json.dumps(asdict(evidence))
    db.session.add(row)
    db.session.add(new_operation(KINDS[effects.SendEvidence], order_id=order.id, number=number))
    audit.record("order.evidence_given", order.thing, actor=by)
    return row
