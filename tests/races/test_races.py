"""R1, R6, R7 and W4: several processes over HTTP want the same times. With the guard off, each race fails."""

import pytest

from tests.races import contests

pytestmark = pytest.mark.races


def test_nobody_is_booked_twice_by_overlapping_starts(arena):
    verdict = contests.overlapping_starts(arena, 120)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert len(verdict.result.booked) == verdict.confirmed > 0


def test_the_same_race_without_the_guard_does_overlap(arena):
    verdict = contests.overlapping_starts(arena, 120, guarded=False)

    assert verdict.overlaps > 0


def test_a_pair_has_one_consultation_however_many_browsers_try(arena):
    verdict = contests.one_pair_many_tries(arena, pairs=4, tries=24)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert verdict.confirmed == 4


def test_the_same_race_without_the_guard_gives_a_pair_several(arena):
    verdict = contests.one_pair_many_tries(arena, pairs=2, tries=24, guarded=False)

    assert verdict.second_consults > 0


def test_forty_places_are_sold_to_fifty_clients_forty_times(arena):
    verdict = contests.forty_places(arena, clients=12, places=10)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert verdict.confirmed == 10


def test_the_same_sale_without_the_guard_sells_more(arena):
    verdict = contests.forty_places(arena, clients=12, places=10, guarded=False)

    assert verdict.overlaps > 0


def test_nobody_is_a_specialist_and_a_client_at_once(arena):
    verdict = contests.both_roles(arena)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert verdict.confirmed > 0


def test_the_same_race_without_the_guard_has_people_in_both_roles_at_once(arena):
    verdict = contests.both_roles(arena, guarded=False)

    assert verdict.overlaps > 0


def test_clients_and_database_agree_after_a_day_of_everything_at_once(arena):
    verdict, disagreements = contests.mixed_days(arena, 240, clients=16)

    assert verdict.is_clean, verdict
    assert not verdict.odd_answers
    assert not disagreements
    assert verdict.confirmed > 0
