"""This file knows how two-step sign-in is turned on and off, and how a code is used up."""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts import emails, security, spare_codes
from practice.accounts.models import Device, User
from practice.accounts.policy import Change
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock

from .endings import end_what_was_left
from .interventions import note_intervention
from .links import drop_links

BACK = ("stay_on", "two_step_off")


@transactional
def turn_on(user: User, secret: str, code: str, *, keep: Device | None = None) -> list[str] | None:
    """Ask for a code at every sign-in from now on: the spare codes, readable this once; None for a wrong code.

    Every device but `keep` is signed out.
    """
    row = _locked(user)
    row.last_code_counter = None
    if not security.code_fits(row, code, secret):
        return None
    security.machinery().datastore.tf_set(row, "authenticator", totp_secret=secret)
    row.two_step_at = clock.now()
    codes = spare_codes.renew(row)
    end_what_was_left(row, Change.TWO_STEP, keep=keep)
    _tell(row, "account.two_step_on")
    return codes


@transactional
def turn_off(
    user: User, *, keep: Device | None = None, by: User | str | None = None, reason: str = "", words: str = ""
) -> None:
    """The password alone opens the account again; `keep` stays signed in. Off already: nothing happens.

    `reason` is one of ours and stands in the log; `words` are somebody's, and stand beside the account.
    """
    row = _locked(user)
    if not row.has_two_step:
        return
    forget_second_step(row)
    end_what_was_left(row, Change.TWO_STEP, keep=keep)
    note_intervention(row, "account.two_step_off", words)
    _tell(row, "account.two_step_off", by=by, reason=reason)


def forget_second_step(row: User) -> None:
    """Nothing of it stays on the account's row, which the caller holds."""
    row.tf_primary_method = row.tf_totp_secret = row.last_code_counter = row.two_step_at = None
    forget_spare_codes(row)


def forget_spare_codes(row: User) -> None:
    """None of them opens anything any more; the authenticator does."""
    row.mf_recovery_codes, row.spare_codes_at = [], None


@transactional
def new_codes(user: User) -> list[str]:
    """Eight new spare codes in place of the old ones, readable this once."""
    codes = spare_codes.renew(_locked(user))
    _tell(user, "account.recovery_codes_renewed")
    return codes


@transactional
def pass_code(user: User, code: str) -> bool:
    """True for a right code that was not used before; two at once with the same code: one passes."""
    row = _locked(user)
    fits = bool(row.tf_totp_secret and security.code_fits(row, code, row.tf_totp_secret))
    if fits:
        keep_on(row)
    return fits


@transactional
def pass_recovery_code(user: User, code: str) -> bool:
    """True for an unused spare code, which is used up; the owner is told."""
    row = _locked(user)
    security.adopt_spare_codes(row)
    if not row.has_two_step or not spare_codes.spend(row, code):
        return False
    keep_on(row)
    _tell(row, "account.recovery_code_used")
    return True


@transactional
def keep_on(user: User) -> None:
    """Two-step sign-in stays: nobody who asked for a way round it gets one. A code that fits says so too."""
    if drop_links(user, *BACK):
        audit.record("account.two_step_kept", f"account:{user.code}", actor=user)


def _locked(user: User) -> User:
    """The account's row, locked until the transaction ends, as the database has it now."""
    locked = select(User).where(User.id == user.id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).one()


def _tell(user: User, what: str, *, by: User | str | None = None, reason: str = "") -> None:
    audit.record(what, f"account:{user.code}", actor=by or user, reason=reason)
    emails.two_step_changed(user, what)
