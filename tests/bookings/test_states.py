"""The table of moves is the only way: every pair that is not in it is refused and leaves nothing behind."""

from itertools import product

import pytest

from practice.bookings.models import Booking
from practice.bookings.states import COUNTING, MOVES, BookingState
from practice.specialists import states as profiles
from practice.specialists.models import Specialist
from practice.values.errors import IllegalMove

ALLOWED = [(a, b) for a, after in MOVES.items() for b in sorted(after)]
REFUSED = [pair for pair in product(BookingState, repeat=2) if pair not in ALLOWED]


def _booking(state):
    return Booking(kind="consult", state=state)


@pytest.mark.each_case
@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_a_move_in_the_table_leaves_a_row_and_settles_what_counts(app, before, after):
    booking = _booking(before)
    booking.move_to(after, by=None, reason="why")

    assert booking.state == after
    assert [(m.before, m.after, m.reason) for m in booking.moves] == [(before, after, "why")]
    assert booking.claims_pair == (after in COUNTING)


@pytest.mark.parametrize(("before", "after"), REFUSED)
def test_a_move_outside_the_table_is_refused(app, before, after):
    booking = _booking(before)

    with pytest.raises(IllegalMove):
        booking.move_to(after, by=None)
    assert booking.state == before
    assert booking.moves == []


@pytest.mark.parametrize(("before", "after"), list(product(profiles.ProfileState, repeat=2)))
def test_a_profile_moves_along_its_own_table(app, before, after):
    profile = Specialist(state=before)

    if after in profiles.MOVES.get(before, ()):
        profile.move_to(after, by=None)
        assert profile.state == after
    else:
        with pytest.raises(IllegalMove):
            profile.move_to(after, by=None)
        assert profile.state == before
