"""What another person takes back after an appeal stands again: a question, an answer, what was added, a message."""

import pytest

from practice.messages import actions as messages
from practice.messages import labels
from practice.messages.actions import Writing
from practice.moderation import actions as moderation
from practice.moderation import queries as cases
from practice.moderation.actions import Choice, Reported
from practice.moderation.states import Decision, ReportReason
from practice.moderation.subjects import subject
from practice.questions import actions, lot
from practice.questions.actions import follow_up
from practice.store.db import db, transaction
from practice.values.errors import Invalid
from tests import factories
from tests.asked import answer, ask, published
from tests.asking import asked, new


@pytest.fixture(autouse=True)
def everybody_drawn(monkeypatch):
    """No question is somebody else's by lot."""
    monkeypatch.setattr(lot, "least", lambda _days: 0)


@pytest.fixture
def sue():
    """A second of the staff."""
    return factories.user("Sue", roles=("client", "staff"), tf_primary_method="authenticator", tf_totp_secret="set")


@pytest.fixture
def taken_back(cast, sue):
    """`taken_back(kind, thing, decision, author)`: Sam decides, its author appeals, Sue takes the decision back."""

    def go(kind, thing, decision, author, meanwhile=lambda: None):
        case = cases.open_about(kind, thing.code)
        words = "Masked?\n\nIndeed." if decision == Decision.MASK else ""
        mark = subject(kind).show(thing.code).mark
        moderation.decide(case, Choice(decision, mark, "Because.", words), by=cast.sam)
        moderation.appeal(case, "That was a mistake.", by=author)
        meanwhile()
        moderation.settle_appeal(case, reverse=True, reason="", by=sue)
        db.session.refresh(thing)
        return thing

    return go


def test_what_nobody_could_read_yet_is_not_left_as_it_is(cast):
    question, room = asked(cast.ben), subject("question")
    case = cases.open_about("question", question.code)
    known = room.show(question.code)

    with pytest.raises(Invalid):
        moderation.decide(case, Choice(Decision.LEAVE, known.mark), by=cast.sam)

    assert Decision.LEAVE in room.possible(None) and Decision.LEAVE not in room.possible(known)
    assert cases.open_about("question", question.code) is not None


@pytest.mark.parametrize("decision", [Decision.ASK_EDIT, Decision.MASK, Decision.REJECT])
def test_a_question_is_public_as_it_was_written(cast, taken_back, decision):
    question = taken_back("question", asked(cast.ben), decision, cast.ben)

    assert question.is_visible and question.public_title == question.title
    assert not question.masked_title and not question.reason


def test_a_question_with_other_words_waits_for_whoever_reads_those(cast, taken_back):
    question = asked(cast.ben)

    def rewrite():
        db.session.refresh(question)
        actions.send(question, new(words="Quite other words."), by=cast.ben, edition=question.edition)

    taken_back("question", question, Decision.ASK_EDIT, cast.ben, rewrite)
    assert question.state == "in_review"


def test_an_appeal_about_what_its_asker_took_back_can_be_settled(cast, taken_back):
    question = asked(cast.ben)
    gone = lambda: actions.withdraw(question, by=cast.ben)  # noqa: E731
    assert taken_back("question", question, Decision.REJECT, cast.ben, gone).state == "withdrawn"


@pytest.mark.parametrize("decision", [Decision.ASK_EDIT, Decision.REJECT, Decision.REMOVE])
def test_an_answer_is_public(cast, taken_back, decision):
    made = taken_back("answer", answer(ask(cast.ben), cast.anna), decision, cast.anna)

    assert made.public_words == made.words and not made.reason


def test_what_was_added_is_public_as_long_as_its_question_is(cast, taken_back):
    question = ask(cast.ben, state="answered")
    added = follow_up.follow_up(question, "It helped.", "k" * 20, by=cast.ben)
    assert taken_back("follow_up", added, Decision.REJECT, cast.ben).public_words == "It helped."

    other = ask(cast.ben, state="answered")
    added = follow_up.follow_up(other, "It helped.", "l" * 20, by=cast.ben)
    actions.withdraw(other, by=cast.ben)
    with transaction():
        follow_up.rule(added, Decision.PUBLISH, "")
    assert added.public_words is None


def test_a_message_is_read_again(cast, taken_back):
    thread = messages.begin(cast.ben, cast.practice)
    sent = messages.send(thread, Writing("A strange thing.", "form-1"), by=cast.ben)
    moderation.report("message", sent.code, Reported(ReportReason.OTHER, "Strange."), by=cast.anna)
    taken_back("message", sent, Decision.REMOVE, cast.ben)

    assert not labels.gone_because(sent, cast.anna)


# ---------------------------------------------------------------- whoever reported it asks


@pytest.mark.parametrize("kind", ["question", "answer"])
def test_what_a_second_report_has_taken_down_already_can_be_taken_down_by_the_second_person_of_the_first(
    cast, sue, kind
):
    question = ask(cast.ben)
    thing = question if kind == "question" else published(question, cast.anna)
    mark = subject(kind).show(thing.code).mark
    first = moderation.report(kind, thing.code, Reported(ReportReason.SPAM, "It sells."), by=cast.cleo)
    with pytest.raises(Invalid):
        moderation.decide(first.case, Choice(Decision.PUBLISH, mark), by=cast.sam)
    moderation.decide(first.case, Choice(Decision.LEAVE, mark), by=cast.sam)
    moderation.ask_again(first, "It sells pills.", by=cast.cleo)
    second = moderation.report(kind, thing.code, Reported(ReportReason.SPAM, ""), by=factories.user("Dana"))
    moderation.decide(second.case, Choice(Decision.REMOVE, mark), by=cast.sam)

    moderation.settle_appeal(first.case, reverse=True, reason="", by=sue, mark=mark)

    db.session.refresh(thing)
    assert first.case.state == "reversed" and thing.state in ("rejected", "removed")
