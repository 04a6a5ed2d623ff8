"""P68: while somebody pays for another length, whatever else happens to the session is said, and nothing is kept for
nobody: the payment page, the letters and the timeline name what is, and what stands."""

import pytest

from practice.availability import actions as availability
from practice.bookings import actions, claims, queries, timeline
from practice.payments import actions as payments
from practice.payments.states import CheckoutState
from practice.store.db import db
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.bookings.lengthening import HOUR, MINUTE, address, as_it_is, order, pay_it, read
from tests.pages import tree_of
from tests.selling import begin, hold_ends
from tests.shop import again, opened, unsound_here


def as_said(page):
    return " ".join(tree_of(page).get_text(" ").split())


# ---------------------------------------------------------------- its specialist asks for another time


def test_a_specialist_who_asks_for_another_time_ends_what_is_kept_and_may_offer_that_too(session, longer, cast):
    difference, was = order(session, longer), as_it_is(session)
    payments.turn(difference, opened(difference))

    actions.propose(session, [THURSDAY_TEN + HOUR], by=cast.anna)

    assert claims.held_instead(session) == []
    assert again(difference).checkout == CheckoutState.ENDING
    assert pay_it(again(difference)).lines[0].back == 3800
    assert as_it_is(session) == was
    assert session.open_proposal is not None
    assert unsound_here() == []


# ---------------------------------------------------------------- nobody paid


def test_not_paid_the_letter_and_the_page_say_that_the_session_stands_and_open_nothing_to_others(
    ben_in, session, longer, outbox
):
    difference = hold_ends(order(session, longer))

    letter = read(outbox, outbox.to(session.client)[-1])
    page = as_said(ben_in.get(f"/checkout/{difference.code}/return"))
    assert "80 minutes on Thursday 4 March 2027, 09:00" in letter
    assert "were kept for you while the payment page was open" in letter
    assert "You were not charged so far." in letter
    assert "kept no longer" in page
    for said in (letter, page):
        assert "stands as it is" in said
        assert "free for others" not in said
        assert "open to everyone" not in said


def test_what_is_paid_counts_as_no_time_that_was_kept_and_not_paid(session, longer, cast):
    def kept():
        unpaid = db.session.scalar(queries.times_unpaid(cast.ben, session.specialist_id, THURSDAY_TEN))
        return unpaid, queries.holds_of_time(session.specialist_id, THURSDAY_TEN, cast.ben, "")

    hold_ends(order(session, longer))
    before = kept()
    pay_it(order(session, longer))

    assert kept() == before
    assert before[0] == 1


# ---------------------------------------------------------------- what its order names


def test_a_difference_that_is_paid_is_about_the_session_wherever_it_lies_by_now(ben_in, session, longer, cast):
    difference = pay_it(order(session, longer))
    actions.move(session, THURSDAY_TEN + 3 * HOUR, by=cast.ben, is_express=True)

    page = as_said(ben_in.get(f"/checkout/{difference.code}/return"))
    assert "Thursday 4 March, 12:00 to 13:20" in page
    assert "09:00 to 10:20" not in page


def test_until_it_is_paid_its_order_names_what_is_kept(ben_in, session, longer):
    difference = order(session, longer, THURSDAY_TEN + 3 * HOUR)

    assert "Thursday 4 March, 12:00 to 13:20" in as_said(ben_in.get(f"/checkout/{difference.code}/return"))


# ---------------------------------------------------------------- what is let go, before it is


def review(browser, booking, offer, start=THURSDAY_TEN):
    return as_said(browser.get(address(booking, "length", length=offer.code, start=value(start))))


def test_whoever_has_as_much_unpaid_as_they_may_reads_which_of_it_ends(ben_in, session, sells, longer, cast):
    begin(cast.ben, sells, WEDNESDAY_TEN)
    said = review(ben_in, session, longer)
    assert "Wednesday 3 March, 09:00 to 09:50, Dublin time, with Anna, €72.00." in said
    assert "What is below is the difference for another length, and paid by itself." in said
    assert "we stop keeping" not in said
    begin(cast.ben, sells, WEDNESDAY_TEN + 2 * HOUR)

    assert "we stop keeping Wednesday 3 March, 09:00 to 09:50, Dublin time, with Anna." in review(
        ben_in, session, longer
    )


def test_another_choice_for_the_same_session_takes_the_place_of_the_one_before_and_of_nothing_else(
    ben_in, session, sells, longer, cast
):
    other = begin(cast.ben, sells, WEDNESDAY_TEN)
    payments.turn(other, opened(other))
    first = order(session, longer)
    payments.turn(first, opened(first))

    said = review(ben_in, session, longer, THURSDAY_TEN + 2 * HOUR)
    order(session, longer, THURSDAY_TEN + 2 * HOUR)

    assert "What is below takes the place of the length that you have not paid yet." in said
    assert "we stop keeping" not in said
    assert (again(first).checkout, again(other).checkout) == (CheckoutState.ENDING, CheckoutState.OPEN)


def test_it_says_how_long_it_can_be_paid_also_where_its_start_is_nearer(ben_in, session, longer, cast, clock):
    assert "you have 30 minutes to pay, and both times are kept for you" in review(ben_in, session, longer)
    availability.save_limits(cast.anna.specialist, availability.Limits(session_notice=0))
    soon = clock.now() + 30 * MINUTE

    said = review(ben_in, session, longer, soon)
    assert "You have until 08:28 , Dublin time, to pay" in said
    assert order(session, longer, soon).pay_by == soon - 2 * MINUTE


# ---------------------------------------------------------------- another length, and how both sides are told


@pytest.mark.parametrize("side", ["client", "specialist"])
def test_another_length_at_the_same_start_is_no_new_time(session, longer, clock, outbox, side):
    clock.advance(HOUR)
    pay_it(order(session, longer))

    reader = session.person(side)
    said = read(outbox, next(each for each in reversed(outbox.to(reader)) if each.template == "bookings/moved"))
    assert "begins as before and has another length" in said
    assert "It lasts 80 minutes now, instead of 50." in said
    assert "new time" not in said
    line = timeline.of(queries.history(session), session, reader.id)[0]["text"]
    assert "chose another length; before, it was Thursday 4 March, " in line
    assert line.endswith(", 50 minutes.")


def test_a_new_time_with_another_length_says_both(session, longer, outbox):
    pay_it(order(session, longer, THURSDAY_TEN + 2 * HOUR))

    said = read(outbox, next(each for each in outbox.to(session.client) if each.template == "bookings/moved"))
    assert "has a new time" in said
    assert "It lasts 80 minutes now, instead of 50." in said
