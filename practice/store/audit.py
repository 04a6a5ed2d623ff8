"""This file knows who did what and when: rows that are only ever added, each chained to the one before."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol, cast

from flask import has_request_context, request
from sqlalchemy import Integer, String, Table, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from practice.config import settings
from practice.values import clock
from practice.values.networks import network

from .append_only import append_only
from .db import Json, before_commit, db, insert_once, new_code, transaction

GENESIS = "0" * 64
# Who did what happens by itself.
SYSTEM = "system"


class AuditEvent(db.Model):  # type: ignore[name-defined,misc]
    """One fact. Ids and reasons only: what was written or read is never here."""

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(120), index=True)
    actor: Mapped[str] = mapped_column(String(120), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    network: Mapped[str] = mapped_column(String(16))
    chain: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(db.Model):  # type: ignore[name-defined,misc]
    """The chain's end: one row, locked while a fact is added, so that the numbers have no gap."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int]
    chain: Mapped[str] = mapped_column(String(64))


# Plain statements, put together once: each change of the product writes one fact, and nobody looks at it as a row.
_head: Any = AuditHead.__table__
HEAD = select(_head.c.number, _head.c.chain).where(_head.c.id == 1)
LOCKED_HEAD = HEAD.with_for_update()
MOVED_ON = update(_head).where(_head.c.id == 1)
ADDED = insert(cast(Table, AuditEvent.__table__))

GUARDS, UNGUARDS = append_only(AuditEvent)


class HasCode(Protocol):
    """Somebody with a public id."""

    @property
    def code(self) -> str:
        """The public id."""


@dataclass(frozen=True)
class Fact:
    """An event before it has its place in the chain."""

    at: datetime
    action: str
    subject: str
    actor: str
    reason: str
    detail: Mapping[str, Any]
    network: str

    def chained(self, number: int, previous: str, key: bytes) -> str:
        """HMAC-SHA-256 over the link before and everything this row says (RFC 2104)."""
        return hmac.new(key, f"{previous}{self.fact_text(number)}".encode(), hashlib.sha256).hexdigest()

    def fact_text(self, number: int) -> str:
        """Everything that the row with that number says, always in the same spelling."""
        fact_text = [
            number,
            self.at.isoformat(),
            self.action,
            self.subject,
            self.actor,
            self.reason,
            self.detail,
            self.network,
        ]
        return json.dumps(fact_text, sort_keys=True, separators=(",", ":"))


def record(
    action: str,
    subject: str,
    *,
    actor: HasCode | str | None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one fact, such as `record("booking.cancelled", f"booking:{code}", actor=user)`, to the present transaction.

    It is written as the transaction's last words, so that the chain is locked for the shortest time, and never exists
    without its cause. `detail` takes ids, states and counts; what people wrote has no place in it.
    """
    fact = Fact(clock.now(), action, subject, name_of(actor), reason[:500], dict(detail or {}), _network())
    with transaction():
        before_commit(f"audit {new_code()}", partial(_append, fact))


def name_of(actor: HasCode | str | None) -> str:
    """Who did something, as rows that stay name them: "account:" and a code, "system" where nobody did."""
    if isinstance(actor, str):
        return actor
    return SYSTEM if actor is None else f"account:{actor.code}"


def _append(fact: Fact, session: Session) -> None:
    end = session.execute(LOCKED_HEAD).first()
    if end is None:
        insert_once(AuditHead, id=1, number=0, chain=GENESIS)
        end = session.execute(LOCKED_HEAD).one()
    number = end.number + 1
    link = {"number": number, "chain": fact.chained(number, end.chain, settings().audit_key)}
    session.execute(ADDED, link | vars(fact))
    session.execute(MOVED_ON, link)


def verify(known: Mapping[int, str] | None = None) -> int | None:
    """The number of the first row that was changed, moved, added or is missing; None when the chain is whole.

    `known` are ends of the chain that were written down outside the database, by their number: whoever owns the
    database can cut rows off and set the head back, but not there.
    """
    known = known or {}
    # The end first: what is added while this reads is checked too, and is not one row too many.
    end = head()
    reading = _Reading(settings().audit_keys, _handed_over())
    reaches_end = end == (0, GENESIS)
    asked = select(AuditEvent).order_by(AuditEvent.number).execution_options(yield_per=500)
    with closing(db.session.scalars(asked)) as rows:
        for row in rows:
            expected = known.get(reading.number + 1, row.chain)
            if not reading.takes(row) or not hmac.compare_digest(expected, row.chain):
                return reading.unproved or reading.number
            reaches_end = reaches_end or end == (reading.number, reading.chain)
    if reading.unproved:
        return reading.unproved
    # The head outlives rows that were cut off at the end, and what is known outlives the head.
    return None if reaches_end and reading.number >= max(known, default=0) else reading.number + 1


# ---------------------------------------------------------------- another key

HANDED_OVER = "audit.handed_over"


@dataclass
class _Reading:
    """The chain as far as it was read. Rows of a key that is gone stand until a later row vouches for all of them."""

    keys: tuple[bytes, ...]
    ends: frozenset[int]
    number: int = 0
    chain: str = GENESIS
    unproved: int | None = None
    digests: dict[int, str] = field(default_factory=dict)
    digest: Any = field(default_factory=hashlib.sha256)

    def takes(self, row: AuditEvent) -> bool:
        """Go on by one row; False for one that is out of its place, or that no key fits and nothing can vouch for."""
        self.number += 1
        fact = Fact(row.at, row.action, row.subject, row.actor, row.reason, row.detail, row.network)
        fits = any(hmac.compare_digest(row.chain, fact.chained(self.number, self.chain, key)) for key in self.keys)
        self.chain = row.chain
        self.digest.update(f"{fact.fact_text(self.number)}{row.chain}".encode())
        if self.number in self.ends:
            self.digests[self.number] = self.digest.hexdigest()
        if fits and row.action == HANDED_OVER and self.digests.get(row.detail["rows"]) == row.detail["digest"]:
            self.unproved = None
        if not fits and self.unproved is None:
            self.unproved = self.number
        return row.number == self.number and (fits or self.number <= max(self.ends, default=0))


def _handed_over() -> frozenset[int]:
    """The numbers of rows up to which a later row vouches for the log."""
    details = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.action == HANDED_OVER))
    return frozenset(detail["rows"] for detail in details)


def whole() -> tuple[int, str]:
    """How many rows there are by now, and a plain digest of all of them."""
    rows, _ = head()
    reading = _Reading(settings().audit_keys, frozenset({rows}))
    asked = select(AuditEvent).where(AuditEvent.number <= rows).order_by(AuditEvent.number)
    with closing(db.session.scalars(asked.execution_options(yield_per=500))) as found:
        for row in found:
            reading.takes(row)
    return rows, reading.digest.hexdigest()


def has(number: int, chain: str) -> bool:
    """True when the chain went through this link."""
    return db.session.scalar(select(AuditEvent.chain).where(AuditEvent.number == number)) == chain


def head() -> tuple[int, str]:
    """The chain's length and last link, to be kept outside the database."""
    end = db.session.execute(HEAD).first()
    return (end.number, end.chain) if end else (0, GENESIS)


def _network() -> str:
    """A keyed hash of the sender's network (/24 or /48): equal networks can be seen, addresses cannot."""
    prefix = network(request.remote_addr, 24, 48) if has_request_context() else ""
    return hmac.new(settings().audit_key, prefix.encode(), hashlib.sha256).hexdigest()[:16] if prefix else ""
