"""This file knows every letter that leaves: a row stored with its cause, lent to one worker, sent until it is taken."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import clock, mailer
from .config import settings
from .crashpoints import crashpoint
from .db import Coded, Json, after_commit, before_commit, db, insert_once, new_code, transaction, transactional
from .errors import NotFound
from .leases import RETURNED, Leased, hold, is_free, lent, let_go
from .providers import mail_transport
from .providers.mail_transport import Outcome, Transport, Verdict

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
# The waits after the first, second, … failure; the last one repeats.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
BUILDS = 5
GIVE_UP = timedelta(days=3)
REMEMBERED = timedelta(days=30)


class MailState(StrEnum):
    """Where a letter is. Kept: readable in the account, by choice never mailed. Lapsed: too late to be of use."""

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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(String(160))
    recipient_id: Mapped[int] = mapped_column(index=True)
    to_address: Mapped[str] = mapped_column(String(320))
    template: Mapped[str] = mapped_column(String(80))
    context: Mapped[dict[str, Any]] = mapped_column(Json)
    zone: Mapped[str] = mapped_column(String(64))
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=MailState.WAITING)
    for_inbox: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Recipient(Protocol):
    """Whoever can be written to; an account is one."""

    id: Mapped[int]
    email: Mapped[str]


@dataclass(frozen=True)
class Letter:
    """A row in a worker's hand, with the token that proves it."""

    id: int
    token: str
    draft: mailer.Draft
    message: bytes | None
    for_inbox: bool
    recipient_id: int
    attempts: int
    created_at: datetime
    not_after: datetime | None


class NotBuilt(Exception):
    """No message could be made of the row; the text is the kind of fault."""


class LeaseLost(Exception):
    """Another worker has the row by now; whatever this one wanted to note down is void."""


# ---------------------------------------------------------------- writing


def enqueue_mail(
    event_key: str, template: str, to: Recipient, context: Mapping[str, Any], *, not_after: datetime | None = None
) -> None:
    """Decide, inside the transaction of the cause, that `to` gets a letter about `event_key`; a second time is nothing.

    `context` is a JSON snapshot: instants as ISO text under names ending in `_at`, an invitation (`Invite.to_json()`)
    under "invite". After `not_after` it is of no use and lapses. Raises KeyError for a template without a subject.
    """
    mailer.SUBJECTS[template]
    before_commit("wake the workers", lambda _session: after_commit(_ring))
    code = new_code()
    insert_once(
        OutboxMail,
        code=code,
        event_key=event_key,
        recipient_id=to.id,
        to_address=to.email,
        template=template,
        context=dict(context),
        zone=getattr(to, "zone", None) or "UTC",
        message_id=_message_id(code, event_key),
        state=MailState.WAITING,
        for_inbox=bool(getattr(to, "no_email", False)) and template not in mailer.ALWAYS_MAILED,
        due_at=clock.now(),
        not_after=not_after,
        attempts=0,
        created_at=clock.now(),
    )


def _message_id(code: str, event_key: str) -> str:
    """Chosen once and kept through every retry, so that a receiver can tell a repetition from a new letter."""
    return f"<{code}.{hashlib.sha256(event_key.encode()).hexdigest()[:12]}@{settings().mail_domain}>"


def _ring() -> None:
    """Wake the workers, where something can; they look by themselves every few seconds anyway."""
    bell = current_app.extensions.get("bell")
    if bell is not None:
        bell.ring()


Listener = Callable[[int, str], None]
_bounce_listeners: list[Listener] = []


def when_bounced(listener: Listener) -> Listener:
    """Register what happens, in one transaction with the parking, when a server refuses (recipient id, address)."""
    _bounce_listeners.append(listener)
    return listener


# ---------------------------------------------------------------- delivering


