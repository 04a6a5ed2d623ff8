"""This file knows the way back for a lost second step: over the mailbox, slowly, so that its owner can say no."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from practice.accounts import emails, policy, queries
from practice.accounts.models import MailedLink, User
from practice.store import audit
from practice.store.db import changed, transactional
from practice.values import clock
from practice.values.errors import NotAllowed
from practice.work.each import one_by_one

from .links import make_link, use_link
from .two_step import turn_off


@transactional
def ask_for_way_back(user: User) -> datetime:
    """Whoever typed the password says that phone and spare codes are lost: a letter goes out now and, if nobody says no
    until then, a link at the instant that comes back. Asking again changes nothing.

    Raises `NotAllowed` for staff, who read other people's matters: the operator helps them.
    """
    if user.is_staff:
        raise NotAllowed("Staff accounts get their second step back from the operator.")
    waiting = queries.way_back_of(user)
    if waiting is not None:
        return waiting.created_at + policy.TWO_STEP_BACK_AFTER
    due_at = clock.now() + policy.TWO_STEP_BACK_AFTER
    token = make_link(user, "stay_on", policy.TWO_STEP_BACK_AFTER + policy.TWO_STEP_BACK_WITHIN)
    emails.two_step_asked(user, token, due_at)
    audit.record("account.two_step_back_asked", f"account:{user.code}", actor=user)
    return due_at


def send_ways_back(limit: int = 200) -> int:
    """The link for everybody who has waited long enough and whom nobody stopped; how many there were."""
    due = queries.ways_back_due(clock.now() - policy.TWO_STEP_BACK_AFTER, limit)
    return one_by_one("link", due, _send_way_back, named=lambda link: link.id)


@transactional
def _send_way_back(link: MailedLink) -> bool:
    mine = update(MailedLink).where(MailedLink.id == link.id, MailedLink.used_at.is_(None))
    # Two workers at once: one of them finds it used.
    if changed(mine.values(used_at=clock.now())) != 1:
        return False
    emails.two_step_back(link.user, make_link(link.user, "two_step_off", policy.TWO_STEP_BACK_WITHIN))
    return True


@transactional
def take_way_back(token: str) -> User:
    """Two-step sign-in is off and everybody is signed out; the password is still asked for. Raises `LinkGone`."""
    user = use_link(token, "two_step_off").user
    turn_off(user, reason="lost, over the mailbox")
    return user
