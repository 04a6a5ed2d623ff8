"""Whoever is refused reads what to do next, wherever a time was lost."""

import pytest
from sqlalchemy import update

from practice.bookings import actions, errors
from practice.specialists.models import Offer, Specialist
from practice.specialists.states import ProfileState
from practice.store.db import transaction
from practice.values import clock
from practice.values.errors import Conflict, IllegalMove
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.pages import tree_of


@pytest.fixture
def booked(cast):
    return factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN)


def words_of(answer):
    return " ".join(tree_of(answer).get_text().split())


def thursday_is_lost(cast):
    factories.booking(cast.cleo, cast.practice, THURSDAY_TEN)


def test_a_client_whose_offered_time_was_lost_may_choose_again(booked, cast, ben_in, post):
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    thursday_is_lost(cast)

    answer = post(f"/proposals/{proposal.code}/accept", start=value(THURSDAY_TEN))

    assert "just been taken. Your old time is still yours. Please choose again." in words_of(answer)


def test_a_client_who_moves_to_a_lost_time_may_choose_again(booked, cast, ben_in, post):
    thursday_is_lost(cast)

    answer = post(f"/bookings/{booked.code}/move", start=value(THURSDAY_TEN))

    assert "just been taken. Your old time is still yours. Please choose again." in words_of(answer)


def test_a_specialist_who_offers_a_lost_time_may_choose_again(booked, cast, client, sign_in, post):
    sign_in(client, cast.anna)
    thursday_is_lost(cast)

    answer = post(f"/practice/bookings/{booked.code}/move", starts=[value(THURSDAY_TEN)])

    assert answer.status_code == 409
    assert "That time has just been taken. Please choose again." in words_of(answer)


def test_nobody_is_asked_to_choose_again_where_no_time_can_be_had(booked, cast, ben_in, post):
    with transaction() as session:
        session.execute(update(Specialist).values(state=ProfileState.SUSPENDED))

    answer = post(f"/bookings/{booked.code}/move", start=value(THURSDAY_TEN))

    assert "Your old time is still yours. What is booked can be kept or cancelled." in words_of(answer)
    assert "choose again" not in answer.text


def test_the_page_of_a_refusal_says_what_to_do_next(booked, ben_in, post, clock):
    clock.advance(minutes=16)

    answer = post(f"/bookings/{booked.code}/undo")

    assert "You can still cancel it. Open the page again to see what is possible now." in words_of(answer)


def test_every_refusal_of_booking_has_an_ending_or_says_it_itself():
    """A sentence of its own ends these: the form that comes back, a day to wait for, what became of the money."""
    say_it = {"must_give_back", "spent_form", "not_eligible", "offer_changed", "too_often", "booked_before"}
    say_it |= {"less_comes_back"}
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Conflict)]

    assert {each.code for each in kinds if not each.way_on} == say_it
    assert IllegalMove.way_on == Conflict.way_on != ""


AGAIN = "you can book one whenever you like"


@pytest.fixture
def ended(cast, ben_in):
    """The words of a page of Ben's whose consultation was cancelled in good time."""
    booked = factories.booking(cast.ben, cast.practice, THURSDAY_TEN)
    actions.cancel(booked, by=cast.ben)
    return lambda: words_of(ben_in.get(f"/bookings/{booked.code}"))


def test_whoever_may_book_again_reads_it(ended):
    assert AGAIN in ended()


def test_whoever_has_booked_another_is_not_told_to_book(ended, cast):
    factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN)

    assert AGAIN not in ended()


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.SUSPENDED])
def test_nobody_is_told_to_book_where_nothing_can_be_booked(ended, state):
    with transaction() as session:
        session.execute(update(Specialist).values(state=state))

    assert AGAIN not in ended()


def test_nobody_is_told_to_book_what_is_not_offered_any_more(ended):
    with transaction() as session:
        session.execute(update(Offer).values(ended_at=clock.now()))

    assert AGAIN not in ended()
