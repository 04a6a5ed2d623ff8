"""This file knows which times are free: calendars read in few queries, and starts kept until something changes."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Literal, NamedTuple

from sqlalchemy import and_, or_, select

from practice.availability import queries as availability
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, local_day, zone_on
from practice.scheduling.intervals import Interval
from practice.scheduling.slots import BookingRules, Busy, busy_window, open_slots, room_left
from practice.specialists.states import OfferKind
from practice.store.db import db

from .models import Appointment, Booking
from .policy import CONSULT_LENGTH
from .states import BookingState

QUARTER = 15 * 60
APART = 3 * 3600  # seconds between two times that are a real choice
KEPT = 20_000  # lists of starts in memory, the least used go first


class Own(NamedTuple):
    """A booking of the one who asks, which stands in nobody's way but others'. `chosen_at` is None for an appointment.

    What is held for somebody does not become too late under their hands: its notice counts from when it was chosen.
    The time that an appointment has already is no other time.
    """

    id: int
    starts_at: int
    chosen_at: datetime | None


@dataclass(frozen=True)
class Calendar:
    """Everything that decides when one kind of offer of one specialist may start, for the one who asks.

    `own` is what the asker holds or moves here, `away` where they have something else.
    """

    hours: OpenHours
    rules: BookingRules
    busy: tuple[Busy, ...] = ()
    own: tuple[Own, ...] = ()
    away: tuple[Interval, ...] = ()

    def starts(self, now: datetime, window: tuple[int, int] | None = None) -> list[int]:
        """Free starts, epoch seconds in order: the one function for the list and for the check."""
        found = self._free(now, window)
        if not self.own and not self.away:
            return found
        kept = [each.starts_at for each in self.own if self._is_kept(each, window)]
        already = {each.starts_at for each in self.own if each.chosen_at is None}
        return list(outside(sorted({*found, *kept} - already), self.rules.length, self.away))

    def _free(self, now: datetime, window: tuple[int, int] | None) -> list[int]:
        return open_slots(self.hours, self.busy, self.rules, now, window)

    def _is_kept(self, own: Own, window: tuple[int, int] | None) -> bool:
        at, chosen_at = own.starts_at, own.chosen_at
        is_asked = window is None or window[0] <= at < window[1]
        return chosen_at is not None and is_asked and bool(self._free(chosen_at, (at, at + 1)))

    def left_after(self, start: datetime, now: datetime) -> int:
        """How many appointments would still be possible on that local day, its caps and its week's kept, if `start`
        were taken too."""
        at = int(start.timestamp())
        taken = Busy(at, at + self.rules.length * 60, self.rules.before, self.rules.after, kind=self.rules.kind)
        day = local_day(start, self.hours)
        without = replace(self, busy=(*self.busy, taken), own=())
        fit = _that_fit(without.starts(now, span_of(day, day, self.hours.stays)), self.rules)
        room = room_left(day, self.hours, without.busy, self.rules)
        return fit if room is None else min(fit, room)

    def zone_at(self, instant: datetime) -> str:
        """The zone in which the specialist is then."""
        return zone_on(local_day(instant, self.hours), self.hours)

    def offers(self, start: datetime, now: datetime) -> bool:
        """True if `start` is in the list."""
        at = int(start.timestamp())
        return bool(self.starts(now, (at, at + 1)))


def calendars(
    ids: Sequence[int], kind: OfferKind, now: datetime, *, minutes: int | None = None, own: Iterable[int] = ()
) -> dict[int, Calendar]:
    """The calendars of several specialists in a fixed number of queries; `own` are bookings not in the way."""
    length = minutes or int(CONSULT_LENGTH.total_seconds() // 60)
    open_calendars = availability.calendars_of(ids, kind, length)
    spans = [busy_window(hours, rules, now) for hours, rules in open_calendars.values()]
    if not spans:
        return {}
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    taken = busy_of(ids, first, last, now, own=frozenset(own))
    return {
        each: Calendar(hours, rules, tuple(_with_gaps(busy, rules) for busy in taken.get(each, ())))
        for each, (hours, rules) in open_calendars.items()
    }


CLOSED = Calendar(OpenHours("UTC"), BookingRules(length=30, step=15))


def calendar_of(
    specialist_id: int, kind: OfferKind, now: datetime, *, minutes: int | None = None, own: Sequence[Own] = ()
) -> Calendar:
    """One specialist's calendar for the owner of `own`; an empty one if they never set hours."""
    found = calendars([specialist_id], kind, now, minutes=minutes, own=[each.id for each in own]).get(specialist_id)
    return replace(found, own=tuple(own)) if found else CLOSED


