"""This file knows how a mailed link is made and used up."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from practice.accounts.models import MailedLink, User, hash_of
from practice.store.db import changed, db
from practice.values import clock
from practice.values.errors import Conflict


class LinkGone(Conflict):
    """The link was used, is too old, or was replaced by a later one."""

    code = "link_gone"


def make_link(user: User, purpose: str, within: timedelta, **facts: object) -> str:
    """The token of a new link (256 random bits); only its hash is stored."""
    token = secrets.token_urlsafe(32)
    chosen = {"email": user.email, **facts}
    db.session.add(
        MailedLink(
            user_id=user.id,
            purpose=purpose,
            token_hash=hash_of(token),
            created_at=clock.now(),
            expires_at=clock.now() + within,
            **chosen,
        )
    )
    db.session.flush()
    return token


def use_link(token: str, purpose: str) -> MailedLink:
    """Use the link up; of ten who try at once one succeeds and the others raise `LinkGone`."""
    mine = (
        MailedLink.token_hash == hash_of(token),
        MailedLink.purpose == purpose,
        MailedLink.used_at.is_(None),
        MailedLink.expires_at > clock.now(),
        # A locked account is opened by no link either.
        MailedLink.user_id.in_(select(User.id).where(User.active.is_(True))),
    )
    used = db.session.execute(update(MailedLink).where(*mine).values(used_at=clock.now()))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkGone("This link was used already, or it is too old.")
    return db.session.scalars(select(MailedLink).where(MailedLink.token_hash == hash_of(token))).one()


def drop_links(user: User, *purposes: str) -> int:
    """Make every unused link of these kinds useless; how many there were."""
    mine = (MailedLink.user_id == user.id, MailedLink.purpose.in_(purposes), MailedLink.used_at.is_(None))
    return changed(update(MailedLink).where(*mine).values(used_at=clock.now()))
