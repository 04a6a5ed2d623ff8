"""This file knows what the safety team does about a case: they decide who reads it, and answer the client."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims
from practice.bookings.who_may import Side
from practice.disputes import emails, queries
from practice.disputes.models import Dispute, SafetyCase
from practice.disputes.states import CaseState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .locking import locked

OWN = "Somebody else has to look at your own appointment."


@transactional
def show_client(dispute: Dispute, *, by: User) -> None:
    """The specialist may read what the client wrote, so that they can answer it. Raises `NotAllowed`."""
    dispute = locked(dispute)
    if queries.side_of(dispute.booking, by) != Side.STAFF:
        raise NotAllowed(OWN)
    if not dispute.shows_client:
        dispute.shows_client = True
        audit.record("dispute.shown", f"booking:{dispute.booking.code}", actor=by)


@transactional
def answer_case(case: SafetyCase, answer: str, *, by: User) -> None:
    """The team has done what there was to do, and tells the client. Raises `Conflict`, `Invalid`, `NotAllowed`."""
    if not answer.strip():
        raise Invalid("", {"answer": "Write what came of it, for the client."})
    claims.lock_booking(case.booking)
    db.session.refresh(case)
    if queries.side_of(case.booking, by) != Side.STAFF:
        raise NotAllowed(OWN)
    if case.state != CaseState.OPEN:
        raise Conflict("A colleague has answered this in the meantime.")
    case.state, case.closed_at, case.closed_by_id = CaseState.CLOSED, clock.now(), by.id
    case.answer = answer.strip()
    emails.answered(case)
    audit.record("safety_case.closed", f"case:{case.code}", actor=by)
