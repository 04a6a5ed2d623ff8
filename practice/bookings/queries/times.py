"""This file knows the free times that pages offer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from practice.accounts.models import User
from practice.bookings import free_times, picking, terms
from practice.bookings.free_times import Calendar, Wanted
from practice.bookings.limits import STRIKE_WINDOW
from practice.bookings.models import Appointment, Booking
from practice.bookings.occupancy import CELL, Occupancy, cells
from practice.bookings.states import BookingState
from practice.http.clocks import Clock
from practice.scheduling.days import day_at
from practice.scheduling.intervals import Interval
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import ProfileState
from practice.specialists.timing import Timing
from practice.store.db import UtcDateTime, db
from practice.values import clock

from .eligibility import CURRENT, IS_NAMED, LIES_THERE, RESTING, VISIBLE, takes
from .own import HELD_BY_THEM, IS_HELD

NEAREST = 5
CELL_MINUTES = int(CELL.total_seconds()) // 60


@dataclass(frozen=True)
class Looker:
    """Whoever looks at free times, as far as it matters: what they hold or move there, and who is the client.

    The same looker stands before the list and the check, so that whatever is listed is also accepted (rule S62). Of who
    moves an appointment, what they or their browser hold is found with what they have elsewhere, and is their own too.
    """

    own: tuple[Booking, ...] = ()
    client: User | None = None
    browser_key: str | None = None
    # Their specialist cancelled what they had paid for, and owes them another time or the money.
    is_owed: bool = False

    @property
    def moves(self) -> bool:
        """Whether an appointment that stands, or would, gets another time."""
        return self.is_owed or any(each.is_confirmed for each in self.own)


NOBODY = Looker()


def may_be_put_there(offer: Offer, looker: Looker = NOBODY) -> bool:
    """Whether this offer takes an appointment at all: a moved one also while paused, no consultation after strikes."""
    if looker.moves:
        return offer.specialist.is_visible
    return takes(offer.specialist, terms.of(offer.kind), clock.now())


def calendar_for(offer: Offer, now: datetime, looker: Looker = NOBODY, *, is_open: bool = False) -> Calendar:
    """When `looker` may start with this offer: the one call for every list and for the check of every action.

    `is_open` says that the caller has asked already whether this offer takes an appointment now.
    """
    if not is_open and not may_be_put_there(offer, looker):
        return free_times.CLOSED
    away, held = _theirs(offer, looker, now)
    found = free_times.calendar_of(offer.specialist_id, offer.timing, now, own=(*_own_at(offer, looker), *held))
    return replace(found, away=away) if looker.client is not None else found


def _own_at(offer: Offer, looker: Looker) -> tuple[free_times.Own, ...]:
    """What whoever looks has with the specialist of this offer."""
    return tuple(_own(each, offer) for each in looker.own if each.specialist_id == offer.specialist_id)


def _own(booking: Booking, offer: Offer) -> free_times.Own:
    chosen_at = None if booking.is_confirmed else booking.created_at
    # In another length the start that it has is another time, and can be chosen.
    lasts = booking.ends_at - booking.starts_at
    is_other = booking.is_confirmed and lasts != timedelta(minutes=offer.minutes)
    return free_times.Own(booking.appointment_id, 0 if is_other else int(booking.starts_at.timestamp()), chosen_at)


# Kept for somebody who has agreed and pays; what is kept while a form is open gives way to what they decide.
IS_RESERVED = and_(
    Booking.state == BookingState.HELD,
    Booking.held_until > bindparam("now", type_=UtcDateTime()),
    Booking.person_key.is_not(None),
)
_AHEAD = (
    select(Appointment.starts_at, Appointment.ends_at)
    .join(Booking, Booking.appointment_id == Appointment.id)
    .where(
        Appointment.ends_at > bindparam("now", type_=UtcDateTime()),
        Booking.id.not_in(bindparam("own", expanding=True)),
    )
)
_LASTS = Booking.held_until > bindparam("now", type_=UtcDateTime())
_THEIR_PRACTICE = select(Specialist.id).where(Specialist.user_id == bindparam("client")).scalar_subquery()
# As a client, and in a practice of their own, where also what somebody else holds is not theirs to give.
_STANDS = or_(
    and_(Booking.client_id == bindparam("client"), or_(Booking.state == BookingState.CONFIRMED, IS_RESERVED)),
    and_(Booking.specialist_id == _THEIR_PRACTICE, or_(Booking.state == BookingState.CONFIRMED, and_(IS_HELD, _LASTS))),
)
ELSEWHERE = _AHEAD.where(_STANDS)
_IS_HOLD = and_(IS_HELD, HELD_BY_THEM, _LASTS)
# The same, and what they hold: one question for who moves an appointment.
ELSEWHERE_AND_HELD = _AHEAD.where(or_(_STANDS, _IS_HOLD)).add_columns(
    _IS_HOLD.label("is_hold"), Booking.specialist_id, Booking.appointment_id, Booking.created_at
)


def _theirs(offer: Offer, looker: Looker, now: datetime) -> tuple[tuple[Interval, ...], tuple[free_times.Own, ...]]:
    """(where the client has something else: a time in it would be refused, what who moves holds with this offer's
    specialist: it gives way)."""
    if looker.client is None:
        return (), ()
    asked = {"client": looker.client.id, "now": now, "own": [each.id for each in looker.own]}
    if not looker.moves:
        return tuple(_interval(each) for each in db.session.execute(ELSEWHERE, asked)), ()
    rows = db.session.execute(ELSEWHERE_AND_HELD, asked | {"browser": looker.browser_key}).all()
    held = [each for each in rows if each.is_hold and each.specialist_id == offer.specialist_id]
    own = (free_times.Own(each.appointment_id, int(each.starts_at.timestamp()), each.created_at) for each in held)
    return tuple(_interval(each) for each in rows if not each.is_hold), tuple(own)


def reserved_at(client: User, specialist_id: int, starts_at: datetime, ends_at: datetime) -> Sequence[str]:
    """The codes of what this client pays for now with a specialist within [starts_at, ends_at) (UTC)."""
    asked = select(Booking.code).join(Booking.appointment)
    lies = (Appointment.starts_at < ends_at, starts_at < Appointment.ends_at, Booking.specialist_id == specialist_id)
    theirs = asked.where(IS_RESERVED, Booking.client_id == client.id, *lies)
    return db.session.scalars(theirs, {"now": clock.now()}).all()


def _interval(row: Any) -> Interval:
    return Interval(int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))


def starts_for(offer: Offer, looker: Looker = NOBODY, *, is_open: bool = False) -> tuple[int, ...]:
    """Every start (epoch seconds) that `looker` may choose: what `calendar_for` lists, from memory where it can be.

    `is_open` says that the caller has asked already whether this offer takes an appointment now.
    """
    now = clock.now()
    if not is_open and not may_be_put_there(offer, looker):
        return ()
    away, held = _theirs(offer, looker, now)
    own = (*_own_at(offer, looker), *held)
    if any(each.chosen_at is not None for each in own):
        starts = tuple(free_times.calendar_of(offer.specialist_id, offer.timing, now, own=own).starts(now))
    else:
        starts = free_times.starts_beside(own, Wanted.by(offer), now) if own else _remembered(Wanted.by(offer), now)
    return free_times.outside(starts, offer.minutes, away) if away else starts


def _remembered(wanted: Wanted, now: datetime) -> tuple[int, ...]:
    return free_times.all_starts([wanted], now)[wanted]


def nearest(offer: Offer, at: datetime, looker: Looker = NOBODY, *, count: int = NEAREST) -> list[datetime]:
    """The starts closest to `at` that `looker` may choose, in order of time; none overlaps another."""
    return picking.nearest(starts_for(offer, looker), at, count, offer.minutes)


# Pickers and calendars of other programs ask for this again and again: plain columns, put together once.
TIMES = (
    select(
        Specialist.id,
        Specialist.calendar_version,
        Specialist.state,
        Specialist.id.in_(RESTING).label("rests"),
        Offer.kind,
        Offer.minutes,
    )
    .join(Offer, Offer.specialist_id == Specialist.id)
    .where(*VISIBLE, IS_NAMED, CURRENT)
)


def starts_at(slug: str, code: str = "") -> tuple[int, ...] | None:
    """Every free start (epoch seconds) of an offer on a visible profile, in one query unless something changed.

    None where there is no current offer of that code; without a code it is the free consultation.
    """
    found = db.session.execute(TIMES, _asked(slug, code)).first()
    return None if found is None else _starts_of(found)


def _asked(slug: str, code: str) -> dict[str, Any]:
    return {"slug": slug, "code": code, "since": clock.now() - STRIKE_WINDOW}


def _starts_of(found: Any) -> tuple[int, ...]:
    if found.state != ProfileState.PUBLISHED or (found.rests and terms.of(found.kind).rests_after_strikes):
        return ()
    return _remembered(Wanted(found.id, Timing(found.kind, found.minutes), found.calendar_version), clock.now())


# In a rush most attempts come too late: they are told so after this one question, and never wait for the calendar.
GONE = TIMES.add_columns(
    exists()
    .where(
        Occupancy.person_id == Specialist.user_id,
        Occupancy.cell < bindparam("first") + Offer.minutes // CELL_MINUTES,
        *LIES_THERE,
        func.coalesce(Booking.browser_key, "-") != bindparam("browser"),
        func.coalesce(Booking.client_id, 0)
        != func.coalesce(select(User.id).where(User.fs_uniquifier == bindparam("account")).scalar_subquery(), -1),
    )
    .label("is_gone")
)


def nearest_if_gone(slug: str, code: str, at: datetime, *, account: str, browser: str) -> list[datetime] | None:
    """The free starts closest to `at` if somebody else has that time, else None; a look without a lock.

    `account` is the name of an account in cookies and `browser` a browser's keyed hash; either may be empty.
    """
    asked = _asked(slug, code) | {"first": cells(at, at).start, "now": clock.now()}
    found = db.session.execute(GONE, asked | {"account": account, "browser": browser}).first()
    return picking.nearest(_starts_of(found), at, NEAREST, found.minutes) if found and found.is_gone else None


def next_starts(wanted: Collection[Wanted], count: int = 3) -> dict[Wanted, tuple[int, ...]]:
    """The next free starts of each list: for cards; no query when nothing changed."""
    return free_times.next_starts(wanted, count, clock.now())


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
