"""The pages of messages: written before any sign-in, kept at the gate, sent by a press, read by the two."""

import pytest
from sqlalchemy import update

from practice.messages import actions, labels, queries
from practice.messages.actions import Writing
from practice.messages.models import Message
from practice.store import vault
from practice.store.db import db, transaction
from tests import factories
from tests.factories import PASSWORD
from tests.messages.conftest import all_words
from tests.pages import fields_of, tree_of

CANARY = "heron-in-the-reeds"
WORDS = "I would like to ask whether mornings are possible."
FIRST = "/specialists/anna-kern/message"


def words(answer):
    return " ".join(tree_of(answer).find("main").get_text(" ").split())


@pytest.fixture
def ben_in(client, cast, sign_in):
    return sign_in(client, cast.ben)


def press(browser, page, action, **changes):
    fields = {name: values for name, values in fields_of(page, action).items() if name and name != "files"}
    return browser.post(action, data=fields | changes, follow_redirects=True)


# ---------------------------------------------------------------- the first message


def test_a_first_message_is_sent_by_a_press_and_said_so(cast, ben_in):
    answer = press(ben_in, ben_in.get(FIRST), FIRST, words=WORDS)

    assert "Your message has been sent." in answer.text and WORDS in answer.text
    assert all_words(queries.between(cast.ben, cast.practice)) == [WORDS]


def test_a_visitor_writes_first_and_the_gate_keeps_the_words(cast, client, sign_in):
    answer = press(client, client.get(FIRST), FIRST, words=WORDS)
    assert "Anna" in answer.text
    assert queries.between(cast.ben, cast.practice) is None

    page = press(client, client.get("/sign-in"), "/sign-in", email=cast.ben.email, password=PASSWORD)

    assert page.request.path == FIRST and WORDS in page.text and "Nothing has been sent yet" in words(page)
    assert "been sent" in press(client, page, FIRST).text
    assert WORDS not in tree_of(client.get(FIRST, follow_redirects=True)).find("textarea").get_text()


def test_nothing_is_kept_at_the_gate_of_a_form_without_words(client, cast):
    answer = press(client, client.get(FIRST), FIRST, words=" ")

    assert answer.status_code == 422 and "Write a line first" in answer.text


def test_too_long_a_message_comes_back_whole(ben_in, cast):
    answer = press(ben_in, ben_in.get(FIRST), FIRST, words="x" * 1501)

    assert answer.status_code == 422 and "x" * 1501 in answer.text


def test_ones_own_profile_is_not_written_to(client, cast, sign_in):
    answer = sign_in(client, cast.anna).get(FIRST)

    assert "This is your own profile" in answer.text and not tree_of(answer).find("textarea")


def test_who_takes_nobody_gives_the_words_back_with_others(cast, client, sign_in):
    page = client.get(FIRST)
    with transaction():
        cast.practice.state = "paused"

    answer = press(client, page, FIRST, words=WORDS)

    assert answer.status_code == 409 and WORDS in words(answer) and "All specialists" in words(answer)


def test_nobody_knows_of_a_practice_that_was_never_public(cast, client):
    with transaction():
        cast.practice.state, cast.practice.published_at = "draft", None

    assert client.get(FIRST).status_code == 404


# ---------------------------------------------------------------- a conversation


def test_both_read_it_at_one_address_and_a_stranger_does_not(cast, client, sign_in, answered):
    path = f"/me/messages/{answered.code}"
    for person in (cast.ben, cast.anna):
        page = sign_in(client, person).get(path)
        assert "May I ask something?" in page.text and "Of course." in page.text
        assert page.headers["Cache-Control"] == "no-store" and 'content="noindex"' in page.text
        assert tree_of(page).find("title").get_text().strip().startswith("Messages")
    for stranger in (cast.cleo, cast.sam):
        assert sign_in(client, stranger).get(path).status_code == 404


def test_a_form_sent_from_two_tabs_is_one_message(cast, ben_in, answered):
    path = f"/me/messages/{answered.code}"
    page = ben_in.get(path)
    for _tab in range(2):
        assert press(ben_in, page, f"{path}/send", words=WORDS).status_code == 200

    assert all_words(answered)[2:] == [WORDS]


