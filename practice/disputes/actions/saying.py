"""This file knows how either side writes how it was, and how one of them asks for another person, once."""

from __future__ import annotations

from practice.accounts.models import User
from practice.disputes import emails, policy, queries
from practice.disputes.models import Dispute, Statement
from practice.disputes.states import DisputeState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock

from .locking import locked


@transactional
def say(dispute: Dispute, words: str, *, by: User) -> None:
    """Words of one side; with the specialist's first a person begins to look. The same once more is said already.

    Raises `Conflict`.
    """
    dispute = locked(dispute)
    side = queries.side_of(dispute.booking, by)
    if _is_repeated(dispute, side, words):
        return
    policy.may_say(queries.known_of(dispute), side).require()
    _add(dispute, side, words)
    audit.record("dispute.said", f"booking:{dispute.booking.code}", actor=by)
    if side == "specialist" and dispute.state == DisputeState.AWAITING_REPLY:
        dispute.move_to(DisputeState.IN_MEDIATION)
        emails.in_mediation(dispute, answered=True)


@transactional
def appeal(dispute: Dispute, words: str, *, by: User) -> None:
    """One side asks for another person, who decides for good. Raises `TooLate`, `Conflict`, `NotAllowed`."""
    dispute = locked(dispute)
    side = queries.side_of(dispute.booking, by)
    policy.may_appeal(queries.known_of(dispute), side, clock.now()).require()
    dispute.move_to(DisputeState.APPEALED)
    dispute.appealed_by, dispute.appealed_at = side, clock.now()
    _add(dispute, side, words)
    emails.appealed(dispute)
    audit.record("dispute.appealed", f"booking:{dispute.booking.code}", actor=by)


def _add(dispute: Dispute, side: str, words: str) -> None:
    db.session.add(Statement(dispute=dispute, side=side, words=words))


def _is_repeated(dispute: Dispute, side: str, words: str) -> bool:
    mine = [each for each in dispute.statements if each.side == side]
    return bool(mine) and mine[-1].words == words
