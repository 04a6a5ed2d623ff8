"""This file knows how a person's own settings and roles change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from practice.accounts import queries
from practice.accounts.models import Role, User
from practice.letters import outbox
from practice.store import audit, versions
from practice.store.db import db, insert_once, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import NotAllowed


@dataclass(frozen=True)
class Discretion:
    """Who might see the screen, the mail or the calendar, and what follows from it."""

    no_email: bool
    calendar_label: str
    reminders: bool
    exit_everywhere: bool


def _lock(user: User, shown: Shown | None) -> None:
    """Hold the account's row; raises `Changed` where a page did not show what stands in it now."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    versions.check(shown)


@transactional
def save_you(user: User, *, display_name: str, shown: Shown | None = None) -> None:
    """What others call the person."""
    _lock(user, shown)
    user.display_name = display_name.strip()


@transactional
def save_zone(user: User, zone: str, *, shown: Shown | None = None) -> None:
    """The IANA zone in which every time is shown; appointments do not move.

    Raises `NotAllowed` for a practice: its hours are meant in this zone, and only the change beside them asks what is
    to become of those.
    """
    if user.specialist is not None:
        raise NotAllowed("Your hours are meant in this zone, so it is changed beside them, under Availability.")
    _lock(user, shown)
    user.zone = zone


@transactional
def save_clock(user: User, *, is_twelve: bool | None, shown: Shown | None = None) -> None:
    """Whether hours are written as 1:30 pm; None leaves it to each device, and letters to the last."""
    _lock(user, shown)
    user.is_twelve = is_twelve


@transactional
def save_place(user: User, *, country: str | None, locale: str, shown: Shown | None = None) -> None:
    """Where the person lives (for the numbers of crisis lines) and the language they read."""
    _lock(user, shown)
    user.country, user.locale = country or None, locale


@transactional
def save_discretion(user: User, chosen: Discretion, *, shown: Shown | None = None) -> None:
    """The person's choices about mail, calendar and the way out."""
    _lock(user, shown)
    user.no_email = chosen.no_email
    if chosen.no_email:
        outbox.keep_inside(user.id)
    user.calendar_label = chosen.calendar_label.strip() or "Appointment"
    user.reminders = chosen.reminders
    user.exit_everywhere = chosen.exit_everywhere


@transactional
def see_letters(user: User, until: datetime) -> None:
    """Letters that came to the account until then are new no more; never beyond now, never back."""
    until = min(until, clock.now())
    if user.letters_seen_at is None or until > user.letters_seen_at:
        user.letters_seen_at = until


@transactional
def save_invites(user: User, *, wants: bool) -> None:
    """Whether letters about appointments bring the calendar entry along; who reads the feed has them there."""
    user.wants_invites = wants


@transactional
def give_role(user: User, name: str) -> None:
    """Let `user` act as "client", "specialist" or "staff"; giving it twice is nothing."""
    insert_once(Role, name=name)
    role = queries.role(name)
    if role is not None and role not in user.roles:
        user.roles.append(role)
        db.session.flush()
        if name != "client":
            audit.record("account.role_given", f"account:{user.code}", actor=None, reason=name)
