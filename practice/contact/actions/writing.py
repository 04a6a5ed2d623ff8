"""This file knows what a person does with a ticket: open it, write more, say that it is settled."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.contact import emails, policy, queries
from practice.contact.models import ContactMessage, Ticket
from practice.contact.states import Category, TicketState, Whose
from practice.store import audit
from practice.store.db import db, insert_once, new_code, transactional
from practice.values import clock
from practice.values.errors import SentBefore

from .adding import OTHER_WORDS, add, require_same
from .locking import locked


@dataclass(frozen=True)
class Opening:
    """What somebody wrote to us. `about_id`: the specialist whom it is about; `by_mail`: whether a letter may say that
    there is an answer."""

    category: Category
    words: str
    reference: str = ""
    about_id: int | None = None
    by_mail: bool = True
    form_key: str | None = None


@transactional
def open_ticket(user: User, opening: Opening) -> Ticket:
    """A ticket with its first message; the one there is where this form was sent before. Raises `SentBefore`,
    `TooMany`, `NotAllowed`."""
    before = queries.sent_with(user, opening.form_key) if opening.form_key else None
    if before is not None:
        return _as_before(before, opening)
    counted = queries.open_of(user), queries.written_since_yesterday(user)
    policy.may_open(*counted, is_ours=emails.is_our_own(user)).require()
    code, now = new_code(), clock.now()
    is_new = insert_once(
        Ticket,
        code=code,
        user_id=user.id,
        category=opening.category,
        state=TicketState.OPEN,
        about_id=opening.about_id if opening.category == Category.COMPLAINT else None,
        by_mail=opening.by_mail,
        form_key=opening.form_key,
        opened_at=now,
        waits_since=now,
        changed_at=now,
    )
    if not is_new:
        return _as_before(queries.sent_with(user, opening.form_key or ""), opening)
    return _begun(queries.by_code(code), opening, user)


def _begun(ticket: Ticket, opening: Opening, user: User) -> Ticket:
    ticket.reference = opening.reference
    # Nobody can write the same to it yet: the form's key is the ticket's own.
    db.session.add(ContactMessage(ticket_id=ticket.id, whose=Whose.PERSON, by_id=user.id, words=opening.words))
    emails.received(ticket)
    audit.record("contact.opened", f"ticket:{ticket.code}", actor=user, detail={"category": str(opening.category)})
    return ticket


def _as_before(before: Ticket | None, opening: Opening) -> Ticket:
    if before is None or before.category != opening.category:
        raise SentBefore(OTHER_WORDS)
    require_same(before.messages[0], opening.words)
    return before


@transactional
def reply(ticket: Ticket, words: str, *, by: User, form_key: str | None = None) -> None:
    """A few words more of its person; what was over opens again. Raises `Conflict`, `SentBefore`, `TooMany`."""
    found = locked(ticket.id)
    if form_key is None or queries.message_with(found, form_key) is None:
        policy.may_reply(found.known, clock.now()).require()
        policy.may_write(queries.written_since_yesterday(by)).require()
    if add(found, Whose.PERSON, words, by=by, form_key=form_key) is None:
        return
    before = TicketState(found.state)
    found.move_to(policy.after_reply(before))
    found.closed_by_id = None
    audit.record("contact.written", f"ticket:{found.code}", actor=by, detail={"was": str(before)})


@transactional
def settle(ticket: Ticket, *, by: User) -> None:
    """Its person needs nothing more. Raises `Conflict`."""
    found = locked(ticket.id)
    policy.may_settle(found.known).require()
    found.move_to(TicketState.CLOSED)
    found.claimed_by_id = found.claimed_until = None
    audit.record("contact.settled", f"ticket:{found.code}", actor=by)
