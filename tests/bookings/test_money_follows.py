"""Whatever becomes of a paid session, what comes back is what its page had said, and the ledger says the same."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from practice.bookings import actions, gates, jobs, queries, sold
from practice.bookings.errors import LessComesBack, TooLate
from practice.bookings.money_back import Why
from practice.bookings.states import BookingState, Outcome
from practice.disputes.actions import Opening, open_dispute
from practice.disputes.states import Reason, Wish
from practice.fit.queries import may_buy
from practice.ledger.chart import Pot
from practice.payments import queries as orders
from practice.payments.states import Seat
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN
from tests.pages import as_read, tree_of
from tests.selling import begin, booking_of, pay, sold_by
from tests.shop import in_pot

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
S = BookingState


def back(booking):
    """(what was promised back of its first line, why)."""
    order = orders.order_of(sold.KIND, booking.code)
    db.session.refresh(order)
    return order.lines[0].back, booking.returned_why


def pots(booking):
    order = orders.order_of(sold.KIND, booking.code)
    return in_pot(order, Pot.PENDING) + in_pot(order, Pot.COMMISSION)


def no_law(person):
    """Where they live nothing is withdrawn from."""
    with transaction():
        person.country, person.zone = "US", "America/New_York"


# ---------------------------------------------------------------- the client cancels


@pytest.mark.parametrize(
    "before, came, why",
    [
        (24 * HOUR, 7200, Why.IN_TIME),
        (24 * HOUR - SECOND, 3600, Why.LATE),
        (4 * HOUR, 3600, Why.LATE),
        (4 * HOUR - SECOND, 0, Why.TOO_LATE),
    ],
)
def test_a_cancellation_brings_what_the_rule_says_by_the_hours_left(cast, bought, clock, before, came, why):
    no_law(cast.ben)
    forgiven = bought(THURSDAY_TEN)
    clock.freeze(THURSDAY_TEN - 5 * HOUR)
    actions.cancel(forgiven, by=cast.ben)
    booking = bought(THURSDAY_TEN + 24 * HOUR)
    clock.freeze(booking.starts_at - before)

    actions.cancel(booking, by=cast.ben)

    assert back(booking) == (came, why)
    assert pots(booking) == 7200 - came
    assert back(forgiven) == (7200, Why.GRACE)


def test_one_late_cancellation_of_a_pair_is_forgiven_in_six_months(cast, bought, clock):
    no_law(cast.ben)
    for start, expected in ((WEDNESDAY_TEN, Why.GRACE), (THURSDAY_TEN, Why.LATE)):
        booking = bought(start)
        clock.freeze(start - 5 * HOUR)
        actions.cancel(booking, by=cast.ben)
        assert back(booking)[1] == expected
    assert back(booking)[0] == 3600


def test_where_it_is_law_all_of_it_comes_back_within_fourteen_days_and_no_grace_is_used(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    assert booking.can_withdraw and booking.is_express
    clock.freeze(WEDNESDAY_TEN - HOUR)

    actions.cancel(booking, by=cast.ben)

    assert back(booking) == (7200, Why.WITHDRAWN)
    assert booking.forgiven_at is None


def test_taken_back_within_minutes_all_of_it_comes_back(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.advance(14 * MINUTE)
    actions.undo(booking, by=cast.ben)

    assert back(booking) == (7200, Why.UNDONE)
    assert orders.order_of(sold.KIND, booking.code).lines[0].seat == Seat.GIVEN_UP


def test_no_press_without_an_amount_takes_back_what_was_paid(cast, bought, client, sign_in, post):
    booking = bought(WEDNESDAY_TEN)
    page = sign_in(client, cast.ben).get(f"/bookings/{booking.code}").text
    assert f'href="/bookings/{booking.code}/cancel">take it back' in as_read(page) and "/undo" not in page

    answer = post(f"/bookings/{booking.code}/undo")
    assert answer.headers["Location"].endswith(f"/bookings/{booking.code}/cancel")
    said = as_read(client.get(f"/bookings/{booking.code}/cancel").text)
    assert "You booked it only minutes ago, so all of it comes back." in said and "€72.00 back" in said
    db.session.expire_all()
    assert booking.is_confirmed


def test_less_than_the_page_said_is_not_done(cast, bought, clock):
    no_law(cast.ben)
    with transaction():
        bought(THURSDAY_TEN).forgiven_at = clock.now()
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN - 24 * HOUR + SECOND)

    with pytest.raises(LessComesBack):
        actions.cancel(booking, by=cast.ben, expecting=7200)
    assert booking.is_confirmed


# ---------------------------------------------------------------- everybody else


def test_whoever_else_ends_it_all_of_it_comes_back(cast, bought, clock):
    by_anna, called_off = bought(WEDNESDAY_TEN), bought(THURSDAY_TEN)
    actions.cancel_by_specialist(by_anna, by=cast.anna)
    actions.choose_money(by_anna, by=cast.ben)
    with transaction():
        cast.practice.state = "suspended"
    actions.call_off(called_off, by=cast.sam)

    assert back(by_anna) == back(called_off) == (7200, Why.CANCELLED_BY_SPECIALIST)
    assert pots(by_anna) == pots(called_off) == 0


def test_a_practice_that_closes_gives_back_what_it_calls_off(cast, bought):
    booking = bought(WEDNESDAY_TEN)
    actions.close_practice(cast.practice, calls_off=True, by=cast.anna)

    assert back(booking) == (7200, Why.CANCELLED_BY_SPECIALIST)


def test_a_specialist_who_is_not_there_gives_all_of_it_back_at_once(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 11 * MINUTE)
    actions.mark_specialist_missed(booking, by=cast.ben)

    assert back(booking) == (7200, Why.SPECIALIST_MISSED)


def test_money_that_had_come_back_stays_where_staff_say_that_it_took_place(cast, bought, clock, outbox):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 11 * MINUTE)
    actions.mark_specialist_missed(booking, by=cast.ben)
    contest = actions.contest(booking, "I was there.", by=cast.anna)
    clock.advance(hours=48)
    actions.decide_contest(contest, Outcome.TOOK_PLACE, by=cast.sam, reason="Both were at the door.")

    assert back(booking) == (7200, Why.RETURNED)
    ben, anna = (" ".join(outbox.read(outbox.last_to(each)).text.split()) for each in (cast.ben, cast.anna))
    assert "had come back before that, and stays with you" in ben
    assert "price stays as agreed" not in ben
    assert "had gone back to your client before that" in anna


@pytest.fixture
def broken(cast, bought, clock):
    """A session of which one side says that the call broke."""

    def report(by, at=WEDNESDAY_TEN + 11 * MINUTE, took_place=False):
        booking = bought(WEDNESDAY_TEN)
        clock.freeze(at)
        if took_place:
            actions.complete(booking, by=cast.anna)
        actions.report_technical(booking, by=by)
        return booking

    return report


def line_of(booking):
    return orders.order_of(sold.KIND, booking.code).lines[0]


@pytest.mark.parametrize("says, other", [("ben", "anna"), ("anna", "ben")])
def test_one_sides_word_that_a_call_broke_gives_nothing_back_and_the_other_is_asked(cast, broken, outbox, says, other):
    booking = broken(getattr(cast, says))

    assert back(booking)[0] == 0 and line_of(booking).frozen
    asked, told = (outbox.read(outbox.last_to(getattr(cast, who))).text for who in (other, says))
    assert "told us that the call on" in asked and "Saturday 6 March 2027" in asked
    assert "You told us that the call on" in told
    with pytest.raises(NotAllowed):
        actions.agree_broken(booking, by=getattr(cast, says))

    actions.agree_broken(booking, by=getattr(cast, other))

    assert back(booking) == (7200, Why.TECHNICAL) and not line_of(booking).frozen
    with pytest.raises(Conflict):
        actions.agree_broken(booking, by=getattr(cast, other))


def test_who_says_nothing_to_it_for_72_hours_agrees(cast, broken, clock, outbox):
    booking = broken(cast.ben)
    clock.advance(hours=72)
    jobs.return_broken()
    assert back(booking)[0] == 0

    clock.advance(SECOND)
    jobs.return_broken()
    jobs.return_broken()

    assert back(booking) == (7200, Why.TECHNICAL) and not line_of(booking).frozen
    assert outbox.last_to(cast.anna).template == "bookings/given_back"
    assert "did not work, and your client has" in " ".join(outbox.read(outbox.last_to(cast.anna)).text.split())


@pytest.mark.parametrize(
    "outcome, state, came",
    [
        (Outcome.TOOK_PLACE, S.COMPLETED, 0),
        (Outcome.UPHELD, S.TECH_FAILURE, 7200),
        (Outcome.TECHNICAL, S.TECH_FAILURE, 7200),
        (Outcome.OTHER_SIDE, S.CLIENT_MISSED, 0),
    ],
)
def test_the_other_side_says_otherwise_and_staff_decide(cast, broken, clock, outcome, state, came):
    booking = broken(cast.ben, WEDNESDAY_TEN + 20 * HOUR, took_place=True)
    contest = actions.contest(booking, "We talked for the whole time.", by=cast.anna)
    clock.advance(hours=100)
    jobs.return_broken()
    assert back(booking)[0] == 0 and line_of(booking).frozen

    actions.decide_contest(contest, outcome, by=cast.sam, reason="Both were at the door.")

    assert (booking.state, back(booking)[0], line_of(booking).frozen) == (state, came, False)


def test_nobody_says_that_a_call_broke_whose_money_is_disputed(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 2 * HOUR)
    open_dispute(booking, Opening(Reason.OTHER, Wish.PART, "It was short."), by=cast.ben)

    with pytest.raises(TooLate):
        actions.report_technical(booking, by=cast.ben)


def test_a_client_who_did_not_come_pays_as_if_they_had_cancelled_at_the_last_moment(
    cast, bought, clock, client, sign_in
):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(booking, by=cast.anna)

    assert back(booking) == (0, Why.CLIENT_MISSED)
    assert pots(booking) == 7200
    page = tree_of(sign_in(client, cast.ben).get(f"/bookings/{booking.code}")).main.get_text(" ")
    assert "at the last moment. Nothing of it comes back." in " ".join(page.split())


def test_while_staff_look_at_it_its_money_waits_and_their_decision_settles_it(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(booking, by=cast.anna)
    contest = actions.contest(booking, "I was there.", by=cast.ben)
    line = orders.order_of(sold.KIND, booking.code).lines[0]
    assert line.frozen
    actions.answer_contest(contest, "So it was.", by=cast.anna)
    actions.decide_contest(contest, Outcome.OTHER_SIDE, by=cast.sam, reason="Nobody joined.")

    assert back(booking) == (7200, Why.SPECIALIST_MISSED)
    assert not line.frozen


def test_what_took_place_is_kept_and_what_was_promised_before_stays(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 49 * HOUR)
    jobs.close_ended()
    db.session.refresh(booking)

    assert (booking.state, *back(booking)) == (S.COMPLETED, 0, Why.TOOK_PLACE)


# ---------------------------------------------------------------- more than the rule


def kept(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(booking, by=cast.anna)
    return booking


def test_its_specialist_may_give_back_more_and_no_more_than_is_kept(cast, bought, clock):
    booking = kept(cast, bought, clock)
    actions.waive(booking, Money(2000, "EUR"), by=cast.anna)
    assert back(booking) == (2000, Why.WAIVED)
    actions.waive(booking, Money(5200, "EUR"), by=cast.anna)
    assert back(booking) == (7200, Why.WAIVED)

    with pytest.raises(Invalid):
        actions.waive(booking, Money(1, "EUR"), by=cast.anna)
    assert pots(booking) == 0


def test_two_presses_of_one_page_give_back_once(cast, bought, clock, client, sign_in, post):
    booking = kept(cast, bought, clock)
    sign_in(client, cast.anna)
    mine = f"/practice/bookings/{booking.code}"
    shown = tree_of(client.get(mine)).find("input", {"name": "shown"})["value"]

    assert post(f"{mine}/waive", amount="10.00", shown=shown).status_code == 303
    again = post(f"{mine}/waive", amount="10.00", shown=shown)
    assert again.status_code == 422
    assert "Some of it has gone back since this page was shown" in as_read(again.text)
    assert tree_of(again).find("input", {"name": "shown"})["value"] == "1000"
    assert back(booking) == (1000, Why.WAIVED)
    assert post(f"{mine}/waive", amount="10.00", shown="nonsense").status_code == 422
    assert back(booking) == (1000, Why.WAIVED)


@pytest.mark.parametrize("more", [Money(0, "EUR"), Money(7201, "EUR"), Money(100, "USD"), Money(-1, "EUR")])
def test_an_amount_that_is_none_of_it_is_not_given_back(cast, bought, clock, more):
    booking = kept(cast, bought, clock)

    with pytest.raises(Invalid):
        actions.waive(booking, more, by=cast.anna)


def test_nobody_else_waives_and_nothing_is_waived_while_it_stands(cast, bought):
    booking = bought(WEDNESDAY_TEN)
    with pytest.raises(NotAllowed):
        actions.waive(booking, Money(100, "EUR"), by=cast.ben)
    with pytest.raises(TooLate):
        actions.waive(booking, Money(100, "EUR"), by=cast.anna)


def test_what_is_waived_is_added_to_what_was_decided_then_whatever_became_of_the_practice(
    cast, bought, clock, client, sign_in, post
):
    no_law(cast.ben)
    with transaction():
        bought(THURSDAY_TEN).forgiven_at = clock.now()
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN - 2 * HOUR)
    actions.cancel(booking, by=cast.ben)
    with transaction():
        cast.practice.state = "suspended"
    sign_in(client, cast.anna)

    assert post(f"/practice/bookings/{booking.code}/waive", amount="1.00", shown="0").status_code == 303
    assert back(booking) == (100, Why.WAIVED)


def test_nothing_is_waived_while_the_other_side_is_asked_whether_the_call_worked(
    cast, broken, client, sign_in, post, clock
):
    booking = broken(cast.ben)
    sign_in(client, cast.anna)
    mine = f"/practice/bookings/{booking.code}"

    assert "Give back more" not in as_read(client.get(mine).text)
    assert post(f"{mine}/waive", amount="1.00", shown="0").status_code == 409
    db.session.expire_all()
    assert (back(booking), line_of(booking).frozen) == ((0, None), True)
    assert queries.possible_to(booking, cast.anna).agree_broken


def test_a_first_session_that_did_not_fit_costs_nothing_for_two_days(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(booking.ends_at + 48 * HOUR)
    actions.say_no_fit(booking, by=cast.ben)

    assert (booking.state, *back(booking)) == (S.COMPLETED, 7200, Why.NO_FIT)


def test_where_a_consultation_came_first_there_is_no_such_button(cast, sells, clock):
    with sold_after_a_yes(cast) as offer:
        booking = booking_of(pay(begin(cast.ben, offer, WEDNESDAY_TEN)))
    clock.freeze(booking.ends_at + HOUR)

    assert sold.fits_until(booking) is None
    with pytest.raises(TooLate):
        actions.say_no_fit(booking, by=cast.ben)


@contextmanager
def sold_after_a_yes(cast):
    """A session that begins with a consultation, as if both had said yes."""
    gates.opens(lambda *_: True)
    yield sold_by(cast.anna, consult_first=True)
    gates.opens(may_buy)


@pytest.mark.parametrize("wrong", ["too late", "too early", "the second"])
def test_else_it_is_too_late_for_that(cast, bought, clock, wrong):
    first = bought(WEDNESDAY_TEN)
    booking = bought(THURSDAY_TEN) if wrong == "the second" else first
    clock.freeze(booking.ends_at + {"too late": 48 * HOUR + SECOND, "too early": -SECOND}.get(wrong, HOUR))

    with pytest.raises(TooLate):
        actions.say_no_fit(booking, by=cast.ben)


# ---------------------------------------------------------------- moved


def test_a_move_takes_the_money_along_and_the_late_hour_of_the_rule_ends_moving(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    actions.move(booking, THURSDAY_TEN, by=cast.ben)
    line = db.session.scalars(select(type(orders.order_of(sold.KIND, booking.code).lines[0]))).one()
    assert line.ripe_at == THURSDAY_TEN + timedelta(minutes=50, hours=48)

    clock.freeze(THURSDAY_TEN - 24 * HOUR + SECOND)
    possible = queries.possible_to(booking, cast.ben)
    assert not possible.move
    with pytest.raises(TooLate):
        actions.move(booking, THURSDAY_TEN + 24 * HOUR, by=cast.ben)
