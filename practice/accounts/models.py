"""This file knows what is stored about an account: who it is, its devices, mailed links, intents and consents."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, false, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from practice.store import retention, sealed
from practice.store.db import Coded, Json, NameText, UtcDateTime, db
from practice.values import clock
from practice.values.errors import IllegalMove
from practice.values.text import fold, initials

from .states import LIVE, LOCK_MOVES, ErasureState, IntentState, LockState, may_move

HASH = 64  # hex digits of SHA-256

roles_of_users = Table(
    "roles_users",
    db.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


def hash_of(token: str) -> str:
    """What we keep of a random token: enough to recognise it, useless to a thief of the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_uniquifier() -> str:
    """The name of an account inside cookies; a new one signs everybody out."""
    return secrets.token_hex(32)


class Role(db.Model, RoleMixin):  # type: ignore[name-defined,misc]
    """What a person may do here: "client", "specialist", "staff". One person may hold several."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)


class User(Coded, db.Model, UserMixin):  # type: ignore[name-defined,misc]
    """One person's account. Only what the product needs is kept: no birthday, no phone, no network address."""

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    # Lower case, and for mailboxes that ignore dots and +tags without them: two spellings, one person.
    email_norm: Mapped[str] = mapped_column(String(254), index=True)
    # The hash of `email_norm`: "one free consultation per pair" survives a second account of the same mailbox.
    person_key: Mapped[str] = mapped_column(String(HASH), index=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_uniquifier)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    display_name: Mapped[str] = mapped_column(NameText(60))
    name_folded: Mapped[str] = mapped_column(Text)
    zone: Mapped[str | None] = mapped_column(String(64))
    # 13:30 written as 1:30 pm; None as long as nobody has said: then each browser's own habit counts.
    is_twelve: Mapped[bool | None]
    # What the device that was used last does: letters have no browser to ask.
    device_is_twelve: Mapped[bool | None]
    locale: Mapped[str] = mapped_column(String(12), default="en")
    country: Mapped[str | None] = mapped_column(String(2))
    adult_declared_at: Mapped[datetime | None]

    no_email: Mapped[bool] = mapped_column(default=False)
    # Until when the letters that wait in the account were seen, as its owner said; None: none of them.
    letters_seen_at: Mapped[datetime | None]
    # Whether letters about appointments bring the calendar entry along; who reads the feed would have it twice.
    wants_invites: Mapped[bool] = mapped_column(default=True)
    calendar_label: Mapped[str] = mapped_column(String(60), default="Appointment")
    # The reminder of the day before cannot be switched off; this is the one an hour before.
    reminders: Mapped[bool] = mapped_column(default=True)
    exit_everywhere: Mapped[bool] = mapped_column(default=True)
    mail_bounced_at: Mapped[datetime | None]

    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    # None also for those who turned it on before this was noted: long ago.
    two_step_at: Mapped[datetime | None]
    last_code_counter: Mapped[int | None]
    # None also for codes made before this was noted: long ago.
    spare_codes_at: Mapped[datetime | None]
    # A copy: `as_mutable` watches every column of the very type object it is given.
    mf_recovery_codes: Mapped[list[str]] = mapped_column(MutableList.as_mutable(Json.copy()), default=list)

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=roles_of_users, lazy="selectin", order_by=Role.id
    )

    @validates("display_name")
    def _fold_name(self, _key: str, name: str) -> str:
        self.name_folded = fold(name)
        return name

    @property
    def is_staff(self) -> bool:
        """True for the people who run the practice ("admin" on screen)."""
        return self.has_role("staff")

    @property
    def has_two_step(self) -> bool:
        """True when a code is asked for after the password."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def is_confirmed(self) -> bool:
        """True once the person has shown that mail to this address reaches them."""
        return self.confirmed_at is not None

    @property
    def is_invited(self) -> bool:
        """True while an invitation waits to be accepted: its link alone opens the account."""
        return self.password is None and not self.is_confirmed

    @property
    def initials(self) -> str:
        """What others see where a photo would be."""
        return "".join(initials(self.display_name))


class Device(Coded, db.Model):  # type: ignore[name-defined,misc]
    """One browser that signed in; ending the row ends the sign-in on every server at once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(HASH), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    # A hash of the network's prefix tells a new place from a known one and says nothing about where it is.
    network: Mapped[str] = mapped_column(String(16), default="")
    is_private: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class MailedLink(db.Model):  # type: ignore[name-defined,misc]
    """A link that went out by mail and works once: only its hash stays, with what it is for and until when."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(HASH), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    # The browser that asked for it: confirming there needs no password a second time.
    browser_hash: Mapped[str | None] = mapped_column(String(HASH))
    intent_id: Mapped[int | None] = mapped_column(ForeignKey("intent.id", ondelete="SET NULL"))
    # Somebody else may read the mailbox that is given up: nothing is written there, and no link goes to it.
    is_quiet: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)


class Intent(Coded, db.Model):  # type: ignore[name-defined,misc]
    """What a visitor was doing when the sign-in gate appeared. Nothing here is ever sent by itself."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(HASH), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(500))
    sealed: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # Set by the bookings room, which lies above this one: a plain number, no foreign key.
    booking_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default=IntentState.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (
        CheckConstraint("state IN ('open', 'claimed', 'completed', 'discarded', 'expired')", name="known_state"),
    )

    def move_to(self, state: IntentState) -> None:
        """The only writer of `state`; raises `IllegalMove` (409) off the table."""
        if not may_move(IntentState(self.state), state):
            raise IllegalMove("This task was finished or put away already.")
        self.state = state

    def is_live(self, now: datetime) -> bool:
        """True while it can still be taken up."""
        return self.state in LIVE and self.expires_at > now


