"""This file knows what must always hold of messages, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from practice.letters.outbox import MailState, OutboxMail
from practice.store.checks import check
from practice.store.db import db

from . import attachments
from .models import Attachment, Correspondent, Message, Thread
from .states import ThreadState


@check
def _last_messages() -> Iterator[str]:
    """Lists are in the order of the last message that stands."""
    stands = select(Message.thread_id, func.max(Message.id).label("last")).where(Message.retracted_at.is_(None))
    last = stands.group_by(Message.thread_id).subquery()
    asked = select(Thread.code).join(last, last.c.thread_id == Thread.id, isouter=True)
    for code in db.session.scalars(asked.where(Thread.last_id != func.coalesce(last.c.last, 0))):
        yield f"Conversation {code} names another last message than it has."


@check
def _keys() -> Iterator[str]:
    """Where the key is gone, nothing is left that it would open."""
    sealed = select(Message.thread_id).where(Message.body_sealed.is_not(None))
    for code in db.session.scalars(select(Thread.code).where(Thread.key_sealed.is_(None), Thread.id.in_(sealed))):
        yield f"Conversation {code} has no key, and words that nobody can open."


@check
def _people() -> Iterator[str]:
    """Whoever wrote is part of the conversation, on the side that stands with the message."""
    part = (Correspondent.thread_id == Message.thread_id) & (Correspondent.user_id == Message.author_id)
    asked = select(Message.code).join(Correspondent, part & (Correspondent.side == Message.side), isouter=True)
    for code in db.session.scalars(asked.where(Correspondent.user_id.is_(None))):
        yield f"Message {code} was written by nobody who is part of its conversation."


@check
def _files() -> Iterator[str]:
    """Every file that went along with a message is where it should be."""
    for code, name in db.session.execute(select(Attachment.code, Attachment.file_key)):
        if not attachments.is_there(name):
            yield f"The file {code} of a message is not in the store."


@check
def _blocked() -> Iterator[str]:
    """Of a conversation that somebody ended no letter waits."""
    ended = select(Thread.id, Thread.code).where(Thread.state == ThreadState.BLOCKED)
    things = {f"thread:{number}": code for number, code in db.session.execute(ended)}
    waiting = select(OutboxMail.about).where(
        OutboxMail.template == "messages/new", OutboxMail.state == MailState.WAITING, OutboxMail.begun_at.is_(None)
    )
    for about in db.session.scalars(waiting):
        if about in things:
            yield f"Conversation {things[about]} is blocked, and a letter about it waits."
