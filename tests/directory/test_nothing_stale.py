"""What pages keep in memory is never shown after it changed: not in this process, and not in another one."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from practice.availability import actions as hours
from practice.availability.actions import Keep
from practice.bookings import actions as bookings
from practice.bookings import queries
from practice.specialists import actions as specialists
from practice.store.db import db
from tests.races.arena import ROOT
from tests.specialists import recipes

PROFILE = "/specialists/anna-kern"
PAGES = (PROFILE, "/", "/specialists")


@pytest.fixture
def visit(app):
    """Somebody in Vienna opens a page, twice: the second time it may come from memory."""

    def open_page(path=PROFILE, zone="Europe/Vienna"):
        browser = app.test_client()
        browser.set_cookie("zone", zone)
        browser.get(path)
        return browser.get(path).text

    return open_page


def starts(page):
    return re.findall(r'name="start"[^>]* value="([^"]+)"', page)


def value(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def first_start(cast):
    db.session.rollback()
    return datetime.fromtimestamp(queries.starts_for(cast.practice.consult)[0], UTC)


@pytest.mark.parametrize("path", PAGES)
def test_a_time_is_gone_from_the_next_view_after_it_was_booked(visit, cast, path):
    first = first_start(cast)
    assert value(first) in starts(visit(path))

    bookings.book(cast.ben, cast.practice.consult, first, bookings.Details(format="video"))

    assert value(first) not in starts(visit(path))


@pytest.mark.parametrize("path", PAGES)
def test_times_follow_the_hours_at_the_next_view(visit, cast, path):
    first = first_start(cast)
    assert value(first) in starts(visit(path))

    hours.add_time_off(cast.practice, first, first + timedelta(days=2), "Away")

    assert starts(visit(path))
    assert not [start for start in starts(visit(path)) if start < value(first + timedelta(days=2))]


def test_times_follow_the_zone_in_which_hours_are_meant(visit, cast):
    first = first_start(cast)
    assert value(first) in starts(visit())

    hours.change_zone(cast.practice, "Europe/Lisbon", Keep.CLOCK)

    assert first_start(cast) == first + timedelta(hours=1)
    assert value(first) not in starts(visit())


def test_each_reader_reads_their_own_clock_also_from_memory(visit, client, cast):
    vienna, lisbon = visit(), visit(zone="Europe/Lisbon")

    assert starts(vienna) == starts(lisbon)
    assert (">09:00<" in vienna, ">08:00<" in vienna) == (True, False)
    assert (">09:00<" in lisbon, ">08:00<" in lisbon) == (True, True)


@pytest.mark.parametrize("path", PAGES)
def test_what_a_profile_says_is_said_at_the_next_view(visit, cast, path):
    recipes.topics()
    visit(path)

    specialists.edit_words(cast.practice, recipes.words(headline="Quiet talks about hard things"), by=cast.anna)

    assert "Quiet talks about hard things" in visit(path)


def test_everything_that_a_profile_says_is_said_at_the_next_view(visit, cast):
    recipes.topics()
    visit()
    said = {"about": "I was a teacher before.", "first_session": "We look at your week.", "formats": ["video", "chat"]}

    specialists.edit_words(cast.practice, recipes.words(**said), by=cast.anna)

    page = visit()
    assert not [
        words for words in ("I was a teacher before.", "We look at your week.", "Video, chat") if words not in page
    ]


def test_a_paused_profile_takes_no_time_at_the_next_view(visit, cast):
    assert starts(visit())

    specialists.pause(cast.practice, None, by=cast.anna)

    assert not starts(visit())
    assert "isn’t taking new clients" in visit()


def test_a_price_and_the_end_of_the_free_consultation_stand_in_the_next_view(visit, cast):
    assert starts(visit())

    specialists.set_consult(cast.practice, False, by=cast.anna)

    assert not starts(visit())
    assert "No free consultation here" in visit()


ELSEWHERE = """
import sys
from datetime import datetime, timedelta
from practice.app import create_app
from practice.availability import actions as hours
from practice.bookings import actions as bookings, queries
from practice.accounts.models import User
from practice.specialists.models import Specialist
from practice.store.db import db, transaction
from practice.values import clock
first = datetime.fromisoformat(sys.argv[1])
with clock.freeze(datetime.fromisoformat(sys.argv[2])), create_app().app_context():
    practice = db.session.scalars(db.select(Specialist)).one()
    ben = db.session.scalars(db.select(User).where(User.email == "ben@people.example")).one()
    bookings.book(ben, practice.consult, first, bookings.Details(format="video"))
    hours.add_time_off(practice, first + timedelta(days=1), first + timedelta(days=2), "Away")
    with transaction():
        practice.headline = "Said in another process"
        practice.profile_version += 1
"""


def test_what_another_process_changed_is_seen_at_the_next_view(visit, cast, clock, engine_url, config):
    first = first_start(cast)
    before = visit()
    assert value(first) in starts(before)
    environment = os.environ | {"MODE": "test", "DATA": str(config.data), "DATABASE_URL": engine_url}

    command = [sys.executable, "-c", ELSEWHERE, first.isoformat(), clock.now().isoformat()]
    subprocess.run(command, check=True, cwd=ROOT, env=environment | {"BASE_URL": config.base_url})

    after = visit()
    away = value(first + timedelta(days=1)), value(first + timedelta(days=2))
    assert value(first) not in starts(after)
    assert not [start for start in starts(after) if away[0] <= start < away[1]]
    assert "Said in another process" in after
    assert "Said in another process" in visit("/specialists")
