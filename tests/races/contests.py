"""This file knows the races: who wants what, and how one sees afterwards whether everything was right."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, text

from practice.bookings import queries
from practice.bookings.actions import expire_holds
from practice.bookings.forms import start_value
from practice.bookings.models import Appointment, Booking, BookingMove, Proposal
from practice.bookings.states import BookingState
from practice.specialists.models import Specialist
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values import clock
from tests.races.arena import MONDAY, Arena, Result, starts_of

HALF_HOUR = timedelta(minutes=30)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@dataclass(frozen=True)
class Verdict:
    """What a race left behind."""

    name: str
    engine: str
    guarded: bool
    result: Result
    confirmed: int
    overlaps: int
    second_consults: int
    false_refusals: int
    other_faults: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        return not (self.overlaps or self.second_consults or self.false_refusals or self.other_faults)

    @property
    def odd_answers(self) -> dict[str, int]:
        """Answers that nobody should get in a race: neither done nor a named refusal."""
        return {name: n for name, n in self.result.outcomes().items() if name not in NAMED and name[-4:] not in DONE}

    def row(self) -> str:
        """A line of the table in the documents."""
        cells = (
            self.name, self.engine, "on" if self.guarded else "off", f"{len(self.result.tries):,}", self.confirmed,
            self.overlaps, self.second_consults, self.false_refusals, len(self.other_faults),
            f"{self.result.rate:.0f}/s",
            " / ".join(f"{self.result.percentile(share):.0f}" for share in (0.5, 0.95, 1)) + " ms",
        )  # fmt: skip
        return f"| {' | '.join(str(cell) for cell in cells)} |"


HEAD = (
    "| race | engine | guard | attempts | booked | overlaps | second consults | false refusals | other faults | rate "
    "| p50 / p95 / max |\n|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)
DONE = (" 303", " 409")
NAMED = ("booked", "slot_taken", "slot_closed", "own_overlap", "not_eligible")


# ---------------------------------------------------------------- the races


def overlapping_starts(arena: Arena, attempts: int, *, guarded: bool = True, seed: int = 1) -> Verdict:
    """R1: three specialists, starts a quarter of an hour apart for half an hour each, more clients than places."""
    chance = random.Random(seed)
    slugs = arena.practices(3)
    days = 1 + attempts // 700
    starts = starts_of(NEXT_MONDAY, days + 2 * (days // 5))[: days * 31]
    people = arena.people(max(24, attempts // 12))
    for number in range(attempts):
        person = people[number % len(people)]
        slug, start = chance.choice(slugs), chance.choice(starts)
        person.wants.append((slug, start, f"r1-{number}"))
    with arena.servers(guarded=guarded) as port:
        result = arena.run(port, people, way="book")
    return judge("R1", arena, result, guarded=guarded)


def one_pair_many_tries(arena: Arena, pairs: int, tries: int, *, guarded: bool = True) -> Verdict:
    """R6: each client tries many free times of one specialist from eight browsers at once; one of them is theirs."""
    slugs = arena.practices(pairs)
    clients = arena.people(pairs)
    starts = starts_of(NEXT_MONDAY, 49, every=30)
    if not guarded:
        with arena.inside(), transaction() as session:
            session.execute(text("DROP INDEX uq_bookings_consult_pair"))
    people = []
    with arena.inside():
        for client, slug in zip(clients, slugs, strict=True):
            browsers = [client, *(arena.browser_of(client.number, client.user_id) for _ in range(7))]
            for number in range(tries):
                key = f"r6-{client.number}-{number}"
                browsers[number % 8].wants.append((slug, starts[number % len(starts)], key))
            people.append(browsers)
    # One browser of each pair to each process, so that all eight fight about every pair.
    order = [browsers[n] for browsers in people for n in range(8)]
    with arena.servers(guarded=guarded) as port:
        result = arena.run(port, order, way="book", threads=4)
    return judge("R6", arena, result, guarded=guarded)


def forty_places(arena: Arena, *, guarded: bool = True, clients: int = 50, places: int = 40) -> Verdict:
    """W4: fifty clients, forty times of one specialist; each client tries each once, in an order of their own.

    In the control run all have the same order, so that it never comes out clean by luck.
    """
    (slug,) = arena.practices(1)
    people = arena.people(clients)
    starts = starts_of(NEXT_MONDAY, 14, every=60)[:places]
    for person in people:
        mine = list(starts)
        random.Random(900 + person.number if guarded else 900).shuffle(mine)
        person.wants.extend((slug, start, f"w4-{person.number}-{n}") for n, start in enumerate(mine))
    with arena.servers(guarded=guarded) as port:
        result = arena.run(port, people, way="hold", threads=7)
    return judge("W4", arena, result, guarded=guarded)


def both_roles(arena: Arena, *, guarded: bool = True, owners: int = 8, hours: int = 2) -> Verdict:
    """R7: specialists all want each other's same few hours at once, as clients, while they are booked themselves."""
    slugs = arena.practices(owners)
    starts = starts_of(NEXT_MONDAY, 1, every=60)[:hours]
    people = [arena.owner(slug) for slug in slugs]
    for number, person in enumerate(people):
        others = [slug for slug in slugs if slug != slugs[number]]
        if guarded:
            random.Random(700 + number).shuffle(others)
        person.wants.extend((slug, start, f"r7-{number}-{slug}-{start}") for slug in others for start in starts)
        person.number = number
    with arena.servers(guarded=guarded) as port:
        result = arena.run(port, people, way="book")
    return judge("R7", arena, result, guarded=guarded)


