"""This file knows every letter that leaves: a row stored with its cause, lent to one worker, sent until it is taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from practice.config import settings
from practice.http import clocks
from practice.store import sealed
from practice.store.db import (
    Coded,
    Json,
    changed,
    db,
    insert_once,
    must_be_inside,
    new_code,
    transactional,
)
from practice.store.leases import Leased, is_free
from practice.values import clock
from practice.values.errors import NotFound

from . import mailer, registry, sealed_letters, sources


class MailState(StrEnum):
    """Where a letter is. Kept: readable in the account, by choice never mailed. Lapsed: of no use any more, because it
    is too late or because a newer one about the same thing says how it stands now."""

    WAITING = "waiting"
    SENT = "sent"
    KEPT = "kept"
    PARKED = "parked"
    LAPSED = "lapsed"


class OutboxMail(Coded, Leased, db.Model):  # type: ignore[name-defined,misc]
    """One letter to one person about one event, from the moment it was decided on."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        UniqueConstraint("event_key", "recipient_id", "template"),
        CheckConstraint("state IN ('waiting', 'sent', 'kept', 'parked', 'lapsed')", name="state"),
        Index("ix_outbox_mail_due", "state", "due_at", "id"),
        Index("ix_outbox_mail_line", "recipient_id", "about"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(String(160))
    # The thing that the event happened to: letters about one thing reach one mailbox in the order they were decided on.
    about: Mapped[str] = mapped_column(String(160))
    recipient_id: Mapped[int]
    to_address: Mapped[str] = mapped_column(String(320))
    template: Mapped[str] = mapped_column(String(80))
    # Sealed, because links stand in both that open an account: whoever reads the tables must not be able to use them.
    context_kept: Mapped[dict[str, Any]] = mapped_column("context", Json)
    zone: Mapped[str] = mapped_column(String(64))
    message_kept: Mapped[bytes | None] = mapped_column("message", LargeBinary)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=MailState.WAITING)
    for_inbox: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    # Set before the first byte leaves: from then on it may have arrived, whatever a server said or failed to say.
    begun_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    @property
    def context(self) -> dict[str, Any]:
        """The facts of the letter; raises `VaultLocked` where its key is missing."""
        return sealed_letters.open_context(self.code, self.context_kept)

    @property
    def message(self) -> bytes | None:
        """The finished message as it leaves, None before it is built; raises `VaultLocked` where its key is missing."""
        return None if self.message_kept is None else sealed_letters.open_message(self.code, self.message_kept)

    @message.setter
    def message(self, message: bytes) -> None:
        self.message_kept = sealed_letters.seal_message(self.code, message)


class Recipient(Protocol):
    """Whoever can be written to; an account is one."""

    id: Mapped[int]
    email: Mapped[str]


sealed.keep(
    sealed.Column(
        OutboxMail,
        "context_kept",
        lambda code: f"mail:{code}:context",
        read=lambda kept: str(kept.get(sealed_letters.SEALED, "")),
        write=lambda token: {sealed_letters.SEALED: token},
    )
)
sealed.keep(
    sealed.Column(OutboxMail, "message_kept", lambda code: f"mail:{code}:message", read=bytes.decode, write=str.encode)
)


# ---------------------------------------------------------------- writing


def enqueue_mail(
    event_key: str,
    template: str,
    to: Recipient,
    context: Mapping[str, Any],
    *,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    replaces: Collection[str] = (),
) -> None:
    """Decide, inside the transaction of the cause, that `to` gets a letter about `event_key`; a second time is nothing.

    The first two words of the key are the thing that it is about ("booking:7:moved:2"): letters about one thing arrive
    in the order they were decided on, and those of the templates in `replaces` that no server has taken yet lapse.
    `context` is a JSON snapshot: instants as ISO text under names ending in `_at`, an invitation (`Invite.to_json()`)
    under "invite". It waits until `not_before`; after `not_after` it is of no use and lapses. Raises KeyError for a
    letter without a source, ValueError for one that lacks a fact or whose token could be read inside an account.
    """
    must_be_inside("a letter")
    sources.check(template, context)
    code, now, thing, reads = new_code(), clock.now(), about(event_key), clocks.of(to)
    is_new = insert_once(
        OutboxMail,
        code=code,
        event_key=event_key,
        about=thing,
        template=template,
        context_kept=sealed_letters.seal_context(code, {**context, mailer.CLOCK: reads.as_facts()}),
        zone=reads.home,
        message_id=_message_id(code, event_key),
        state=MailState.WAITING,
        due_at=max(now, not_before or now),
        not_after=not_after,
        attempts=0,
        created_at=now,
        **_addressed(to, template),
    )
    if is_new and replaces:
        lapse(*_line(to.id, thing, to.email), OutboxMail.template.in_(replaces), OutboxMail.code != code)


