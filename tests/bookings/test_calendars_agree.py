"""Whatever becomes of the mail, in the end every calendar says what the database says."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from practice.accounts.actions import Discretion, save_discretion
from practice.bookings import actions, jobs, queries
from practice.bookings.errors import NotEligible, OwnOverlap, SlotClosed, SlotTaken, TooLate, TooOften
from practice.bookings.models import SIDES, Booking
from practice.bookings.states import BookingState
from practice.letters import mail_worker, outbox
from practice.letters.outbox import MailState, OutboxMail
from practice.providers.mail_transport import Outcome, Verdict
from practice.store import checks
from practice.store.db import db, transaction
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import user
from tests.itip import Calendar

WEEK = timedelta(days=7)
STARTS = [start + WEEK * 3 for start in (WEDNESDAY_TEN, THURSDAY_TEN)]
REFUSED = (NotEligible, OwnOverlap, SlotClosed, SlotTaken, TooLate, TooOften)
LATER = Outcome(Verdict.LATER, "SMTPRecipientsRefused 451")


class Killed(BaseException):
    """The worker is gone in the middle of its work."""


class Post:
    """A mail server that takes, puts off, takes without saying so, kills who brings it, or lets something happen."""

    def __init__(self, chance, world):
        self.chance, self.world, self.calendars, self.is_rough = chance, world, {}, True

    def send(self, _sender, recipient, message):
        fate = self.chance.choice(("take", "take", "later", "later", "silent", "die", "meanwhile"))
        fate = fate if self.is_rough else "take"
        if fate == "later":
            return LATER
        if fate == "meanwhile":
            self.world.do_something()
        self.calendars.setdefault(recipient, Calendar(recipient)).receive(message)
        if fate == "die":
            raise Killed
        return LATER if fate == "silent" else Outcome(Verdict.SENT)


class World:
    """Two people, their mailboxes, what they do, and two workers."""

    def __init__(self, seed, cast, clock):
        self.chance, self.clock, self.anna = random.Random(seed), clock, cast.anna
        self.ben = user(f"Ben{seed}", email=f"ben{seed}@people.example")
        self.offer = queries.chosen_offer("anna-kern", cast.practice.consult.code).offer
        self.post = Post(self.chance, self)

    def do_something(self):
        try:
            self.chance.choice((self.book, self.book, self.change, self.change, self.end, self.settle_in))()
        except REFUSED:
            db.session.rollback()

    def mine(self):
        db.session.rollback()
        asked = select(Booking).where(Booking.client_id == self.ben.id, Booking.state == BookingState.CONFIRMED)
        return db.session.scalar(asked)

    def book(self):
        if self.mine() is None:
            actions.book(self.ben, self.offer, self.chance.choice(STARTS), actions.Details(format="video"))

    def change(self):
        if booking := self.mine():
            actions.propose(booking, STARTS, by=self.anna)
            actions.move(booking, self.chance.choice(STARTS), by=self.ben)

    def end(self):
        booking = self.mine()
        if booking and self.chance.random() < 0.5:
            actions.undo(booking, by=self.ben)
        elif booking:
            actions.cancel_by_specialist(booking, by=self.anna)

    def settle_in(self):
        person = self.chance.choice((self.ben, self.anna))
        what = self.chance.randrange(3)
        if what == 0:
            save_discretion(person, Discretion(not person.no_email, "Appointment", True, True))
            return
        with transaction():
            if what == 1:
                person.wants_invites = not person.wants_invites
            else:
                name, _, domain = person.email.partition("@")
                person.email = f"{name}@{'new.example' if domain == 'people.example' else 'people.example'}"

    def deliver(self):
        """Two workers, each with a letter in hand, who finish in any order."""
        for _ in range(20):
            in_hand = [letter for letter in (mail_worker._lease(), mail_worker._lease()) if letter]
            self.chance.shuffle(in_hand)
            for letter in in_hand:
                try:
                    mail_worker._deliver(letter)
                except Killed:
                    db.session.rollback()
            with transaction():
                db.session.execute(update(OutboxMail).values(leased_until=0.0))
            if not in_hand:
                return

    def live_through(self, steps):
        for _ in range(steps):
            self.do_something()
            if self.chance.random() < 0.3:
                jobs.keep_entries()
            if self.chance.random() < 0.7:
                self.deliver()
            self.clock.advance(minutes=self.chance.choice((0, 1, 3, 20)))

    def come_to_rest(self):
        self.post.is_rough = False
        while True:
            jobs.keep_entries()
            self.deliver()
            if not outbox.backlog().waiting:
                return
            self.clock.advance(minutes=30)

    def expected(self):
        """What the tables say: who wants which appointment in which calendar."""
        db.session.rollback()
        found = defaultdict(dict)
        for booking in db.session.scalars(select(Booking).where(Booking.state == BookingState.CONFIRMED)):
            for person in map(booking.person, SIDES):
                if person.wants_invites and not person.no_email:
                    found[person.email][booking.ics_uid] = booking.starts_at
        return found


@pytest.fixture
def world(cast, clock, app):
    def make(seed):
        made = World(seed, cast, clock)
        app.extensions["mail_transport"] = made.post
        return made

    yield make
    app.extensions.pop("mail_transport", None)


def check(world):
    world.live_through(12)
    world.come_to_rest()
    held = {
        mailbox: {uid: entry.starts_at for uid, entry in calendar.entries.items()}
        for mailbox, calendar in world.post.calendars.items()
    }
    expected = world.expected()

    for mailbox in held.keys() | expected.keys():
        assert held.get(mailbox, {}) == expected[mailbox], mailbox
    for calendar in world.post.calendars.values():
        assert not [fault for fault in calendar.refused if "stranger" in fault or "not for" in fault]
    assert not [row for row in db.session.scalars(select(OutboxMail)) if row.state == MailState.PARKED]
    assert checks.faults() == []


@pytest.mark.parametrize("seed", range(10))
def test_calendars_end_as_the_database_whatever_the_mail_does(world, seed):
    check(world(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 210))
def test_calendars_end_as_the_database_two_hundred_times_more(world, seed):
    check(world(seed))
