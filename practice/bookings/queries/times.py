"""This file knows the free times that pages offer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, select

from practice.accounts.models import User
from practice.bookings import free_times, terms
from practice.bookings.free_times import Calendar
from practice.bookings.models import Appointment, Booking, Occupancy, cells
from practice.bookings.policy import CONSULT_LENGTH, STRIKE_WINDOW
from practice.bookings.states import BookingState
from practice.http.clocks import Clock
from practice.scheduling.days import day_at
from practice.scheduling.intervals import Interval
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import OfferKind, ProfileState
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from .eligibility import LIES_THERE, RESTING, resting, takes

NEAREST = 5


@dataclass(frozen=True)
class Looker:
    """Whoever looks at free times, as far as it matters: what they hold or move there, and who is the client.

    The same looker stands before the list and the check, so that whatever is listed is also accepted (rule S62).
    """

    own: tuple[Booking, ...] = ()
    client: User | None = None


NOBODY = Looker()


def may_be_put_there(offer: Offer, looker: Looker = NOBODY) -> bool:
    """Whether this offer takes an appointment at all: a moved one also while paused, no consultation after strikes."""
    if any(each.is_confirmed for each in looker.own):
        return offer.specialist.is_visible
    return takes(offer.specialist, terms.of(offer.kind), clock.now())


def calendar_for(offer: Offer, now: datetime, looker: Looker = NOBODY) -> Calendar:
    """When `looker` may start with this offer: the one call for every list and for the check of every action."""
    if not may_be_put_there(offer, looker):
        return free_times.CLOSED
    own = [_own(each) for each in looker.own if each.specialist_id == offer.specialist_id]
    found = free_times.calendar_of(offer.specialist_id, OfferKind(offer.kind), now, minutes=offer.minutes, own=own)
    return replace(found, away=_elsewhere(looker, now)) if looker.client is not None else found


def _own(booking: Booking) -> free_times.Own:
    is_held = booking.state == BookingState.HELD
    return free_times.Own(booking.id, int(booking.starts_at.timestamp()), booking.created_at if is_held else None)


def _elsewhere(looker: Looker, now: datetime) -> tuple[Interval, ...]:
    """Where the client has something else: a time in it would be refused."""
    rows = db.session.execute(
        select(Appointment.starts_at, Appointment.ends_at)
        .join(Booking, Booking.appointment_id == Appointment.id)
        .where(
            Booking.client_id == (looker.client.id if looker.client else None),
            Booking.state == BookingState.CONFIRMED,
            Appointment.ends_at > now,
            Booking.id.not_in([each.id for each in looker.own]),
        )
    )
    return tuple(Interval(int(starts.timestamp()), int(ends.timestamp())) for starts, ends in rows)


def starts_for(offer: Offer, looker: Looker = NOBODY, *, is_open: bool = False) -> tuple[int, ...]:
    """Every start (epoch seconds) that `looker` may choose: what `calendar_for` lists, from memory where it can be.

    `is_open` says that the caller has asked already whether this offer takes an appointment now.
    """
    now = clock.now()
    has_own = any(each.specialist_id == offer.specialist_id for each in looker.own)
    if has_own or offer.kind not in terms.ONE_PER_PAIR or offer.minutes * 60 != CONSULT_LENGTH.total_seconds():
        return tuple(calendar_for(offer, now, looker).starts(now))
    starts = all_starts(offer.specialist) if is_open or may_be_put_there(offer, looker) else ()
    away = _elsewhere(looker, now) if looker.client is not None else ()
    return free_times.outside(starts, offer.minutes, away) if away else starts


def nearest(offer: Offer, at: datetime, looker: Looker = NOBODY, *, count: int = NEAREST) -> list[datetime]:
    """The starts closest to `at` that `looker` may choose, in order of time."""
    return _nearest(starts_for(offer, looker), at, count)


def _nearest(starts: Sequence[int], at: datetime, count: int = NEAREST) -> list[datetime]:
    wanted = int(at.timestamp())
    place = bisect_left(starts, wanted)
    around = starts[max(0, place - count) : place + count]
    return [
        datetime.fromtimestamp(start, UTC) for start in sorted(sorted(around, key=lambda s: abs(s - wanted))[:count])
    ]


def all_starts(specialist: Specialist, kind: OfferKind = OfferKind.CONSULT) -> tuple[int, ...]:
    """Every free start of one specialist (epoch seconds), kept in memory until something changes."""
    if not specialist.is_published:
        return ()
    # The row was read in this very request, or is read again here because a transaction ended since.
    return free_times.all_starts([(specialist.id, specialist.calendar_version)], kind, clock.now())[specialist.id]


# Pickers and calendars of other programs ask for this again and again: plain columns, put together once.
TIMES = (
    select(Specialist.id, Specialist.calendar_version, Specialist.state, Specialist.id.in_(RESTING).label("rests"))
    .join(Offer, Offer.specialist_id == Specialist.id)
    .where(
        Specialist.slug == bindparam("slug"),
        Specialist.state.in_((ProfileState.PUBLISHED, ProfileState.PAUSED)),
        Offer.kind == bindparam("kind"),
        Offer.ended_at.is_(None),
    )
)


def starts_at(slug: str, kind: OfferKind = OfferKind.CONSULT) -> tuple[int, ...]:
    """Every free start (epoch seconds) on a visible profile, in one query unless something changed; else `NotFound`."""
    asked = {"slug": slug, "kind": kind, "since": clock.now() - STRIKE_WINDOW}
    found = db.session.execute(TIMES, asked).first()
    if found is None:
        raise NotFound()
    return _starts_of(found, kind)


def _starts_of(found: Any, kind: OfferKind) -> tuple[int, ...]:
    if found.state != ProfileState.PUBLISHED or (found.rests and terms.of(kind).rests_after_strikes):
        return ()
    return free_times.all_starts([(found.id, found.calendar_version)], kind, clock.now())[found.id]


# In a rush most attempts come too late: they are told so after this one question, and never wait for the calendar.
GONE = TIMES.add_columns(
    exists()
    .where(
        Occupancy.owner_id == Specialist.id,
        *LIES_THERE,
        func.coalesce(Booking.browser_key, "-") != bindparam("browser"),
        func.coalesce(Booking.client_id, 0)
        != func.coalesce(select(User.id).where(User.fs_uniquifier == bindparam("account")).scalar_subquery(), -1),
    )
    .label("is_gone")
)


def nearest_if_gone(slug: str, at: datetime, *, account: str, browser: str) -> list[datetime] | None:
    """The free starts closest to `at` if somebody else has that time, else None; a look without a lock.

    `account` is the name of an account in cookies and `browser` a browser's keyed hash; either may be empty.
    """
    span, now = cells(at, at + CONSULT_LENGTH), clock.now()
    asked = {"slug": slug, "kind": OfferKind.CONSULT, "first": span.start, "stop": span.stop, "now": now}
    asked["since"] = now - STRIKE_WINDOW
    found = db.session.execute(GONE, asked | {"account": account, "browser": browser}).first()
    return _nearest(_starts_of(found, OfferKind.CONSULT), at) if found and found.is_gone else None


def next_starts(
    versions: Sequence[tuple[int, int]], kind: OfferKind = OfferKind.CONSULT, count: int = 3
) -> dict[int, tuple[int, ...]]:
    """The next free starts of each (specialist id, calendar version): for cards; no query when nothing changed."""
    return free_times.next_starts(versions, kind, count, clock.now())


def others_with_times(specialist: Specialist, limit: int = 3) -> list[tuple[Specialist, datetime]]:
    """Published colleagues who share a topic and have a free time: the way on when a "no" was the answer."""
    topics = [each.topic_id for each in specialist.topics]
    paused = resting()
    rows = db.session.scalars(
        select(Specialist)
        .join(Offer, and_(Offer.specialist_id == Specialist.id, Offer.ended_at.is_(None)))
        .where(
            Specialist.state == ProfileState.PUBLISHED,
            Specialist.id != specialist.id,
            Offer.kind.in_(terms.ONE_PER_PAIR),
            Specialist.topics.any(topic_id=topics[0]) if topics else Specialist.id > 0,
        )
        .order_by(Specialist.id)
        .limit(limit * 3)
    ).all()
    starts = next_starts([(row.id, row.calendar_version) for row in rows if row.id not in paused], count=1)
    found = [(row, datetime.fromtimestamp(starts[row.id][0], UTC)) for row in rows if starts.get(row.id)]
    return sorted(found, key=lambda pair: pair[1])[:limit]


def week_of_slots(starts: Sequence[int], reader: Clock, first: date | None = None) -> dict[str, object]:
    """Seven dates of the reader's own with these starts (in order), and where the week before and after begin.

    Without `first`, the week of the first of them.
    """

    def day_of(start: int) -> date:
        return day_at(start, reader.stays)

    today = reader.day_at(clock.now())
    begin = max(first or (day_of(starts[0]) if starts else today), today)
    days = [begin + timedelta(days=number) for number in range(8)]
    places = [bisect_left(starts, on, key=day_of) for on in days]
    return {
        "days": [
            {"on": on, "starts": [datetime.fromtimestamp(start, UTC) for start in starts[place:end]]}
            for on, (place, end) in zip(days, pairwise(places), strict=False)
        ],
        "previous": max(today, begin - timedelta(days=7)) if places[0] > 0 else None,
        "following": day_of(starts[places[7]]) if places[7] < len(starts) else None,
        "has_any": bool(starts),
    }
