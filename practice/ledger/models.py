"""This file knows how what moved is stored: batches of postings that are complete, of one currency, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from practice.store.append_only import append_only
from practice.store.db import db, one_of
from practice.values import clock

from .chart import PAYEES, Pot
from .events import Event


class LedgerBatch(db.Model):
    """One event: it is booked once, with exactly as many postings as it says, which move what it says in all."""

    __tablename__ = "ledger_batches"
    __table_args__ = (
        one_of("event", Event),
        CheckConstraint("size >= 1", name="moves_something"),
        CheckConstraint("total > 0", name="moves_an_amount"),
        # The same event of the same thing books once, whoever reports it how often.
        UniqueConstraint("about", "event"),
        # What postings say of their batch is what it says itself.
        UniqueConstraint("id", "currency", "size"),
        # At the end of a transaction the last posting is there: no batch is stored without what it moves.
        ForeignKeyConstraint(
            ["id", "size"],
            ["ledger_postings.batch_id", "ledger_postings.number"],
            name="fk_ledger_batches_last_posting",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index("ix_ledger_batches_order_code", "order_code"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event: Mapped[str] = mapped_column(String(20))
    # "refund:CODE"; codes of payments, never of people.
    about: Mapped[str] = mapped_column(String(60))
    # Empty for what is of no order, such as a payout.
    order_code: Mapped[str] = mapped_column(String(22), default="")
    currency: Mapped[str] = mapped_column(String(3))
    size: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    # Over all that it and its postings say: whoever changed a row by hand is noticed.
    digest: Mapped[str] = mapped_column(String(64))


class LedgerPosting(db.Model):
    """An amount that went from one pot to another: it cannot be one-sided, so every batch balances."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        one_of("source", Pot),
        one_of("target", Pot),
        CheckConstraint("source <> target", name="goes_somewhere"),
        CheckConstraint("amount > 0", name="is_an_amount"),
        CheckConstraint("number BETWEEN 1 AND size", name="counted"),
        CheckConstraint(
            "payee <> '' OR (source NOT IN ({0}) AND target NOT IN ({0}))".format(
                ", ".join(f"'{pot}'" for pot in sorted(PAYEES))
            ),
            name="somebodys",
        ),
        ForeignKeyConstraint(
            ["batch_id", "currency", "size"],
            ["ledger_batches.id", "ledger_batches.currency", "ledger_batches.size"],
            name="fk_ledger_postings_batch",
        ),
        # What a payee has in each pot is read from the index alone.
        Index("ix_ledger_postings_payee", "payee", "currency", "source", "target", "amount"),
        Index("ix_ledger_postings_line_code", "line_code"),
    )
    batch_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3))
    size: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(BigInteger)
    payee: Mapped[str] = mapped_column(String(22), default="")
    line_code: Mapped[str] = mapped_column(String(22), default="")


GUARDS = (append_only(LedgerBatch), append_only(LedgerPosting))

# For whoever reads with SQL: each posting from both of its sides, so that every batch adds up to nothing.
ENTRIES = """CREATE VIEW ledger_entries AS
SELECT batch_id, currency, source AS pot, -amount AS amount, payee, line_code FROM ledger_postings
UNION ALL
SELECT batch_id, currency, target AS pot, amount, payee, line_code FROM ledger_postings"""
event.listen(LedgerPosting.__table__, "after_create", DDL(ENTRIES))  # type: ignore[no-untyped-call]
event.listen(LedgerPosting.__table__, "before_drop", DDL("DROP VIEW ledger_entries"))  # type: ignore[no-untyped-call]
