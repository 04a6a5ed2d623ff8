"""This file knows every read about bookings, each one filtered by the person who asks: a stranger gets nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from practice import clock, vault
from practice.accounts.models import User, hash_of
from practice.db import db
from practice.errors import NotFound
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import LICENSED, OfferKind, ProfileState

from . import free_times, policy
from .models import (
    SPECIALIST_SIDE,
    Appointment,
    Booking,
    BookingMove,
    CalendarFeed,
    Contest,
    Occupancy,
    Proposal,
    RememberedAnswer,
    Strike,
    cells,
)
from .states import BookingState, Outcome, ProposalState

NEAREST = 5
Owner = tuple[int | None, str | None]  # whose a claim is: an account, a browser we know by a keyed hash
NOBODY: Owner = (None, None)


# ---------------------------------------------------------------- fetch through the person who asks


def _whole() -> Select[tuple[Booking]]:
    """Bookings with everything a page shows; the appointment is joined, so that callers may filter by its time."""
    return (
        select(Booking)
        .join(Booking.appointment)
        .options(
            contains_eager(Booking.appointment).joinedload(Appointment.offer),
            joinedload(Booking.specialist).joinedload(Specialist.user),
            joinedload(Booking.client),
            selectinload(Booking.proposals),
        )
    )


def booking_of_client(user: User, code: str) -> Booking:
    """The booking with `code` if `user` is its client; else `NotFound`, whoever asks."""
    return _one(_whole().where(Booking.code == code, Booking.client_id == user.id, Booking.state != BookingState.HELD))


def booking_of_specialist(user: User, code: str) -> Booking:
    """The booking with `code` if it is with `user`'s practice; else `NotFound`."""
    return _one(
        _whole()
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(Booking.code == code, Specialist.user_id == user.id, Booking.state.not_in(NOT_FOR_SPECIALISTS))
    )


def booking_of_party(user: User, code: str) -> Booking:
    """The booking with `code` if `user` is on either side of it; else `NotFound`."""
    return _one(
        _whole()
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(
            Booking.code == code,
            Booking.state.not_in(NOT_FOR_SPECIALISTS),
            or_(Booking.client_id == user.id, Specialist.user_id == user.id),
        )
    )


# A hold that never became a booking is nobody's business but its owner's.
NOT_FOR_SPECIALISTS = (BookingState.HELD, BookingState.EXPIRED)


def _one(statement: Select[tuple[Booking]]) -> Booking:
    booking = db.session.scalar(statement)
    if booking is None:
        raise NotFound()
    return booking


def upcoming_of(user: User) -> Sequence[Booking]:
    """The client's confirmed bookings that have not ended, soonest first."""
    return db.session.scalars(
        _whole()
        .where(
            Booking.client_id == user.id,
            Booking.state == BookingState.CONFIRMED,
            Appointment.ends_at > clock.now() - policy.SPECIALIST_MISSED_AFTER,
        )
        .order_by(Appointment.starts_at)
    ).all()


def past_of(user: User, limit: int = 20) -> Sequence[Booking]:
    """The client's bookings that are over, latest first."""
    return db.session.scalars(
        _whole()
        .where(
            Booking.client_id == user.id,
            Booking.state.not_in((*NOT_FOR_SPECIALISTS, BookingState.UNDONE)),
            or_(Booking.state != BookingState.CONFIRMED, Appointment.ends_at <= clock.now()),
        )
        .order_by(Appointment.starts_at.desc())
        .limit(limit)
    ).all()


def live_hold(booking_id: int | None) -> Booking | None:
    """The hold with this id while it lasts."""
    if booking_id is None:
        return None
    return db.session.scalar(
        select(Booking)
        .options(joinedload(Booking.appointment))
        .where(Booking.id == booking_id, Booking.state == BookingState.HELD, Booking.held_until > clock.now())
    )


def holds_of(user_id: int | None, browser_key: str | None) -> Sequence[Booking]:
    """Live holds of this person or this browser."""
    mine = [Booking.client_id == user_id] if user_id else []
    mine += [Booking.browser_key == browser_key] if browser_key else []
    if not mine:
        return []
    return db.session.scalars(
        select(Booking).options(joinedload(Booking.appointment)).where(Booking.state == BookingState.HELD, or_(*mine))
    ).all()


