"""The rules of an order and the ledger agree: whatever happens to an order, what is booked of it is where money is.

The worlds are those of `tests/payments`, with a card processor that has a truth of its own; here they are walked
through at random, and what the rules book goes into pots. Each walk is swept to its end, where nobody waits.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from practice.ledger import events
from practice.ledger.chart import Pot, Whereabouts
from practice.ledger.events import Event
from practice.payments.policy.bookkeeping import postings
from practice.payments.policy.effects import Book, Entry
from tests.payments import world as worlds
from tests.payments.explorer import MOST_SWEEPS
from tests.payments.happenings import check_end, happenings, swept
from tests.payments.test_every_order import new
from tests.payments.world import World

from .purse import ANNAS, Purse

PAID = ("OpenCheckout done", "pays", "seen")
BEGINNINGS = ((), PAID, (*PAID, "the wait after the session is over", "SendTransfer done"))
WALKS, LONGEST = 360, 20


@pytest.fixture
def noted(monkeypatch):
    """What was booked since somebody looked, with whether its line was ripe by then."""
    found: list[tuple[Book, bool]] = []
    really = worlds.book

    def book(world: World, entry: Book) -> World:
        found.append((entry, world.purchase.lines[0].ripe))
        return really(world, entry)

    monkeypatch.setattr(worlds, "book", book)
    return found


class Walk:
    """A world, what is in the pots, and every entry that led there."""

    def __init__(self, noted: list[tuple[Book, bool]]) -> None:
        self.world, self.purse, self.noted = new(), Purse(), noted
        self.booked: Counter[Entry] = Counter()

    def choices(self) -> dict[str, tuple[World, list]]:
        """Each world that can be next, with what is booked on the way there."""
        found, following = {}, happenings(self.world)
        while True:
            self.noted.clear()
            name, after = next(following, ("", None))
            if after is None:
                return found
            found[name] = after, list(self.noted)

    def go(self, after: World, entries: list[tuple[Book, bool]]) -> None:
        self.world = after
        for entry, ripe in entries:
            self._release(ripe)
            event, moves = postings(entry, "EUR", ANNAS, self.purse.line(ANNAS), ripe=ripe)
            if moves:
                self.purse.book(event, moves)
                self.booked[entry.entry] += 1
        self._release(after.purchase.lines[0].ripe)

    def settle(self) -> None:
        for _ in range(MOST_SWEEPS):
            self.noted.clear()
            after = swept(self.world)
            if after is None:
                return check_end(self.world)
            self.go(after, list(self.noted))
        raise AssertionError("the sweeps come to no end")

    def _release(self, ripe: bool) -> None:
        waits = self.purse.line(ANNAS).of(Pot.PENDING, "EUR")
        if ripe and not waits.is_free:
            self.purse.book(Event.RELEASED, events.released(ANNAS, waits))


def walked(seed: int, noted: list[tuple[Book, bool]]) -> Walk:
    chance, walk = random.Random(seed), Walk(noted)
    for name in BEGINNINGS[seed % len(BEGINNINGS)]:
        walk.go(*walk.choices()[name])
    for _ in range(chance.randint(3, LONGEST)):
        walk.go(*chance.choice(list(walk.choices().values())))
    walk.settle()
    return walk


def test_at_the_end_of_whatever_happened_the_pots_say_what_the_card_processor_says(noted):
    booked: Counter[Entry] = Counter()
    for seed in range(WALKS):
        walk = walked(seed, noted)
        purse, there = walk.purse, walk.world.processor
        booked += walk.booked

        assert (seed, list(purse.all.impossible())) == (seed, [])
        assert (seed, purse.lying(Whereabouts.PLATFORM)) == (seed, there.balance)
        assert (seed, purse.lying(Whereabouts.PAYEE)) == (seed, there.sent - there.reversed)
        # Nothing is left that is neither earned nor gone back, and no bank is waited for.
        assert (seed, purse.told.get("unearned", 0), purse.told.get("disputed", 0)) == (seed, 0, 0)

    assert set(booked) >= set(Entry) - {Entry.LOSS_RECOVERED}
