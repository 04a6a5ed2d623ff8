"""This file knows what the disputes room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select, update

from practice.accounts import holdings
from practice.accounts.holdings import Blocker, Record, Rows, Stay
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.bookings.models import Booking
from practice.store import retention
from practice.store.db import changed, db

from . import queries
from .models import Dispute, Ruling, SafetyCase, Statement
from .states import CaseState


def _about(user: User, side: str) -> Select[Any]:
    """Disputes that somebody is this side of."""
    mine = Booking.client_id == user.id if side == "client" else Booking.specialist.has(user_id=user.id)
    return select(Dispute.id).join(Dispute.booking).where(mine)


def _tell(side: str) -> Any:
    def tell(user: User) -> Rows:
        asked = select(Dispute).where(Dispute.id.in_(_about(user, side))).order_by(Dispute.id)
        return [_dispute(each, side) for each in db.session.scalars(asked)]

    return tell


def _dispute(dispute: Dispute, side: str) -> dict[str, Any]:
    ruling = queries.last_in_force(dispute)
    return {
        "number": dispute.number,
        "session": iso(dispute.booking.starts_at),
        "opened": iso(dispute.opened_at),
        "reason": dispute.reason,
        "state": dispute.state,
        "decided_percent_back": None if ruling is None else ruling.percent,
        "why": ruling.reason if ruling is not None else "",
        "closed": iso(dispute.closed_at),
        "you_wrote": [{"at": iso(each.at), "words": each.words} for each in dispute.statements if each.side == side],
    }


def _wipe(side: str) -> Any:
    def wipe(user: User) -> None:
        mine = (Statement.side == side, Statement.dispute_id.in_(_about(user, side)))
        changed(update(Statement).where(*mine).values(words_sealed=None))
        # Why staff decided names what both did and wrote.
        changed(update(Ruling).where(Ruling.dispute_id.in_(_about(user, side))).values(reason_sealed=None))

    return wipe


def _cases(user: User) -> Rows:
    rows = db.session.scalars(select(SafetyCase).where(SafetyCase.client_id == user.id).order_by(SafetyCase.id))
    return [
        {"opened": iso(each.opened_at), "you_wrote": each.words, "state": each.state, "we_answered": each.answer}
        for each in rows
    ]


def _wipe_cases(user: User) -> None:
    mine = SafetyCase.client_id == user.id
    over = (mine, SafetyCase.state == CaseState.CLOSED)
    changed(update(SafetyCase).where(*over).values(words_sealed=None, answer_sealed=None))
    changed(update(SafetyCase).where(mine).values(client_id=None))


def _open(user: User) -> Iterable[Blocker]:
    for dispute in queries.open_of(user):
        page = "disputes.show" if dispute.booking.client_id == user.id else "disputes.practice_show"
        said = f"A dispute is open: {dispute.number}. It ends with a decision, or once its client takes it back."
        yield Blocker(said, "Open it", page, {"code": dispute.booking.code})


holdings.keeps(Record("disputes", "What you told us about sessions", _tell("client"), _wipe("client"), blocks=_open))
holdings.keeps(
    Record("disputes_in_practice", "What you answered about sessions", _tell("specialist"), _wipe("specialist"))
)
holdings.keeps(
    Record(
        "safety_cases",
        "What you told our safety team",
        _cases,
        _wipe_cases,
        stays=(
            Stay(
                "What you told our safety team, while they still look at it. Not your name",
                "So that others are safe, whether or not you stay",
                f"{retention.DISPUTED.length} after they have done",
            ),
        ),
    )
)