def holds_in_network(network_key: str) -> int:
    """How many visitors of one network hold a time now."""
    return (
        db.session.scalar(
            select(func.count(Booking.id)).where(
                Booking.network_key == network_key,
                Booking.client_id.is_(None),
                Booking.state == BookingState.HELD,
                Booking.held_until > clock.now(),
            )
        )
        or 0
    )


def remembered(form_key: str, action: str) -> str | None:
    """What this very form was answered with before."""
    return db.session.scalar(
        select(RememberedAnswer.target).where(RememberedAnswer.form_key == form_key, RememberedAnswer.action == action)
    )


# ---------------------------------------------------------------- what may be booked


def bookable_offer(slug: str, kind: OfferKind = OfferKind.CONSULT) -> Offer:
    """The current offer of that kind on a visible profile; `NotFound` if there is none."""
    offer = db.session.scalar(
        select(Offer)
        .join(Offer.specialist)
        .options(contains_eager(Offer.specialist))
        .where(
            Specialist.slug == slug,
            Specialist.state.in_((ProfileState.PUBLISHED, ProfileState.PAUSED)),
            Offer.kind == kind,
            Offer.ended_at.is_(None),
        )
    )
    if offer is None:
        raise NotFound()
    return offer


def standing_of(user: User, specialist: Specialist, *, location: str | None = None) -> policy.Standing:
    """Everything about `user` and `specialist` that the rules of the free consultation look at: three queries."""
    now = clock.now()
    if not user.is_authenticated:
        return policy.Standing(is_signed_in=False, is_bookable=takes_consults(specialist, now))
    return policy.Standing(
        is_confirmed=user.confirmed_at is not None,
        is_adult=user.adult_declared_at is not None,
        is_own_profile=specialist.user_id == user.id,
        is_bookable=takes_consults(specialist, now),
        paused_until=paused_until(user.person_key, now),
        pair_used=_pair_used(user.person_key, specialist.id),
        open_count=open_consults(user, now),
        started_count=_started(user.person_key, now),
        permitted_places=specialist.permitted_places if specialist.kind in LICENSED else (),
        location=location,
    )


def takes_consults(specialist: Specialist, now: datetime) -> bool:
    """Published, offering, and not paused by three strikes."""
    return specialist.is_published and not policy.strikes_pause(strikes_of(specialist.id), now)


def strikes_of(specialist_id: int) -> Sequence[datetime]:
    """When this specialist was not there, or cancelled late; without those that staff waived."""
    return db.session.scalars(
        select(Strike.at).where(Strike.specialist_id == specialist_id, Strike.waived_at.is_(None))
    ).all()


def _pair_used(person_key: str, specialist_id: int) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Booking.person_key == person_key,
                    Booking.specialist_id == specialist_id,
                    Booking.claims_pair.is_(True),
                )
            )
        )
    )


def open_consults(user: User, now: datetime) -> int:
    """How many free consultations lie ahead of this person, over all accounts of one mailbox."""
    return (
        db.session.scalar(
            select(func.count(Booking.id))
            .join(Booking.appointment)
            .where(
                Booking.person_key == user.person_key,
                Booking.kind == OfferKind.CONSULT,
                Booking.state == BookingState.CONFIRMED,
                Appointment.ends_at > now,
            )
        )
        or 0
    )


def _started(person_key: str, now: datetime) -> int:
    return (
        db.session.scalar(
            select(func.count(Booking.id)).where(
                Booking.person_key == person_key,
                Booking.kind == OfferKind.CONSULT,
                Booking.claims_pair.is_(True),
                Booking.confirmed_at > now - policy.STARTED_WINDOW,
            )
        )
        or 0
    )


def missed_by(person_key: str | None) -> Sequence[datetime]:
    """The starts of what this person missed, over all accounts of one mailbox."""
    return db.session.scalars(
        select(Appointment.starts_at)
        .join(Booking, Booking.appointment_id == Appointment.id)
        .where(Booking.person_key == person_key, Booking.state == BookingState.CLIENT_MISSED)
    ).all()


def paused_until(person_key: str | None, now: datetime) -> datetime | None:
    """Until when free consultations pause for this person, if they do."""
    return policy.care(missed_by(person_key), now)