class Erasure(Coded, db.Model):  # type: ignore[name-defined,misc]
    """That somebody asked for the end of their account: taken back within fourteen days, or done, with what was done.

    `code` is the certificate's number; nothing of the person is in the row.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=ErasureState.ASKED)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Titles of what was wiped, in the order of the page.
    wiped: Mapped[list[str]] = mapped_column(Json.copy(), default=list)

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'taken_back', 'done')", name="known_state"),
        Index(
            "uq_erasure_open",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )


class AccountLock(Coded, db.Model):  # type: ignore[name-defined,misc]
    """An account that two of the staff, or the operator, closed for a while; without a person it was the operator."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=LockState.PROPOSED)
    # Words of staff about a person stand here and go with them; the log, which cannot forget, has the fact.
    reason_sealed: Mapped[str | None]
    opened_because_sealed: Mapped[str | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    agreed_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    reason = sealed.Words("lock")
    opened_because = sealed.Words("lock")

    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'standing', 'withdrawn', 'ended')", name="known_state"),
        Index(
            "uq_account_lock_open",
            "user_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'standing')"),
            postgresql_where=text("state IN ('proposed', 'standing')"),
        ),
    )

    def move_to(self, state: LockState) -> None:
        """The only writer of `state`; raises `IllegalMove` (409) off the table."""
        if state not in LOCK_MOVES.get(LockState(self.state), set()):
            raise IllegalMove("Somebody has decided about this account in the meantime.")
        self.state = state


class Intervention(Coded, db.Model):  # type: ignore[name-defined,misc]
    """Something the operator did to an account for its owner, and why in their words, which go with the account."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # As the log has it: "account.two_step_off".
    action: Mapped[str] = mapped_column(String(80))
    reason_sealed: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    reason = sealed.Words("intervention")


class ConsentRecord(db.Model):  # type: ignore[name-defined,misc]
    """That a person agreed to one version of one document, in one language, at one instant."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    document: Mapped[str] = mapped_column(String(30))
    version: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]


LIFE_OF_AN_INTENT = retention.DRAFTS.lasts