def outside(starts: Iterable[int], minutes: int, away: Sequence[Interval]) -> tuple[int, ...]:
    """The starts of appointments of this length that share no moment with any of `away`."""
    spans = ((start, start + minutes * 60) for start in starts)
    return tuple(at for at, ends in spans if not any(at < each.ends_at and each.starts_at < ends for each in away))


def _that_fit(starts: Iterable[int], rules: BookingRules) -> int:
    """How many of these starts could be booked together, the gap between two kept."""
    apart = (rules.length + max(rules.before, rules.after)) * 60
    count, free_from = 0, 0
    for start in starts:
        if start >= free_from:
            count, free_from = count + 1, start + apart
    return count


# What took place, or was meant to, still counts towards the caps of its day and week.
TAKES_PART = (
    BookingState.CONFIRMED,
    BookingState.COMPLETED,
    BookingState.CLIENT_MISSED,
    BookingState.SPECIALIST_MISSED,
    BookingState.TECH_FAILURE,
)


def busy_of(
    ids: Sequence[int], first: int, last: int, now: datetime, *, own: frozenset[int] = frozenset()
) -> dict[int, list[Busy]]:
    """What is taken in [first, last) epoch seconds: bookings that count, and holds that have not run out."""
    stands = or_(Booking.state.in_(TAKES_PART), and_(Booking.state == BookingState.HELD, Booking.held_until > now))
    rows = db.session.execute(
        select(
            Appointment.specialist_id,
            Appointment.starts_at,
            Appointment.ends_at,
            Appointment.kind,
            Booking.state,
            Booking.id,
        )
        .join(Booking, Booking.appointment_id == Appointment.id)
        .where(
            Appointment.specialist_id.in_(ids),
            Appointment.starts_at < datetime.fromtimestamp(last, UTC),
            Appointment.ends_at > datetime.fromtimestamp(first, UTC),
            stands,
        )
        .order_by(Appointment.starts_at)
    )
    found: dict[int, list[Busy]] = {}
    for specialist_id, starts_at, ends_at, kind, state, booking_id in rows:
        reason: Literal["hold", "booking"] = "hold" if state == BookingState.HELD else "booking"
        span = int(starts_at.timestamp()), int(ends_at.timestamp())
        taken = Busy(*span, kind=kind, reason=reason, own=booking_id in own)
        found.setdefault(specialist_id, []).append(taken)
    return found


def _with_gaps(busy: Busy, rules: BookingRules) -> Busy:
    return busy._replace(before=rules.before, after=rules.after)


# ---------------------------------------------------------------- kept lists


