"""This file knows the load: people who book through the proxy and try again when it goes dead; and the reckoning."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select

from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.letters.outbox import MailState, OutboxMail
from practice.store.checks import faults
from practice.store.db import db
from tests.faults.serving import NEXT_MONDAY, SETTLED, Browser, Wish
from tests.machines.firm import Firm
from tests.races.arena import Person, starts_of
from tests.races.wire import Answer

TRIES = 60
AWAY = {502, 503, 504}


@dataclass
class Crowd:
    """People who each want one consultation with every practice, of few times that all of them want."""

    firm: Firm
    slugs: list[str]
    people: list[Person]
    times: int
    booked: dict[tuple[int, str], str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    again: int = 0

    @contextmanager
    def booking(self, threads: int = 6) -> Iterator[Callable[[float], None]]:
        """Everybody books while the block runs; what is yielded waits until that share of them is done."""
        queue = list(self.people)
        random.Random(1).shuffle(queue)
        running = [threading.Thread(target=self._work, args=(queue,)) for _ in range(threads)]
        for thread in running:
            thread.start()
        yield self._wait_for
        for thread in running:
            thread.join()

    def _wait_for(self, share: float) -> None:
        deadline = time.monotonic() + 300
        while len(self.booked) < share * len(self.people) * len(self.slugs) and time.monotonic() < deadline:
            time.sleep(0.01)

    def _work(self, queue: list[Person]) -> None:
        while queue:
            self._live(queue.pop())

    def _live(self, person: Person) -> None:
        front = self.firm.front
        browser = Browser(front.port, dict(person.cookies), person.token, tls=front.tls)
        chance = random.Random(person.number)
        for slug in self.slugs:
            for start in chance.sample(starts_of(NEXT_MONDAY, 19, every=30)[: self.times], self.times):
                wish = Wish(slug, start, f"{person.number}-{slug}-{start}")
                answer = self._insist(wish, browser)
                self.answers[answer.code if answer.status != 303 else "booked"] += 1
                if answer.status == 303:
                    self.booked[person.user_id, slug] = answer.location.split("/")[-2]
                    break
        browser.close()

    def _insist(self, wish: Wish, browser: Browser) -> Answer:
        """The same form again, until somebody answers."""
        for _ in range(TRIES):
            try:
                answer = wish.send(browser)
            except OSError:
                browser.close()
            else:
                if answer.status not in AWAY:
                    return answer
            self.again += 1
            time.sleep(0.25)
        raise AssertionError("nobody answers any more")


@dataclass(frozen=True)
class Reckoning:
    """What was promised to people, what is stored, what arrived by mail."""

    kills: dict[str, int]
    asked_again: int
    promised: int
    stored: int
    lost: int
    unasked: int
    letters: int
    undelivered: int
    repeated: int
    unlike: int
    faults: tuple[str, ...]
    answers: dict[str, int]
    seconds: float

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing twice, nobody in two places, each letter delivered under one name."""
        wrong = self.lost, self.unasked, self.undelivered, self.unlike, len(self.faults)
        return not any(wrong) and self.letters == 2 * self.stored and self.repeated <= self.kills["worker"]

    def row(self) -> str:
        cells = (
            f"{self.kills['web']} / {self.kills['worker']}", self.promised, self.asked_again, self.lost,
            self.unasked, self.letters, self.undelivered, self.repeated, self.unlike, len(self.faults),
            f"{self.seconds:.0f} s",
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |"


HEAD = (
    "| killed web / workers | booked | forms sent again | promised and not stored | stored and not promised "
    "| letters | not delivered | came twice (same Message-ID, same bytes) | came twice as different letters "
    "| other faults | time |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def crowd(firm: Firm, people: int, practices: int = 3) -> Crowd:
    """A crowd that fits: a few more times than people for each practice, so that everybody gets one in the end."""
    slugs = firm.arena.practices(practices)
    return Crowd(firm, slugs, firm.arena.people(people), times=people + people // 4 + 2)


def delivered(firm: Firm, seconds: float) -> bool:
    """Whether no letter waits any more, in time: first what is due, then what waits until bookings are settled."""
    deadline = time.monotonic() + seconds
    if not _none_waits(firm, deadline, OutboxMail.due_at <= firm.arena.now()):
        return False
    with firm.later_worker(SETTLED):
        return _none_waits(firm, deadline)


def _none_waits(firm: Firm, deadline: float, *which: ColumnElement[bool]) -> bool:
    while time.monotonic() < deadline:
        with firm.arena.inside():
            waiting = select(OutboxMail.id).where(OutboxMail.state == MailState.WAITING, *which).limit(1)
            if db.session.scalar(waiting) is None:
                return True
        time.sleep(0.2)
    return False


def reckon(crowd: Crowd, began: float) -> Reckoning:
    """Compare what people were told with what is stored and with what the mail server got."""
    received: dict[str, list[bytes]] = {}
    for raw in crowd.firm.sink.accepted:
        name = re.search(rb"^Message-ID:\s*(\S+)", raw, re.M | re.I)[1].decode()  # type: ignore[index]
        received.setdefault(name, []).append(raw)
    with crowd.firm.arena.inside():
        stored = set(db.session.scalars(select(Booking.code).where(Booking.state == BookingState.CONFIRMED)))
        about_bookings = OutboxMail.event_key.startswith("booking:")
        letters = set(db.session.scalars(select(OutboxMail.message_id).where(about_bookings)))
        found = tuple(faults())
    promised = set(crowd.booked.values())
    return Reckoning(
        kills=crowd.firm.kills,
        asked_again=crowd.again,
        promised=len(promised),
        stored=len(stored),
        lost=len(promised - stored),
        unasked=len(stored - promised),
        letters=len(letters),
        undelivered=len(letters - set(received)),
        repeated=sum(len(copies) - 1 for copies in received.values()),
        unlike=sum(len(set(copies)) > 1 for copies in received.values()),
        faults=found,
        answers=dict(crowd.answers),
        seconds=time.monotonic() - began,
    )
