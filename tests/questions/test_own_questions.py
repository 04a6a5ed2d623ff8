"""Where a question stands, what its asker can do with it, and what everybody else sees of it."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from practice.accounts import holdings
from practice.letters.outbox import OutboxMail
from practice.moderation import actions as moderation
from practice.moderation import queries as cases
from practice.moderation import subjects
from practice.moderation.states import Decision
from practice.questions import actions, jobs, queries, question_subjects, searching
from practice.questions.models import Answer, Question
from practice.questions.states import MOVES, AnswerState, QuestionState
from practice.store import checks
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotFound
from tests.asked import stored
from tests.asking import TITLE, WORDS, asked, decide, new, published
from tests.pages import csrf_of, fields_of, press, tree_of

S = QuestionState
TRUE_NAME = "Benevolentius"


@pytest.fixture
def at(app, cast, sign_in):
    """`at("ben", path)` reads a page, `at("ben", path, do="…")` sends a form to it; "nobody" is not signed in."""
    browsers = {}

    def open_page(who, path, **sent):
        if who not in browsers:
            browser = app.test_client()
            browsers[who] = browser if who == "nobody" else sign_in(browser, getattr(cast, who))
        browser = browsers[who]
        if not sent:
            return browser.get(path)
        return press(browser, path, {"csrf_token": csrf_of(browser.get("/time-zone"))} | sent)

    return open_page


def said(page):
    return " ".join(tree_of(page).main.get_text(" ").split())


def now(question):
    db.session.rollback()
    return db.session.get(Question, question.id, populate_existing=True)


def answer_to(question, practice, words="Say it plainly, once."):
    """Anna's answer, as it is once it is published."""
    with transaction() as session:
        made = Answer(question_id=question.id, specialist_id=practice.id, state=AnswerState.PUBLISHED, words=words)
        made.public_words = words
        session.add(made)
        session.flush()
        question.move_to(S.ANSWERED, by="staff")
    return made


# ---------------------------------------------------------------- what is public


@pytest.mark.parametrize("state", list(QuestionState))
def test_a_question_is_read_by_others_in_four_states_only(state, at, cast):
    question = asked(cast.ben)
    is_public = state in (S.PUBLISHED, S.ANSWERED, S.RESOLVED, S.CLOSED)
    with transaction() as session:
        plain = {"t": TITLE, "w": WORDS, "d": "2027-03-01"} if is_public else {"t": None, "w": None, "d": None}
        session.execute(
            text("UPDATE questions SET state = :s, public_title = :t, public_words = :w, published_on = :d"),
            {"s": str(state)} | plain,
        )

    assert at("nobody", f"/questions/{question.code}").status_code == (200 if is_public else 404)
    assert at("cleo", f"/me/questions/{question.code}").status_code == 404
    assert at("ben", f"/me/questions/{question.code}").status_code == 200


def test_the_database_knows_that_plain_words_are_of_public_questions_only(cast):
    question = asked(cast.ben)

    with pytest.raises(IntegrityError), transaction():
        question.public_title = question.public_words = "x"


def test_a_page_of_the_list_that_no_database_could_count_to_is_a_page(at):
    assert at("ben", "/me/questions?page=999999999999999999").status_code == 200


def test_every_state_but_the_last_leads_on():
    assert {state for state in QuestionState if state not in MOVES} == {S.ARCHIVED}


def test_the_page_says_what_it_is_and_is_not(at, cast):
    question = published(cast.ben, cast.sam)
    page = at("nobody", f"/questions/{question.code}")

    assert "General information, not advice for your situation, no professional relationship." in said(page)
    assert tree_of(page).find("a", href=f"/report/question/{question.code}")
    assert tree_of(page).find("a", attrs={"data-exit": True}) and "/help-now" in page.text


# ---------------------------------------------------------------- who asked


