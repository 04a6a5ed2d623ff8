"""This file knows that the demo is alive on whatever day it is opened, once, and only where it may be."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from practice import audit
from practice import clock as wall
from practice.accounts.models import User
from practice.bookings import queries
from practice.bookings.models import Booking, Occupancy, Strike, cells
from practice.bookings.states import LIVE, BookingState
from practice.config import BadConfig
from practice.db import Model, db
from practice.demo import load
from practice.outbox import MailState, OutboxMail
from practice.specialists.models import Specialist
from practice.specialists.states import ProfileState
from tests.databases import Dirt

# The days differ by their dates, not by the engine: one of them is enough on PostgreSQL.
DAYS = [
    pytest.param(datetime(2027, 1, 1, 0, 30, tzinfo=UTC), id="new year"),
    pytest.param(datetime(2028, 2, 29, 11, tzinfo=UTC), id="leap day", marks=pytest.mark.once),
    pytest.param(
        datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC),
        id="a second before the clocks change in Europe",
        marks=pytest.mark.once,
    ),
    pytest.param(datetime(2026, 11, 22, 20, 15, tzinfo=UTC), id="an evening", marks=pytest.mark.once),
]


@pytest.fixture
def opened(make_app: Callable[..., Flask], dirty: Dirt) -> Callable[[datetime], str]:
    """Open the demo at an instant, in an application in demo mode."""
    app = make_app(mode="demo")
    app.extensions.pop("bell", None)  # no worker listens in a test
    dirty.mark()

    def at(instant: datetime) -> str:
        with wall.freeze(instant), app.app_context():
            try:
                return load()
            finally:
                db.session.remove()

    return at


@pytest.mark.parametrize("now", DAYS)
def test_the_demo_is_alive_on_any_day_and_opens_once(opened: Callable[[datetime], str], now: datetime) -> None:
    printed = opened(now)

    assert all(f"{name}@demo.example" in printed for name in ("client", "specialist", "staff"))
    assert "meet-on-common-ground" in printed
    with wall.freeze(now):
        _check_everybody_is_there()
        _check_every_state_is_shown()
        _check_no_time_is_taken_twice()
        _check_the_week_of_the_specialist_to_sign_in_as(now)
        _check_letters_arrived_on_their_own_day()
        _check_every_card_has_three_free_times()
        assert audit.verify() is None
    before = _rows()
    assert opened(now + timedelta(days=3)) == printed
    assert _rows() == before


def _check_everybody_is_there() -> None:
    states = Counter(db.session.scalars(select(Specialist.state)))

    assert states == {ProfileState.PUBLISHED: 22, ProfileState.PAUSED: 1, ProfileState.IN_REVIEW: 1}
    assert db.session.scalar(select(func.count(User.id))) == 24 + 12 + 2


def _check_every_state_is_shown() -> None:
    assert set(db.session.scalars(select(Booking.state))) == set(BookingState)
    assert len(db.session.scalars(select(Strike)).all()) == 1
    assert len(queries.open_contests()) == 1


def _check_no_time_is_taken_twice() -> None:
    """The cells are exactly those of the live bookings, each once a side: anything else is an overlap or a leftover."""
    live = db.session.scalars(select(Booking).where(Booking.state.in_(LIVE))).all()
    wanted = [(0, b.specialist_id, cell, b.id) for b in live for cell in cells(b.starts_at, b.ends_at)]
    wanted += [(1, b.client_id, cell, b.id) for b in live if b.client_id for cell in cells(b.starts_at, b.ends_at)]
    rows = db.session.execute(select(Occupancy.side, Occupancy.owner_id, Occupancy.cell, Occupancy.booking_id)).all()

    assert sorted(wanted) == sorted(tuple(row) for row in rows)
    assert len({key[:3] for key in wanted}) == len(wanted)


def _check_the_week_of_the_specialist_to_sign_in_as(now: datetime) -> None:
    grace = db.session.scalars(select(User).where(User.email == "specialist@demo.example")).one()
    ahead = [
        booking
        for booking in db.session.scalars(select(Booking).join(Booking.specialist).where(Specialist.user == grace))
        if booking.is_confirmed and now < booking.starts_at < now + timedelta(days=9)
    ]

    assert len(ahead) >= 8
    assert any(booking.client and booking.client.email == "client@demo.example" for booking in ahead)


def _check_letters_arrived_on_their_own_day() -> None:
    letters = db.session.scalars(select(OutboxMail)).all()

    assert {letter.state for letter in letters} == {MailState.SENT, MailState.KEPT}
    assert len([letter for letter in letters if letter.message]) > 60
    assert all(letter.sent_at and letter.sent_at - letter.created_at < timedelta(minutes=1) for letter in letters)
    assert all(b"\r\nDate: " in letter.message for letter in letters if letter.message)


def _check_every_card_has_three_free_times() -> None:
    offering = [each for each in db.session.scalars(select(Specialist)) if each.is_published and each.consult]
    times = queries.next_starts([(each.id, each.calendar_version) for each in offering])

    assert len(offering) == 18
    assert all(len(starts) == 3 for starts in times.values())


def _rows() -> dict[str, int]:
    db.session.rollback()
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Model.metadata.tables.items()
    }


def test_it_is_refused_outside_demo_mode(app: Flask) -> None:
    with pytest.raises(BadConfig, match="demo"):
        load()

    assert db.session.scalar(select(func.count(User.id))) == 0


ROOMS = {
    "client": {"/me": "Grace Whitfield", "/me/calendar": "address", "/specialists": "Ilse Vandermeer"},
    "specialist": {"/practice": "Today", "/practice/calendar": "week", "/practice/availability": "London time"},
    "staff": {"/admin/": "Published", "/admin/applications": "Oleksandr Bondar"},
}


@pytest.mark.once
def test_the_three_people_to_sign_in_as_find_their_rooms_full(
    make_app: Callable[..., Flask], opened: Callable[[datetime], str], sign_in: Callable[..., FlaskClient]
) -> None:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    app = make_app(mode="demo")
    opened(now)

    with wall.freeze(now), app.app_context():
        for name, pages in ROOMS.items():
            person = db.session.scalars(select(User).where(User.email == f"{name}@demo.example")).one()
            browser = sign_in(app.test_client(), person)
            for address, words in pages.items():
                answer = browser.get(address)
                assert (address, answer.status_code) == (address, 200)
                assert words in answer.text
