"""This file knows how a message is sent: once, whatever is pressed twice, and with its files or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from practice.accounts.models import User
from practice.messages import attachments, emails, keys, policy, queries
from practice.messages.attachments import Sealed
from practice.messages.keys import Body, ThreadKey
from practice.messages.models import Attachment, Correspondent, Message, Thread
from practice.messages.states import Side, ThreadState
from practice.store.crashpoints import crashpoint
from practice.store.db import db, insert_once, new_code, transactional
from practice.values import clock
from practice.values.errors import SentBefore

from .beginning import begin_anew
from .locking import lock


@dataclass(frozen=True)
class Writing:
    """What somebody pressed "Send" on: `form_key` is the form's own, `files` their bytes as they came."""

    words: str
    form_key: str
    topic: str = ""
    files: tuple[bytes, ...] = ()

    @property
    def body(self) -> Body:
        """What is sealed of it as a message."""
        return Body(self.words, self.topic)


def send(thread: Thread, writing: Writing, *, by: User) -> Message:
    """The message, stored once with all its files. The same form again gives the same message.

    Raises `SentBefore` where it brings other words, `Conflict` or `NotAllowed` where they cannot write here (now),
    `attachments.BadFile` for a file that cannot be taken. No file of what was refused stays.
    """
    if keys.is_destroyed(thread):
        begin_anew(thread, by=by)
    key = keys.key_of(thread)
    before = _sent_with(thread, writing, key, by)
    if before is not None:
        return before
    policy.may_send(queries.known_of(thread, by)).require()
    code = new_code()
    files = attachments.keep(writing.files, key, code, by.id)
    crashpoint("message.files_kept")
    try:
        message = _send(thread, writing, files, code, by)
    except BaseException:
        attachments.drop_all(files)
        raise
    if message.code != code:
        attachments.drop_all(files)
    return message


def _sent_with(thread: Thread, writing: Writing, key: ThreadKey, by: User) -> Message | None:
    """What this form did already, None for a form that is new."""
    asked = select(Message).where(Message.author_id == by.id, Message.form_key == writing.form_key)
    before = db.session.scalars(asked).first()
    if before is None:
        return None
    if before.thread_id != thread.id or not _is_same(before, writing, key):
        raise SentBefore("This was sent already, with other words.")
    return before


def _is_same(before: Message, writing: Writing, key: ThreadKey) -> bool:
    """Whether a form brings what it brought before; of one that was taken back nobody knows any more."""
    if before.retracted_at is not None:
        return True
    marks = [each.mark for each in before.attachments]
    return key.open_body(before) == writing.body and marks == [key.mark(each) for each in writing.files]


@transactional
def _send(thread: Thread, writing: Writing, files: list[Sealed], code: str, by: User) -> Message:
    """Behind the lock of the conversation everything is decided anew."""
    lock(thread)
    key = keys.key_of(thread)
    before = _sent_with(thread, writing, key, by)
    if before is not None:
        return before
    known = queries.known_of(thread, by)
    policy.may_send(known).require()
    sealed = key.seal_body(writing.body, keys.place_for(code, by.id))
    values = {"thread_id": thread.id, "author_id": by.id, "side": known.side, "form_key": writing.form_key}
    seconds = _answered_after(thread, known.side)
    if not insert_once(Message, **values, code=code, body_sealed=sealed, sent_at=clock.now(), reply_seconds=seconds):
        raise SentBefore("This was sent already, in another conversation.")
    message = db.session.scalars(select(Message).where(Message.code == code)).one()
    for position, file in enumerate(files, 1):
        row = Attachment(message_id=message.id, position=position, kind=file.kind, size=file.size)
        row.file_key, row.mark = file.file_key, file.mark
        db.session.add(row)
    _go_on(thread, message, known)
    db.session.flush()
    crashpoint("message.written")
    emails.arrived(message)
    return message


def _answered_after(thread: Thread, side: Side) -> int | None:
    """How many seconds had waited what a specialist answers now; None where nothing waits for them."""
    if side != Side.SPECIALIST or thread.state != ThreadState.AWAITING_SPECIALIST or thread.waits_since is None:
        return None
    return max(int((clock.now() - thread.waits_since).total_seconds()), 0)


def _go_on(thread: Thread, message: Message, known: policy.Known) -> None:
    """Whose turn it is, and that its author has seen it."""
    if thread.last_id == 0:
        thread.opened_by = known.side
    elif thread.replied_at is None and not known.is_first_contact:
        thread.replied_at = message.sent_at
    thread.move_to(policy.state_after(known.side))
    thread.last_id, thread.last_at = message.id, message.sent_at
    mine = db.session.get_one(Correspondent, (thread.id, message.author_id))
    mine.read_id, mine.read_at = message.id, message.sent_at
