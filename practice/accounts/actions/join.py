"""This file knows how a person becomes an account: sign-up, confirmation, the invitation of staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from practice import audit, clock
from practice.accounts import consents, emails, policy, queries
from practice.accounts.addresses import person_key, same_person
from practice.accounts.models import ConsentRecord, MailedLink, User, hash_of
from practice.db import db, transactional

from .links import drop_links, make_link, use_link
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


@transactional
def sign_up(new: NewAccount, *, browser: str, intent_id: int | None = None) -> None:
    """A new account and a mail to confirm it; for a known address only a mail to its owner. Both look the same outside.

    `browser` is a token in the cookie of the browser that signs up: confirming there needs no password again.
    """
    user = None if queries.is_taken(new.email) else _first_with_address(new)
    if user is None:
        owner = queries.user_by_email(new.email)
        if owner is not None:
            emails.known_address(owner)
        return
    _agree_at_sign_up(user)
    token = make_link(user, "confirm", policy.CONFIRM_WITHIN, browser_hash=hash_of(browser), intent_id=intent_id)
    emails.confirm(user, token)
    audit.record("account.created", f"account:{user.code}", actor=user)


def _first_with_address(new: NewAccount) -> User | None:
    """The stored account; None when somebody took the address since it was looked up."""
    try:
        with db.session.begin_nested():
            return add_user(new)
    except IntegrityError:
        return None


def add_user(new: NewAccount) -> User:
    """The stored account of somebody who declared to be of age; every account is a client's."""
    user = User(
        email=new.email,
        email_norm=same_person(new.email),
        person_key=person_key(new.email),
        password=new.password,
        display_name=new.display_name.strip(),
        zone=new.zone,
        locale=new.locale,
        no_email=new.no_email,
        adult_declared_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    give_role(user, "client")
    return user


def _agree_at_sign_up(user: User) -> None:
    for document in consents.AT_SIGN_UP:
        record_consent(user, document)


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
def resend_confirmation(user: User, *, intent_id: int | None = None) -> None:
    """Another mail to confirm the address; the links before it stop working, so that only the newest is right."""
    if user.is_confirmed:
        return
    drop_links(user, "confirm")
    emails.confirm(user, make_link(user, "confirm", policy.CONFIRM_WITHIN, intent_id=intent_id))


@transactional
def confirm(token: str) -> MailedLink:
    """The person has shown that mail reaches them. Raises `LinkGone`."""
    link = use_link(token, "confirm")
    mark_confirmed(link.user)
    emails.welcome(link.user)
    return link


def mark_confirmed(user: User) -> None:
    """Note the first time that mail reached `user`."""
    if user.confirmed_at is None:
        user.confirmed_at = clock.now()
        audit.record("account.confirmed", f"account:{user.code}", actor=user)


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
    user.password = password
    user.adult_declared_at = clock.now()
    mark_confirmed(user)
    _agree_at_sign_up(user)
    return user
