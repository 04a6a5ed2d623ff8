"""This file knows what a client's own page asks of several rooms at once: whether there is anything to read there, and
whether letters are new."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from practice.accounts import queries as accounts
from practice.accounts.models import User
from practice.bookings import queries as bookings
from practice.disputes import queries as disputes
from practice.fit import queries as fits
from practice.letters import registry
from practice.letters.outbox import MailState, OutboxMail
from practice.payments import queries as payments
from practice.specialists import queries as specialists
from practice.store.db import db
from practice.values import clock

BESIDE = select(
    accounts.HAS_DRAFTS,
    accounts.WANTS_TO_GO,
    specialists.HAS_SAVED,
    bookings.OPEN.scalar_subquery(),
    fits.HAS_ANY,
    payments.HAS_GOING_ON,
    disputes.HAS_OPEN,
)


class Beside(NamedTuple):
    """What stands beside a client's appointments: is there a draft, a wish to go, somebody saved; how many free
    consultations are open; has any of late been, so that somebody decides; is something being paid; did they say that
    something was wrong with a session."""

    has_drafts: bool
    wants_to_go: bool
    has_saved: bool
    open_count: int
    has_fits: bool
    has_going_on: bool
    has_disputes: bool


def beside(user: User) -> Beside:
    """The same for `user`, in one question: most people have none of it, and then nothing more is asked."""
    now = clock.now()
    asked = {"user": user.id} | fits.lately(now) | bookings.open_to(user, now)
    return Beside._make(db.session.execute(BESIDE, asked).one())


def new_letters(user: User) -> int:
    """How many letters have come to wait in an account since its owner last said that they saw them."""
    waits = (OutboxMail.recipient_id == user.id, OutboxMail.state == MailState.KEPT)
    newer = () if user.letters_seen_at is None else (OutboxMail.sent_at > user.letters_seen_at,)
    asked = select(func.count()).select_from(OutboxMail).where(*waits, *newer)
    return db.session.scalar(asked.where(OutboxMail.template.not_in(tuple(registry.OPENING)))) or 0
