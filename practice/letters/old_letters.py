"""This file knows what is kept of letters once they have left, for how long, and that then only the fact stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, update

from practice.store import retention
from practice.store.db import changed, transactional

from . import registry
from .outbox import MailState, OutboxMail

NOTHING: dict[str, Any] = {"message_kept": None, "context_kept": {}, "to_address": "", "zone": "UTC"}


@transactional
def forget() -> int:
    """Empty letters whose time is over (`retention`): that there was one stays; words, links and address go.

    How many there were. One that nobody sent again for as long is given up.
    """
    ended_at = func.coalesce(OutboxMail.sent_at, OutboxMail.created_at)
    opens_something = OutboxMail.template.in_(tuple(registry.OPENING))
    over = or_(
        and_(OutboxMail.state.in_((MailState.SENT, MailState.LAPSED)), ended_at < retention.LETTERS.before),
        and_(OutboxMail.state == MailState.SENT, opens_something, ended_at < retention.LINKS.before),
        and_(OutboxMail.state == MailState.KEPT, ended_at < retention.INBOX.before),
        and_(OutboxMail.state == MailState.PARKED, OutboxMail.due_at < retention.STUCK.before),
    )
    return _empty(over)


@transactional
def forget_to(recipient_id: int) -> int:
    """Empty every letter to this person, whatever became of it; what has not left does not leave any more."""
    return _empty(OutboxMail.recipient_id == recipient_id)


def nothing_after(template: str, columns: dict[str, Any]) -> dict[str, Any]:
    """What a row keeps of a last letter once it has left, or cannot; nothing of the kind for any other."""
    ends = columns.get("state") in (MailState.SENT, MailState.PARKED, MailState.LAPSED)
    if not ends or template not in registry.LAST_LETTERS:
        return {}
    # Nobody can send it again: there is no account to ask about it.
    return NOTHING | {"state": MailState.SENT if columns["state"] == MailState.SENT else MailState.LAPSED}


def _empty(*which: ColumnElement[bool]) -> int:
    """Take out of the rows what they say, and to whom; what lapsed was never built, and still has its facts."""
    has_words = or_(
        OutboxMail.message_kept.is_not(None), cast(OutboxMail.context_kept, String) != "{}", OutboxMail.to_address != ""
    )
    is_open = OutboxMail.state.in_((MailState.WAITING, MailState.PARKED))
    state = case((is_open, MailState.LAPSED), else_=OutboxMail.state)
    return changed(update(OutboxMail).where(*which, has_words).values(**NOTHING, state=state))
