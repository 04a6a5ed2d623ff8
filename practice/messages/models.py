"""This file knows what is stored of conversations: who is in one, what was written, under a key that is theirs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.specialists.models import Specialist
from practice.store import sealed
from practice.store.db import Coded, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .states import MOVES, FileKind, Side, ThreadState


def place_of_key(code: str) -> str:
    """What the key of a conversation is bound to."""
    return f"thread:{code}:key"


class Thread(Coded, db.Model):
    """What one client and one specialist write to each other, or a couple and one specialist.

    `waits_since`: when the first message was written that nobody has answered yet. `replied_at`: when the one who was
    written to first answered first; until then few messages can be sent.
    """

    __tablename__ = "threads"
    __table_args__ = (
        one_of("state", ThreadState),
        one_of("opened_by", Side),
        UniqueConstraint("client_id", "specialist_id", "is_joint"),
        CheckConstraint(
            "(waits_since IS NOT NULL) = (state IN ('awaiting_specialist', 'awaiting_client'))",
            name="waits_for_somebody",
        ),
        Index("ix_threads_waiting", "state", "waits_since", "id"),
        Index("ix_threads_specialist", "specialist_id", "last_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id))
    is_joint: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default=ThreadState.OPEN)
    opened_by: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    # The last message, and when it was written: lists are in this order, and what is new is told by it.
    last_id: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    replied_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    # Of what waits now: when the specialist was reminded, and when the client was shown others.
    reminded_at: Mapped[datetime | None]
    offered_others_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # None once it was destroyed: nobody reads the words any more, in no copy of the tables.
    key_sealed: Mapped[str | None]
    client: Mapped[User] = relationship()
    specialist: Mapped[Specialist] = relationship()
    people: Mapped[list[Correspondent]] = relationship(back_populates="thread", passive_deletes=True)

    @property
    def thing(self) -> str:
        """What letters call it: "thread:41"."""
        return f"thread:{self.id}"

    def move_to(self, state: ThreadState) -> None:
        """The only writer of `.state`; what waits begins to wait, or waits no more. Raises `IllegalMove`."""
        if state == self.state:
            return
        if state not in MOVES.get(ThreadState(self.state), frozenset()):
            raise IllegalMove("This conversation has gone on in the meantime.")
        waits = state in (ThreadState.AWAITING_SPECIALIST, ThreadState.AWAITING_CLIENT)
        self.state, self.waits_since = state, clock.now() if waits else None
        self.reminded_at = self.offered_others_at = None
        self.closed_at = clock.now() if state == ThreadState.CLOSED else None


sealed.keep(sealed.Column(Thread, "key_sealed", place_of_key))


class Correspondent(db.Model):
    """One person's part in a conversation: which side they are, and up to where they have read.

    A partner reads nothing before `agreed_at`; whoever `left_at` reads nothing more.
    """

    __tablename__ = "correspondents"
    __table_args__ = (
        one_of("side", Side),
        UniqueConstraint("thread_id", "side"),
        Index("ix_correspondents_user", "user_id", "thread_id"),
    )
    thread_id: Mapped[int] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    side: Mapped[str] = mapped_column(String(10))
    agreed_at: Mapped[datetime | None] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    # The last message they have seen, and when they saw it.
    read_id: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None]
    thread: Mapped[Thread] = relationship(back_populates="people")
    user: Mapped[User] = relationship()


class Message(Coded, db.Model):
    """What one of them wrote, sealed with the key of the conversation. Taken back, its words are gone from the row.

    `reply_seconds`: of the first answer to something that waited, how long that had.
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("side", Side),
        UniqueConstraint("author_id", "form_key"),
        CheckConstraint("retracted_at IS NULL OR body_sealed IS NULL", name="taken_back_is_gone"),
        CheckConstraint("reply_seconds >= 0", name="answered_after"),
        Index("ix_messages_thread", "thread_id", "id"),
        Index(
            "ix_messages_replies",
            "author_id",
            "sent_at",
            sqlite_where=text("reply_seconds IS NOT NULL"),
            postgresql_where=text("reply_seconds IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    side: Mapped[str] = mapped_column(String(10))
    # The form's own key: the same form sent twice is one message.
    form_key: Mapped[str] = mapped_column(String(64))
    body_sealed: Mapped[str | None]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    retracted_at: Mapped[datetime | None]
    # Staff took it away after a report: its author alone reads it.
    removed_at: Mapped[datetime | None]
    reply_seconds: Mapped[int | None]
    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="message", order_by="Attachment.position", passive_deletes=True
    )

    @property
    def thing(self) -> str:
        """What letters call it: "message:41"."""
        return f"message:{self.id}"


class Attachment(Coded, db.Model):
    """A file that went along with a message; its bytes lie sealed on disk, under a name that says nothing.

    `mark`: by which the same bytes are known when they are sent again, told with the key of the conversation.
    """

    __tablename__ = "message_attachments"
    __table_args__ = (
        one_of("kind", FileKind),
        UniqueConstraint("message_id", "position"),
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("size > 0", name="has_bytes"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    file_key: Mapped[str] = mapped_column(String(80), unique=True)
    mark: Mapped[str] = mapped_column(String(64))
    message: Mapped[Message] = relationship(back_populates="attachments")

    @property
    def name(self) -> str:
        """What it is called for whoever keeps it: nothing of whose it is, nor of what it holds."""
        return f"attachment-{self.position}.{self.kind}"


class MessageWishes(Coded, db.Model):
    """How somebody wants messages to come: quiet hours on their own clock, what is said while they are away, and
    whether others may see that they have read, where those let them see it too."""

    __tablename__ = "message_wishes"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_has_both_ends"),
        CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet_within_a_day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), unique=True)
    # Minutes after midnight on their own clock.
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    away_sealed: Mapped[str | None]
    # The first day on which it is said; None for at once.
    away_from: Mapped[date | None]
    # The last day on which it is said, on their own clock; None as long as they let it stand.
    away_until: Mapped[date | None]
    shows_read: Mapped[bool] = mapped_column(default=False)
    away = sealed.Words("message_wishes")


class Block(db.Model):
    """Somebody does not want to hear from somebody; the other reads only that they cannot be reached here."""

    __tablename__ = "message_blocks"
    __table_args__ = (
        UniqueConstraint("by_id", "user_id"),
        CheckConstraint("by_id <> user_id", name="of_somebody_else"),
        Index("ix_message_blocks_user", "user_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class ShownMessage(db.Model):
    """A message that somebody who reported another one lets staff read with it."""

    __tablename__ = "shown_messages"
    __table_args__ = (Index("ix_shown_messages_shown", "shown_id"), Index("ix_shown_messages_by", "by_id"))
    message_id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), primary_key=True)
    shown_id: Mapped[int] = mapped_column(ForeignKey(Message.id, ondelete="CASCADE"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
