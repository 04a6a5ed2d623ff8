"""This file knows which times are free: calendars read in few queries, and starts kept until something changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, literal, null, or_, select, union_all

from practice.availability import queries as availability
from practice.scheduling.days import span_of
from practice.scheduling.hours import OpenHours, local_day, zone_on
from practice.scheduling.intervals import Interval
from practice.scheduling.rules import Reason
from practice.scheduling.slots import BookingRules, Busy, busy_window, open_slots, room_left
from practice.specialists.models import Offer, Specialist
from practice.specialists.timing import Timing
from practice.store.db import UtcDateTime, db
from practice.store.memory import Memory
from practice.store.notes import noted

from .models import Appointment, Booking
from .picking import spread
from .states import BookingState

QUARTER = 15 * 60
MOST_REMEMBERED = 20_000  # lists of starts in memory; one that is still right is kept anew each quarter of an hour
CALENDARS = "calendars"  # that this transaction holds, noted by `claims`
MOST_BESIDE = 1_000  # lists for people who move an appointment of theirs: each is one person's


class Own(NamedTuple):
    """An appointment of the one who asks, which stands in nobody's way but others'. `chosen_at` is None once it stands.

    What is held for somebody does not become too late under their hands: its notice counts from when it was chosen.
    The time that an appointment has already is no other time.
    """

    id: int
    starts_at: int
    chosen_at: datetime | None


@dataclass(frozen=True)
class Calendar:
    """Everything that decides when an offer of one specialist may start, for the one who asks.

    `own` is what the asker holds or moves here, `away` where they have something else. At `frees_at` (epoch seconds)
    the first hold of another runs out, if there is one.
    """

    hours: OpenHours
    rules: BookingRules
    busy: tuple[Busy, ...] = ()
    own: tuple[Own, ...] = ()
    away: tuple[Interval, ...] = ()
    frees_at: int | None = None

    def starts(self, now: datetime, window: tuple[int, int] | None = None) -> list[int]:
        """Free starts, epoch seconds in order: the one function for the list and for the check."""
        found = self._free(now, window)
        if not self.own and not self.away:
            return found
        kept = [each.starts_at for each in self.own if self._is_remembered(each, window)]
        already = {each.starts_at for each in self.own if each.chosen_at is None}
        return list(outside(sorted({*found, *kept} - already), self.rules.length, self.away))

    def _free(self, now: datetime, window: tuple[int, int] | None) -> list[int]:
        return open_slots(self.hours, self.busy, self.rules, now, window)

    def _is_remembered(self, own: Own, window: tuple[int, int] | None) -> bool:
        at, chosen_at = own.starts_at, own.chosen_at
        in_window = window is None or window[0] <= at < window[1]
        return chosen_at is not None and in_window and bool(self._free(chosen_at, (at, at + 1)))

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

    def has_free(self, start: datetime, now: datetime) -> bool:
        """True if `start` is in the list."""
        at = int(start.timestamp())
        return bool(self.starts(now, (at, at + 1)))


def calendars(
    asked: Collection[tuple[int, Timing]], now: datetime, *, own: Iterable[int] = ()
) -> dict[tuple[int, Timing], Calendar]:
    """The calendars of each (specialist id, timing of an offer) in a fixed number of queries.

    `own` are bookings not in the way. Who has never saved any hours is left out.
    """
    open_calendars = availability.calendars_of(asked)
    spans = [busy_window(hours, rules, now) for hours, rules in open_calendars.values()]
    if not spans:
        return {}
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    taken = busy_of({each for each, _ in open_calendars}, first, last, now, own=frozenset(own))
    return {
        (each, timing): Calendar(
            hours,
            rules,
            tuple(_with_gaps(taken_there.busy, rules) for taken_there in taken.get(each, ())),
            frees_at=min((t.frees_at for t in taken.get(each, ()) if t.frees_at is not None), default=None),
        )
        for (each, timing), (hours, rules) in open_calendars.items()
    }


CLOSED = Calendar(OpenHours("UTC"), BookingRules(length=30, step=15))


def calendar_of(specialist_id: int, timing: Timing, now: datetime, *, own: Sequence[Own] = ()) -> Calendar:
    """One specialist's calendar for the owner of `own`; an empty one if they never set hours."""
    asked = specialist_id, timing
    found = calendars([asked], now, own=[each.id for each in own]).get(asked)
    return replace(found, own=tuple(own)) if found else CLOSED


