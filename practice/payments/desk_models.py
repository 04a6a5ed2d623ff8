"""This file knows what is stored of the staff's desk of money: settings, what one wants and another agrees to,
comparisons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.store import sealed
from practice.store.db import Coded, Json, db, one_of
from practice.values import clock
from practice.values.money import Money

from .kinds import ProposalKind, Reason, SettingKey
from .models import Order
from .states import ProposalState


class MoneySetting(db.Model):  # type: ignore[name-defined]
    """What two of the staff set, from when, and why; the newest that has begun is the one that holds."""

    __tablename__ = "money_settings"
    __table_args__ = (
        one_of("key", SettingKey),
        CheckConstraint("agreed_by_id <> by_id", name="two_people"),
        Index("ix_money_settings_key", "key", "currency", "from_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20))
    # "" is for all that have none of their own.
    currency: Mapped[str] = mapped_column(String(3), default="")
    value: Mapped[int]
    from_at: Mapped[datetime]
    because: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    # None: from before there was a second person.
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])


class MoneyProposal(Coded, db.Model):  # type: ignore[name-defined]
    """What one of the staff wants to be done with money, and what became of it: agreed to by another, or by the first
    alone where one is enough; else nothing was done."""

    __tablename__ = "money_proposals"
    __table_args__ = (
        one_of("kind", ProposalKind),
        one_of("state", ProposalState),
        CheckConstraint(f"reason = '' OR reason IN ({', '.join(repr(str(each)) for each in Reason)})", name="reason"),
        CheckConstraint("state <> 'agreed' OR NOT needs_two OR decided_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("(kind = 'setting') = (order_id IS NULL)", name="about_something"),
        Index(
            "uq_money_proposals_open",
            "about",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_money_proposals_state", "state", "id"),
        Index("ix_money_proposals_order", "order_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=ProposalState.PROPOSED)
    # "order:CODE" or "setting:commission": one at a time may wait about each.
    about: Mapped[str] = mapped_column(String(60))
    needs_two: Mapped[bool]
    order_id: Mapped[int | None] = mapped_column(ForeignKey(Order.id))
    line_at: Mapped[int | None]
    # Of a refund, or "" and 0; a setting's value, or what of the line comes back in all.
    number: Mapped[int] = mapped_column(default=0)
    value: Mapped[int] = mapped_column(BigInteger, default=0)
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="")
    from_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(20), default="")
    words_sealed: Mapped[str | None]
    words = sealed.Words("money")
    answer_sealed: Mapped[str | None]
    answer = sealed.Words("money")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    lapses_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    order: Mapped[Order | None] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def money(self) -> Money:
        """How much moves, where it is no setting."""
        return Money(self.amount, self.currency)

    @property
    def is_for_later(self) -> bool:
        """Whether agreeing to it now changes nothing before the day it names."""
        return self.from_at is not None and self.from_at > clock.now()


class MoneyRun(db.Model):  # type: ignore[name-defined]
    """One comparison of our books with themselves and the card processor's: wanted, then done, with what it found."""

    __tablename__ = "money_runs"
    __table_args__ = (Index("ix_money_runs_done_at", "done_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    wanted_at: Mapped[datetime] = mapped_column(default=clock.now)
    wanted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    done_at: Mapped[datetime | None]
    # Sentences, as `flask check-up` says them; and for each currency what lies on our balance, by us and by them.
    faults: Mapped[list[str]] = mapped_column(Json, default=list)
    sums: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    # Whether the card processor could be asked.
    asked: Mapped[bool] = mapped_column(default=False)
    wanted_by: Mapped[User | None] = relationship()
