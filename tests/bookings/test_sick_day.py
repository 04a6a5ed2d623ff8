"""A day on which a specialist cannot work: one form, one letter to each client."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from practice.availability.models import TimeOff
from practice.bookings import actions, lengths, queries
from practice.bookings.models import Strike
from practice.bookings.states import BookingState
from practice.payments import actions as payments
from practice.payments.states import CheckoutState, Seat
from practice.store.db import db
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import user
from tests.pages import as_read, tree_of
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import again, opened, unsound_here

HOUR = timedelta(hours=1)
S = BookingState


def day_of(cast, bought):
    free = [stored(user(f"Client{n} Q"), cast.practice, WEDNESDAY_TEN + n * HOUR) for n in (1, 2)]
    return [bought(WEDNESDAY_TEN), *free]


def strikes():
    return db.session.scalar(select(func.count(Strike.id)))


def test_one_press_cancels_the_day_and_each_client_hears_once(cast, bought, clock, client, sign_in, post, outbox):
    booked, other = day_of(cast, bought), stored(cast.cleo, cast.practice, THURSDAY_TEN)
    clock.freeze(WEDNESDAY_TEN - 3 * HOUR)
    sign_in(client, cast.anna)
    page = client.get("/practice/sick-day")
    assert tree_of(page).find_all("input", checked=True) == []
    whole = tree_of(page).find("input", {"name": "whole"})["value"]
    listed = [each["value"] for each in tree_of(page).find_all("input", {"name": "bookings"})]
    assert listed == whole.split() == [each.code for each in booked]
    assert "Thursday 4 March" in as_read(page.text)

    assert post("/practice/sick-day", whole=whole, emergency="y").status_code == 303

    db.session.expire_all()
    assert {each.state for each in booked} == {S.CANCELLED_BY_SPECIALIST}
    assert other.is_confirmed
    assert booked[0].choice_until is not None
    for each in booked:
        assert [letter.template for letter in outbox.to(each.client)].count("bookings/cancelled") == 1


def test_one_emergency_covers_the_day_and_is_one_of_the_year(cast, bought, clock):
    booked = day_of(cast, bought)
    clock.freeze(WEDNESDAY_TEN - 3 * HOUR)

    assert actions.cancel_several(cast.practice, [each.code for each in booked], by=cast.anna, emergency=True) == 3

    assert (sum(each.is_emergency for each in booked), strikes()) == (1, 0)


def test_without_an_emergency_each_is_noted_as_if_cancelled_by_itself(cast, bought, clock):
    booked = day_of(cast, bought)
    clock.freeze(WEDNESDAY_TEN - 3 * HOUR)
    actions.cancel_several(cast.practice, [each.code for each in booked], by=cast.anna)

    assert strikes() == 3


def test_what_is_not_theirs_or_has_begun_is_left_alone(cast, bought, clock):
    booked = day_of(cast, bought)
    clock.freeze(WEDNESDAY_TEN)
    codes = [booked[0].code, "nonsense"]

    assert actions.cancel_several(cast.practice, codes, by=cast.anna) == 0
    assert booked[0].is_confirmed


def test_nothing_ticked_is_said_and_nothing_is_cancelled(cast, bought, client, sign_in, post):
    booked = day_of(cast, bought)
    sign_in(client, cast.anna)

    answer = post("/practice/sick-day?day=2027-03-03")

    assert answer.status_code == 422
    assert "Choose at least one appointment." in answer.text
    db.session.expire_all()
    assert all(each.is_confirmed for each in booked)


def test_the_rest_of_the_day_closes_where_that_is_ticked_and_stays_open_else(cast, bought, client, sign_in, post):
    booked = day_of(cast, bought)
    sign_in(client, cast.anna)
    box = tree_of(client.get("/practice/sick-day?day=2027-03-03")).find("input", {"name": "closes"})
    assert not box.has_attr("checked")

    def free():
        db.session.expire_all()
        starts = queries.starts_for(cast.practice.consult, queries.NOBODY)
        return {datetime.fromtimestamp(each, UTC).day for each in starts} & {2, 3, 4}

    post("/practice/sick-day?day=2027-03-03", bookings=booked[1].code)
    assert free() == {2, 3, 4} and queries.strikes_of(cast.practice.id) == []
    post("/practice/sick-day?day=2027-03-03", bookings=booked[2].code, closes="y")
    assert free() == {2, 4}
    assert booked[0].is_confirmed


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [("day=2027-02-01", 303, "nothing is cancelled."), ("day=someday", 422, "could not read which day")],
)
def test_of_a_day_that_is_over_or_none_nothing_is_said_to_be_closed(
    cast, bought, client, sign_in, post, asked, status, says
):
    booked = day_of(cast, bought)
    sign_in(client, cast.anna)
    codes = "gone" if status == 303 else booked[0].code

    answer = post(f"/practice/sick-day?{asked}", bookings=codes, closes="y")

    page = as_read((client.get("/practice") if status == 303 else answer).text)
    assert (answer.status_code, says in page) == (status, True)
    assert not any(each in page for each in ("rest of the day is closed", "Others can still book", "Get well soon"))
    db.session.expire_all()
    assert booked[0].is_confirmed and db.session.scalar(select(func.count(TimeOff.id))) == 0


# ---------------------------------------------------------------- what somebody is just paying for


@pytest.mark.parametrize("which", ["a session", "another length"])
def test_a_day_that_is_closed_keeps_nothing_for_who_is_just_paying(cast, sells, bought, clock, which):
    """They have not booked yet: the time is held no more, and what they pay all the same goes back by itself."""
    booked = bought(WEDNESDAY_TEN)
    elsewhere = bought(THURSDAY_TEN, cast.cleo)
    clock.freeze(WEDNESDAY_TEN - 30 * HOUR)
    if which == "a session":
        order = begin(cast.cleo, sells, WEDNESDAY_TEN + 2 * HOUR)
    else:
        longer = sold_by(cast.anna, minutes=80, price=Money(11000, "EUR"))
        shown = lengths.named(elsewhere, longer.code).shown
        wanted = actions.OtherLength(longer.code, WEDNESDAY_TEN + 2 * HOUR, shown, is_express=True)
        order = actions.order_length(elsewhere, wanted, by=cast.cleo)
    payments.turn(order, opened(order))

    closes = (WEDNESDAY_TEN - HOUR, WEDNESDAY_TEN + 10 * HOUR)
    actions.cancel_several(cast.practice, [booked.code], by=cast.anna, closes=closes)

    assert again(order).checkout == CheckoutState.ENDING
    order = pay(again(order), charge="ch_late")
    db.session.expire_all()
    assert (order.lines[0].seat, order.lines[0].back) == (Seat.RELEASED, order.total.amount)
    assert elsewhere.is_confirmed and elsewhere.starts_at == THURSDAY_TEN
    assert unsound_here() == []
    assert not [each for each in queries.starts_for(sells) if abs(each - WEDNESDAY_TEN.timestamp()) < 8 * 3600]


def test_time_off_keeps_nothing_either_and_lets_alone_what_lies_beside_it(cast, sells, sign_in, client, post):
    inside, beside = begin(cast.ben, sells, WEDNESDAY_TEN), begin(cast.cleo, sells, THURSDAY_TEN)
    payments.turn(inside, opened(inside))
    sign_in(client, cast.anna)

    assert post("/practice/availability/time-off", first_on="2027-03-03", last_on="2027-03-03").status_code == 303

    assert [again(each).lines[0].seat for each in (inside, beside)] == [Seat.HELD, Seat.HELD]
    assert booking_of(inside).state == S.EXPIRED and booking_of(beside).state == S.HELD
    assert pay(again(beside)).lines[0].seat == Seat.TAKEN
