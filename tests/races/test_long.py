"""The long forms of the races, by command only: `make races` or `python -m tests.races`; each prints its figures."""

import pytest

from tests.races import contests

pytestmark = [pytest.mark.races, pytest.mark.long]


def tell(verdict, *more):
    print(f"\n{verdict.row()} {verdict.result.outcomes()}", *more, flush=True)
    return verdict


def test_ten_thousand_attempts_at_overlapping_starts(arena):
    verdict = tell(contests.overlapping_starts(arena, 10_000))

    assert verdict.is_clean, verdict.other_faults
    assert not verdict.odd_answers
    assert len(verdict.result.booked) == verdict.confirmed > 0


def test_without_the_guard_two_thousand_attempts_overlap(arena):
    assert tell(contests.overlapping_starts(arena, 2_000, guarded=False)).overlaps > 0


def test_five_hundred_attempts_of_each_of_twenty_pairs(arena):
    verdict = tell(contests.one_pair_many_tries(arena, pairs=20, tries=500))

    assert verdict.is_clean, verdict.other_faults
    assert not verdict.odd_answers
    assert verdict.confirmed == 20


def test_without_the_guard_a_pair_has_several_within_two_thousand_attempts(arena):
    assert tell(contests.one_pair_many_tries(arena, pairs=20, tries=100, guarded=False)).second_consults > 0


@pytest.mark.parametrize("run", range(1, 21))
def test_forty_places_for_fifty_clients_twenty_times(arena, run):
    verdict = tell(contests.forty_places(arena), f"run {run}")

    assert verdict.is_clean, verdict.other_faults
    assert not verdict.odd_answers
    assert verdict.confirmed == 40


def test_without_the_guard_more_than_forty_are_sold(arena):
    assert tell(contests.forty_places(arena, guarded=False)).overlaps > 0


def test_twenty_thousand_mixed_operations(arena):
    verdict, disagreements = contests.mixed_days(arena, 20_000, clients=48, practices=8, days=5)
    tell(verdict, f"granted {verdict.result.granted:.0%}, disagreements {len(disagreements)}")

    assert verdict.is_clean, verdict.other_faults
    assert not verdict.odd_answers
    assert not disagreements
    # Where nearly all is refused, or nothing is left, agreeing says little.
    assert verdict.result.granted > 1 / 3
    assert verdict.confirmed > 48
