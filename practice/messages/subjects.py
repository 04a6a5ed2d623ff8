"""This file knows a message as a case: what a moderator reads of a conversation, which is little, and what follows.

Staff read a message only once one of its readers reported it; then that one, and those around it that they chose to
show. Nothing else of a conversation ever reaches anybody.
"""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts.models import User
from practice.http.pages import link
from practice.moderation import subjects
from practice.moderation.states import Decision
from practice.moderation.subjects import Ruled, Shown, Subject
from practice.store.db import db
from practice.store.vault import VaultLocked
from practice.store.versions import mark_of
from practice.values import clock
from practice.values.errors import Conflict, NotFound

from . import keys, queries
from .actions.locking import lock
from .models import Message, ShownMessage
from .states import KIND, Side

BYLINES = {Side.CLIENT: "A client", Side.PARTNER: "A client’s partner", Side.SPECIALIST: "A specialist"}


def _show(code: str) -> Shown | None:
    message = queries.message_by_code(code)
    if message is None or message.body_sealed is None or message.thread.key_sealed is None:
        return None
    try:
        words = _written(message)
        beside = _around(message)
        around = tuple((_heading(each, message), _written(each)) for each in beside)
    except VaultLocked:
        return None
    # A decision is for what was read: also of what was shown around it.
    mark = f"{message.code}:{mark_of([each.code for each in beside])[:16]}"
    return Shown("A private message", words, mark, BYLINES[Side(message.side)], around)


def _around(message: Message) -> list[Message]:
    """What whoever reported it chose to show with it, oldest first."""
    chosen = select(ShownMessage.shown_id).where(ShownMessage.message_id == message.id)
    asked = select(Message).where(Message.id.in_(chosen), Message.body_sealed.is_not(None)).order_by(Message.id)
    return list(db.session.scalars(asked))


def _heading(each: Message, reported: Message) -> str:
    when = "Before it" if each.id < reported.id else "After it"
    return f"{when}: {BYLINES[Side(each.side)].lower()}"


def _written(message: Message) -> str:
    body = keys.key_of(message.thread).open_body(message)
    return "\n".join(filter(None, (body.topic, body.words))) or "Only a file"


def _author(code: str) -> User | None:
    message = queries.message_by_code(code)
    return message.author if message is not None else None


def _concerns(code: str) -> list[User]:
    message = queries.message_by_code(code)
    return [each.user for each in message.thread.people] if message is not None else []


def _carry_out(ruled: Ruled) -> None:
    """A message that is removed is read by its author alone; another person can put it back."""
    _keep_still(ruled.code)
    message = queries.message_by_code(ruled.code)
    if ruled.on_appeal:
        if message is not None:
            message.removed_at = None
    elif ruled.decision == Decision.REMOVE:
        if message is None:
            raise Conflict("This conversation is gone in the meantime.")
        message.removed_at = clock.now()


def _url(code: str) -> str:
    message = queries.message_by_code(code)
    return link("messages.thread", code=message.thread.code) if message is not None else link("messages.index")


def _keep_still(code: str) -> None:
    message = queries.message_by_code(code)
    if message is not None:
        lock(message.thread)
        db.session.refresh(message)


def _may_report(code: str, user: User) -> bool:
    message = queries.message_by_code(code)
    if message is None or message.author_id == user.id:
        return False
    try:
        return queries.part_of(queries.readable(user, message.thread.code), user).left_at is None
    except NotFound:
        return False


subjects.register(
    Subject(
        kind=KIND,
        label="message",
        decisions=(Decision.LEAVE, Decision.REMOVE),
        show=_show,
        author=_author,
        carry_out=_carry_out,
        url=_url,
        may_report=_may_report,
        concerns=_concerns,
        keep_still=_keep_still,
    )
)
