"""What has a price is kept while it is paid, stands once it is paid, and what the page did not show is not sold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from practice.availability import actions as availability
from practice.bookings import actions, jobs, queries, sold
from practice.bookings.errors import NotEligible, OfferChanged, SlotClosed, SlotTaken, SpentForm
from practice.bookings.models import Booking
from practice.bookings.states import BookingState
from practice.bookings.terms import Refusal
from practice.fit import actions as fit
from practice.fit import labels as fit_labels
from practice.fit import queries as fit_queries
from practice.fit.states import Choice, Party
from practice.ledger.chart import Pot
from practice.payments import actions as payments
from practice.payments.kinds import OpKind
from practice.payments.models import MoneyOperation, Order
from practice.payments.policy import events
from practice.payments.states import CheckoutState, OrderState
from practice.specialists.states import OfferKind
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored
from tests.factories import offer
from tests.selling import begin, booking_of, hold_ends, pay, sold_by
from tests.shop import again, in_pot, opened, paid, unsound

MONDAY_EIGHT = TUESDAY_NINE - timedelta(days=1)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def letters(outbox, person):
    return [each.template for each in outbox.to(person)]


# ---------------------------------------------------------------- bought


def test_what_is_being_paid_for_is_kept_and_nobody_is_written_to(cast, sells, outbox):
    order = begin(cast.ben, sells, WEDNESDAY_TEN)

    held = booking_of(order)
    assert (held.state, held.price, held.cancel_rule) == (BookingState.HELD, Money(7200, "EUR"), "24h:100 4h:50")
    assert (order.total, order.lines[0].label, order.lines[0].payee_id) == (
        Money(7200, "EUR"),
        "Session, 50 min",
        cast.anna.id,
    )
    assert letters(outbox, cast.ben) == letters(outbox, cast.anna) == []


def test_once_it_is_paid_it_stands_with_a_letter_and_a_receipt(cast, sells, outbox):
    order = pay(begin(cast.ben, sells, WEDNESDAY_TEN))

    assert order.state == OrderState.PAID
    assert booking_of(order).is_confirmed
    assert sorted(letters(outbox, cast.ben)) == ["bookings/booked", "bookings/receipt"]
    assert order.lines[0].ripe_at == WEDNESDAY_TEN + timedelta(minutes=50, hours=48)
    assert (in_pot(order, Pot.PENDING), in_pot(order, Pot.COMMISSION)) == (6336, 864)


def test_the_same_form_sent_twice_is_one_order(cast, sells):
    first, second = (begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1") for _ in range(2))

    assert first.code == second.code
    assert db.session.query(Order).count() == 1


def test_a_form_of_somebody_else_buys_nothing(cast, sells):
    begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1")

    with pytest.raises(SpentForm):
        begin(cast.cleo, sells, THURSDAY_TEN, form_key="k1")


def test_a_second_tab_leads_to_the_payment_that_is_open(cast, sells):
    first = begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1")

    assert begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k2").code == first.code
    assert db.session.query(Booking).count() == 1


def test_nobody_else_has_the_time_while_somebody_pays(cast, sells, clock):
    begin(cast.ben, sells, WEDNESDAY_TEN)

    with pytest.raises(SlotTaken):
        begin(cast.cleo, sells, WEDNESDAY_TEN)
    # The hold's own time is over, and still nobody has said that its payment page has ended.
    clock.advance(33 * MINUTE)
    jobs.expire_holds()
    with pytest.raises(SlotTaken):
        begin(cast.cleo, sells, WEDNESDAY_TEN)
    assert int(WEDNESDAY_TEN.timestamp()) not in queries.starts_for(sells, queries.Looker(client=cast.cleo))


def test_a_hold_that_ended_unpaid_is_free_for_others_and_says_that_nothing_was_charged(cast, sells, clock, outbox):
    order = begin(cast.ben, sells, WEDNESDAY_TEN)
    clock.advance(31 * MINUTE)
    hold_ends(order)

    assert booking_of(order).state == BookingState.EXPIRED
    assert letters(outbox, cast.ben) == ["bookings/hold_ended"]
    assert f"/specialists/anna-kern?offer={sells.code}" in outbox.read(outbox.last_to(cast.ben)).text
    assert pay(begin(cast.cleo, sells, WEDNESDAY_TEN)).state == OrderState.PAID


def test_a_form_whose_order_has_ended_shows_that_order_and_a_new_one_buys_again(cast, sells):
    ended = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1"))

    assert begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1").code == ended.code
    assert begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k2").code != ended.code


def test_of_what_somebody_has_not_paid_the_newest_two_are_kept(cast, sells):
    orders = [begin(cast.ben, sells, WEDNESDAY_TEN + n * HOUR) for n in range(4)]

    assert [booking_of(each).state for each in orders] == [BookingState.EXPIRED] * 2 + [BookingState.HELD] * 2
    assert pay(begin(cast.cleo, sells, WEDNESDAY_TEN)).state == OrderState.PAID


def test_a_payment_page_that_is_open_ends_at_the_card_processor_first(cast, sells):
    oldest = begin(cast.ben, sells, WEDNESDAY_TEN)
    payments.turn(oldest, opened(oldest))
    for n in (1, 2):
        begin(cast.ben, sells, WEDNESDAY_TEN + n * HOUR)

    assert again(oldest).checkout == CheckoutState.ENDING
    assert pay(oldest).state == OrderState.PAID, "they had paid after all"


def test_what_is_paid_is_none_of_these_two(cast, sells):
    orders = [pay(begin(cast.ben, sells, WEDNESDAY_TEN + n * HOUR), charge=f"ch_{n}") for n in range(4)]

    assert {each.state for each in orders} == {OrderState.PAID}


def test_one_time_is_not_kept_for_one_person_again_and_again(cast, sells, clock):
    for _ in range(2):
        hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    with pytest.raises(SlotClosed):
        begin(cast.ben, sells, WEDNESDAY_TEN)

    begin(cast.ben, sells, THURSDAY_TEN)
    hold_ends(begin(cast.cleo, sells, WEDNESDAY_TEN))
    clock.advance(2 * HOUR)
    begin(cast.ben, sells, WEDNESDAY_TEN)


def test_an_offer_that_has_another_version_is_not_sold_at_its_old_price(cast, sells, clock):
    with transaction():
        sells.ended_at = clock.now()

    with pytest.raises(OfferChanged):
        begin(cast.ben, sells, WEDNESDAY_TEN)


# ---------------------------------------------------------------- paid late


def test_paid_late_it_stands_where_the_time_is_still_free(cast, sells):
    order = pay(hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN)))

    assert order.state == OrderState.PAID
    assert booking_of(order).is_confirmed


def test_paid_late_all_of_it_comes_back_where_somebody_else_has_the_time(cast, sells, outbox):
    late = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    faster = pay(begin(cast.cleo, sells, WEDNESDAY_TEN))
    late = pay(late, charge="ch_2")

    assert booking_of(faster).is_confirmed
    assert booking_of(late).state == BookingState.EXPIRED
    assert (late.state, late.lines[0].back) == (OrderState.REFUND_DUE, 7200)
    assert in_pot(late, Pot.COMMISSION) == in_pot(late, Pot.PENDING) == 0
    assert letters(outbox, cast.ben)[-1] == "bookings/seat_lost"


def test_what_was_paid_and_never_stood_is_called_not_booked(cast, sells, outbox, ben_in):
    order = begin(cast.ben, sells, WEDNESDAY_TEN)
    availability.add_time_off(cast.practice, WEDNESDAY_TEN - HOUR, WEDNESDAY_TEN + HOUR)
    order = hold_ends(order)
    pay(order)
    payments.turn(order, events.RefundsSeen((events.Returned(events.Given.SUCCEEDED, 7200, 1, "re_1"),)))

    page = ben_in.get(f"/bookings/{booking_of(order).code}").text
    assert "Not booked" in page and "Not taken up" not in page
    template, said = said_last(outbox, cast.ben)
    assert template == "bookings/refund" and "See how it stands" in said and "See the appointment" not in said


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_paid_to_a_practice_that_was_stopped_all_of_it_comes_back(cast, sells, state):
    order = begin(cast.ben, sells, WEDNESDAY_TEN)
    with transaction():
        cast.practice.state = state

    assert pay(order).lines[0].back == 7200
    assert booking_of(order).state == BookingState.EXPIRED


def test_a_slow_payment_keeps_the_time_and_what_begins_unpaid_is_called_off(cast, sells, clock, outbox):
    order = begin(cast.ben, sells, WEDNESDAY_TEN)
    payments.turn(order, opened(order))
    payments.turn(order, events.PaymentSeen(events.Paid.PROCESSING, live=False))
    clock.advance(5 * HOUR)
    jobs.expire_holds()
    assert booking_of(order).state == BookingState.HELD

    clock.freeze(WEDNESDAY_TEN)
    for _ in range(2):
        jobs.call_off_unpaid()
        jobs.expire_holds()

    assert booking_of(order).state == BookingState.EXPIRED
    assert letters(outbox, cast.ben) == ["bookings/began_unpaid"]
    assert pay(order).lines[0].back == 7200


# ---------------------------------------------------------------- paid late, while they pay for it once more


@pytest.fixture
def twice(cast, sells):
    """(an order of Ben's whose time is over, a second one for the very same time, whose payment page is open)"""
    late = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    second = begin(cast.ben, sells, WEDNESDAY_TEN)
    payments.turn(second, opened(second))
    return late, again(second)


def ends_to(order):
    """How often the card processor was asked to end its payment page."""
    return db.session.query(MoneyOperation).filter_by(order_id=order.id, kind=OpKind.END_CHECKOUT).count()


def said_last(outbox, person):
    letter = outbox.last_to(person)
    return letter.template, " ".join(outbox.read(letter).text.split())


def test_late_money_books_the_time_and_the_second_order_for_it_ends(twice, cast, outbox):
    late, second = twice
    assert pay(late).state == OrderState.PAID
    assert (booking_of(late).state, booking_of(second).state) == (BookingState.CONFIRMED, BookingState.EXPIRED)
    assert (again(second).checkout, ends_to(second)) == (CheckoutState.ENDING, 1)
    payments.turn(second, events.PaymentSeen(events.Paid.EXPIRED, live=False))
    template, said = said_last(outbox, cast.ben)
    assert template == "bookings/paid_before" and "no money has left your card by it" in said
    assert f"/bookings/{booking_of(late).code}" in said
    assert letters(outbox, cast.ben)[-3:] == ["bookings/booked", "bookings/receipt", "bookings/paid_before"]
    assert unsound() == []


def test_paid_before_its_page_could_end_the_second_money_comes_back_whole(twice, cast, outbox):
    late, second = twice
    pay(late)
    second = pay(second, charge="ch_2")

    assert (second.state, second.lines[0].back) == (OrderState.REFUND_DUE, 7200)
    assert booking_of(late).is_confirmed and booking_of(second).state == BookingState.EXPIRED
    template, said = said_last(outbox, cast.ben)
    assert template == "bookings/paid_again" and "€72.00" in said and "could not be had" not in said


def test_paid_by_the_second_order_first_the_late_money_comes_back_and_the_letter_says_why(twice, cast, outbox):
    late, second = twice
    pay(second, charge="ch_2")

    assert pay(late).lines[0].back == 7200
    assert booking_of(second).is_confirmed and again(second).lines[0].back == 0
    assert said_last(outbox, cast.ben)[0] == "bookings/paid_again"


def test_what_was_bought_by_late_money_and_cancelled_is_not_bought_again_by_the_second(twice, cast):
    late, second = twice
    pay(late)
    actions.undo(booking_of(late), by=cast.ben)

    assert pay(second, charge="ch_2").lines[0].back == 7200
    assert booking_of(second).state == BookingState.EXPIRED


def test_a_second_order_whose_page_is_not_there_yet_gets_none(cast, sells):
    late = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    second = begin(cast.ben, sells, WEDNESDAY_TEN)

    assert booking_of(pay(late)).is_confirmed
    assert again(second).state == OrderState.EXPIRED


def test_where_it_cannot_be_booked_all_the_same_the_second_order_goes_on(twice, cast):
    late, second = twice
    with transaction():
        cast.practice.state = "suspended"

    assert pay(late).lines[0].back == 7200
    assert (again(second).checkout, ends_to(second)) == (CheckoutState.OPEN, 0)
    assert booking_of(second).state == BookingState.HELD


def test_the_page_of_the_second_order_says_that_the_time_is_theirs(twice, ben_in):
    late, second = twice
    pay(late)
    where = f"/checkout/{second.code}/return"

    assert "yours already, by another payment" in ben_in.get(where).text
    pay(second, charge="ch_2")
    said = " ".join(ben_in.get(where).text.split())
    assert "all €72.00 goes back to your card by itself" in said
    assert "could not be had" not in said and "open to everyone" not in said
    assert f"/bookings/{booking_of(late).code}" in said


def test_paid_late_while_another_length_then_is_paid_for_the_letter_says_that_it_is_kept_for_them(cast, sells, outbox):
    late = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    other = sold_by(cast.anna, name="Longer", minutes=80, price=Money(11000, "EUR"))
    second = begin(cast.ben, other, WEDNESDAY_TEN)

    assert pay(late).lines[0].back == 7200
    letter = outbox.read(outbox.last_to(cast.ben))
    said = " ".join(letter.text.split())
    assert "kept for you by your second order until 08:30 (Dublin time)" in said
    assert f"/checkout/{second.code}/return" in said
    assert "could not be had" not in said
    assert booking_of(pay(second, charge="ch_2")).is_confirmed


def test_what_was_paid_late_and_came_back_is_no_time_kept_and_not_paid(cast, sells):
    """ "Not paid" would be untrue, and so would be "nothing was charged"."""
    late = hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    other = begin(cast.cleo, sells, WEDNESDAY_TEN)
    assert pay(late).lines[0].back == 7200
    hold_ends(other)
    hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))

    hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))
    with pytest.raises(SlotClosed) as refused:
        begin(cast.ben, sells, WEDNESDAY_TEN)
    assert "Nothing was charged" not in refused.value.whole


