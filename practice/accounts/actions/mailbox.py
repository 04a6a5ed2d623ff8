"""This file knows how the address of an account changes, and how its owner can take that back."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from practice.accounts import emails, policy, queries
from practice.accounts.addresses import person_key, same_person
from practice.accounts.models import MailedLink, User
from practice.accounts.policy import Change
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock

from .endings import ending
from .even import for_nothing
from .interventions import note_intervention
from .links import LinkGone, drop_links, make_link, use_link
from .two_step import forget_second_step, forget_spare_codes


@transactional
def ask_for_new_email(user: User, address: str, *, is_quiet: bool = False) -> None:
    """A mail to the new address, to be confirmed there; a taken one gets a note, and the asker sees no difference.

    `is_quiet` says that somebody else may read the present mailbox: nothing will be written there.
    """
    drop_links(user, "new_email")
    # For a taken one too: the settings page then says that it waits, and nobody was ever given the token.
    token = make_link(user, "new_email", policy.NEW_EMAIL_WITHIN, email=address, is_quiet=is_quiet)
    is_taken, owner = queries.is_taken(address), queries.user_by_email(address)
    if owner is not None:
        emails.known_address(owner)
    elif is_taken:
        with for_nothing():
            emails.known_address(user)
    else:
        emails.change_email(user, address, token)
    audit.record("account.email_change_asked", f"account:{user.code}", actor=user)


@transactional
def take_new_email(token: str) -> User:
    """The new address is the account's from now on. The old one stays reserved for 72 hours and gets a link that undoes
    it, unless somebody else may read it: then the operator alone can take it back (`take_back`).

    Raises `LinkGone`, also when somebody else took the address meanwhile.
    """
    link = use_link(token, "new_email")
    user, before = link.user, link.user.email
    if queries.is_taken(link.email) or not _has_taken(user, link.email):
        raise LinkGone("That address belongs to an account by now.")
    user.confirmed_at = clock.now()
    drop_links(user, "reset", "confirm")
    undo = make_link(user, "undo_email", policy.UNDO_EMAIL_WITHIN, email=before, is_quiet=link.is_quiet)
    if not link.is_quiet:
        emails.email_changed(user, before, undo)
    audit.record("account.email_changed", f"account:{user.code}", actor=user)
    return user


@transactional
def undo_new_email(token: str) -> User:
    """The old address again, everybody signed out and the password void: whoever changed it had got in.

    It signs nobody in: a link to choose a password goes to the restored address. A later change cannot outrun it.
    Raises `LinkGone`.
    """
    link = use_link(token, "undo_email")
    return _restore(link, by=link.user)


@transactional
def take_back(address: str, *, reason: str) -> User | None:
    """The operator undoes a change of address for the owner of the old one; None where no change can be undone."""
    link = queries.given_up(address)
    if link is None:
        return None
    note_intervention(link.user, "account.email_change_undone", reason)
    return _restore(link, by="operator")


def _restore(link: MailedLink, *, by: User | str) -> User:
    user = link.user
    emails.email_taken_back(user, user.email)
    with ending(user, Change.TAKEN_BACK):
        _give_back(user, link)
    emails.reset(user, make_link(user, "reset", policy.RESET_WITHIN))
    audit.record("account.email_change_undone", f"account:{user.code}", actor=by)
    return user


def _give_back(user: User, link: MailedLink) -> None:
    """The address as it was, and nothing that whoever changed it may have set up to get in by."""
    _set_address(user, link.email)
    user.password = None
    if policy.may_be_an_intruders(user.two_step_at, link.created_at):
        forget_second_step(user)
    elif policy.may_be_an_intruders(user.spare_codes_at, link.created_at):
        forget_spare_codes(user)
    # Only this way back and later ones: whoever owns a later address must not shut the owner's.
    later = (MailedLink.user_id == user.id, MailedLink.purpose == "undo_email", MailedLink.id >= link.id)
    changed(update(MailedLink).where(*later, MailedLink.used_at.is_(None)).values(used_at=clock.now()))


def _has_taken(user: User, address: str) -> bool:
    """False when somebody took the address since it was looked up."""
    try:
        with db.session.begin_nested():
            _set_address(user, address)
    except IntegrityError:
        return False
    return True


def _set_address(user: User, address: str) -> None:
    user.email, user.email_norm, user.person_key = address, same_person(address), person_key(address)
    user.mail_bounced_at = None


@transactional
def note_bounce(user_id: int, address: str) -> None:
    """The mail server refused the address for good: the account shows a banner until the address changes."""
    user = queries.user_by_email(address)
    if user is not None and user.id == user_id:
        user.mail_bounced_at = clock.now()
