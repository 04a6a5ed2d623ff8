"""This file knows a small product with one of everything in it: what a route can name exists here, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from practice.accounts.actions.links import make_link
from practice.accounts.models import Device, User
from practice.accounts.queries import drafts_for
from practice.availability import actions as hours
from practice.bookings import actions
from practice.bookings.models import Booking, Contest
from practice.bookings.states import BookingState
from practice.fit import actions as fit
from practice.fit.states import Choice
from practice.letters.mailer import Draft
from practice.letters.mailer import build as build_letter
from practice.letters.outbox import MailState, OutboxMail
from practice.safety import actions as safety
from practice.safety.models import CrisisResource
from practice.safety.policy import Source
from practice.specialists import actions as profiles
from practice.store.db import db, transaction
from practice.values import clock
from tests import factories
from tests.pages import csrf_of
from tests.specialists import recipes
from tests.strange import answer_doors, message_doors, moderation_doors, money_doors, question_doors, talk_doors

WEDNESDAY_TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)
THURSDAY_TEN = datetime(2027, 3, 4, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass
class World:
    """People with their browsers, and the codes of what belongs to them."""

    app: Flask
    people: dict[str, User] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)

    def browser(self, who: str) -> FlaskClient:
        """The browser of a person of the world; "nobody" has a fresh one that stays the same."""
        if who not in self.browsers:
            browser = self.app.test_client()
            if who != "nobody":
                factories.sign_in(browser, self.people[who])
            self.browsers[who] = browser
        return self.browsers[who]

    def token(self, browser: FlaskClient) -> str:
        """The hidden token of this browser's forms."""
        if id(browser) not in self.tokens:
            self.tokens[id(browser)] = csrf_of(browser.get("/time-zone"))
        return self.tokens[id(browser)]

    def noted(self) -> tuple[dict[str, int], dict[str, str]]:
        """People by their numbers, and codes: what is enough to know this world again."""
        return {who: person.id for who, person in self.people.items()}, dict(self.codes)

    @classmethod
    def known(cls, app: Flask, noted: tuple[dict[str, int], dict[str, str]]) -> World:
        """A world that stands in the database, by what was noted of it; nobody has a browser open."""
        people, codes = noted
        return cls(app, {who: db.session.get_one(User, each) for who, each in people.items()}, dict(codes))

    def another(self, prefix: str, **columns: Any) -> str:
        """A new person of the world; their name here."""
        who = f"{prefix}{next(_numbers)}"
        self.people[who] = factories.user(who, **columns)
        return who


def build(app: Flask) -> World:
    """Anna with Ben's appointment, Otto with another practice, Mara who applies, Sam of the staff, Cleo a stranger."""
    world, cast = World(app), factories.cast()
    recipes.topics()
    world.people |= {"ben": cast.ben, "cleo": cast.cleo, "anna": cast.anna, "sam": cast.sam}
    world.people["mara"] = factories.user("Mara Ellison")
    world.people["otto"] = factories.user("Otto Brandt", zone="Europe/Berlin")
    world.people["ines"] = factories.user("Ines Roy")
    _practices(world)
    _appointments(world, cast.practice)
    _decisions(world, cast.practice)
    _hours(world, cast.practice)
    _account(world)
    _desk(world)
    money_doors.build(world)
    talk_doors.build(world)
    message_doors.build(world)
    moderation_doors.build(world)
    question_doors.build(world)
    answer_doors.build(world)
    return world


def _practices(world: World) -> None:
    mara, otto, ines, sam = (world.people[who] for who in ("mara", "otto", "ines", "sam"))
    recipes.draft(mara)
    practice = recipes.published(otto, sam)
    profiles.ask_revision(practice, {"name": "Otto Brandt-Klein"}, by=otto)
    recipes.in_review(ines, sam)
    world.codes["revision"] = _newest("ProfileRevision")
    world.codes["application"] = ines.specialist.code  # type: ignore[attr-defined]
    world.codes["session"] = next(o.code for o in practice.offers if not o.is_consult)
    world.codes["paper"] = next(c.code for c in practice.credentials if c.state == "verified")
    world.codes["draft_paper"] = next(c.code for c in mara.specialist.credentials if c.document_key)  # type: ignore[attr-defined]


def _newest(model: str) -> str:
    kind = next(m.class_ for m in db.Model.registry.mappers if m.class_.__name__ == model)
    return str(db.session.scalars(select(kind.code).order_by(kind.id.desc())).first())


def _appointments(world: World, practice: Any) -> None:
    booking = factories.booking(world.people["ben"], practice, WEDNESDAY_TEN)
    proposal = actions.propose(booking, [THURSDAY_TEN], by=world.people["anna"])
    world.codes |= {"booking": booking.code, "proposal": proposal.code, "consult": practice.consult.code}
    world.codes["missed"] = missed_by_client(world, world.people["cleo"]).code
    contested = missed_by_client(world, factories.user("Dora"))
    world.codes["contest"] = actions.contest(contested, "I was there.", by=contested.client).code
    _contests(world)
    world.codes["struck"] = missed_by_specialist(world, factories.user("Emil")).code
    world.codes["feed"] = actions.new_feed(world.people["ben"], "details")


