"""This file knows how somebody who reports a message chooses what of the conversation a moderator reads with it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete

from practice.accounts.models import User
from practice.messages import queries
from practice.messages.models import Message, ShownMessage
from practice.store.db import db, insert_once, transactional


@transactional
def show_around(message: Message, codes: Collection[str], *, by: User) -> None:
    """Those of the few around a message that its reporter shows with it; chosen again, only what was chosen last."""
    mine = (ShownMessage.message_id == message.id, ShownMessage.by_id == by.id)
    db.session.execute(delete(ShownMessage).where(*mine))
    for each in queries.around(message):
        if each.code in codes:
            insert_once(ShownMessage, message_id=message.id, shown_id=each.id, by_id=by.id)
