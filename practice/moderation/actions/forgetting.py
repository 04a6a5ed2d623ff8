"""This file knows when what was reported and decided goes."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from practice.moderation.models import Case, Look, Sanction
from practice.moderation.states import CaseState
from practice.store import retention
from practice.store.db import changed, transactional


@transactional
def forget() -> int:
    """Cases, steps of the ladder and looks go a year after their end, with all that was written; how many did."""
    before = retention.MODERATED.before
    over = func.coalesce(Case.closed_at, Case.decided_at) < before
    still_waits = Case.state.in_((CaseState.OPEN, CaseState.APPEALED))
    ended = func.coalesce(Sanction.until_at, Sanction.made_at) < before
    waits = select(Case.subject).where(Case.kind == "sanction", still_waits)
    return (
        changed(delete(Case).where(over, ~still_waits))
        + changed(delete(Sanction).where(ended, Sanction.code.not_in(waits)))
        + changed(delete(Look).where(Look.at < before))
    )
