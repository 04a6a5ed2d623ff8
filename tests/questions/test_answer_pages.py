"""The pages of answers: what a specialist, an asker, a member and a stranger see and press."""

import re
from datetime import UTC, datetime

import pytest

from practice.letters.mailer import Draft, build
from practice.questions import answers as queries
from practice.questions import lot, policy
from practice.questions.actions import answering, digest
from practice.questions.models import Answer, HelpfulVote
from practice.store.db import db
from tests import factories
from tests.asked import GOOD, answer, ask, colleague, published
from tests.pages import tree_of

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def everybody_drawn(monkeypatch):
    """No question is somebody else's by lot."""
    monkeypatch.setattr(lot, "least", lambda days: 0 if days < policy.ANSWERED_FOR_DAYS else lot.PRIME)


@pytest.fixture
def question(cast):
    """Ben's."""
    return ask(cast.ben)


@pytest.fixture
def as_(app, sign_in):
    """`as_(cast.anna)`: a browser as hers."""
    return lambda person: sign_in(app.test_client(), person)


def form_at(browser, path, action):
    """The hidden fields of a form on a page."""
    form = tree_of(browser.get(path)).find("form", action=action)
    return {each["name"]: each.get("value", "") for each in form.find_all("input", type="hidden")}


def send(browser, path, action=None, **fields):
    action = action or path
    return browser.post(action, data=form_at(browser, path, action) | fields)


def buttons(browser, path):
    return {each.get_text(strip=True) for each in tree_of(browser.get(path)).main.find_all("button")}


def test_a_specialist_answers_on_the_page_of_a_question(as_, cast, question):
    browser, path = as_(cast.anna), f"/practice/questions/{question.code}"
    assert question.public_title in browser.get("/practice/questions").text

    refused = send(browser, path, text="Look at www.anna.at for more.")
    assert refused.status_code == 422
    assert "www.anna.at" in refused.text and "Look at www.anna.at for more." in refused.text
    assert send(browser, path, text=GOOD).status_code == 303

    made = db.session.query(Answer).one()
    assert (made.words, made.state) == (GOOD, "in_review")
    assert question.public_title in browser.get("/practice/answers").text
    assert GOOD in browser.get(f"/practice/answers/{made.code}").text


def test_a_third_answer_comes_back_with_its_words_and_the_reason(as_, cast, question):
    path = f"/practice/questions/{question.code}"
    browser = as_(cast.anna)
    fields = form_at(browser, path, path)
    answer(question, cast.anna)
    answer(question, cast.anna, "Another.")

    refused = browser.post(path, data=fields | {"text": "A third one."})

    assert refused.status_code == 409
    assert "A third one." in refused.text and "Both of your answers to this question" in refused.text


def test_a_question_of_an_own_client_looks_like_one_that_the_lot_gave_to_others(as_, cast):
    factories.booking(cast.ben, cast.practice, datetime(2027, 3, 2, 8, 0, tzinfo=UTC))
    of_client, of_lot = ask(cast.ben), ask(cast.cleo, days_ago=0)
    browser = as_(cast.anna)
    page = tree_of(browser.get(f"/practice/questions/{of_client.code}")).find(id="answer").get_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lot, "least", lambda days: lot.PRIME)
        other = tree_of(browser.get(f"/practice/questions/{of_lot.code}")).find(id="answer").get_text()

    assert page == other and "client" not in page
    assert of_client.code not in browser.get("/practice/questions").text


def test_whose_words_they_are_changes_them_and_takes_them_back(as_, cast, question):
    made = published(question, cast.anna)
    browser, path = as_(cast.anna), f"/practice/answers/{made.code}"
    assert send(browser, path, text="Other words.").status_code == 303
    assert "until one of us has read them" in browser.get(path).text
    stale = browser.post(path, data=form_at(browser, path, path) | {"text": "Third words.", "seen": "0"})
    assert stale.status_code == 409 and "Third words." in stale.text

    send(browser, path, f"{path}/withdraw")
    assert made.words == ""
    assert as_(cast.cleo).get(path).status_code in (403, 404)


def test_a_stranger_reads_no_answer_of_somebody_else_in_the_workspace(as_, cast, question):
    made = published(question, cast.anna)

    assert as_(colleague("Ina Berg")).get(f"/practice/answers/{made.code}").status_code == 404


def test_below_an_answer_each_kind_of_reader_has_their_own_presses(as_, cast, question, client):
    published(question, cast.anna)
    path = f"/questions/{question.code}"

    assert "This helped" in buttons(client, path)
    for person, press in ((cast.cleo, "This helped"), (cast.ben, "Helped me most"), (colleague("Ina"), "I agree")):
        browser = as_(person)
        assert press in buttons(browser, path)
    assert not {"I agree", "This helped", "Helped me most"} & buttons(as_(cast.anna), path)


