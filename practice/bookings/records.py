"""This file knows what the bookings room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import selectinload

from practice.accounts import holdings
from practice.accounts.holdings import Blocker, Record, Rows, Stay
from practice.accounts.models import User, hash_of
from practice.accounts.records import iso
from practice.http.clocks import local_year
from practice.http.formats import amount
from practice.specialists.models import Specialist
from practice.store import retention
from practice.store.db import changed, db
from practice.values import clock

from .actions.wipe import NO_WORDS
from .claims import feeds_changed
from .exemptions import Exemption
from .models import Appointment, Booking, CalendarFeed, Contest, EntryHolder, Proposal, Strike
from .queries import own
from .states import GIVEN_UP, BookingState, Outcome

WORDS = ("note", "prep", "reason", "phone")
# What a booking keeps once nobody is behind it: when, with which practice, and what became of it.
NOBODY: dict[str, Any] = NO_WORDS | {
    "phone_sealed": None,
    "call_name": "",
    "client_zone": "UTC",
    "with_partner": False,
    "is_referred": False,
    "browser_key": None,
    "network_key": None,
    "form_key": None,
}


def _of(user: User) -> list[Booking]:
    asked = own.whole().options(selectinload(Booking.moves)).where(Booking.client_id == user.id)
    return list(db.session.scalars(asked.order_by(Appointment.starts_at)).unique())


def _bookings(user: User) -> Rows:
    return [_booking(each) for each in _of(user)]


def _booking(booking: Booking) -> dict[str, Any]:
    return {
        "with": booking.specialist.name,
        "starts": iso(booking.starts_at),
        "ends": iso(booking.ends_at),
        "your_zone": booking.client_zone,
        "state": booking.state,
        "how": booking.format,
        "you_were_called": booking.call_name,
        "about": booking.topics,
        "where_you_were": booking.location,
        "with_your_partner": booking.with_partner,
        "booked": iso(booking.confirmed_at),
        "moves": [{"to": move.after, "at": iso(move.at)} for move in booking.moves],
        "other_times": [_named(each) for each in booking.proposals],
        **_agreed(booking),
        **{name: getattr(booking, name) for name in WORDS if not _is_theirs(name, booking)},
    }


def _named(times: Proposal) -> dict[str, Any]:
    whose = "you" if times.side == "client" else "your specialist"
    return {"by": whose, "times": times.starts, "state": times.state, "at": iso(times.made_at)}


def _agreed(booking: Booking) -> dict[str, Any]:
    """What was agreed about its price, and what became of it; what was paid stands with the orders."""
    if booking.price is None:
        return {"price": None}
    return {
        "price": amount(booking.price),
        "back_if_cancelled": booking.cancel_rule,
        "could_be_withdrawn_from": booking.can_withdraw,
        "asked_for_at_once": booking.is_express,
        "forgiven": iso(booking.forgiven_at),
        "came_back_because": booking.returned_why,
        "choice_until": iso(booking.choice_until),
        "made_longer": iso(booking.lengthened_at),
        "kept_for_another_length": booking.instead_of_id is not None,
    }


def _is_theirs(name: str, booking: Booking) -> bool:
    """A reason for a cancellation is its writer's: the specialist's own words are not the client's data."""
    return name == "reason" and booking.state not in GIVEN_UP


def _contests(user: User) -> Rows:
    rows = db.session.scalars(select(Contest).where(Contest.by_id == user.id).order_by(Contest.id))
    return [
        {
            "opened": iso(each.opened_at),
            "outcome": each.outcome,
            "your_words": each.words,
        }
        for each in rows
    ]


def _about(user: User) -> ColumnElement[bool]:
    """Contests about an appointment of theirs, whichever side they were on and whoever contested."""
    mine = or_(Booking.client_id == user.id, Booking.specialist.has(user_id=user.id))
    return Contest.booking_id.in_(select(Booking.id).where(mine))


def _feeds(user: User) -> Rows:
    rows = db.session.scalars(select(CalendarFeed).where(CalendarFeed.user_id == user.id).order_by(CalendarFeed.id))
    return [{"purpose": each.purpose, "since": iso(each.created_at), "closed": iso(each.revoked_at)} for each in rows]


def _practice(user: User) -> Rows:
    """Appointments in one's own practice, without whom they were with."""
    rows = _in_practice(user, Booking.confirmed_at.is_not(None))
    return [{"starts": iso(b.starts_at), "ends": iso(b.ends_at), "state": b.state, "how": b.format} for b in rows]


def _in_practice(user: User, *which: Any) -> list[Booking]:
    asked = own.whole().where(Booking.specialist.has(user_id=user.id), *which).order_by(Appointment.starts_at)
    return list(db.session.scalars(asked.order_by(Appointment.starts_at)).unique())


