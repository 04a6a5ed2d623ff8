"""This file knows how the demo is opened: people, their stories and the letters of those days, each step by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from practice.accounts.models import User
from practice.accounts.security import hashed
from practice.availability.models import DateException
from practice.config import BadConfig, settings
from practice.letters import mailer, outbox
from practice.letters.outbox import MailState, OutboxMail
from practice.payments import payday
from practice.safety import actions as safety
from practice.store import retention
from practice.store.db import db, transaction
from practice.values import clock

from . import payees, talk, till
from .cast import Cast, set_overrides
from .payees import Happening
from .people import DOMAIN, MEETINGS, SALES
from .timeline import Timeline

# Of staff there are two: what needs four eyes can be seen at work.
SIGN_INS = ("client", "specialist", "staff", "colleague")
A_MOMENT = timedelta(seconds=5)
MORNING, DAYS = time(payday.HOUR, 5), 19


def load() -> str:
    """Fill an empty demo with people, hours, appointments and letters around the present instant.

    Returns the sign-ins to print. A second run changes nothing. Raises BadConfig outside demo mode.
    """
    if not settings().is_demo:
        raise BadConfig("The demo's people are for MODE=demo only: their password is known to everybody.")
    if not _is_open():
        _open()
    return sign_ins()


def sign_ins() -> str:
    """The accounts to try, and their password, as lines of text."""
    addresses = [f"{name}@{DOMAIN}" for name in SIGN_INS]
    return "\n".join(["Sign in as", *(f"  {address}" for address in addresses), f"with {settings().demo_password}"])


def _is_open() -> bool:
    """Raises BadConfig where somebody ended it in the middle."""
    is_begun = db.session.scalar(select(User.id).where(User.email == f"{SIGN_INS[0]}@{DOMAIN}")) is not None
    # Written last, and of that many people that nobody who tries the demo takes all of them back.
    is_whole = db.session.scalar(select(DateException.id).limit(1)) is not None
    db.session.rollback()
    if is_begun and not is_whole:
        raise BadConfig("The demo was ended while it was being opened. `make reset` lets it begin again.")
    return is_whole


def _open() -> None:
    now = clock.now()
    cast = Cast(hashed(settings().demo_password), now)
    with transaction():
        # Without a date: nobody has called these numbers, and the pages say so.
        safety.seed_resources()
        cast.enter()
    Timeline(cast, now).let_happen(
        (*MEETINGS, *SALES),
        (*payees.happenings(cast), *talk.happenings(cast), *_days(now, cast)),
        partial(_deliver_until, today=now),
    )
    _deliver_until(now, today=now)
    with transaction():
        set_overrides(cast)


def _days(now: datetime, cast: Cast) -> Iterator[Happening]:
    """What a worker does every morning, and one of the staff on the last."""
    first = datetime.combine(now.date(), MORNING, UTC)
    yield from ((first - timedelta(days=day), till.keep_house) for day in reversed(range(DAYS)))
    yield first - timedelta(days=1), partial(till.propose_a_lower_share, cast.staff[0])


def _deliver_until(instant: datetime, *, today: datetime) -> None:
    """Let each letter arrive on its own day, in the demo’s mailbox only: nobody at demo.example reads mail.

    What left more than 30 days ago is a fact without words, here as everywhere.
    """
    due = (OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= instant)
    letters = db.session.scalars(select(OutboxMail).where(*due).order_by(OutboxMail.id)).all()
    if not letters:
        return
    with transaction():
        for letter in letters:
            _arrive(letter, is_old=letter.created_at < today - retention.LETTERS.lasts)


def _arrive(letter: OutboxMail, *, is_old: bool) -> None:
    letter.sent_at = letter.due_at + A_MOMENT
    letter.state = MailState.KEPT if letter.for_inbox else MailState.SENT
    letter.begun_at = None if letter.for_inbox else letter.sent_at
    if is_old:
        letter.context_kept = {}
    else:
        letter.message = _built(letter, letter.sent_at)


def _built(letter: OutboxMail, at: datetime) -> bytes:
    draft = mailer.Draft(
        letter.to_address,
        letter.template,
        letter.context,
        letter.zone,
        letter.message_id,
        tuple(outbox.earlier_ids(letter.code)),
    )
    with clock.freeze(at, everywhere=False):
        return mailer.build(draft)
