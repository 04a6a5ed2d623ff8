"""A question, a message and a ticket that eight processes send again and again are there once, with one letter."""

import pytest
from sqlalchemy import func, select

from practice.accounts.models import User
from practice.contact import actions as contact
from practice.contact import queries as tickets
from practice.contact.actions import Opening
from practice.contact.models import ContactMessage, Ticket
from practice.contact.states import Category
from practice.letters.outbox import OutboxMail
from practice.messages import actions as messages
from practice.messages.actions import Writing, sending
from practice.messages.models import Message, Thread
from practice.moderation.models import Case
from practice.questions import actions as questions
from practice.questions import queries as asked
from practice.questions.models import Question
from practice.specialists.models import Specialist
from practice.store.db import db, transaction
from practice.values.errors import Conflict, SentBefore, TooMany
from tests import factories
from tests.asking import new
from tests.payments.forks import crowd

pytestmark = [pytest.mark.races, pytest.mark.each_case]
PROCESSES, A_FEW, TWO_HUNDRED = 8, 4, 25
WORDS = "Hello, is somebody there?"
# By what is sent: the rows that come of one of it, with the letter that tells of it.
ROWS = {
    "message": (Thread, Message, "messages/new"),
    "question": (Question, Case, "questions/received"),
    "ticket": (Ticket, ContactMessage, "contact/received"),
}


def send_message(by, practice, key):
    messages.send(messages.begin(by, practice), Writing(WORDS, key), by=by)


def send_question(by, _practice, key):
    questions.ask(new(words=WORDS), key, by=by)


def send_ticket(by, _practice, key):
    contact.open_ticket(by, Opening(Category.PAYMENT, WORDS, form_key=key))


SENDS = {"message": send_message, "question": send_question, "ticket": send_ticket}


@pytest.fixture
def race(app, cast, engine_url):
    """`race("ticket", 4)`: eight processes send it four times each as Ben; how each ended."""
    with transaction():
        db.session.add(factories.topic())
    ben, practice = cast.ben.id, cast.practice.id

    def at_once(kind, times, key=lambda number, turn: "the-form"):
        def work(number):
            for turn in range(times):
                by, to = db.session.get_one(User, ben), db.session.get_one(Specialist, practice)
                try:
                    SENDS[kind](by, to, key(number, turn))
                except SentBefore:
                    raise
                except (Conflict, TooMany):
                    db.session.rollback()

        return crowd(app, PROCESSES, work)

    return at_once


def stored(kind):
    """How many of each there are now."""
    db.session.rollback()
    *models, letter = ROWS[kind]
    rows = [db.session.scalar(select(func.count()).select_from(each)) for each in models]
    letters = select(func.count()).select_from(OutboxMail).where(OutboxMail.template == letter)
    return (*rows, db.session.scalar(letters))


@pytest.mark.parametrize("kind", ROWS)
def test_the_same_form_from_eight_processes_is_there_once(race, kind):
    assert race(kind, A_FEW) == [0] * PROCESSES
    assert stored(kind) == (1, 1, 1)


@pytest.mark.long
@pytest.mark.parametrize("kind", ROWS)
def test_the_same_form_two_hundred_times_is_there_once(race, kind):
    assert race(kind, TWO_HUNDRED) == [0] * PROCESSES
    assert stored(kind) == (1, 1, 1)


@pytest.mark.parametrize("kind", ROWS)
def test_where_nobody_looks_for_an_earlier_one_the_table_still_takes_one(race, kind, monkeypatch):
    """Half a control: the key of a form is unique in the tables, so whoever comes later is refused, not stored."""
    monkeypatch.setattr(sending, "_sent_with", lambda *_: None)
    monkeypatch.setattr(asked, "sent_with", lambda *_: None)
    monkeypatch.setattr(tickets, "sent_with", lambda *_: None)

    assert set(race(kind, 1)) == {0, 1}
    assert stored(kind)[1] == 1


@pytest.mark.parametrize("kind", ROWS)
def test_without_the_key_of_its_form_it_would_be_there_several_times(race, kind):
    """The control: what is sent under another key each time is several."""
    race(kind, 1, key=lambda number, turn: f"form-{number}-{turn}")

    assert stored(kind)[1] > 1
