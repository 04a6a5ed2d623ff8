"""This file knows how a signed-in device begins and ends."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, update

from practice.accounts import emails, queries
from practice.accounts.models import Device, Intent, MailedLink, User, hash_of
from practice.store import audit, retention
from practice.store.db import changed, db, transactional
from practice.values import clock


@dataclass(frozen=True)
class Seen:
    """What is noted of a browser: fixed words, a mark of its network, whether it is the person's own."""

    label: str
    network: str
    is_private: bool


@transactional
def add_device(user: User, seen: Seen) -> tuple[str, Device]:
    """A new sign-in: the token that goes into the cookie, and its row. A place not seen before is told to the owner."""
    token = secrets.token_urlsafe(32)
    is_new_place = queries.has_signed_in_before(user) and not queries.knows_place(user, seen.label, seen.network)
    device = Device(
        user_id=user.id,
        token_hash=hash_of(token),
        label=seen.label,
        network=seen.network,
        is_private=seen.is_private,
        created_at=clock.now(),
        last_seen_at=clock.now(),
    )
    db.session.add(device)
    db.session.flush()
    if is_new_place:
        emails.new_device(user, device)
    audit.record("account.signed_in", f"account:{user.code}", actor=user)
    return token, device


@transactional
def note_seen(device: Device) -> None:
    """The device was used just now."""
    db.session.execute(update(Device).where(Device.id == device.id).values(last_seen_at=clock.now()))


@transactional
def note_hours(user_id: int, *, is_twelve: bool) -> None:
    """How the device that is used now writes hours; letters follow it where the owner chose nothing."""
    db.session.execute(update(User).where(User.id == user_id).values(device_is_twelve=is_twelve))


@transactional
def end_device(device: Device) -> None:
    """Sign one device out; ending it twice is nothing."""
    if device.ended_at is None:
        device.ended_at = clock.now()
        audit.record("account.signed_out", f"account:{device.user.code}", actor=device.user)


@transactional
def end_other_devices(user: User, this: Device | None) -> int:
    """Sign out everywhere but here; how many devices that were."""
    # Not the list of the page, which is cut: the oldest device may be the one that was lost.
    others = (Device.user_id == user.id, Device.ended_at.is_(None), Device.id != (this.id if this else 0))
    ended = changed(update(Device).where(*others).values(ended_at=clock.now()))
    if ended:
        audit.record("account.signed_out_elsewhere", f"account:{user.code}", actor=user, detail={"devices": ended})
    return ended


@transactional
def sweep_devices() -> None:
    """Forget devices, links and drafts a month after they ended; nobody needs to know for longer where somebody was,
    or with whom they had begun to book."""
    before = retention.DEVICES.before
    db.session.execute(delete(Device).where(Device.ended_at < before))
    db.session.execute(delete(Device).where(Device.last_seen_at < before - retention.DEVICES.lasts))
    db.session.execute(delete(MailedLink).where(MailedLink.expires_at < before))
    db.session.execute(delete(Intent).where(Intent.expires_at < before))
