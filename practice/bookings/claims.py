"""This file knows how time is taken and given back: locks, five-minute cells, and holds that have run out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from practice.accounts.models import User
from practice.config import settings
from practice.http.seats import Seats
from practice.specialists.models import Specialist
from practice.store.crashpoints import crashpoint
from practice.store.db import db
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

from .errors import NotEligible, OwnOverlap, SlotTaken
from .models import CLIENT_SIDE, SPECIALIST_SIDE, Booking, CalendarFeed, Occupancy, as_rows, cells
from .states import BookingState
from .terms import Refusal

# Race tests switch this off to prove that they would notice; nothing else may.
GUARDED = True
KEPT_FREE = 2  # threads of a process that never wait for the same calendar as all others


_seats = Seats()


def lock_specialist(specialist_id: int) -> None:
    """Hold the specialist's calendar until the transaction ends; every cache of their free times is outdated by it.

    Raises `Crowded` when too many threads of this process wait for it already: a rush for one calendar must not keep
    everybody else out.
    """
    with _seats.one(specialist_id, max(1, settings().threads - KEPT_FREE)):
        db.session.execute(
            update(Specialist)
            .where(Specialist.id == specialist_id)
            .values(calendar_version=Specialist.calendar_version + 1)
            .execution_options(synchronize_session=False)
        )


def lock_booking(booking: Booking) -> None:
    """Hold its specialist's calendar and read the booking again: what was read before may have changed since."""
    lock_specialist(booking.specialist_id)
    db.session.refresh(booking)
    db.session.refresh(booking.appointment)


def keep_still(booking: Booking) -> None:
    """Read the booking again and keep others from changing it until the transaction ends; its calendar stays open."""
    db.session.execute(select(Booking.id).where(Booking.id == booking.id).with_for_update())
    db.session.refresh(booking)
    db.session.refresh(booking.appointment)


def lock_client(client_id: int) -> None:
    """Hold a client's own limits until the transaction ends. Always after the specialist: one order, no deadlock.

    Raises `NotAllowed` where their account was locked or deleted meanwhile.
    """
    if not db.session.scalar(select(User.active).where(User.id == client_id).with_for_update()):
        raise NotAllowed("This account is closed by now, so nothing is booked.")


def claim_specialist(booking: Booking) -> None:
    """Take the specialist's cells for `booking`; raises `SlotTaken` when the database says that one is not free."""
    if GUARDED:
        _claim(SPECIALIST_SIDE, booking.specialist_id, booking, SlotTaken())


def claim_client(booking: Booking) -> None:
    """Take the client's own cells; raises `OwnOverlap` when they have something else then."""
    if GUARDED and booking.client_id is not None:
        _claim(CLIENT_SIDE, booking.client_id, booking, OwnOverlap())


def release(booking: Booking) -> None:
    """Give back every cell that `booking` took, on both sides."""
    db.session.execute(delete(Occupancy).where(Occupancy.booking_id == booking.id))


def drop_expired(specialist_id: int, now: datetime) -> None:
    """End the specialist's holds that have run out: a dead hold never blocks a booking, also when no worker runs."""
    expire(
        Booking.specialist_id == specialist_id,
        Booking.state == BookingState.HELD,
        Booking.held_until <= now,
    )


def expire(*which: object) -> int:
    """End the holds that `which` selects and free their time; returns how many."""
    held = db.session.scalars(select(Booking).where(*which)).all()  # type: ignore[arg-type]
    for booking in held:
        booking.move_to(BookingState.EXPIRED, by=None)
        booking.ended_at = clock.now()
        release(booking)
    db.session.flush()
    return len(held)


def feeds_changed(*user_ids: int | None) -> None:
    """Every published calendar of these people shows something else now."""
    known = [user_id for user_id in user_ids if user_id is not None]
    db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id.in_(known))
        .values(version=CalendarFeed.version + 1)
        .execution_options(synchronize_session=False)
    )


def _claim(side: int, owner_id: int, booking: Booking, refusal: Conflict) -> None:
    span = cells(booking.starts_at, booking.ends_at)
    crashpoint("claim.before")
    with refused_as(refusal):
        db.session.execute(insert(Occupancy), as_rows(side, owner_id, booking, span))
    crashpoint("claim.after")


@contextmanager
def refused_as(refusal: Conflict) -> Iterator[None]:
    """Turn the database's own refusal of a second claim into a sentence."""
    try:
        yield
        db.session.flush()
    except IntegrityError as error:
        raise refusal from error


@contextmanager
def one_pair() -> Iterator[None]:
    """The database keeps one free consultation for each pair; its refusal becomes the rule's own sentence."""
    with refused_as(NotEligible(Refusal.PAIR_USED)):
        yield
