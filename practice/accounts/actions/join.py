"""This file knows how a person becomes an account: sign-up, confirmation, the invitation of staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, literal, select, union_all
from sqlalchemy.exc import IntegrityError

from practice.accounts import consents, emails, policy, queries
from practice.accounts.addresses import person_key, same_person
from practice.accounts.models import ConsentRecord, MailedLink, User, hash_of, new_uniquifier
from practice.accounts.policy import Change
from practice.store import audit, retention
from practice.store.db import UtcDateTime, db, transactional
from practice.values import clock

from .endings import end_some, end_what_was_left, ending
from .even import for_nothing, nobodys_address
from .links import LinkGone, drop_links, make_link, use_link
from .profile import give_role


@dataclass(frozen=True)
class NewAccount:
    """What a person told us at sign-up; the password comes hashed, so that no transaction waits for it."""

    email: str
    password: str
    display_name: str
    zone: str
    no_email: bool = False
    locale: str = "en"
    device_is_twelve: bool | None = None


@transactional
def sign_up(new: NewAccount, *, browser: str, intent_id: int | None = None) -> None:
    """A new account and a mail to confirm it; for a known address only a mail to its owner. Both look the same outside,
    and are the same work.

    `browser` is a token in the cookie of the browser that signs up: confirming there needs no password again.
    """
    link = {"browser_hash": hash_of(browser), "intent_id": intent_id}
    is_taken, owner = queries.is_taken(new.email), queries.user_by_email(new.email)
    begun = None if is_taken else _first_with_address(new, link)
    if begun is not None:
        emails.confirm(*begun)
        audit.record("account.created", f"account:{begun[0].code}", actor=begun[0])
        return
    with for_nothing():
        user, _token = _begin(replace(new, email=nobodys_address()), link)
        if owner is None:
            emails.known_address(user)
    if owner is not None:
        _tell(owner, new, link)
    audit.record("account.sign_up_repeated", f"account:{owner.code if owner else 'unknown'}", actor=None)


def _first_with_address(new: NewAccount, link: Mapping[str, Any]) -> tuple[User, str] | None:
    """The stored account and its link; None when somebody took the address since it was looked up."""
    try:
        with db.session.begin_nested():
            return _begin(new, link)
    except IntegrityError:
        return None


def _begin(new: NewAccount, link: Mapping[str, Any]) -> tuple[User, str]:
    user = add_user(new)
    _agree_at_sign_up(user)
    return user, make_link(user, "confirm", policy.CONFIRM_WITHIN, **link)


def _tell(owner: User, new: NewAccount, link: Mapping[str, Any]) -> None:
    """Who never confirmed begins again with what was typed now: the earlier password may be a stranger's."""
    if owner.is_confirmed or not owner.active:
        emails.known_address(owner)
        return
    _put(owner, new)
    owner.fs_uniquifier = new_uniquifier()
    drop_links(owner, "confirm", "reset")
    emails.confirm(owner, make_link(owner, "confirm", policy.CONFIRM_WITHIN, **link))


def add_user(new: NewAccount) -> User:
    """The stored account of somebody who declared to be of age; every account is a client's."""
    user = User(
        email=new.email,
        email_norm=same_person(new.email),
        person_key=person_key(new.email),
        created_at=clock.now(),
    )
    _put(user, new)
    db.session.add(user)
    db.session.flush()
    give_role(user, "client")
    return user


def _put(user: User, new: NewAccount) -> None:
    user.password, user.display_name = new.password, new.display_name.strip()
    user.zone, user.locale, user.no_email = new.zone, new.locale, new.no_email
    user.device_is_twelve = new.device_is_twelve
    user.adult_declared_at = clock.now()


def _agree_at_sign_up(user: User) -> None:
    for document in consents.AT_SIGN_UP:
        record_consent(user, document)