def test_the_same_form_with_other_words_gives_them_back_to_send(cast, ben_in, answered):
    path = f"/me/messages/{answered.code}"
    page = ben_in.get(path)
    press(ben_in, page, f"{path}/send", words=WORDS)
    answer = press(ben_in, page, f"{path}/send", words="Other words.")

    assert answer.status_code == 409 and "Other words." in answer.text
    press(ben_in, answer, f"{path}/send")
    assert all_words(answered)[2:] == [WORDS, "Other words."]


def test_a_third_message_before_a_reply_is_refused_and_given_back(cast, ben_in, thread, write):
    path = f"/me/messages/{thread.code}"
    write(cast.ben, "One.")
    page = ben_in.get(path)
    assert "1 more message before a reply" in words(page)
    write(cast.ben, "Two.")

    answer = press(ben_in, page, f"{path}/send", words=WORDS)

    assert answer.status_code == 409 and WORDS in answer.text and "as many as can be sent" in words(answer)
    assert not tree_of(ben_in.get(path)).find("textarea")


def test_words_of_danger_are_sent_and_show_help_beside_them(cast, ben_in, answered):
    path = f"/me/messages/{answered.code}"
    assert "Are you safe" not in words(ben_in.get(path))

    answer = press(ben_in, ben_in.get(path), f"{path}/send", words="I want to kill myself")

    assert "been sent" in answer.text and "Are you safe right now?" in words(answer)
    assert all_words(answered)[-1] == "I want to kill myself"
    assert "danger" not in answer.request.path


def test_a_message_is_taken_back_by_a_press(cast, ben_in, thread, write):
    message = write(cast.ben, WORDS)
    path = f"/me/messages/{thread.code}"

    answer = press(ben_in, ben_in.get(path), f"{path}/{message.code}/take-back")

    assert WORDS not in answer.text and "You took this back" in words(answer)


def test_the_other_side_cannot_take_it_back(cast, client, sign_in, post, thread, write):
    message = write(cast.ben, WORDS)

    answer = post(f"/me/messages/{thread.code}/{message.code}/take-back", browser=sign_in(client, cast.anna))

    assert answer.status_code == 403


def test_what_is_new_is_marked_until_it_was_read(cast, client, sign_in, thread, write):
    write(cast.ben, WORDS)
    browser = sign_in(client, cast.anna)
    assert queries.count_unread(cast.anna) == 1
    listed = browser.get("/me/messages")
    assert "New" in words(listed) and WORDS in words(listed)
    assert "Messages1 new" in [each.get_text() for each in tree_of(listed).select(".rail nav a")]

    browser.get(f"/me/messages/{thread.code}")

    assert queries.count_unread(cast.anna) == 0
    assert "New" not in words(browser.get("/me/messages"))


def test_that_it_was_read_is_seen_only_where_both_want_that(cast, ben_in, answered, write):
    from practice.messages.models import MessageWishes

    write(cast.ben, WORDS)
    actions.note_read(answered, by=cast.anna)
    path = f"/me/messages/{answered.code}"
    with transaction() as session:
        session.add(MessageWishes(user_id=cast.ben.id, shows_read=True))
    assert "Sent, and read" not in words(ben_in.get(path))
    with transaction() as session:
        session.add(MessageWishes(user_id=cast.anna.id, shows_read=True))

    assert "Sent, and read" in words(ben_in.get(path))


def test_clients_are_told_to_pay_here(cast, client, sign_in, answered):
    path = f"/me/messages/{answered.code}"
    assert "Pay for sessions here only" in words(sign_in(client, cast.ben).get(path))
    assert "Pay for sessions here only" not in words(sign_in(client, cast.anna).get(path))


def test_a_specialist_writes_to_a_client_who_has_an_appointment(cast, client, sign_in, clock):
    from datetime import timedelta

    booking = factories.booking(cast.ben, cast.practice, clock.now() + timedelta(days=1))
    browser = sign_in(client, cast.anna)
    path = f"/practice/bookings/{booking.code}/message"

    answer = press(browser, browser.get(path), path, words=WORDS)

    assert "been sent" in answer.text
    assert sign_in(client, cast.ben).get(path).status_code in (403, 404)