def test_the_true_name_is_in_no_page_letter_log_or_table_of_the_search(at, cast, caplog):
    with transaction():
        cast.ben.display_name = TRUE_NAME
    question = published(cast.ben, cast.sam)
    answer_to(question, cast.practice)
    pages = [at(who, path).text for who in ("nobody", "cleo", "anna", "sam") for path in (
        f"/questions/{question.code}", "/questions", "/questions?q=chores", "/sitemap.xml",
    )]  # fmt: skip
    shown = subjects.subject("question").show(question.code)

    assert not [each for each in pages if TRUE_NAME in each or cast.ben.code in each or cast.ben.email in each]
    assert TRUE_NAME not in repr(shown) and TRUE_NAME not in caplog.text
    assert question.byline in pages[0] and question.byline == shown.byline
    tables = [each for each in inspect(db.engine).get_table_names() if each.startswith(("question", "answer"))]
    for table in tables:
        assert TRUE_NAME.lower() not in repr(db.session.execute(text(f"SELECT * FROM {table}")).all()).lower()
    letters = [str(each.context) for each in db.session.scalars(select(OutboxMail))]
    assert letters and not [each for each in letters if TITLE in each or WORDS in each or question.byline in each]


def test_nothing_links_two_questions_of_one_asker(at, cast):
    first, second = published(cast.ben, cast.sam), published(cast.ben, cast.sam, "Is it me?", "Or is it us?")
    pages = [said(at("nobody", f"/questions/{each.code}")) for each in (first, second)]

    assert first.code[:8] != second.code[:8]
    assert all("Today" in page and "8:00" not in page for page in pages)
    assert first.pseudonym in pages[0] and second.pseudonym in pages[1]


def test_names_are_drawn_and_not_made_of_anybody(cast):
    drawn = {asked(each, f"Number {number}?").pseudonym for each in (cast.ben, cast.cleo) for number in range(4)}

    assert len(drawn) > 5


def test_a_first_name_stands_there_only_where_it_was_chosen_and_goes_again(at, cast):
    question = published(cast.ben, cast.sam, first_name="Ben")
    assert "Asked by Ben" in said(at("nobody", f"/questions/{question.code}"))

    renamed(at, question, "")

    page = said(at("nobody", f"/questions/{question.code}"))
    assert "Asked by Ben" not in page and now(question).pseudonym in page


def renamed(at, question, name):
    """What Ben's page answers to another first name."""
    page = f"/me/questions/{question.code}"
    return at("ben", f"{page}/name", **fields_of(at("ben", page), f"{page}/name") | {"first_name": name})


def test_whoever_looks_up_who_asked_is_read_of_by_them(at, cast):
    question = asked(cast.ben)

    assert moderation.look(cast.sam, "question", question.code, "A threat to somebody’s life.") == cast.ben


# ---------------------------------------------------------------- staff


def test_staff_publish_it(at, cast):
    question = published(cast.ben, cast.sam)

    assert question.state == S.PUBLISHED and "Waiting for an answer" in said(
        at("ben", f"/me/questions/{question.code}")
    )
    assert [card.code for card in searching.similar("chores keeping score")] == []
    answer_to(question, cast.practice)
    assert [card.code for card in searching.similar("chores keeping score")] == [question.code]


def test_a_mask_is_shown_as_a_difference_and_needs_a_yes(at, cast):
    question = asked(cast.ben, words="My boss Martin Holloway counts.")
    decide(question, Decision.MASK, cast.sam, words=f"{TITLE}\n\nMy boss counts.")
    page = at("ben", f"/me/questions/{question.code}")

    assert "".join(each.get_text() for each in tree_of(page).find_all("del")).split() == ["Martin", "Holloway"]
    assert at("nobody", f"/questions/{question.code}").status_code == 404
    agreed = at("ben", f"/me/questions/{question.code}/mask", edition="1")
    assert agreed.status_code == 303
    public = at("nobody", f"/questions/{question.code}")
    assert "My boss counts." in public.text and "Holloway" not in public.text
    assert "Holloway" not in at("ben", f"/me/questions/{question.code}").text


