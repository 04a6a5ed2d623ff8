"""This file knows how a message is taken back: its words and files are gone, and what waited for it waits no more."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts.models import User
from practice.messages import attachments, emails, policy, queries
from practice.messages.models import Attachment, Message, Thread
from practice.messages.states import KIND, Side, ThreadState
from practice.moderation import actions as moderation
from practice.store.db import after_commit, changed, db, transactional
from practice.values import clock

from .locking import lock


@transactional
def take_back(message: Message, *, by: User) -> None:
    """Its author takes it back, in time. Raises `Conflict`, `NotAllowed`."""
    thread = message.thread
    lock(thread)
    db.session.refresh(message)
    taken, is_own = message.retracted_at is not None, message.author_id == by.id
    policy.may_take_back(message.sent_at, clock.now(), is_own=is_own, is_taken_back=taken).require()
    # Before the words go: what was reported as a matter of safety is kept for whoever looks, and nothing waits in vain.
    moderation.withdraw(KIND, message.code)
    wipe(message)
    message.retracted_at = clock.now()
    emails.taken_back(message)
    db.session.flush()
    _settle(thread)


def wipe(message: Message) -> None:
    """The words and files of a message go; its row stays, so that the form that sent it does nothing again."""
    keys = [each.file_key for each in message.attachments]
    changed(delete(Attachment).where(Attachment.message_id == message.id))
    db.session.expire(message, ["attachments"])
    message.body_sealed = message.reply_seconds = None
    after_commit(lambda: attachments.drop_keys(keys))


def _settle(thread: Thread) -> None:
    """The conversation as if the message had not been sent."""
    last = queries.last_not_taken_back(thread)
    thread.last_id = last.id if last is not None else 0
    thread.last_at = last.sent_at if last is not None else thread.opened_at
    if thread.state in (ThreadState.CLOSED, ThreadState.BLOCKED):
        return
    thread.move_to(policy.state_after(Side(last.side) if last is not None else None))
    if last is not None:
        thread.waits_since = queries.waits_since(thread, Side(last.side))
