"""F01 to F05: the server dies before and after the time is claimed, the transaction is stored, the answer is sent."""

import random

import pytest

from tests.faults.serving import (
    bookings_of,
    browser_of,
    code_of,
    crowd,
    found_faults,
    health,
    product,
    serving,
    was_cut_off,
    wishes,
)

pytestmark = pytest.mark.faults

POINTS = ("claim.before", "claim.after", "commit.before", "commit.after", "answer.before")
MOMENTS = ("choosing", "sending", "sending what was held")
SEEDS = 20


@pytest.fixture(scope="module")
def place(engine, store, config, data):
    """A practice with much time, a server that is replaced at once when it dies, and people to book."""
    with product(store, data) as arena, serving(arena, "--preload") as server:
        slugs = arena.practices(2)
        yield arena, server, wishes(slugs, 70), crowd(arena)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("point", POINTS)
def test_a_form_that_is_sent_again_after_a_power_cut_books_once(place, point, moment):
    assert killed_and_sent_again(place, point, moment)


@pytest.mark.long
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("point", POINTS)
def test_whatever_the_server_was_doing_a_form_books_once(place, point, moment):
    chance = random.Random(f"{point} {moment}")

    reached = [killed_and_sent_again(place, point, moment, chance.choice((1, 1, 2))) for _ in range(SEEDS)]

    assert sum(reached) >= SEEDS / 2


def killed_and_sent_again(place, point, moment, passing=1):
    """Whether the request came to `point` so often; in either case everything must be right afterwards."""
    arena, server, times, people = place
    wish, person = next(times), next(people)
    calm, doomed = browser_of(person, server.port), browser_of(person, server.port, f"{point} {passing}")
    if moment == "sending what was held":
        assert wish.hold(calm).status == 303
        doomed.cookies = calm.cookies

    died = was_cut_off(lambda: wish.hold(doomed) if moment == "choosing" else wish.send(doomed))
    doomed.close()

    assert health(server.port) == 200
    assert found_faults(arena) == []
    if moment == "choosing":
        assert wish.hold(calm).status == 303
    code = code_of(wish.send(calm))
    assert code_of(wish.send(calm)) == code
    calm.close()
    assert bookings_of(arena, person) == [(code, 2)]
    assert found_faults(arena) == []
    return died
