"""This file knows how a client says that something was wrong: about the money, about conduct, or both."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.bookings import claims
from practice.bookings.actions.attend import finish
from practice.bookings.actions.returning import set_frozen
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.who_may import Side
from practice.disputes import emails, policy, queries
from practice.disputes.models import Dispute, SafetyCase, Statement
from practice.disputes.states import DisputeState, Reason, Wish
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock


@dataclass(frozen=True)
class Opening:
    """What a client chose and wrote."""

    reason: Reason
    wish: Wish
    words: str


@transactional
def open_dispute(booking: Booking, opening: Opening, *, by: User) -> Dispute:
    """Staff look at the money of a session, which waits meanwhile; only its own. What is about conduct is a case of
    safety as well. Raises `TooLate`, `Conflict`."""
    claims.lock_booking(booking)
    policy.may_open(queries.session_of(booking), clock.now()).require()
    if booking.is_confirmed:
        finish(booking, BookingState.COMPLETED, by=None)
    dispute = Dispute(
        booking_id=booking.id,
        reason=opening.reason,
        wish=opening.wish,
        state=DisputeState.AWAITING_REPLY,
        opened_at=clock.now(),
        due_at=clock.now() + policy.REPLY_WITHIN,
        shows_client=opening.reason != Reason.CONDUCT,
    )
    db.session.add(dispute)
    db.session.flush()
    if opening.words:
        db.session.add(Statement(dispute_id=dispute.id, side=Side.CLIENT, words=opening.words))
    set_frozen(booking, frozen=True, by=by)
    emails.opened(dispute)
    audit.record("dispute.opened", f"booking:{booking.code}", actor=by, detail={"reason": str(opening.reason)})
    if opening.reason == Reason.CONDUCT:
        _tell_safety(booking, opening.words, by)
    return dispute


def _tell_safety(booking: Booking, words: str, by: User) -> None:
    """What the team has is not sent to them a second time; what is new is part of the case that is open."""
    case = queries.open_case_about(booking)
    if case is None:
        _report(booking, words, by)
    elif words not in case.words:
        case.words = "\n\n".join(filter(None, (case.words, words)))
        audit.record("safety_case.added", f"case:{case.code}", actor=by)


@transactional
def report(booking: Booking, words: str, *, by: User) -> SafetyCase:
    """How a client was treated, apart from any money and at any time. Raises `TooLate`, `Conflict`."""
    claims.lock_booking(booking)
    policy.may_report(queries.session_of(booking), clock.now()).require()
    return _report(booking, words, by)


def _report(booking: Booking, words: str, by: User) -> SafetyCase:
    case = SafetyCase(booking_id=booking.id, client_id=by.id, words=words)
    db.session.add(case)
    db.session.flush()
    emails.reported(case)
    audit.record("safety_case.opened", f"case:{case.code}", actor=by)
    return case
