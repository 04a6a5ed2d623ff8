"""This file knows that whoever reads another's words leaves a line in the log, and when the words themselves go."""

from __future__ import annotations

from sqlalchemy import select, update

from practice.accounts.models import User
from practice.disputes.models import Dispute, Ruling, SafetyCase, Statement
from practice.disputes.states import CaseState
from practice.store import audit, retention
from practice.store.db import changed, transaction, transactional


def note_read(dispute: Dispute, *, by: User) -> None:
    """The specialist opened what the client wrote."""
    with transaction(notes=True):
        audit.record("dispute.read", f"booking:{dispute.booking.code}", actor=by)


def note_read_by_staff(about: str, *, by: User) -> None:
    """Somebody of the staff opened what was written; `about` is "case:…" or "booking:…"."""
    with transaction(notes=True):
        audit.record("dispute.read_by_staff", about, actor=by)


@transactional
def forget() -> int:
    """What was written in a dispute, or to the safety team, goes a while after its end; how many texts did."""
    over = select(Dispute.id).where(Dispute.closed_at < retention.DISPUTED.before)
    cases = (SafetyCase.state == CaseState.CLOSED, SafetyCase.closed_at < retention.DISPUTED.before)
    said = (Statement.dispute_id.in_(over), Statement.words_sealed.is_not(None))
    ruled = (Ruling.dispute_id.in_(over), Ruling.reason_sealed.is_not(None))
    return (
        changed(update(Statement).where(*said).values(words_sealed=None))
        + changed(update(Ruling).where(*ruled).values(reason_sealed=None))
        + changed(
            update(SafetyCase)
            .where(*cases, SafetyCase.words_sealed.is_not(None))
            .values(words_sealed=None, answer_sealed=None)
        )
    )
