"""This file knows how a waiting letter is leased, built once, sent outside any transaction, and marked."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, case, select, update

from practice.config import settings
from practice.providers import mail_transport
from practice.providers.mail_transport import Outcome, Transport, Verdict
from practice.store import installation, vault
from practice.store.crashpoints import crashpoint
from practice.store.db import changed, db, transaction
from practice.store.leases import RETURNED, is_free, lent, let_go, works_under
from practice.values import clock

from . import mailer, old_letters, outbox, sealed_letters
from .outbox import MailState, OutboxMail

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
# The waits after the first, second, … failure; the last one repeats.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
BUILDS = 5
# Who is not reached for so long is given up; a letter that staff sent again is tried this often at least.
GIVE_UP = timedelta(days=3)
A_ROUND = 5


@dataclass(frozen=True)
class Letter:
    """A row in a worker's hand, still sealed, with the token that proves it."""

    id: int
    code: str
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


Listener = Callable[[int, str], None]
_bounce_listeners: list[Listener] = []


def when_bounced(listener: Listener) -> Listener:
    """Register what happens, in one transaction with the parking, when a server refuses (recipient id, address)."""
    _bounce_listeners.append(listener)
    return listener


def deliver_due(limit: int = 500, stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver what is due, the longest due first; how many letters were dealt with. Any number of workers may."""
    done = 0
    while done < limit and not stopping() and _anything_due():
        if installation.why_letters_wait():
            break
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
    """What may leave at the instant `now`, a parameter of the statement."""
    is_due = (OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= bindparam("now"), is_free(OutboxMail))
    return (*is_due, outbox.is_next())


@cache
def _look() -> Select[int]:
    """The one question of an idle worker, asked every second: put together once, answered from an index."""
    return select(OutboxMail.id).where(*_due()).limit(1)


def _anything_due() -> bool:
    """A plain read, so that an idle worker never takes the write lock."""
    found = db.session.scalar(_look(), {"now": clock.now()}) is not None
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
            .with_for_update(skip_locked=True),
            {"now": clock.now()},
        ).first()
        if row is None:
            return None
        loan = lent(current_app.config.get("LEASE_SECONDS", LEASE_SECONDS))
        session.execute(update(OutboxMail).where(OutboxMail.id == row.id).values(**loan))
        letter = _in_hand(row, loan["lease_token"])
    works_under(letter.token, OutboxMail)
    crashpoint("mail.leased")
    return letter


def _in_hand(row: OutboxMail, token: str) -> Letter:
    return Letter(
        id=row.id,
        code=row.code,
        token=token,
        draft=mailer.Draft(row.to_address, row.template, row.context_kept, row.zone, row.message_id),
        message=row.message_kept,
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
        else:
            _attempt(letter)
    except LeaseLost:
        log.info("a letter was finished by another worker meanwhile")


def _attempt(letter: Letter) -> None:
    try:
        message = _built(letter) if letter.message is None else _opened(letter, letter.message)
    except NotBuilt as fault:
        _put_off(letter, str(fault), parked=letter.attempts + 1 >= BUILDS)
        return
    crashpoint("mail.built")
    outcome = Outcome(Verdict.SENT) if letter.for_inbox else _sent(letter, message)
    crashpoint("mail.sent")
    _settle(letter, outcome)


def _opened(letter: Letter, kept: bytes) -> bytes:
    """The message as an earlier try built it. One that cannot be opened here waits, and stops none behind it."""
    try:
        return sealed_letters.open_message(letter.code, kept)
    except vault.VaultLocked as error:
        raise NotBuilt(type(error).__name__) from error


def _built(letter: Letter) -> bytes:
    """The message, stored before it is sent: every retry sends the very same bytes."""
    try:
        facts = sealed_letters.open_context(letter.code, letter.draft.context)
        message = mailer.build(replace(letter.draft, context=facts, follows=tuple(outbox.earlier_ids(letter.code))))
    except Exception as error:
        raise NotBuilt(type(error).__name__) from error
    finally:
        db.session.rollback()
    begun_at = None if letter.for_inbox else clock.now()
    _mark(letter, release=False, message_kept=sealed_letters.seal_message(letter.code, message), begun_at=begun_at)
    return message


def _sent(letter: Letter, message: bytes) -> Outcome:
    try:
        return transport().send(mailer.sender_of(message), letter.draft.to_address, message)
    except Exception as error:
        # A transport that breaks its promise must not stop the letters behind this one.
        log.exception("the transport failed")
        return Outcome(Verdict.LATER, type(error).__name__)


def transport() -> Transport:
    """The way out that the configuration names; tests and fault runs put another one in its place."""
    chosen: Transport | None = current_app.extensions.get("mail_transport")
    if chosen is None:
        chosen = current_app.extensions["mail_transport"] = mail_transport.from_url(settings().smtp_url)
    return chosen


def try_out(address: str, template: str) -> Outcome:
    """Send a letter that says nothing to `address` at once, past the outbox; raises `Unbuildable` for no address."""
    message_id = f"<{secrets.token_hex(8)}.test@{settings().mail_domain}>"
    message = mailer.build(mailer.Draft(address, template, {}, "UTC", message_id))
    return transport().send(mailer.sender_of(message), address, message)


def _settle(letter: Letter, outcome: Outcome) -> None:
    if outcome.verdict is Verdict.SENT:
        state = _unless_lapsed(MailState.KEPT) if letter.for_inbox else MailState.SENT
        _mark(letter, state=state, sent_at=clock.now(), last_error=None)
    elif outcome.verdict is Verdict.REFUSED:
        log.warning("a letter was refused for good: %s", outcome.reason)
        parked = _unless_lapsed(MailState.PARKED)
        _mark(letter, bounced=True, state=parked, attempts=letter.attempts + 1, last_error=outcome.reason)
    else:
        is_old = clock.now() - letter.created_at > GIVE_UP
        _put_off(letter, outcome.reason, parked=is_old and letter.attempts + 1 >= A_ROUND)


def _put_off(letter: Letter, reason: str, *, parked: bool) -> None:
    """Try later, or park: a parked row waits for a person and is shown to staff and in the metrics."""
    log.warning("a letter was %s: %s", "parked" if parked else "put off", reason)
    _mark(
        letter,
        state=_unless_lapsed(MailState.PARKED if parked else MailState.WAITING),
        attempts=letter.attempts + 1,
        due_at=clock.now() + _wait(letter.attempts),
        last_error=reason[:200],
    )


def _unless_lapsed(state: MailState) -> Any:
    """`state`, but for a letter that lapsed in this hand: a newer one about the same thing stands behind it by now."""
    return case((OutboxMail.state == MailState.LAPSED, MailState.LAPSED), else_=state)


def _wait(failures: int) -> timedelta:
    """The pause after so many earlier failures, up to a fifth longer, so that not all letters come back at once."""
    return WAITS[min(failures, len(WAITS) - 1)] * (1 + secrets.randbelow(200) / 1000)


def _mark(letter: Letter, *, release: bool = True, bounced: bool = False, **columns: Any) -> None:
    """Write `columns` if the row is still ours; raises `LeaseLost` when another worker's token stands there."""
    if release:
        columns |= RETURNED
    columns |= old_letters.nothing_after(letter.draft.template, columns)
    with transaction():
        ours = (OutboxMail.id == letter.id, OutboxMail.lease_token == letter.token)
        if changed(update(OutboxMail).where(*ours).values(**columns)) != 1:
            raise LeaseLost
        for listener in _bounce_listeners if bounced else ():
            listener(letter.recipient_id, letter.draft.to_address)