def _ahead(user: User) -> Iterable[Blocker]:
    for booking in _of(user):
        if booking.is_confirmed and booking.ends_at > clock.now():
            said = f"A booking ahead: {local_year(booking.starts_at)}. Cancel it, or wait until it is over."
            yield Blocker(said, "Open it", "bookings.show", {"code": booking.code})
    for booking in _in_practice(user, Appointment.ends_at > clock.now(), Booking.state == BookingState.CONFIRMED):
        said = f"Somebody has an appointment with you: {local_year(booking.starts_at)}. Cancel it, or wait."
        yield Blocker(said, "Open it", "bookings.practice_show", {"code": booking.code})
    if db.session.scalar(select(Contest.id).where(_about(user), Contest.outcome == Outcome.OPEN).limit(1)):
        yield Blocker(
            "Our staff look at a call that is said to be marked wrongly. Wait until they have decided.",
            "Your page",
            "home.me",
        )


def _wipe_bookings(user: User) -> None:
    """What is left names nobody, under a key that no address leads to; a pair stays a pair."""
    # Calendars that practices publish show initials.
    practices = select(Specialist.user_id).join(Booking, Booking.specialist_id == Specialist.id)
    feeds_changed(*db.session.scalars(practices.where(Booking.client_id == user.id).distinct()))
    changed(delete(Exemption).where(Exemption.person_key == user.person_key))
    key = hash_of(secrets.token_urlsafe(32))
    changed(update(Booking).where(Booking.client_id == user.id).values(**NOBODY, person_key=key))


def _answers(user: User) -> Rows:
    rows = db.session.scalars(select(Contest).where(Contest.answered_by_id == user.id).order_by(Contest.id))
    return [{"answered": iso(each.answered_at), "your_words": each.answer} for each in rows]


def _wipe_answers(user: User) -> None:
    changed(update(Contest).where(Contest.answered_by_id == user.id).values(answer_sealed=None))


def _wipe_contests(user: User) -> None:
    db.session.execute(
        update(Contest)
        .where(Contest.by_id == user.id)
        .values(words_sealed="")
        .execution_options(synchronize_session=False)
    )
    # Why staff decided names what both did and wrote.
    mine = or_(Booking.client_id == user.id, Booking.specialist.has(user_id=user.id))
    changed(
        update(Strike).where(Strike.booking_id.in_(select(Booking.id).where(mine))).values(waived_because_sealed=None)
    )
    about = select(Contest.id).where(_about(user))
    db.session.execute(
        update(Contest)
        .where(Contest.id.in_(about))
        .values(reason_sealed=None)
        .execution_options(synchronize_session=False)
    )


def _held_by(user: User) -> Any:
    """Entries in a calendar of theirs: of appointments they booked, and of those in their own practice."""
    in_practice = select(Appointment.id).where(Appointment.specialist.has(user_id=user.id))
    return or_(
        EntryHolder.booking_id.in_(select(Booking.id).where(Booking.client_id == user.id)),
        EntryHolder.appointment_id.in_(in_practice),
    )


def _entries(user: User) -> Rows:
    rows = db.session.scalars(select(EntryHolder).where(_held_by(user)).order_by(EntryHolder.id))
    return [{"mailbox": each.mailbox, "since": iso(each.held_since), "let_go": iso(each.let_go_at)} for each in rows]


def _wipe_entries(user: User) -> None:
    changed(delete(EntryHolder).where(_held_by(user)))


def _wipe_feeds(user: User) -> None:
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == user.id))


holdings.keeps(
    Record(
        "bookings",
        "Your bookings, and what you wrote for them",
        _bookings,
        _wipe_bookings,
        stays=(
            Stay(
                "That there was an appointment: its time, the practice, its price and how it ended. Not your name, not "
                "your words",
                "The specialist’s calendar and the count of kept appointments stay true",
                "As long as that practice",
            ),
            Stay(
                "Initials in letters that the practice got about it",
                "They lie in somebody else’s mailbox; our own copies of them go",
                f"{retention.LETTERS.length} after each letter",
            ),
        ),
        blocks=_ahead,
    )
)
holdings.keeps(Record("missed_calls", "What you wrote about a missed call", _contests, _wipe_contests))
holdings.keeps(Record("missed_call_answers", "What you answered about a missed call", _answers, _wipe_answers))
holdings.keeps(Record("calendar_addresses", "Your calendar addresses", _feeds, _wipe_feeds))
holdings.keeps(
    Record("practice_appointments", "Appointments in your practice, without who came", _practice, goes=False)
)
holdings.keeps(Record("calendar_entries", "Mailboxes whose calendar holds your appointments", _entries, _wipe_entries))
