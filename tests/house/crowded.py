"""This file knows how a marketplace fills up: each round adds one of everything that any page lists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from practice.accounts.models import User
from practice.availability import actions as hours
from practice.bookings import actions as bookings
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.letters.mailer import Draft
from practice.letters.mailer import build as build_letter
from practice.letters.outbox import MailState, OutboxMail
from practice.safety import actions as safety
from practice.safety.models import CrisisResource
from practice.safety.policy import Source
from practice.specialists import actions as profiles
from practice.specialists.answers import Terms
from practice.specialists.models import Credential, Specialist
from practice.specialists.states import OfferKind, ProfileState
from practice.store.db import transaction
from practice.values import clock
from practice.values.money import Money
from tests import factories
from tests.specialists import recipes

DAY, HALF_HOUR = timedelta(days=1), timedelta(minutes=30)


@dataclass
class Crowded:
    """Anna and her practice, Ben and his appointments, Sam of the staff, Ines who applies."""

    app: Flask
    people: dict[str, User] = field(default_factory=dict)
    rounds: int = 0

    def __post_init__(self) -> None:
        cast = factories.cast()
        recipes.topics()
        self.anna: Specialist = cast.practice
        self.ines = recipes.in_review(factories.user("Ines Roy"), cast.sam).specialist
        self.people = {"anna": cast.anna, "ben": cast.ben, "sam": cast.sam}

    def grow(self, rounds: int) -> None:
        """So many more of everything."""
        for _ in range(rounds):
            self.rounds += 1
            self._somebody_to_find()
            self._appointments_of_ben()
            self._appointments_of_anna()
            self._desk_of_anna()
            self._credentials()
            self._cases_of_staff()
            self._letters()
            factories.sign_in(self.app.test_client(), self.people["ben"])

    def _somebody_new(self, name: str) -> User:
        return factories.user(f"{name}{self.rounds} Somebody")

    def _at(self, **later: float) -> datetime:
        """A time that no other round uses."""
        return clock.now() + timedelta(**later) + HALF_HOUR * self.rounds

    def _somebody_to_find(self) -> None:
        self.found = factories.specialist(self._somebody_new("Pia"), slug=f"pia-{self.rounds}")
        profiles.save(self.people["ben"], self.found)

    def _appointments_of_ben(self) -> None:
        """One ahead, with other times offered, one that was, and one after which he has not decided yet."""
        ahead = factories.booking(self.people["ben"], self.found, self._at(days=1))
        self._offer_other_times(ahead)
        met = factories.specialist(self._somebody_new("Ria"), slug=f"ria-{self.rounds}")
        factories.booking(self.people["ben"], met, self._at(days=-5), state=BookingState.COMPLETED)
        was = {"state": BookingState.CANCELLED_BY_CLIENT}
        factories.booking(self.people["ben"], self.found, self._at(days=-9), **was)

    def _appointments_of_anna(self) -> None:
        """One today with other times offered, and one of which she may still say how it was."""
        today = factories.booking(self._somebody_new("Cora"), self.anna, self._at(), shares_note=True)
        self._offer_other_times(today)
        factories.booking(self._somebody_new("Dora"), self.anna, self._at(hours=-18))

    @staticmethod
    def _offer_other_times(booking: Booking) -> None:
        monday = clock.now() + (14 - clock.now().weekday()) * DAY
        at_ten = monday.replace(hour=10, minute=0)
        bookings.propose(booking, [at_ten, at_ten + HALF_HOUR], by=booking.specialist.user)

    def _desk_of_anna(self) -> None:
        """Time off, a journey, a day with other hours, another offer."""
        first = clock.now().replace(hour=0) + (60 + 4 * self.rounds) * DAY
        hours.add_time_off(self.anna, first, first + DAY, "Away")
        hours.add_travel(self.anna, (first + 2 * DAY).date(), (first + 2 * DAY).date(), "Asia/Tokyo")
        hours.save_exception(self.anna, (first + 3 * DAY).date(), [(600, 660)])
        more: dict[str, Any] = {"kind": OfferKind.INDIVIDUAL, "price": Money(5000, "EUR")}
        factories.offer(self.anna, name=f"Session {self.rounds}", minutes=20 + 5 * self.rounds, **more)

    def _credentials(self) -> None:
        """Another paper of everybody who has shown any, one of them about to run out."""
        soon = (clock.now() + 9 * DAY).date()
        with transaction() as session:
            for owner in (self.anna, self.ines, self.found):
                session.add(Credential(specialist_id=owner.id, state="verified", expires_on=soon, body="A register"))

    def _cases_of_staff(self) -> None:
        sam = self.people["sam"]
        recipes.sent(self._somebody_new("Quin"))
        again = recipes.verdict(words="Please show the other side.")
        profiles.ask_for_changes(recipes.in_review(self._somebody_new("Rosa"), sam), again, by=sam)
        profiles.propose_refusal(recipes.in_review(self._somebody_new("Tess"), sam), again, by=sam)
        profiles.ask_revision(self.found, {"name": "Pia Other"}, by=self.found.user)
        until = (clock.now() + 30 * DAY).date()
        terms = Terms(reason="Somebody wrote to us.", look_again_on=until, calls_off=False)
        profiles.propose_suspension(self.found, terms, by=sam)
        gone = factories.specialist(self._somebody_new("Vera"), slug=f"vera-{self.rounds}", state=ProfileState.EXPIRED)
        factories.booking(self._somebody_new("Will"), gone, self._at(days=2))
        self._missed()
        self._crisis_numbers()

    def _crisis_numbers(self) -> None:
        """Another line, with a proposal that waits, and one about it that was agreed on just now."""
        with transaction() as session:
            line = {"country": "IE", "purpose": "talk", "name": "A line", "hours": "Always", "languages": "English"}
            fresh = CrisisResource(number=f"1800 200 {100 + self.rounds}", **line)
            session.add(fresh)
        source = Source("https://numbers.example/all", clock.today("UTC"))
        agreed = safety.propose_change(fresh, replace(fresh.line, hours="Any hour"), source, by=self.people["sam"])
        safety.agree(agreed, by=factories.user(f"Robin{self.rounds}", roles=("client", "staff")))
        safety.propose_change(fresh, fresh.line, source, by=self.people["sam"])

    def _missed(self) -> None:
        """A client who says that they were there, and a specialist who was not."""
        by_client = factories.booking(self._somebody_new("Xena"), self.found, self._at(hours=-18))
        bookings.mark_client_missed(by_client, by=self.found.user)
        bookings.contest(by_client, "I was there.", by=by_client.client)
        other = factories.specialist(self._somebody_new("Yola"), slug=f"yola-{self.rounds}")
        by_specialist = factories.booking(self._somebody_new("Zora"), other, self._at(hours=-18))
        bookings.mark_specialist_missed(by_specialist, by=by_specialist.client)

    def _letters(self) -> None:
        """What was written to Ben is kept for him, whatever else waits cannot be sent. One of each round is built: no
        list says more of a letter than how it is headed."""
        ben, built = self.people["ben"], b""
        with transaction() as session:
            for letter in session.query(OutboxMail).where(OutboxMail.state == MailState.WAITING):
                draft = Draft(letter.to_address, letter.template, letter.context, letter.zone, letter.message_id)
                letter.message = built = built or build_letter(draft)
                letter.state = MailState.KEPT if letter.recipient_id == ben.id else MailState.PARKED
