"""This file knows how conversations are put before a reader, as plain values for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app

from practice.accounts.models import User
from practice.bookings import queries as bookings
from practice.bookings.labels import person
from practice.http.clocks import clock_time, day, local, reader
from practice.http.pages import link
from practice.safety.danger import danger
from practice.specialists.models import Specialist
from practice.specialists.photos import portrait_url
from practice.store import retention, sealed
from practice.store.vault import VaultLocked
from practice.values import clock
from practice.values.text import Name

from . import keys, policy, queries
from .keys import Body, ThreadKey
from .models import Attachment, Message, Thread
from .states import Side

TAKEN_BACK = "Taken back"
ONLY_FILES = "A file"


def other(thread: Thread, user: User) -> dict[str, Any]:
    """Who is on the other side of a conversation, for one who is in it: a client is never shown as a picture."""
    if queries.part_of(thread, user).side != Side.SPECIALIST:
        specialist = thread.specialist
        url = link("directory.show", slug=specialist.slug) if specialist.is_visible else ""
        name, face = specialist.name, portrait_url(specialist)
        return {"name": name, "first": specialist.called, "portrait": face, "url": url, "is_client": False}
    name = Name(thread.client.display_name)
    return {"name": name, "first": name, "portrait": None, "url": "", "is_client": True}


def others(specialist: Specialist) -> list[dict[str, Any]]:
    """Colleagues with times, where this one cannot be written to."""
    found = bookings.colleagues_with_times(specialist, policy.MOST_OTHERS)
    return [person(each) | {"time": local(start)} for each, start in found]


def rows(threads: Sequence[Thread], user: User, *, with_words: bool = True) -> list[dict[str, Any]]:
    """A line for each conversation: who, when, the last words, and whether they are new."""
    last = queries.last_messages(threads) if with_words else {}
    return [_row(each, user, last.get(each.id)) for each in threads]


def _row(thread: Thread, user: User, last: Message | None) -> dict[str, Any]:
    mine = queries.part_of(thread, user)
    return {
        "code": thread.code,
        "url": link("messages.thread", code=thread.code),
        "person": other(thread, user),
        "when": short_time(thread),
        "is_new": thread.last_id > mine.read_id,
        "is_joint": thread.is_joint,
        "is_asked": mine.agreed_at is None,
        "is_own": last is not None and last.author_id == user.id,
        "words": _preview(thread, last, user) if last is not None and mine.agreed_at is not None else "",
    }


def _preview(thread: Thread, last: Message, user: User) -> str:
    if gone_because(last, user):
        return ""
    try:
        body = keys.key_of(thread).open_body(last)
    except VaultLocked as locked:
        current_app.logger.error("%s: the last message of a conversation", locked.code)
        return ""
    return " ".join(body.words.split())[:140] or ONLY_FILES


def short_time(thread: Thread) -> str:
    """When the last message came: the hour today, the day else."""
    at, today = thread.last_at, reader().day_at(clock.now())
    return clock_time(at) if reader().day_at(at) == today else day(at, pattern="d MMM")


# ---------------------------------------------------------------- one conversation


def bubbles(thread: Thread, messages: Sequence[Message], user: User) -> list[dict[str, Any]]:
    """What was written, oldest first, each with the day where another one begins. The key is opened once."""
    key = _key(thread)
    names = {each.user_id: each.user.display_name for each in thread.people}
    read_to = _read_to(thread, user)
    found, before = [], None
    for each in messages:
        on = reader().day_at(each.sent_at)
        found.append(_bubble(each, user, key, on if on != before else None) | {"by": Name(names[each.author_id])})
        found[-1]["is_read"] = each.author_id == user.id and each.id <= read_to
        before = on
    return found


def _key(thread: Thread) -> ThreadKey | None:
    if keys.is_destroyed(thread):
        return None
    try:
        return keys.key_of(thread)
    except VaultLocked as locked:
        current_app.logger.error("%s: a conversation", locked.code)
        return None


def _bubble(message: Message, user: User, key: ThreadKey | None, on: date | None) -> dict[str, Any]:
    is_own, taken = message.author_id == user.id, message.retracted_at is not None
    gone = "" if taken else gone_because(message, user)
    body = Body("") if taken or gone else _opened(message, key)
    now = clock.now()
    return {
        "code": message.code,
        "id": message.id,
        "is_own": is_own,
        "day": _day(on) if on is not None else "",
        "at": message.sent_at,
        "time": clock_time(message.sent_at),
        "is_taken_back": taken,
        "gone": gone,
        "topic": body.topic,
        "words": body.words,
        "files": [
            {"code": each.code, "name": each.name, "size": each.size} for each in message.attachments if not gone
        ],
        "may_take_back": bool(policy.may_take_back(message.sent_at, now, is_own=is_own, is_taken_back=taken)),
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {"code": attachment.code, "name": attachment.name, "size": attachment.size}


def gone_because(message: Message, user: User) -> str:
    """Why somebody does not read a message that was not taken back, "" where they do."""
    if message.removed_at is not None and message.author_id != user.id:
        return "Removed by our staff, after a report."
    if message.body_sealed is not None:
        return ""
    has_left = any(each.left_at is not None for each in message.thread.people if each.user_id == message.author_id)
    return _LEFT if has_left else _OVER


_LEFT = "Gone: whoever wrote it deleted their account."
_OVER = f"Gone: it was kept until {retention.MESSAGES.length} after the last message."


def _opened(message: Message, key: ThreadKey | None) -> Body:
    if key is None:
        return Body(sealed.UNREAD)
    try:
        return key.open_body(message)
    except VaultLocked as locked:
        current_app.logger.error("%s: a message", locked.code)
        return Body(sealed.UNREAD)


def _day(on: date) -> str:
    return "Today" if on == reader().day_at(clock.now()) else day(on)


def _read_to(thread: Thread, user: User) -> int:
    """Up to which of their own messages the other side has read, where all of them want that to be seen."""
    if not queries.shows_reading(thread):
        return 0
    mine = Side(queries.part_of(thread, user).side)
    theirs = [each.read_id for each in thread.people if not policy.same_camp(Side(each.side), mine)]
    return min(theirs, default=0)


def shows_help(bubbles: Sequence[dict[str, Any]]) -> bool:
    """Whether the reader's own last words are such that numbers to call stand beside them; nothing of it is kept."""
    own = [each for each in bubbles if each["is_own"] and not each["is_taken_back"]]
    return bool(own) and danger(own[-1]["words"], own[-1]["topic"])
