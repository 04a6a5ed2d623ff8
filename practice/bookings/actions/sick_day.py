"""This file knows how a specialist who cannot work cancels several appointments at once, a letter to each client."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from practice.accounts.models import User
from practice.bookings import policy, queries
from practice.bookings.who_may import Side
from practice.specialists.models import Specialist
from practice.store.db import transactional
from practice.values import clock

from .cancel import end_for_client
from .closing import close_times
from .stopped import lock_ahead


@transactional
def cancel_several(
    specialist: Specialist,
    codes: Collection[str],
    *,
    by: User,
    emergency: bool = False,
    closes: tuple[datetime, datetime] | None = None,
) -> int:
    """Those of these that are still ahead, each as if cancelled by itself; how many. One emergency excuses all of
    them, and is one of the year's. From the one instant of `closes` (UTC) to the other nobody can book any more."""
    now = clock.now()
    used, is_used = queries.emergencies_this_year(specialist.id, now), False
    chosen = [each for each in lock_ahead(specialist) if each.code in codes]
    for booking in chosen:
        queries.possible(booking, Side.SPECIALIST).cancel.require()
        noted = policy.is_strike(booking.starts_at, now, emergency=emergency, emergencies_this_year=used)
        is_excused = emergency and policy.is_short_notice(booking.starts_at, now) and not noted
        booking.is_emergency = is_excused and not is_used
        is_used = is_used or is_excused
        end_for_client(booking, by=by, noted=noted)
    if closes is not None:
        close_times(specialist, *closes, by=by)
    return len(chosen)
