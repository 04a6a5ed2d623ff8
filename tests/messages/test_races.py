"""Whatever is pressed at once, or cut off on its way, a message is there once, and never a third before a reply."""

import multiprocessing

import pytest
from sqlalchemy import func, select

from practice.accounts.models import User
from practice.messages import actions, policy, queries
from practice.messages.actions import Writing, sending
from practice.messages.models import Attachment, Message
from practice.moderation.actions import Reported, reporting
from practice.moderation.models import Case
from practice.moderation.states import ReportReason
from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values.errors import Conflict, SentBefore
from tests.messages.test_files import PDF
from tests.payments.forks import crowd

PROCESSES = 8
TIMES = 6


def count(model=Message):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def sends(app, cast):
    """`sends(count, key_of, crashpoint)`: so many processes write to Anna as Ben; how each ended."""
    ben, practice = cast.ben.id, cast.practice.id

    def at_once(processes, key_of, *, crashpoint="", files=(), times=1):
        def work(number):
            by = db.session.get_one(User, ben)
            thread = actions.begin(by, db.session.get_one(Specialist, practice))
            thread = queries.thread_of(by, thread.code)
            for turn in range(times):
                try:
                    actions.send(thread, Writing("Hello.", key_of(number, turn), "", files), by=by)
                except SentBefore:
                    raise
                except Conflict:
                    db.session.rollback()

        return crowd(app, processes, work, crashpoint)

    return at_once


@pytest.mark.races
def test_the_same_message_from_eight_processes_is_one(sends):
    ended = sends(PROCESSES, lambda _number, turn: f"the-form-{turn % 2}", times=TIMES)

    assert ended == [0] * PROCESSES
    assert count() == 2


@pytest.mark.races
def test_no_third_message_is_sent_before_a_reply_however_many_press(sends):
    assert sends(PROCESSES, lambda number, _turn: f"form-{number}") == [0] * PROCESSES

    assert count() == policy.FIRST_MESSAGES


@pytest.mark.races
def test_without_deciding_anew_behind_the_lock_there_are_more(sends, monkeypatch):
    """The control: what was read before the lock decides, so everybody who looked at once sends."""
    looked, known_of = {}, queries.known_of
    monkeypatch.setattr(sending, "lock", lambda _thread: None)
    monkeypatch.setattr(sending.queries, "known_of", lambda *of: looked.setdefault("before", known_of(*of)))

    sends(PROCESSES, lambda number, turn: f"form-{number}-{turn}", times=2)

    assert count() > policy.FIRST_MESSAGES


@pytest.mark.races
@pytest.mark.parametrize("point", ["message.files_kept", "commit.before", "commit.after"])
def test_cut_off_anywhere_and_sent_again_it_is_there_once_with_its_file(sends, cast, thread, point):
    (died,) = sends(1, lambda *_: "the-form", crashpoint=point, files=(PDF,))
    assert died == -9

    assert sends(1, lambda *_: "the-form", files=(PDF,)) == [0]

    assert (count(), count(Attachment)) == (1, 1)


@pytest.mark.races
def test_what_is_taken_back_while_somebody_reports_it_waits_for_nobody(app, cast, monkeypatch):
    began = actions.begin(cast.ben, cast.practice)
    message = actions.send(queries.thread_of(cast.ben, began.code), Writing("Hello.", "a-form"), by=cast.ben)
    of, ben, anna = message.code, cast.ben.id, cast.anna.id
    looked, taken = (multiprocessing.get_context("fork").Event() for _ in range(2))
    submit = reporting.submit

    def submit_late(*args):
        looked.set()
        taken.wait(1)
        return submit(*args)

    def work(number):
        by = db.session.get_one(User, (ben, anna)[number])
        if number:
            reporting.report("message", of, Reported(ReportReason.SPAM, ""), by=by)
            return
        looked.wait(5)
        actions.take_back(queries.message_by_code(of), by=by)
        taken.set()

    monkeypatch.setattr(reporting, "submit", submit_late)

    assert crowd(app, 2, work) == [0, 0]
    db.session.rollback()
    assert db.session.scalars(select(Case.state)).all() == ["withdrawn"]
