"""What the platform says for people: staff put it in other words, with a reason; nothing of it blames or presses."""

import pytest

from practice.fit import actions, queries, texts
from practice.store.db import db
from practice.values.errors import Invalid, NotFound
from tests.pages import fields_of, tree_of


@pytest.fixture
def staff(app, cast, sign_in):
    return sign_in(app.test_client(), cast.sam)


def test_every_text_as_it_comes_is_one_that_staff_could_write():
    assert {each.key: texts.mistake(each.default) for each in texts.ALL if texts.mistake(each.default)} == {}
    assert len(texts.DECLINES) >= 3


@pytest.mark.parametrize(
    "words",
    ["", "   ", "Hurry, {name} waits", "Sorry you were refused", "{name} has {time}", "{name", "Great!", "x" * 401],
)
def test_words_that_press_blame_or_cannot_be_filled_are_refused(words):
    assert texts.mistake(words)


def test_other_words_are_read_from_then_on(talk, cast, decide, client, sign_in):
    actions.change_text("decline_other", "{name} knows somebody better.", "Shorter", by=cast.sam)
    decide.specialist(talk, "not_a_fit")

    answer = sign_in(client, cast.ben).get(f"/bookings/{talk.code}/fit")

    assert "Anna knows somebody better." in " ".join(tree_of(answer).get_text(" ").split())


def test_what_it_said_before_stays_readable(cast, staff):
    actions.change_text("continue", "First words.", "Because", by=cast.sam)
    actions.change_text("continue", "Second words.", "Better", by=cast.sam)

    answer = staff.get("/admin/kind-texts/continue").text

    assert queries.text_of("continue") == "Second words."
    assert "First words." in answer
    assert texts.BY_KEY["continue"].default in answer


def test_staff_change_one_on_its_page(cast, staff, post):
    answer = post("/admin/kind-texts/continue", browser=staff, text="You all said yes.", because="Couples")

    assert answer.status_code == 303
    assert queries.text_of("continue") == "You all said yes."


def test_bad_words_are_refused_beside_the_field_and_stay(cast, staff, post):
    answer = post("/admin/kind-texts/continue", browser=staff, text="Hurry {name}", because="Why")

    assert answer.status_code == 422
    assert "another word than “hurry”" in answer.text
    assert "Hurry {name}" in answer.text
    assert queries.text_of("continue") == texts.BY_KEY["continue"].default


def test_two_of_the_staff_do_not_overwrite_each_other_unseen(cast, staff, post):
    seen = fields_of(staff.get("/admin/kind-texts/continue"), "/admin/kind-texts/continue")["seen"][0]
    actions.change_text("continue", "A colleague’s words.", "Because", by=cast.sam)

    answer = post("/admin/kind-texts/continue", browser=staff, text="Mine.", because="Why", seen=seen)

    assert answer.status_code == 409
    assert queries.text_of("continue") == "A colleague’s words."


def test_there_is_no_other_text(cast, staff):
    assert staff.get("/admin/kind-texts/nothing").status_code == 404
    with pytest.raises(NotFound):
        actions.change_text("nothing", "Words.", "Why", by=cast.sam)
    with pytest.raises(Invalid):
        actions.change_text("continue", "", "Why", by=cast.sam)
    db.session.rollback()


def test_nobody_else_sees_that_page(cast, client, sign_in):
    assert sign_in(client, cast.anna).get("/admin/kind-texts").status_code == 404
