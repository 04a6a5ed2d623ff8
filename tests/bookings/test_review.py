"""Between the form and the payment one page says everything that is agreed; nothing is charged on it."""

from datetime import timedelta

import pytest

from practice.bookings import sold
from practice.bookings.models import Booking
from practice.payments.models import Order
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.factories import offer as another
from tests.pages import fields_of, tree_of
from tests.selling import begin, hold_ends, pay, sold_by

MINUTE = timedelta(minutes=1)


def address(offer, page="book"):
    return f"/specialists/anna-kern/offers/{offer.code}/{page}"


@pytest.fixture
def reviewed(ben_in, sells, post):
    """Ben has chosen a time and filled in the form: the review page."""

    def look(start=WEDNESDAY_TEN, **fields):
        post(address(sells), start=value(start))
        said = {"start": value(start), "format": "video", "note": "Quietly, please", "form_key": "f1"} | fields
        answer = post(address(sells, "book/confirm"), **said)
        assert answer.location == address(sells, "review"), answer.text
        return ben_in.get(answer.location)

    return look


@pytest.fixture
def press(ben_in, sells):
    """Press its button, with what the page had in it."""

    def send(page, **changes):
        fields = {name: values[0] for name, values in fields_of(page, address(sells, "review")).items()}
        return ben_in.post(address(sells, "review"), data=fields | {"agreed": "y", "express": "y"} | changes)

    return send


def test_the_form_of_what_has_a_price_books_nothing_and_leads_to_the_review(reviewed):
    said = reviewed(with_partner="y").text

    assert "Check before you pay" in said and "Your partner will be there too." in said
    assert "Go to payment, €72.00" in said
    assert db.session.query(Order).count() == 0


def test_it_says_what_is_paid_until_when_what_comes_back_and_what_the_bank_shows(reviewed, cast):
    with transaction():
        cast.ben.country, cast.ben.zone = "US", "America/New_York"
    page = reviewed()
    said = page.text

    assert "Free to cancel until Tuesday 2 March, 04:00, New York time." in said
    assert "After that half comes back, and in the last four hours nothing." in said
    assert "You get back €36.00 of €72.00." in said
    # What brings nothing has no end that matters.
    assert "After that Nothing comes back." in " ".join(tree_of(page).get_text(" ").split())
    assert "€0.00 of" not in said and "By law" not in said
    assert "“SERVICES” behind it" in said


def test_who_may_withdraw_reads_until_when_to_its_last_minute_and_that_all_comes_back(reviewed):
    said = " ".join(tree_of(reviewed()).get_text(" ").split())

    assert "Free to cancel until Wednesday 3 March, 09:00, Dublin time." in said
    assert "You get back €36.00" not in said
    assert "Until Monday 15 March, 23:59 , Dublin time, you can withdraw, for all of it" in said
    assert "By law all of it comes back until it starts: you have 14 days to withdraw" in said
    assert "By themselves they say: Free to cancel until 24 hours before." in said
    assert "within the 14 days in which I can withdraw" in said


def test_what_begins_after_these_days_has_its_own_deadlines_and_says_the_day_too(reviewed):
    said = " ".join(tree_of(reviewed(WEDNESDAY_TEN + timedelta(days=14))).get_text(" ").split())

    assert "Free to cancel until Tuesday 16 March, 09:00, Dublin time." in said
    assert "Until Monday 15 March, 23:59 , Dublin time, you can withdraw, for all of it" in said
    assert "Please hold my session" not in said


def test_nothing_is_ticked_for_anybody_and_without_the_ticks_nothing_is_bought(reviewed, press):
    page = reviewed()
    assert not tree_of(page).select("input[type=checkbox][checked]")

    answer = press(page, agreed="", express="")

    assert answer.status_code == 422
    assert answer.text.count("tick this") >= 1
    assert db.session.query(Order).count() == 0


def test_where_no_law_lets_them_withdraw_nobody_asks_for_a_hurry(reviewed, press, cast):
    with transaction():
        cast.ben.country, cast.ben.zone = "US", "America/New_York"
    page = reviewed()

    assert "14 days" not in page.text
    assert press(page).status_code == 303
    assert not db.session.query(Booking).one().is_express