# ---------------------------------------------------------------- what is not sold


def test_a_price_that_the_page_did_not_show_is_not_paid(cast, sells):
    shown = sold.for_sale(sells, cast.ben)
    other = replace(shown, price=Money(100, "EUR"))

    wish = actions.Wish(cast.ben, sells, WEDNESDAY_TEN, actions.Details(format="video"))
    with pytest.raises(OfferChanged, match=r"€72\.00"):
        actions.buy(wish, actions.Agreed(other.shown))
    assert db.session.query(Order).count() == 0


def test_without_an_account_that_takes_money_nothing_is_sold(cast):
    direct = offer(cast.practice, kind=OfferKind.INDIVIDUAL, minutes=50, price=Money(7200, "EUR"), consult_first=False)

    with pytest.raises(NotEligible) as refused:
        begin(cast.ben, direct, WEDNESDAY_TEN)
    assert refused.value.refusal == Refusal.PRICE


def test_the_form_of_what_is_free_never_books_what_has_a_price(cast, sells):
    with pytest.raises(NotEligible) as refused:
        actions.book(cast.ben, sells, WEDNESDAY_TEN, actions.Details(format="video"))
    assert refused.value.refusal == Refusal.PRICE


# ---------------------------------------------------------------- a consultation comes first


@pytest.fixture
def first(cast):
    """A session that begins with a consultation."""
    return sold_by(cast.anna, consult_first=True)


