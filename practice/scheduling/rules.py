"""This file knows the words of a booking: the rules of an offer, what is taken, and the reasons for a no."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

Reason = Literal["booking", "hold", "busy_elsewhere"]


@dataclass(frozen=True)
class BookingRules:
    """How one kind of appointment is sold. Minutes, except the horizon (days) and the caps (appointments).

    A cap of None is no cap. The kind caps count only appointments of the same `kind`, the others count all.
    Raises ValueError for a length or step below one and for negative numbers.
    """

    length: int
    step: int
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon_days: int = 60
    horizon_business_days: bool = False
    daily_cap: int | None = None
    weekly_cap: int | None = None
    kind: str | None = None
    kind_daily_cap: int | None = None
    kind_weekly_cap: int | None = None

    def __post_init__(self) -> None:
        if self.length < 1 or self.step < 1:
            raise ValueError("Length and step must be at least one minute.")
        amounts = (self.before, self.after, self.notice, self.horizon_days)
        caps = (self.daily_cap, self.weekly_cap, self.kind_daily_cap, self.kind_weekly_cap)
        if min(*amounts, *(cap for cap in caps if cap is not None)) < 0:
            raise ValueError("Buffers, notice, horizon and caps cannot be negative.")


class Busy(NamedTuple):
    """Time that is taken. `before` and `after` are its own buffers in minutes.

    `counts` says whether it counts towards caps. `own` marks the asker's own hold: it neither blocks nor counts (S62).
    """

    starts_at: int
    ends_at: int
    before: int = 0
    after: int = 0
    counts: bool = True
    kind: str | None = None
    reason: Reason = "booking"
    own: bool = False


class Why(StrEnum):
    """The rules that can refuse a start, in the order in which they are asked."""

    CLOCK_GAP = "clock_gap"
    PAST = "past"
    HORIZON = "horizon"
    CLOSED_DAY = "closed_day"
    TIME_OFF = "time_off"
    OUTSIDE_HOURS = "outside_hours"
    GRID = "grid"
    LENGTH = "length"
    NOTICE = "notice"
    BOOKED = "booked"
    HELD = "held"
    BUSY_ELSEWHERE = "busy_elsewhere"
    BUFFER = "buffer"
    DAILY_CAP = "daily_cap"
    WEEKLY_CAP = "weekly_cap"
    KIND_DAILY_CAP = "kind_daily_cap"
    KIND_WEEKLY_CAP = "kind_weekly_cap"


@dataclass(frozen=True)
class Refusal:
    """Why a start is not offered, with the facts for a sentence.

    `from_at` and `until_at` bound the starts that this rule refuses, where that is known: after notice, `until_at` is
    the first start allowed; at the horizon, `from_at` the first one not yet. `limit` is the number in the rule: minutes
    of notice, step or length, days of horizon, a cap. `busy` is what stands in the way.
    """

    why: Why
    from_at: int | None = None
    until_at: int | None = None
    limit: int | None = None
    busy: Busy | None = None
