"""This file knows what the accounts room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from practice.letters import old_letters, outbox, sources
from practice.store import retention
from practice.store.audit import AuditEvent
from practice.store.db import db

from . import holdings, intents, queries
from .holdings import Blocker, Record, Rows, Stay
from .models import AccountLock, ConsentRecord, Device, Intent, Intervention, MailedLink, User
from .states import LockState

MOST = 5000


def iso(instant: datetime | None) -> str | None:
    """An instant as every copy has it."""
    return instant.isoformat() if instant else None


def _account(user: User) -> Rows:
    columns = (
        "email", "display_name", "zone", "is_twelve", "device_is_twelve", "country", "locale", "no_email",
        "wants_invites", "calendar_label", "reminders", "exit_everywhere",
    )  # fmt: skip
    said = {name: getattr(user, name) for name in columns} | {"roles": [role.name for role in user.roles]}
    instants = ("created_at", "confirmed_at", "adult_declared_at", "letters_seen_at")
    return [said | {name: iso(getattr(user, name)) for name in instants} | {"two_step_sign_in": user.has_two_step}]


def _staff_first(user: User) -> Iterable[Blocker]:
    if user.is_staff:
        yield Blocker(
            "You are on our staff. Ask whoever runs this to take you off it first.",
            "Your settings",
            "accounts.settings",
        )


def _devices(user: User) -> Rows:
    rows = db.session.scalars(select(Device).where(Device.user_id == user.id).order_by(Device.id).limit(MOST))
    return [
        {
            "label": each.label,
            "own_device": each.is_private,
            "since": iso(each.created_at),
            "last_used": iso(each.last_seen_at),
            "ended": iso(each.ended_at),
        }
        for each in rows
    ]


def _forget_devices(user: User) -> None:
    for kind in (Device, MailedLink):
        db.session.execute(delete(kind).where(kind.user_id == user.id))


def _locks(user: User) -> Rows:
    rows = db.session.scalars(select(AccountLock).where(AccountLock.user_id == user.id).order_by(AccountLock.id))
    return [
        {
            "reason": each.reason,
            "locked": iso(each.agreed_at),
            "opened_again": iso(each.ended_at),
            "opened_because": each.opened_because,
        }
        for each in rows
        if each.agreed_at
    ]


def _lock_stands(user: User) -> Iterable[Blocker]:
    lock = queries.lock_of(user)
    if lock is not None and lock.state == LockState.IN_FORCE:
        yield Blocker(
            "Your account is locked. Write to us, so that somebody looks at it first.",
            "Whom to write to",
            "home.privacy",
        )


def _forget_locks(user: User) -> None:
    db.session.execute(delete(AccountLock).where(AccountLock.user_id == user.id))


def _interventions(user: User) -> Rows:
    rows = db.session.scalars(select(Intervention).where(Intervention.user_id == user.id).order_by(Intervention.id))
    return [{"what": each.action, "why": each.reason, "at": iso(each.at)} for each in rows]


def _forget_interventions(user: User) -> None:
    db.session.execute(delete(Intervention).where(Intervention.user_id == user.id))


def _agreements(user: User) -> Rows:
    rows = db.session.scalars(select(ConsentRecord).where(ConsentRecord.user_id == user.id).order_by(ConsentRecord.id))
    return [
        {"document": each.document, "version": each.version, "language": each.locale, "at": iso(each.at)}
        for each in rows
    ]


def _drafts(user: User) -> Rows:
    return [
        {"task": intents.task(each), "began": iso(each.created_at), "fields": intents.payload(each)}
        for each in queries.drafts_for(user)
    ]


def _forget_drafts(user: User) -> None:
    db.session.execute(delete(Intent).where(Intent.user_id == user.id))


def _letters(user: User) -> Rows:
    return [
        {"subject": sources.title(each.template), "state": each.state, "at": iso(each.created_at)}
        for each in outbox.letters_of(user.id, MOST)
    ]


def _log(user: User) -> Rows:
    me = f"account:{user.code}"
    rows = db.session.scalars(
        select(AuditEvent)
        .where((AuditEvent.actor == me) | (AuditEvent.subject == me))
        .order_by(AuditEvent.number.desc())
        .limit(MOST)
    )
    return [{"what": each.action, "by": "you" if each.actor == me else "us", "at": iso(each.at)} for each in rows]


# The account itself goes last, with the action that ends it.
holdings.keeps(Record("account", "Your name, address and settings", _account, blocks=_staff_first))
holdings.keeps(Record("devices", "Where you were signed in", _devices, _forget_devices))
holdings.keeps(Record("drafts", "What you began and did not send", _drafts, _forget_drafts))
holdings.keeps(Record("locks", "When your account was locked, and why", _locks, _forget_locks, blocks=_lock_stands))
holdings.keeps(
    Record("interventions", "What our operator did to your account, and why", _interventions, _forget_interventions)
)
holdings.keeps(Record("letters", "Letters to you", _letters, lambda user: old_letters.forget_to(user.id)))
holdings.keeps(
    Record(
        "agreements",
        "What you agreed to",
        _agreements,
        goes=False,
        stays=(
            Stay(
                "That you agreed, under a number without your name",
                "To show that it was asked",
                retention.ERASED.length,
            ),
        ),
    )
)
holdings.keeps(
    Record(
        "log",
        "What you did here, as the log has it",
        _log,
        goes=False,
        stays=(
            Stay(
                "The log of who did what, under numbers, no names, no words",
                "A log that can be changed proves nothing",
                "As long as the log",
            ),
        ),
    )
)
