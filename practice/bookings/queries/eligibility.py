"""This file knows what decides whether somebody may book something of a specialist now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import CompoundSelect, String, and_, bindparam, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import contains_eager

from practice.accounts.models import User
from practice.bookings import gates, limits, policy, sold, terms
from practice.bookings.errors import NotEligible
from practice.bookings.exemptions import Exemption
from practice.bookings.models import (
    AS_THE_SPECIALIST_WISHES,
    ASKED,
    Appointment,
    Booking,
    BookingMove,
    Proposal,
    Strike,
)
from practice.bookings.occupancy import Occupancy, cells
from practice.bookings.states import GIVEN_UP, BookingState
from practice.bookings.terms import Refusal
from practice.specialists import queries as specialists
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import LICENSED, ProfileState
from practice.store.db import UtcDateTime, db, spelled
from practice.values import clock
from practice.values.errors import NotFound

from .listed import Listed
from .own import chosen_at_of

B = TypeVar("B", Booking, Listed)

# Built once: every attempt to book asks these, and most attempts in a rush are refused.
VISIBLE = (
    Specialist.slug == bindparam("slug"),
    Specialist.state.in_((ProfileState.PUBLISHED, ProfileState.PAUSED)),
)
CURRENT = Offer.ended_at.is_(None)
# An address without a code is from the days when there was one offer only.
IS_NAMED = or_(
    Offer.code == bindparam("code", type_=String()),
    and_(bindparam("code", type_=String()) == "", Offer.kind == spelled(terms.CONSULT.kind), CURRENT),
)
NAMED = (
    select(Offer)
    .join(Offer.specialist)
    .options(contains_eager(Offer.specialist).joinedload(Specialist.user).lazyload(User.roles))
    .where(*VISIBLE, IS_NAMED)
)
# In their practice, or where they are a client: whoever asks learns that it is taken, and not by what.
LIES_THERE = (
    Occupancy.cell >= bindparam("first"),
    or_(Booking.appointment_id == Occupancy.appointment_id, Booking.id == Occupancy.booking_id),
    or_(Booking.state == BookingState.CONFIRMED, Booking.held_until > bindparam("now", type_=UtcDateTime())),
)
TAKEN = select(
    exists().where(
        Occupancy.person_id
        == select(Specialist.user_id).where(Specialist.id == bindparam("specialist")).scalar_subquery(),
        Occupancy.cell < bindparam("stop"),
        *LIES_THERE,
        Booking.id.not_in(bindparam("own", expanding=True)),
        func.coalesce(Booking.client_id, 0) != bindparam("user"),
    )
)


class Chosen(NamedTuple):
    """An offer as it stands now, and the version of it that was named."""

    offer: Offer
    named: Offer

    @property
    def has_changed(self) -> bool:
        """True if it has another price or length since; what is free is free in any currency."""
        agreed = [(None if each.price.is_free else each.price, each.minutes) for each in self]
        return agreed[0] != agreed[1]


def chosen_offer(slug: str, code: str = "") -> Chosen:
    """The offer of that code on a visible profile, as it stands now; without a code the free consultation.

    Raises `NotFound` where there is none, or it is not offered any more.
    """
    named = db.session.scalar(NAMED, {"slug": slug, "code": code})
    if named is None:
        raise NotFound()
    offer = named if named.is_current else specialists.current_version(named)
    if offer is None:
        raise NotFound(f"{named.specialist.called} does not offer this any more. The profile says what is offered.")
    return Chosen(offer, named)


OPEN = (
    select(func.count(Booking.id))
    .join(Booking.appointment)
    .where(
        Booking.person_key == bindparam("person"),
        Booking.kind == bindparam("kind"),
        Booking.state == BookingState.CONFIRMED,
        Booking.is_referred.is_(False),
        Appointment.ends_at > bindparam("now", type_=UtcDateTime()),
    )
)
# What the client of a pair decided on by themself, and its specialist was written to about: booked, or another time.
# Of what has a price, to buy it is no change unless they gave it up again.
CHANGES = (
    select(func.count(BookingMove.id))
    .join(Booking, Booking.id == BookingMove.booking_id)
    .where(
        Booking.person_key == bindparam("person"),
        Booking.specialist_id == bindparam("specialist"),
        BookingMove.after == BookingState.CONFIRMED,
        BookingMove.by_id == Booking.client_id,
        BookingMove.reason.not_in(("reconfirmed", ASKED, *AS_THE_SPECIALIST_WISHES)),
        or_(Booking.price_amount.is_(None), BookingMove.before == BookingState.CONFIRMED, Booking.state.in_(GIVEN_UP)),
        BookingMove.at > bindparam("day_ago", type_=UtcDateTime()),
    )
)
STARTED = select(func.count(Booking.id)).where(
    Booking.person_key == bindparam("person"),
    Booking.kind == bindparam("kind"),
    Booking.claims_pair.is_(True),
    Booking.is_referred.is_(False),
    Booking.confirmed_at > bindparam("since", type_=UtcDateTime()),
)
EXEMPT = select(func.count(Exemption.id)).where(
    Exemption.person_key == bindparam("person"), Exemption.specialist_id == bindparam("specialist")
)
PAIR = select(func.count(Booking.id)).where(
    Booking.person_key == bindparam("person"),
    Booking.specialist_id == bindparam("specialist"),
    Booking.claims_pair.is_(True),
)
AHEAD = PAIR.join(Booking.appointment).where(
    Booking.state == BookingState.CONFIRMED, Appointment.ends_at > bindparam("now", type_=UtcDateTime())
)
STRIKES = select(Strike.at).where(Strike.specialist_id == bindparam("specialist"), Strike.waived_at.is_(None))
MISSED = (
    select(Appointment.starts_at)
    .join(Booking, Booking.appointment_id == Appointment.id)
    .where(Booking.person_key == bindparam("person"), Booking.state == BookingState.CLIENT_MISSED)
)
COUNTED = {"pair": PAIR, "ahead": AHEAD, "open": OPEN, "changes": CHANGES, "started": STARTED, "exempt": EXEMPT}
# One question about everything that is stored about a person and a specialist: instants and counts, each with a name.
FACTS: CompoundSelect[Any] = union_all(
    STRIKES.with_only_columns(literal("strike").label("what"), Strike.at.label("at"), literal(1).label("number")),
    MISSED.with_only_columns(literal("missed"), Appointment.starts_at, literal(1)),
    *(asked.with_only_columns(literal(name), null(), func.count()) for name, asked in COUNTED.items()),
)


@dataclass(frozen=True)
class Facts:
    """What the database says about a person and a specialist."""

    strikes: Sequence[datetime]
    missed: Sequence[datetime]
    pair: int
    ahead: int
    open: int
    changes: int
    started: int
    exempt: int


def _facts(asked: dict[str, Any]) -> Facts:
    rows = db.session.execute(FACTS, asked).all()
    instants = {name: [row.at for row in rows if row.what == name] for name in ("strike", "missed")}
    counts = {row.what: row.number for row in rows if row.at is None}
    return Facts(instants["strike"], instants["missed"], **counts)


def eligibility_of(
    user: User, specialist: Specialist, offer: Offer | None = None, *, location: str | None = None
) -> policy.Eligibility:
    """Everything about `user` and `specialist` that the terms of `offer` look at: one query.

    Without an offer, what stands between the two and a free consultation.
    """
    now, agreed = clock.now(), terms.of(offer.kind) if offer else terms.CONSULT
    costs, unlocked = _cannot_be_paid(offer), is_unlocked(user, offer)
    if not user.is_authenticated:
        is_bookable = takes(specialist, agreed, now)
        return policy.Eligibility(
            terms=agreed, costs=costs, is_unlocked=unlocked, is_bookable=is_bookable, is_signed_in=False
        )
    facts = _facts(_asked(user, specialist, agreed, now))
    return policy.Eligibility(
        terms=agreed,
        costs=costs,
        is_unlocked=unlocked,
        is_bookable=specialist.is_published and not policy.rests(agreed, facts.strikes, now),
        is_confirmed=user.confirmed_at is not None,
        is_adult=user.adult_declared_at is not None,
        is_own_profile=specialist.user_id == user.id,
        paused_until=policy.care(facts.missed, now),
        pair_used=facts.pair > 0,
        is_ahead=facts.ahead > 0,
        open_count=facts.open,
        changes_today=facts.changes,
        started_count=facts.started,
        is_referred=agreed.one_per_pair and facts.exempt > 0,
        permitted_places=specialist.permitted_places if specialist.kind in LICENSED else (),
        location=location,
    )


def hopeless(user: User, offer: Offer) -> NotEligible | None:
    """Why this person, signed in or not, could not book in the end, whatever they fill in; None where they could.

    They can still sign in, and confirm their address.
    """
    eligibility = eligibility_of(user, offer.specialist, offer)
    found = policy.lasting(policy.refusals(eligibility, clock.now()))
    return NotEligible(found[0], eligibility.terms) if found else None


def may_consult_again(user: User, specialist: Specialist) -> bool:
    """Whether these two could have another free consultation, if there is a time for it."""
    found = policy.refusals(eligibility_of(user, specialist), clock.now())
    return specialist.consult is not None and not policy.lasting(found)


def unpayable(offer: Offer) -> NotEligible | None:
    """The part of it that the offer alone decides: what has a price is for nobody, as long as it cannot be paid."""
    return NotEligible(Refusal.PRICE, terms.of(offer.kind)) if _cannot_be_paid(offer) else None


def not_for_visitors(offer: Offer) -> NotEligible | None:
    """The same for somebody who has not signed in: nobody can know of them that both sides have said yes."""
    if (refused := unpayable(offer)) is not None or is_unlocked(None, offer):
        return refused
    return NotEligible(Refusal.CONSULT_FIRST, terms.of(offer.kind))


def is_unlocked(user: User | None, offer: Offer | None) -> bool:
    """Whether what begins with a consultation has come to a yes of both sides; true of all else."""
    if offer is None or not offer.consult_first:
        return True
    return user is not None and user.is_authenticated and gates.is_open(user, offer.specialist)


def _cannot_be_paid(offer: Offer | None) -> bool:
    return offer is not None and offer.price.amount > 0 and not sold.is_sold(offer)


def _asked(user: User, specialist: Specialist, agreed: terms.Terms, now: datetime) -> dict[str, Any]:
    pair = {"person": user.person_key, "specialist": specialist.id, "kind": agreed.kind}
    return pair | {"now": now, "since": now - limits.STARTED_WINDOW, "day_ago": now - limits.A_DAY}


def takes(specialist: Specialist, agreed: terms.Terms, now: datetime) -> bool:
    """Whether appointments of such terms can be booked at all: published, and not paused by three strikes where these
    pause them."""
    if not specialist.is_published:
        return False
    return not (agreed.rests_after_strikes and policy.rests(agreed, strikes_of(specialist.id), now))


_strikes: Any = Strike.__table__
RESTING = (
    select(_strikes.c.specialist_id)
    .where(_strikes.c.waived_at.is_(None), _strikes.c.at > bindparam("since"))
    .group_by(_strikes.c.specialist_id)
    .having(func.count() >= limits.STRIKES_PAUSE)
)


def resting() -> set[int]:
    """Specialists whose new consultations are paused by strikes: a time of theirs would lead to a no."""
    return {owner for (owner,) in db.session.execute(RESTING, {"since": clock.now() - limits.STRIKE_WINDOW})}


def strikes_of(specialist_id: int) -> Sequence[datetime]:
    """When this specialist was not there, or cancelled late; without those that staff waived."""
    return db.session.scalars(STRIKES, {"specialist": specialist_id}).all()


def open_to(user: User, now: datetime) -> dict[str, Any]:
    """With what `OPEN` counts the free consultations ahead of this person, over all accounts of one mailbox."""
    return {"person": user.person_key, "now": now, "kind": terms.CONSULT.kind}


def changes_today(booking: Booking, now: datetime) -> int:
    """How often this pair's client booked or took another time within the last day."""
    pair = {"person": booking.person_key, "specialist": booking.specialist_id, "day_ago": now - limits.A_DAY}
    return db.session.scalar(CHANGES, pair) or 0


