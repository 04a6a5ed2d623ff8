"""This file knows how the demo's appointments come about: each step at its own time, through the real actions."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from practice.accounts.models import User
from practice.bookings import actions, limits, policy, queries, sold
from practice.bookings.picking import spread
from practice.bookings.states import Outcome
from practice.bookings.terms import LONGEST_HOLD
from practice.specialists import queries as specialists
from practice.specialists.actions import give_lower_price
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import Format
from practice.values import clock

from . import till
from .cast import Cast
from .fits import DECISIONS
from .payees import Happening
from .people import CLIENTS, SENTENCES
from .scene import Scene
from .shapes import Meeting
from .till import AFTERWARDS, AT_THE_TILL

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLACES = {each.mailbox: each.place for each in CLIENTS}
ZONES = {each.mailbox: each.zone for each in CLIENTS}
PHONES = {each.mailbox: each.phone for each in CLIENTS}
# Nobody talks at night if there is another time within a day and a half.
AWAKE, NIGHT = range(7, 22), timedelta(hours=36)
JUST_BEGUN = timedelta(minutes=25)
SOON = timedelta(seconds=5)  # until a worker has seen to it
MOVE_NO_MONEY = ("pay", "join", "wait", "complete", "move")  # or have seen to it themselves

Step = Callable[[Scene], object]


class Timeline:
    """Everything that happens until `now`, in the order of time."""

    def __init__(self, cast: Cast, now: datetime) -> None:
        self.cast, self.now = cast, now
        self.meetings: tuple[Meeting, ...] = ()
        self._queue: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()

    def let_happen(
        self, meetings: tuple[Meeting, ...], others: Iterable[Happening], meanwhile: Callable[[datetime], None]
    ) -> None:
        """Let every meeting be booked at its time, and what follows from it happen at its own, among what `others` do.

        `meanwhile` is told of each such instant before something happens then.
        """
        self.meetings = meetings
        for at, other in others:
            self._at(at, other)
        for text in meetings:
            self._at(self.now - timedelta(days=text.booked), self._beginning(text))
        while self._queue:
            at, _, happen = heapq.heappop(self._queue)
            with clock.freeze(at, everywhere=False):
                meanwhile(at)
                happen()

    def _at(self, instant: datetime, happen: Callable[[], object]) -> None:
        if instant <= self.now:
            heapq.heappush(self._queue, (instant, next(self._numbers), happen))

    def _beginning(self, text: Meeting) -> Callable[[], None]:
        if text.minutes:
            return lambda: self._buy(text)
        return (lambda: self._hold(text)) if not text.client else (lambda: self._book(text))

    def _book(self, text: Meeting) -> None:
        client = self.cast.clients[text.client]
        found = self._time_for(text, client)
        if found is None:
            return
        practice, starts_at = found
        if policy.refusals(queries.eligibility_of(client, practice, location=PLACES[text.client]), clock.now()):
            return
        assert practice.consult is not None
        booking = actions.book(client, practice.consult, starts_at, _details(text, practice))
        self._go_on(Scene(text, self.cast, practice, client, booking), list(text.then))

    def _buy(self, text: Meeting) -> None:
        """A session; where nobody sells it then, or not to them, nothing happens."""
        client, practice = self.cast.clients[text.client], self.cast.practices[text.specialist]
        offer = next(each for each in specialists.sessions(practice) if each.minutes == text.minutes)
        taken = [booking.starts_at for booking in queries.upcoming_of(client)]
        starts_at = next(self._free(text, offer, taken), None)
        if starts_at is None or not sold.is_sold(offer):
            return
        booking = till.buy(actions.Wish(client, offer, starts_at, _details(text, practice)))
        self._at(clock.now() + SOON, till.tend)
        self._go_on(Scene(text, self.cast, practice, client, booking), list(text.then))

    def _go_on(self, scene: Scene, steps: list[str]) -> None:
        """Plan the first of the steps that are left; it plans the next one, whose time may depend on it."""
        if not steps:
            return
        moment, step = STEPS[steps[0]]

        def happen() -> None:
            step(scene)
            if scene.text.minutes and steps[0] not in MOVE_NO_MONEY:
                self._at(clock.now() + SOON, till.tend)
            self._go_on(scene, steps[1:])

        self._at(max(moment(scene), clock.now()), happen)

    def _hold(self, text: Meeting) -> None:
        """A browser that nobody has signed in with keeps a time."""
        practice = self.cast.practices[text.specialist]
        assert practice.consult is not None
        starts_at = next(iter(self._free(text, practice.consult, [])), None)
        if starts_at is not None:
            key = f"demo{next(self._numbers)}"
            actions.hold(practice.consult, starts_at, actions.Visitor(None, key, key, "Europe/Madrid"))
            self._at(clock.now() + LONGEST_HOLD + MINUTE, _expire)

    def _time_for(self, text: Meeting, client: User) -> tuple[Specialist, datetime] | None:
        """The practice and the free time nearest to what the text wants; without a name, whoever works at that time."""
        taken = [booking.starts_at for booking in queries.upcoming_of(client)]
        if text.specialist:
            practice = self.cast.practices[text.specialist]
            assert practice.consult is not None
            return next(((practice, at) for at in self._free(text, practice.consult, taken)), None)
        everyone = [
            practice
            for slug, practice in self.cast.practices.items()
            if not practice.permitted_places and slug not in self._met_by(text.client)
        ]
        return next(
            (
                (practice, at)
                for practice in everyone
                if practice.consult
                for at in self._free(text, practice.consult, taken)
                if self.now - JUST_BEGUN < at <= self.now
            ),
            None,
        )

    def _met_by(self, client: str) -> set[str]:
        """Whom a client meets anyway: each pair has one free consultation."""
        return {text.specialist for text in self.meetings if text.client == client}

    def _free(self, text: Meeting, offer: Offer, taken: list[datetime]) -> Iterator[datetime]:
        """Free times of `offer` on the right side of `now`, apart from what the client has, the nearest first."""
        wanted = self.now + text.starts * HOUR
        zone = ZoneInfo(ZONES.get(text.client, "UTC"))

        def distance(at: datetime) -> timedelta:
            return abs(at - wanted) + (timedelta() if at.astimezone(zone).hour in AWAKE else NIGHT)

        for at in sorted(queries.nearest(offer, wanted, count=600), key=distance):
            is_right_side = at > self.now + HOUR if text.starts > 0 else at < self.now - 2 * HOUR or not text.specialist
            if is_right_side and all(abs(at - other) >= HOUR for other in taken):
                yield at


def _details(text: Meeting, practice: Specialist) -> actions.Details:
    meets = text.format if text.format in practice.formats else practice.formats[0]
    return actions.Details(
        format=meets,
        phone=PHONES[text.client] if meets == Format.PHONE else "",
        topics=list(text.topics),
        note=text.note,
        shares_note=bool(text.note),
        with_partner=text.partner,
        location=PLACES[text.client],
    )


def _expire() -> None:
    actions.expire_holds()


# ---------------------------------------------------------------- what happens, and when


def _move(scene: Scene) -> None:
    """To another free time near the first one, at most a day later, so that what was past stays past."""
    taken = [each.starts_at for each in queries.upcoming_of(scene.client) if each.id != scene.booking.id]
    before, zone = scene.booking.starts_at, ZoneInfo(ZONES[scene.text.client])
    for at in queries.nearest(scene.booking.appointment.offer, before + 3 * HOUR, count=60):
        is_near = before != at < before + 24 * HOUR and at.astimezone(zone).hour in AWAKE
        if is_near and all(abs(at - other) >= HOUR for other in taken):
            actions.move(scene.booking, at, by=scene.client)
            return


def _propose(scene: Scene) -> None:
    from_then = (scene.booking.starts_at + 30 * HOUR).timestamp()
    later = [start for start in queries.starts_for(scene.booking.appointment.offer) if start >= from_then]
    starts = [datetime.fromtimestamp(start, UTC) for start in spread(later, limits.MOST_PROPOSED)]
    actions.propose(scene.booking, starts, by=scene.specialist)


def _join(scene: Scene) -> None:
    actions.join(scene.booking, by=scene.specialist)
    actions.join(scene.booking, by=scene.client)


def _wait(scene: Scene) -> None:
    actions.join(scene.booking, by=scene.specialist)


def _client_missed(scene: Scene) -> None:
    actions.mark_client_missed(scene.booking, by=scene.specialist)


def _contest(scene: Scene) -> None:
    actions.contest(scene.booking, SENTENCES.contested, by=scene.client)


def _took_place(scene: Scene) -> None:
    contest = queries.contest_of(scene.booking)
    assert contest is not None
    actions.decide_contest(contest, Outcome.TOOK_PLACE, by=scene.cast.staff[1], reason=SENTENCES.decided)


def _before_start(hours: float) -> Callable[[Scene], datetime]:
    return lambda scene: scene.booking.starts_at - hours * HOUR


def _after_end(minutes: float) -> Callable[[Scene], datetime]:
    return lambda scene: scene.booking.ends_at + minutes * MINUTE


def _after_order(minutes: float) -> Callable[[Scene], datetime]:
    return lambda scene: scene.booking.created_at + minutes * MINUTE


def _after_start(minutes: float) -> Callable[[Scene], datetime]:
    return lambda scene: scene.booking.starts_at + minutes * MINUTE


def _after_booking(hours: float) -> Callable[[Scene], datetime]:
    def moment(scene: Scene) -> datetime:
        assert scene.booking.confirmed_at is not None
        return scene.booking.confirmed_at + hours * HOUR

    return moment


def _give_lower_price(scene: Scene) -> None:
    """A place at the lower price, of the offer that has some."""
    offer = next(each for each in specialists.sessions(scene.practice) if each.lower_count)
    give_lower_price(offer, scene.booking.code, by=scene.specialist)


STEPS: dict[str, tuple[Callable[[Scene], datetime], Step]] = {
    "undo": (_after_booking(0.1), lambda s: actions.undo(s.booking, by=s.client)),
    "move": (_after_booking(5), _move),
    "prepare": (_after_booking(2), lambda s: actions.keep_preparation(s.booking, SENTENCES.prepared, shares=True)),
    "propose": (_after_booking(20), _propose),
    "reconfirm": (_after_booking(12), lambda s: actions.reconfirm(s.booking, by=s.client)),
    "cancel": (_after_booking(26), lambda s: actions.cancel(s.booking, by=s.client)),
    "cancel_by_specialist": (
        _before_start(30),
        lambda s: actions.cancel_by_specialist(s.booking, by=s.specialist),
    ),
    "lower_price": (_after_booking(20), _give_lower_price),
    "cancel_late": (_before_start(10), lambda s: actions.cancel(s.booking, by=s.client)),
    "cancel_last_minute": (_before_start(2), lambda s: actions.cancel(s.booking, by=s.client)),
    "release": (_before_start(4), lambda s: actions.release_unconfirmed(s.booking)),
    "release_late": (_before_start(1), lambda s: actions.cancel(s.booking, by=s.client)),
    "wait": (_after_start(-2), _wait),
    "join": (_after_start(-2), _join),
    "complete": (_after_end(1), lambda s: actions.complete(s.booking, by=s.specialist)),
    "break_off": (_after_start(20), lambda s: actions.report_technical(s.booking, by=s.client)),
    "client_missed": (_after_start(16), _client_missed),
    "specialist_missed": (
        _after_start(12),
        lambda s: actions.mark_specialist_missed(s.booking, by=s.client),
    ),
    **{name: (_after_start(hours * 60), decide) for name, (hours, decide) in DECISIONS.items()},
    **{name: (_after_order(minutes), pays) for name, (minutes, pays) in AT_THE_TILL.items()},
    **{name: (_after_start(hours * 60), happens) for name, (hours, happens) in AFTERWARDS.items()},
    "contest": (_after_start(20 * 60), _contest),
    "took_place": (_after_start(70 * 60), _took_place),
}
