"""This file knows how time is taken and given back: locks, five-minute cells, and holds that have run out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload

from practice.accounts.models import User
from practice.config import settings
from practice.http.waiting_room import WaitingRoom
from practice.specialists.models import Specialist
from practice.store.crashpoints import crashpoint
from practice.store.db import db
from practice.store.notes import noted
from practice.values import clock
from practice.values.errors import Conflict, NotAllowed

from .errors import NotEligible, OwnOverlap, SlotTaken
from .free_times import CALENDARS
from .models import OUTDATED, PAID_BEFORE, Appointment, Booking, BookingMove, CalendarFeed
from .occupancy import Occupancy, cells, clients_cells, specialists_cells
from .states import BookingState
from .terms import Refusal

# Race tests switch this off to prove that they would notice; nothing else may.
GUARDED = True
LEFT_TO_OTHERS = 2  # threads of a process that never wait for the same calendar as all others


_waiting_room = WaitingRoom()
LOCK = (
    update(Specialist)
    .where(Specialist.id == bindparam("specialist"))
    .values(calendar_version=Specialist.calendar_version + 1)
    .returning(Specialist)
)
PRACTICES_OF_CLIENTS = (
    select(Specialist.id)
    .join(Booking, Booking.client_id == Specialist.user_id)
    .where(Booking.appointment_id.in_(bindparam("appointments", expanding=True)))
    .distinct()
)
WHOSE = select(User).options(lazyload(User.roles)).where(User.id == bindparam("client"))
LOCK_CLIENT = WHOSE.with_for_update(key_share=True)
LOCK_CLIENT_ROW = select(User.id).where(User.id == bindparam("client")).with_for_update(key_share=True)
FEEDS_CHANGED = (
    update(CalendarFeed)
    .where(CalendarFeed.user_id.in_(bindparam("users", expanding=True)))
    .values(version=CalendarFeed.version + 1)
)
EVER_INSTEAD = (
    select(Booking).options(joinedload(Booking.appointment)).where(Booking.instead_of_id == bindparam("booking"))
)
HELD_INSTEAD = EVER_INSTEAD.where(Booking.state == BookingState.HELD)
READ_AGAIN = {"synchronize_session": False, "populate_existing": True}


def lock_specialist(specialist_id: int) -> None:
    """Hold the specialist's calendar until the transaction ends; every cache of their free times is outdated by it.

    The practice itself is read again with it. Raises `Crowded` when too many threads of this process wait for it
    already: a rush for one calendar must not keep everybody else out. Who holds it waits for nobody: the others would
    wait for them.
    """
    held = noted(CALENDARS)
    if specialist_id in held:
        return
    with _waiting_room.one(specialist_id, max(1, settings().threads - LEFT_TO_OTHERS)):
        db.session.scalars(LOCK, {"specialist": specialist_id}, execution_options=READ_AGAIN).all()
    held[specialist_id] = True


def lock_calendars(specialist_ids: Collection[int]) -> None:
    """Hold several calendars, in one order, as everywhere: so two people never wait for each other, also two
    specialists who book each other at once."""
    for each in sorted(set(specialist_ids)):
        lock_specialist(each)


def lock_appointments(specialist_id: int, appointment_ids: Collection[int]) -> None:
    """Hold the specialist's calendar and those of the practices that clients of these appointments have: their own
    times are others when these change."""
    asked = {"appointments": list(appointment_ids)}
    lock_calendars([specialist_id, *db.session.scalars(PRACTICES_OF_CLIENTS, asked)])


def lock_booking(booking: Booking) -> None:
    """Hold the calendars that it stands in and read the booking again: what was read before may have changed since."""
    lock_appointments(booking.specialist_id, [booking.appointment_id])
    read = noted("read behind its lock")
    if booking.id not in read:
        db.session.refresh(booking)
        db.session.refresh(booking.appointment)
        # Kept in memory with it: whoever asks for it again in this transaction finds it read.
        read[booking.id] = booking


def keep_still(booking: Booking) -> None:
    """Read the booking again and keep others from changing it until the transaction ends; its calendar stays open."""
    db.session.execute(select(Booking.id).where(Booking.id == booking.id).with_for_update())
    db.session.refresh(booking)
    db.session.refresh(booking.appointment)


def lock_client(client_id: int) -> None:
    """Hold a client's own limits until the transaction ends. Always after the specialist: one order, no deadlock, which
    changes of an account keep too (`accounts.actions.endings.ending`). Rows that only name the person wait for nothing.

    Their account is read again with it. Raises `NotAllowed` where it was locked or deleted meanwhile.
    """
    client = db.session.scalar(LOCK_CLIENT, {"client": client_id}, execution_options={"populate_existing": True})
    if client is None or not client.active:
        raise NotAllowed("This account is closed by now, so nothing is booked.")


def keep_client_still(client_id: int) -> None:
    """The same whatever has become of them: what they have paid for is settled in any case."""
    db.session.execute(LOCK_CLIENT_ROW, {"client": client_id})


def keep_clients_still(bookings: Iterable[Booking]) -> None:
    """The same for all who come to these, in one order and before the first order of theirs goes on: whoever settles
    one after another would else wait for somebody who settles the same people from the other end."""
    for client in sorted({each.client_id for each in bookings if each.client_id is not None}):
        keep_client_still(client)


def claim(booking: Booking) -> None:
    """Take the time of both sides for a booking whose appointment is its own.

    Raises `SlotTaken` when the database says that the specialist's is not free, `OwnOverlap` for its client's.
    """
    claim_specialist(booking.appointment)
    claim_client(booking)


def claim_specialist(appointment: Appointment) -> None:
    """Take the specialist's cells, once for all who come; raises `SlotTaken` when one is not free."""
    _claim(specialists_cells(appointment), SlotTaken())


