"""A booking is cancelled on one of three rules, and nothing stricter can be written down."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.bookings import terms
from practice.specialists.cancel_rules import PRESETS, STRICTEST, CancelRule, Preset, Step, preset_of
from practice.specialists.states import OfferKind
from tests.bookings.conftest import WEDNESDAY_TEN

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
BACK = {
    Preset.GENTLE: [(12 * HOUR, 100), (12 * HOUR - SECOND, 50), (timedelta(0), 50), (-HOUR, 50)],
    Preset.STANDARD: [(24 * HOUR, 100), (24 * HOUR - SECOND, 50), (4 * HOUR, 50), (4 * HOUR - SECOND, 0), (-HOUR, 0)],
    Preset.FIRM: [(48 * HOUR, 100), (48 * HOUR - SECOND, 50), (12 * HOUR, 50), (12 * HOUR - SECOND, 0), (-HOUR, 0)],
}


@pytest.mark.parametrize("preset, ahead, share", [(each, *case) for each in Preset for case in BACK[each]])
def test_what_comes_back_falls_with_the_hours_left_and_deadlines_are_inclusive(preset, ahead, share):
    assert PRESETS[preset].share_at(ahead) == share


def test_a_page_learns_each_deadline_as_an_instant_with_its_share():
    start = WEDNESDAY_TEN

    assert PRESETS[Preset.GENTLE].deadlines(start) == ((start - 12 * HOUR, 100), (start, 50))
    assert PRESETS[Preset.STANDARD].deadlines(start) == ((start - 24 * HOUR, 100), (start - 4 * HOUR, 50), (start, 0))


@pytest.mark.parametrize("preset", Preset)
def test_a_booking_keeps_its_rule_as_it_was(preset):
    rule = PRESETS[preset]

    assert CancelRule.read(rule.stored) == rule
    assert preset_of(CancelRule.read(rule.stored)) == preset


def test_a_rule_that_was_a_preset_once_can_still_be_read():
    once = CancelRule.read("36h:100 4h:50")

    assert (once.share_at(36 * HOUR), preset_of(once)) == (100, None)


@pytest.mark.parametrize(
    "stored", ["", "24h", "24h:100 4h:50 ", "4h:100 24h:50", "24h:50", "24h:100 4h:101", "-1h:100"]
)
def test_what_is_no_rule_is_not_read(stored):
    with pytest.raises(ValueError):
        CancelRule.read(stored)


@pytest.mark.parametrize(
    "steps",
    [
        (Step(49 * HOUR, 100), Step(12 * HOUR, 50)),
        (Step(48 * HOUR, 100), Step(13 * HOUR, 50)),
        (Step(48 * HOUR, 100), Step(12 * HOUR, 49)),
        (Step(48 * HOUR, 100),),
        (Step(90 * timedelta(minutes=1), 100),),
        (),
    ],
)
def test_nothing_stricter_than_the_strictest_preset_can_be_written_down(steps):
    with pytest.raises(ValueError):
        CancelRule(steps)


hours = st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True).map(lambda each: sorted(each, reverse=True))


@given(hours, st.lists(st.integers(0, 100), min_size=3, max_size=3), st.integers(-5, 120))
def test_whatever_rule_can_be_made_gives_back_at_least_what_the_strictest_does(befores, shares, ahead):
    falling = [100, *sorted(shares, reverse=True)]
    steps = tuple(Step(hour * HOUR, share) for hour, share in zip(befores, falling, strict=False))
    try:
        rule = CancelRule(steps)
    except ValueError:
        return

    assert rule.share_at(ahead * HOUR) >= CancelRule(STRICTEST).share_at(ahead * HOUR)
    assert CancelRule.read(rule.stored) == rule


def test_the_terms_of_a_booking_follow_the_rule_it_was_sold_under():
    firm = terms.of(OfferKind.INDIVIDUAL, PRESETS[Preset.FIRM])

    assert (firm.late, terms.INDIVIDUAL.late, terms.CONSULT.late) == (48 * HOUR, 24 * HOUR, 2 * HOUR)
    assert terms.of(OfferKind.INDIVIDUAL) is terms.INDIVIDUAL
