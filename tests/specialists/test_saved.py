"""Somebody kept for later: only the one who keeps sees it, and sign-in comes back to the profile."""

import pytest

from practice.specialists import actions, queries
from tests import factories


def test_a_specialist_is_kept_once_and_taken_off(cast):
    actions.save(cast.ben, cast.practice)
    actions.save(cast.ben, cast.practice)

    assert queries.saved_by(cast.ben) == [cast.practice]
    assert queries.saved_by(cast.cleo) == []
    assert queries.is_saved(cast.ben, cast.practice)

    actions.forget(cast.ben, cast.practice)
    actions.forget(cast.ben, cast.practice)

    assert queries.saved_by(cast.ben) == []


def test_pressing_save_keeps_and_pressing_again_takes_off(client, cast, sign_in, post):
    sign_in(client, cast.ben)

    assert post("/specialists/anna-kern/save").location == "/specialists/anna-kern"
    assert "Take off my list" in client.get("/specialists/anna-kern").text
    post("/specialists/anna-kern/unsave")

    assert "Save for later" in client.get("/specialists/anna-kern").text


def test_a_stranger_signs_in_first_and_comes_back_and_nothing_is_saved_by_itself(client, cast, post):
    answer = post("/specialists/anna-kern/save")
    assert answer.status_code in (302, 303)
    assert "save somebody for later" in client.get(answer.location).text

    answer = post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)

    assert answer.location == "/specialists/anna-kern"
    assert queries.saved_by(cast.ben) == []


@pytest.mark.parametrize("slug", ["nobody", "%00", "anna-kern/../x"])
def test_nobody_can_be_saved_who_is_not_there(client, cast, sign_in, post, slug):
    sign_in(client, cast.ben)

    assert post(f"/specialists/{slug}/save").status_code in (400, 404, 405)


def test_a_closed_profile_leaves_the_list(cast):
    actions.save(cast.ben, cast.practice)

    actions.close(cast.practice, by=cast.anna)

    assert queries.saved_by(cast.ben) == []


def test_saving_by_a_link_changes_nothing(client, cast, sign_in):
    sign_in(client, cast.ben)

    assert client.get("/specialists/anna-kern/save").status_code == 405
    assert queries.saved_by(cast.ben) == []
