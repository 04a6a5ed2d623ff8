"""This file knows what one client does all day long, at random, and what they believe to be booked in the end."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tests.races.wire import Answer, Wire

PROPOSAL = re.compile(rb"/proposals/([\w-]+)/accept")
ASKED = re.compile(rb"/requests/([\w-]+)/agree")
VERBS = (
    *("book", "hold", "move", "cancel", "undo", "propose", "accept", "decline", "cancel_by_specialist"),
    *("ask", "agree"),
)
WEIGHTS = (8, 3, 4, 2, 1, 2, 2, 1, 1, 2, 2)


@dataclass
class Booked:
    """A booking as its client believes it to be."""

    code: str
    slug: str
    start: str


class Day:
    """One client with the browsers of the practices they have to do with; each step is one form sent."""

    def __init__(self, number: int, person: dict[str, Any], plan: dict[str, Any]) -> None:
        self.day = plan["day"]
        self.chance = random.Random(f"{plan['seed']} {number} {self.day}")
        self.me = Wire(plan["port"], dict(person["cookies"]), person["token"])
        self.owners = {
            slug: Wire(plan["port"], dict(owner["cookies"]), owner["token"]) for slug, owner in plan["owners"].items()
        }
        self.starts: list[str] = plan["starts"]
        self.mine = [Booked(*each) for each in person["mine"]]
        self.count = 0

    def step(self) -> tuple[str, Answer] | None:
        """One random thing; None when there was nothing to do it to."""
        self.count += 1
        (verb,) = self.chance.choices(VERBS, WEIGHTS)
        if verb in ("book", "hold"):
            return verb, getattr(self, verb)(self.chance.choice(sorted(self.owners)), self.chance.choice(self.starts))
        if not self.mine:
            return None
        answer = getattr(self, verb)(self.chance.choice(self.mine))
        return (verb, answer) if answer else None

    def hold(self, slug: str, start: str) -> Answer:
        return self.me.post(f"/specialists/{slug}/book", start=start)

    def book(self, slug: str, start: str) -> Answer:
        answer = self.me.post(
            f"/specialists/{slug}/book/confirm",
            start=start, form_key=f"{self.me.cookies['practice'][-8:]}{self.day}-{self.count}",
            format="video", consent="y",
        )  # fmt: skip
        if answer.status == 303 and "/bookings/" in answer.location:
            self.mine.append(Booked(answer.location.split("/")[2], slug, start))
        return answer

    def move(self, booked: Booked) -> Answer:
        start = self.chance.choice(self.starts)
        answer = self.me.post(f"/bookings/{booked.code}/move", start=start)
        if answer.status == 303:
            booked.start = start
        return answer

    def cancel(self, booked: Booked) -> Answer:
        return self._ended(booked, self.me.post(f"/bookings/{booked.code}/cancel"))

    def undo(self, booked: Booked) -> Answer:
        return self._ended(booked, self.me.post(f"/bookings/{booked.code}/undo"))

    def cancel_by_specialist(self, booked: Booked) -> Answer:
        owner = self.owners[booked.slug]
        return self._ended(booked, owner.post(f"/practice/bookings/{booked.code}/cancel"))

    def propose(self, booked: Booked) -> Answer:
        starts = self.chance.sample(self.starts, 2)
        return self.owners[booked.slug].post(f"/practice/bookings/{booked.code}/move", starts=starts)

    def accept(self, booked: Booked) -> Answer | None:
        page = self.me.get(f"/bookings/{booked.code}").body
        found = PROPOSAL.search(page)
        offered = [start for start in self.starts if start.encode() in page]
        if found is None or not offered:
            return None
        start = self.chance.choice(offered)
        answer = self.me.post(f"/proposals/{found[1].decode()}/accept", start=start)
        if answer.status == 303:
            booked.start = start
        return answer

    def decline(self, booked: Booked) -> Answer | None:
        found = PROPOSAL.search(self.me.get(f"/bookings/{booked.code}").body)
        if found is None:
            return None
        return self._ended(booked, self.me.post(f"/proposals/{found[1].decode()}/decline"))

    def ask(self, booked: Booked) -> Answer:
        """Who has moved it twice asks; everybody else is told to move it themselves."""
        return self.me.post(f"/bookings/{booked.code}/ask", start=self.chance.choice(self.starts))

    def agree(self, booked: Booked) -> Answer | None:
        owner = self.owners[booked.slug]
        page = owner.get(f"/practice/bookings/{booked.code}").body
        found, wanted = ASKED.search(page), [start for start in self.starts if f'value="{start}"'.encode() in page]
        if found is None or not wanted:
            return None
        answer = owner.post(f"/requests/{found[1].decode()}/agree", start=wanted[0])
        if answer.status == 303:
            booked.start = wanted[0]
        return answer

    def _ended(self, booked: Booked, answer: Answer) -> Answer:
        if answer.status == 303:
            self.mine.remove(booked)
        return answer


def live(number: int, person: dict[str, Any], plan: dict[str, Any]) -> list[list[Any]]:
    """A day of `plan["steps"]` forms; what is booked in the end comes last, as "final"."""
    day, tries = Day(number, person, plan), []
    while len(tries) < plan["steps"]:
        begun = perf_counter()
        if (done := day.step()) is not None:
            verb, answer = done
            spent = round((perf_counter() - begun) * 1000, 2)
            tries.append([number, "", "", f"{verb} {answer.status}", spent, ""])
    return tries + [[number, each.slug, each.start, "final", 0, each.code] for each in day.mine]
