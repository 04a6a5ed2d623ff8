"""This file knows how a message is added to a ticket once, however often its form is sent."""

from __future__ import annotations

from practice.accounts.models import User
from practice.contact import queries
from practice.contact.models import ContactMessage, Ticket
from practice.contact.states import Whose
from practice.store.db import db
from practice.values.errors import SentBefore

OTHER_WORDS = "This form was sent already, with other words. What you typed is here; send it again if you like."


def add(ticket: Ticket, whose: Whose, words: str, *, by: User, form_key: str | None) -> ContactMessage | None:
    """A message; None where this form has brought it already. The caller has the ticket locked. Raises `SentBefore`
    for other words with the same form."""
    before = queries.message_with(ticket, form_key) if form_key else None
    if before is not None:
        require_same(before, words)
        return None
    message = ContactMessage(ticket_id=ticket.id, whose=whose, by_id=by.id, form_key=form_key, words=words)
    db.session.add(message)
    db.session.flush()
    return message


def require_same(before: ContactMessage, words: str) -> None:
    """Raises `SentBefore` where a form comes again with other words."""
    if before.words != words:
        raise SentBefore(OTHER_WORDS)
