"""This file knows what staff do with a ticket: take it, answer, leave a note, put it right, close it."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.contact import emails, policy
from practice.contact.models import Ticket
from practice.contact.states import Category, TicketState, Whose
from practice.moderation.policy import CLAIM_LASTS
from practice.store import audit
from practice.store.db import transaction, transactional
from practice.store.versions import Shown, check
from practice.values import clock
from practice.values.errors import Conflict

from .adding import add
from .locking import locked


@dataclass(frozen=True)
class Reply:
    """What one of the staff answers, and where the ticket stands then: answered, waiting for its person, or closed."""

    words: str
    then: TicketState = TicketState.ANSWERED
    form_key: str | None = None


@transactional
def claim(ticket: Ticket, *, by: User) -> None:
    """One of the staff has it in hand for half an hour; colleagues read who. Raises `Conflict`."""
    found = _in_hand(ticket, by)
    found.claimed_by_id, found.claimed_until = by.id, clock.now() + CLAIM_LASTS
    audit.record("contact.claimed", f"ticket:{found.code}", actor=by)


@transactional
def release(ticket: Ticket, *, by: User) -> None:
    """They leave it to somebody else. Raises `Conflict`."""
    _let_go(_in_hand(ticket, by))
    audit.record("contact.released", f"ticket:{ticket.code}", actor=by)


@transactional
def answer(ticket: Ticket, said: Reply, *, by: User) -> None:
    """Its person reads this, and hears that there is an answer. Raises `Conflict`, `SentBefore`."""
    found = locked(ticket.id)
    message = add(found, Whose.STAFF, said.words, by=by, form_key=said.form_key)
    if message is None:
        return
    policy.may_answer(found.known, clock.now(), by=by.id).require()
    found.first_answered_at = found.first_answered_at or clock.now()
    found.move_to(said.then)
    found.closed_by_id = by.id if said.then == TicketState.CLOSED else None
    _let_go(found)
    emails.answered(found, message)
    audit.record("contact.answered", f"ticket:{found.code}", actor=by, detail={"then": str(said.then)})


@transactional
def note(ticket: Ticket, words: str, *, by: User, form_key: str | None = None) -> None:
    """Words for colleagues, and for the copy of its person's data. Raises `SentBefore`."""
    if add(locked(ticket.id), Whose.NOTE, words, by=by, form_key=form_key) is not None:
        audit.record("contact.noted", f"ticket:{ticket.code}", actor=by)


@transactional
def put_right(
    ticket: Ticket, category: Category, about_id: int | None, *, by: User, shown: Shown | None = None
) -> None:
    """It is about something else, or about whom; it keeps its age, and is nobody's. Raises `Conflict`, `Changed`."""
    found = _in_hand(ticket, by)
    check(shown)
    found.category, found.about_id = category, about_id if category == Category.COMPLAINT else None
    _let_go(found)
    audit.record("contact.moved", f"ticket:{found.code}", actor=by, detail={"category": str(category)})


@transactional
def close(ticket: Ticket, *, by: User) -> None:
    """Nothing is left to say. Raises `Conflict` before somebody was answered."""
    found = locked(ticket.id)
    policy.may_close(found.known, clock.now(), by=by.id).require()
    _close(found, by)


@transactional
def close_quiet(ticket: Ticket) -> bool:
    """Nobody wrote under it for so long. False where it has gone on meanwhile, and stays as it is."""
    found = locked(ticket.id)
    is_quiet = found.state in (TicketState.ANSWERED, TicketState.WAITING)
    if not (is_quiet and policy.may_close(found.known, clock.now(), by=None)):
        return False
    _close(found, None)
    return True


def _close(ticket: Ticket, by: User | None) -> None:
    ticket.move_to(TicketState.CLOSED)
    ticket.closed_by_id = by.id if by else None
    _let_go(ticket)
    audit.record("contact.closed", f"ticket:{ticket.code}", actor=by)


def _in_hand(ticket: Ticket, by: User) -> Ticket:
    found = locked(ticket.id)
    policy.may_handle(found.known, clock.now(), by=by.id).require()
    if found.state == TicketState.CLOSED:
        raise Conflict("This was closed in the meantime.")
    return found


def _let_go(ticket: Ticket) -> None:
    ticket.claimed_by_id = ticket.claimed_until = None


def note_read(ticket: Ticket, *, by: User) -> None:
    """That one of the staff read it stands in the log."""
    with transaction(notes=True):
        audit.record("contact.read", f"ticket:{ticket.code}", actor=by)