def _contests(world: World) -> None:
    """One that is answered and can be decided, and one on each side that waits for an answer."""
    answered = db.session.scalars(select(Contest)).one()
    actions.answer_contest(answered, "I saw nobody.", by=world.people["anna"])
    by_client = missed_by_client(world, factories.user("Fritz"))
    actions.contest(by_client, "I was there.", by=by_client.client)
    world.people["gina"] = factories.user("Gina")
    by_practice = missed_by_specialist(world, world.people["gina"])
    actions.contest(by_practice, "I was there.", by=world.people["anna"])
    world.codes |= {"contested": by_client.code, "contested_by_practice": by_practice.code}


def booked(world: World, client: User) -> Booking:
    """A confirmed consultation with Anna in the week after next; each at a time of its own."""
    start = datetime(2027, 3, 15, 9, 0, tzinfo=UTC) + timedelta(minutes=35 * next(_numbers))
    return factories.booking(client, world.people["anna"].specialist, start)  # type: ignore[attr-defined]


def missed_by_client(world: World, client: User) -> Booking:
    """A consultation of an hour ago to which the client did not come."""
    start = clock.now() - timedelta(minutes=60 + 35 * (next(_numbers) % 30))
    booking = factories.booking(client, world.people["anna"].specialist, start)  # type: ignore[attr-defined]
    actions.mark_client_missed(booking, by=world.people["anna"])
    return booking


def missed_by_specialist(world: World, client: User) -> Booking:
    """A consultation of an hour ago to which Anna did not come."""
    start = clock.now() - timedelta(minutes=60 + 35 * (next(_numbers) % 30))
    booking = factories.booking(client, world.people["anna"].specialist, start)  # type: ignore[attr-defined]
    actions.mark_specialist_missed(booking, by=client)
    return booking


def _decisions(world: World, practice: Any) -> None:
    """Talks that took place: of one person, of a couple, one that is asked about again, one with a referral."""
    talks = {who: talked(world, factories.user(who.capitalize())) for who in ("hana", "ivo", "jana", "kira")}
    world.people |= {who: each.client for who, each in talks.items() if each.client is not None}
    with transaction():
        talks["ivo"].with_partner = True
    world.codes |= {f"talk_of_{who}": each.code for who, each in talks.items()}
    world.codes["partner_link"] = fit.invite_partner(talks["ivo"], by=world.people["ivo"])
    anna, no = world.people["anna"], fit.Answered(Choice.NOT_A_FIT)
    fit.answer_in_practice(talks["jana"], no, fit.Suggestion(), by=anna)
    fit.ask_again(talks["jana"], by=world.people["jana"])
    otto = fit.Suggestion((world.people["otto"].specialist,), draft="A few words")  # type: ignore[attr-defined]
    fit.answer_in_practice(talks["kira"], fit.Answered(Choice.REFER), otto, by=anna)
    world.codes |= {"referral": _newest("Referral"), "kind_text": "continue"}


def talked(world: World, client: User) -> Booking:
    """A consultation with Anna that took place some days ago."""
    start = clock.now() - timedelta(days=3, minutes=35 * (next(_numbers) % 30))
    done = {"state": BookingState.COMPLETED, "ended_at": start + timedelta(minutes=30)}
    return factories.booking(client, world.people["anna"].specialist, start, **done)  # type: ignore[attr-defined]


def _hours(world: World, practice: Any) -> None:
    off = hours.add_time_off(practice, datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 4, 3, tzinfo=UTC), "Away")
    trip = hours.add_travel(practice, date(2027, 5, 1), date(2027, 5, 9), "Asia/Tokyo")
    world.codes |= {"time_off": off.code, "travel": trip.code}


def _account(world: World) -> None:
    ben = world.people["ben"]
    factories.sign_in(world.app.test_client(), ben)
    world.codes["device"] = str(db.session.scalars(select(Device.code).where(Device.user_id == ben.id)).first())
    browser = world.browser("ben")
    start = THURSDAY_TEN.strftime("%Y-%m-%dT%H:%M:%SZ")
    browser.post("/specialists/otto-b/book", data={"csrf_token": world.token(browser), "start": start})
    world.codes["draft"] = drafts_for(ben)[0].code
    world.codes["queue"] = "waiting"
    world.codes["account"] = world.people["cleo"].code
    for purpose in ("confirm", "reset", "new_email", "undo_email", "invite", "stay_on", "two_step_off"):
        with transaction():
            world.codes[purpose] = make_link(ben, purpose, timedelta(hours=24), email="ben@people.example")


def _desk(world: World) -> None:
    safety.seed_resources()
    first, second = db.session.scalars(select(CrisisResource).order_by(CrisisResource.id).limit(2))
    colleague = factories.user("Robin", roles=("client", "staff"))
    source = Source("https://numbers.example/all", clock.today("UTC"))
    change = safety.propose_change(second, second.line, source, by=colleague)
    world.codes |= {"number": first.code, "number_change": change.code}
    bens = world.people["ben"].id
    with transaction() as session:
        stuck = session.scalars(select(OutboxMail).where(OutboxMail.recipient_id != bens)).first()
        kept = session.scalars(select(OutboxMail).where(OutboxMail.recipient_id == bens)).first()
        assert stuck is not None
        assert kept is not None
        stuck.state, stuck.last_error = MailState.PARKED, "550 no such mailbox"
        kept.state, kept.message = MailState.KEPT, _written(kept)
    world.codes |= {"letter": stuck.code, "kept_letter": kept.code}


def _written(letter: OutboxMail) -> bytes:
    return build_letter(Draft(letter.to_address, letter.template, letter.context, letter.zone, letter.message_id))
