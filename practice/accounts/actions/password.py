"""This file knows how a password changes, and what is noted when a wrong one was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from practice.accounts import emails, policy, queries
from practice.accounts.models import Device, User, hash_of
from practice.accounts.policy import Change
from practice.store import audit
from practice.store.db import transactional

from .endings import ending
from .even import for_nothing, stand_in
from .links import LinkGone, make_link, use_link


@transactional
def ask_for_reset(address: str, *, browser: str = "", intent_id: int | None = None) -> None:
    """A mail with a link to choose a new password, if the address has an account; the visitor learns nothing.

    `browser` is a token in the cookie of the browser that asks: only there the link brings back what was begun.
    For an unknown address the same is written, and taken back: less work would come back sooner.
    """
    found = queries.user_by_email(address)
    user = found if found is not None and found.active and not found.is_invited else None
    link = {"browser_hash": hash_of(browser), "intent_id": intent_id}
    with for_nothing():
        nobody = stand_in()
        if user is None:
            _send_reset(nobody, link)
    if user is not None:
        _send_reset(user, link)
    audit.record("account.reset_asked", f"account:{user.code if user else 'unknown'}", actor=None)


def _send_reset(user: User, link: Mapping[str, Any]) -> None:
    emails.reset(user, make_link(user, "reset", policy.RESET_WITHIN, **link))


@transactional
def reset_password(token: str, password: str) -> User:
    """A new password (hashed) by a link that came by mail. Everybody is signed out.

    Two-step sign-in stays on: the link stands for the password, never for the code. An account that was never
    confirmed begins anew instead (`begin_anew`). Raises `LinkGone`.
    """
    user = use_link(token, "reset").user
    if not user.is_confirmed:
        raise LinkGone("This link was used already, or it is too old.")
    _store(user, password, Change.RESET)
    return user


@transactional
def change_password(user: User, password: str, *, keep: Device | None) -> None:
    """A new password (hashed); every device but `keep` is signed out."""
    _store(user, password, Change.NEW_PASSWORD, keep=keep)


def _store(user: User, password: str, change: Change, *, keep: Device | None = None) -> None:
    with ending(user, change, keep=keep):
        user.password = password
    emails.password_changed(user)
    audit.record("account.password_changed", f"account:{user.code}", actor=user)


@transactional
def refresh_hash(user: User, password: str) -> None:
    """The same password under today's hash settings."""
    user.password = password


@transactional
def note_failure(code: str | None, what: str) -> None:
    """A wrong password or code for the account with this public id; for an unknown address too, in the same time."""
    audit.record("account.sign_in_failed", f"account:{code or 'unknown'}", actor=None, reason=what)
