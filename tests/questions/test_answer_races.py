"""Several at once: two answers of a specialist at most, one vote and agreement of a person, one answer of a form."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from practice.accounts.models import User
from practice.questions import answer_policy, lot
from practice.questions.actions import answering, helping
from practice.questions.actions.helping import Seen
from practice.questions.models import Agreement, Answer, HelpfulVote, Question
from practice.store.db import db, transaction
from practice.values.errors import Conflict
from tests.asked import answer, ask, colleague, published

WORKERS = 6
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def everybody_drawn(monkeypatch):
    monkeypatch.setattr(lot, "least", lambda days: 0)


@pytest.fixture
def at_once(app, dirty):
    """`at_once(work)`: in as many threads as there are workers, all beginning together; the errors that came of it."""
    dirty.mark()

    def run_all(work):
        together, errors = threading.Barrier(WORKERS), []

        def run(number):
            with app.app_context():
                together.wait(30)
                try:
                    work(number)
                except (Conflict, IntegrityError) as error:
                    errors.append(type(error))
                finally:
                    db.session.remove()

        db.session.rollback()
        with ThreadPoolExecutor(WORKERS) as crowd:
            for each in [crowd.submit(run, number) for number in range(WORKERS)]:
                each.result(120)
        db.session.rollback()
        return errors

    return run_all


def one(model, number):
    return db.session.get_one(model, number)


def count(model):
    return db.session.query(model).count()


def test_of_many_answers_at_once_two_are_taken(at_once, cast):
    question, anna = ask(cast.ben).id, cast.anna.id

    errors = at_once(lambda n: answer(one(Question, question), one(User, anna), f"Number {n}."))

    assert sorted(each.place for each in db.session.query(Answer)) == [1, 2]
    assert errors == [Conflict] * (WORKERS - 2)


def look_without_a_lock(monkeypatch):
    monkeypatch.setattr(answering, "lock_question", lambda question, **_: question)
    monkeypatch.setattr(answering, "may_answer", lambda *_: answer_policy.YES)
    monkeypatch.setattr(answering, "_free_place", lambda *_: 1)


def test_without_the_lock_the_table_itself_refuses(at_once, cast, monkeypatch):
    question, anna = ask(cast.ben).id, cast.anna.id
    look_without_a_lock(monkeypatch)

    errors = at_once(lambda n: answer(one(Question, question), one(User, anna), f"Number {n}."))

    assert (count(Answer), errors) == (1, [IntegrityError] * (WORKERS - 1))


def test_the_same_without_both_guards_has_too_many(at_once, cast, monkeypatch):
    """The control."""
    question, anna = ask(cast.ben).id, cast.anna.id
    look_without_a_lock(monkeypatch)
    [index] = [each for each in Answer.__table__.indexes if each.name == "uq_answers_place"]
    with transaction() as session:
        index.drop(session.connection())
    try:
        at_once(lambda n: answer(one(Question, question), one(User, anna), f"Number {n}."))
        assert count(Answer) == WORKERS
    finally:
        with transaction() as session:
            session.execute(delete(Answer))
            index.create(session.connection())


def test_a_form_that_is_sent_many_times_at_once_is_one_answer(at_once, cast):
    question, anna = ask(cast.ben).id, cast.anna.id

    errors = at_once(lambda _: answer(one(Question, question), one(User, anna), key="k" * 22))

    assert (count(Answer), errors) == (1, [])


def vote(made, user):
    helping.say_helped(one(Answer, made), Seen(None, None), by=one(User, user))


def test_a_vote_pressed_many_times_at_once_is_one(at_once, cast):
    made, cleo = published(ask(cast.ben), cast.anna).id, cast.cleo.id

    assert at_once(lambda _: vote(made, cleo)) == []
    assert count(HelpfulVote) == 1


def test_an_agreement_pressed_many_times_at_once_is_one(at_once, cast):
    made, ina = published(ask(cast.ben), cast.anna).id, colleague("Ina Berg").id

    assert at_once(lambda _: helping.agree(one(Answer, made), by=one(User, ina))) == []
    assert count(Agreement) == 1


def test_votes_that_are_simply_stored_meet_the_table(at_once, cast, monkeypatch):
    """The control: without the statement that stores once, all but one are refused with an error."""
    made, cleo = published(ask(cast.ben), cast.anna).id, cast.cleo.id
    monkeypatch.setattr(helping, "insert_once", lambda model, **values: db.session.add(model(**values)))

    assert len(at_once(lambda _: vote(made, cleo))) == WORKERS - 1
    assert count(HelpfulVote) == 1
