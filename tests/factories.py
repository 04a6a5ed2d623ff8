"""This file knows how to make people, practices and appointments with honest defaults: plain functions, real rows."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from http.cookies import Morsel, SimpleCookie
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import delete, func, select

from practice.accounts import access, security
from practice.accounts.models import Role, User, hash_of
from practice.availability.models import Schedule, WeeklyRange
from practice.bookings.entered import new_uid
from practice.bookings.models import Appointment, Booking
from practice.bookings.occupancy import Occupancy, clients_cells, specialists_cells
from practice.bookings.states import COUNTING, GIVES_BACK, BookingState
from practice.payments.models import PayeeAccount
from practice.providers.stripe_gateway.values import AccountState
from practice.specialists.models import Offer, Specialist, SpecialistLanguage, SpecialistTopic, Topic
from practice.specialists.states import Kind, OfferKind, ProfileState
from practice.store.db import db, transaction
from practice.values import clock
from practice.values.money import Money

N = TypeVar("N", Role, Topic)
PASSWORD = "a-long-enough-test-password"
NINE, FIVE = 9 * 60, 17 * 60
USUAL_PRICE = Money(7200, "EUR")


@dataclass(frozen=True)
class Cast:
    """The people every test knows."""

    anna: User
    ben: User
    cleo: User
    sam: User

    @property
    def practice(self) -> Specialist:
        """Anna's practice: Vienna, weekdays 9 to 17, a free consultation and a session of 50 minutes."""
        return self.anna.specialist  # type: ignore[attr-defined,no-any-return]

    @property
    def numbers(self) -> tuple[int, ...]:
        """What is enough to know them again."""
        return tuple(getattr(self, each.name).id for each in fields(self))


