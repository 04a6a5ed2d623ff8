"""Free times cost a fixed number of questions to the database, however far one looks and however full the diary is."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from practice.availability.models import Schedule, TimeOff, Travel
from practice.bookings import free_times
from practice.bookings.free_times import Wanted
from practice.bookings.states import BookingState
from practice.scheduling.slots import open_slots
from practice.specialists.states import OfferKind
from practice.specialists.timing import CONSULT, Timing
from practice.store import memory
from practice.store.db import db, transaction
from tests.factories import booking, specialist, user

MOST = 4
FIFTY = Timing(OfferKind.INDIVIDUAL, 50)


def look_ahead(practice, days):
    with transaction() as session:
        session.get_one(Schedule, practice.id).consult_horizon = days
        practice.calendar_version += 1


@pytest.mark.parametrize("days", [7, 60, 365])
def test_free_times_take_at_most_four_questions_whatever_the_horizon(client, cast, clock, questions, engine, days):
    start = clock.now() + timedelta(days=2, hours=1)
    for number in range(5):
        booking(user(f"C{number}"), cast.practice, start + timedelta(days=7 * number))
    with transaction() as session:
        away = clock.now() + timedelta(days=3)
        session.add(TimeOff(specialist_id=cast.practice.id, starts_at=away, ends_at=away + timedelta(days=1)))
        session.add(Travel(specialist_id=cast.practice.id, first_on=away.date(), zone="Asia/Tokyo"))
    look_ahead(cast.practice, days)
    memory.forget()
    questions.clear()

    answer = client.get("/specialists/anna-kern/slots")
    first = len(questions)
    client.get("/specialists/anna-kern/slots")

    assert len(answer.json["starts"]) > 0
    assert first <= MOST
    assert len(questions) - first == 1


def test_after_a_change_one_thread_computes_and_the_others_wait_for_it(app, cast, clock, monkeypatch):
    computed, together = [], Barrier(6)

    def slowly(*asked):
        computed.append(asked)
        time.sleep(0.05)
        return open_slots(*asked)

    def ask(_number):
        with app.app_context():
            together.wait()
            return free_times.all_starts([Wanted(1, CONSULT, 7)], clock.now())

    monkeypatch.setattr(free_times, "open_slots", slowly)
    db.session.rollback()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(6)))

    assert len(answers[0][Wanted(1, CONSULT, 7)]) > 0
    assert answers == answers[:1] * 6
    assert len(computed) == 1


def test_whoever_read_an_older_version_takes_the_list_that_another_computed_since(cast, clock, questions):
    db.session.rollback()
    newer = free_times.all_starts([Wanted(cast.practice.id, CONSULT, 8)], clock.now())
    questions.clear()

    older = free_times.all_starts([Wanted(cast.practice.id, CONSULT, 7)], clock.now())

    assert list(older.values()) == list(newer.values())
    assert not questions


def test_next_times_of_thirty_people_take_as_many_questions_as_of_one(cast, clock, questions, engine):
    """Whatever is offered and held: lists of two lengths, and a hold in each diary."""
    practices = [cast.practice] + [specialist(user(f"P{number}"), slug=f"p-{number}") for number in range(29)]
    for number, practice in enumerate(practices):
        booking(user(f"H{number}"), practice, clock.now() + timedelta(days=2), state=BookingState.HELD)
    ids = [practice.id for practice in practices]
    db.session.rollback()
    counts = []

    for wanted in (1, 30):
        memory.forget()
        questions.clear()
        lists = [Wanted(each, timing, 0) for each in ids[:wanted] for timing in (CONSULT, FIFTY)]
        free_times.next_starts(lists, 3, clock.now())
        counts.append(len(questions))

    assert counts[0] == counts[1] <= MOST


# ---------------------------------------------------------------- pages of the main job

# A visitor, then a client with an appointment ahead (who is told of others, and of nobody they cannot book): once the process has written what it keeps in memory.
VISITOR = {"/": 2, "/specialists": 2, "/specialists/anna-kern": 3}
# One of them on each page: whether a conversation has something new.
CLIENT = {"/": 6, "/specialists/anna-kern": 13, "/me": 5, "/bookings/{code}/move": 7}
FORM_WITH_A_TIME = 6


def asked_by(browser, path, questions):
    """How many questions a page asks when somebody opens it once more."""
    assert browser.get(path).status_code == 200
    questions.clear()
    assert browser.get(path).status_code == 200
    return len(questions)


def test_pages_for_visitors_take_a_fixed_number_of_questions_and_a_profile_at_most_four(client, cast, clock, questions):
    client.set_cookie("zone", "Europe/Dublin")

    assert {path: asked_by(client, path, questions) for path in VISITOR} == VISITOR
    clock.advance(seconds=11)
    questions.clear()
    client.get("/specialists/anna-kern")
    # The numbers in its footer are read again.
    assert len(questions) == VISITOR["/specialists/anna-kern"] + 1 <= MOST


def test_pages_for_clients_take_a_fixed_number_of_questions(client, cast, clock, questions, sign_in):
    code = booking(cast.ben, cast.practice, clock.now() + timedelta(days=3, hours=2)).code
    sign_in(client, cast.ben)

    asked = {path: asked_by(client, path.format(code=code), questions) for path in CLIENT}

    assert asked == CLIENT


def test_the_form_for_a_chosen_time_takes_a_fixed_number_of_questions(client, cast, post, questions):
    client.set_cookie("zone", "Europe/Dublin")
    chosen = post("/specialists/anna-kern/book", start="2027-03-10T10:00:00Z")

    assert asked_by(client, chosen.location, questions) == FORM_WITH_A_TIME


# ---------------------------------------------------------------- an index of a part of the rows


def words_of_partial_indexes():
    """("erasure.state", "asked") for each word that says of which rows an index of ours knows."""
    for table in db.metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            for column, word in re.findall(r"(\w+) = '(\w+)'", str(where) if where is not None else ""):
                yield f"{table.name}.{column}", word


def test_what_decides_about_an_index_of_some_rows_is_written_into_the_statement(
    client, cast, clock, questions, sign_in
):
    """Given beside it, SQLite plans the statement anew for each page (`practice.store.db.spelled`)."""
    code = booking(cast.ben, cast.practice, clock.now() + timedelta(days=3, hours=2)).code
    pages = [*(path.format(code=code) for path in CLIENT), "/specialists/anna-kern/slots"]
    questions.clear()

    for path in pages:
        client.get(path)
    sign_in(client, cast.ben)
    for path in pages:
        client.get(path)

    columns = {column for column, _ in words_of_partial_indexes()}
    assert {"offers.kind", "proposals.state", "erasure.state"} <= columns
    asked = [(column, said) for column in columns for said in questions if f"{column} = ?" in str(said)]
    assert not asked
