"""This file knows which keys this database was used with: a fingerprint of each, so that another key is noticed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from . import audit, clock, sealed
from .config import settings
from .db import changed, db, insert_once, transactional

AUDIT = "audit"


class KeyMark(db.Model):
    """The fingerprint of a key: enough to tell it from another one, of no use for opening anything."""

    __tablename__ = "key_mark"

    # "audit", or "vault:" and the key's id.
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    noted_at: Mapped[datetime]
    # Somebody said that it is lost for good: what only it opens stays locked, and nobody asks for it any more.
    given_up_at: Mapped[datetime | None]


def faults() -> Iterator[str]:
    """What is wrong with the keys that are here, one sentence each: another key under a known name, or one missing."""
    known = {mark.name: mark for mark in db.session.scalars(select(KeyMark))}
    present = _present()
    for name, key in present.items():
        if name in known and known[name].fingerprint != _fingerprint(name, key):
            yield f"{_setting(name)} is another key than the one that this database was used with."
    for name, mark in known.items():
        key_id = name.partition(":")[2]
        if name not in present and mark.given_up_at is None and key_id and sealed.needs(key_id):
            yield f"{_setting(name)} is missing, and what people wrote is sealed with it."


def given_up() -> set[str]:
    """Ids of vault keys that are lost for good."""
    lost = select(KeyMark.name).where(KeyMark.given_up_at.is_not(None))
    return {name.partition(":")[2] for name in db.session.scalars(lost)}


@transactional
def note() -> None:
    """Remember the keys of this process; one that is known already stays as it is."""
    for name, key in _present().items():
        insert_once(KeyMark, name=name, fingerprint=_fingerprint(name, key), noted_at=clock.now())


@transactional
def give_up(key_id: str) -> bool:
    """Say that a vault key is lost for good; False for one that nobody knows, or that is here."""
    name = f"vault:{key_id}"
    if name in _present():
        return False
    lost = update(KeyMark).where(KeyMark.name == name).values(given_up_at=clock.now())
    if changed(lost) != 1:
        return False
    audit.record("vault.key_given_up", f"key:{key_id}", actor="operator")
    return True


def _present() -> dict[str, bytes]:
    config = settings()
    return {AUDIT: config.audit_key, **{f"vault:{key_id}": key for key_id, key in config.vault_keys}}


def _fingerprint(name: str, key: bytes) -> str:
    return hmac.new(key, f"fingerprint of {name}".encode(), hashlib.sha256).hexdigest()[:32]


def _setting(name: str) -> str:
    kind, _, key_id = name.partition(":")
    return f"{kind.upper()}_KEY {key_id}".strip()
