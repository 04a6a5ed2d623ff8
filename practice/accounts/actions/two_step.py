"""This file knows how two-step sign-in is turned on and off, and how a code is used up."""

from __future__ import annotations

from sqlalchemy import select

from practice import audit
from practice.accounts import emails, security
from practice.accounts.models import User
from practice.db import db, transactional


@transactional
def turn_on(user: User, secret: str, code: str) -> list[str] | None:
    """Ask for a code at every sign-in from now on: the recovery codes, readable this once; None for a wrong code."""
    row = _held(user)
    row.last_code_counter = None
    if not security.code_fits(row, code, secret):
        return None
    security.machinery().datastore.tf_set(row, "authenticator", totp_secret=secret)
    codes = security.new_recovery_codes(row)
    _tell(row, "account.two_step_on")
    return codes


@transactional
def turn_off(user: User) -> None:
    """The password alone opens the account again."""
    row = _held(user)
    row.tf_primary_method = row.tf_totp_secret = row.last_code_counter = None
    row.mf_recovery_codes = []
    _tell(row, "account.two_step_off")


@transactional
def new_codes(user: User) -> list[str]:
    """Eight new recovery codes in place of the old ones, readable this once."""
    codes = security.new_recovery_codes(_held(user))
    _tell(user, "account.recovery_codes_renewed")
    return codes


@transactional
def pass_code(user: User, code: str) -> bool:
    """True for a right code that was not used before; two at once with the same code: one passes."""
    row = _held(user)
    return bool(row.tf_totp_secret and security.code_fits(row, code, row.tf_totp_secret))


@transactional
def pass_recovery_code(user: User, code: str) -> bool:
    """True for an unused recovery code, which is used up; the owner is told."""
    row = _held(user)
    if not row.has_two_step or not security.spend_recovery_code(row, code):
        return False
    _tell(row, "account.recovery_code_used")
    return True


def _held(user: User) -> User:
    """The account's row, locked until the transaction ends, as the database has it now."""
    held = select(User).where(User.id == user.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).one()


def _tell(user: User, what: str) -> None:
    audit.record(what, f"account:{user.code}", actor=user)
    emails.two_step_changed(user, what)