def mixed_days(
    arena: Arena, operations: int, *, clients: int, practices: int = 3, days: int = 1
) -> tuple[Verdict, set[str]]:
    """R5: everybody books, holds, moves, cancels, offers and accepts at random; holds run out all the while.

    A night lies between two days, so that the limits of one day end and do not end the race. Beside the verdict: the
    bookings about which the clients and the database say different things, and each pair beyond a day's limits.
    """
    slugs, people = arena.practices(practices), arena.people(clients)
    owners = {slug: {"cookies": each.cookies, "token": each.token} for slug in slugs if (each := arena.owner(slug))}
    starts = starts_of(NEXT_MONDAY, 4)[: 2 * clients]
    plan = {"owners": owners, "starts": starts, "steps": operations // clients // days, "seed": operations}
    results, wrong = [], set()
    with arena.servers() as port, arena.ageing():
        for day in range(days):
            results.append(arena.run(port, people, way="mixed", threads=3, day=day, **plan))
            believed = [each for each in results[-1].tries if each.outcome == "final"]
            for person in people:
                person.mine = [(e.code, e.slug, e.start) for e in believed if e.person == person.number]
            wrong |= beyond_limits(arena)
            arena.night()
    tries = [each for result in results for each in result.tries if each.outcome != "final"]
    verdict = judge("R5", arena, Result(tries, sum(each.seconds for each in results)), guarded=True)
    with arena.inside():
        stored = {f"{each.code} {start_value(each.starts_at)}" for each in confirmed()}
    return verdict, wrong | ({f"{each.code} {each.start}" for each in believed} ^ stored)


# ---------------------------------------------------------------- the verdict


def judge(name: str, arena: Arena, result: Result, *, guarded: bool) -> Verdict:
    """Read the database after the race, first what it says about itself, then what it says about each refusal."""
    with arena.inside():
        clock.advance(timedelta(minutes=20))
        expire_holds()
        found = faults()
        overlaps = [fault for fault in found if "overlap" in fault]
        seconds = [fault for fault in found if "free consultations" in fault]
        rest = [fault for fault in found if fault not in overlaps and fault not in seconds]
        return Verdict(
            name=name,
            engine=db.engine.dialect.name,
            guarded=guarded,
            result=result,
            confirmed=len(confirmed()),
            overlaps=len(overlaps),
            second_consults=len(seconds),
            false_refusals=false_refusals(result) if guarded else 0,
            # Without claims there are no cells to compare with.
            other_faults=tuple(rest) if guarded else (),
        )


def beyond_limits(arena: Arena) -> set[str]:
    """The pairs whose client changed more than five times within the last day, or in which one side named other times
    four times.

    Counted by plain reading: a booking, or another time that nobody had asked them for.
    """
    with arena.inside():
        day_ago = clock.now() - timedelta(days=1)
        pair = Booking.client_id, Booking.specialist_id
        changes = (
            select(*pair)
            .join(BookingMove, BookingMove.booking_id == Booking.id)
            .where(BookingMove.at > day_ago, BookingMove.after == "confirmed", BookingMove.reason.in_(("", "moved")))
        )
        named = select(*pair).join(Proposal, Proposal.booking_id == Booking.id).where(Proposal.made_at > day_ago)
        offers, asked = (named.where(Proposal.side == side) for side in ("specialist", "client"))
        found = {"changed": (changes, 5), "was offered": (offers, 3), "asked": (asked, 3)}
        return {
            f"pair {each} {what} {count} times"
            for what, (asked, most) in found.items()
            for each, count in Counter(tuple(row) for row in db.session.execute(asked)).items()
            if count > most
        }


def confirmed() -> Sequence[Booking]:
    """Everything that is booked."""
    return db.session.scalars(select(Booking).where(Booking.state == BookingState.CONFIRMED)).all()


def false_refusals(result: Result) -> int:
    """Refusals as taken that nothing ever lay behind, or whose time is neither taken nor offered now."""
    free = {slug: set(queries.starts_for(practice.consult)) for slug, practice in _practices().items()}
    once, now = _spans((*BookingState,)), _spans((BookingState.CONFIRMED,))
    wrong = 0
    for each in result.tries:
        if each.outcome not in ("slot_taken", "slot_closed"):
            continue
        start = datetime.fromisoformat(each.start)
        was_behind = any(begins < start + HALF_HOUR and start < ends for begins, ends in once[each.slug])
        is_taken = any(begins < start + HALF_HOUR and start < ends for begins, ends in now[each.slug])
        wrong += not was_behind or not (is_taken or int(start.timestamp()) in free[each.slug])
    return wrong


def _practices() -> dict[str, Specialist]:
    return {each.slug: each for each in db.session.scalars(select(Specialist))}


def _spans(states: tuple[BookingState, ...]) -> dict[str, list[tuple[datetime, datetime]]]:
    found: dict[str, list[tuple[datetime, datetime]]] = {slug: [] for slug in _practices()}
    rows = db.session.execute(
        select(Specialist.slug, Appointment.starts_at, Appointment.ends_at)
        # In their practice, or as a client of another: both are their time.
        .join(Booking, or_(Booking.specialist_id == Specialist.id, Booking.client_id == Specialist.user_id))
        .join(Appointment, Appointment.id == Booking.appointment_id)
        .where(Booking.state.in_(states))
    )
    for slug, starts_at, ends_at in rows:
        found[slug].append((starts_at, ends_at))
    return found
