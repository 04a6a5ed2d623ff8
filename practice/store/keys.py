"""This file knows which keys this database was used with: a fingerprint of each, so that another key is noticed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from practice.config import settings
from practice.values import clock

from . import audit, sealed
from .db import changed, db, insert_once, transactional

AUDIT, VAULT = "audit:", "vault:"


class KeyMark(db.Model):
    """The fingerprint of a key: enough to tell it from another one, of no use for opening anything."""

    __tablename__ = "key_mark"

    # "audit:" and half of its print, or "vault:" and the key's id.
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    noted_at: Mapped[datetime]
    # Somebody said that it is lost for good: what only it opens stays locked, and nobody asks for it any more.
    given_up_at: Mapped[datetime | None]


def faults() -> Iterator[str]:
    """What is wrong with the keys that are here, one sentence each: another key under a known name, or one missing."""
    yield from wrong()
    for key_id in sorted(_absent()):
        if sealed.needs(key_id):
            yield f"VAULT_KEY {key_id} is missing, and what people wrote is sealed with it."


def wrong() -> Iterator[str]:
    """The first half, quickly told: keys that are not what their names say."""
    known, present = _known(), _present()
    for name, key in present.items():
        if known.get(name, _fingerprint(name, key)) != _fingerprint(name, key):
            yield f"VAULT_KEY {name.partition(':')[2]} is another key than the one that this database was used with."
    audits = {name for name in known if name.startswith(AUDIT)}
    if audits and not audits & present.keys():
        yield "AUDIT_KEY is another key than the one that this database's log was chained with."


def _known() -> dict[str, str]:
    return {mark.name: mark.fingerprint for mark in db.session.scalars(select(KeyMark))}


def _absent() -> set[str]:
    """Ids of vault keys that were used here, are not here now, and were not given up."""
    used = select(KeyMark.name).where(KeyMark.name.startswith(VAULT), KeyMark.given_up_at.is_(None))
    return {name.removeprefix(VAULT) for name in db.session.scalars(used) if name not in _present()}


def given_up() -> set[str]:
    """Ids of vault keys that are lost for good."""
    lost = select(KeyMark.name).where(KeyMark.given_up_at.is_not(None))
    return {name.removeprefix(VAULT) for name in db.session.scalars(lost)}


@transactional
def note() -> None:
    """Remember the keys of this process; forget those that are gone and that nothing needs: they were retired."""
    for name, key in _present().items():
        insert_once(KeyMark, name=name, fingerprint=_fingerprint(name, key), noted_at=clock.now())
    retired = [f"{VAULT}{key_id}" for key_id in _absent() if not sealed.needs(key_id)]
    if retired:
        changed(delete(KeyMark).where(KeyMark.name.in_(retired)))


@transactional
def give_up(key_id: str) -> bool:
    """Say that a vault key is lost for good; False for one that nobody knows, or that is here."""
    name = f"{VAULT}{key_id}"
    if name in _present():
        return False
    lost = update(KeyMark).where(KeyMark.name == name).values(given_up_at=clock.now())
    if changed(lost) != 1:
        return False
    audit.record("vault.key_given_up", f"key:{key_id}", actor="operator")
    return True


def hand_over_log() -> int | None:
    """Let the newest audit key vouch for everything that older ones chained, so that those can go.

    That is a row with a digest of the whole log so far, chained with the newest key. What comes back is the first row
    that does not hold, if there is one: then nothing is vouched for.
    """
    broken = audit.verify()
    if broken is None:
        rows, digest = audit.whole()
        audit.record("audit.handed_over", "audit:log", actor="operator", detail={"rows": rows, "digest": digest})
    return broken


def _present() -> dict[str, bytes]:
    """The keys of this process by the name of their mark; one of the audit log has no other name than its print."""
    config = settings()
    audits = {f"{AUDIT}{_fingerprint(AUDIT, key)[:16]}": key for key in config.audit_keys}
    return audits | {f"{VAULT}{key_id}": key for key_id, key in config.vault_keys}


def _fingerprint(name: str, key: bytes) -> str:
    return hmac.new(key, f"fingerprint of {name}".encode(), hashlib.sha256).hexdigest()[:32]