def test_what_needs_a_change_is_changed_and_read_again(at, cast):
    question = asked(cast.ben)
    decide(question, Decision.ASK_EDIT, cast.sam, "Please leave the street out.")
    url = f"/me/questions/{question.code}/edit"
    page = at("ben", url)
    assert "Please leave the street out." in page.text
    fields = fields_of(page, url)
    sent = at("ben", url, **fields | {"words": "Other words.", "do": "send"})
    again = at("ben", url, **fields | {"words": "Other words.", "do": "send"})

    assert (sent.status_code, again.status_code) == (303, 303)
    assert now(question).state == S.IN_REVIEW and now(question).words == "Other words."
    assert "leave the street out" not in at("ben", f"/me/questions/{question.code}").text
    late = at("ben", url, **fields | {"words": "Third words.", "do": "send"})
    assert late.status_code == 409 and "Third words." in late.text
    beside = tree_of(late).find("table").get_text(" ")
    assert "A little more" in beside and "Third words." in beside and "Closest topics" not in beside


def test_a_decision_is_for_the_words_that_were_read(cast):
    question = asked(cast.ben)
    decide(question, Decision.ASK_EDIT, cast.sam)
    actions.send(question, new(words="Changed."), by=cast.ben, edition=1)

    with pytest.raises(Conflict):
        actions.carry_out(subjects_ruling(question, cast.sam, mark="1"))
    assert now(question).state == S.IN_REVIEW


def subjects_ruling(question, by, mark):
    return subjects.Ruled(question.code, Decision.PUBLISH, "Fine.", by, mark=mark)


def test_the_author_alone_reads_what_was_taken_down_why_and_how_to_appeal(at, cast):
    question = published(cast.ben, cast.sam)
    moderation.submit("question", question.code, "s2")
    decide(question, Decision.REMOVE, cast.sam, "It names a third person.")

    own = said(at("ben", f"/me/questions/{question.code}"))
    assert "Taken down" in own and WORDS in own and "It names a third person." in own and "another person" in own
    for who in ("nobody", "cleo", "anna", "sam"):
        assert at(who, f"/questions/{question.code}").status_code == 404
    assert at("cleo", f"/me/questions/{question.code}").status_code == 404


def test_medicines_and_names_are_marked_for_whoever_reads_it(cast):
    question = asked(cast.ben, "Which dose of sertraline?", "Martin Holloway takes 50 mg.")

    assert len(subjects.subject("question").show(question.code).flags) == 2
    assert not subjects.subject("question").show(asked(cast.ben).code).flags


def test_nobody_reports_their_own_and_nobody_what_they_cannot_see(cast):
    subject, question = subjects.subject("question"), asked(cast.ben)
    assert not subject.may_report(question.code, cast.cleo)
    decide(question, Decision.PUBLISH, cast.sam)

    assert subject.may_report(question.code, cast.cleo) and not subject.may_report(question.code, cast.ben)


# ---------------------------------------------------------------- taken back


def test_taken_back_it_is_gone_everywhere_at_once(app, at, cast):
    question = published(cast.ben, cast.sam, may_be_indexed=True)
    answer_to(question, cast.practice)
    before = at("nobody", f"/questions/{question.code}")
    places = ("/questions", "/questions?q=chores", "/sitemap.xml")
    assert all(question.code in at("nobody", path).text for path in places)

    taken = at("ben", f"/me/questions/{question.code}/withdraw", press="1")

    assert taken.status_code == 303
    same = app.test_client().get(
        f"/questions/{question.code}", headers={"If-None-Match": before.headers.get("ETag", "*")}
    )
    assert same.status_code == 404 and "ETag" not in before.headers and before.headers["Cache-Control"] == "no-store"
    for path in places:
        assert question.code not in at("nobody", path).text and TITLE not in at("nobody", path).text
    assert searching.similar(TITLE) == [] and checks.faults() == []
    with transaction():
        assert db.session.scalar(text("SELECT count(*) FROM answers WHERE public_words IS NOT NULL")) == 0