def cast() -> Cast:
    """Anna, a specialist; Ben, her client; Cleo, a stranger; Sam, staff with two-step sign-in."""
    with transaction():
        people = Cast(
            anna=user("Anna Kern", zone="Europe/Vienna"),
            ben=user("Ben", zone="Europe/Dublin"),
            cleo=user("Cleo", zone="America/New_York"),
            sam=user("Sam", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set"),
        )
        specialist(people.anna)
    return people


def known_cast(numbers: tuple[int, ...]) -> Cast:
    """The cast that stands in the database already."""
    found = {each.id: each for each in db.session.scalars(select(User).where(User.id.in_(numbers)))}
    people = Cast(*(found[number] for number in numbers))
    db.session.rollback()
    return people


def user(name: str = "Dana", *, roles: tuple[str, ...] = ("client",), email: str | None = None, **columns: Any) -> User:
    """A confirmed adult with an account since yesterday."""
    address = email or f"{name.split()[0].lower()}@people.example"
    yesterday = clock.now() - timedelta(days=1)
    honest = {"confirmed_at": yesterday, "adult_declared_at": yesterday, "zone": "Europe/Dublin", "country": "IE"}
    with transaction() as session:
        made = User(
            email=address,
            email_norm=address.lower(),
            person_key=hash_of(address.lower()),
            display_name=name,
            roles=[_role(each) for each in roles],
            **honest | {"password": _hash_of_password()} | columns,
        )
        session.add(made)
    return made


def accounts() -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


@cache
def _hash_of_password() -> str:
    """Hashing is slow on purpose, so once is enough for all people of the tests."""
    return security.hashed(PASSWORD)


def with_two_step(person: User) -> TOTP:
    """Turn two-step sign-in on for `person`; what comes back makes codes: `code_at(totp, clock.now())`."""
    secret = security.new_secret(person)
    key, _uri = security.key_and_uri(person, secret)
    with transaction():
        security.machinery().datastore.tf_set(person, "authenticator", totp_secret=secret)
    return TOTP(key=key.replace(" ", ""))


def code_at(totp: TOTP, instant: datetime) -> str:
    """The six digits that an authenticator shows at `instant`."""
    return str(totp.generate(int(instant.timestamp())).token)


def _role(name: str) -> Role:
    return _named(Role, "name", name)


def _named(model: type[N], key: str, value: str, **columns: Any) -> N:
    """The row of that name, looked for once in a session: each search would write first what was made so far."""
    known: dict[tuple[type, str], N] = db.session.info.setdefault("named", {})
    if (model, value) not in known:
        with db.session.no_autoflush:
            found = db.session.scalars(select(model).filter_by(**{key: value})).first()
        known[model, value] = found or model(**{key: value}, **columns)
    return known[model, value]


def specialist(
    owner: User, *, state: ProfileState = ProfileState.PUBLISHED, price: Money = USUAL_PRICE, **columns: Any
) -> Specialist:
    """A practice that is open on weekdays from 9 to 17 on its own clock, with one offer of each kind."""
    honest: dict[str, Any] = {
        "slug": owner.display_name.lower().replace(" ", "-"),
        "kind": Kind.COACH,
        "granted_title": "Coach",
        "headline": "Plain words for hard weeks",
        "best_at": "People who have too much on their plate",
        "not_right_for": "Acute crises",
        "about": "I listen first.",
        "place": "Vienna",
        "country": "AT",
        "formats": ["video"],
        "declared_at": clock.now() - timedelta(days=30),
        "published_at": clock.now() - timedelta(days=20),
    }
    with transaction() as session:
        owner.roles.append(_role("specialist"))
        about = topic()
        practice = Specialist(user=owner, name=owner.display_name, state=state, **honest | columns)
        practice.languages = [SpecialistLanguage(language="en")]
        practice.topics = [SpecialistTopic(topic=about, is_main=True)]
        session.add(practice)
        session.flush()
        open_hours(practice, zone=owner.zone or "UTC")
        offer(practice)
        offer(practice, kind=OfferKind.INDIVIDUAL, name="Single session", minutes=50, price=price)
    return practice


def topic(name: str = "Stress") -> Topic:
    """The topic of that name."""
    return _named(Topic, "slug", name.lower().replace(" ", "-"), name=name, group="Everyday life")


def open_hours(
    practice: Specialist,
    *,
    zone: str = "UTC",
    days: tuple[int, ...] = (0, 1, 2, 3, 4),
    hours: tuple[int, int] = (NINE, FIVE),
) -> Schedule:
    """Open on `days` (Monday is 0) between `hours`, in minutes after local midnight; no gaps, so that sums stay easy.

    A second call replaces what the first said."""
    with transaction() as session:
        session.execute(delete(WeeklyRange).where(WeeklyRange.specialist_id == practice.id))
        practice.user.zone = zone
        schedule = session.merge(Schedule(specialist_id=practice.id, gap_before=0, gap_after=0))
        for weekday in days:
            session.add(WeeklyRange(specialist_id=practice.id, weekday=weekday, opens=hours[0], closes=hours[1]))
    return schedule


def offer(practice: Specialist, *, kind: OfferKind = OfferKind.CONSULT, **columns: Any) -> Offer:
    """The free consultation of half an hour, unless told otherwise."""
    price = columns.pop("price", Money(0, "EUR"))
    honest = {
        "name": "Free consultation",
        "minutes": 30,
        "price_amount": price.amount,
        "price_currency": price.currency,
    }
    with transaction() as session:
        made = Offer(specialist_id=practice.id, kind=kind, **honest | columns)
        session.add(made)
    return made


def payout_account(
    owner: User, *, currency: str = "EUR", state: AccountState = AccountState.READY, **columns: Any
) -> PayeeAccount:
    """Where somebody's money goes: open, and taking money unless told otherwise."""
    columns = {"by_hand": True, "pays_out": state == AccountState.READY} | columns
    with transaction() as session:
        made = PayeeAccount(
            payee_id=owner.id, payee_code=owner.code, country="AT", currency=currency, state=state, **columns
        )
        session.add(made)
    return made


def booking(
    client: User, practice: Specialist, starts_at: datetime, *, of: Offer | None = None, **columns: Any
) -> Booking:
    """A consultation, or an appointment `of` another offer, that stands in the tables as if booked earlier, confirmed
    unless told otherwise: no mail left."""
    state = columns.setdefault("state", BookingState.CONFIRMED)
    offer = of or practice.consult
    assert offer, "this practice offers no consultation"
    until = clock.now() + timedelta(minutes=10) if state == BookingState.HELD else None
    columns = {"held_until": until} | columns
    with transaction() as session:
        appointment = _appointment(practice, starts_at, offer)
        made = Booking(
            appointment=appointment,
            ics_uid=appointment.ics_uid,
            specialist=practice,
            kind=offer.kind,
            client=client,
            person_key=None if state == BookingState.HELD else client.person_key,
            call_name=client.display_name,
            confirmed_at=clock.now() if state != BookingState.HELD else None,
            claims_pair=offer.is_consult and state in COUNTING,
            place=None if state in GIVES_BACK else 1,
            **columns,
        )
        session.add(made)
        session.flush()
        if made.is_live:
            rows = specialists_cells(made.appointment) + clients_cells(made)
            session.add_all(Occupancy(**row) for row in rows)
    return made


def _appointment(practice: Specialist, starts_at: datetime, offer: Offer) -> Appointment:
    zone = practice.user.zone or "UTC"
    return Appointment(
        specialist=practice,
        offer=offer,
        kind=offer.kind,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=offer.minutes),
        zone=zone,
        local_start=starts_at.astimezone(ZoneInfo(zone)).isoformat()[:16],
        ics_uid=new_uid(),
    )


def sign_in(browser: FlaskClient, person: User) -> FlaskClient:
    """`browser` as `person`'s own, through the product's own way in: device row, session and cookies."""
    for cookie in contextvars.Context().run(_way_in, browser.application, person.id):
        browser.set_cookie(cookie.key, cookie.value)
    db.session.rollback()
    return browser


def _way_in(app: Flask, user_id: int) -> list[Morsel[str]]:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        access.enter(db.session.get_one(User, user_id), is_private=True)
        answer = app.process_response(app.make_response(""))
        jar = SimpleCookie()
        for line in answer.headers.getlist("Set-Cookie"):
            jar.load(line)
        return list(jar.values())