def proposals_today(booking: Booking, side: str, now: datetime) -> int:
    """How often this side of the pair named other times within the last day."""
    asked = (
        select(func.count(Proposal.id))
        .join(Proposal.booking)
        .where(
            Booking.person_key == booking.person_key,
            Booking.specialist_id == booking.specialist_id,
            Proposal.side == side,
            Proposal.made_at > now - limits.A_DAY,
        )
    )
    return db.session.scalar(asked) or 0


def missed_by(person_key: str | None) -> Sequence[datetime]:
    """The starts of what this person missed, over all accounts of one mailbox."""
    return db.session.scalars(MISSED, {"person": person_key}).all()


def unanswered(bookings: Iterable[B]) -> list[tuple[B, datetime | None]]:
    """Those whose client was to say once more that they come, and has not, each with when its place goes back to
    others; None where it is theirs in any case. Two questions, however many they are."""
    asked = [each for each in bookings if each.reconfirmed_at is None]
    if not asked:
        return []
    chosen, misses = chosen_at_of(asked), misses_of({each.person_key for each in asked})
    found = []
    for each in asked:
        at, missed = chosen.get(each.id), misses.get(each.person_key or "", 0)
        if at is not None and policy.needs_reconfirmation(at, each.starts_at, missed):
            found.append((each, policy.released_at(each.terms, at, each.starts_at, missed)))
    return found


