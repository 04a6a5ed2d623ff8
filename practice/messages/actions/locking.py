"""This file knows the lock of a conversation: whoever writes, takes back or closes it does so alone."""

from __future__ import annotations

from sqlalchemy import select

from practice.messages.models import Thread
from practice.store.db import db


def lock(thread: Thread) -> None:
    """Keep the conversation as it is until this transaction ends; what is in memory is read anew."""
    asked = select(Thread).where(Thread.id == thread.id).with_for_update()
    db.session.scalars(asked.execution_options(populate_existing=True)).first()
