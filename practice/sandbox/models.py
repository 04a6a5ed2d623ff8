"""This file knows what the sandbox remembers, for all processes alike: objects, money, answers, faults, what is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.db import Json, db


class SandboxObject(db.Model):
    """One object as the API shows it. Names in `body` that begin with "_" are the sandbox's own and never shown."""

    __tablename__ = "sandbox_object"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    # The connected account it belongs to; "" for the platform's.
    account: Mapped[str] = mapped_column(String(80), default="")
    # What it is listed by: the payment of a refund, the transfer of a reversal, the group of a transfer.
    parent: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    body: Mapped[dict[str, Any]] = mapped_column(Json)

    __table_args__ = (
        Index("ix_sandbox_object_account", "kind", "account", "number"),
        Index("ix_sandbox_object_parent", "kind", "parent", "number"),
    )


class SandboxMovement(db.Model):
    """One movement of a balance; what lies in an account is the sum of its entries."""

    __tablename__ = "sandbox_movement"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(80), unique=True)
    account: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int]
    fee: Mapped[int] = mapped_column(default=0)
    net: Mapped[int]
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]

    __table_args__ = (Index("ix_sandbox_movement_account", "account", "currency"),)


class SandboxAnswer(db.Model):
    """What was answered under an idempotency key, and to what."""

    __tablename__ = "sandbox_answer"

    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    text: Mapped[str]
    created_at: Mapped[datetime]


class SandboxFault(db.Model):
    """Something that shall go wrong: how often or until when, and with which requests."""

    __tablename__ = "sandbox_fault"

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    # How the request begins, such as "POST /v1/refunds"; "" is every one.
    matches: Mapped[str] = mapped_column(String(120), default="")
    times_left: Mapped[int | None]
    until_at: Mapped[datetime | None]
    seconds: Mapped[int] = mapped_column(default=0)


class SandboxDue(db.Model):
    """Something that happens by itself later: a message to deliver, a payment that arrives, a payout that is paid."""

    __tablename__ = "sandbox_due"

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(80), index=True)
    due_at: Mapped[datetime]
    # The lower of two that are due comes first.
    place: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sandbox_due_waiting", "done_at", "due_at"),)
