"""This file knows when somebody's quiet hours end, on the clock of where they are, also on the night it changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from practice.http.clocks import Clock
from practice.scheduling.zones import wall_to_instant

from .models import MessageWishes


def after_quiet(at: datetime, wishes: MessageWishes | None, reader: Clock) -> datetime:
    """`at`, or the end of the quiet hours that it lies in (UTC)."""
    if wishes is None or wishes.quiet_from is None or wishes.quiet_until is None:
        return at
    begins, ends, wall = wishes.quiet_from, wishes.quiet_until, reader.wall(at)
    now, runs_over = wall.hour * 60 + wall.minute, begins > ends
    if not (now >= begins or now < ends if runs_over else begins <= now < ends):
        return at
    on = wall.date() + timedelta(days=1) if runs_over and now >= begins else wall.date()
    # An hour that comes twice ends once for whoever was written to in its first half, and later for the other.
    both = (wall_to_instant(on, ends, reader.zone_at(at), end=is_second) for is_second in (False, True))
    return next((found for each in both if (found := datetime.fromtimestamp(each, UTC)) > at), at)
