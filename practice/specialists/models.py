"""This file knows what is stored about a specialist, their offers, their credentials and what staff decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, backref, composite, foreign, mapped_column, relationship, validates

from practice.accounts.models import User
from practice.payments.models import PayeeAccount
from practice.store import sealed
from practice.store.append_only import unchanging
from practice.store.db import Coded, Json, NameText, db, one_of
from practice.values import clock
from practice.values.errors import IllegalMove
from practice.values.money import Money
from practice.values.text import fold

from . import unsaid
from .answering import Answering
from .cancel_rules import CancelRule
from .states import MOVES, VISIBLE, CoupleStance, CredentialKind, Kind, OfferKind, ProfileState, SuspensionState
from .timing import Timing


class Topic(db.Model):
    """Something people want to talk about; browsed by, never used to target anyone."""

    __tablename__ = "topics"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column(String(40))
    line: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)


class Specialist(Coded, db.Model):
    """One practice: its owner, its public words, its state."""

    __tablename__ = "specialists"
    __table_args__ = (
        one_of("state", ProfileState),
        one_of("kind", Kind),
        Index("ix_specialists_state_seed", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=ProfileState.DRAFT)
    kind: Mapped[str] = mapped_column(String(20), default=Kind.COACH)
    name: Mapped[str] = mapped_column(NameText(80))
    name_folded: Mapped[str] = mapped_column(Text)
    # What clients call them; where nobody said, the first name that is no title.
    called: Mapped[str] = mapped_column(NameText(60), default=unsaid.called_most_likely)
    title_applied_for: Mapped[str] = mapped_column(String(80), default="")
    granted_title: Mapped[str | None] = mapped_column(String(80))
    headline: Mapped[str] = mapped_column(String(90), default="")
    best_at: Mapped[str] = mapped_column(String(300), default="")
    not_right_for: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    first_session: Mapped[str] = mapped_column(Text, default="")
    training: Mapped[str] = mapped_column(String(600), default="")
    years: Mapped[int] = mapped_column(default=0)
    supervision: Mapped[str] = mapped_column(String(160), default="")
    place: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    approaches: Mapped[list[str]] = mapped_column(Json, default=list)
    formats: Mapped[list[str]] = mapped_column(Json, default=list)
    # Where a licensed title may be practised: "CA-ON", "US-NY" or "IE"; empty means no limit of that kind.
    permitted_places: Mapped[list[str]] = mapped_column(Json, default=list)
    couple_stance: Mapped[str | None] = mapped_column(String(20))
    photo_key: Mapped[str | None] = mapped_column(String(80))
    video_url: Mapped[str] = mapped_column(String(300), default="")
    phone_note: Mapped[str] = mapped_column(String(200), default="")
    # Where records about clients are kept, as a country.
    records_country: Mapped[str] = mapped_column(String(2), default="")
    declared_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    paused_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    # Raised in the same transaction as whatever changes what is free; caches key on it, and raising it is the lock.
    calendar_version: Mapped[int] = mapped_column(default=0)
    # The same for what the public profile says: a rendered card is right for one value and never after.
    profile_version: Mapped[int] = mapped_column(default=0)
    # How they answer messages, by what was sent (`answering.py`): within so many hours, None where nobody can say.
    answers_within: Mapped[int | None]
    leaves_unanswered: Mapped[bool] = mapped_column(default=False, server_default=false())

    user: Mapped[User] = relationship(backref=backref("specialist", uselist=False, lazy="select"))
    # Where what they sell is paid out, unless it was closed.
    payout_account: Mapped[PayeeAccount | None] = relationship(
        primaryjoin=lambda: (foreign(PayeeAccount.payee_id) == Specialist.user_id) & PayeeAccount.ended_at.is_(None),
        viewonly=True,
    )
    topics: Mapped[list[SpecialistTopic]] = relationship(
        back_populates="specialist", cascade="all, delete-orphan", order_by="SpecialistTopic.position"
    )
    languages: Mapped[list[SpecialistLanguage]] = relationship(
        back_populates="specialist", cascade="all, delete-orphan", order_by="SpecialistLanguage.position"
    )
    offers: Mapped[list[Offer]] = relationship(back_populates="specialist", order_by="Offer.minutes")
    credentials: Mapped[list[Credential]] = relationship(back_populates="specialist", order_by="Credential.id")
    moves: Mapped[list[ProfileMove]] = relationship(order_by="ProfileMove.id")

    @validates("name")
    def _fold_name(self, _key: str, name: str) -> str:
        self.name_folded = fold(name)
        return name

    @property
    def is_visible(self) -> bool:
        return self.state in VISIBLE

    @property
    def is_published(self) -> bool:
        return self.state == ProfileState.PUBLISHED

    @property
    def answering(self) -> Answering:
        """How they answer messages, as it was measured last."""
        return Answering(self.answers_within, self.leaves_unanswered)

    @property
    def sees_couples(self) -> bool:
        return self.couple_stance in set(CoupleStance)

    @property
    def consult(self) -> Offer | None:
        """The free consultation as it is offered now."""
        return next((o for o in self.offers if o.is_current and o.kind == OfferKind.CONSULT), None)

    def move_to(self, state: ProfileState, *, by: User | None, reason: str = "") -> None:
        """The only writer of `.state`; leaves a row behind, raises `IllegalMove` for a path that does not exist."""
        if state not in MOVES.get(ProfileState(self.state), frozenset()):
            raise IllegalMove(f"A profile that is {self.state} cannot become {state}.")
        self.moves.append(
            ProfileMove(before=self.state, after=state, by_id=by.id if by else None, at=clock.now(), reason=reason)
        )
        self.state = state


class ProfileMove(Coded, db.Model):
    """One change of a profile's state: who, when, why."""

    __tablename__ = "profile_moves"
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), index=True)
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    reason_sealed: Mapped[str | None]
    reason = sealed.Words("profile_move")


