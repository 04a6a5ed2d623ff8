"""This file knows how a conversation ends for good: somebody leaves with what they wrote, and at last the key goes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update

from practice.messages import attachments, emails, queries
from practice.messages.models import Attachment, Correspondent, Message, Thread
from practice.messages.states import KIND, ThreadState
from practice.moderation import actions as moderation
from practice.store import audit, retention
from practice.store.db import after_commit, changed, db, transactional
from practice.values import clock

from .locking import lock


@transactional
def leave(mine: Correspondent) -> None:
    """Somebody whose account ends takes what they wrote with them; where nobody is left, the key goes too."""
    thread = mine.thread
    lock(thread)
    _wipe(thread, Message.author_id == mine.user_id)
    mine.left_at = mine.left_at or clock.now()
    emails.stop([thread])
    if thread.state not in (ThreadState.CLOSED, ThreadState.BLOCKED):
        thread.move_to(ThreadState.CLOSED)
    db.session.flush()
    # A partner who never agreed has read nothing and wrote nothing.
    if all(each.left_at is not None or each.agreed_at is None for each in thread.people):
        _destroy(thread)


@transactional
def destroy(thread: Thread) -> None:
    """What was written long ago goes, and the key that opens it: also in every older copy of the tables. Somebody who
    has written meanwhile goes on with it."""
    lock(thread)
    if thread.last_at >= retention.MESSAGES.before:
        return
    emails.stop([thread])
    if thread.state not in (ThreadState.CLOSED, ThreadState.BLOCKED):
        thread.move_to(ThreadState.CLOSED)
    _destroy(thread)


def _destroy(thread: Thread) -> None:
    thread.key_sealed = None
    _wipe(thread)
    audit.record("thread.destroyed", f"thread:{thread.code}", actor=None)


def _wipe(thread: Thread, *which: ColumnElement[bool]) -> None:
    """The words and files of these messages go; their rows stay, so that what was sent once is not sent again."""
    ids = select(Message.id).where(Message.thread_id == thread.id, *which)
    # What staff were to look at waits for them no more; of a matter of safety they keep what it said.
    for code in queries.reported_of(ids):
        moderation.withdraw(KIND, code)
    names = list(db.session.scalars(select(Attachment.file_key).where(Attachment.message_id.in_(ids))))
    changed(delete(Attachment).where(Attachment.message_id.in_(ids)))
    changed(update(Message).where(Message.id.in_(ids)).values(body_sealed=None))
    after_commit(lambda: attachments.drop_keys(names))
