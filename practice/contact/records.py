"""This file knows what the contact room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows, Stay
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.store import retention
from practice.store.db import db

from .actions import forgetting
from .models import Ticket


def _tell(user: User) -> Rows:
    mine = select(Ticket).where(Ticket.user_id == user.id).options(selectinload(Ticket.messages))
    return [_ticket(each) for each in db.session.scalars(mine.order_by(Ticket.id))]


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "about": ticket.category,
        "about_whom": ticket.about.called if ticket.about else "",
        "reference": ticket.reference,
        "state": ticket.state,
        "opened": iso(ticket.opened_at),
        "changed": iso(ticket.changed_at),
        "first_answered": iso(ticket.first_answered_at),
        "closed": iso(ticket.closed_at),
        "letters_by_mail": ticket.by_mail,
        # Also what staff noted for each other: it is about this person.
        "messages": [{"at": iso(each.at), "by": each.whose, "words": each.words} for each in ticket.messages],
    }


holdings.keeps(
    Record(
        "contact",
        "What you wrote to us, and what we answered",
        _tell,
        forgetting.leave,
        stays=(
            Stay(
                "What you wrote about somebody’s safety, or about a specialist, while we still look at it. Not your"
                " name",
                "So that others are safe, whether or not you stay",
                f"{retention.CONTACTED.length} after it was closed",
            ),
        ),
    )
)