class SpecialistTopic(db.Model):
    """A topic a specialist works with; at most three are their main ones."""

    __tablename__ = "specialist_topics"
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey(Topic.id), primary_key=True, index=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    specialist: Mapped[Specialist] = relationship(back_populates="topics")
    topic: Mapped[Topic] = relationship(lazy="joined")


class SpecialistLanguage(db.Model):
    """A language a specialist works in: ISO 639 code and level."""

    __tablename__ = "specialist_languages"
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True, index=True)
    level: Mapped[str] = mapped_column(String(10), default="fluent")
    position: Mapped[int] = mapped_column(default=0)
    specialist: Mapped[Specialist] = relationship(back_populates="languages")


class Offer(Coded, db.Model):
    """What a specialist sells, as one version: a version that was booked never changes, a new one follows it."""

    __tablename__ = "offers"
    __table_args__ = (
        one_of("kind", OfferKind),
        CheckConstraint("price_amount >= 0", name="price_not_negative"),
        CheckConstraint("minutes > 0 AND minutes % 5 = 0", name="minutes_in_fives"),
        CheckConstraint("kind <> 'consult' OR (price_amount = 0 AND minutes = 30)", name="consult_is_free_half_hour"),
        CheckConstraint("kind <> 'individual' OR minutes BETWEEN 20 AND 180", name="session_lasts_20_to_180"),
        CheckConstraint("(kind = 'consult') = (cancel_rule IS NULL)", name="price_has_a_cancel_rule"),
        CheckConstraint("lower_amount > 0 AND lower_amount < price_amount", name="lower_price_is_lower"),
        CheckConstraint("lower_count >= 0", name="lower_count_not_negative"),
        CheckConstraint("lower_count = 0 OR lower_amount IS NOT NULL", name="lower_places_have_a_price"),
        # One current free consultation for each specialist.
        Index(
            "uq_offers_current_consult",
            "specialist_id",
            unique=True,
            sqlite_where=text("kind = 'consult' AND ended_at IS NULL"),
            postgresql_where=text("kind = 'consult' AND ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    name: Mapped[str] = mapped_column(String(80))
    minutes: Mapped[int]
    price_amount: Mapped[int]
    price_currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Money] = composite("price_amount", "price_currency")
    # What comes back to a client who cancels, written out as `CancelRule.stored`.
    cancel_rule: Mapped[str | None] = mapped_column(String(40), default=unsaid.usual_rule)
    # Somebody new buys it only after a free consultation and a yes of both sides.
    consult_first: Mapped[bool] = mapped_column(default=unsaid.has_price)
    # What it costs for so many people, each chosen by the specialist (`LowerPrice`).
    lower_amount: Mapped[int | None]
    lower_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    specialist: Mapped[Specialist] = relationship(back_populates="offers")

    @property
    def is_current(self) -> bool:
        return self.ended_at is None

    @property
    def is_consult(self) -> bool:
        return self.kind == OfferKind.CONSULT

    @property
    def timing(self) -> Timing:
        return Timing(OfferKind(self.kind), self.minutes)

    @property
    def rule(self) -> CancelRule | None:
        """What comes back of its price to a client who cancels; None for what is free."""
        return CancelRule.read(self.cancel_rule) if self.cancel_rule else None

    @property
    def lower(self) -> Money | None:
        """The lower price, where it has one."""
        return None if self.lower_amount is None else Money(self.lower_amount, self.price_currency)


# What was agreed when a version was sold: no row of it is ever another.
SOLD = (
    *("specialist_id", "kind", "version", "minutes", "price_amount", "price_currency"),
    *("cancel_rule", "consult_first", "lower_amount"),
)
SOLD_GUARDS = unchanging(Offer, "sold", SOLD)


class LowerPrice(Coded, db.Model):
    """One client pays the lower price of an offer; only the two know. It goes along to the offer's next version."""

    __tablename__ = "lower_prices"
    __table_args__ = (UniqueConstraint("offer_id", "client_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey(Offer.id))
    client_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    offer: Mapped[Offer] = relationship()
    client: Mapped[User] = relationship()


class Credential(Coded, db.Model):
    """A credential that was shown: which body, which number, until when, and who checked it on which day."""

    __tablename__ = "credentials"
    __table_args__ = (
        one_of("state", ("submitted", "verified", "refused", "expired", "replaced")),
        one_of("kind", CredentialKind),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    kind: Mapped[str] = mapped_column(String(20), default=CredentialKind.LICENCE)
    body: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    expires_on: Mapped[date | None]
    document_key: Mapped[str | None] = mapped_column(String(80))
    document_name: Mapped[str] = mapped_column(String(120), default="")
    document_type: Mapped[str] = mapped_column(String(4), default="")
    document_bytes: Mapped[int] = mapped_column(default=0)
    registry_url: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    checked_at: Mapped[datetime | None]
    # The day before each of 60, 30 and 7 that a mail has gone out for.
    warned_days: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    specialist: Mapped[Specialist] = relationship(back_populates="credentials")


class Review(Coded, db.Model):
    """One pass of an application through staff: the checklist, the words to the applicant, the decision."""

    __tablename__ = "reviews"
    __table_args__ = (one_of("decision", ("open", "approved", "changes", "refuse_proposed", "refused")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    second_reviewer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(String(16), default="open")
    checks: Mapped[list[str]] = mapped_column(Json, default=list)
    to_applicant_sealed: Mapped[str | None]
    to_applicant = sealed.Words("review")
    # Topics that the training shown does not carry; the rest of the application is not held up by them.
    refused_topics: Mapped[list[str]] = mapped_column(Json, default=list)
    title: Mapped[str] = mapped_column(String(80), default="")
    specialist: Mapped[Specialist] = relationship()


class Suspension(Coded, db.Model):
    """A practice stopped for a while: proposed by one of the staff, in force once a second one agrees."""

    __tablename__ = "suspensions"
    __table_args__ = (
        one_of("state", SuspensionState),
        Index(
            "uq_suspensions_open",
            "specialist_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'standing')"),
            postgresql_where=text("state IN ('proposed', 'standing')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    state: Mapped[str] = mapped_column(String(10), default=SuspensionState.PROPOSED)
    # In words for the specialist; they go into the letter as they are.
    reason_sealed: Mapped[str | None]
    reason = sealed.Words("suspension")
    # By this day staff look at it again; it is a promise in the letter.
    look_again_on: Mapped[date]
    # Appointments ahead are cancelled; else each client chooses.
    calls_off: Mapped[bool]
    # The state of the profile before, once it stands.
    before: Mapped[str] = mapped_column(String(20), default="")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    agreed_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    ended_at: Mapped[datetime | None]
    specialist: Mapped[Specialist] = relationship()


class ProfileRevision(Coded, db.Model):
    """A change of name, title, country or papers that waits for staff while the old ones stay live.

    `fields` names each by itself, so that none takes another's place: a checked word by its column, a newer credential
    as "paper:<kind>" with its code ("paper" alone in requests from before there could be several).
    """

    __tablename__ = "profile_revisions"
    __table_args__ = (one_of("state", ("waiting", "accepted", "refused")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason_sealed: Mapped[str | None]
    reason = sealed.Words("profile_revision")
    specialist: Mapped[Specialist] = relationship()

    @property
    def checked_words(self) -> dict[str, Any]:
        """What is asked for of name, title and place, by column."""
        return {name: value for name, value in self.fields.items() if not _is_of_credential(name)}

    @property
    def credential_codes(self) -> set[str]:
        """Of the newer credentials that the request brings."""
        return {value for name, value in self.fields.items() if _is_of_credential(name)}


def _is_of_credential(name: str) -> bool:
    return name.partition(":")[0] == "paper"


class SavedSpecialist(db.Model):
    """A specialist somebody wants to find again; only that person sees it."""

    __tablename__ = "saved_specialists"
    __table_args__ = (UniqueConstraint("user_id", "specialist_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    specialist_id: Mapped[int] = mapped_column(ForeignKey(Specialist.id, ondelete="CASCADE"))
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
