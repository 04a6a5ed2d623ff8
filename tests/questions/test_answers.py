"""Specialists answer in public: who may, what appears when, what is left when they take it back, what staff decide."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from practice.accounts.models import User
from practice.moderation import actions as moderation
from practice.moderation import subjects
from practice.moderation.actions import Measure
from practice.moderation.models import Case
from practice.moderation.states import Decision, Feature, Severity, Step
from practice.moderation.subjects import Ruled
from practice.questions import answers as queries
from practice.questions import lot, policy
from practice.questions.actions import answering, digest, follow_up, helping, leaving, silence
from practice.questions.actions.helping import Seen
from practice.questions.models import Agreement, Answer, HelpfulVote
from practice.questions.states import QuestionState
from practice.specialists.states import ProfileState
from practice.store.checks import faults
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed, SentBefore
from tests import factories
from tests.asked import GOOD, answer, ask, colleague, in_topic, known, published

NOWHERE = Seen(None, None)
TUESDAY = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def everybody_drawn(monkeypatch):
    """No question is somebody else's by lot, but where the lot itself is looked at."""
    monkeypatch.setattr(lot, "least", lambda days: 0 if days < policy.ANSWERED_FOR_DAYS else lot.PRIME)


@pytest.fixture
def question(cast):
    """Ben's."""
    return ask(cast.ben)


def rule(made, decision, kind="answer", reason="A reason.", mark=""):
    subject = subjects.subject(kind)
    with transaction():
        subject.carry_out(Ruled(made.code, decision, reason, staff(), mark=mark))


def staff():
    return db.session.query(User).filter_by(display_name="Sam").one()


# ---------------------------------------------------------------- who may


def test_the_first_three_of_somebody_new_are_read_before_they_appear_and_later_ones_appear_at_once(cast):
    states = []
    for n in range(4):
        made = answer(ask(title=f"Number {n}"), cast.anna)
        states.append(made.state)
        if made.state == "in_review":
            rule(made, Decision.PUBLISH)

    assert states == ["in_review", "in_review", "in_review", "published"]


def test_a_specialist_answers_a_question_twice_at_most_and_a_place_that_is_given_back_is_free(cast, question):
    first = answer(question, cast.anna)
    answer(question, cast.anna, "A second thought.")
    with pytest.raises(Conflict, match="Both of your answers"):
        answer(question, cast.anna, "A third.")

    answering.withdraw(first, by=cast.anna)

    assert answer(question, cast.anna, "Another one.").place == 1


def test_the_same_form_sent_twice_is_one_answer_and_with_other_words_it_is_refused(cast, question):
    one = answer(question, cast.anna, key="k" * 22)
    assert answer(question, cast.anna, key="k" * 22).id == one.id
    with pytest.raises(SentBefore):
        answer(question, cast.anna, "Other words.", key="k" * 22)


@pytest.mark.parametrize("state", [ProfileState.SUSPENDED, ProfileState.EXPIRED, ProfileState.DRAFT])
def test_who_is_not_public_does_not_answer(cast, question, state):
    with transaction():
        cast.practice.state = state
    with pytest.raises(NotAllowed, match="public"):
        answer(question, cast.anna)


def test_who_cannot_answer_now_puts_nothing_else_below_an_old_answer(cast, question):
    made = published(question, cast.anna)
    case = moderation.submit("answer", made.code, Severity.USUAL)
    limit = Measure(Step.LIMIT, "", 10, frozenset({Feature.ANSWER}))
    moderation.sanction(case, limit, by=staff())
    with pytest.raises(NotAllowed, match="again from"):
        answering.change(made, "Other words.", by=cast.anna)

    with transaction():
        cast.practice.state = ProfileState.SUSPENDED
    with pytest.raises(NotAllowed, match="public"):
        answering.change(made, "Other words.", by=cast.anna)
    answering.withdraw(made, by=cast.anna)


def test_a_member_without_a_practice_does_not_answer(cast, question):
    with pytest.raises(NotAllowed):
        answer(question, cast.cleo)


def test_what_has_no_place_in_an_answer_is_named_and_nothing_is_stored(cast, question):
    with pytest.raises(Invalid) as refused:
        answer(question, cast.anna, "See www.anna.at, it is €20.")

    assert "www.anna.at" in refused.value.fields["text"] and "€20" in refused.value.fields["text"]
    assert not db.session.query(Answer).count()


# ---------------------------------------------------------------- nobody's own client


def double_of(person, name):
    """Another account of the same mailbox."""
    double = factories.user(name)
    with transaction():
        double.person_key = person.person_key
    return double


def refusal(question, by):
    return str(answering.may_answer(question, by).sentence)


