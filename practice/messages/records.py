"""This file knows what the messages room writes down about a person: their copy of it, its end, and how long it stays.

What somebody wrote is theirs, and goes with them; what the other wrote stays with the other. When both have gone, or it
is over for long, the key of the conversation goes, and nothing that is left of it anywhere can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.store.db import db
from practice.values.errors import FileMissing

from . import actions, attachments, keys, queries
from .models import Attachment, Block, Message, MessageWishes, ShownMessage
from .states import Side


def _conversations(user: User) -> Rows:
    rows = []
    for mine in queries.parts_of(user):
        thread = mine.thread
        rows.append(
            {
                "with": thread.specialist.name if mine.side != Side.SPECIALIST else thread.client.initials,
                "as": mine.side,
                "for_two": thread.is_joint,
                "state": thread.state if queries.has_blocked(thread, user) or thread.state != "blocked" else "closed",
                "began": iso(thread.opened_at),
                "joined": iso(mine.agreed_at),
                "left": iso(mine.left_at),
                "last_read": iso(mine.read_at),
                "you_blocked_them": queries.has_blocked(thread, user),
                "you_wrote": [_message(each) for each in queries.written_by(thread, user)],
            }
        )
    return rows


def _message(message: Message) -> dict[str, Any]:
    readable = message.body_sealed is not None and message.thread.key_sealed is not None
    body = keys.key_of(message.thread).open_body(message) if readable else None
    return {
        "at": iso(message.sent_at),
        "topic": body.topic if body is not None else "",
        "words": body.words if body is not None else "",
        "files": [each.name for each in message.attachments],
        "taken_back": iso(message.retracted_at),
        "removed_by_staff": iso(message.removed_at),
    }


def _files(user: User) -> Iterator[tuple[str, bytes]]:
    for each in db.session.scalars(
        select(Attachment).join(Attachment.message).where(Message.author_id == user.id).order_by(Attachment.id)
    ):
        try:
            yield f"message-{each.message_id}-{each.name}", attachments.content_of(each)
        except FileMissing:
            continue


def _wipe(user: User) -> None:
    """Their words, files and wishes go; what they were written stays with whoever wrote it, until they go too."""
    for mine in queries.parts_of(user):
        actions.leave(mine)
    blocks = (Block.by_id == user.id) | (Block.user_id == user.id)
    db.session.execute(delete(Block).where(blocks))
    db.session.execute(delete(ShownMessage).where(ShownMessage.by_id == user.id))


def _wishes(user: User) -> Rows:
    mine = queries.wishes_of(user)
    if mine is None:
        return []
    return [
        {
            "quiet_from_minute": mine.quiet_from,
            "quiet_until_minute": mine.quiet_until,
            "away": mine.away,
            "away_from": mine.away_from.isoformat() if mine.away_from else None,
            "away_until": mine.away_until.isoformat() if mine.away_until else None,
            "shows_what_you_read": mine.shows_read,
        }
    ]


def _wipe_wishes(user: User) -> None:
    db.session.execute(delete(MessageWishes).where(MessageWishes.user_id == user.id))


holdings.keeps(Record("messages", "What you wrote to specialists or clients", _conversations, _wipe, files=_files))
holdings.keeps(Record("message_wishes", "How you want messages to come", _wishes, _wipe_wishes))