def test_a_member_says_that_it_helped_and_no_name_stands_there(as_, cast, question, client):
    made = published(question, cast.anna)
    path = f"/questions/{question.code}"
    answered = send(as_(cast.cleo), path, f"/answers/{made.code}/helped")

    assert answered.status_code == 303 and answered.location.startswith(path)
    assert db.session.query(HelpfulVote).one().counts
    assert "This helped (1)" in buttons(client, path)
    assert "Cleo" not in tree_of(client.get(path)).main.get_text()


def test_a_visitor_who_presses_is_asked_to_sign_in_and_comes_back_to_the_question(cast, question, client):
    made = published(question, cast.anna)
    answered = send(client, f"/questions/{question.code}", f"/answers/{made.code}/helped")

    assert answered.status_code == 302 and "/sign-in" in answered.location
    assert not db.session.query(HelpfulVote).count()


def test_the_asker_adds_something_and_reads_where_it_stands(as_, cast, question):
    published(question, cast.anna)
    browser, path = as_(cast.ben), f"/me/questions/{question.code}/follow-up"
    assert send(browser, path, text="").status_code == 422
    assert send(browser, path, text="And if not?").status_code == 303
    assert "One of us is going to read it" in browser.get(path).text
    assert as_(cast.cleo).get(path).status_code == 404


def test_an_answer_of_whoever_has_closed_their_practice_stands_without_a_name(cast, question, client):
    published(question, cast.anna)
    cast.practice.state = "closed"
    db.session.commit()
    page = tree_of(client.get(f"/questions/{question.code}")).main.get_text()

    assert "A former specialist" in page and GOOD in page
    assert "Anna" not in page and "Verified" not in page


def test_what_somebody_answered_stands_on_their_profile_as_long_as_it_is_public(cast, question, client):
    made = published(question, cast.anna)
    assert question.public_title in client.get("/specialists/anna-kern").text
    answering.withdraw(made, by=cast.anna)
    assert question.public_title not in client.get("/specialists/anna-kern").text


def test_the_digest_is_asked_for_and_ended_by_one_press_without_a_sign_in(as_, cast, app):
    browser = as_(cast.anna)
    sent = send(browser, "/practice/questions", "/practice/questions/digest", weekday="2", hour="7")
    assert sent.status_code == 303
    found = digest_of(cast)
    assert (found.weekday, found.hour) == (2, 7)
    stranger, path = app.test_client(), f"/digest/{found.code}"

    assert "One press ends it" in stranger.get(path).text and digest_of(cast) is not None
    send(stranger, path)
    assert digest_of(cast) is None
    assert "It has ended" in stranger.get(path).text


def test_a_mail_program_ends_the_digest_by_what_stands_in_the_letter(cast, app, outbox, clock):
    ask(days_ago=1)
    found = digest.want_digest(cast.practice, 0, 9)
    clock.freeze(found.next_at)
    digest.write_digest(found)
    letter = outbox.last_to(cast.anna)
    raw = build(Draft(letter.to_address, letter.template, letter.context, letter.zone, letter.message_id))
    address = re.search(rb"^List-Unsubscribe: <https?://[^/>]+(/[^>]+)>\r$", raw, re.MULTILINE)[1].decode()
    sent = re.search(rb"^List-Unsubscribe-Post: ([^\r]+)\r$", raw, re.MULTILINE)[1].decode()
    program = {"content_type": "application/x-www-form-urlencoded"}

    assert app.test_client(use_cookies=False).post(address, data="List-Unsubscribe=", **program).status_code == 400
    assert digest_of(cast) is not None
    answer = app.test_client(use_cookies=False).post(address, data=sent, **program)
    assert answer.status_code == 200 and "It has ended" in answer.text
    assert digest_of(cast) is None


def digest_of(cast):
    db.session.rollback()
    return queries.digest_of(cast.practice)


def test_staff_see_what_nobody_has_answered_and_not_who_asked(as_, cast):
    ask(cast.ben, title="Nobody has said anything", days_ago=6)
    browser = as_(cast.sam)
    page = browser.get("/admin/unanswered").text

    assert "Nobody has said anything" in page and "Ben" not in page
    assert "Nobody has answered" in browser.get("/admin/").text


def test_the_pages_of_a_practice_ask_a_fixed_number_of_questions(as_, cast, questions):
    browser = as_(cast.anna)
    ask(title="The first")
    counted = []
    for n in range(2):
        browser.get("/practice/questions")
        questions.clear()
        browser.get("/practice/questions")
        counted.append(len(questions))
        for m in range(5):
            ask(title=f"Another, {n} {m}")

    assert counted[0] == counted[1]
    digest.end_digest_of(cast.anna)
