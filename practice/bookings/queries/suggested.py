"""This file knows whom a page suggests unasked: people with a free consultation soon, while its reader is awake."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from sqlalchemy import bindparam, select, union

from practice.accounts.models import User
from practice.bookings import free_times, policy, waking
from practice.bookings.free_times import Wanted
from practice.bookings.models import Booking
from practice.http.clocks import Clock
from practice.specialists import search
from practice.specialists.models import Specialist
from practice.specialists.policy import day_number
from practice.specialists.search import Listed
from practice.store.db import db
from practice.values import clock

from .eligibility import eligibility_of, resting

# With whom a person cannot book: themself, and those with whom they have, or had, their consultation.
CLOSED = union(
    select(Specialist.id).where(Specialist.user_id == bindparam("user")),
    select(Booking.specialist_id).where(Booking.person_key == bindparam("person"), Booking.claims_pair.is_(True)),
)
MOST = 3
Suggested = tuple[Listed, tuple[int, ...]]


def everyone() -> list[Listed]:
    """All who are published, as their cards may speak now: while strikes pause somebody's consultations, no card
    promises one."""
    paused = resting()
    return [each if each.card.id not in paused else each.without_consult() for each in search.listed()]


def consults_of(each: Listed) -> Wanted | None:
    """The list of free times that a card shows; None for who offers no consultation."""
    consult = each.card.consult
    return Wanted(each.card.id, consult.timing, each.calendar_version) if consult is not None else None


def soonest(people: Iterable[Listed], reader: Clock, count: int) -> list[Suggested]:
    """Who has time soonest, each with their next starts (epoch seconds).

    It is the rule of the list, asked of the reader's waking hours: whoever has only night to offer comes after them,
    and who has no time at all comes last.
    """
    wanted = {each: consults_of(each) for each in people}
    starts = free_times.all_starts([each for each in wanted.values() if each], clock.now())
    number = day_number(clock.today("UTC"))
    found = [(each, waking.by_day(starts[of], reader) if of else ()) for each, of in wanted.items()]
    return sorted(found, key=lambda pair: _place(pair, reader, number))[:count]


def _place(found: Suggested, reader: Clock, number: str) -> tuple[object, ...]:
    each, first = found[0], next(iter(found[1]), None)
    is_night = first is not None and waking.is_night(first, reader)
    return first is None, is_night, search.place_in_list(each, first, (), number)


def others_with_times(
    specialist: Specialist, user: User, reader: Clock, known: policy.Eligibility | None = None
) -> list[tuple[Specialist, datetime]]:
    """Colleagues who share a topic, with whom `user` may book, and when: the way on when a "no" was the answer.

    Nobody where nobody can be booked by `user` just now, whoever it is. `known` is what was read of that already.
    """
    if set(policy.refusals(known or eligibility_of(user, specialist), clock.now())) & policy.WITH_ANYBODY:
        return []
    topics, closed = {each.topic.slug for each in specialist.topics}, _closed_to(user) | {specialist.id}
    people = [each for each in everyone() if each.card.id not in closed and _shares(each, topics)]
    return _rows({each.card.id: starts[0] for each, starts in soonest(people, reader, MOST) if starts})


def people_for(topics: AbstractSet[str], user: User, reader: Clock) -> list[tuple[Specialist, datetime]]:
    """Up to three people for one of these topics with whom `user` may book, and when: the way on where nobody has
    answered. Whether a limit of theirs is reached is said where they choose a time."""
    closed = _closed_to(user)
    people = [each for each in everyone() if each.card.id not in closed and _shares(each, topics)]
    return _rows({each.card.id: starts[0] for each, starts in soonest(people, reader, MOST) if starts})


def colleagues_with_times(specialist: Specialist, count: int) -> list[tuple[Specialist, datetime]]:
    """Published colleagues who share a topic and have a free consultation, soonest first, at whatever hour."""
    topics = {each.topic.slug for each in specialist.topics}
    people = [each for each in everyone() if each.card.id != specialist.id and _shares(each, topics)]
    return _rows(dict(sorted(_firsts(people).items(), key=lambda pair: (pair[1], pair[0]))[:count]))


def next_consults(people: Collection[Specialist]) -> dict[int, datetime]:
    """When each of them who can be booked now has the next free consultation, by id; who has none is not in it."""
    wanted = {each.id for each in people}
    firsts = _firsts([each for each in everyone() if each.card.id in wanted]) if wanted else {}
    return {each: datetime.fromtimestamp(start, UTC) for each, start in firsts.items()}


def _firsts(people: Iterable[Listed]) -> dict[int, int]:
    wanted = {each.card.id: consults for each in people if (consults := consults_of(each)) is not None}
    starts = free_times.all_starts(list(wanted.values()), clock.now())
    return {each: starts[consults][0] for each, consults in wanted.items() if starts[consults]}


def _rows(starts: dict[int, int]) -> list[tuple[Specialist, datetime]]:
    if not starts:
        return []
    rows = {row.id: row for row in db.session.scalars(select(Specialist).where(Specialist.id.in_(starts)))}
    return [(rows[each], datetime.fromtimestamp(start, UTC)) for each, start in starts.items()]


def _shares(each: Listed, topics: AbstractSet[str]) -> bool:
    return not topics or not topics.isdisjoint((*each.card.main_topics, *each.card.other_topics))


def _closed_to(user: User) -> set[int]:
    if not user.is_authenticated:
        return set()
    return set(db.session.scalars(CLOSED, {"user": user.id, "person": user.person_key}))
