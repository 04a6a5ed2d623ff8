"""This file knows what becomes of appointments with a practice that was stopped: called off, or kept."""

from __future__ import annotations

from collections.abc import Sequence

from practice.accounts.models import User
from practice.bookings import claims, emails, queries
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.who_may import Side
from practice.specialists import actions as specialists
from practice.specialists.models import Specialist
from practice.store.db import transactional

from .cancel import cancel_by_specialist, end
from .returning import is_for_one


@transactional
def call_off(booking: Booking, *, by: User) -> None:
    """Staff cancel as the specialist could, without a strike; it never counts for the client. `TooLate` once begun.

    Raises `NotAllowed` while the practice is public: then it is the specialist's own to cancel. So it is where `by` has
    a part in it. `Conflict` where more comes back by it than one of the staff gives alone.
    """
    claims.lock_booking(booking)
    queries.possible_to(booking, by).call_off.require()
    is_for_one(booking, BookingState.CANCELLED_BY_SPECIALIST)
    end(booking, BookingState.CANCELLED_BY_SPECIALIST, by=by)


@transactional
def call_off_ahead(specialist: Specialist, *, by: User) -> int:
    """The same for every appointment that has not begun; how many."""
    for booking in (ahead := lock_ahead(specialist)):
        # Two people decided about the practice; that one of them has an appointment there stops nothing.
        queries.possible(booking, Side.STAFF).call_off.require()
        end(booking, BookingState.CANCELLED_BY_SPECIALIST, by=by)
    return len(ahead)


@transactional
def close_practice(specialist: Specialist, *, calls_off: bool, by: User) -> int:
    """Its owner ends a practice for good, and with it every appointment ahead if they say so; how many those were.

    What they keep takes place, and its clients hear that it is theirs to keep or to cancel. Raises `NotAllowed` for
    anybody else, `IllegalMove` where it is closed already.
    """
    ahead = lock_ahead(specialist) if calls_off else []
    specialists.close(specialist, by=by)
    for booking in ahead:
        cancel_by_specialist(booking, by=by)
    if not calls_off:
        offer_choice(specialist)
    return len(ahead)


@transactional
def offer_choice(specialist: Specialist) -> int:
    """Tell every client with an appointment ahead that it is theirs to keep or to cancel; how many."""
    claims.lock_specialist(specialist.id)
    ahead = queries.ahead_of_practice(specialist.id)
    for booking in ahead:
        emails.stands(booking)
    return len(ahead)


def lock_ahead(specialist: Specialist) -> Sequence[Booking]:
    """What has not begun there, behind the locks of all calendars that it stands in, and of all who come."""
    before = [each.appointment_id for each in queries.ahead_of_practice(specialist.id)]
    claims.lock_appointments(specialist.id, before)
    ahead = queries.ahead_of_practice(specialist.id)
    claims.keep_clients_still(ahead)
    return ahead