def outside(starts: Sequence[int], minutes: int, away: Sequence[Interval]) -> tuple[int, ...]:
    """Of these starts, in order, those of appointments of this length that share no moment with any of `away`."""
    left = tuple(starts)
    for each in away:
        first = bisect_right(left, each.starts_at - minutes * 60)
        left = left[:first] + left[bisect_left(left, each.ends_at, lo=first) :]
    return left


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


class Taken(NamedTuple):
    """Busy time, and when it is free again by itself (epoch seconds), which only a hold is."""

    busy: Busy
    frees_at: int | None


_LASTS = and_(Booking.state == BookingState.HELD, Booking.held_until > bindparam("now", type_=UtcDateTime()))
_THEN = (
    Appointment.starts_at < bindparam("last", type_=UtcDateTime()),
    Appointment.ends_at > bindparam("first", type_=UtcDateTime()),
)
_IN_THEIR_PRACTICE = (
    select(
        Appointment.specialist_id,
        Appointment.starts_at,
        Appointment.ends_at,
        Appointment.kind,
        func.max(case((Booking.state == BookingState.HELD, 0), else_=1)).label("is_booked"),
        func.max(Booking.held_until).label("held_until"),
        Appointment.id,
        literal(0).label("is_elsewhere"),
    )
    .join(Booking, Booking.appointment_id == Appointment.id)
    .where(
        Appointment.specialist_id.in_(bindparam("ids", expanding=True)),
        *_THEN,
        or_(Booking.state.in_(TAKES_PART), _LASTS),
    )
    # Once, however many come to it.
    .group_by(Appointment.id)
)
# Where a specialist is a client: it takes their time, and counts towards no limit of their practice.
_ELSEWHERE = (
    select(
        Specialist.id,
        Appointment.starts_at,
        Appointment.ends_at,
        null(),
        case((Booking.state == BookingState.HELD, 0), else_=1),
        Booking.held_until,
        Appointment.id,
        literal(1),
    )
    .join(Booking, Booking.client_id == Specialist.user_id)
    .join(Appointment, Appointment.id == Booking.appointment_id)
    .where(
        Specialist.id.in_(bindparam("ids", expanding=True)),
        *_THEN,
        or_(Booking.state == BookingState.CONFIRMED, _LASTS),
    )
)
# Each list and each check asks this, so it is put together once.
TAKEN = union_all(_IN_THEIR_PRACTICE, _ELSEWHERE).order_by("starts_at")


def busy_of(
    ids: Collection[int], first: int, last: int, now: datetime, *, own: frozenset[int] = frozenset()
) -> dict[int, list[Taken]]:
    """What is taken of each specialist in [first, last) epoch seconds: appointments with a booking that counts, or a
    hold that has not run out, and what they have elsewhere as a client. `own` are ids of appointments."""
    within = {"first": datetime.fromtimestamp(first, UTC), "last": datetime.fromtimestamp(last, UTC)}
    rows = db.session.execute(TAKEN, within | {"ids": list(ids), "now": now})
    found: dict[int, list[Taken]] = {}
    for specialist_id, starts_at, ends_at, kind, is_booked, held_until, appointment_id, is_elsewhere in rows:
        frees_at = None if is_booked or held_until is None else int(held_until.timestamp())
        reason: Reason = "busy_elsewhere" if is_elsewhere else "booking" if frees_at is None else "hold"
        span = int(starts_at.timestamp()), int(ends_at.timestamp())
        busy = Busy(*span, counts=not is_elsewhere, kind=kind, reason=reason, own=appointment_id in own)
        found.setdefault(specialist_id, []).append(Taken(busy, frees_at))
    return found


def _with_gaps(busy: Busy, rules: BookingRules) -> Busy:
    return busy._replace(before=rules.before, after=rules.after)


# ---------------------------------------------------------------- kept lists


class Wanted(NamedTuple):
    """Which list: whose, for offers of which timing, and the version of the calendar as it was read a moment ago."""

    specialist_id: int
    timing: Timing
    version: int

    @classmethod
    def by(cls, offer: Offer) -> Wanted:
        """The list of this offer; its specialist's row was read in this very request."""
        return cls(offer.specialist_id, offer.timing, offer.specialist.calendar_version)


