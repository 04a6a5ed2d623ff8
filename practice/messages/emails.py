"""This file knows which letters messages cause, and what has a letter not leave. None says who wrote, or what.

A letter about a message leaves when the message can be taken back no more, outside the quiet hours of whoever it is
for. One that waits speaks for all that comes after it; after one that nobody followed, the next waits for an hour; and
whoever reads has no use for it (docs/decisions/0075).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from practice.accounts.models import User
from practice.http import clocks
from practice.http.pages import absolute_url
from practice.letters import beforehand, registry
from practice.letters.outbox import enqueue_mail
from practice.store.db import db
from practice.values import clock
from practice.values.errors import Conflict

from . import policy, queries
from .models import Correspondent, Message, Thread
from .quiet import after_quiet
from .states import Side

registry.knows("messages", remind_after=policy.REMIND_AFTER, others_after=policy.OTHERS_AFTER)
NEW = "messages/new"


def arrived(message: Message) -> None:
    """Whoever it is for hears that there is something new; called as it is stored, inside its transaction."""
    for part in _readers(message.thread, message.author_id):
        _announce(message, part)


def taken_back(message: Message) -> None:
    """A letter about it that has not left does not leave; called inside the transaction that wipes it.

    What came after it, and was spoken for by that letter, gets one of its own. Raises `Conflict` where the letter is on
    its way: the message stays, so that no letter speaks of what is not there.
    """
    for part in _readers(message.thread, message.author_id):
        try:
            waited = beforehand.take_back(_key(message), part.user_id)
        except beforehand.HasLeft:
            raise Conflict("They have been told of this message by now, so it stays.") from None
        following = _unread(message, part) if waited else None
        if following is not None:
            _announce(following, part)


def seen(thread: Thread, user: User) -> None:
    """They are at it: what waited to tell them of it does not leave."""
    beforehand.take_all_back([thread.thing], [user.id])


def stop(threads: list[Thread]) -> None:
    """Nothing about these conversations that has not left reaches anybody of them any more."""
    people = {each.user_id for thread in threads for each in thread.people}
    things = [thing for each in threads for thing in (each.thing, _waiting(each))]
    beforehand.take_all_back(things, sorted(people))


def waits(thread: Thread) -> None:
    """To the specialist: somebody waits for their answer."""
    _write(f"{_waiting(thread)}:{_since(thread)}", "messages/waits", thread, thread.specialist.user)


def others(thread: Thread) -> None:
    """To whoever waits: that nobody has answered, and that others have time."""
    for part in thread.people:
        if part.side != Side.SPECIALIST and _reads(part):
            _write(f"{_waiting(thread)}:others:{_since(thread)}", "messages/others", thread, part.user)


# ---------------------------------------------------------------- one letter


def _announce(message: Message, part: Correspondent) -> None:
    thread = message.thread
    if beforehand.waits(part.user_id, thread.thing, NEW):
        return
    at = message.sent_at + policy.TAKE_BACK_WITHIN
    before = beforehand.left_at(part.user_id, thread.thing, NEW)
    if before is not None and (part.read_at is None or part.read_at < before):
        at = max(at, before + policy.LETTER_AGAIN)
    _write(_key(message), NEW, thread, part.user, at)


def _write(key: str, template: str, thread: Thread, to: User, at: datetime | None = None) -> None:
    at = after_quiet(at or clock.now(), queries.wishes_of(to), clocks.of(to))
    enqueue_mail(key, template, to, _facts(thread), not_before=at)


def _facts(thread: Thread) -> dict[str, Any]:
    return {"url": absolute_url("messages.thread", code=thread.code)}


def _key(message: Message) -> str:
    return f"{message.thread.thing}:new:{message.id}"


def _waiting(thread: Thread) -> str:
    """What letters about a silence are about: they wait for none of those about messages, nor these for them."""
    return f"waiting:{thread.id}"


def _since(thread: Thread) -> str:
    return thread.waits_since.isoformat() if thread.waits_since is not None else ""


# ---------------------------------------------------------------- to whom


def _readers(thread: Thread, author_id: int) -> list[Correspondent]:
    return [each for each in thread.people if each.user_id != author_id and _reads(each)]


def _reads(part: Correspondent) -> bool:
    return part.agreed_at is not None and part.left_at is None and part.user.active


def _unread(message: Message, part: Correspondent) -> Message | None:
    """What was written to them after this message, stands, and they have not seen: the first of it."""
    asked = select(Message).where(
        Message.thread_id == message.thread_id,
        Message.id > max(message.id, part.read_id),
        Message.author_id != part.user_id,
        Message.retracted_at.is_(None),
    )
    return db.session.scalars(asked.order_by(Message.id).limit(1)).first()
