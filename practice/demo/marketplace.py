"""This file knows how the demo is opened: all of it in one transaction, then the letters of those days."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from practice import clock, mailer, retention
from practice.accounts.models import User
from practice.accounts.security import hashed
from practice.config import BadConfig, settings
from practice.db import changed, db, transaction
from practice.demo.cast import Cast, set_overrides
from practice.demo.people import DOMAIN
from practice.demo.story import Story
from practice.demo.texts.meetings import MEETINGS
from practice.outbox import MailState, OutboxMail
from practice.safety import actions as safety

SIGN_INS = ("client", "specialist", "staff")
A_MOMENT = timedelta(seconds=5)


def load() -> str:
    """Fill an empty demo with people, hours, appointments and letters around the present instant.

    Returns the sign-ins to print. A second run changes nothing. Raises BadConfig outside demo mode.
    """
    if not settings().is_demo:
        raise BadConfig("The demo's people are for MODE=demo only: their password is known to everybody.")
    if not _is_open():
        _open()
        _deliver()
    return sign_ins()


def sign_ins() -> str:
    """The accounts to try, and their password, as lines of text."""
    addresses = [f"{name}@{DOMAIN}" for name in SIGN_INS]
    return "\n".join(["Sign in as", *(f"  {address}" for address in addresses), f"with {settings().demo_password}"])


def _is_open() -> bool:
    found = db.session.scalar(select(User.id).where(User.email == f"{SIGN_INS[0]}@{DOMAIN}")) is not None
    db.session.rollback()
    return found


def _open() -> None:
    now = clock.now()
    cast = Cast(hashed(settings().demo_password), now)
    with transaction():
        # Without a date: nobody has called these numbers, and the pages say so.
        safety.seed_resources()
        cast.enter()
        Story(cast, now).tell(MEETINGS)
        set_overrides(cast)
        _forget_old_letters()


def _forget_old_letters() -> None:
    """What left more than 30 days ago is a fact without words, here as everywhere."""
    old = (OutboxMail.state == MailState.WAITING, OutboxMail.created_at < retention.LETTERS.before)
    changed(update(OutboxMail).where(*old).values(state=MailState.SENT, sent_at=OutboxMail.created_at, context_kept={}))


def _deliver() -> None:
    """Let each letter arrive on its own day, in the demo’s mailbox only: nobody at demo.example reads mail.

    Where this is broken off, a worker delivers the letters: later than they should be, never twice.
    """
    waiting = db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.WAITING)).all()
    built = {letter.id: _built(letter) for letter in waiting}
    db.session.rollback()
    with transaction():
        for letter in db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.WAITING)):
            letter.message = built[letter.id]
            letter.state = MailState.KEPT if letter.for_inbox else MailState.SENT
            letter.sent_at = letter.created_at + A_MOMENT


def _built(letter: OutboxMail) -> bytes:
    with clock.freeze(letter.created_at + A_MOMENT, everywhere=False):
        return mailer.build(
            mailer.Draft(letter.to_address, letter.template, letter.context, letter.zone, letter.message_id)
        )