def claim_client(booking: Booking) -> None:
    """Take the client's own cells, if it is known who they are; raises `OwnOverlap` when they have something else."""
    _claim(clients_cells(booking), OwnOverlap())


def claim_instead(held: Booking, booking: Booking) -> None:
    """Take what another length of a booking needs beside the time that is the booking's already; both are taken then.

    Raises `SlotTaken`, `OwnOverlap`.
    """
    own = cells(booking.starts_at, booking.ends_at)
    _claim([each for each in specialists_cells(held.appointment) if each["cell"] not in own], SlotTaken())
    _claim([each for each in clients_cells(held) if each["cell"] not in own], OwnOverlap())


def claim_place(booking: Booking) -> None:
    """Take the first free place of its appointment, which is locked; raises `SlotTaken` when there is none."""
    appointment = booking.appointment
    asked = select(Booking.place).where(Booking.appointment_id == appointment.id, Booking.place.is_not(None))
    with db.session.no_autoflush:
        taken = set(db.session.scalars(asked))
    free = (number for number in range(1, appointment.capacity + 1) if number not in taken)
    booking.place = next(free, None) if GUARDED else 1
    if booking.place is None:
        raise SlotTaken("The last place has just been taken.")
    with refused_as(SlotTaken("That place has just been taken.")):
        db.session.add(booking)


def release(booking: Booking) -> None:
    """Give back the time that `booking` took of its client, and of its specialist where nobody else comes; what was
    kept instead of it goes with it."""
    end_held_instead(booking)
    own = Occupancy.booking_id == booking.id
    if booking.appointment.is_for_one:
        own = or_(own, Occupancy.appointment_id == booking.appointment_id)
    db.session.execute(delete(Occupancy).where(own))


def release_all(appointment: Appointment) -> None:
    """Give back the time that an appointment took of its specialist, and of all who come."""
    theirs = select(Booking.id).where(Booking.appointment_id == appointment.id)
    both = or_(Occupancy.appointment_id == appointment.id, Occupancy.booking_id.in_(theirs))
    db.session.execute(delete(Occupancy).where(both))


def release_client(booking: Booking) -> None:
    """Give back its client's time alone."""
    db.session.execute(delete(Occupancy).where(Occupancy.booking_id == booking.id))


def held_instead(booking: Booking) -> Sequence[Booking]:
    """Another length of it that is kept while somebody pays the difference; read behind the lock of its calendar."""
    if booking.price_amount is None or booking.confirmed_at is None:
        return ()
    return db.session.scalars(HELD_INSTEAD, {"booking": booking.id}).all()


def end_held_instead(booking: Booking) -> None:
    """It changes or ends, so nothing is kept in its place any more, and what was cannot be had by paying late."""
    if booking.price_amount is None or booking.confirmed_at is None:
        return
    for held in db.session.scalars(EVER_INSTEAD, {"booking": booking.id}).all():
        if held.state == BookingState.HELD:
            end_hold(held)
        held.note_move(held.state, by=None, reason=OUTDATED)


def is_outdated(held: Booking) -> bool:
    """Whether what it is kept instead of has changed since, or its client had it by another payment, in the order in
    which things were done: whatever clocks do."""
    reasons = BookingMove.reason.in_((OUTDATED, PAID_BEFORE))
    asked = select(BookingMove.id).where(BookingMove.booking_id == held.id, reasons)
    return db.session.scalar(asked.limit(1)) is not None


def drop_expired(specialist_ids: Collection[int], now: datetime) -> None:
    """End the holds in these calendars that have run out: a dead hold never blocks a booking, also when no worker
    runs."""
    expire(
        Booking.specialist_id.in_(specialist_ids),
        Booking.state == BookingState.HELD,
        Booking.held_until <= now,
    )


def expire(*which: object) -> int:
    """End the holds that `which` selects and free their time; returns how many."""
    asked = select(Booking).options(joinedload(Booking.appointment)).where(*which)  # type: ignore[arg-type]
    held = db.session.scalars(asked).all()
    for booking in held:
        end_hold(booking)
    db.session.flush()
    return len(held)


def end_hold(booking: Booking) -> None:
    """Nobody has this time any more: a hold that ran out, or was given up."""
    booking.move_to(BookingState.EXPIRED, by=None)
    booking.ended_at = clock.now()
    release(booking)


def feeds_changed(*user_ids: int | None) -> None:
    """Every published calendar of these people shows something else now."""
    known = [user_id for user_id in user_ids if user_id is not None]
    db.session.execute(FEEDS_CHANGED, {"users": known}, execution_options={"synchronize_session": False})


def _claim(rows: list[dict[str, Any]], refusal: Conflict) -> None:
    if not rows or not GUARDED:
        return
    crashpoint("claim.before")
    with refused_as(refusal):
        db.session.execute(insert(Occupancy), rows)
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
    crashpoint("claim.before")
    with refused_as(NotEligible(Refusal.PAIR_AHEAD)):
        yield
    crashpoint("claim.after")