def _addressed(to: Recipient, template: str) -> dict[str, Any]:
    """Whose letter it is, as they are now: where it goes, and whether it leaves at all."""
    return {
        "recipient_id": to.id,
        "to_address": to.email,
        "for_inbox": bool(getattr(to, "no_email", False)) and template not in registry.always_mailed(),
    }


def about(event_key: str) -> str:
    """The thing that an event happened to: the first two words of its key."""
    return ":".join(event_key.split(":")[:2])


def _message_id(code: str, event_key: str) -> str:
    """Chosen once and kept through every retry, so that a receiver can tell a repetition from a new letter."""
    return f"<{code}.{hashlib.sha256(event_key.encode()).hexdigest()[:12]}@{settings().mail_domain}>"


# ---------------------------------------------------------------- letters about one thing to one person

UNTAKEN = (MailState.WAITING, MailState.PARKED)


def _line(
    recipient_id: int | Mapped[int], thing: str, address: str | Mapped[str] | None = None
) -> tuple[ColumnElement[bool], ...]:
    """The letters about one thing to one person, at one mailbox or at all that they had."""
    whole = (OutboxMail.recipient_id == recipient_id, OutboxMail.about == thing)
    return whole if address is None else (*whole, OutboxMail.to_address == address)


def is_next() -> ColumnElement[bool]:
    """The condition that no earlier letter of its line waits, or is in a worker's hand at this moment.

    Parked ones do not count: they need a person, and that may take days.
    """
    earlier = aliased(OutboxMail)
    in_front = (
        earlier.recipient_id == OutboxMail.recipient_id,
        earlier.about == OutboxMail.about,
        earlier.to_address == OutboxMail.to_address,
        earlier.id < OutboxMail.id,
        or_(earlier.state == MailState.WAITING, ~is_free(earlier)),
    )
    return ~exists().where(*in_front)


def lapse(*which: ColumnElement[bool]) -> int:
    """Let what no server has taken yet lapse; how many there were.

    What has not begun to leave is also taken out of the hand of the worker that is building it. What may be under way
    stays in its worker's hand until that has ended: the letter after it waits for the end.
    """
    has_begun = OutboxMail.begun_at.is_not(None)
    kept = {name: case((has_begun, getattr(OutboxMail, name)), else_=None) for name in ("lease_token", "leased_until")}
    return changed(
        update(OutboxMail).where(*which, OutboxMail.state.in_(UNTAKEN)).values(state=MailState.LAPSED, **kept)
    )


def recall(recipient_id: int, thing: str) -> bool:
    """Take back what still waits for its hour; True when there was something, which this person never heard of then."""
    waits_for_its_hour = (
        OutboxMail.state == MailState.WAITING,
        OutboxMail.begun_at.is_(None),
        OutboxMail.attempts == 0,
        OutboxMail.due_at > clock.now(),
    )
    return lapse(*_line(recipient_id, thing), *waits_for_its_hour) > 0


def withdraw(recipient_id: int, things: Collection[str], address: str) -> None:
    """Let everything about these things that still waits to be mailed there lapse."""
    waits = (OutboxMail.recipient_id == recipient_id, OutboxMail.about.in_(things), OutboxMail.to_address == address)
    lapse(*waits, OutboxMail.for_inbox.is_(False))


def decided(event_keys: Collection[str]) -> set[str]:
    """Those of these events about which somebody was written to, or is going to be."""
    asked = select(OutboxMail.event_key).where(OutboxMail.event_key.in_(event_keys))
    return set(db.session.scalars(asked)) if event_keys else set()


def may_have_reached(recipient_id: int, things: Collection[str], address: str) -> bool:
    """Whether a letter about one of these things has left for that mailbox, or may have."""
    # Of old letters the address is gone, and only that they left is known.
    there = (OutboxMail.about.in_(things), OutboxMail.to_address.in_((address, "")), OutboxMail.begun_at.is_not(None))
    return db.session.scalar(select(exists().where(OutboxMail.recipient_id == recipient_id, *there))) or False


_inside_listeners: list[Callable[[OutboxMail], None]] = []


def when_kept_inside(listener: Callable[[OutboxMail], None]) -> Callable[[OutboxMail], None]:
    """Register what happens, in the same transaction, to a letter that should have been mailed and is kept inside."""
    _inside_listeners.append(listener)
    return listener


@transactional
def keep_inside(recipient_id: int) -> None:
    """Whoever wants no mail from now on reads in the account what has not left yet, but for what is always mailed."""
    waits = (OutboxMail.recipient_id == recipient_id, OutboxMail.state == MailState.WAITING)
    to_be_mailed = (*waits, OutboxMail.for_inbox.is_(False), OutboxMail.template.not_in(registry.always_mailed()))
    for letter in db.session.scalars(select(OutboxMail).where(*to_be_mailed)).all():
        letter.for_inbox = True
        for listener in _inside_listeners:
            listener(letter)


