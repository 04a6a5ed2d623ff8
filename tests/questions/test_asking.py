"""A question is asked without an account, sent once, by a press, and never by itself."""

import re

import pytest
from sqlalchemy import func, select

from practice.accounts.models import Intent
from practice.moderation import queries as cases
from practice.questions import actions, policy
from practice.questions.models import Question
from practice.questions.states import QuestionState
from practice.safety.actions import seed_resources
from practice.store.audit import AuditEvent
from practice.store.db import db, transaction
from practice.values.errors import NotAllowed, SentBefore
from tests import asking, factories
from tests.asking import TITLE, WORDS, asked
from tests.pages import csrf_of, fields_of, tree_of

S = QuestionState
FORM = {"title": TITLE, "words": WORDS, "topics": "stress", "shows": "no", "form_key": "k1", "do": "send"}
DARK = "I cannot see a way forward"


@pytest.fixture
def topic(app):
    with transaction() as session:
        session.add(factories.topic())


@pytest.fixture
def send(topic):
    """`send(browser, title="…")`: the form as the browser sends it."""

    def sent(browser, path="/questions/new", **fields):
        token = csrf_of(browser.get("/questions/new"))
        return browser.post(path, data={"csrf_token": token} | FORM | fields)

    return sent


@pytest.fixture
def ben(app, cast, sign_in):
    return sign_in(app.test_client(), cast.ben)


def stored():
    db.session.rollback()
    return list(db.session.scalars(select(Question).order_by(Question.id)))


def said(page):
    return " ".join(tree_of(page).main.get_text(" ").split())


def test_the_first_name_that_could_be_shown_is_what_somebody_is_called(app, topic, sign_in):
    browser = sign_in(app.test_client(), factories.user("Dr. Mira Holt", email="mira@people.example"))

    assert fields_of(browser.get("/questions/new"), "/questions/new")["first_name"] == ["Mira"]


# ---------------------------------------------------------------- the gate


def test_a_visitor_meets_the_gate_at_the_end_and_comes_back_to_the_text(client, cast, send, sign_in):
    gate = send(client)

    assert gate.status_code == 303 and gate.location.endswith("/sign-up") and stored() == []
    page = client.get("/sign-up").text
    assert "send your question" in page and page.index(TITLE) < page.index(WORDS)

    page = client.get("/sign-in")
    token = csrf_of(page)
    entered = client.post(
        "/sign-in", data={"csrf_token": token, "email": cast.ben.email, "password": factories.PASSWORD, "next": ""}
    )
    assert entered.location.endswith("/questions/new")
    back = client.get("/questions/new")
    fields = fields_of(back, "/questions/new")

    assert (fields["title"], fields["words"], fields["topics"]) == ([TITLE], [WORDS], ["stress"])
    assert "Check it and press" in back.text and stored() == []


def test_nothing_is_sent_before_the_button_is_pressed_once_more(client, cast, send, sign_in):
    send(client)
    sign_in(client, cast.ben)
    client.get("/questions/new")

    assert stored() == []
    sent = send(client)

    assert sent.status_code == 303 and [each.asker_id for each in stored()] == [cast.ben.id]


def test_what_is_sent_is_kept_at_the_gate_no_longer(client, cast, send, sign_in):
    send(client)
    with transaction():
        for intent in db.session.scalars(select(Intent)):
            intent.user_id, intent.state = cast.ben.id, "claimed"
    sign_in(client, cast.ben)
    send(client)

    assert {(each.state, each.sealed) for each in db.session.scalars(select(Intent))} == {("completed", "")}


# ---------------------------------------------------------------- once


def test_the_same_form_sent_twice_is_one_question(ben, send):
    first, second = send(ben), send(ben)

    assert first.location == second.location and len(stored()) == 1


def test_the_same_form_with_other_words_is_refused_and_given_back(ben, send):
    send(ben)
    other = send(ben, words="Something else.")

    assert other.status_code == 409 and len(stored()) == 1
    fields = fields_of(other, "/questions/new")
    assert fields["words"] == ["Something else."] and fields["form_key"] != ["k1"]


def test_a_key_of_one_person_says_nothing_about_another(cast, topic):
    actions.ask(asking.new(), "k1", by=cast.ben)
    actions.ask(asking.new(), "k1", by=cast.cleo)

    assert len(stored()) == 2
    with pytest.raises(SentBefore):
        actions.ask(asking.new("Another"), "k1", by=cast.ben)


def test_a_form_that_is_not_right_comes_back_filled_in(ben, send):
    page = send(ben, title="", topics=[])

    assert page.status_code == 422 and fields_of(page, "/questions/new")["words"] == [WORDS]
    assert "Choose the closest topic" in page.text and "Write your question in one line" in page.text


def test_after_five_questions_in_a_day_what_was_written_is_still_there(cast, ben, send):
    for number in range(5):
        asked(cast.ben, f"Number {number}?")
    page = send(ben)

    assert page.status_code == 403 and fields_of(page, "/questions/new")["words"] == [WORDS]
    assert "within a day" in page.text and len(stored()) == 5


def test_whoever_staff_keep_from_asking_reads_why_and_keeps_the_text(cast, ben, send, monkeypatch):
    monkeypatch.setattr("practice.moderation.queries.refusal_for", lambda user, feature: "You can ask again later.")
    page = send(ben)

    assert page.status_code == 403 and "You can ask again later." in page.text
    assert fields_of(page, "/questions/new")["title"] == [TITLE]


