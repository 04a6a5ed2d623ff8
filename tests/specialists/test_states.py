"""A profile moves along its table only, and every move leaves a row behind."""

import pytest

from practice.specialists.models import Specialist
from practice.specialists.states import MOVES, VISIBLE, ProfileState
from practice.store.db import transaction
from practice.values.errors import IllegalMove

PAIRS = [(a, b) for a in ProfileState for b in ProfileState]


@pytest.mark.parametrize("before, after", [p for p in PAIRS if p[1] not in MOVES.get(p[0], ())])
def test_a_move_that_is_not_in_the_table_is_refused(before, after):
    specialist = Specialist(state=before)

    with pytest.raises(IllegalMove):
        specialist.move_to(after, by=None)

    assert specialist.state == before
    assert specialist.moves == []


@pytest.mark.parametrize("before, after", [p for p in PAIRS if p[1] in MOVES.get(p[0], ())])
def test_a_move_of_the_table_leaves_a_row_behind(before, after):
    specialist = Specialist(state=before)

    specialist.move_to(after, by=None)

    assert specialist.state == after
    assert [(move.before, move.after) for move in specialist.moves] == [(before, after)]


def test_the_row_says_why_to_whoever_has_the_key(app):
    specialist = Specialist(state=ProfileState.PUBLISHED)

    specialist.move_to(ProfileState.PAUSED, by=None, reason="A long illness")

    assert specialist.moves[0].reason == "A long illness"
    assert "illness" not in specialist.moves[0].reason_sealed


def test_a_closed_practice_is_final():
    assert ProfileState.CLOSED not in MOVES


def test_only_published_and_paused_profiles_are_visible():
    assert {state for state in ProfileState if Specialist(state=state).is_visible} == VISIBLE


def test_the_database_refuses_a_state_that_does_not_exist(cast):
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE specialists SET state = 'famous'"))
