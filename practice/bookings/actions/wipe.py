"""This file knows how what people wrote around an appointment is wiped once its time is over, or its writer goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update

from practice.bookings.models import Appointment, Booking, Contest, EntryHolder, Strike
from practice.bookings.states import LIVE, Outcome
from practice.store import retention
from practice.store.db import changed, transactional

NO_WORDS: dict[str, Any] = {
    "note_sealed": None,
    "prep_sealed": None,
    "reason_sealed": None,
    "topics": [],
    "location": "",
    "granted_because_sealed": None,
    "shares_note": False,
    "shares_prep": False,
}


@transactional
def forget_words() -> int:
    """Wipe notes, numbers, reasons and mailboxes whose time is over (`retention`); how many rows were changed."""
    phones = update(Booking).where(_ended_before(retention.PHONE.before), Booking.phone_sealed.is_not(None))
    words = update(Booking).where(_ended_before(retention.WORDS.before), _has_words())
    contests = update(Contest).where(
        Contest.outcome != Outcome.OPEN,
        Contest.decided_at < retention.CONTESTED.before,
        or_(Contest.words_sealed != "", Contest.reason_sealed.is_not(None), Contest.answer_sealed.is_not(None)),
    )
    strikes = update(Strike).where(
        Strike.waived_at < retention.CONTESTED.before, Strike.waived_because_sealed.is_not(None)
    )
    return (
        changed(delete(EntryHolder).where(_is_of_old_entry()))
        + changed(phones.values(phone_sealed=None))
        + changed(words.values(NO_WORDS))
        + changed(strikes.values(waived_because_sealed=None))
        + changed(contests.values(words_sealed="", answer_sealed=None, reason_sealed=None))
    )


def _is_of_old_entry() -> ColumnElement[bool]:
    """Of a booking that is over for long, or of an appointment to which nobody comes any more."""
    over = _ended_before(retention.ENTRIES.before)
    stands = select(Booking.appointment_id).where(~over)
    return or_(
        EntryHolder.booking_id.in_(select(Booking.id).where(over)),
        EntryHolder.appointment_id.in_(select(Booking.appointment_id).where(over))
        & EntryHolder.appointment_id.not_in(stands),
    )


def _ended_before(instant: datetime) -> ColumnElement[bool]:
    """Over, or called off, before then. An appointment that is still in somebody's calendar is neither."""
    over = select(Appointment.id).where(Appointment.ends_at < instant)
    return Booking.state.not_in(LIVE) & or_(Booking.ended_at < instant, Booking.appointment_id.in_(over))


def _has_words() -> ColumnElement[bool]:
    sealed = (Booking.note_sealed, Booking.prep_sealed, Booking.reason_sealed, Booking.granted_because_sealed)
    plain = (cast(Booking.topics, String) != "[]", Booking.location != "")
    return or_(*(column.is_not(None) for column in sealed), *plain)