def test_who_has_not_confirmed_an_address_cannot_send(cast, topic):
    with transaction():
        cast.ben.confirmed_at = None

    with pytest.raises(NotAllowed):
        asked(cast.ben)


# ---------------------------------------------------------------- who somebody is


def test_what_may_say_who_somebody_is_is_marked_before_anything_is_sent(ben, send):
    page = send(ben, words="Martin Holloway, my boss, wrote to ben@people.example.")

    assert page.status_code == 200 and stored() == []
    assert [each.get_text() for each in tree_of(page).find_all("mark")] == ["Martin Holloway", "ben@people.example"]
    fields = fields_of(page, "/questions/new")
    assert [each.get_text() for each in tree_of(page).main.find_all("button")] == ["Change it", "Send it as it is"]

    changed = ben.post("/questions/new", data=fields | {"do": "change"})
    assert "Martin Holloway" in fields_of(changed, "/questions/new")["words"][0] and stored() == []
    sent = ben.post("/questions/new", data=fields | {"do": "send"})
    assert sent.status_code == 303 and len(stored()) == 1


def test_other_words_are_looked_at_anew(ben, send):
    page = send(ben, words="Martin Holloway wrote.")
    fields = fields_of(page, "/questions/new")
    again = ben.post("/questions/new", data=fields | {"do": "send", "words": "Clara Holloway wrote."})

    assert again.status_code == 200 and "Clara Holloway" in again.text and stored() == []


# ---------------------------------------------------------------- danger


def test_words_of_danger_bring_help_with_the_text_kept_and_three_equal_ways_on(ben, send):
    page = send(ben, title=DARK, topics=[])

    assert page.status_code == 200 and "Are you safe right now?" in page.text and stored() == []
    fields = fields_of(page, "/questions/new")
    assert (fields["title"], fields["words"]) == ([DARK], [WORDS])
    ways = tree_of(page).select(".equal > *")
    assert [each["value"] for each in ways] == ["help", "send", "keep"]
    assert {" ".join(each["class"]) for each in ways} == {"btn second"}


def test_numbers_of_the_readers_country_stand_there_emergency_first(ben, send):
    seed_resources()
    page = send(ben, title=DARK)
    numbers = [each["href"] for each in tree_of(page).select(".numbers a")]

    assert numbers[0] == "tel:112" and "tel:116123" in numbers


def test_it_is_never_blocked_and_a_person_reads_it_first(ben, send, cast):
    sent = send(ben, title=DARK, help_shown="yes", words="Martin Holloway knows.")

    assert sent.status_code == 303
    question = stored()[0]
    assert question.state == S.HELD_SAFETY
    assert cases.open_about("question", question.code).severity == "s1"


def test_kept_for_oneself_it_goes_nowhere(ben, send, cast):
    kept = send(ben, title=DARK, help_shown="yes", topics=[], do="keep")

    question = stored()[0]
    assert kept.location.split("?")[0].endswith(question.code) and question.state == S.DRAFT
    assert cases.open_about("question", question.code) is None
    page = ben.get(f"/me/questions/{question.code}/edit")
    assert fields_of(page, f"/me/questions/{question.code}/edit")["title"] == [DARK]


def test_whoever_goes_for_help_finds_the_text_again(client, send):
    gone = send(client, title=DARK, help_shown="yes", do="help")

    assert gone.location.endswith("/help-now")
    assert "Your text waits." in client.get("/help-now").text
    assert fields_of(client.get("/questions/new"), "/questions/new")["title"] == [DARK]


def test_a_visitor_can_keep_it_too(client, send):
    kept = send(client, title=DARK, help_shown="yes", do="keep")

    assert kept.location.endswith("/questions/new") and stored() == []
    assert fields_of(client.get("/questions/new"), "/questions/new")["words"] == [WORDS]


def test_what_made_us_ask_is_written_down_nowhere(ben, send, caplog, questions):
    send(ben, title=DARK)

    assert not [each for each in questions if each.startswith(("INSERT", "UPDATE"))]
    assert DARK not in caplog.text
    send(ben, title=DARK, help_shown="yes")
    details = [str(each.detail) for each in db.session.scalars(select(AuditEvent))]
    assert not [each for each in details if re.search("danger|way|forward|hold|held", each)]


def test_the_log_that_staff_read_does_not_say_who_asks(ben, send, cast):
    send(ben)
    question = stored()[0]
    actions.choose(question, "may_stay", yes=True, by=cast.ben)
    with pytest.raises(NotAllowed):
        actions.withdraw(question, by=cast.anna)
    actions.withdraw(question, by=cast.ben)

    told = db.session.scalars(select(AuditEvent.actor).where(AuditEvent.subject == f"question:{question.code}")).all()
    assert len(told) == 3 and set(told) == {"system"}


# ---------------------------------------------------------------- looking for ones alike


def test_without_script_a_button_looks_for_questions_alike_and_gives_the_form_back(client, send):
    page = send(client, do="similar", words="Half a thought")

    assert page.status_code == 200 and stored() == []
    assert fields_of(page, "/questions/new")["words"] == ["Half a thought"]
    assert db.session.scalar(select(func.count()).select_from(Intent)) == 0


def test_only_so_much_of_what_is_typed_is_compared_with_what_was_asked(client, send, monkeypatch):
    looked = []
    monkeypatch.setattr("practice.questions.searching.similar", lambda text: looked.append(text) or [])
    send(client, do="similar", words="chores " * 20_000)

    assert len(looked[0]) == policy.LONGEST_COMPARED