def earlier_ids(code: str) -> list[str]:
    """The Message-IDs of what reached the same mailbox about the same thing before the letter `code`, oldest first."""
    mine, earlier = aliased(OutboxMail), OutboxMail
    asked = (
        select(earlier.message_id)
        .join(mine, mine.code == code)
        .where(
            earlier.recipient_id == mine.recipient_id,
            earlier.about == mine.about,
            earlier.to_address == mine.to_address,
            earlier.id < mine.id,
            earlier.state == MailState.SENT,
        )
    )
    return list(db.session.scalars(asked.order_by(earlier.id)))


# ---------------------------------------------------------------- reading


def letters(*, before: int | None = None, limit: int = 50) -> Sequence[OutboxMail]:
    """Letters that have left or were kept, the newest first; `before` is the last id of the page before."""
    asked = select(OutboxMail).where(OutboxMail.state.in_((MailState.SENT, MailState.KEPT)))
    if before is not None:
        asked = asked.where(OutboxMail.id < before)
    return db.session.scalars(asked.order_by(OutboxMail.id.desc()).limit(limit)).all()


def letters_for(recipient_id: int, *, before: int | None = None, limit: int = 50) -> Sequence[OutboxMail]:
    """One person's finished letters, the newest first: the in-app inbox; `before` is the last id of the page before."""
    asked = _inbox(recipient_id)
    if before is not None:
        asked = asked.where(OutboxMail.id < before)
    return db.session.scalars(asked.order_by(OutboxMail.id.desc()).limit(limit)).all()


def letter_for(recipient_id: int, code: str) -> OutboxMail:
    """One of these by its public code; raises `NotFound`, also for somebody else's."""
    row = db.session.scalar(_inbox(recipient_id).where(OutboxMail.code == code))
    if row is None:
        raise NotFound()
    return row


def _inbox(recipient_id: int) -> Select[OutboxMail]:
    """Without letters that prove who opens a mailbox: whoever found a screen unlocked must not find their links."""
    return select(OutboxMail).where(
        OutboxMail.recipient_id == recipient_id,
        OutboxMail.message_kept.is_not(None),
        OutboxMail.state != MailState.LAPSED,
        OutboxMail.template.not_in(tuple(registry.OPENING)),
    )


def letters_of(recipient_id: int, limit: int) -> Sequence[OutboxMail]:
    """Every row for one person, the newest first, whatever became of it."""
    asked = select(OutboxMail).where(OutboxMail.recipient_id == recipient_id).order_by(OutboxMail.id.desc())
    return db.session.scalars(asked.limit(limit)).all()


def letter(code: str) -> OutboxMail:
    """One row by its public code; raises `NotFound`."""
    row = db.session.scalars(select(OutboxMail).where(OutboxMail.code == code)).first()
    if row is None:
        raise NotFound("This letter does not exist.")
    return row


def parked_letters(limit: int = 100) -> Sequence[OutboxMail]:
    """What needs a person, the oldest first."""
    asked = select(OutboxMail).where(OutboxMail.state == MailState.PARKED).order_by(OutboxMail.id).limit(limit)
    return db.session.scalars(asked).all()


@dataclass(frozen=True)
class Backlog:
    """How much waits, how much is parked, and since when the oldest due letter has been due (seconds)."""

    waiting: int
    parked: int
    oldest_seconds: float


def backlog() -> Backlog:
    """The outbox in three numbers, for metrics and readiness."""
    now = clock.now()
    # Only these two: what has left is most of the table, and readiness is asked for every few seconds.
    open_ones = OutboxMail.state.in_((MailState.WAITING, MailState.PARKED))
    counted = select(OutboxMail.state, func.count()).where(open_ones).group_by(OutboxMail.state)
    counts = dict(db.session.execute(counted).all())
    # One that stands behind another waits because of that one, and says nothing about the workers.
    first = db.session.scalar(
        select(func.min(OutboxMail.due_at)).where(OutboxMail.state == MailState.WAITING, is_next())
    )
    age = max(0.0, (now - first).total_seconds()) if first else 0.0
    return Backlog(counts.get(MailState.WAITING, 0), counts.get(MailState.PARKED, 0), age)


# ---------------------------------------------------------------- looking after


@transactional
def send_again(code: str) -> None:
    """Give a parked letter another round, from now; raises `NotFound`."""
    row = letter(code)
    if row.state == MailState.PARKED:
        row.state, row.attempts, row.due_at = MailState.WAITING, 0, clock.now()


@transactional
def let_waiting_lapse() -> int:
    """Nothing that waits now will leave: the original of this copy has sent it. How many there were."""
    waiting = update(OutboxMail).where(OutboxMail.state == MailState.WAITING)
    return changed(waiting.values(state=MailState.LAPSED))
