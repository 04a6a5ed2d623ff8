"""What is written down about somebody who answers, votes or agrees: their copy of it, and what goes with them."""

import json

import pytest
from sqlalchemy import select

from practice.accounts import holdings
from practice.questions import lot
from practice.questions.actions import digest, helping
from practice.questions.actions.helping import Seen
from practice.questions.models import Agreement, Answer, Digest, HelpfulVote, Question
from practice.questions.states import QuestionState
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests.asked import GOOD, TEXT, TITLE, answer, ask, colleague, published

pytestmark = pytest.mark.usefixtures("clock")
OURS = ("questions", "answers", "helpful_votes", "agreed_answers", "digest")


@pytest.fixture
def ina(cast):
    return colleague("Ina Berg")


@pytest.fixture
def answered(cast, ina, monkeypatch):
    """Anna answered Ben, who chose it; Cleo voted, Ina agreed; another answer of Anna's waits. Both want digests."""
    monkeypatch.setattr(lot, "least", lambda days: 0)
    question = ask(cast.ben)
    made = published(question, cast.anna)
    answer(ask(cast.ben, title="Another one?"), cast.anna, "Words that staff have not read yet.")
    helping.say_helped(made, Seen(None, None), by=cast.cleo)
    helping.agree(made, by=ina)
    helping.pick(made, by=cast.ben)
    for each in (cast.anna, ina):
        digest.want_digest(each.specialist, 0, 9)
    return question


def told(person):
    return {each.name: each.tell(person) for each in holdings.records() if each.name in OURS}


def wipe(*people):
    for person in people:
        with transaction():
            for each in holdings.records():
                if each.name in OURS:
                    each.wipe(person)
    db.session.expire_all()


def wrong():
    return [each for each in faults() if "nswer" in each or "uestion" in each]


def count(model):
    return db.session.query(model).count()


def test_a_copy_holds_what_one_answered_and_of_a_question_what_everybody_reads(answered, cast, ina):
    first, second = told(cast.anna)["answers"]

    assert (first["words"], first["to"], first["helped_the_asker_most"]) == (GOOD, TITLE, True)
    assert (second["words"], second["read_by_everybody"]) == ("Words that staff have not read yet.", "")
    for name in ("Ben", "Cleo", "Ina", TEXT):
        assert name not in json.dumps(told(cast.anna))
    assert [len(told(cast.cleo)[name]) for name in OURS] == [0, 0, 1, 0, 0]
    assert [len(told(ina)[name]) for name in OURS] == [0, 0, 0, 1, 1]
    assert GOOD not in json.dumps([told(cast.cleo), told(ina), told(cast.ben)])


def test_an_asker_s_copy_says_nothing_of_who_found_an_answer_helpful(answered, cast):
    copy = json.dumps(told(cast.ben))

    assert "Cleo" not in copy and "Ina" not in copy and told(cast.ben)["helpful_votes"] == []


def test_who_answered_takes_their_words_along_and_the_question_waits_again(answered, cast):
    wipe(cast.anna)

    for each in db.session.scalars(select(Answer)):
        assert (each.state, each.words, each.public_words, each.is_picked) == ("withdrawn", "", None, False)
    assert db.session.get_one(Question, answered.id).state == QuestionState.PUBLISHED
    assert [each.specialist.user.display_name for each in db.session.scalars(select(Digest))] == ["Ina Berg"]
    assert all(each["words"] == "" for each in told(cast.anna)["answers"]) and wrong() == []


def test_votes_and_agreements_go_with_whoever_gave_them(answered, cast, ina):
    wipe(cast.cleo, ina)

    assert (count(HelpfulVote), count(Agreement)) == (0, 0)
    assert [len(told(person)[name]) for person in (cast.cleo, ina) for name in OURS] == [0] * 10
    assert db.session.scalars(select(Answer.public_words).where(Answer.public_words.is_not(None))).all() == [GOOD]
    assert wrong() == []


def test_a_question_that_goes_with_its_asker_takes_no_answer_out_of_its_authors_copy(answered, cast):
    wipe(cast.ben)

    [first, _second] = told(cast.anna)["answers"]
    assert (first["words"], first["to"]) == (GOOD, "") and wrong() == []