def is_taken(
    specialist_id: int, starts_at: datetime, ends_at: datetime, own: Sequence[int] = (), by_other_than: Owner = NOBODY
) -> bool:
    """A look without a lock: somebody else's live claim lies on this time. It saves losers from waiting in line."""
    span = cells(starts_at, ends_at)
    user_id, browser_key = by_other_than
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Occupancy.side == SPECIALIST_SIDE,
                    Occupancy.owner_id == specialist_id,
                    Occupancy.cell >= span.start,
                    Occupancy.cell < span.stop,
                    Booking.id == Occupancy.booking_id,
                    Booking.id.not_in(own) if own else true(),
                    Booking.client_id.is_distinct_from(user_id) if user_id is not None else true(),
                    Booking.browser_key.is_distinct_from(browser_key) if browser_key is not None else true(),
                    or_(Booking.state == BookingState.CONFIRMED, Booking.held_until > clock.now()),
                )
            )
        )
    )


def nearest(specialist: Specialist, at: datetime, count: int = NEAREST) -> list[datetime]:
    """The free starts closest to `at`, in order of time."""
    starts = all_starts(specialist)
    wanted = int(at.timestamp())
    return [
        datetime.fromtimestamp(start, UTC) for start in sorted(sorted(starts, key=lambda s: abs(s - wanted))[:count])
    ]


def all_starts(specialist: Specialist, kind: OfferKind = OfferKind.CONSULT) -> tuple[int, ...]:
    """Every free start of one specialist (epoch seconds), kept in memory until something changes."""
    if not specialist.is_published:
        return ()
    # The row was read in this very request, or is read again here because a transaction ended since.
    return free_times.all_starts([(specialist.id, specialist.calendar_version)], kind, clock.now())[specialist.id]


def next_starts(
    versions: Sequence[tuple[int, int]], kind: OfferKind = OfferKind.CONSULT, count: int = 3
) -> dict[int, tuple[int, ...]]:
    """The next free starts of each (specialist id, calendar version): for cards; no query when nothing changed."""
    return free_times.next_starts(versions, kind, count, clock.now())


def others_with_times(specialist: Specialist, limit: int = 3) -> list[tuple[Specialist, datetime]]:
    """Published colleagues who share a topic and have a free time: the way on when a "no" was the answer."""
    topics = [each.topic_id for each in specialist.topics]
    rows = db.session.scalars(
        select(Specialist)
        .join(Offer, and_(Offer.specialist_id == Specialist.id, Offer.ended_at.is_(None)))
        .where(
            Specialist.state == ProfileState.PUBLISHED,
            Specialist.id != specialist.id,
            Offer.kind == OfferKind.CONSULT,
            Specialist.topics.any(topic_id=topics[0]) if topics else Specialist.id > 0,
        )
        .order_by(Specialist.id)
        .limit(limit * 3)
    ).all()
    starts = next_starts([(row.id, row.calendar_version) for row in rows], count=1)
    found = [(row, datetime.fromtimestamp(starts[row.id][0], UTC)) for row in rows if starts.get(row.id)]
    return sorted(found, key=lambda pair: pair[1])[:limit]


# ---------------------------------------------------------------- the slot picker


def week_of_slots(
    specialist: Specialist, zone: str, first: date | None = None, *, own: Booking | None = None
) -> dict[str, object]:
    """Seven dates of the reader's zone with their free starts, and where the week before and after begin.

    Without `first`, the week of the first free time. `own` is the reader's own hold: still theirs to choose.
    """
    starts = list(all_starts(specialist))
    if own is not None:
        starts = sorted({*starts, int(own.starts_at.timestamp())})
    return _week(starts, zone, first)


def _week(starts: list[int], zone: str, first: date | None) -> dict[str, object]:
    reader = ZoneInfo(zone)
    today = clock.now().astimezone(reader).date()
    by_day: dict[date, list[datetime]] = {}
    for start in starts:
        instant = datetime.fromtimestamp(start, UTC)
        by_day.setdefault(instant.astimezone(reader).date(), []).append(instant)
    begin = max(first or min(by_day, default=today), today)
    days = [begin + timedelta(days=number) for number in range(7)]
    later = [on for on in by_day if on > days[-1]]
    earlier = [on for on in by_day if on < begin]
    return {
        "days": [{"on": on, "starts": by_day.get(on, [])} for on in days],
        "previous": max(today, begin - timedelta(days=7)) if earlier else None,
        "following": min(later) if later else None,
        "zone": zone,
        "has_any": bool(by_day),
    }


# ---------------------------------------------------------------- for the specialist, staff and jobs


