"""What is refused is said in the log and counted, by kind and route; who asked, and for what, is not."""

import json
import logging

import pytest

from practice.http import refusals
from practice.http.protection import limiter
from practice.operations.monitoring import JsonLines
from tests import factories
from tests.pages import csrf_of


@pytest.fixture
def said(app):
    """Every line about a refusal, as the log would have it."""
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(json.loads(JsonLines().format(record)))

    handler, logger = Lines(), logging.getLogger("practice.http.refusals")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    refusals._counted.clear()  # what earlier tests were refused
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def counted(client):
    """`counted(kind, route)`: how often, as an operator reads it."""

    def count(kind, route):
        wanted = f'practice_refused_total{{kind="{kind}",route="{route}"}} '
        found = [line for line in client.get("/metrics").text.splitlines() if line.startswith(wanted)]
        return float(found[0].rpartition(" ")[2]) if found else 0

    return count


def _kinds(said):
    return [(line["kind"], line["route"], line["status"]) for line in said]


def test_a_page_of_staff_that_a_client_asks_for(client, cast, sign_in, said, counted):
    sign_in(client, cast.ben)
    assert client.get("/admin/audit").status_code == 404

    assert _kinds(said) == [("access", "/admin/audit", 404)]
    assert counted("access", "/admin/audit") == 1


def test_somebody_elses_booking(app, client, cast, sign_in, said, counted, clock):
    booked = factories.booking(cast.ben, cast.practice, clock.now().replace(hour=10))
    sign_in(client, cast.cleo)
    assert client.get(f"/bookings/{booked.code}").status_code == 404

    assert _kinds(said) == [("access", "/bookings/<code>", 404)]
    assert counted("access", "/bookings/<code>") == 1


def test_a_practice_that_is_none(client, cast, sign_in, said):
    sign_in(client, cast.ben)
    assert client.get("/practice").status_code == 403

    assert _kinds(said) == [("access", "/practice", 403)]


def test_a_guessed_address_of_a_calendar_or_of_a_letter(client, said, counted):
    client.get("/cal/guessed.ics")
    client.get("/reset/guessed")

    assert _kinds(said) == [("token", "/cal/<token>.ics", 404), ("token", "/reset/<token>", 410)]
    assert counted("token", "/cal/<token>.ics") == 1


def test_a_form_that_is_not_ours_and_a_name_that_is_not_ours(client, said):
    answer = client.post("/theme", data={"theme": "dark"})
    assert "you are signed out here, perhaps in another tab" in " ".join(answer.text.split())
    client.post("/theme", headers={"Sec-Fetch-Site": "cross-site"})
    client.get("/", headers={"Host": "elsewhere.example"})

    assert [(kind, status) for kind, _route, status in _kinds(said)] == [
        ("forged", 400),
        ("forged", 400),
        ("host", 400),
    ]


def test_what_is_only_missing_is_no_refusal(client, said):
    client.get("/nothing-here")
    client.get("/specialists/nobody")
    client.get("/")

    assert said == []


@pytest.fixture
def strict(make_app, app):
    limited = make_app(overrides={"RATELIMIT_ENABLED": True})
    limiter.reset()
    yield limited.test_client()
    limiter.reset()
    limiter.enabled = False


def test_a_limit_that_trips(strict, cast, said, counted):
    form = {"csrf_token": csrf_of(strict.get("/time-zone")), "email": cast.ben.email, "password": "guessed"}
    assert [strict.post("/sign-in", data=form).status_code for _ in range(12)][-2:] == [429, 429]

    assert _kinds(said) == [("limit", "/sign-in", 429)] * 2
    assert counted("limit", "/sign-in") == 2
    assert "ben@" not in json.dumps(said)
    assert "127.0.0.1" not in json.dumps(said)


def test_no_line_names_anybody(client, cast, sign_in, said):
    sign_in(client, cast.ben)
    client.get("/admin/audit")

    assert set(said[0]) == {"at", "level", "source", "said", "kind", "method", "status", "reference", "route"}


def test_guesses_at_feeds_are_counted_with_the_guessers_line_and_silence_no_calendar(strict, cast):
    from practice.bookings import actions

    token = actions.new_feed(cast.ben, "busy")
    before = len(limiter.storage.storage)
    codes = [strict.get(f"/cal/guess{n}.ics").status_code for n in range(130)]

    assert codes == [404] * 120 + [429] * 10
    assert len(limiter.storage.storage) <= before + 1
    assert strict.get(f"/cal/{token}.ics").status_code == 200


def test_one_feed_is_fetched_so_often_and_no_more(strict, cast):
    from practice.bookings import actions

    token, other = actions.new_feed(cast.ben, "busy"), actions.new_feed(cast.anna, "busy")
    codes = [strict.get(f"/cal/{token}.ics").status_code for _ in range(121)]

    assert codes == [200] * 120 + [429]
    assert strict.get(f"/cal/{other}.ics").status_code == 200
