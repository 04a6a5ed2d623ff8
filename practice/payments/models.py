"""This file knows what is stored about money on its way: orders with their lines and refunds, and what is to be sent.

An order's columns are those of `policy.Purchase`; what it decides from is loaded and stored as that one value.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.store import sealed
from practice.store.db import Coded, Json, db, one_of
from practice.store.leases import Leased
from practice.values import clock
from practice.values.money import Money

from .kinds import OpKind
from .policy.checkout import AHEAD
from .policy.effects import Concern as Why
from .policy.guards import ANSWERED
from .states import CheckoutState, DisputeState, OrderState, PaymentState, PayoutState, RefundState, Seat

NAME = 80  # characters of an id at the card processor
UNKNOWN = "XXX"  # no currency, in ISO 4217
OPEN = "done_at IS NULL AND dropped_at IS NULL"


class Order(Coded, db.Model):
    """What one person buys and pays at once. `state` follows from the other columns and is kept for questions."""

    __tablename__ = "orders"
    __table_args__ = (
        one_of("state", OrderState),
        one_of("checkout", CheckoutState),
        one_of("payment", PaymentState),
        one_of("dispute", DisputeState),
        CheckConstraint("paid >= 0 AND returned >= 0 AND loss >= 0", name="amounts_not_negative"),
        CheckConstraint("payment NOT IN ('paid', 'in_doubt') OR paid_in <> ''", name="paid_in_something"),
        # What sweeps look for: orders that somebody may still pay, and slow payments.
        Index("ix_orders_checkout", "checkout", "payment", "hold_until"),
        Index("ix_orders_state", "state", "id"),
        Index("ix_orders_buyer", "buyer_id", "id"),
        Index("ix_orders_page", "page"),
        Index("ix_orders_intent", "intent"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # Nobody's once its buyer has gone; the money stays.
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    person_key: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    live: Mapped[bool]
    checkout: Mapped[str] = mapped_column(String(10))
    payment: Mapped[str] = mapped_column(String(10))
    charge: Mapped[str] = mapped_column(String(NAME), default="")
    paid: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_in: Mapped[str] = mapped_column(String(3), default="")
    # What of it reached our balance before fees; in "" as long as nobody has looked, and in `UNKNOWN` as in no other.
    settled: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_in: Mapped[str] = mapped_column(String(3), default="")
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    # Where all its disputes leave it, kept for questions.
    dispute: Mapped[str] = mapped_column(String(10))
    loss: Mapped[int] = mapped_column(BigInteger, default=0)
    losses: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20))
    # The payment page at the card processor and its payment; the page's address is asked for when it is needed.
    page: Mapped[str] = mapped_column(String(NAME), default="")
    page_ends_at: Mapped[datetime | None]
    intent: Mapped[str] = mapped_column(String(NAME), default="")
    hold_until: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    paid_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    # When somebody last asked the card processor how it stands.
    looked_at: Mapped[datetime | None]
    buyer: Mapped[User | None] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.at", lazy="selectin")
    refunds: Mapped[list[RefundRow]] = relationship(
        back_populates="order", order_by="RefundRow.number", lazy="selectin"
    )
    disputes: Mapped[list[BankDispute]] = relationship(back_populates="order", order_by="BankDispute.number")

    @property
    def bank(self) -> BankDispute | None:
        """The dispute that matters now: one that may be answered, else the newest."""
        asked = [each for each in self.disputes if each.state in ANSWERED]
        return next(reversed(asked or self.disputes), None)

    @property
    def thing(self) -> str:
        """What rows elsewhere call it: "order:CODE"."""
        return f"order:{self.code}"

    @property
    def is_settled_apart(self) -> bool:
        """It reached our balance in another currency than it was paid in, so nothing of it can be sent on."""
        return self.settled_in not in ("", self.currency)

    @property
    def pay_by(self) -> datetime:
        """Until when (UTC) the payment page is open for certain."""
        return self.hold_until - AHEAD

    @property
    def total(self) -> Money:
        """What is asked for."""
        return Money(sum(line.price for line in self.lines), self.currency)


class OrderLine(Coded, db.Model):
    """One thing that is bought. What it is, only the room knows that sells it: `subject_kind` and `subject_code`."""

    __tablename__ = "order_lines"
    __table_args__ = (
        one_of("seat", Seat),
        UniqueConstraint("order_id", "at"),
        CheckConstraint("price >= 0 AND back >= 0 AND back <= price AND kept >= 0 AND kept <= price", name="amounts"),
        CheckConstraint("rate >= 0 AND rate <= 10000", name="rate"),
        CheckConstraint("sent >= 0 AND taken >= 0 AND taken <= sent", name="taken_of_sent"),
        Index("ix_order_lines_subject", "subject_kind", "subject_code"),
        Index("ix_order_lines_payee", "payee_code", "id"),
        Index("ix_order_lines_ripe_at", "ripe", "ripe_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    at: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_code: Mapped[str] = mapped_column(String(22))
    # What the payment page and papers say of it; nothing that tells of health.
    label: Mapped[str] = mapped_column(String(120))
    payee_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    payee_code: Mapped[str] = mapped_column(String(22))
    price: Mapped[int] = mapped_column(BigInteger)
    rate: Mapped[int]
    seat: Mapped[str] = mapped_column(String(10))
    back: Mapped[int] = mapped_column(BigInteger, default=0)
    kept: Mapped[int] = mapped_column(BigInteger, default=0)
    ripe: Mapped[bool] = mapped_column(default=False)
    frozen: Mapped[bool] = mapped_column(default=False)
    open: Mapped[bool] = mapped_column(default=True)
    asked: Mapped[int] = mapped_column(BigInteger, default=0)
    sent: Mapped[int] = mapped_column(BigInteger, default=0)
    taking: Mapped[int] = mapped_column(BigInteger, default=0)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
    debt: Mapped[int] = mapped_column(BigInteger, default=0)
    tries: Mapped[int] = mapped_column(default=0)
    # From when its payee may be paid; None as long as nobody has said when it ends.
    ripe_at: Mapped[datetime | None]
    order: Mapped[Order] = relationship(back_populates="lines")
    payee: Mapped[User] = relationship()


class RefundRow(db.Model):
    """One return of money: asked for by us under its number, or found, made elsewhere, under the processor's `name`."""

    __tablename__ = "refunds"
    __table_args__ = (
        one_of("state", RefundState),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        UniqueConstraint("order_id", "number"),
        Index("ix_refunds_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    number: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(NAME), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    order: Mapped[Order] = relationship(back_populates="refunds")


class BankDispute(db.Model):
    """One dispute of a card holder's bank about a payment, by the card processor's `name` for it."""

    __tablename__ = "bank_disputes"
    __table_args__ = (
        one_of("state", DisputeState),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        UniqueConstraint("order_id", "number"),
        Index("ix_bank_disputes_name", "name"),
        Index("ix_bank_disputes_state", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(NAME))
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(60), default="")
    # Until when (UTC) the bank can be answered.
    evidence_until: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    order: Mapped[Order] = relationship(back_populates="disputes")

    @property
    def money(self) -> Money:
        """What the bank took, or would take."""
        return Money(self.amount, self.order.paid_in or self.order.currency)

    @property
    def may_be_answered(self) -> bool:
        """Whether the bank still waits for a word from us."""
        return self.state in ANSWERED and (self.evidence_until is None or clock.now() < self.evidence_until)


class MoneyOperation(Coded, Leased, db.Model):
    """Something the card processor is to be told, from the moment it was decided on. With the same key again it is
    done once. `made` is what came of it, by its name there."""

    __tablename__ = "money_operations"
    __table_args__ = (
        one_of("kind", OpKind),
        CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name="ends_once"),
        Index("ix_money_operations_due", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_money_operations_order", "order_id", "kind", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[int | None] = mapped_column(ForeignKey(Order.id))
    # Of an order's line; else whose account or which payout it is about.
    line_at: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("payee_accounts.id"), index=True)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payouts.id"), index=True)
    number: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    made: Mapped[str] = mapped_column(String(NAME), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    # When it was told for the first time, under the key that it has now.
    tried_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(200), default="")
    order: Mapped[Order | None] = relationship()
    account: Mapped[PayeeAccount | None] = relationship()
    payout: Mapped[Payout | None] = relationship()


class DisputeEvidence(Coded, db.Model):
    """What was shown to a card holder's bank, as it was; sealed, though nothing of a session stands in it."""

    __tablename__ = "dispute_evidence"
    __table_args__ = (UniqueConstraint("dispute_name"), Index("ix_dispute_evidence_order", "order_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    dispute_name: Mapped[str] = mapped_column(String(NAME))
    by_code: Mapped[str] = mapped_column(String(22))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # When the card processor took it, or would not.
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    parts_sealed: Mapped[str]
    parts = sealed.Words("dispute_evidence")


class StripeEvent(Leased, db.Model):
    """A message of the card processor's: stored once, answered, and then looked at. What it carried is not kept."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        Index(
            "ix_stripe_events_due",
            "due_at",
            sqlite_where=text("processed_at IS NULL"),
            postgresql_where=text("processed_at IS NULL"),
        ),
        Index("ix_stripe_events_received_at", "received_at"),
    )
    id: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    # What it is about, our order and the payout account, as far as the message named them.
    object: Mapped[str] = mapped_column(String(NAME), default="")
    order_code: Mapped[str] = mapped_column(String(NAME), default="")
    account: Mapped[str] = mapped_column(String(NAME), default="")
    made_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(200), default="")


class Concern(Coded, db.Model):
    """Something that a person of the staff looks at; the same about the same order is one as long as it is open."""

    __tablename__ = "money_concerns"
    __table_args__ = (
        one_of("kind", Why),
        Index("ix_money_concerns_open", "closed_at", "id"),
        Index("ix_money_concerns_order", "order_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[int | None] = mapped_column(ForeignKey(Order.id))
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
    # What else is known: an id at the card processor, its own words. Nothing about people.
    detail: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    closed_because_sealed: Mapped[str | None]
    closed_because = sealed.Words("concern")
    # When somebody wanted the card processor to be asked once more, and when it last was.
    ask_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    order: Mapped[Order | None] = relationship()
    closed_by: Mapped[User | None] = relationship()


class PayeeAccount(Coded, db.Model):
    """Somebody's account at the card processor, as it was when it was last looked at; one at a time is theirs."""

    __tablename__ = "payee_accounts"
    __table_args__ = (
        Index(
            "uq_payee_accounts_current",
            "payee_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_payee_accounts_name", "name"),
        Index("ix_payee_accounts_payee", "payee_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    payee_code: Mapped[str] = mapped_column(String(22))
    # Its id at the card processor; "" until there is one.
    name: Mapped[str] = mapped_column(String(NAME), default="")
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10))
    pays_out: Mapped[bool] = mapped_column(default=False)
    # Payouts are asked for by us, not sent by a schedule.
    by_hand: Mapped[bool] = mapped_column(default=False)
    # What its owner still has to give, in words.
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    until_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
    # When the weekly run last saw to it.
    run_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    payee: Mapped[User] = relationship()


class Payout(Coded, db.Model):
    """One payout of a payee's balance to their bank. Nothing about the bank is kept."""

    __tablename__ = "payouts"
    __table_args__ = (
        one_of("state", PayoutState),
        CheckConstraint("amount > 0", name="is_an_amount"),
        Index("ix_payouts_payee", "payee_code", "id"),
        Index("ix_payouts_state", "state", "id"),
        Index("ix_payouts_name", "name"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(PayeeAccount.id))
    payee_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    payee_code: Mapped[str] = mapped_column(String(22))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default=PayoutState.PENDING)
    name: Mapped[str] = mapped_column(String(NAME), default="")
    failure: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    arrives_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    account: Mapped[PayeeAccount] = relationship()
    payee: Mapped[User] = relationship()

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