def test_taken_back_twice_is_once_and_withdraws_what_waits(at, cast):
    question = asked(cast.ben)
    actions.withdraw(question, by=cast.ben)
    actions.withdraw(question, by=cast.ben)

    assert [move.after for move in now(question).moves] == ["submitted", "in_review", "withdrawn"]
    assert cases.open_about("question", question.code) is None


def test_its_asker_reads_it_for_thirty_days_more(at, cast, clock):
    question = asked(cast.ben)
    actions.withdraw(question, by=cast.ben)
    clock.advance(timedelta(days=29))
    jobs.forget_questions()
    assert now(question).words == WORDS
    clock.advance(timedelta(days=2))
    jobs.forget_questions()

    assert (now(question).state, now(question).words) == (S.ARCHIVED, "")


def test_a_change_that_is_not_right_yet_waits_for_whoever_goes_for_help(at, cast):
    question = asked(cast.ben)
    decide(question, Decision.ASK_EDIT, cast.sam)
    path = f"/me/questions/{question.code}/edit"
    typed = fields_of(at("ben", path), path) | {"title": "T" * 130, "words": "Half a thought."}

    gone = at("ben", path, **typed, do="help")

    assert gone.location.endswith("/help-now") and now(question).words == WORDS
    assert "Your change waits." in at("ben", "/help-now").text
    form = fields_of(at("ben", path), path)
    assert form["words"] == ["Half a thought."] and "Half a thought." not in at("ben", "/questions/new").text
    at("ben", path, **form | {"title": TITLE})
    assert now(question).words == "Half a thought." and "Half" not in at("ben", "/me/settings").text


# ---------------------------------------------------------------- asked before


@pytest.fixture
def twin(cast):
    """Answered, and asked by Cleo."""
    first = published(cast.cleo, cast.sam, "Who washes up?", "We take turns and count.")
    stored(first, cast.anna)
    return first


def test_whoever_asked_what_was_answered_is_led_there_and_can_say_that_theirs_is_another(at, cast, twin, outbox):
    question = asked(cast.ben)
    desk = f"/admin/moderation/{cases.open_about('question', question.code).code}"
    sent = {"mark": str(question.edition), "decision": "duplicate"}
    for wrong in ("", "nowhere", "http://[", question.code):
        assert at("sam", f"{desk}/decide", **sent, twin=wrong).status_code == 422
    assert now(question).state == S.IN_REVIEW

    assert at("sam", f"{desk}/decide", **sent, twin=f"https://x.example/questions/{twin.code}").status_code == 303

    page = at("ben", f"/me/questions/{question.code}")
    assert "This has been asked and answered here" in said(page) and f"/questions/{twin.code}" in page.text
    assert outbox.kinds_to(cast.ben)[-1] == "moderation/decided" and now(question).state == S.REJECTED
    assert at("cleo", f"/me/questions/{question.code}/another", do="1").status_code == 404
    for _ in range(2):
        assert at("ben", f"/me/questions/{question.code}/another", do="1").status_code == 303
    assert now(question).state == S.IN_REVIEW and checks.faults() == []


def test_it_is_not_taken_for_it_once_more_and_once_public_both_lead_to_each_other(at, cast, twin):
    question = asked(cast.ben)
    decide(question, Decision.DUPLICATE, cast.sam, twin=twin.code)
    actions.insist(question, by=cast.ben)
    with pytest.raises(Invalid):
        decide(question, Decision.DUPLICATE, cast.sam, twin=twin.code)
    assert dict(question_subjects.show(question.code).context)["Its asker says that it is another than"] == twin.title
    decide(question, Decision.PUBLISH, cast.sam)

    for one, other in ((question, twin), (twin, question)):
        assert f'href="/questions/{other.code}"' in at("nobody", f"/questions/{one.code}").text
    actions.withdraw(twin, by=cast.cleo)
    assert twin.code not in at("nobody", f"/questions/{question.code}").text


# ---------------------------------------------------------------- search engines, resolved


