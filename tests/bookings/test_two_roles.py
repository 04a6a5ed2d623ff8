"""A specialist is a client elsewhere: that is one person, whose every five minutes are taken once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError

from practice.accounts import consents
from practice.bookings import actions, claims, explain, queries
from practice.bookings.errors import MustGiveBack, OwnOverlap, SlotTaken
from practice.bookings.queries import Chosen, Looker
from practice.specialists.states import OfferKind
from practice.store.checks import faults
from practice.store.db import db, transaction
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value

pytestmark = pytest.mark.usefixtures("both_said_yes")

VIDEO = actions.Details(format="video")
HOUR = timedelta(hours=1)


@pytest.fixture
def two(app, cast, monkeypatch):
    """Anna and Ilse, each with a practice; what has a price can be reserved as if its agreement could be read."""
    monkeypatch.setitem(consents.VERSIONS, consents.SESSION_AGREEMENT, "2027-01")
    ilse = factories.user("Ilse", zone="Europe/Vienna")
    theirs = factories.specialist(ilse, slug="ilse")
    return SimpleNamespace(anna=cast.anna, hers=cast.practice, ilse=ilse, theirs=theirs, ben=cast.ben)


def visitor(person, key="b"):
    return actions.Visitor(person, key, "n", "UTC")


def session_of(practice):
    return next(each for each in practice.offers if each.kind == OfferKind.INDIVIDUAL)


def confirmed(person, practice, at):
    return actions.book(person, practice.consult, at, VIDEO)


def reserved(person, practice, at):
    return actions.reserve(person, session_of(practice), at, VIDEO)


def held(person, practice, at):
    return actions.hold(practice.consult, at, visitor(person, f"browser of {person.id}"))


HAVE = pytest.mark.parametrize("have", [confirmed, reserved, held])


def lists(practice, at, looker=queries.NOBODY):
    return int(at.timestamp()) in queries.starts_for(practice.consult, looker)


# ---------------------------------------------------------------- who has somebody in their practice


@HAVE
@pytest.mark.parametrize("take", [confirmed, reserved, held])
def test_whoever_has_somebody_in_their_practice_is_nobodys_client_then(two, have, take):
    have(two.ben, two.hers, WEDNESDAY_TEN)

    with pytest.raises(OwnOverlap, match="something else at that time"):
        take(two.anna, two.theirs, WEDNESDAY_TEN)

    db.session.rollback()
    assert faults() == []
    assert take(two.anna, two.theirs, WEDNESDAY_TEN + HOUR)


def test_what_is_held_in_ones_practice_by_somebody_unknown_stands_in_the_way_too(two):
    actions.hold(two.hers.consult, WEDNESDAY_TEN, visitor(None))

    with pytest.raises(OwnOverlap):
        held(two.anna, two.theirs, WEDNESDAY_TEN)


def test_nobody_moves_as_a_client_onto_an_appointment_of_their_practice(two):
    confirmed(two.ben, two.hers, WEDNESDAY_TEN)
    elsewhere = confirmed(two.anna, two.theirs, THURSDAY_TEN)

    with pytest.raises(OwnOverlap):
        actions.move(elsewhere, WEDNESDAY_TEN, by=two.anna)

    db.session.rollback()
    assert elsewhere.starts_at == THURSDAY_TEN


def test_nobody_accepts_a_time_at_which_their_practice_has_somebody(two):
    elsewhere = confirmed(two.anna, two.theirs, THURSDAY_TEN)
    proposal = actions.propose(elsewhere, [WEDNESDAY_TEN], by=two.ilse)
    confirmed(two.ben, two.hers, WEDNESDAY_TEN)

    with pytest.raises(OwnOverlap):
        actions.accept_proposal(proposal, WEDNESDAY_TEN, by=two.anna)


def test_what_is_paid_too_late_is_given_back_where_the_practice_has_somebody_by_now(two, clock):
    late = reserved(two.anna, two.theirs, WEDNESDAY_TEN)
    clock.advance(hours=1)
    actions.expire_holds()
    confirmed(two.ben, two.hers, WEDNESDAY_TEN)

    with pytest.raises(MustGiveBack, match="something else"):
        actions.confirm(late, by=None)


# ---------------------------------------------------------------- who is a client elsewhere is not offered


@HAVE
@pytest.mark.parametrize("take", [confirmed, reserved, held])
def test_a_practice_has_no_time_while_its_owner_is_a_client(two, have, take):
    have(two.anna, two.theirs, WEDNESDAY_TEN)

    with pytest.raises(SlotTaken):
        take(two.ben, two.hers, WEDNESDAY_TEN)

    db.session.rollback()
    assert faults() == []
    assert take(two.ben, two.hers, WEDNESDAY_TEN + HOUR)


def test_clients_are_neither_moved_nor_asked_to_where_the_specialist_is_a_client(two):
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)
    here = confirmed(two.ben, two.hers, THURSDAY_TEN)

    for press in (
        lambda: actions.move(here, WEDNESDAY_TEN, by=two.ben),
        lambda: actions.propose(here, [WEDNESDAY_TEN], by=two.anna),
    ):
        with pytest.raises(SlotTaken):
            press()
        db.session.rollback()


def test_a_time_that_was_proposed_is_refused_once_the_specialist_is_a_client_then(two):
    here = confirmed(two.ben, two.hers, THURSDAY_TEN)
    proposal = actions.propose(here, [WEDNESDAY_TEN], by=two.anna)
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)

    with pytest.raises(SlotTaken):
        actions.accept_proposal(proposal, WEDNESDAY_TEN, by=two.ben)


@pytest.mark.parametrize("role", ["client first", "specialist first"])
def test_the_table_itself_refuses_one_person_twice_whatever_was_looked_at(two, role):
    first, second = (two.anna, two.theirs), (two.ben, two.hers)
    if role == "specialist first":
        first, second = second, first
    factories.booking(*first, WEDNESDAY_TEN)

    with pytest.raises(IntegrityError):
        factories.booking(*second, WEDNESDAY_TEN + timedelta(minutes=25))


# ---------------------------------------------------------------- the list is the check


@HAVE
def test_the_list_of_a_practice_follows_its_owner_elsewhere(two, have):
    before = lists(two.hers, WEDNESDAY_TEN)
    made = have(two.anna, two.theirs, WEDNESDAY_TEN)
    meanwhile = [lists(two.hers, at) for at in (WEDNESDAY_TEN, WEDNESDAY_TEN + HOUR)]
    if have is confirmed:
        actions.cancel(made, by=two.anna)
    else:
        with transaction():
            claims.lock_booking(made)
            claims.end_hold(made)

    assert (before, meanwhile, lists(two.hers, WEDNESDAY_TEN)) == (True, [False, True], True)


def test_the_list_of_a_practice_follows_a_move_of_its_owner(two):
    made = confirmed(two.anna, two.theirs, WEDNESDAY_TEN)
    before = [lists(two.hers, at) for at in (WEDNESDAY_TEN, THURSDAY_TEN)]
    actions.move(made, THURSDAY_TEN, by=two.anna)

    assert before == [False, True]
    assert [lists(two.hers, at) for at in (WEDNESDAY_TEN, THURSDAY_TEN)] == [True, False]


@pytest.mark.parametrize("leave", ["gives up", "books from another browser", "another account in that browser"])
def test_the_list_of_a_practice_follows_what_its_owner_held(two, leave):
    held(two.anna, two.theirs, WEDNESDAY_TEN)
    before, key = lists(two.hers, WEDNESDAY_TEN), f"browser of {two.anna.id}"
    if leave == "gives up":
        actions.give_up_holds(two.anna, None)
    elif leave == "books from another browser":
        confirmed(two.anna, two.theirs, THURSDAY_TEN)
    else:
        actions.hold(two.theirs.consult, THURSDAY_TEN, visitor(two.ben, key))

    assert (before, lists(two.hers, WEDNESDAY_TEN)) == (False, True)


def test_what_staff_call_off_is_free_again_in_the_clients_own_practice(two):
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)
    before = lists(two.hers, WEDNESDAY_TEN)
    with transaction():
        two.theirs.state = "suspended"
    actions.call_off_ahead(two.theirs, by=two.ilse)

    assert (before, lists(two.hers, WEDNESDAY_TEN)) == (False, True)


@HAVE
def test_a_client_with_a_practice_does_not_see_when_it_has_somebody(two, have):
    made = have(two.ben, two.hers, WEDNESDAY_TEN)

    seen = [lists(two.theirs, WEDNESDAY_TEN, Looker((), each)) for each in (two.anna, two.ben, None)]

    assert seen == [False, have is held, True]
    moving = confirmed(two.anna, two.theirs, THURSDAY_TEN)
    assert made.starts_at == WEDNESDAY_TEN
    assert not lists(two.theirs, WEDNESDAY_TEN, Looker((moving,), two.anna, "any"))


# ---------------------------------------------------------------- what has run out stands in nobody's way


def test_a_dead_hold_of_the_owner_elsewhere_takes_nothing_from_their_practice(two, clock):
    held(two.anna, two.theirs, WEDNESDAY_TEN)
    clock.advance(hours=1)

    assert lists(two.hers, WEDNESDAY_TEN)
    assert confirmed(two.ben, two.hers, WEDNESDAY_TEN).is_confirmed


def test_a_dead_hold_in_ones_practice_takes_nothing_from_its_owner(two, clock):
    held(two.ben, two.hers, WEDNESDAY_TEN)
    clock.advance(hours=1)

    assert lists(two.theirs, WEDNESDAY_TEN, Looker((), two.anna))
    assert confirmed(two.anna, two.theirs, WEDNESDAY_TEN).is_confirmed


def test_a_dead_hold_of_the_owner_keeps_nobody_from_what_they_have_paid(two, clock):
    late = reserved(two.ben, two.hers, WEDNESDAY_TEN)
    clock.advance(hours=1)
    actions.expire_holds()
    held(two.anna, two.theirs, WEDNESDAY_TEN)
    clock.advance(hours=1)

    actions.confirm(late, by=None)

    assert late.is_confirmed


# ---------------------------------------------------------------- locks, in one order


@pytest.mark.parametrize("role", ["the older practice books", "the younger practice books"])
def test_both_calendars_are_locked_in_one_order(two, role, monkeypatch):
    locked, lock = [], claims.lock_specialist
    monkeypatch.setattr(claims, "lock_specialist", lambda which: (locked.append(which), lock(which)))
    client, practice = (two.anna, two.theirs) if role == "the older practice books" else (two.ilse, two.hers)
    both = [two.hers.id, two.theirs.id]

    made = confirmed(client, practice, WEDNESDAY_TEN)
    after_booking, locked[:] = list(locked), []
    actions.cancel(made, by=client)

    assert after_booking == both == sorted(both)
    assert locked == both


# ---------------------------------------------------------------- why a time is not offered


def test_why_a_time_is_not_offered_says_that_there_is_something_else_and_not_what(two):
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)
    offer = two.hers.consult

    answer = explain.why(Chosen(offer, offer), WEDNESDAY_TEN.date(), 10 * 60)

    assert (answer.is_open, answer.rule) == (False, "busy_elsewhere")
    assert answer.sentence.endswith("is not offered. You have something else from 10:00 to 10:30.")


def test_why_a_time_beside_it_is_not_offered_names_the_gap(two):
    with transaction() as session:
        session.get_one(factories.Schedule, two.hers.id).gap_after = 15
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)
    offer = two.hers.consult

    answer = explain.why(Chosen(offer, offer), WEDNESDAY_TEN.date(), 10 * 60 + 30)

    assert "too close to something else from 10:00 to 10:30: 15 minutes" in answer.sentence


def test_the_page_for_a_client_says_what_is_true(two, client, sign_in, hold):
    confirmed(two.ben, two.hers, WEDNESDAY_TEN)
    sign_in(client, two.anna)

    answer = hold(WEDNESDAY_TEN, slug="ilse")

    assert answer.status_code == 409
    assert "You have something else at that time" in answer.text


def test_the_public_page_lacks_the_time_and_says_nothing(two, client, hold):
    confirmed(two.anna, two.theirs, WEDNESDAY_TEN)

    page, refused = client.get("/specialists/anna-kern?week=2027-03-03"), hold(WEDNESDAY_TEN)

    assert value(WEDNESDAY_TEN) not in page.text
    assert value(WEDNESDAY_TEN + HOUR) in page.text
    assert "something else" not in page.text
    assert "That time has just been taken" in refused.text
