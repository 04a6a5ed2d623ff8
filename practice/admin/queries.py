"""This file knows what staff read across rooms: what waits, and the log with its search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from practice.accounts import queries as accounts
from practice.accounts.models import AccountLock, User
from practice.accounts.states import LockState
from practice.bookings import limits
from practice.bookings import policy as booking_rules
from practice.bookings import queries as bookings
from practice.bookings.models import Appointment, Booking, BookingMove, Strike
from practice.bookings.queries import own as booked
from practice.bookings.states import NOT_FOR_SPECIALISTS, BookingState
from practice.bookings.terms import ONE_PER_PAIR
from practice.contact import queries as contact
from practice.disputes import queries as disputes
from practice.ledger.checks import MONEY
from practice.letters import outbox
from practice.moderation import queries as moderation
from practice.payments import desk_queries
from practice.questions import answers
from practice.safety import queries as safety
from practice.specialists import queries as specialists
from practice.specialists.models import Specialist, Suspension
from practice.specialists.states import WORKING, ProfileState
from practice.store import audit
from practice.store.audit import AuditEvent
from practice.store.checks import faults
from practice.store.db import db, is_called
from practice.values import clock
from practice.values.errors import NotFound

A_PAGE = 50
# 48 random bits: so much of a code is one of thousands of millions.
ENOUGH_OF_A_CODE = 8
SOON = timedelta(days=30)
# Nobody can book them; what was booked before is for staff to look at.
GONE = (ProfileState.EXPIRED, ProfileState.SUSPENDED, ProfileState.CLOSED)
# The word before a code, as somebody types it.
_SPOKEN = re.compile(r"^([a-z_]+)[\s:]+")


@dataclass(frozen=True)
class Overview:
    """What waits for staff, as counts and rows."""

    applications: int
    oldest_at: datetime | None
    revisions: int
    contests: int
    disputes: int
    contact: int
    contact_safety: int
    contact_since: datetime | None
    unanswered: int
    cases: int
    oldest_case_at: datetime | None
    stale_numbers: int
    number_changes: int
    backlog: outbox.Backlog
    expiring: Sequence[Any]
    stranded: Sequence[tuple[Specialist, int]]
    suspensions: Sequence[Suspension]
    locks: Sequence[AccountLock]
    resting: int
    published: int
    consults_this_week: int
    consults_last_week: int
    money_proposals: int
    money_concerns: int
    money_wrong: int


def overview(who: User) -> Overview:
    """Everything on the staff's first page, as far as `who` may know."""
    oldest = specialists.applications((ProfileState.SUBMITTED, ProfileState.IN_REVIEW), limit=1)
    states = specialists.counts_by_state()
    week = timedelta(days=7)
    now = clock.now()
    written, of_safety, since = contact.waiting(who)
    proposals, concerns = desk_queries.counts()
    cases, oldest_case_at = moderation.waits(who)
    return Overview(
        applications=states.get(ProfileState.SUBMITTED, 0) + states.get(ProfileState.IN_REVIEW, 0),
        oldest_at=oldest[0].submitted_at if oldest else None,
        revisions=len(specialists.waiting_revisions()),
        contests=len(bookings.open_contests()),
        disputes=disputes.needing_staff(who),
        contact=written,
        contact_safety=of_safety,
        contact_since=since,
        unanswered=answers.count_unanswered(),
        cases=cases,
        oldest_case_at=oldest_case_at,
        stale_numbers=len(safety.to_check()),
        number_changes=len(safety.waiting_changes()),
        backlog=outbox.backlog(),
        expiring=specialists.expiring(SOON),
        stranded=_stranded(now),
        suspensions=specialists.suspensions_to_look_at(now.date()),
        locks=[each for each in accounts.open_locks() if each.state == LockState.PROPOSED],
        resting=len(bookings.resting()),
        published=states.get(ProfileState.PUBLISHED, 0),
        consults_this_week=_consults(now - week, now),
        consults_last_week=_consults(now - week - week, now - week),
        money_proposals=proposals,
        money_concerns=concerns,
        money_wrong=len(faults(MONEY, at_a_glance=True)),
    )


