"""This file knows the slot rules a second time, slowly: a walk over every five minutes of UTC, without intervals.

Each cell of the walk is shown to the wall clock of `zoneinfo`; a local time is whatever cells showed it; open time is
a set of cells; a grid is found by walking back to where the open cells began. Everything must be a multiple of five
minutes, which is what may be stored (rule m).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from practice.scheduling.hours import OpenHours
from practice.scheduling.slots import BookingRules, Busy

CELL = 300
BACK, AHEAD = timedelta(days=24), timedelta(days=20)


class Walk:
    """The wall clock of one zone, asked at every cell around a date."""

    def __init__(self, zone: str, around: date) -> None:
        clock = ZoneInfo(zone)
        begins = int(datetime.combine(around - BACK, datetime.min.time(), UTC).timestamp())
        ends = int(datetime.combine(around + AHEAD, datetime.min.time(), UTC).timestamp())
        self.cells = range(begins, ends, CELL)
        self.wall = [datetime.fromtimestamp(cell, clock).replace(tzinfo=None) for cell in self.cells]
        self.shown: dict[datetime, list[int]] = {}
        for cell, wall in zip(self.cells, self.wall, strict=True):
            self.shown.setdefault(wall, []).append(cell)

    def when(self, wall: datetime, *, end: bool = False) -> int:
        """Rules b and c: never shown, then the first cell that jumped over it; shown twice, first for a start."""
        if wall in self.shown:
            return self.shown[wall][-1 if end else 0]
        after = next(i for i, each in enumerate(self.wall) if each > wall)
        return self.cells[after]


@lru_cache(maxsize=256)
def walk(zone: str, around: date) -> Walk:
    return Walk(zone, around)


class Oracle:
    """The slots of some hours around a date."""

    def __init__(self, hours: OpenHours, around: date) -> None:
        self.hours, self.around = hours, around
        self.dates = [around + timedelta(days=n) for n in range(-20, 16)]
        self.rules = {
            rule.on: [r for other in hours.date_rules if other.on == rule.on for r in other.ranges]
            for rule in hours.date_rules
        }
        self.day_ends = self._day_ends()
        self.open = self._open_cells()
        self.midnights = sorted({self._when(on, 0) for on in self.dates})

    def zone(self, on: date) -> str:
        for trip in self.hours.travel:
            if trip.first_on <= on and (trip.last_on is None or on <= trip.last_on):
                return trip.zone
        return self.hours.zone

    def local_day(self, cell: int) -> date:
        """The first date that has not ended: a date lasts until its own midnight in its own zone."""
        return self.dates[bisect_right(self.day_ends, cell)]

    def slots(self, busy: Iterable[Busy], rules: BookingRules, now: datetime) -> Iterator[int]:
        today = self.local_day(int(now.timestamp()))
        last_on = horizon(today, rules)
        live = [each for each in busy if not each.own and each.starts_at < each.ends_at]
        counted = [(self.local_day(each.starts_at), each.kind) for each in live if each.counts]
        begins = -(-int(now.timestamp()) // CELL) * CELL
        for cell in range(begins, self.day_ends[self.dates.index(last_on)], CELL):
            if (
                cell in self.open
                and cell >= now.timestamp() // 1 + rules.notice * 60
                and self.fits(cell, rules)
                and self.on_grid(cell, rules)
                and all(self.apart(cell, each, rules) for each in live)
                and under_caps(self.local_day(cell), counted, rules)
            ):
                yield cell

    def fits(self, cell: int, rules: BookingRules) -> bool:
        return all(each in self.open for each in range(cell, cell + rules.length * 60, CELL))

    def on_grid(self, cell: int, rules: BookingRules) -> bool:
        anchor = cell
        while anchor - CELL in self.open:
            anchor -= CELL
        if anchor <= walk(self.hours.zone, self.around).cells[0] + 6 * 86_400:  # no beginning as far as one can walk
            anchor = self.midnights[bisect_right(self.midnights, cell) - 1]
        return (cell - anchor) % (rules.step * 60) == 0

    @staticmethod
    def apart(cell: int, each: Busy, rules: BookingRules) -> bool:
        ends = cell + rules.length * 60
        if each.ends_at <= cell:
            return cell - each.ends_at >= 60 * max(each.after, rules.before)
        if ends <= each.starts_at:
            return each.starts_at - ends >= 60 * max(rules.after, each.before)
        return False

    def _when(self, on: date, minute: int, *, end: bool = False) -> int:
        wall = datetime.combine(on, datetime.min.time()) + timedelta(minutes=minute)
        return walk(self.zone(on), self.around).when(wall, end=end)

    def _day_ends(self) -> list[int]:
        ends: list[int] = []
        for on in self.dates:
            zone, tomorrow = self.zone(on), datetime.combine(on + timedelta(days=1), datetime.min.time())
            ends.append(max(walk(zone, self.around).when(tomorrow), ends[-1] if ends else 0))
        return ends

    def _open_cells(self) -> set[int]:
        cells: set[int] = set()
        for on in self.dates:
            weekly = [(each.opens, each.closes) for each in self.hours.weekly if each.weekday == on.weekday()]
            for opens, closes in self.rules.get(on, weekly):
                if closes > opens:
                    span = range(self._when(on, opens), self._when(on, closes, end=True), CELL)
                    cells.update(cell for cell in span if not self._owned_by_another(cell, on))
        for off in self.hours.time_off:
            cells.difference_update(range(*off.interval, CELL))
        return cells

    def _owned_by_another(self, cell: int, on: date) -> bool:
        """Rule o: beyond its own midnight, where it is spent, a date spills into another, and that one may have a rule.

        What lies before is the date's own, whoever else's clock shows the same instants.
        """
        is_spill = cell >= self._when(on, 1440)
        return is_spill and cell < self.day_ends[-1] and self.local_day(cell) in self.rules


def horizon(today: date, rules: BookingRules) -> date:
    """The nth date after today, or the nth that is no Saturday or Sunday."""
    ahead = (today + timedelta(days=n) for n in range(1, 400))
    if rules.horizon_business_days:
        ahead = (on for on in ahead if on.isoweekday() <= 5)
    return [today, *(on for on, _ in zip(ahead, range(rules.horizon_days), strict=False))][-1]


def under_caps(on: date, counted: list[tuple[date, str | None]], rules: BookingRules) -> bool:
    same_day = [kind for other, kind in counted if other == on]
    same_week = [kind for other, kind in counted if other.isocalendar()[:2] == on.isocalendar()[:2]]
    of_kind = (same_day.count(rules.kind), same_week.count(rules.kind))
    numbers = (len(same_day), len(same_week), *of_kind)
    caps = (rules.daily_cap, rules.weekly_cap, rules.kind_daily_cap, rules.kind_weekly_cap)
    return all(cap is None or number < cap for number, cap in zip(numbers, caps, strict=True))
