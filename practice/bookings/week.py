"""This file knows a week as blocks of time on the specialist's own clock, also on nights when clocks change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from practice.scheduling.days import stretches_of
from practice.scheduling.hours import OpenHours, week_of, zone_on
from practice.scheduling.intervals import Interval, intersect

from .models import Booking

EARLIEST, LATEST = 8, 18  # hours that a week always shows
FAR = 5 * 366  # days that one may look ahead or back
_WEEK = re.compile(r"(\d{4})-W(\d{1,2})", re.ASCII)


def instant(at: int) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(at, UTC)


@dataclass(frozen=True)
class Piece:
    """Where a block stands in a day's column: minutes on that day's wall clock. `again`: the hour that comes twice."""

    starts: int
    lasts: int
    again: bool = False


@dataclass(frozen=True)
class Block:
    """A stretch of one day: open, free, off, gap, held, or a kind of offer. Epoch seconds; whoever booked it, if it is
    one: of a group all of them."""

    what: str
    starts_at: int
    ends_at: int
    pieces: tuple[Piece, ...] = ()
    bookings: tuple[Booking, ...] = ()

    @property
    def is_booked(self) -> bool:
        return bool(self.bookings) and self.what != "held"

    @property
    def begins(self) -> datetime:
        return instant(self.starts_at)

    @property
    def ends(self) -> datetime:
        return instant(self.ends_at)


@dataclass(frozen=True)
class Day:
    """One local date: its zone, what fills it, and what is unusual about its clock."""

    on: date
    zone: str
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, *what: str) -> list[Block]:
        """The blocks of these sorts, in order of time."""
        return [block for block in self.blocks if block.what in what]


def day_of(on: date, hours: OpenHours, blocks: Iterable[Block]) -> Day:
    """What of `blocks` lies on one local date."""
    zone = zone_on(on, hours)
    stretches = stretches_of(on, hours.stays)
    own = [part for block in blocks for part in _parts(block, stretches, on, zone)]
    own.sort(key=lambda block: (block.starts_at, block.what != "open", block.ends_at))
    return Day(on, zone, tuple(own), tuple(_notes(on, hours, stretches)))


def _parts(block: Block, stretches: Sequence[Interval], on: date, zone: str) -> Iterator[Block]:
    """The part of a block that lies on a date; a night that runs on has one part on each of its days."""
    for starts_at, ends_at in intersect([Interval(block.starts_at, block.ends_at)], stretches):
        yield Block(block.what, starts_at, ends_at, tuple(pieces(starts_at, ends_at, on, zone)), block.bookings)


def pieces(starts_at: int, ends_at: int, on: date, zone: str) -> Iterator[Piece]:
    """A stretch of instants as it lies on the wall clock of `on`: two pieces where the clock changes within it."""
    turn = _change(starts_at, ends_at, zone)
    for begins, ends in ((starts_at, turn), (turn, ends_at)):
        if begins < ends:
            local = instant(begins).astimezone(ZoneInfo(zone))
            minute = (local.date() - on).days * 1440 + local.hour * 60 + local.minute
            yield Piece(max(minute, 0), (ends - begins) // 60, again=bool(local.fold))


def _change(starts_at: int, ends_at: int, zone: str) -> int:
    """The second at which the zone's offset changes within a stretch, or its end."""
    before = _offset(starts_at, zone)
    if _offset(ends_at - 1, zone) == before:
        return ends_at
    low, high = starts_at, ends_at - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _offset(at: int, zone: str) -> timedelta | None:
    return instant(at).astimezone(ZoneInfo(zone)).utcoffset()


def _notes(on: date, hours: OpenHours, stretches: Sequence[Interval]) -> Iterator[str]:
    """What the reader should know about this day's clock."""
    zone, before = zone_on(on, hours), zone_on(on - timedelta(days=1), hours)
    if zone != before:
        yield f"From today on {zone.rpartition('/')[2].replace('_', ' ')} time"
        return
    lasts = sum(each.ends_at - each.starts_at for each in stretches)
    if lasts < 86_400:
        yield f"{lasts / 3600:g} hours: the clocks go forward"
    elif lasts > 86_400:
        yield f"{lasts / 3600:g} hours: the clocks go back"


def shown_hours(days: Iterable[Day]) -> tuple[int, int]:
    """The first and the last full hour that a grid of these days needs (the last one is outside)."""
    found = [piece for day in days for block in day.blocks for piece in block.pieces]
    first = min((piece.starts // 60 for piece in found), default=EARLIEST)
    last = max((-(-(piece.starts + piece.lasts) // 60) for piece in found), default=LATEST)
    return min(first, EARLIEST), max(last, LATEST)


def monday_of(text: str | None, today: date) -> date:
    """The Monday of an ISO week ("2026-W48"); of today's week for anything that is none, or years away."""
    found = _WEEK.fullmatch(text or "")
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else today
    except ValueError:
        monday = today
    return week_of(monday if abs((monday - today).days) <= FAR else today)


def week_text(monday: date) -> str:
    """The ISO week of a date: "2026-W48"."""
    year, number, _ = monday.isocalendar()
    return f"{year:04d}-W{number:02d}"