def deliver_due(limit: int = 500, stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver what is due, the longest due first; how many letters were dealt with. Any number of workers may."""
    done = 0
    while done < limit and not stopping() and _anything_due():
        letter = _lease()
        if letter is None:
            break
        try:
            _deliver(letter)
        finally:
            let_go(letter.token)
        done += 1
    return done


def _due() -> tuple[Any, ...]:
    return (OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= clock.now(), is_free(OutboxMail))


def _anything_due() -> bool:
    """A plain read, so that an idle worker never takes the write lock."""
    found = db.session.scalar(select(OutboxMail.id).where(*_due()).limit(1)) is not None
    db.session.rollback()
    return found


def _lease() -> Letter | None:
    """Take the row that has been due the longest and that nobody holds."""
    with transaction() as session:
        row = session.scalars(
            select(OutboxMail)
            .where(*_due())
            .order_by(OutboxMail.due_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        loan = lent(current_app.config.get("LEASE_SECONDS", LEASE_SECONDS))
        session.execute(update(OutboxMail).where(OutboxMail.id == row.id).values(**loan))
        letter = _in_hand(row, loan["lease_token"])
    hold(letter.token, OutboxMail)
    crashpoint("mail.leased")
    return letter


def _in_hand(row: OutboxMail, token: str) -> Letter:
    return Letter(
        id=row.id,
        token=token,
        draft=mailer.Draft(row.to_address, row.template, row.context, row.zone, row.message_id),
        message=row.message,
        for_inbox=row.for_inbox,
        recipient_id=row.recipient_id,
        attempts=row.attempts,
        created_at=row.created_at,
        not_after=row.not_after,
    )


def _deliver(letter: Letter) -> None:
    """Build once, send outside any transaction, note down how it ended. Whatever goes wrong stays with this letter."""
    try:
        if letter.not_after and clock.now() > letter.not_after:
            _mark(letter, state=MailState.LAPSED)
            return
        message = letter.message or _built(letter)
        crashpoint("mail.built")
        outcome = Outcome(Verdict.SENT) if letter.for_inbox else _sent(letter, message)
        crashpoint("mail.sent")
        _settle(letter, outcome)
    except LeaseLost:
        log.info("a letter was finished by another worker meanwhile")
    except NotBuilt as fault:
        _put_off(letter, str(fault), parked=letter.attempts + 1 >= BUILDS)


def _built(letter: Letter) -> bytes:
    """The message, stored before it is sent: every retry sends the very same bytes."""
    try:
        message = mailer.build(letter.draft)
    except Exception as error:
        raise NotBuilt(type(error).__name__) from error
    finally:
        db.session.rollback()
    _mark(letter, release=False, message=message)
    return message


def _sent(letter: Letter, message: bytes) -> Outcome:
    sender = mailer.sender_of(message)
    return transport().send(sender, letter.draft.to_address, message)


def transport() -> Transport:
    """The way out that the configuration names; tests and fault runs put another one in its place."""
    chosen: Transport | None = current_app.extensions.get("mail_transport")
    if chosen is None:
        chosen = current_app.extensions["mail_transport"] = mail_transport.from_url(settings().smtp_url)
    return chosen


def _settle(letter: Letter, outcome: Outcome) -> None:
    if outcome.verdict is Verdict.SENT:
        state = MailState.KEPT if letter.for_inbox else MailState.SENT
        _mark(letter, state=state, sent_at=clock.now(), last_error=None)
    elif outcome.verdict is Verdict.REFUSED:
        log.warning("a letter was refused for good: %s", outcome.reason)
        _mark(letter, bounced=True, state=MailState.PARKED, attempts=letter.attempts + 1, last_error=outcome.reason)
    else:
        _put_off(letter, outcome.reason, parked=clock.now() - letter.created_at > GIVE_UP)


def _put_off(letter: Letter, reason: str, *, parked: bool) -> None:
    """Try later, or park: a parked row waits for a person and is shown to staff and in the metrics."""
    log.warning("a letter was %s: %s", "parked" if parked else "put off", reason)
    _mark(
        letter,
        state=MailState.PARKED if parked else MailState.WAITING,
        attempts=letter.attempts + 1,
        due_at=clock.now() + _wait(letter.attempts),
        last_error=reason[:200],
    )


def _wait(failures: int) -> timedelta:
    """The pause after so many earlier failures, up to a fifth longer, so that not all letters come back at once."""
    return WAITS[min(failures, len(WAITS) - 1)] * (1 + secrets.randbelow(200) / 1000)


def _mark(letter: Letter, *, release: bool = True, bounced: bool = False, **columns: Any) -> None:
    """Write `columns` if the row is still ours; raises `LeaseLost` when another worker's token stands there."""
    if release:
        columns |= RETURNED
    with transaction() as session:
        ours = (OutboxMail.id == letter.id, OutboxMail.lease_token == letter.token)
        if _changed(session, update(OutboxMail).where(*ours).values(**columns)) != 1:
            raise LeaseLost
        for listener in _bounce_listeners if bounced else ():
            listener(letter.recipient_id, letter.draft.to_address)


def _changed(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)


# ---------------------------------------------------------------- reading


def letters(*, before: int | None = None, limit: int = 50) -> Sequence[OutboxMail]:
    """Letters that have left or were kept, the newest first; `before` is the last id of the page before."""
    asked = select(OutboxMail).where(OutboxMail.state.in_((MailState.SENT, MailState.KEPT)))
    if before is not None:
        asked = asked.where(OutboxMail.id < before)
    return db.session.scalars(asked.order_by(OutboxMail.id.desc()).limit(limit)).all()


def letters_for(recipient_id: int, *, limit: int = 50) -> Sequence[OutboxMail]:
    """One person's finished letters, the newest first: the in-app inbox."""
    asked = select(OutboxMail).where(OutboxMail.recipient_id == recipient_id, OutboxMail.message.is_not(None))
    return db.session.scalars(asked.order_by(OutboxMail.id.desc()).limit(limit)).all()


def last_to(recipient: Recipient) -> OutboxMail | None:
    """The newest row for `recipient`, delivered or not."""
    asked = select(OutboxMail).where(OutboxMail.recipient_id == recipient.id).order_by(OutboxMail.id.desc())
    return db.session.scalars(asked.limit(1)).first()


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
    counts = dict(db.session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).tuples().all())
    first = db.session.scalar(select(func.min(OutboxMail.due_at)).where(OutboxMail.state == MailState.WAITING))
    age = max(0.0, (now - first).total_seconds()) if first else 0.0
    return Backlog(counts.get(MailState.WAITING, 0), counts.get(MailState.PARKED, 0), age)


# ---------------------------------------------------------------- looking after


@transactional
def send_again(code: str) -> None:
    """Give a parked letter another round, from now; raises `NotFound`."""
    row = letter(code)
    if row.state == MailState.PARKED:
        row.state, row.attempts, row.due_at = MailState.WAITING, 0, clock.now()
        before_commit("wake the workers", lambda _session: after_commit(_ring))


@transactional
def forget_old() -> int:
    """Empty letters that left more than 30 days ago: the fact stays, words and links go. How many there were."""
    old = (OutboxMail.state.in_((MailState.SENT, MailState.LAPSED)), OutboxMail.created_at < clock.now() - REMEMBERED)
    emptied = update(OutboxMail).where(*old, OutboxMail.message.is_not(None)).values(message=None, context={})
    return _changed(db.session(), emptied)
