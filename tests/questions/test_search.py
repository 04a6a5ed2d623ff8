"""Public questions are found by their words, alike on both engines, and are gone from the very next search."""

from datetime import date

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from practice.questions import indexing, listing, searching, shelves
from practice.questions.checks import _public_and_not_found
from practice.questions.listing import Filters
from practice.questions.search_models import QuestionEntry, QuestionList, QuestionVocabulary, QuestionWord
from practice.questions.states import QuestionState, Relation
from practice.store.db import db, transaction, transactional
from tests import public_questions as public
from tests.databases import MIGRATIONS

MANY = [
    "不安とうつの相談",
    "எனக்கு ஆலோசனை வேண்டும்",
    "मुझे परामर्श चाहिए",
    "القَلَقُ كل يوم",
    "Ёлка и тревога",
    "Straße, kết hôn",
]


def found(q="", topic="", relation="", page=1):
    """Titles as the list has them."""
    db.session.rollback()
    return [card.title for card in searching.cards(listing.find(Filters(q, topic, relation), page).ids)]


TYPED = {
    "うつ": 0,
    "ஆலோசனை": 1,
    "ஆலோசன": 1,
    "परामर्श": 2,
    "القلق": 3,
    "елка": 4,
    "STRASSE": 5,
    "hôn": 5,
}


def test_a_question_is_found_in_any_script(cast):
    for title in MANY:
        public.question(title)

    assert {typed: found(typed) for typed in TYPED} == {typed: [MANY[at]] for typed, at in TYPED.items()}


def test_the_title_counts_before_the_words_before_the_answers_then_the_newest_day(cast):
    answered = public.question("Is this normal?", on=date(2027, 2, 25))
    public.answer(answered, cast.practice, "Jealousy is normal.")
    public.question("What now?", "There is so much jealousy.", on=date(2027, 2, 24))
    public.question("Jealousy again", on=date(2027, 2, 1))
    public.question("Jealousy at work", on=date(2027, 2, 2))

    assert found("jealousy") == ["Jealousy at work", "Jealousy again", "What now?", "Is this normal?"]


def test_all_words_must_be_there_the_last_may_be_unfinished(cast):
    public.question("How do I ask for support?")
    public.question("Support without asking")

    assert found("support how") == ["How do I ask for support?"]
    assert set(found("supp")) == {"How do I ask for support?", "Support without asking"}
    assert found("ask supp") == ["How do I ask for support?"]


@pytest.mark.parametrize(
    "sign", ['"', "*", "-", "OR", "AND", "NEAR(", "^", "title:", "(", ")", "%", "_", "\\", "'", "\x00"]
)
def test_operators_do_nothing_but_part_words(cast, sign):
    public.question("Support or near and title")
    public.question("Grief")

    assert found(f"support {sign}") == ["Support or near and title"]
    assert found(f"{sign}support") in (["Support or near and title"], found(""))


@pytest.mark.parametrize("state", [QuestionState.WITHDRAWN, QuestionState.REJECTED, QuestionState.ARCHIVED])
def test_what_is_no_longer_public_is_gone_from_the_very_next_search(app, cast, state):
    asked = public.question("Jealousy again", topics=("Trust",))
    public.answer(asked, cast.practice, "Talk about envy.")
    stays = public.question("Jealousy stays", topics=("Trust",))
    public.answer(stays, cast.practice)
    assert set(found("jealousy")) == set(found()) == {"Jealousy again", "Jealousy stays"}

    public.hide(asked, state)

    # Whatever this process remembers: it is asked the same as before.
    assert found("jealousy") == found() == found(topic="trust") == found(relation="partner") == ["Jealousy stays"]
    assert found("envy") == ["Jealousy stays"]
    assert [card.title for card in searching.similar("jealousy again and again")] == ["Jealousy stays"]
    assert db.session.scalars(select(QuestionVocabulary.question_id)).all() == [stays.id]
    assert {number for shelf, bits in rows_of_words() for number, _weight in shelves.read(shelf, bits)} == {stays.id}


def rows_of_words():
    """Number and bits of every row that says who holds a word."""
    rows = db.session.execute(select(QuestionWord.shelf, QuestionWord.bits))
    return [(shelf, shelves.unpacked(stored)) for shelf, stored in rows]


def test_what_is_stored_to_find_a_question_is_gone_even_if_somebody_asks_past_the_list(cast):
    """The words go in the same transaction; and were they to stay, nothing is shown that is not public now."""
    asked = public.question("Jealousy again")
    ids = listing.find(Filters("jealousy"), 1).ids
    with transaction() as session:
        session.execute(text("UPDATE questions SET state = 'withdrawn', public_title = NULL, public_words = NULL"))

    assert ids == (asked.id,)
    assert searching.cards(ids) == []


def test_an_answer_is_found_as_soon_as_it_is_public_and_not_after(cast):
    asked = public.question("What now?")
    assert found("breathing") == ["What now?"] or not listing.find(Filters("breathing"), 1).shown.q

    given = public.answer(asked, cast.practice, "Try breathing.")
    assert listing.find(Filters("breathing"), 1).shown.q == "breathing"

    with transaction() as session:
        again = session.merge(given)
        again.state, again.public_words = "withdrawn", None
    assert listing.find(Filters("breathing"), 1).dropped == ["the words you searched for"]


