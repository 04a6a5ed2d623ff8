"""This file knows with whom a specialist is in touch in private, by account and by mailbox; each room says whom
it knows of, as nothing is imported upward for it. Who asks must not let the specialist see the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select, union

from practice.accounts.models import User
from practice.specialists.models import Specialist

from .models import Booking
from .states import BookingState

# Of a time that somebody held and did not take the specialist never heard.
NEVER_MET = (BookingState.HELD, BookingState.EXPIRED)
# The keys of people (`User.person_key`) who are in touch with a specialist.
Knows = Callable[[Specialist], Select[Any]]
_knows: list[Knows] = []


def knows(each: Knows) -> Knows:
    """Register a room that knows of people in touch with a specialist."""
    _knows.append(each)
    return each


def accounts_near(specialist: Specialist) -> Select[Any]:
    """The ids of all accounts of whoever has booked with this specialist or writes to them, and of the specialist
    themself: a second account of the same mailbox is the same person. A statement, to stand inside another."""
    keys = union(
        select(User.person_key).where(User.id == specialist.user_id), *(each(specialist) for each in _knows)
    ).subquery()
    return select(User.id).where(User.person_key.in_(select(keys.c[0])))


@knows
def _booked(specialist: Specialist) -> Select[Any]:
    return select(Booking.person_key).where(
        Booking.specialist_id == specialist.id, Booking.person_key.is_not(None), Booking.state.not_in(NEVER_MET)
    )


@knows
def _now_another_mailbox(specialist: Specialist) -> Select[Any]:
    """Somebody who has another address since is still the same account."""
    return (
        select(User.person_key)
        .join(Booking, Booking.client_id == User.id)
        .where(Booking.specialist_id == specialist.id, Booking.state.not_in(NEVER_MET))
    )