def test_nobody_answers_their_own_client_and_reads_only_what_the_lot_says_too(cast, session_with_ben, monkeypatch):
    of_client, of_stranger = ask(cast.ben), ask(cast.cleo)
    assert refusal(of_stranger, cast.anna) == ""

    of_lot = ask(cast.cleo, days_ago=policy.ANSWERED_FOR_DAYS)

    assert refusal(of_client, cast.anna) == refusal(of_lot, cast.anna) != ""
    with pytest.raises(Conflict) as refused:
        answer(of_client, cast.anna)
    assert "client" not in refused.value.whole and "Ben" not in refused.value.whole
    assert [each.question for each in queries.waiting_for(cast.practice)] == [of_stranger]


def test_a_second_account_of_the_same_mailbox_is_the_same_client(cast, session_with_ben):
    double = double_of(cast.ben, "Benny")

    assert refusal(ask(double), cast.anna)


def test_who_asked_does_not_answer_themself(cast):
    assert refusal(ask(cast.anna), cast.anna)


def test_an_answer_from_before_two_met_stays_and_can_be_changed(cast, book, question):
    made = published(question, known(cast.anna))
    book(cast.ben)

    answering.change(made, "Put better.", by=cast.anna)

    assert db.session.get(Answer, made.id).public_words == "Put better."
    assert refusal(question, cast.anna)


@pytest.fixture
def book(cast):
    def booked(client):
        return factories.booking(client, cast.practice, TUESDAY)

    return booked


@pytest.fixture
def session_with_ben(cast, book):
    return book(cast.ben)


def test_the_statement_and_the_rule_of_the_lot_agree(cast, monkeypatch):
    monkeypatch.undo()
    numbers = lot.numbers_of(cast.practice)
    made = [ask(title=f"Number {n}", days_ago=n % 100) for n in range(60)]

    expected = {each.id for n, each in enumerate(made) if lot.drawn(numbers, each.id) >= lot.least(n % 100)}

    assert {each.id for each in made if queries.is_put_to(each, cast.practice)} == expected
    assert 0 < len(expected) < 60


# ---------------------------------------------------------------- changing, taking back


def test_new_words_of_somebody_known_are_public_at_once_and_of_somebody_new_once_they_were_read(cast, question):
    new, old = published(question, cast.anna), published(question, known(colleague("Ina Berg")))

    answering.change(new, "Changed by somebody new.", by=cast.anna)
    answering.change(old, "Changed by somebody known.", by=old.specialist.user)

    assert (new.public_words, old.public_words) == (GOOD, "Changed by somebody known.")
    rule(new, Decision.PUBLISH)
    assert new.public_words == "Changed by somebody new."


def test_a_decision_is_for_the_words_that_were_read(cast, question):
    made = answer(question, cast.anna)
    read = subjects.subject("answer").show(made.code).mark
    answering.change(made, "Other words meanwhile.", by=cast.anna)

    with pytest.raises(Conflict):
        rule(made, Decision.PUBLISH, mark=read)
    assert made.state == "in_review"


def test_a_question_that_is_taken_back_ends_what_waits_about_its_answers(cast, question):
    made = answer(question, cast.anna)
    leaving.withdraw(question, by=cast.ben)

    case = db.session.query(Case).filter_by(subject=made.code).one()
    assert (case.state, case.read) == ("withdrawn", "")


def test_what_is_taken_back_is_gone_and_a_question_without_answers_waits_again(cast, question):
    made = published(question, cast.anna)
    assert question.state == QuestionState.ANSWERED
    with transaction():
        made.is_picked = True

    answering.withdraw(made, by=cast.anna)
    answering.withdraw(made, by=cast.anna)

    assert (made.state, made.words, made.public_words, made.is_picked) == ("withdrawn", "", None, False)
    assert question.state == QuestionState.PUBLISHED
    assert queries.below(question, None) == []
    assert not db.session.query(Case).filter_by(state="open").count()


@pytest.mark.parametrize(
    ("decision", "state"),
    [(Decision.ASK_EDIT, "needs_edit"), (Decision.REJECT, "rejected"), (Decision.REMOVE, "rejected")],
)
def test_what_staff_do_not_show_its_author_still_reads_with_the_reason(cast, question, decision, state):
    made = answer(question, cast.anna)
    rule(made, decision)

    own = queries.own(cast.anna, made.code)
    assert (own.state, own.words, own.reason, own.public_words) == (state, GOOD, "A reason.", None)


def test_a_public_answer_is_taken_down_and_stands_again_after_an_appeal(cast, question):
    made = published(question, cast.anna)
    rule(made, Decision.REMOVE)
    assert (made.state, queries.below(question, None)) == ("removed", [])

    rule(made, Decision.PUBLISH)
    assert [each.answer for each in queries.below(question, None)] == [made]