def released_at(booking: Booking | Listed) -> datetime | None:
    """When this place goes back to others if its client says nothing; None if it is theirs in any case."""
    return next((released for _, released in unanswered([booking])), None)


MISSES = (
    select(Booking.person_key, func.count(Booking.id))
    .where(Booking.person_key.in_(bindparam("people", expanding=True)), Booking.state == BookingState.CLIENT_MISSED)
    .group_by(Booking.person_key)
)


def misses_of(people: Collection[str | None]) -> dict[str, int]:
    """How many each of these people missed, over all accounts of one mailbox; whoever missed none is not in it."""
    rows = db.session.execute(MISSES, {"people": list(people)})
    return {person: count for person, count in rows if person}


def paused_until(person_key: str | None, now: datetime) -> datetime | None:
    """Until when free consultations pause for this person, if they do."""
    return policy.care(missed_by(person_key), now)


def earlier_failures(booking: Booking) -> int:
    """How often the call of this pair has broken before, in appointments of the same kind."""
    return (
        db.session.scalar(
            select(func.count(Booking.id)).where(
                Booking.person_key == booking.person_key,
                Booking.specialist_id == booking.specialist_id,
                Booking.kind == booking.kind,
                Booking.state == BookingState.TECH_FAILURE,
                Booking.id != booking.id,
            )
        )
        or 0
    )


def emergencies_this_year(specialist_id: int, now: datetime) -> int:
    """How often this specialist has cancelled with an emergency in the last 365 days."""
    of_theirs = (Booking.specialist_id == specialist_id, Booking.is_emergency.is_(True))
    asked = select(func.count(Booking.id)).where(*of_theirs, Booking.ended_at > now - limits.A_YEAR)
    return db.session.scalar(asked) or 0


def is_taken(
    specialist_id: int, starts_at: datetime, ends_at: datetime, own: Sequence[int] = (), client_id: int | None = None
) -> bool:
    """A look without a lock: a live claim lies on this time, none of `own` and none of this client's."""
    span = cells(starts_at, ends_at)
    asked = {
        "specialist": specialist_id,
        "first": span.start,
        "stop": span.stop,
        "own": list(own),
        "user": client_id or -1,  # no row has this id
        "now": clock.now(),
    }
    return bool(db.session.scalar(TAKEN, asked))