# ---------------------------------------------------------------- long ones


@pytest.fixture
def long(cast, answered, write):
    """A conversation of 130 messages."""
    for number in range(128):
        write(cast.ben, f"Line {number}.")
    return answered


def test_a_long_conversation_has_pages_of_fifty_and_a_fixed_number_of_questions(
    cast, ben_in, answered, long, questions
):
    path = f"/me/messages/{long.code}"
    ben_in.get(path)
    questions.clear()
    newest = ben_in.get(path)
    asked = len(questions)

    assert len(tree_of(newest).select(".bubble")) == 50 and "Line 127." in newest.text
    earlier = tree_of(newest).find("a", string="Earlier messages")["href"]
    questions.clear()
    middle = ben_in.get(earlier)
    assert "Line 77." in middle.text and "Line 78." not in middle.text
    assert abs(len(questions) - asked) <= 2
    last = ben_in.get(tree_of(middle).find("a", string="Earlier messages")["href"])
    assert "May I ask" in last.text and not tree_of(last).find("a", string="Earlier messages")
    db.session.rollback()


def test_the_key_of_a_conversation_is_opened_once_for_a_page(cast, answered, write, monkeypatch):
    for number in range(10):
        write(cast.ben, f"Line {number}.")
    opened, open_sealed = [], vault.open_sealed
    monkeypatch.setattr(vault, "open_sealed", lambda *of: opened.append(of) or open_sealed(*of))

    rows = labels.bubbles(queries.thread_of(cast.ben, answered.code), queries.messages_of(answered)[::-1], cast.ben)

    assert len(rows) == 12 and rows[-1]["words"] == "Line 9."
    assert len(opened) == 1


def test_the_list_asks_the_same_however_many_conversations_there_are(cast, client, sign_in, answered, questions):
    browser = sign_in(client, cast.anna)
    browser.get("/me/messages")
    questions.clear()
    browser.get("/me/messages")
    few = len(questions)
    for number in range(4):
        other = factories.user(f"Client {number}", email=f"c{number}@people.example")
        actions.send(actions.begin(other, cast.practice), Writing("Hello.", f"other-{number}"), by=other)
    browser.get("/me/messages")
    questions.clear()

    page = browser.get("/me/messages")

    assert len(tree_of(page).select(".mail-list > a")) == 5
    assert len(questions) == few


# ---------------------------------------------------------------- nothing of it anywhere else


def test_a_planted_word_is_in_no_log_and_no_letter(cast, ben_in, answered, caplog, outbox):
    path = f"/me/messages/{answered.code}"
    with caplog.at_level("DEBUG"):
        press(ben_in, ben_in.get(path), f"{path}/send", words=f"I want to kill myself, {CANARY}")
        with transaction():
            db.session.execute(update(Message).values(body_sealed="m1.bm90aGluZw=="))
        page = ben_in.get(path)

    assert "This can’t be read just now" in words(page)
    assert CANARY not in caplog.text and "danger" not in caplog.text
    assert all(CANARY not in outbox.read(each).text for each in outbox.to(cast.anna))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eevil", "a" * 1500, "{{ 7*7 }}"])
def test_what_is_written_stays_what_it_is_for_whoever_reads_it(cast, client, sign_in, thread, write, text):
    browser, path = sign_in(client, cast.ben), f"/me/messages/{thread.code}"
    press(browser, browser.get(FIRST), FIRST, words=text)

    page = sign_in(client, cast.anna).get(path)

    assert "<script>alert" not in page.text and "\u202e" not in page.text
    assert text.strip("\u202e") in tree_of(page).find(class_="bubble").get_text()


def test_a_hundred_thousand_letters_are_refused_and_given_back(cast, ben_in):
    answer = press(ben_in, ben_in.get(FIRST), FIRST, words="x" * 100_000)

    assert answer.status_code == 422 and queries.between(cast.ben, cast.practice) is None


def test_an_address_with_what_no_code_holds_shows_the_newest_page(ben_in, thread):
    for address in ("/me/messages", f"/me/messages/{thread.code}"):
        assert ben_in.get(f"{address}?before=%00").status_code == 200