@dataclass(frozen=True)
class _Remembered:
    """A list of starts as it was computed; right until the version, the local day or the first hold's end changes."""

    version: int
    starts: tuple[int, ...]
    notice: int
    day: date
    hours: OpenHours
    until: int
    sure_until: int  # nobody's date changes before: no zone's midnight lies between two quarters of an hour

    def checked(self, now: datetime) -> _Remembered | None:
        """The same list if it is right at `now`, checked until the next quarter of an hour; else None."""
        at = int(now.timestamp())
        if at >= self.until or local_day(now, self.hours) != self.day:
            return None
        return replace(self, sure_until=min(self.until, (at // QUARTER + 1) * QUARTER))

    def still_open(self, at: float) -> tuple[int, ...]:
        """Time passes: what lies within the notice at `at` (epoch seconds) drops out, nothing else changes."""
        return self.starts[bisect_left(self.starts, -(-at // 1) + self.notice) :]


_remembered: Memory[tuple[int, Timing], _Remembered] = Memory(MOST_REMEMBERED)
_beside: Memory[tuple[int, Timing, tuple[Own, ...]], _Remembered] = Memory(MOST_BESIDE)
_computing = Lock()


def all_starts(wanted: Collection[Wanted], now: datetime) -> dict[Wanted, tuple[int, ...]]:
    """Every free start of each list, epoch seconds; only what is not kept is computed.

    A list is never older than the version that was read: the one of a newer version serves as well. Of a calendar that
    this transaction holds it is what nobody else may see yet, and what it changes next changes no version: not kept.
    """
    if held := [each for each in wanted if each.specialist_id in noted(CALENDARS)]:
        others = [each for each in wanted if each not in held]
        return (all_starts(others, now) if others else {}) | _compute(held, now, keeps=False)
    found = _known(wanted, now)
    if len(found) == len(wanted):
        return found
    # After a booking everybody misses the same list. One thread computes it, the others find it done.
    with _computing:
        found |= _known([each for each in wanted if each not in found], now)
        missing = [each for each in wanted if each not in found]
        return found | _compute(missing, now) if missing else found


def _known(wanted: Iterable[Wanted], now: datetime) -> dict[Wanted, tuple[int, ...]]:
    """The lists that are kept and right at `now`."""
    found: dict[Wanted, tuple[int, ...]] = {}
    at = now.timestamp()
    for each in wanted:
        kept = _remembered.peek(each[:2])
        if kept is None or kept.version < each.version:
            continue
        if at >= kept.sure_until:
            kept = kept.checked(now)
            if kept is None:
                continue
            _remembered.keep(each[:2], kept)
        found[each] = kept.still_open(at)
    return found


def starts_beside(own: tuple[Own, ...], wanted: Wanted, now: datetime) -> tuple[int, ...]:
    """The same list for the owner of appointments that stand: they are in nobody's way but others'.

    What is only held has a notice of its own, so that its list cannot be remembered; raises ValueError.
    """
    if any(each.chosen_at is not None for each in own):
        raise ValueError("only what stands can be remembered")
    if wanted.specialist_id in noted(CALENDARS):
        return tuple(calendar_of(wanted.specialist_id, wanted.timing, now, own=own).starts(now))
    key = wanted.specialist_id, wanted.timing, own
    found = _beside.get(key)
    if found is None or found.version < wanted.version or (found := found.checked(now)) is None:
        calendar = calendar_of(wanted.specialist_id, wanted.timing, now, own=own)
        found = _remember(calendar, wanted.version, now)
        _beside.keep(key, found)
    return found.still_open(now.timestamp())


def next_starts(wanted: Collection[Wanted], count: int, now: datetime) -> dict[Wanted, tuple[int, ...]]:
    """The next `count` free starts of each list, at least a little apart so that they are real choices."""
    return {each: spread(starts, count) for each, starts in all_starts(wanted, now).items()}


def _compute(wanted: Sequence[Wanted], now: datetime, *, keeps: bool = True) -> dict[Wanted, tuple[int, ...]]:
    found: dict[Wanted, tuple[int, ...]] = dict.fromkeys(wanted, ())
    open_calendars = calendars([each[:2] for each in wanted], now)
    for each in wanted:
        if (calendar := open_calendars.get(each[:2])) is not None:
            kept = _remember(calendar, each.version, now)
            if keeps:
                _remembered.keep(each[:2], kept)
            found[each] = kept.still_open(now.timestamp())
    return found


def _remember(calendar: Calendar, version: int, now: datetime) -> _Remembered:
    """Compute without notice: the notice is applied at each read, against the clock of that moment."""
    starts = replace(calendar, rules=replace(calendar.rules, notice=0)).starts(now)
    tomorrow = int((now + timedelta(days=1)).timestamp())
    return _Remembered(
        version,
        tuple(starts),
        calendar.rules.notice * 60,
        local_day(now, calendar.hours),
        calendar.hours,
        min(calendar.frees_at or tomorrow, tomorrow),
        sure_until=0,
    )
