"""This file knows how a password changes, and what is noted when a wrong one was typed."""

from __future__ import annotations

from practice import audit
from practice.accounts import emails, policy, queries
from practice.accounts.models import Device, User, new_uniquifier
from practice.db import transactional

from .devices import end_other_devices
from .even import for_nothing, stand_in
from .join import mark_confirmed
from .links import drop_links, make_link, use_link


@transactional
def ask_for_reset(address: str, *, intent_id: int | None = None) -> None:
    """A mail with a link to choose a new password, if the address has an account; the visitor learns nothing.

    For an unknown address the same is written, and taken back: less work would come back sooner.
    """
    found = queries.user_by_email(address)
    user = found if found is not None and found.active else None
    with for_nothing():
        nobody = stand_in()
        if user is None:
            _send_reset(nobody, intent_id)
    if user is not None:
        _send_reset(user, intent_id)
    audit.record("account.reset_asked", f"account:{user.code if user else 'unknown'}", actor=None)


def _send_reset(user: User, intent_id: int | None) -> None:
    emails.reset(user, make_link(user, "reset", policy.RESET_WITHIN, intent_id=intent_id))


@transactional
def reset_password(token: str, password: str) -> User:
    """A new password (hashed) by a link that came by mail, which also confirms the address. Everybody is signed out.

    Two-step sign-in stays on: the link stands for the password, never for the code. Raises `LinkGone`.
    """
    link = use_link(token, "reset")
    mark_confirmed(link.user)
    _store(link.user, password, keep=None)
    return link.user


@transactional
def change_password(user: User, password: str, *, keep: Device | None) -> None:
    """A new password (hashed); every device but `keep` is signed out."""
    _store(user, password, keep=keep)


def _store(user: User, password: str, *, keep: Device | None) -> None:
    user.password = password
    # The old name of the account inside cookies is void from here on, on every server.
    user.fs_uniquifier = new_uniquifier()
    # Whoever had got in may have asked for another address: that link must not outlive the password they knew.
    drop_links(user, "reset", "confirm", "invite", "new_email")
    end_other_devices(user, keep)
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
