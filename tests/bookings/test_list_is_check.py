"""What is listed for somebody is what they may choose, and the other way round, in every list (rule S62)."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.bookings import actions, claims, queries
from practice.bookings.actions.hold import require_open
from practice.bookings.errors import OwnOverlap, SlotClosed, SlotTaken
from practice.bookings.limits import STRIKES_PAUSE
from practice.bookings.models import Strike
from practice.bookings.queries import Looker
from practice.specialists.states import OfferKind, ProfileState
from practice.store.db import transaction
from tests import factories
from tests.bookings.conftest import value
from tests.pages import tree_of

# Wednesday 3 March 2027 in Vienna; the tests' clock stands at Monday eight o'clock UTC.
MIDNIGHT = datetime(2027, 3, 2, 23, 0, tzinfo=UTC)
GRID = [MIDNIGHT + timedelta(minutes=5 * number) for number in range(288)]


def at(hour, minute=0):
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def taken_by_others(cast):
    factories.booking(factories.user("Dora"), cast.practice, at(11))
    with transaction() as session:
        session.get_one(factories.Schedule, cast.practice.id).gap_after = 10


def a_stranger(cast):
    return Looker()


def a_client(cast):
    return Looker((), cast.ben)


def who_has_something_else_then(cast):
    other = factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    factories.booking(cast.ben, other, at(14))
    return Looker((), cast.ben)


def who_has_a_practice(cast):
    berta = factories.user("Berta", zone="Europe/Vienna")
    theirs = factories.specialist(berta, slug="berta")
    factories.booking(factories.user("Emil"), theirs, at(14))
    return Looker((), berta)


def a_client_of_who_is_a_client_elsewhere(cast):
    other = factories.specialist(factories.user("Ilse", zone="Europe/Vienna"), slug="ilse")
    factories.booking(cast.anna, other, at(14))
    return Looker((), cast.ben)


def who_offers_other_times_and_is_a_client_elsewhere(cast):
    a_client_of_who_is_a_client_elsewhere(cast)
    return who_offers_other_times(cast)


def who_moves_an_appointment_and_has_a_practice(cast):
    berta = who_has_a_practice(cast).client
    return Looker((factories.booking(berta, cast.practice, at(9, 45)),), berta)


def who_holds_a_time(cast):
    held = actions.hold(cast.practice.consult, at(9, 45), actions.Visitor(cast.ben, "b", "n", "UTC"))
    return Looker((held,), cast.ben)


def who_moves_an_appointment(cast):
    return Looker((factories.booking(cast.ben, cast.practice, at(9, 45)),), cast.ben)


def who_offers_other_times(cast):
    return Looker((factories.booking(cast.ben, cast.practice, at(9, 45)),))


LOOKERS = [
    a_stranger,
    a_client,
    who_has_something_else_then,
    who_has_a_practice,
    a_client_of_who_is_a_client_elsewhere,
    who_holds_a_time,
    who_moves_an_appointment,
    who_moves_an_appointment_and_has_a_practice,
    who_offers_other_times,
    who_offers_other_times_and_is_a_client_elsewhere,
]


def is_accepted(offer, start, looker, now):
    try:
        require_open(offer, start, now, looker)
    except (SlotTaken, SlotClosed, OwnOverlap):
        return False
    return True


@pytest.mark.each_case
@pytest.mark.parametrize("kind", [OfferKind.CONSULT, OfferKind.INDIVIDUAL])
@pytest.mark.parametrize("who", LOOKERS)
def test_every_list_shows_exactly_what_is_accepted(who, kind, cast, clock):
    taken_by_others(cast)
    looker = who(cast)
    offer = next(each for each in cast.practice.offers if each.kind == kind)
    clock.advance(hours=12)

    listed = set(queries.starts_for(offer, looker))

    accepted = {int(start.timestamp()) for start in GRID if is_accepted(offer, start, looker, clock.now())}
    assert accepted == {start for start in listed if MIDNIGHT.timestamp() <= start < MIDNIGHT.timestamp() + 86_400}
    assert accepted


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.PUBLISHED])
@pytest.mark.parametrize("who", [a_stranger, who_moves_an_appointment])
def test_a_paused_practice_lists_what_it_accepts(who, state, cast, clock):
    looker = who(cast)
    with transaction():
        cast.practice.state = state

    listed = queries.starts_for(cast.practice.consult, looker)

    assert is_accepted(cast.practice.consult, at(12), looker, clock.now()) == (int(at(12).timestamp()) in listed)
    assert bool(listed) == (state == ProfileState.PUBLISHED or who is who_moves_an_appointment)


@pytest.mark.parametrize("kind", [OfferKind.CONSULT, OfferKind.INDIVIDUAL])
@pytest.mark.parametrize("who", [a_stranger, a_client, who_moves_an_appointment])
def test_a_practice_that_rests_after_strikes_lists_what_it_accepts(who, kind, cast, client, clock):
    looker = who(cast)
    offer = next(each for each in cast.practice.offers if each.kind == kind)
    for number, name in zip(range(STRIKES_PAUSE), ("Dora", "Emil", "Fritz"), strict=True):
        missed = factories.booking(factories.user(name), cast.practice, at(16, 45 * number))
        with transaction() as session:
            session.add(Strike(specialist_id=cast.practice.id, booking_id=missed.id, reason="late"))

    listed = queries.starts_for(offer, looker)

    rests = kind == OfferKind.CONSULT and who is not who_moves_an_appointment
    assert is_accepted(offer, at(12), looker, clock.now()) == (int(at(12).timestamp()) in listed)
    assert bool(listed) != rests
    assert client.get("/specialists/anna-kern/slots").json["starts"] == []


def values_on(page):
    return {each["value"] for each in tree_of(page).find_all("input", attrs={"name": ["start", "starts"]})}


def test_moving_shows_the_times_beside_ones_own(ben_in, cast, post):
    booking = factories.booking(cast.ben, cast.practice, at(9, 45))

    listed = values_on(ben_in.get(f"/bookings/{booking.code}/move?week=2027-03-03"))

    assert {value(at(9, 15)), value(at(9, 30)), value(at(10)), value(at(10, 15))} <= listed
    assert value(at(9, 45)) not in listed
    assert post(f"/bookings/{booking.code}/move", start=value(at(10))).status_code == 303


def test_offering_other_times_shows_those_beside_the_old_one(app, cast, sign_in):
    booking = factories.booking(cast.ben, cast.practice, at(9, 45))

    listed = values_on(sign_in(app.test_client(), cast.anna).get(f"/practice/bookings/{booking.code}/move"))

    assert {value(at(9, 30)), value(at(10))} <= listed
    assert value(at(9, 45)) not in listed


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_second_tab_still_shows_what_is_held_in_the_first(client, cast, hold, sign_in, is_signed_in):
    if is_signed_in:
        sign_in(client, cast.ben)
    hold(at(9, 45))

    listed = values_on(client.get("/specialists/anna-kern?week=2027-03-03"))
    starts = [datetime.fromisoformat(each) for each in client.get("/specialists/anna-kern/slots").json["starts"]]

    assert {value(at(9, 30)), value(at(9, 45)), value(at(10))} <= listed
    assert {at(9, 30), at(9, 45), at(10)} <= set(starts)
    assert hold(at(10)).status_code == 303


def test_others_see_none_of_it(client, app, cast, hold):
    hold(at(9, 45))

    listed = values_on(app.test_client().get("/specialists/anna-kern?week=2027-03-03"))

    assert not {value(at(9, 30)), value(at(9, 45)), value(at(10))} & listed


def test_a_time_at_which_one_is_elsewhere_is_neither_listed_nor_kept(ben_in, cast, hold):
    who_has_something_else_then(cast)

    listed = values_on(ben_in.get("/specialists/anna-kern?week=2027-03-03"))

    assert value(at(13, 30)) in listed
    assert not {value(at(13, 45)), value(at(14)), value(at(14, 15))} & listed
    assert hold(at(14)).status_code == 409


def test_of_the_times_offered_only_those_still_free_can_be_pressed(ben_in, cast, post):
    booking = factories.booking(cast.ben, cast.practice, at(9, 45))
    proposal = actions.propose(booking, [at(12), at(15)], by=cast.anna)
    factories.booking(factories.user("Dora"), cast.practice, at(12))

    page = ben_in.get(f"/bookings/{booking.code}")
    refused = post(f"/proposals/{proposal.code}/accept", start=value(at(12)))

    pressed = {each["value"] for each in tree_of(page).find_all("button", attrs={"name": "start"})}
    assert pressed == {value(at(15))}
    assert refused.status_code == 409
    assert "Your old time is still yours." in refused.text


class Undone(Exception):
    """Something went wrong after all."""


def book_and_fail(cast):
    with transaction():
        claims.lock_specialist(cast.practice.id)
        factories.booking(cast.ben, cast.practice, at(11))
        assert int(at(11).timestamp()) not in queries.starts_for(cast.practice.consult)
        raise Undone


def test_what_is_listed_within_a_change_that_comes_to_nothing_is_listed_to_nobody_later(cast, clock):
    """A list is remembered under a version of its calendar, which a change that is undone gives back to the next."""
    with pytest.raises(Undone):
        book_and_fail(cast)
    with transaction():
        claims.lock_specialist(cast.practice.id)

    assert int(at(11).timestamp()) in queries.starts_for(cast.practice.consult)


def test_within_a_change_the_list_follows_each_of_its_steps(cast, clock):
    offer = cast.practice.consult
    with transaction():
        claims.lock_specialist(cast.practice.id)
        assert int(at(11).timestamp()) in queries.starts_for(offer)
        factories.booking(cast.ben, cast.practice, at(11))
        claims.lock_specialist(cast.practice.id)

        assert int(at(11).timestamp()) not in queries.starts_for(offer)
