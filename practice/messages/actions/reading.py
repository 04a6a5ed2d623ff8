"""This file knows that somebody has seen what is new in a conversation."""

from __future__ import annotations

from sqlalchemy import update

from practice.accounts.models import User
from practice.messages import emails
from practice.messages.models import Correspondent, Thread
from practice.store.db import changed, transaction
from practice.values import clock


def note_read(thread: Thread, *, by: User) -> None:
    """Everything up to now was on their page, so no letter need say so. Nothing is written where nothing was new."""
    if all(each.read_id >= thread.last_id for each in thread.people if each.user_id == by.id):
        return
    mine = (
        Correspondent.thread_id == thread.id,
        Correspondent.user_id == by.id,
        Correspondent.read_id < thread.last_id,
    )
    with transaction(notes=True, keeps_rows=True):
        if changed(update(Correspondent).where(*mine).values(read_id=thread.last_id, read_at=clock.now())):
            emails.seen(thread, by)