def test_its_button_leads_to_the_payment_and_what_was_said_stays_with_the_booking(reviewed, press):
    answer = press(reviewed())

    order, booking = db.session.query(Order).one(), db.session.query(Booking).one()
    assert (answer.status_code, answer.location) == (303, f"/checkout/{order.code}/pay")
    assert (booking.note, booking.is_express, booking.can_withdraw) == ("Quietly, please", True, True)


def test_pressed_twice_and_pressed_after_going_back_is_one_order(reviewed, press):
    page = reviewed()
    places = {press(page).location for _ in range(3)}

    assert len(places) == 1
    assert db.session.query(Order).count() == 1


@pytest.mark.parametrize("key", ["a\0b", "x" * 5000, "a\nb", ""])
@pytest.mark.parametrize("is_begun", [True, False])
def test_a_key_that_no_form_of_ours_has_buys_nothing(reviewed, post, sells, key, is_begun):
    if is_begun:
        reviewed()
    answer = post(address(sells, "review"), start=value(WEDNESDAY_TEN), form_key=key)

    assert answer.status_code in (303, 409)
    assert db.session.query(Order).count() == 0


def test_another_tab_leads_to_the_payment_that_is_open(reviewed, press, cast, sells):
    page = reviewed()
    open_one = begin(cast.ben, sells, WEDNESDAY_TEN)

    assert press(page).location == f"/checkout/{open_one.code}/pay"


def test_a_price_that_changed_since_is_said_and_not_paid(reviewed, press, cast, sells, clock):
    page = reviewed()
    with transaction() as session:
        sells.ended_at = clock.now()
        session.flush()
        kept = {"kind": sells.kind, "name": sells.name, "minutes": 50, "follows_id": sells.id, "version": 2}
        another(cast.practice, price=Money(9000, "EUR"), consult_first=False, **kept)

    answer = press(page)

    assert answer.status_code == 409
    assert "it costs €90.00 now" in answer.text
    assert "Go to payment, €90.00" in answer.text
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize("shown", ["1 EUR 24h:100 4h:50", "7200 EUR 0h:100", "7200 USD 24h:100 4h:50", "", "x" * 500])
def test_a_price_or_a_rule_cannot_be_set_from_outside(reviewed, press, shown):
    assert press(reviewed(), sale=shown).status_code in (409, 422)
    assert db.session.query(Order).count() == 0


@pytest.mark.parametrize("changed", [{"start": value(THURSDAY_TEN)}, {"start": "soon"}, {"start": ""}])
def test_a_time_that_the_form_was_not_for_is_not_bought(reviewed, press, changed):
    assert press(reviewed(), **changed).status_code in (303, 422)
    assert db.session.query(Order).count() == 0


def test_a_time_that_somebody_else_has_by_now_brings_others(reviewed, press, cast, sells, clock):
    page = reviewed()
    clock.advance(40 * MINUTE)
    pay(begin(cast.cleo, sells, WEDNESDAY_TEN))

    answer = press(page)

    assert answer.status_code == 409
    assert "The nearest free times with Anna" in answer.text


def test_a_time_that_was_kept_often_enough_is_not_offered_on_the_page_that_refuses_it(reviewed, press, cast, sells):
    for _ in range(2):
        hold_ends(begin(cast.ben, sells, WEDNESDAY_TEN))

    answer = press(reviewed())

    assert "open to others for a while" in answer.text
    offered = [each["value"] for each in tree_of(answer).select("button.slot")]
    assert offered and value(WEDNESDAY_TEN) not in offered


def test_what_begins_with_a_consultation_says_so_before_anything_is_reviewed(ben_in, cast, post):
    first = sold_by(cast.anna, consult_first=True)
    said = {"start": value(WEDNESDAY_TEN), "format": "video", "note": "Kept as it is"}

    answer = post(address(first, "book/confirm"), **said)

    assert answer.status_code == 409
    assert "This begins with a free consultation" in answer.text
    assert "Kept as it is" in answer.text
    assert ben_in.get(address(first, "review")).status_code == 409


def test_a_visitor_is_asked_to_sign_in_and_the_form_is_kept(client, cast, sells, post):
    answer = post(address(sells, "book/confirm"), start=value(WEDNESDAY_TEN), format="video")

    assert answer.status_code == 303
    assert "review" not in answer.location
    assert sold.for_sale(sells, cast.ben).price == Money(7200, "EUR")
