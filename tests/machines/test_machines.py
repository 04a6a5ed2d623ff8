"""Two web servers and two workers on PostgreSQL and Redis behind a proxy: they are one product, also when half dies."""

import re
import time

import pytest

from tests.faults.serving import Browser, browser_of
from tests.machines import storm
from tests.machines.firm import firm, migrated_cluster

# On a PostgreSQL of their own, whatever the other tests of this run are on.
pytestmark = [pytest.mark.faults, pytest.mark.once, pytest.mark.needs("redis-server", "nginx")]


@pytest.fixture(scope="module")
def database(data):
    with migrated_cluster(data) as running:
        yield running


@pytest.fixture(scope="module")
def whole(database, data):
    with firm(database, data, lease=3.0) as running:
        yield running


@pytest.fixture
def sides(whole):
    """A browser at each of the two web servers, not through the proxy; `sides(person)` for one of them."""
    opened = []

    def at_both(person=None):
        pair = [browser_of(person, port) if person else Browser(port) for port in whole.ports]
        opened.extend(pair)
        return pair

    yield at_both
    for browser in opened:
        browser.close()


def test_a_sign_in_that_was_ended_on_one_is_ended_on_the_other(whole, sides):
    (person,) = whole.arena.people(1, "leaver")
    lost = sides(person)
    assert [side.get("/me").status for side in lost] == [200, 200]

    with whole.arena.inside():
        another = whole.arena.browser_of(0, person.user_id)
    here, _ = sides(another)
    assert here.post("/me/settings/security/devices/end-others").location.startswith("/me/settings")

    assert [side.get("/me").status for side in lost] == [302, 302]


def test_a_published_calendar_that_is_renewed_on_one_is_renewed_on_the_other(whole, sides):
    first, second = sides(whole.arena.people(1, "publisher")[0])
    old = feed_in(first.post("/me/calendar", purpose="busy"))
    before = [side.get(old).status for side in (first, second)]

    new = feed_in(second.post("/me/calendar", purpose="busy"))

    assert before == [200, 200]
    assert [side.get(old).status for side in (first, second)] == [404, 404]
    assert [side.get(new).status for side in (first, second)] == [200, 200]


def test_wrong_passwords_are_counted_over_both(whole, sides):
    statuses = []
    pair = sides()
    for number in range(12):
        side = pair[number % 2]
        side.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', side.get("/sign-in").body.decode())[1]
        statuses.append(side.post("/sign-in", email="nobody@people.example", password="a-wrong-password").status)

    assert statuses == [422] * 10 + [429] * 2


def test_half_of_everything_is_killed_while_people_book_and_nothing_is_lost(whole):
    began, people = time.monotonic(), storm.crowd(whole, 12)
    with people.booking() as wait_for:
        wait_for(0.3)
        whole.kill_web(0)
        whole.kill_worker(0)
    assert storm.delivered(whole, 90)
    reckoning = storm.reckon(people, began)

    assert reckoning.holds, reckoning
    assert reckoning.promised == 3 * 12
    assert set(reckoning.answers) <= {"booked", "slot_taken", "slot_closed", "own_overlap"}


def feed_in(answer):
    """The path of the address that is shown this once."""
    return re.search(r"https://practice\.example(/cal/[\w-]+\.ics)", answer.body.decode())[1]