def test_a_rolled_back_change_leaves_the_list_as_it_was(cast):
    asked = public.question("Jealousy again")
    before = searching.stamp()

    with pytest.raises(ZeroDivisionError):
        _hidden_and_then_failing(asked)

    assert found("jealousy") == ["Jealousy again"]
    assert searching.stamp() == before


@transactional
def _hidden_and_then_failing(asked):
    public.hide(asked)
    raise ZeroDivisionError


def test_where_nothing_is_like_all_of_that_one_thing_is_left_out_and_named(cast):
    public.question("Jealousy again", topics=("Trust",), relation=Relation.PARTNER)
    public.question("Boss", topics=("Grief",), relation=Relation.WORK)

    page = listing.find(Filters("jealousy", "trust", "work"), 1)

    assert page.dropped == ["whom it is about"]
    assert found("jealousy", "trust", "work") == ["Jealousy again"]
    assert listing.find(Filters("jealousy", "grief", ""), 1).dropped == ["the topic"]
    assert listing.find(Filters("xylophone", "grief", ""), 1).dropped == ["the words you searched for"]
    assert listing.find(Filters("xylophone", "grief", "family"), 1).dropped == [
        "whom it is about",
        "the words you searched for",
    ]


def test_a_topic_that_is_none_and_words_that_are_none_are_named(cast):
    public.question("Jealousy again")

    assert listing.find(Filters("jealousy", "nowhere"), 1).notes
    assert listing.find(Filters("%%%"), 1).notes
    assert listing.find(Filters("%%%"), 1).total == 1
    assert listing.find(Filters(" ".join("abcdefghijklmnop")), 1).notes


def test_pages_hold_each_question_once_whatever_is_asked(cast):
    for number in range(45):
        public.question(f"Number {number}", on=date(2027, 2, 1))

    for q in ("", "number"):
        pages = [found(q, page=number) for number in (1, 2, 3)]
        assert [len(page) for page in pages] == [20, 20, 5]
        assert len({title for page in pages for title in page}) == 45
        assert found(q, page=99) == pages[-1]


def test_a_page_takes_as_many_statements_with_many_questions_as_with_one(cast, questions):
    counts = []
    for number in range(25):
        asked = public.question(f"Support {number}", topics=("Trust",))
        public.answer(asked, cast.practice)
        if number in (0, 24):
            for filters in (Filters(), Filters("support number", "trust"), Filters("sup")):
                listing.find(Filters(), 1)
                db.session.rollback()
                questions.clear()
                searching.cards(listing.find(filters, 1).ids)
                counts.append(len(questions))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 9


# ---------------------------------------------------------------- alike


def test_answered_questions_are_alike_by_their_rare_words(cast):
    chores = public.question("How do we share chores without keeping score?")
    public.answer(chores, cast.practice)
    other = public.question("How do we share a bed?")
    public.answer(other, cast.practice)
    public.question("Chores and chores", "Nobody has answered this.")

    alike = searching.similar("We fight about chores, how do we stop?")

    assert [card.title for card in alike] == ["How do we share chores without keeping score?"]
    assert searching.similar("how do we") == searching.similar("") == searching.similar("%%%") == []
    assert searching.similar(chores.public_title, besides=chores.id)[0].title == "How do we share a bed?"


def test_the_box_beside_a_question_holds_others_of_its_topic_where_no_words_are_alike(cast):
    here = public.question("Zzz", topics=("Trust",))
    beside = public.question("Another matter", topics=("Trust",))
    public.answer(beside, cast.practice)
    public.answer(public.question("Elsewhere", topics=("Grief",)), cast.practice)

    assert [card.title for card in searching.related(public.now(here))] == ["Another matter"]


# ---------------------------------------------------------------- what holds


def test_check_up_finds_what_is_public_and_not_listed(cast):
    asked = public.question("Jealousy again")
    assert not list(_public_and_not_found())

    with transaction() as session:
        session.execute(text("DELETE FROM question_words"))
    assert list(_public_and_not_found()) == [f"Question {asked.code} is not listed as it is public now."]

    with transaction():
        assert indexing.build() == 1
    assert not list(_public_and_not_found())


def test_nothing_that_is_stored_to_find_a_question_says_who_asked(cast):
    public.question("Jealousy again", asker_id=cast.ben.id, first_name="Benedikt")

    columns = {
        column.name
        for model in (QuestionEntry, QuestionVocabulary, QuestionWord, QuestionList)
        for column in model.__table__.columns
    }
    assert columns == {
        *("question_id", "code", "published_on", "word", "words", "shelf", "bits", "id", "stamp"),
    }
    assert listing.find(Filters("benedikt"), 1).shown.q == ""


def test_a_question_is_found_by_its_words_also_where_they_were_stored_one_by_one(cast, dirty):
    """Down and up again, the step by which they came to be stored for many questions at once."""
    asked = public.question("Jealousy again", "Every evening.", topics=("Trust",))
    public.answer(asked, cast.practice, "Talk about jealousy.")
    db.session.rollback()
    dirty.mark()
    step = ScriptDirectory(str(MIGRATIONS)).get_revision("0052").module

    with db.engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        step.downgrade()
        rows = connection.execute(text("SELECT word, weight FROM question_words")).all()
        step.upgrade()
        connection.commit()

    assert {("jealousy", 169), ("every", 13), ("talk", 1)} <= set(rows)
    assert indexing.differing() == []
