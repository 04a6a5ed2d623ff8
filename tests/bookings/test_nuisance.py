"""What is written to somebody else and can be taken back has a ceiling for each pair and day, over all moves."""

from datetime import timedelta
from functools import partial

import pytest

from practice.bookings import actions, queries
from practice.bookings.errors import NotEligible, TooOften
from practice.bookings.limits import MOST_CHANGES_A_DAY, MOST_PROPOSALS_A_DAY
from practice.letters.mail_worker import deliver_due
from practice.store.db import transaction
from tests import factories
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN, value
from tests.pages import as_read

TIMES = (WEDNESDAY_TEN, THURSDAY_TEN)


@pytest.fixture
def book(cast, app):
    offer = queries.chosen_offer("anna-kern").offer
    return partial(actions.book, cast.ben, offer, THURSDAY_TEN, actions.Details(format="video"))


def test_nine_rounds_of_booking_and_taking_back_end_after_five_and_write_no_letter(book, cast, clock, outbox):
    for _ in range(MOST_CHANGES_A_DAY):
        actions.undo(book(), by=cast.ben)
    with pytest.raises(NotEligible, match="five times within a day"):
        book()
    clock.advance(hours=1)
    deliver_due()

    assert {letter.state for letter in outbox.to(cast.anna)} == {"lapsed"}
    clock.advance(hours=23)
    assert book().is_confirmed


def test_slow_rounds_are_counted_over_bookings_and_moves_together(book, cast, clock):
    for _ in range(2):
        booking = book()
        clock.advance(minutes=16)
        actions.move(booking, WEDNESDAY_TEN + timedelta(hours=2), by=cast.ben)
        actions.cancel(booking, by=cast.ben)
    booking = book()

    with pytest.raises(TooOften):
        actions.move(booking, WEDNESDAY_TEN + timedelta(hours=2), by=cast.ben)
    actions.cancel(booking, by=cast.ben)
    assert not booking.is_confirmed


def test_a_page_that_is_refused_says_so_and_the_appointment_stands(book, cast, clock, ben_in, post):
    for _ in range(MOST_CHANGES_A_DAY - 1):
        actions.undo(book(), by=cast.ben)
    booking = book()

    answer = post(f"/bookings/{booking.code}/move", start=value(WEDNESDAY_TEN))

    assert answer.status_code == 409
    assert "five times within a day" in answer.text
    assert "Your old time is still yours" in answer.text


def test_another_specialist_and_another_client_are_not_counted(book, cast, clock):
    for _ in range(MOST_CHANGES_A_DAY):
        actions.undo(book(), by=cast.ben)
    other = factories.specialist(factories.user("Berta"), slug="berta")

    assert actions.book(
        cast.cleo, queries.chosen_offer("anna-kern").offer, THURSDAY_TEN, actions.Details(format="video")
    )
    assert actions.book(cast.ben, queries.chosen_offer(other.slug).offer, THURSDAY_TEN, actions.Details(format="video"))


def test_what_the_specialist_asked_for_is_never_too_often(book, cast):
    for _ in range(MOST_CHANGES_A_DAY - 1):
        actions.undo(book(), by=cast.ben)
    booking = book()
    actions.propose(booking, [WEDNESDAY_TEN], by=cast.anna)

    actions.move(booking, WEDNESDAY_TEN, by=cast.ben)

    assert booking.starts_at == WEDNESDAY_TEN


@pytest.mark.parametrize("is_taken_from_the_offer", [True, False])
def test_what_the_specialist_asked_for_uses_up_no_change_of_the_client(book, cast, is_taken_from_the_offer):
    for _ in range(MOST_CHANGES_A_DAY - 2):
        actions.undo(book(), by=cast.ben)
    booking = book()
    offered = actions.propose(booking, [WEDNESDAY_TEN], by=cast.anna)
    if is_taken_from_the_offer:
        actions.accept_proposal(offered, WEDNESDAY_TEN, by=cast.ben)
    else:
        actions.move(booking, TUESDAY_NINE, by=cast.ben)

    actions.move(booking, THURSDAY_TEN, by=cast.ben)

    with pytest.raises(TooOften):
        actions.move(booking, WEDNESDAY_TEN, by=cast.ben)


def test_other_times_are_offered_three_times_a_day_and_the_client_reads_the_last(book, cast, outbox, clock):
    booking = book()
    deliver_due()
    for hours in range(MOST_PROPOSALS_A_DAY):
        actions.propose(booking, [WEDNESDAY_TEN + timedelta(hours=hours)], by=cast.anna)
    with pytest.raises(TooOften):
        actions.propose(booking, [TUESDAY_NINE], by=cast.anna)
    deliver_due()

    offered = [letter for letter in outbox.to(cast.ben) if letter.template == "bookings/proposal"]
    assert [letter.state for letter in offered] == ["lapsed", "lapsed", "sent"]
    clock.advance(hours=24)
    assert actions.propose(booking, [WEDNESDAY_TEN], by=cast.anna)


def test_the_page_says_before_times_are_chosen_that_no_more_can_be_offered(book, cast, client, sign_in):
    booking = book()
    for _ in range(MOST_PROPOSALS_A_DAY):
        actions.propose(booking, [WEDNESDAY_TEN], by=cast.anna)

    page = sign_in(client, cast.anna).get(f"/practice/bookings/{booking.code}/move").text

    assert "three times within a day" in page


def test_whoever_has_changed_often_enough_reads_it_before_they_choose_and_after_a_press(
    cast, sells, bought, ben_in, post
):
    for day in range(MOST_CHANGES_A_DAY):
        actions.undo(bought(WEDNESDAY_TEN + timedelta(hours=day)), by=cast.ben)

    page = as_read(ben_in.get(f"/specialists/anna-kern?offer={sells.code}").text)
    assert "five times within a day" in page and "Choose a time" not in page
    pressed = post(f"/specialists/anna-kern/offers/{sells.code}/book", start=value(THURSDAY_TEN))
    if pressed.status_code == 303:
        assert "five times within a day" in ben_in.get(pressed.location).text


def test_no_refusal_of_a_press_is_silent(cast, sells, ben_in, post):
    with transaction():
        cast.ben.adult_declared_at = None

    pressed = post(f"/specialists/anna-kern/offers/{sells.code}/book", start=value(THURSDAY_TEN))

    with ben_in.session_transaction() as session:
        assert "Accounts here are for adults" in str(session.get("_flashes"))
    assert pressed.status_code == 303