def _stranded(now: datetime) -> Sequence[tuple[Specialist, int]]:
    """Whose licence has run out, who was stopped or who left, with how many appointments are ahead of them: a person
    decides what becomes of these."""
    rows = db.session.execute(
        select(Specialist, func.count(Booking.id))
        .join(Booking, Booking.specialist_id == Specialist.id)
        .join(Appointment, Appointment.id == Booking.appointment_id)
        .where(Booking.state == BookingState.CONFIRMED, Appointment.starts_at > now, Specialist.state.in_(GONE))
        .group_by(Specialist.id)
        .order_by(func.min(Appointment.starts_at))
    )
    return [(specialist, count) for specialist, count in rows]


@dataclass(frozen=True)
class Practice:
    """How a practice stands: its open suspension, appointments ahead, and what staff may do about it now."""

    suspension: Suspension | None
    ahead: Sequence[Booking]
    may_suspend: bool


def practice_of(specialist: Specialist) -> Practice:
    """The same for one practice."""
    suspension = specialists.open_suspension(specialist)
    return Practice(
        suspension=suspension,
        ahead=bookings.ahead_of_practice(specialist.id),
        may_suspend=suspension is None and specialist.state in WORKING,
    )


def booking_with(specialist: Specialist, code: str) -> Booking:
    """A booking with this specialist, for staff; raises NotFound."""
    found = db.session.scalar(
        select(Booking).where(
            Booking.code == code,
            Booking.specialist_id == specialist.id,
            Booking.state.not_in(NOT_FOR_SPECIALISTS),
        )
    )
    if found is None:
        raise NotFound()
    return found


def _consults(first: datetime, last: datetime) -> int:
    counted = (
        select(func.count(Booking.id))
        .join(Appointment, Appointment.id == Booking.appointment_id)
        .where(
            Booking.kind.in_(ONE_PER_PAIR),
            Booking.state == BookingState.COMPLETED,
            Appointment.starts_at >= first,
            Appointment.starts_at < last,
        )
    )
    return db.session.scalar(counted) or 0


@dataclass(frozen=True)
class Struck:
    """A specialist with strikes of the last 90 days, the newest first, and whether new consultations rest by them."""

    specialist: Specialist
    strikes: list[tuple[Strike, Booking]]
    counting: int
    rests: bool


def struck() -> list[Struck]:
    """Specialists with a strike that stands, within the time in which they count: those who rest first."""
    since = clock.now() - limits.STRIKE_WINDOW
    rows = db.session.execute(
        select(Strike, Booking)
        .join(Booking, Booking.id == Strike.booking_id)
        .options(joinedload(Booking.appointment), joinedload(Booking.specialist))
        .where(Strike.at > since)
        .order_by(Strike.at.desc(), Strike.id.desc())
    )
    by_owner: dict[int, list[tuple[Strike, Booking]]] = {}
    for strike, booking in rows:
        by_owner.setdefault(strike.specialist_id, []).append((strike, booking))
    found = [_struck(strikes) for strikes in by_owner.values()]
    return sorted((each for each in found if each.counting), key=lambda each: not each.rests)


def _struck(strikes: list[tuple[Strike, Booking]]) -> Struck:
    counted = [strike.at for strike, _ in strikes if strike.waived_at is None]
    rests = booking_rules.strikes_pause(counted, clock.now())
    return Struck(strikes[0][1].specialist, strikes, len(counted), rests)


def strike_of(code: str) -> Strike:
    """The strike that the booking of this code brought; raises NotFound."""
    found = db.session.scalar(select(Strike).join(Booking, Booking.id == Strike.booking_id).where(Booking.code == code))
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Asked:
    """What the log is searched for; dates are whole days in `zone`."""

    who: str = ""
    what: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None
    zone: str = "UTC"


def log(
    asked: Asked, before: int | None = None, limit: int = A_PAGE, *, reader: User, by_people: bool = False
) -> list[tuple[AuditEvent, str]]:
    """Lines of the log with who did it in words, the newest first; `before` is the last number of the page before.

    `by_people`: without what happens by itself. Nobody reads of cases of safety about themselves.
    """
    found = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(limit)
    found = found.where(AuditEvent.subject.not_in(disputes.subjects_about(reader)))
    if by_people:
        found = found.where(AuditEvent.actor != audit.SYSTEM)
    if asked.who:
        found = found.where(AuditEvent.actor.in_(_actors(asked.who)))
    if asked.what:
        found = found.where(AuditEvent.action.startswith(asked.what, autoescape=True))
    if asked.about:
        # As it is printed, "booking Qc36", or as it is kept, "booking:Qc36".
        spellings = {asked.about, _SPOKEN.sub(r"\1:", asked.about)}
        found = found.where(or_(*(AuditEvent.subject.contains(each, autoescape=True) for each in spellings)))
    if asked.first:
        found = found.where(AuditEvent.at >= _midnight(asked.first, asked.zone))
    if asked.last:
        found = found.where(AuditEvent.at < _midnight(asked.last + timedelta(days=1), asked.zone))
    if before is not None:
        found = found.where(AuditEvent.number < before)
    rows = list(db.session.scalars(found))
    names = _names({row.actor for row in rows})
    return [(row, names.get(row.actor, row.actor)) for row in rows]