@transactional
def agree_by_booking(user: User, document: str) -> None:
    """Keep that `user` agreed, now, to what they book with, and to every text of ours that has changed since they last
    did: the button that books says so. One statement, since a sale waits for it."""
    changed = (_agreed(user, each).where(~queries.has_agreed(user.id, each)) for each in consents.AT_SIGN_UP)
    rows = union_all(_agreed(user, document), *changed)
    with db.session.no_autoflush:  # nothing else of the sale has to be written for it first
        db.session.execute(insert(ConsentRecord).from_select(_RECORD, rows))


_RECORD = ("user_id", "document", "version", "locale", "at")


def _agreed(user: User, document: str) -> Select[int, str, str, str, datetime]:
    version, now = consents.version_of(document), literal(clock.now(), UtcDateTime())
    return select(literal(user.id), literal(document), literal(version), literal(user.locale), now)


@transactional
def record_consent(user: User, document: str) -> None:
    """Keep that `user` agreed, now, to the version of `document` that is in force."""
    db.session.add(
        ConsentRecord(
            user_id=user.id,
            document=document,
            version=consents.version_of(document),
            locale=user.locale,
            at=clock.now(),
        )
    )


@transactional
def confirm(token: str) -> MailedLink:
    """The person has shown that mail reaches them. Raises `LinkGone`."""
    link = use_link(token, "confirm")
    if link.user.confirmed_at is None:
        with _first_proof(link.user):
            pass
    return link


@transactional
def begin_anew(token: str, new: NewAccount) -> User:
    """The owner of the mailbox takes the account that somebody opened with their address and never confirmed: nothing
    of what was done, chosen or agreed to before is theirs. Raises `LinkGone`."""
    user = use_link(token, "reset").user
    if user.is_confirmed:
        raise LinkGone("This link was used already, or it is too old.")
    with _first_proof(user):
        _put(user, new)
        db.session.execute(delete(ConsentRecord).where(ConsentRecord.user_id == user.id))
        _agree_at_sign_up(user)
    return user


@contextmanager
def _first_proof(user: User) -> Iterator[None]:
    """Mail has reached `user` for the first time: whatever was done before that ends, around what is written now."""
    with ending(user, Change.FIRST_PROOF):
        user.confirmed_at = clock.now()
        yield
    emails.welcome(user)
    audit.record("account.confirmed", f"account:{user.code}", actor=user)


def remove_unconfirmed() -> int:
    """Delete accounts whose address nobody ever showed to be theirs; how many there were."""
    return end_some("account", queries.never_confirmed(retention.UNCONFIRMED.before), _remove)


@transactional
def _remove(user_id: int) -> bool:
    """False where it was confirmed or went meanwhile, or a room keeps something of the account that cannot go yet."""
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None or user.is_confirmed:
        return False
    end_what_was_left(user, Change.REMOVED)
    try:
        with db.session.begin_nested():
            db.session.execute(delete(User).where(User.id == user.id))
    except IntegrityError:
        return False
    audit.record("account.removed", f"account:{user.code}", actor=None, reason="never confirmed")
    return True


@transactional
def invite_staff(address: str) -> str | None:
    """Make the owner of `address` staff. For a new address: the token of a link that works once; for an existing
    account: None, and its password, name and sign-ins stay as they are."""
    known = queries.user_by_email(address)
    if known is not None:
        give_role(known, "staff")
        return None
    user = add_user(NewAccount(email=address, password="", display_name="Staff", zone="UTC"))
    user.password, user.adult_declared_at, user.zone = None, None, None
    give_role(user, "staff")
    return make_link(user, "invite", policy.INVITE_WITHIN)


@transactional
def accept_invite(token: str, *, display_name: str, password: str) -> User:
    """The invited person chose a name and a password (hashed). Raises `LinkGone`."""
    user = use_link(token, "invite").user
    user.display_name = display_name.strip()
    with _first_proof(user):
        user.password = password
        user.adult_declared_at = clock.now()
        _agree_at_sign_up(user)
    return user