def say_yes(cast):
    ended = {"state": BookingState.COMPLETED, "ended_at": MONDAY_EIGHT}
    talk = stored(cast.ben, cast.practice, MONDAY_EIGHT - HOUR / 2, **ended)
    fit.answer(talk, Party.CLIENT, fit.Answered(Choice.YES), by=cast.ben)
    fit.answer_in_practice(talk, fit.Answered(Choice.YES), fit.Suggestion((), frozenset(), ""), by=cast.anna)
    return talk


def test_what_begins_with_a_consultation_is_refused_until_both_have_said_yes(cast, first):
    for look in (
        lambda: begin(cast.ben, first, THURSDAY_TEN),
        lambda: actions.hold(first, THURSDAY_TEN, actions.Visitor(cast.ben, "b", "n", "UTC")),
        lambda: actions.hold(first, THURSDAY_TEN, actions.Visitor(None, "b", "n", "UTC")),
    ):
        with pytest.raises(NotEligible) as refused:
            look()
        assert refused.value.refusal == Refusal.CONSULT_FIRST

    say_yes(cast)

    assert queries.hopeless(cast.ben, first) is None
    assert pay(begin(cast.ben, first, THURSDAY_TEN)).state == OrderState.PAID


def test_whether_both_said_yes_is_asked_in_a_fixed_number_of_questions(cast, first, questions):
    def asked():
        db.session.rollback()
        questions.clear()
        queries.eligibility_of(cast.ben, cast.practice, first)
        return len(questions)

    say_yes(cast)
    once = asked()
    for day in (1, 2, 3):
        stored(cast.ben, cast.practice, MONDAY_EIGHT - timedelta(days=day), state=BookingState.TECH_FAILURE)
    assert asked() <= once