def test_words_that_were_sent_back_are_read_again(cast, question):
    made = answer(question, cast.anna)
    rule(made, Decision.ASK_EDIT)
    answering.change(made, "Better words.", by=cast.anna)

    assert (made.state, made.reason) == ("in_review", "")
    assert db.session.query(Case).filter_by(state="open", subject=made.code).count() == 1


# ---------------------------------------------------------------- what others say of it


def helped(made, viewer=None):
    db.session.expire_all()
    [row] = [each for each in queries.below(made.question, viewer) if each.answer.id == made.id]
    return row.helped, row.helped_shown, row.voted


@pytest.fixture
def made(cast, question):
    """Anna's answer to Ben's question."""
    return published(question, cast.anna)


def test_a_member_says_once_that_it_helped_and_can_take_it_back(cast, made):
    helping.say_helped(made, NOWHERE, by=cast.cleo)
    helping.say_helped(made, NOWHERE, by=cast.cleo)
    assert helped(made, cast.cleo) == (1, 1, True)

    helping.take_back_helped(made, by=cast.cleo)
    assert helped(made, cast.cleo) == (0, 0, False)


def test_author_asker_and_colleagues_do_not_vote(cast, made):
    for each in (cast.anna, cast.ben, colleague("Ina Berg")):
        with pytest.raises(NotAllowed):
            helping.say_helped(made, NOWHERE, by=each)
    assert helped(made) == (0, 0, False)


def test_rings_count_for_nothing_and_who_voted_sees_their_vote(cast, made, clock):
    young = factories.user("Yan", confirmed_at=clock.now() - timedelta(hours=23))
    double = double_of(cast.anna, "Annie")
    helping.say_helped(made, Seen("b", "n"), by=cast.cleo)
    same_browser, same_network = factories.user("Dora"), factories.user("Dana")
    helping.say_helped(made, Seen("b", None), by=same_browser)
    helping.say_helped(made, Seen(None, "n"), by=same_network)
    helping.say_helped(made, Seen(None, None, is_theirs=True), by=factories.user("Eve"))
    helping.say_helped(made, NOWHERE, by=young)
    helping.say_helped(made, NOWHERE, by=double)

    assert helped(made) == (1, 1, False)
    assert helped(made, young) == (1, 2, True)


def test_an_old_account_in_the_same_household_counts(cast, made, clock):
    long_ago = clock.now() - policy.KNOWN_AFTER
    helping.say_helped(made, Seen("b", "n"), by=cast.cleo)
    helping.say_helped(made, Seen("b", "n"), by=factories.user("Old", confirmed_at=long_ago))

    assert helped(made)[0] == 2


def test_where_votes_came_from_is_forgotten(cast, made, clock):
    helping.say_helped(made, Seen("b", "n"), by=cast.cleo)
    assert helping.forget_keys() == 0
    clock.advance(policy.KEYS_OF_VOTES + timedelta(seconds=1))

    assert helping.forget_keys() == 1
    assert [(each.browser_key, each.network_key) for each in db.session.query(HelpfulVote)] == [(None, None)]


def test_a_colleague_agrees_once_and_nobody_with_themself(cast, made):
    ina = colleague("Ina Berg")
    helping.agree(made, by=ina)
    helping.agree(made, by=ina)
    with pytest.raises(NotAllowed):
        helping.agree(made, by=cast.anna)
    with pytest.raises(NotAllowed):
        helping.agree(made, by=cast.cleo)

    [row] = queries.below(made.question, ina)
    assert (row.agreements, row.agreed) == (1, True)
    helping.take_back_agreement(made, by=ina)
    assert not db.session.query(Agreement).count()


def test_the_asker_alone_chooses_one_and_may_choose_another(cast, made):
    other = published(made.question, colleague("Ina Berg"))
    with pytest.raises(NotAllowed):
        helping.pick(made, by=cast.cleo)
    helping.pick(made, by=cast.ben)
    helping.pick(other, by=cast.ben)

    assert [(each.answer.id, each.answer.is_picked) for each in queries.below(made.question, None)] == [
        (other.id, True),
        (made.id, False),
    ]
    helping.unpick(other, by=cast.ben)
    assert [each.answer.id for each in queries.below(made.question, None)] == [made.id, other.id]


def test_below_a_question_a_fixed_number_of_questions_is_asked(cast, made, questions):
    question, reader = made.question, cast.cleo
    for name in ("Ina Berg", "Olga Frei", "Udo Mai"):
        published(question, colleague(name))
    _ = question.id, reader.id
    questions.clear()

    assert len(queries.below(question, reader)) == 4
    assert len(questions) == 3


# ---------------------------------------------------------------- what waits


