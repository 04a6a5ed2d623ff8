"""This file knows that interval arithmetic equals arithmetic on sets of seconds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from practice.scheduling.intervals import Interval, clip, intersect, merge, subtract

pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)
quick = settings(max_examples=150, deadline=None, derandomize=True)


def seconds(intervals) -> set[int]:
    return {second for starts_at, ends_at in intervals for second in range(starts_at, ends_at)}


def is_tidy(intervals) -> bool:
    """Sorted, none empty, none touching or overlapping the next."""
    flat = [edge for each in intervals for edge in each]
    return flat == sorted(set(flat))


@quick
@given(pairs)
def test_merging_keeps_every_second_and_tidies_up(ours) -> None:
    assert seconds(merge(ours)) == seconds(ours)
    assert is_tidy(merge(ours))


@quick
@given(pairs, pairs)
def test_subtracting_and_intersecting_are_what_sets_do(ours, theirs) -> None:
    left, shared = subtract(merge(ours), merge(theirs)), intersect(merge(ours), merge(theirs))

    assert seconds(left) == seconds(ours) - seconds(theirs)
    assert seconds(shared) == seconds(ours) & seconds(theirs)
    assert is_tidy(left)


def test_intervals_are_half_open_a() -> None:
    assert merge([(1, 2), (2, 3)]) == [Interval(1, 3)]
    assert intersect([Interval(1, 2)], [Interval(2, 3)]) == []
    assert clip([Interval(1, 9)], (3, 5)) == [Interval(3, 5)]
