"""This file knows how the words of tickets go: a while after their end, and with their person."""

from __future__ import annotations

from sqlalchemy import select, update

from practice.accounts.models import User
from practice.contact.models import ContactMessage, Ticket
from practice.contact.policy import NEVER_UNANSWERED
from practice.contact.states import WITH_US, TicketState
from practice.store import retention
from practice.store.db import changed, transactional
from practice.values import clock


@transactional
def forget() -> int:
    """What was written goes when its time is over; how many texts did."""
    over = select(Ticket.id).where(Ticket.closed_at < retention.CONTACTED.before)
    return _wipe(over)


def leave(user: User) -> None:
    """Take a person out of their tickets. What staff still owe an answer about somebody's safety or conduct goes on
    without their name; all else ends, and its words go. The caller has the transaction."""
    mine = Ticket.user_id == user.id
    owed = (Ticket.category.in_(NEVER_UNANSWERED), Ticket.state.in_(WITH_US))
    goes_on = select(Ticket.id).where(mine, *owed)
    _wipe(select(Ticket.id).where(mine, Ticket.id.not_in(goes_on)))
    ends = {"state": TicketState.CLOSED, "closed_at": clock.now(), "waits_since": None}
    ends |= {"claimed_by_id": None, "claimed_until": None}
    changed(update(Ticket).where(mine, Ticket.id.not_in(goes_on), Ticket.state != TicketState.CLOSED).values(**ends))
    of_theirs = select(Ticket.id).where(mine)
    unnamed = (ContactMessage.ticket_id.in_(of_theirs), ContactMessage.by_id == user.id)
    changed(update(ContactMessage).where(*unnamed).values(by_id=None))
    changed(update(Ticket).where(mine).values(user_id=None, form_key=None))


def _wipe(tickets: object) -> int:
    said = (ContactMessage.ticket_id.in_(tickets), ContactMessage.words_sealed.is_not(None))  # type: ignore[arg-type]
    named = (Ticket.id.in_(tickets), Ticket.reference_sealed.is_not(None))  # type: ignore[arg-type]
    return changed(update(ContactMessage).where(*said).values(words_sealed=None)) + changed(
        update(Ticket).where(*named).values(reference_sealed=None)
    )