def lines_about(subject: str) -> list[tuple[datetime, str, str]]:
    """When what was recorded about one thing ("order:CODE"), by whom in words, the oldest first."""
    asked = select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.number)
    rows = list(db.session.scalars(asked.limit(A_PAGE * 4)))
    names = _names({row.actor for row in rows})
    return [(row.at, row.action, names.get(row.actor, row.actor)) for row in rows]


def kinds_in_log() -> list[str]:
    """The first words of all actions that were ever recorded ("booking", "specialist")."""
    every = db.session.scalars(select(AuditEvent.action).distinct())
    return sorted({action.partition(".")[0] for action in every})


def _actors(who: str) -> list[str]:
    """Accounts whose shown name or address contains the words, "system", or a code as it stands in the log."""
    matching = select(User.code).where(
        is_called(User.display_name, User.name_folded, who) | User.email.icontains(who, autoescape=True)
    )
    return [who, *(f"account:{code}" for code in db.session.scalars(matching.limit(200)))]


def _names(actors: set[str]) -> dict[str, str]:
    codes = [actor.removeprefix("account:") for actor in actors if actor.startswith("account:")]
    rows = db.session.execute(select(User.code, User.display_name).where(User.code.in_(codes)))
    return {f"account:{code}": name for code, name in rows} | {audit.SYSTEM: "Automatic"}


def _midnight(on: date, zone: str) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone))


def booking_by_code(code: str) -> Booking:
    """Any booking that somebody made, for staff; raises NotFound. A hold is nobody's yet."""
    found = db.session.scalar(booked.whole().where(Booking.code == code, Booking.client_id.is_not(None)))
    if found is None:
        raise NotFound("There is no such booking.")
    return found


def bookings_of(user: User) -> Sequence[Booking]:
    """The newest appointments of a person as a client."""
    mine = booked.whole().where(Booking.client_id == user.id).order_by(Appointment.starts_at.desc())
    return db.session.scalars(mine.limit(A_PAGE)).all()


def who_did(booking: Booking, move: BookingMove) -> str:
    """Who did one thing that happened to a booking, in a word."""
    sides = {booking.client_id: "by the client", booking.specialist.user_id: "by the specialist", None: "by itself"}
    return sides.get(move.by_id, "by our staff")


def letters_about(booking: Booking) -> Sequence[tuple[outbox.OutboxMail, str]]:
    """Letters about a booking with the side they went to, the oldest first; never their words."""
    asked = select(outbox.OutboxMail).where(outbox.OutboxMail.about == booking.thing).order_by(outbox.OutboxMail.id)
    sides = {booking.client_id: "Client", booking.specialist.user_id: "Specialist"}
    return [(each, sides.get(each.recipient_id, "")) for each in db.session.scalars(asked)]


def begins_with(code: str) -> list[tuple[str, str]]:
    """("account" or "booking", its whole code) for a code, or for its first characters: eight or more, and at most two
    of each kind, so that whoever gets more than one knows that more has to be written."""
    if len(code) < ENOUGH_OF_A_CODE:
        return []
    asked: tuple[tuple[str, Select[str]], ...] = (
        ("account", select(User.code).where(_begins(User.code, code))),
        ("booking", select(Booking.code).where(_begins(Booking.code, code), Booking.client_id.is_not(None))),
    )
    return [(kind, whole) for kind, query in asked for whole in db.session.scalars(query.limit(2))]


def _begins(column: Any, code: str) -> ColumnElement[bool]:
    """Compared letter by letter: LIKE takes "a" for "A" on SQLite."""
    return func.substr(column, 1, len(code)) == code
