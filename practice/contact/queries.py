"""This file knows every read of tickets: a person's own, the staff's desk, and how long answers take."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from practice.accounts.models import User
from practice.bookings.models import Booking
from practice.moderation.policy import median_of
from practice.specialists.models import Credential, Specialist
from practice.store.db import db
from practice.values import clock
from practice.values.errors import NotFound

from .models import ContactMessage, Ticket
from .policy import CLOSES_AFTER, CLOSES_UNHEARD, LOOKED_AT, RANK
from .states import WITH_US, Category, TicketState, Whose

A_PAGE = 50
_NUMBER = re.compile(r"C-(\d{4})-(\d{4,9})")
SHOWN = ("waiting", "mine", "answered", "closed")


# ---------------------------------------------------------------- a person's own


def own(user: User, number: str) -> Ticket:
    """One of somebody's own tickets with its messages; raises `NotFound`."""
    return _by_number(number, Ticket.user_id == user.id)


def _by_number(number: str, *which: ColumnElement[bool]) -> Ticket:
    read = _NUMBER.fullmatch(number)
    asked = select(Ticket).options(
        selectinload(Ticket.messages).joinedload(ContactMessage.by), joinedload(Ticket.about), joinedload(Ticket.user)
    )
    found = db.session.scalar(asked.where(Ticket.id == int(read[2]), *which)) if read else None
    if found is None or found.number != number:
        raise NotFound()
    return found


def by_code(code: str) -> Ticket:
    """One that was just made."""
    return db.session.scalars(select(Ticket).where(Ticket.code == code)).one()


def own_list(user: User, first: int = 0) -> Sequence[Ticket]:
    """A page of somebody's tickets, what changed last first; `first`: how many come before it."""
    mine = select(Ticket).where(Ticket.user_id == user.id)
    rows = db.session.scalars(mine.order_by(Ticket.changed_at.desc(), Ticket.id.desc()).limit(A_PAGE).offset(first))
    return rows.all()


def own_count(user: User) -> int:
    """How many there are."""
    return _count(Ticket.user_id == user.id)


def open_of(user: User) -> int:
    """How many of somebody's tickets are not over."""
    return _count(Ticket.user_id == user.id, Ticket.state != TicketState.CLOSED)


def written_since_yesterday(user: User) -> int:
    """How many messages somebody wrote to us in 24 hours."""
    since = clock.now() - timedelta(days=1)
    mine = (ContactMessage.by_id == user.id, ContactMessage.whose == Whose.PERSON, ContactMessage.at > since)
    return db.session.scalar(select(func.count()).select_from(ContactMessage).where(*mine)) or 0


def sent_with(user: User, form_key: str) -> Ticket | None:
    """What this person opened with this form."""
    return db.session.scalar(select(Ticket).where(Ticket.user_id == user.id, Ticket.form_key == form_key))


def message_with(ticket: Ticket, form_key: str) -> ContactMessage | None:
    """What was written in a ticket with this form."""
    mine = (ContactMessage.ticket_id == ticket.id, ContactMessage.form_key == form_key)
    return db.session.scalar(select(ContactMessage).where(*mine))


# ---------------------------------------------------------------- whom a complaint is about


@dataclass(frozen=True)
class About:
    """A specialist whom somebody complains about: what they are called, and the bodies to which one can turn."""

    id: int
    slug: str
    called: str
    bodies: tuple[tuple[str, str], ...]


def about(slug: str, user: User | None) -> About | None:
    """The specialist of that address, as far as this reader may know of them: one whose page is public, or whom they
    have met. Bodies are (name, country) of credentials that we checked."""
    found = specialist(slug) if slug else None
    if found is None or not (found.is_visible or _have_met(found, user)):
        return None
    return About(found.id, found.slug, found.called, bodies_of(found))


def specialist(slug: str) -> Specialist | None:
    """Whoever has that address, for staff."""
    return db.session.scalar(select(Specialist).where(Specialist.slug == slug))


def bodies_of(specialist: Specialist) -> tuple[tuple[str, str], ...]:
    """The professional bodies of a specialist, by the credentials that we checked."""
    checked = (Credential.specialist_id == specialist.id, Credential.state.in_(("verified", "expired")))
    asked = select(Credential.body, Credential.country).where(*checked, Credential.body != "").order_by(Credential.id)
    return tuple(dict.fromkeys((body, country) for body, country in db.session.execute(asked)))


def _have_met(specialist: Specialist, user: User | None) -> bool:
    if user is None:
        return False
    met = select(Booking.id).where(Booking.client_id == user.id, Booking.specialist_id == specialist.id).limit(1)
    return db.session.scalar(met) is not None


