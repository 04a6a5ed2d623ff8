"""This file knows how an account ends for good: asked for, fourteen days to take it back, then wiped in every room."""

from __future__ import annotations

import secrets

from sqlalchemy import delete

from practice.accounts import emails, holdings, policy, queries
from practice.accounts.models import ConsentRecord, Erasure, User, hash_of
from practice.accounts.policy import Change, Holding
from practice.accounts.states import ErasureState
from practice.store import audit, retention
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict

from .endings import end_some, end_what_was_left
from .even import nobodys_address
from .two_step import forget_second_step

FORMER = "Former member"
# A number, and instants that say nothing of a person. Every other column goes back to what it was on the first day.
STAYS = frozenset({"id", "code", "created_at", "confirmed_at", "adult_declared_at"})


@transactional
def ask_for_erasure(user: User) -> Erasure:
    """The account of `user` goes in fourteen days; asked twice it is one wish. Raises `Conflict` while something is in
    the way (`holdings.blockers_of`)."""
    if (found := queries.open_erasure(user)) is not None:
        return found
    if holdings.blockers_of(user):
        raise Conflict("Something has to be settled first.")
    asked = Erasure(user_id=user.id, asked_at=clock.now(), due_at=clock.now() + policy.ERASED_AFTER)
    db.session.add(asked)
    db.session.flush()
    emails.erasure_asked(user, asked)
    audit.record("account.erasure_asked", f"account:{user.code}", actor=user)
    return asked


@transactional
def keep_account(user: User) -> None:
    """Their owner thought better of it; keeping what nobody wanted gone is nothing."""
    found = queries.open_erasure(user)
    asked = _still_asked(found.id) if found else None
    if asked is not None:
        asked.state, asked.ended_at = ErasureState.TAKEN_BACK, clock.now()
        emails.erasure_taken_back(user, asked)
        audit.record("account.erasure_taken_back", f"account:{user.code}", actor=user)


@holdings.lets_go(Holding.WISH)
def _end_wish(user: User) -> None:
    """Whoever takes their account back wants it; the wish was somebody else's, or can be had again."""
    keep_account(user)


def begin_days_anew(user: User) -> None:
    """Nobody could take a wish back while the account was locked: its owner hears of it and has every day again."""
    found = queries.open_erasure(user)
    asked = _still_asked(found.id) if found else None
    if asked is not None:
        asked.due_at = clock.now() + policy.ERASED_AFTER
        emails.erasure_asked(user, asked)


@transactional
def note_copy(user: User) -> None:
    """A copy of everything was handed out: the owner hears of it, whoever asked."""
    emails.copied(user)
    audit.record("account.copied", f"account:{user.code}", actor=user)


def erase_due() -> int:
    """Erase every account whose days are over and that nothing holds; how many."""
    return end_some("erasure", queries.due_erasures(clock.now()), _erase_if_free)


@transactional
def _erase_if_free(asked_id: int) -> bool:
    erasure = _still_asked(asked_id)
    if erasure is None or erasure.due_at > clock.now():
        return False
    user = db.session.get_one(User, erasure.user_id)
    if holdings.blockers_of(user):
        return False
    # Calendars before the person, as with whoever books. A booking holds its client too: it is made before this and
    # seen, or refused after it.
    holdings.let_go(user, {Holding.HOLDS})
    db.session.refresh(user, with_for_update=True)
    if holdings.blockers_of(user):
        return False
    _erase(user, erasure)
    return True


def _still_asked(asked_id: int) -> Erasure | None:
    """The wish, locked until the transaction ends; None where it has ended meanwhile."""
    erasure = db.session.get(Erasure, asked_id, with_for_update=True, populate_existing=True)
    return erasure if erasure is not None and erasure.state == ErasureState.ASKED else None


@transactional
def erase_again(code: str) -> bool:
    """After a restore: erase the account with this public id at once. False when it is not here, or is gone already."""
    user = queries.user_by_code(code)
    if user is None or is_erased(user):
        return False
    asked = queries.open_erasure(user) or Erasure(user_id=user.id, asked_at=clock.now(), due_at=clock.now())
    db.session.add(asked)
    _erase(user, asked, tells=False)
    return True


def is_erased(user: User) -> bool:
    """True for what is left of an account: a number that other rows hang on."""
    return user.email.endswith("@nobody.invalid") and not user.active


def _erase(user: User, asked: Erasure, *, tells: bool = True) -> None:
    """Everything of `user` in every room, then the account itself. Their last letter is decided on after that."""
    farewell = emails.Mailbox(user.id, user.email, user.zone) if tells else None
    end_what_was_left(user, Change.REMOVED)
    had = [record for record in holdings.records() if record.tell(user)]
    for record in holdings.records():
        record.wipe(user)
    _empty(user)
    asked.state, asked.ended_at, asked.wiped = ErasureState.DONE, clock.now(), [record.title for record in had]
    if farewell:
        emails.erased(farewell, asked)
    audit.record("account.erased", f"account:{user.code}", actor=None)


def _empty(user: User) -> None:
    """The row stays as a number; a new account with the same address finds nothing of it."""
    forget_second_step(user)
    for column in User.__table__.columns:
        if column.key not in STAYS and (column.nullable or getattr(column.default, "is_scalar", False)):
            setattr(user, column.key, column.default.arg if column.default is not None else None)
    user.email = user.email_norm = nobodys_address()
    user.person_key = hash_of(secrets.token_urlsafe(32))
    user.display_name, user.active, user.roles = FORMER, False, []
    db.session.flush()


@transactional
def forget_certificates() -> None:
    """Three years later nobody asks any more: certificates go, and what such accounts had agreed to."""
    old = db.select(Erasure.user_id).where(
        Erasure.ended_at < retention.ERASED.before, Erasure.state == ErasureState.DONE
    )
    db.session.execute(delete(ConsentRecord).where(ConsentRecord.user_id.in_(old)))
    db.session.execute(delete(Erasure).where(Erasure.ended_at < retention.ERASED.before))