def words_of(booking: Booking, what: str) -> str:
    """What the client wrote as "note", "phone", "prep" or "reason", or nothing; raises `VaultLocked` without the key."""
    sealed = getattr(booking, f"{what}_sealed")
    return vault.open_sealed(sealed, f"booking:{booking.code}:{what}") if sealed else ""


def proposal_of_client(user: User, code: str) -> Proposal:
    """An offer of other times, if it was made to `user`; else `NotFound`."""
    proposal = db.session.scalar(
        select(Proposal).join(Proposal.booking).where(Proposal.code == code, Booking.client_id == user.id)
    )
    if proposal is None:
        raise NotFound()
    return proposal


def history(booking: Booking) -> Sequence[BookingMove]:
    """What happened to a booking, oldest first."""
    return db.session.scalars(
        select(BookingMove).where(BookingMove.booking_id == booking.id).order_by(BookingMove.id)
    ).all()


def marked_at(booking: Booking) -> datetime | None:
    """When the booking came into its present state."""
    return db.session.scalar(
        select(func.max(BookingMove.at)).where(BookingMove.booking_id == booking.id, BookingMove.after == booking.state)
    )


def contest_of(booking: Booking) -> Contest | None:
    """The contest about this booking, if there is one."""
    return db.session.scalar(select(Contest).where(Contest.booking_id == booking.id))


def open_contests() -> Sequence[Contest]:
    """Contests that wait for staff, oldest first."""
    return db.session.scalars(
        select(Contest)
        .options(
            joinedload(Contest.booking).joinedload(Booking.appointment),
            joinedload(Contest.booking).joinedload(Booking.specialist),
        )
        .where(Contest.outcome == Outcome.OPEN)
        .order_by(Contest.opened_at)
    ).all()


def contest(code: str) -> Contest:
    """One contest for staff; `NotFound` if there is none."""
    found = db.session.scalar(select(Contest).where(Contest.code == code))
    if found is None:
        raise NotFound()
    return found


def earlier_failures(booking: Booking) -> int:
    """How often the call of this pair has broken before."""
    return (
        db.session.scalar(
            select(func.count(Booking.id)).where(
                Booking.person_key == booking.person_key,
                Booking.specialist_id == booking.specialist_id,
                Booking.state == BookingState.TECH_FAILURE,
                Booking.id != booking.id,
            )
        )
        or 0
    )


def emergencies_this_year(specialist_id: int, now: datetime) -> int:
    """How often this specialist has cancelled with an emergency in the last 365 days."""
    return (
        db.session.scalar(
            select(func.count(Booking.id)).where(
                Booking.specialist_id == specialist_id,
                Booking.is_emergency.is_(True),
                Booking.ended_at > now - timedelta(days=365),
            )
        )
        or 0
    )


def confirmed_between(first: datetime, last: datetime, *extra: object) -> Sequence[Booking]:
    """Confirmed bookings that start from `first` to `last`, both included, for the sweeps."""
    return db.session.scalars(
        _whole()
        .where(
            Booking.state == BookingState.CONFIRMED,
            Appointment.starts_at >= first,
            Appointment.starts_at <= last,
            *extra,  # type: ignore[arg-type]
        )
        .order_by(Appointment.starts_at)
    ).all()


def lapsed_proposals(now: datetime) -> Sequence[Proposal]:
    """Offers of other times that nobody answered in time."""
    return db.session.scalars(
        select(Proposal).where(Proposal.state == ProposalState.OPEN, Proposal.lapses_at <= now)
    ).all()


# ---------------------------------------------------------------- published calendars


def feed_by_token(token: str) -> CalendarFeed | None:
    """The live feed behind a secret address, if its owner's account is active."""
    return db.session.scalar(
        select(CalendarFeed)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None), User.active.is_(True))
    )


def feeds_of(user: User) -> Sequence[CalendarFeed]:
    """The person's live feeds."""
    return db.session.scalars(
        select(CalendarFeed).where(CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None))
    ).all()


def bookings_for_feed(user_id: int, first: datetime, last: datetime) -> Sequence[Booking]:
    """What a person's published calendar shows: both their own bookings and those of their practice."""
    return db.session.scalars(
        _whole()
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .where(
            or_(Booking.client_id == user_id, Specialist.user_id == user_id),
            Booking.state.not_in((*NOT_FOR_SPECIALISTS, BookingState.UNDONE)),
            Appointment.starts_at < last,
            Appointment.ends_at > first,
        )
        .order_by(Appointment.starts_at)
    ).all()