@dataclass(frozen=True)
class _Kept:
    """A list of starts as it was computed; right until the version, the local day or the first hold's end changes."""

    starts: tuple[int, ...]
    notice: int
    day: date
    hours: OpenHours
    until: int
    sure_until: int  # nobody's date changes before: no zone's midnight lies between two quarters of an hour

    def checked(self, now: datetime) -> _Kept | None:
        """The same list if it is right at `now`, checked until the next quarter of an hour; else None."""
        at = int(now.timestamp())
        if at >= self.until or local_day(now, self.hours) != self.day:
            return None
        return replace(self, sure_until=min(self.until, (at // QUARTER + 1) * QUARTER))

    def still_open(self, at: float) -> tuple[int, ...]:
        """Time passes: what lies within the notice at `at` (epoch seconds) drops out, nothing else changes."""
        return self.starts[bisect_left(self.starts, -(-at // 1) + self.notice) :]


_kept: OrderedDict[tuple[int, int, str], _Kept] = OrderedDict()
_lock = Lock()
_computing = Lock()


def forget() -> None:
    """Drop every kept list: the database under this process was replaced."""
    with _lock:
        _kept.clear()


def all_starts(versions: Sequence[tuple[int, int]], kind: OfferKind, now: datetime) -> dict[int, tuple[int, ...]]:
    """Every free start of each (specialist id, calendar version), epoch seconds; only what is not kept is computed.

    The version was read from the database a moment ago, so a list is never older than the last change.
    """
    found = _known(versions, kind, now)
    if len(found) == len(versions):
        return found
    # After a booking everybody misses the same list. One thread computes it, the others find it done.
    with _computing:
        found |= _known([pair for pair in versions if pair[0] not in found], kind, now)
        missing = {each: version for each, version in versions if each not in found}
        return found | _compute(missing, kind, now) if missing else found


def _known(versions: Sequence[tuple[int, int]], kind: OfferKind, now: datetime) -> dict[int, tuple[int, ...]]:
    """The lists that are kept and right at `now`."""
    found: dict[int, tuple[int, ...]] = {}
    at = now.timestamp()
    for each, version in versions:
        kept = _kept.get((each, version, kind))
        if kept is not None and at >= kept.sure_until and (kept := kept.checked(now)) is not None:
            _store((each, version, kind), kept)
        if kept is not None:
            found[each] = kept.still_open(at)
    return found


def next_starts(
    versions: Sequence[tuple[int, int]], kind: OfferKind, count: int, now: datetime
) -> dict[int, tuple[int, ...]]:
    """The next `count` free starts of each specialist, at least a little apart so that they are real choices."""
    return {each: spread(starts, count) for each, starts in all_starts(versions, kind, now).items()}


def spread(starts: Sequence[int], count: int) -> tuple[int, ...]:
    """Not 9:00, 9:15 and 9:30: the first, then ones three hours later or more, filled up if there are too few."""
    chosen: list[int] = []
    for start in starts:
        if not chosen or start >= chosen[-1] + APART:
            chosen.append(start)
            if len(chosen) == count:
                return tuple(chosen)
    others = [start for start in starts if start not in chosen]
    return tuple(sorted(chosen + others[: count - len(chosen)]))


def _compute(versions: dict[int, int], kind: OfferKind, now: datetime) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = dict.fromkeys(versions, ())
    for each, calendar in calendars(list(versions), kind, now).items():
        kept = _keep(calendar, each, now)
        _store((each, versions[each], kind), kept)
        found[each] = kept.still_open(now.timestamp())
    return found


def _store(key: tuple[int, int, str], kept: _Kept) -> None:
    with _lock:
        _kept[key] = kept
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _keep(calendar: Calendar, specialist_id: int, now: datetime) -> _Kept:
    """Compute without notice: the notice is applied at each read, against the clock of that moment."""
    rules = replace(calendar.rules, notice=0)
    starts = open_slots(calendar.hours, calendar.busy, rules, now)
    return _Kept(
        tuple(starts),
        calendar.rules.notice * 60,
        local_day(now, calendar.hours),
        calendar.hours,
        _first_hold_end(specialist_id, calendar, now),
        sure_until=0,
    )


def _first_hold_end(specialist_id: int, calendar: Calendar, now: datetime) -> int:
    if not any(busy.reason == "hold" for busy in calendar.busy):
        return int((now + timedelta(days=1)).timestamp())
    ends = db.session.scalar(
        select(Booking.held_until)
        .where(Booking.specialist_id == specialist_id, Booking.state == BookingState.HELD, Booking.held_until > now)
        .order_by(Booking.held_until)
        .limit(1)
    )
    return int(ends.timestamp()) if ends else int(now.timestamp())
