"""This file knows what is stored of what people write to us: a ticket, and the messages in it, sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.accounts.models import User
from practice.specialists.models import Specialist
from practice.store import sealed
from practice.store.db import Coded, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove

from .policy import Known
from .states import MOVES, WITH_US, Category, TicketState, Whose


class Ticket(Coded, db.Model):
    """Something that somebody wrote to us about, with its number, from the first message to its end.

    `waits_since`: since when its person waits for us. `by_mail`: whether a letter says that there is an answer; without
    one it says so in the account alone.
    """

    __tablename__ = "contact_tickets"
    __table_args__ = (
        one_of("category", Category),
        one_of("state", TicketState),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_once"),
        CheckConstraint("(state IN ('open', 'reopened')) = (waits_since IS NOT NULL)", name="waits_with_us"),
        CheckConstraint("(claimed_by_id IS NULL) = (claimed_until IS NULL)", name="claimed_for_a_while"),
        UniqueConstraint("user_id", "form_key", name="uq_contact_tickets_form"),
        Index("ix_contact_tickets_queue", "state", "waits_since", "id"),
        Index("ix_contact_tickets_person", "user_id", "id"),
        Index("ix_contact_tickets_answered", "category", "first_answered_at", "id"),
        Index("ix_contact_tickets_about", "about_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    # Nobody's once they have gone; an open complaint goes on without their name.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    category: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=TicketState.OPEN)
    about_id: Mapped[int | None] = mapped_column(ForeignKey(Specialist.id))
    reference_sealed: Mapped[str | None]
    by_mail: Mapped[bool] = mapped_column(default=True)
    form_key: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    waits_since: Mapped[datetime | None]
    first_answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    claimed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Who of the staff closed it; None for its person, and for time.
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    about: Mapped[Specialist | None] = relationship()
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    messages: Mapped[list[ContactMessage]] = relationship(
        back_populates="ticket", order_by="ContactMessage.id", passive_deletes=True
    )
    reference = sealed.Words("contact_ticket")

    @property
    def number(self) -> str:
        """What people call it: "C-2026-0041"."""
        return f"C-{self.opened_at.year}-{self.id:04}"

    @property
    def thing(self) -> str:
        """What letters call it: "ticket:41"."""
        return f"ticket:{self.id}"

    @property
    def known(self) -> Known:
        """As the rules see it; in an action, after its lock."""
        return Known(
            state=TicketState(self.state),
            category=Category(self.category),
            is_answered=self.first_answered_at is not None,
            waits=self.waits_since is not None,
            closed_at=self.closed_at,
            claimed_by=self.claimed_by_id,
            claimed_until=self.claimed_until,
        )

    def move_to(self, state: TicketState) -> None:
        """The only writer of `.state`. Raises `IllegalMove` for a path that does not exist."""
        now = clock.now()
        if state != self.state and state not in MOVES[TicketState(self.state)]:
            raise IllegalMove("This has gone on in the meantime.")
        if state in WITH_US:
            self.waits_since = self.waits_since or now
        else:
            self.waits_since = None
        self.state, self.changed_at = state, now
        self.closed_at = now if state == TicketState.CLOSED else None


class ContactMessage(Coded, db.Model):
    """One message in a ticket: of its person, of staff to them, or a note that staff wrote for each other."""

    __tablename__ = "contact_messages"
    __table_args__ = (
        one_of("whose", Whose),
        UniqueConstraint("ticket_id", "form_key", name="uq_contact_messages_form"),
        Index("ix_contact_messages_ticket", "ticket_id", "id"),
        Index("ix_contact_messages_by", "by_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id, ondelete="CASCADE"))
    whose: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    words_sealed: Mapped[str | None]
    form_key: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    ticket: Mapped[Ticket] = relationship(back_populates="messages")
    by: Mapped[User | None] = relationship()
    words = sealed.Words("contact_message")