def test_unanswered_questions_of_ones_topics_come_first(cast):
    theirs, other = ask(topic="Stress", days_ago=1), ask(topic="Sleep", days_ago=3)
    answered = ask(topic="Stress", days_ago=9)
    published(answered, colleague("Ina Berg"))
    oldest = ask(topic="Stress", days_ago=2)

    assert [each.question.id for each in queries.waiting_for(cast.practice)] == [
        oldest.id, theirs.id, other.id, answered.id
    ]  # fmt: skip
    assert queries.count_waiting(cast.practice) == (2, 1)


def test_what_somebody_has_answered_does_not_wait_for_them(cast, question):
    answer(question, cast.anna)

    assert queries.waiting_for(cast.practice) == []


# ---------------------------------------------------------------- silence, the follow-up


def test_after_five_days_without_an_answer_the_asker_reads_once_of_other_ways(cast, outbox):
    waits, early, anonymous = ask(cast.ben, days_ago=5), ask(cast.ben, days_ago=4), ask(None, days_ago=6)
    answered = ask(cast.ben, days_ago=9)
    published(answered, cast.anna)

    assert queries.to_tell() == [waits]
    assert silence.tell_of_silence(waits) and not silence.tell_of_silence(waits)

    [letter] = [each for each in outbox.to(cast.ben) if each.template == "questions/nobody_yet"]
    assert letter.context["others"] and len(letter.context["others"]) == len(letter.context["others_list_at"])
    assert queries.to_tell() == [] and early.silence_told_at is None
    assert queries.list_unanswered() == [anonymous, waits]


def test_a_letter_about_an_answer_holds_nothing_of_the_question(cast, made, outbox):
    [letter] = [each for each in outbox.to(cast.ben) if each.template == "questions/new_answer"]

    assert made.question.code not in str(letter.context) and "chores" not in str(letter.context)
    answering.withdraw(made, by=cast.anna)
    published(made.question, colleague("Ina Berg"))
    assert len([each for each in outbox.to(cast.ben) if each.template == "questions/new_answer"]) == 2


def test_the_asker_adds_one_thing_that_a_person_reads_first(cast, made):
    question = made.question
    added = follow_up.follow_up(question, "And if he says no?", "k" * 22, by=cast.ben)
    assert follow_up.follow_up(question, "And if he says no?", "k" * 22, by=cast.ben).id == added.id
    with pytest.raises(Conflict):
        follow_up.follow_up(question, "A second thing.", "l" * 22, by=cast.ben)
    with pytest.raises(NotAllowed):
        follow_up.follow_up(question, "Mine.", "m" * 22, by=cast.cleo)

    assert added.public_words is None
    rule(added, Decision.PUBLISH, kind="follow_up")
    assert (added.state, added.public_words) == ("published", "And if he says no?")


def test_a_follow_up_with_words_of_danger_goes_to_people_first(cast, made):
    added = follow_up.follow_up(made.question, "I want to kill myself.", "k" * 22, by=cast.ben)

    assert db.session.query(Case).filter_by(subject=added.code).one().severity == "s1"


def test_before_an_answer_nothing_can_be_added(cast, question):
    with pytest.raises(Conflict, match="answered"):
        follow_up.follow_up(question, "One more thing.", "k" * 22, by=cast.ben)


# ---------------------------------------------------------------- the digest


def test_the_digest_says_once_a_week_how_many_wait_and_nothing_of_them(cast, outbox, clock):
    ask(title="A title that no letter holds")
    found = digest.want_digest(cast.practice, 0, 9)
    due = found.next_at
    assert due.astimezone(VIENNA).strftime("%A %H:%M") == "Monday 09:00"
    assert queries.due_digests() == [] and not digest.write_digest(found)

    clock.freeze(due)
    assert digest.write_digest(found) and not digest.write_digest(found)

    [letter] = outbox.to(cast.anna)
    assert (letter.context["questions"], letter.context["topics"]) == (1, 1)
    assert "title" not in str(letter.context) and found.next_at == due + timedelta(days=7)


def test_the_hour_of_the_digest_stays_as_the_clocks_change(cast):
    after = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert digest.next_turn(6, 9, "Europe/Vienna", after) == datetime(2027, 3, 28, 7, tzinfo=UTC)
    assert digest.next_turn(5, 9, "Europe/Vienna", after) == datetime(2027, 4, 3, 7, tzinfo=UTC)


def test_no_digest_where_nothing_waits_and_none_once_it_has_ended(cast, outbox, clock):
    found = digest.want_digest(cast.practice, 0, 9)
    clock.freeze(found.next_at)
    digest.write_digest(found)
    assert outbox.to(cast.anna) == []
    code = found.code
    assert digest.end_digest(code) and not digest.end_digest(code)


def test_all_of_it_is_sound(cast, made):
    helping.pick(made, by=cast.ben)
    assert [each for each in faults() if "nswer" in each or "uestion" in each] == []
    in_topic(cast.anna, "Sleep")
