"""This file knows how an open conversation hears of what is new: one question for all who wait for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from practice.http import standby
from practice.store.db import db

from .models import Message, Thread

KIND = "thread"


def key_for(thread: Thread, since: str) -> str:
    """What somebody waits for who has seen a conversation up to the message with this code, "" for none."""
    return f"{thread.code}.{since}"


def last_code(thread: Thread) -> str:
    """The code of the last message of a conversation, "" where none stands."""
    return db.session.scalar(select(Message.code).where(Message.id == thread.last_id)) or ""


def _news(waiting: Collection[str]) -> Iterator[str]:
    since = {words: words.partition(".")[::2] for words in waiting}
    asked = (
        select(Thread.code, Message.code)
        .join(Message, Message.id == Thread.last_id, isouter=True)
        .where(Thread.code.in_({code for code, _ in since.values()}))
    )
    last = {code: message or "" for code, message in db.session.execute(asked)}
    return (words for words, (code, seen) in since.items() if last.get(code, seen) != seen)


standby.watches(KIND, _news)
