"""A lower price: the specialist gives a place to somebody they have met here, and only the two know of it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.accounts import holdings
from practice.bookings.states import BookingState
from practice.letters.outbox import OutboxMail
from practice.specialists import actions, checks, clients, queries
from practice.specialists.models import LowerPrice
from practice.specialists.selling import ForSale
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed, NotFound
from practice.values.money import Money
from practice.values.text import as_initials
from tests import factories
from tests.bookings.conftest import WEDNESDAY_TEN

USUAL, LOWER = Money(7200, "EUR"), Money(4000, "EUR")


@pytest.fixture
def offer(cast):
    return with_places(cast, 2)


def with_places(cast, count, lower=LOWER, **changes):
    of = queries.sessions(cast.practice)[0]
    wanted = ForSale(minutes=50, price=USUAL, lower=lower, lower_count=count)
    return actions.put_offer(cast.practice, ForSale(**vars(wanted) | changes), by=cast.anna, of=of)


def met(cast, person, weeks=1, **more):
    """The code that names somebody who has had a consultation with Anna."""
    at = WEDNESDAY_TEN - timedelta(weeks=weeks)
    return factories.booking(person, cast.practice, at, state=BookingState.COMPLETED, **more).code


def letters():
    return [each.template for each in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))]


def test_whoever_was_given_a_place_pays_the_lower_price_and_nobody_else(cast, offer):
    assert queries.price_for(offer, cast.ben) == USUAL

    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)

    assert queries.price_for(offer, cast.ben) == LOWER
    assert queries.price_for(offer, cast.cleo) == USUAL
    assert letters() == ["specialists/lower_price_given"]


def test_a_second_time_changes_nothing_and_writes_nothing(cast, offer):
    code = met(cast, cast.ben)
    for _ in range(2):
        actions.give_lower_price(offer, code, by=cast.anna)

    assert len(queries.lower_prices_of(offer)) == 1
    assert len(letters()) == 1


def test_what_is_taken_back_does_not_count_any_more(cast, offer):
    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)

    actions.take_lower_price_back(queries.lower_prices_of(offer)[0], by=cast.anna)

    assert queries.price_for(offer, cast.ben) == USUAL
    assert letters() == ["specialists/lower_price_given", "specialists/lower_price_ended"]


def test_there_are_so_many_places_and_no_more(cast):
    offer = with_places(cast, 1)
    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)

    with pytest.raises(Conflict):
        actions.give_lower_price(offer, met(cast, cast.cleo, weeks=2), by=cast.anna)

    assert queries.price_for(offer, cast.cleo) == USUAL


def test_no_offer_has_fewer_places_than_are_given(cast, offer):
    for number, person in enumerate((cast.ben, cast.cleo), 1):
        actions.give_lower_price(offer, met(cast, person, number), by=cast.anna)

    for count, lower in ((1, LOWER), (0, LOWER), (0, None)):
        with pytest.raises(Invalid) as refused:
            with_places(cast, count, lower)
        assert "Two people have such a place." in refused.value.fields["lower_count"]


def test_a_place_goes_along_to_the_next_version_at_its_lower_price(cast, offer):
    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)

    fresh = with_places(cast, 2, lower=Money(3500, "EUR"), price=Money(8000, "EUR"))

    assert queries.price_for(fresh, cast.ben) == Money(3500, "EUR")


def test_places_end_with_their_offer(cast, offer):
    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)

    actions.end_offer(cast.practice, offer, by=cast.anna)
    again = actions.put_offer(cast.practice, ForSale(minutes=50, price=USUAL), by=cast.anna)

    assert queries.price_for(again, cast.ben) == USUAL
    assert letters()[-1] == "specialists/lower_price_ended"


# ---------------------------------------------------------------- to whom


@pytest.mark.parametrize("state", [BookingState.CANCELLED_BY_CLIENT, BookingState.EXPIRED, BookingState.UNDONE])
def test_a_place_is_for_somebody_they_have_met_here(cast, offer, state):
    booking = factories.booking(cast.ben, cast.practice, WEDNESDAY_TEN, state=state)

    with pytest.raises(NotFound):
        actions.give_lower_price(offer, booking.code, by=cast.anna)


def test_whom_others_have_met_nobody_can_name(cast, offer):
    elsewhere = factories.specialist(factories.user("Dora Lind"))
    code = factories.booking(cast.ben, elsewhere, WEDNESDAY_TEN).code

    with pytest.raises(NotFound):
        actions.give_lower_price(offer, code, by=cast.anna)


def test_somebody_who_came_often_is_listed_once_and_latest_first(cast):
    met(cast, cast.ben, weeks=3)
    met(cast, cast.cleo, weeks=2)
    latest = met(cast, cast.ben, of=queries.sessions(cast.practice)[0])

    first, second = clients.met_by(cast.practice)
    assert (first.initials, first.code, second.user_id) == (as_initials("Ben"), latest, cast.cleo.id)


def test_only_the_specialist_gives_and_takes(cast, offer):
    code = met(cast, cast.ben)
    actions.give_lower_price(offer, code, by=cast.anna)

    for by in (cast.ben, cast.sam):
        with pytest.raises(NotAllowed):
            actions.give_lower_price(offer, code, by=by)
        with pytest.raises(NotAllowed):
            actions.take_lower_price_back(queries.lower_prices_of(offer)[0], by=by)


# ---------------------------------------------------------------- the page


@pytest.fixture
def anna_in(client, cast, sign_in):
    return sign_in(client, cast.anna)


def test_a_place_is_given_and_taken_back_on_the_page_of_the_offer(anna_in, cast, offer, post):
    page, code = f"/practice/offers/{offer.code}", met(cast, cast.ben)
    assert f'value="{code}"' in anna_in.get(page).text

    assert post(f"{page}/lower-price", **{"give-client": code}).status_code == 303
    text = anna_in.get(page).text
    assert "1 of 2 places given" in " ".join(text.split())
    assert f'value="{code}"' not in text

    given = queries.lower_prices_of(offer)[0].code
    assert post(f"{page}/lower-price/{given}/end").status_code == 303
    assert queries.price_for(offer, cast.ben) == USUAL
    assert post(f"{page}/lower-price/{given}/end").status_code == 404


@pytest.mark.parametrize("named", ["", "nobody", "1"])
def test_nobody_is_given_a_place_by_a_name_that_is_none(anna_in, cast, offer, post, named):
    met(cast, cast.ben)

    assert post(f"/practice/offers/{offer.code}/lower-price", **{"give-client": named}).status_code == 422
    assert list(queries.lower_prices_of(offer)) == []


# ---------------------------------------------------------------- what is written down


def test_a_copy_tells_ones_own_lower_price_and_an_end_frees_the_place(cast, offer):
    actions.give_lower_price(offer, met(cast, cast.ben), by=cast.anna)
    record = next(each for each in holdings.records() if each.name == "lower_prices")

    assert [(row["with"], row["price"]) for row in record.tell(cast.ben)] == [("Anna Kern", 4000)]
    assert record.tell(cast.anna) == []
    with transaction():
        record.wipe(cast.ben)
    assert list(queries.lower_prices_of(offer)) == []


def test_the_check_up_names_an_offer_with_more_than_it_has(cast, offer):
    assert list(checks.offer_faults()) == []
    for number, person in enumerate((cast.ben, cast.cleo), 1):
        actions.give_lower_price(offer, met(cast, person, number), by=cast.anna)
    with transaction():
        offer.lower_count = 1

    assert list(checks.offer_faults()) == [f"The offer {offer.code} is sold at its lower price to 2, and has 1 places."]


# ---------------------------------------------------------------- at once


def race(app, cast, offer, people):
    """All of them are given the place at the same moment; how many were."""
    codes = [met(cast, person, number) for number, person in enumerate(people, 1)]
    owner, offer_id, barrier = cast.anna.id, offer.id, threading.Barrier(len(codes))
    db.session.rollback()

    def give(code):
        with app.app_context():
            mine, wanted = db.session.get(type(cast.anna), owner), db.session.get(type(offer), offer_id)
            barrier.wait(10)
            try:
                actions.give_lower_price(wanted, code, by=mine)
            except Conflict:
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=give, args=(code,)) for code in codes]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return db.session.scalars(select(LowerPrice).where(LowerPrice.offer_id == offer_id)).all()


def test_the_last_place_is_given_once_however_many_are_given_it_at_once(app, cast):
    offer = with_places(cast, 2)
    people = [factories.user(f"Guest {number}", email=f"guest{number}@people.example") for number in range(6)]

    assert len(race(app, cast, offer, people)) == 2


@pytest.mark.postgres
def test_without_the_lock_it_is_given_more_often(app, cast, monkeypatch):
    """The control: each counts before any has given. SQLite lets one writer in at a time, whatever they lock."""
    from practice.specialists.actions import lowering

    offer = with_places(cast, 2)
    counted = threading.Barrier(6)
    count = queries.lower_prices_of

    def slowly(of):
        found = count(of)
        counted.wait(5)
        return found

    monkeypatch.setattr(lowering, "touch", lambda _specialist: None)
    monkeypatch.setattr(lowering.queries, "lower_prices_of", slowly)
    people = [factories.user(f"Guest {number}", email=f"guest{number}@people.example") for number in range(6)]

    assert len(race(app, cast, offer, people)) > 2