# ---------------------------------------------------------------- what it costs the database

MOST = 40  # statements of a hold's order, and of a payment that confirms it


def test_a_sale_takes_at_most_forty_statements_to_begin_and_forty_to_stand(cast, sells, questions):
    begin(cast.cleo, sells, THURSDAY_TEN, form_key="k0")  # the log begins
    db.session.rollback()
    questions.clear()
    order = begin(cast.ben, sells, WEDNESDAY_TEN, form_key="k1")
    begun = len(questions)
    payments.turn(order, opened(order))
    with transaction():
        questions.clear()
        payments.turn(again(order), paid(order))
        stood = len(questions)

    assert max(begun, stood) <= MOST, (begun, stood)
    assert booking_of(order).is_confirmed


def test_what_is_said_of_a_yes_of_both_is_true_once_something_was_booked(cast, first, ben_in):
    talk = say_yes(cast)
    fit_page = f"/bookings/{talk.code}/fit"
    assert "Choose a first time" in ben_in.get(fit_page).text

    made = booking_of(pay(begin(cast.ben, first, THURSDAY_TEN)))
    assert "Choose a first time" not in ben_in.get(fit_page).text
    in_practice = fit_labels.in_practice(fit_queries.fit_in_practice(cast.anna, talk.code), {})
    assert "They choose a first time" not in in_practice and "went on from there" in in_practice

    actions.cancel_by_specialist(made, by=cast.anna)
    said = ben_in.get("/me").text
    assert "You and Anna said yes" in said
    assert "charged yet" not in said