# ---------------------------------------------------------------- how long it takes


def usual_times() -> Mapping[Category, timedelta]:
    """In which time half of the last answers came, by what they were about; nothing where too few were given."""
    times: dict[Category, list[timedelta]] = defaultdict(list)
    for category, opened_at, answered_at in db.session.execute(_LAST_ANSWERS):
        times[Category(category)].append(answered_at - opened_at)
    found = {category: median_of(each) for category, each in times.items()}
    return {category: time for category, time in found.items() if time is not None}


def _last_answers(category: Category) -> Select[Any]:
    newest = (
        select(Ticket.category, Ticket.opened_at, Ticket.first_answered_at)
        .where(Ticket.category == category, Ticket.first_answered_at.is_not(None))
        .order_by(Ticket.first_answered_at.desc(), Ticket.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    return select(newest.c.category, newest.c.opened_at, newest.c.first_answered_at)


_LAST_ANSWERS = union_all(*(_last_answers(each) for each in Category))


# ---------------------------------------------------------------- staff


def _others(by: User) -> ColumnElement[bool]:
    """What one of the staff may handle: nothing of their own, nothing about themselves."""
    themselves = select(Specialist.id).where(Specialist.user_id == by.id)
    return and_(
        or_(Ticket.user_id.is_(None), Ticket.user_id != by.id),
        or_(Ticket.about_id.is_(None), Ticket.about_id.not_in(themselves)),
    )


def for_staff(by: User, number: str) -> Ticket:
    """A ticket for one of the staff; raises `NotFound`, also for their own and for one about themselves."""
    return _by_number(number, _others(by))


def _shown(show: str, by: User) -> tuple[ColumnElement[bool], ...]:
    return {
        "mine": (Ticket.claimed_by_id == by.id, Ticket.claimed_until > clock.now()),
        "answered": (Ticket.state.in_((TicketState.ANSWERED, TicketState.WAITING)),),
        "closed": (Ticket.state == TicketState.CLOSED,),
    }.get(show, (Ticket.state.in_(WITH_US),))


def desk(by: User, show: str, first: int = 0) -> Sequence[Ticket]:
    """A page of the desk: what waits by severity and age, the rest by when it changed; `counts` says how many."""
    which = (*_shown(show, by), _others(by))
    order = (_RANK, Ticket.waits_since, Ticket.id) if show == "waiting" else (Ticket.changed_at.desc(), Ticket.id)
    asked = select(Ticket).options(joinedload(Ticket.claimed_by)).where(*which).order_by(*order)
    return db.session.scalars(asked.limit(A_PAGE).offset(first)).all()


_RANK = case({str(category): rank for category, rank in RANK.items()}, value=Ticket.category)


def counts(by: User) -> dict[str, int]:
    """How many tickets each part of the desk has for this person."""
    asked = [func.count().filter(and_(*_shown(show, by))) for show in SHOWN]
    row = db.session.execute(select(*asked).select_from(Ticket).where(_others(by)))
    return dict(zip(SHOWN, row.one(), strict=True))


def waiting(by: User) -> tuple[int, int, Any]:
    """How many tickets wait for an answer, how many of them are about safety, since when the oldest does."""
    is_safety = Ticket.category == Category.SAFETY
    asked = select(func.count(), func.count().filter(is_safety), func.min(Ticket.waits_since))
    total, safety, oldest = db.session.execute(asked.where(Ticket.state.in_(WITH_US), _others(by))).one()
    return total, safety, oldest


# ---------------------------------------------------------------- sweeps, checks


def quiet() -> Sequence[Ticket]:
    """Tickets under whose answer, or question of ours, nobody wrote for so long that they close by themselves."""
    now = clock.now()
    answered = and_(Ticket.state == TicketState.ANSWERED, Ticket.changed_at < now - CLOSES_AFTER)
    unheard = and_(Ticket.state == TicketState.WAITING, Ticket.changed_at < now - CLOSES_UNHEARD)
    return db.session.scalars(select(Ticket).where(or_(answered, unheard)).order_by(Ticket.id)).all()


def closed_unanswered() -> Sequence[int]:
    """Tickets that staff, or time, closed although nobody had answered; none, if all is well."""
    words = (ContactMessage.ticket_id == Ticket.id, ContactMessage.whose == Whose.STAFF)
    answered = select(ContactMessage.id).where(*words).exists()
    asked = select(Ticket.id).where(Ticket.closed_by_id.is_not(None), ~answered)
    return db.session.scalars(asked.order_by(Ticket.id)).all()


def _count(*which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket).where(*which)) or 0