def test_search_engines_are_told_only_of_what_its_asker_said_yes_to(at, cast):
    question = published(cast.ben, cast.sam)
    url, choice = f"/questions/{question.code}", f"/me/questions/{question.code}/choices/may_be_indexed"
    page = at("nobody", url)
    assert page.headers["X-Robots-Tag"] == "noindex" and 'name="robots" content="noindex"' in page.text

    at("ben", choice, do="yes")
    page = at("nobody", url)
    assert "X-Robots-Tag" not in page.headers and 'content="noindex"' not in page.text
    assert url in at("nobody", "/sitemap.xml").text

    at("ben", choice, do="no")
    assert at("nobody", url).headers["X-Robots-Tag"] == "noindex"
    assert url not in at("nobody", "/sitemap.xml").text
    assert at("cleo", choice, do="yes").status_code == 404


def test_resolved_and_not_after_all(at, cast):
    question = published(cast.ben, cast.sam)
    at("ben", f"/me/questions/{question.code}/resolved", do="resolve")
    at("ben", f"/me/questions/{question.code}/resolved", do="resolve")
    assert now(question).state == S.RESOLVED and at("nobody", f"/questions/{question.code}").status_code == 200

    at("ben", f"/me/questions/{question.code}/resolved", do="reopen")
    assert now(question).state == S.PUBLISHED


def test_whoever_is_signed_in_finds_their_own_from_the_list_of_all(at, cast, client):
    assert "/me/questions" in str(tree_of(at("ben", "/questions")).main)
    assert "/me/questions" not in str(tree_of(client.get("/questions")).main)


def test_a_list_asks_the_same_few_things_however_long_it_is(at, cast, questions):
    for number in range(3):
        asked(cast.ben, f"Number {number}?")
    at("ben", "/me/questions")
    questions.clear()
    at("ben", "/me/questions")
    few = len(questions)
    actions.keep(new("One more"), "k", by=cast.ben)
    questions.clear()
    at("ben", "/me/questions")

    assert len(questions) == few


# ---------------------------------------------------------------- the end of an account


def ended(user):
    """What the end of an account does in this room."""
    with transaction():
        next(each for each in holdings.records() if each.name == "questions").wipe(user)


def test_a_question_stays_after_its_asker_only_where_they_said_so(at, cast):
    stays = published(cast.ben, cast.sam, may_stay=True, first_name="Ben")
    goes = published(cast.ben, cast.sam, "Is it me?", "Or is it us?")
    waits = asked(cast.ben, "Not read yet?", may_stay=True)
    ended(cast.ben)

    page = said(at("nobody", f"/questions/{stays.code}"))
    assert "Former member" in page and "Asked by Ben" not in page and WORDS in page
    assert at("nobody", f"/questions/{goes.code}").status_code == 404
    for each in (now(stays), now(goes), now(waits)):
        assert (each.asker_id, each.form_key, each.first_name, each.title_sealed, each.words_sealed) == (None,) * 5
    assert now(waits).state == S.WITHDRAWN
    assert subjects.subject("question").show(stays.code).byline == "Former member"


def test_a_copy_of_ones_data_holds_what_one_asked(cast):
    asked(cast.ben)
    record = next(each for each in holdings.records() if each.name == "questions")

    told = record.tell(cast.ben)
    assert (told[0]["question"], told[0]["you_wrote"]) == (TITLE, WORDS) and record.tell(cast.cleo) == []


def test_nobody_elses_question_is_found_by_its_code(cast):
    question = asked(cast.ben)

    with pytest.raises(NotFound):
        queries.own(cast.cleo, question.code)


@pytest.mark.parametrize(
    "typed", ["ben@mail.example", "0660-1234567", "www.ben.example", "call‑me‑on‑four‑four", "B" * 31]
)
def test_a_name_that_nobody_reads_beforehand_is_a_name_and_nothing_else(typed, at, cast):
    question = published(cast.ben, cast.sam)

    assert renamed(at, question, typed).status_code == 422
    for name in ("Ben", "O’Hara", "Jean-Luc", "நிலா", "美咲"):
        assert renamed(at, question, name).status_code == 303
