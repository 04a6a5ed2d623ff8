"""The page to move an appointment keeps its list of times beside one's own; whatever changes is in the next view."""

import ast
import inspect
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from practice.availability import actions as hours
from practice.availability.models import Schedule
from practice.bookings import actions, queries
from practice.bookings.models import Booking
from practice.bookings.queries import Looker
from practice.bookings.states import BookingState
from practice.store.db import db, transaction
from tests import factories

WEDNESDAY_TEN = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def booked(cast, app):
    return factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN)


@pytest.fixture
def times(client, cast, sign_in, booked):
    """The starts that Ben reads there; the page is opened twice, so that the second may come from memory."""
    sign_in(client, cast.ben)

    def read():
        client.get(f"/bookings/{booked.code}/move")
        page = client.get(f"/bookings/{booked.code}/move").text
        return values(page)

    return read


def values(page):
    return [datetime.fromisoformat(start) for start in re.findall(r'name="start"[^>]* value="([^"]+)"', page)]


def computed(booked):
    """The same without any memory."""
    db.session.rollback()
    found = queries.calendar_for(booked.appointment.offer, booked.created_at, Looker((booked,), booked.client))
    return [datetime.fromtimestamp(at, UTC) for at in found.starts(booked.created_at)]


def test_ones_own_appointment_is_in_nobodys_way_and_no_choice(times, booked):
    found = times()

    assert WEDNESDAY_TEN not in found
    assert WEDNESDAY_TEN + timedelta(minutes=15) in found  # it lies within the appointment that would be moved
    assert found == [start for start in computed(booked) if start <= found[-1]]


def test_a_time_that_somebody_else_booked_is_gone_at_the_next_view_and_comes_back_with_it(times, cast):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    assert later in times()

    theirs = actions.book(cast.cleo, cast.practice.consult, later, actions.Details(format="video"))
    assert later not in times()
    actions.cancel(theirs, by=cast.cleo)

    assert later in times()


def test_a_time_that_somebody_holds_is_back_when_the_hold_has_run_out(times, cast, clock):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    times()
    held = actions.hold(cast.practice.consult, later, actions.Visitor(cast.cleo, "browser", "network", "UTC"))
    assert later not in times()

    clock.freeze(held.held_until + timedelta(seconds=1))

    assert later in times()


def test_once_moved_the_old_time_is_a_choice_and_the_new_one_is_none(times, cast, booked):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    times()

    actions.move(booked, later, by=cast.ben)

    assert WEDNESDAY_TEN in times()
    assert later not in times()


def test_times_follow_the_hours_at_the_next_view(times, cast):
    assert WEDNESDAY_TEN + timedelta(hours=2) in times()

    hours.add_time_off(cast.practice, WEDNESDAY_TEN + timedelta(hours=1), WEDNESDAY_TEN + timedelta(hours=4), "Away")

    assert WEDNESDAY_TEN + timedelta(hours=2) not in times()


def test_what_became_too_soon_is_gone(times, cast, clock):
    notice = timedelta(minutes=db.session.get_one(Schedule, cast.practice.id).consult_notice)
    later = WEDNESDAY_TEN + timedelta(hours=2)
    clock.freeze(later - notice)
    assert later in times()

    clock.advance(seconds=1)

    assert later not in times()


def test_what_the_client_has_elsewhere_is_no_choice_at_the_next_view(times, cast):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    other = factories.specialist(factories.user("Ilse Vandermeer"), slug="ilse")
    assert later in times()

    factories.booking(cast.ben, other, later)

    assert later not in times()


def test_each_client_finds_their_own_appointment_away_and_the_others_in_the_way(times, app, cast, sign_in):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    theirs = factories.booking(cast.cleo, cast.practice, later)
    mine = times()
    cleo = sign_in(app.test_client(), cast.cleo)
    found = values(cleo.get(f"/bookings/{theirs.code}/move").text)

    inside = timedelta(minutes=15)
    assert (WEDNESDAY_TEN + inside in mine, later + inside in mine) == (True, False)
    assert (WEDNESDAY_TEN + inside in found, later + inside in found) == (False, True)


# ---------------------------------------------------------------- what was held before signing in


@pytest.fixture
def chosen_before(client, post, cast, booked):
    """Where Ben's browser held a time of Anna's two hours later before it was his: it is his now."""

    def choose(start=WEDNESDAY_TEN + timedelta(hours=2), slug="anna-kern"):
        post(f"/specialists/{slug}/book", start=f"{start:%Y-%m-%dT%H:%M:%SZ}")
        post("/sign-in", email=cast.ben.email, password=factories.PASSWORD)
        return start

    return choose


def states():
    db.session.rollback()
    return sorted((each.starts_at, each.state) for each in db.session.query(Booking).all())


def test_what_ones_browser_held_before_signing_in_is_listed_and_can_be_moved_to(client, booked, chosen_before, post):
    later = chosen_before()

    assert later in values(client.get(f"/bookings/{booked.code}/move").text)
    assert post(f"/bookings/{booked.code}/move", start=later.isoformat()).status_code == 303
    assert states() == [(later, BookingState.CONFIRMED), (later, BookingState.EXPIRED)]


