"""The ladder: a note, a warning, a limit that ends by itself; never money."""

from datetime import timedelta

import pytest

from practice.moderation import actions, queries
from practice.moderation.actions import Measure
from practice.moderation.models import Case
from practice.moderation.states import CaseState, Feature, Step
from practice.store.db import db
from practice.values.errors import Invalid, NotAllowed

TEN_DAYS = Measure(Step.LIMIT, "You wrote to people who had said no.", 10, frozenset({Feature.MESSAGE}))


@pytest.fixture
def limited(case, cast):
    """Ben cannot write messages for ten days."""
    return actions.sanction(case, TEN_DAYS, by=cast.sam)


def test_a_limit_takes_what_it_names_says_until_when_and_ends_by_itself(limited, cast, clock):
    assert "You can write messages again from Thursday 11 March." in queries.refusal_for(cast.ben, Feature.MESSAGE)
    assert queries.refusal_for(cast.ben, Feature.ASK) is None
    assert queries.refusal_for(cast.cleo, Feature.MESSAGE) is None

    clock.advance(timedelta(days=10))
    assert queries.refusal_for(cast.ben, Feature.MESSAGE) is None


def test_a_warning_limits_nothing(case, cast):
    actions.sanction(case, Measure(Step.WARNING), by=cast.sam)

    assert queries.limits_of(cast.ben) == {}


@pytest.mark.parametrize(("days", "features"), [(0, {Feature.ASK}), (91, {Feature.ASK}), (5, set())])
def test_a_limit_has_an_end_and_names_what_it_takes(case, cast, days, features):
    with pytest.raises(Invalid):
        actions.sanction(case, Measure(Step.LIMIT, "", days, frozenset(features)), by=cast.sam)


def test_the_same_press_twice_is_one_step(limited, case, cast):
    assert actions.sanction(case, TEN_DAYS, by=cast.sam) == limited
    assert queries.sanctions_of(cast.ben) == [limited]


def test_nobody_takes_a_step_about_what_they_are_part_of(board, cast, sue):
    case = actions.submit("note", board.pin("other", cast.sam), "s3")

    with pytest.raises(NotAllowed):
        actions.sanction(case, TEN_DAYS, by=cast.sam)


def test_another_person_can_take_a_limit_back_and_it_ends_at_once(limited, cast, sue):
    own = db.session.query(Case).filter_by(kind="sanction", subject=limited.code).one()
    actions.appeal(own, "They wrote first.", by=cast.ben)
    with pytest.raises(NotAllowed):
        actions.settle_appeal(own, reverse=True, reason="", by=cast.sam)

    actions.settle_appeal(own, reverse=True, reason="", by=sue)

    assert own.state == CaseState.REVERSED
    assert queries.refusal_for(cast.ben, Feature.MESSAGE) is None
