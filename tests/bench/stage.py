"""This file knows how the benchmarks set up a product: its own SQLite file on disk, people, a full diary, a server."""

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from practice.accounts.models import User
from practice.availability.models import Schedule, WeeklyRange
from practice.bookings import queries
from practice.bookings.states import BookingState
from practice.store.db import db, transaction
from practice.specialists.models import Specialist
from tests import factories
from tests.bench import workloads
from tests.databases import Files
from tests.races.arena import Arena, gunicorn
from tests.races.wire import Wire


@contextmanager
def product(now=workloads.NOW - timedelta(minutes=10)):
    """A migrated product whose clock begins at `now`; ten minutes early, so that no start falls out while we measure."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield Arena(Files().fresh(folder), folder, now - datetime.now(UTC))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(arena):
    """The product as an operator runs it, two processes of four threads, its log thrown away."""
    with quiet(), gunicorn("wsgi:app", {**os.environ, **arena.environment}) as server:
        yield server


@contextmanager
def yardstick():
    """The plain server beside it, run the same way."""
    with gunicorn("tests.bench.plain_server:app", dict(os.environ)) as server:
        yield server


@contextmanager
def quiet():
    """Nothing that a server says reaches the table."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def diary_of_w1(arena, work):
    """One practice that is W1: its hours, gaps, notice, horizon and 120 bookings; its slug."""
    with arena.inside():
        with transaction() as session:
            owner = factories.user("Berlin", email="berlin@practice.example", zone=workloads.SPECIALIST_ZONE)
            practice = factories.specialist(owner)
            fit(session, practice, work.days - 1)
            clients = [factories.user(f"C{n}", email=f"c{n}@people.example") for n in range(len(work.bookings))]
        for client, (starts_at, _ends_at) in zip(clients, work.bookings, strict=True):
            factories.booking(client, practice, datetime.fromtimestamp(starts_at, UTC))
        slug = practice.slug
        db.session.remove()
    return slug


def fit(session, practice, horizon):
    """The hours and rules of the workloads."""
    schedule = session.get_one(Schedule, practice.id)
    schedule.gap_before, schedule.gap_after = 0, workloads.BUFFER
    schedule.consult_notice, schedule.consult_horizon, schedule.weekly_consults = workloads.NOTICE, horizon, None
    session.query(WeeklyRange).filter(WeeklyRange.specialist_id == practice.id).delete()
    for weekday in range(5):
        for opens, closes in workloads.DAY_HOURS:
            span = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
            session.add(WeeklyRange(specialist_id=practice.id, weekday=weekday, opens=span[0], closes=span[1]))


def thirty_practices(arena):
    """A directory whose first page is full."""
    with arena.inside():
        with transaction():
            for number in range(30):
                owner = factories.user(f"Person {number}", email=f"s{number}@practice.example", zone="Europe/Berlin")
                factories.specialist(owner, slug=f"person-{number}")
        db.session.remove()


def with_a_time_chosen(port, slug):
    """The cookies of a visitor who pressed a time of this practice a moment ago, and where the form for it stands."""
    browser = Wire(port, {"zone": workloads.VIEWER_ZONE})
    page = browser.get(f"/specialists/{slug}").body.decode()
    browser.token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    start = re.search(r'name="start" value="([^"]+)"', page)[1]
    answer = browser.post(f"/specialists/{slug}/book", start=start)
    assert answer.status == 303, answer.status
    return browser.cookies, answer.location


def client_with_a_booking(arena, slug):
    """The cookies of a signed-in client, and the code of the appointment they have ahead with this practice."""
    person = arena.people(1)[0]
    with arena.inside():
        practice = db.session.scalars(db.select(Specialist).where(Specialist.slug == slug)).one()
        with transaction():
            client = db.session.get_one(User, person.user_id)
            start = datetime.fromtimestamp(queries.starts_for(practice.consult)[20], UTC)
            code = factories.booking(client, practice, start).code
        db.session.remove()
    return person.cookies, code


def thousand_bookings(arena, slug):
    """A feed's worth of appointments, all of one practice; every twentieth was cancelled."""
    with arena.inside():
        practice = db.session.scalars(db.select(Specialist).where(Specialist.slug == slug)).one()
        with transaction():
            for number in range(1000):
                client = factories.user("F", email=f"f{number}@people.example")
                state = BookingState.CANCELLED_BY_CLIENT if number % 20 == 0 else BookingState.COMPLETED
                starts_at = workloads.NOW - timedelta(days=20) + timedelta(minutes=30 * number)
                ended = {"ended_at": workloads.NOW - timedelta(days=1)}
                factories.booking(client, practice, starts_at, state=state, **ended)
        db.session.remove()
