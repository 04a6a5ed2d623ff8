"""This file knows what the safety team does about a case: one of them takes it, and answers the client."""

from __future__ import annotations

from practice.accounts.models import User
from practice.bookings import claims
from practice.bookings.who_may import Side
from practice.disputes import emails, queries
from practice.disputes.models import SafetyCase
from practice.disputes.states import CaseState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

OWN = "Somebody else has to look at your own appointment."


@transactional
def take_case(case: SafetyCase, *, by: User) -> None:
    """Colleagues read that somebody looks after it, and who. Raises `Conflict`, `NotAllowed`."""
    _open_to(case, by)
    audit.record("safety_case.taken", f"case:{case.code}", actor=by)


@transactional
def answer_case(case: SafetyCase, answer: str, *, by: User) -> None:
    """The team has done what there was to do, and tells the client. Raises `Conflict`, `Invalid`, `NotAllowed`."""
    if not answer.strip():
        raise Invalid("", {"answer": "Write what came of it, for the client."})
    _open_to(case, by)
    case.state, case.closed_at, case.closed_by_id = CaseState.CLOSED, clock.now(), by.id
    case.answer = answer.strip()
    emails.answered(case)
    audit.record("safety_case.closed", f"case:{case.code}", actor=by)


def _open_to(case: SafetyCase, by: User) -> None:
    claims.lock_booking(case.booking)
    db.session.refresh(case)
    if queries.side_of(case.booking, by) != Side.STAFF:
        raise NotAllowed(OWN)
    if case.state != CaseState.OPEN:
        raise Conflict("A colleague has answered this in the meantime.")