def test_what_ones_browser_held_before_signing_in_can_be_accepted(client, cast, booked, chosen_before, post):
    later = WEDNESDAY_TEN + timedelta(hours=2)
    proposal = actions.propose(booked, [later, later + timedelta(hours=1)], by=cast.anna).code
    chosen_before()

    assert later.isoformat() in client.get(f"/bookings/{booked.code}").text.replace("Z", "+00:00")
    assert "/bookings/" in post(f"/proposals/{proposal}/accept", start=later.isoformat()).location
    assert states() == [(later, BookingState.CONFIRMED), (later, BookingState.EXPIRED)]


def test_a_move_ends_what_stands_beside_it_and_what_overlaps_elsewhere(client, cast, booked, chosen_before, post):
    """A quarter of an hour after the chosen time is within the gap: two of one client would not fit."""
    later = chosen_before()
    assert later + timedelta(minutes=15) in values(client.get(f"/bookings/{booked.code}/move").text)

    assert post(f"/bookings/{booked.code}/move", start=(later + timedelta(minutes=15)).isoformat()).status_code == 303
    assert BookingState.HELD not in [state for _, state in states()]


def test_a_hold_elsewhere_from_before_signing_in_gives_way_where_it_overlaps_and_only_there(
    client, cast, booked, chosen_before, post
):
    factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    later = chosen_before(slug="ilse")

    post(f"/bookings/{booked.code}/move", start=(later + timedelta(hours=1)).isoformat())
    assert BookingState.HELD in [state for _, state in states()]
    post(f"/bookings/{booked.code}/move", start=later.isoformat())
    assert BookingState.HELD not in [state for _, state in states()]


def test_what_is_held_does_not_become_too_late_for_a_move_to_it(client, cast, clock, booked, chosen_before, post):
    notice = timedelta(minutes=db.session.get_one(Schedule, cast.practice.id).consult_notice)
    later = WEDNESDAY_TEN + timedelta(hours=2)
    clock.freeze(later - notice)
    chosen_before()
    clock.advance(minutes=1)

    assert later in values(client.get(f"/bookings/{booked.code}/move").text)
    assert post(f"/bookings/{booked.code}/move", start=later.isoformat()).status_code == 303


def test_every_view_says_whose_browser_asks_where_an_action_looks_at_holds():
    """Holds from before signing in are the browser's alone: forgotten, they would stand in their own person's way."""
    asks = {name for name in actions.__all__ if "browser_key" in inspect.signature(getattr(actions, name)).parameters}
    sources = [path.read_text() for path in Path(inspect.getfile(actions)).parents[1].glob("views/*.py")]
    calls = [
        (call.func.attr, {word.arg for word in call.keywords})
        for source in sources
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in asks
    ]

    assert {name for name, _ in calls} >= {"move", "accept_proposal"}
    assert [name for name, words in calls if "browser_key" not in words] == []


def test_a_list_beside_what_is_only_held_is_never_remembered(cast, app, clock):
    own = queries.times.free_times.Own(1, 0, clock.now())

    with pytest.raises(ValueError, match="only what stands"):
        queries.times.free_times.starts_beside((own,), queries.times.Wanted.by(cast.practice.consult), clock.now())


def test_a_booking_that_was_never_one_stands_in_no_list(cast, app, clock):
    """Rows of the client's own list, by state: what is ahead, what was, and nothing of what never was."""
    for number, state in enumerate(BookingState):
        other = factories.specialist(factories.user(f"S{number}"), slug=f"s-{number}")
        factories.booking(cast.ben, other, WEDNESDAY_TEN + timedelta(hours=number), state=state)
    db.session.rollback()

    ahead, past = queries.list_of(cast.ben)

    never = {BookingState.HELD, BookingState.EXPIRED, BookingState.UNDONE}
    assert {each.state for each in ahead} == {BookingState.CONFIRMED}
    assert {each.state for each in past} == set(BookingState) - never - {BookingState.CONFIRMED}
    assert [each.starts_at for each in past] == sorted((each.starts_at for each in past), reverse=True)


def test_a_row_of_the_list_says_the_same_as_the_booking(cast, app, clock, booked):
    actions.propose(booked, [WEDNESDAY_TEN + timedelta(hours=3)], by=cast.anna)
    db.session.rollback()
    (row,), _ = queries.list_of(cast.ben)
    whole = db.session.get_one(Booking, booked.id)

    assert queries.possible_in_list(row, "client", clock.now()) == queries.possible_in_list(
        whole, "client", clock.now()
    )
    assert queries.possible_in_list(row, "client", clock.now()).take_proposed
    with transaction():
        whole.reconfirmed_at = clock.now()
    (row,), _ = queries.list_of(cast.ben)
    assert row.reconfirmed_at == clock.now()
