"""This file knows how an account is closed for a while and opened again: by two of the staff, or by the operator."""

from __future__ import annotations

from practice.accounts import emails, queries
from practice.accounts.models import AccountLock, User
from practice.accounts.policy import Change
from practice.accounts.states import LockState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

from .endings import ending
from .erasing import begin_days_anew, is_erased

OPERATOR = "operator"


@transactional
def propose_lock(user: User, reason: str, *, by: User) -> AccountLock:
    """The first of two people wants nobody to get into this account; nothing changes until a second one agrees."""
    _not_oneself(user, by)
    _require_there(user)
    if queries.lock_of(user) is not None:
        raise Conflict("Somebody has decided about this account in the meantime.")
    lock = AccountLock(user=user, reason=reason, proposed_by_id=by.id, proposed_at=clock.now())
    db.session.add(lock)
    audit.record("account.lock_proposed", f"account:{user.code}", actor=by)
    return lock


@transactional
def agree_to_lock(lock: AccountLock, *, by: User) -> None:
    """The second person agrees: every device ends now, and no password, link or calendar address opens anything."""
    _not_oneself(lock.user, by)
    if lock.proposed_by_id == by.id:
        raise NotAllowed("Locking an account needs a second person. Somebody else has to agree.")
    _lock(lock, by=by)


@transactional
def withdraw_lock(lock: AccountLock, *, by: User) -> None:
    """The second person does not agree, or the first thinks again: nothing has changed."""
    _not_oneself(lock.user, by)
    _end(lock, LockState.WITHDRAWN, by)
    audit.record("account.lock_withdrawn", f"account:{lock.user.code}", actor=by)


@transactional
def lock_as_operator(user: User, reason: str) -> bool:
    """The operator needs no second person: whoever has the machine has everything. False if it was locked already."""
    _require_there(user)
    lock = queries.lock_of(user)
    if lock is None:
        lock = AccountLock(user=user, reason=reason, proposed_at=clock.now())
        db.session.add(lock)
        db.session.flush()
    elif lock.state == LockState.IN_FORCE:
        return False
    lock.reason = reason
    _lock(lock, by=None)
    return True


@transactional
def unlock(user: User, reason: str, *, by: User | None) -> bool:
    """The account can be used again, with its password and second step as they were; None for the operator.

    False if it was open already.
    """
    if by is not None:
        _not_oneself(user, by)
    _require_there(user)
    lock = queries.lock_of(user)
    if lock is not None and lock.state == LockState.IN_FORCE:
        lock.opened_because = reason
        _end(lock, LockState.ENDED, by)
    if user.active:
        return False
    user.active = True
    emails.unlocked(user)
    begin_days_anew(user)
    audit.record("account.unlocked", f"account:{user.code}", actor=by or OPERATOR)
    return True


def _lock(lock: AccountLock, *, by: User | None) -> None:
    _lock_row(lock)
    lock.move_to(LockState.IN_FORCE)
    lock.agreed_by_id, lock.agreed_at = by.id if by else None, clock.now()
    with ending(lock.user, Change.LOCKED):
        lock.user.active = False
    emails.locked(lock.user, lock.reason)
    audit.record("account.locked", f"account:{lock.user.code}", actor=by or OPERATOR)


def _end(lock: AccountLock, state: LockState, by: User | None) -> None:
    _lock_row(lock)
    lock.move_to(state)
    lock.ended_by_id, lock.ended_at = by.id if by else None, clock.now()


def _lock_row(lock: AccountLock) -> None:
    """Two who decide at once stand in line, and the second sees what the first did."""
    db.session.flush()
    db.session.refresh(lock, with_for_update=True)


def _require_there(user: User) -> None:
    if is_erased(user):
        raise Conflict("This account was deleted. Nothing of it can be opened or locked.")


def _not_oneself(user: User, by: User) -> None:
    if not by.is_staff:
        raise NotAllowed("Only staff decide about this.")
    if user.id == by.id:
        raise NotAllowed("This is your own account. A colleague has to look at it.")
