"""Letters to a specialist about what was sold name the amounts: what it cost, what goes back, and what is theirs."""

from datetime import timedelta

import pytest

from practice.bookings import actions, jobs, sold
from practice.payments.actions import give_back
from practice.values.money import Money
from tests.bookings.conftest import WEDNESDAY_TEN
from tests.factories import booking as stored

HOUR = timedelta(hours=1)


@pytest.fixture
def says(cast, outbox):
    """The newest letter to Anna, as one line."""
    return lambda: " ".join(outbox.read(outbox.last_to(cast.anna)).text.split())


def abroad(person):
    """Where they live nothing is withdrawn from by law."""
    person.country, person.zone = "US", "America/New_York"


def test_sold(bought, says):
    bought(WEDNESDAY_TEN)

    assert "It was sold for €72.00. After our commission, €63.36 of it is yours." in says()


def test_cancelled_late_with_what_is_kept(cast, bought, clock, says):
    abroad(cast.ben)
    booking = bought(WEDNESDAY_TEN)
    booking.forgiven_at = clock.now()
    again = bought(WEDNESDAY_TEN + 24 * HOUR)
    clock.freeze(again.starts_at - 5 * HOUR)
    actions.cancel(again, by=cast.ben)

    assert "It was sold for €72.00, and €36.00 goes back to your client." in says()
    assert "After our commission, €31.68 is yours." in says()


def test_cancelled_by_themselves_they_read_that_their_client_chooses(cast, bought, says):
    booking = bought(WEDNESDAY_TEN)
    actions.cancel_by_specialist(booking, by=cast.anna)

    assert "Your client has €72.00 back, or takes another time with you." in says()


@pytest.mark.parametrize("by", ["the client", "silence"])
def test_given_back_after_they_had_cancelled(cast, bought, clock, says, by):
    booking = bought(WEDNESDAY_TEN)
    actions.cancel_by_specialist(booking, by=cast.anna)
    if by == "the client":
        actions.choose_money(booking, by=cast.ben)
    else:
        clock.advance(hours=72)
        jobs.return_unchosen()

    assert "your client has what they paid back" in says()
    assert (
        "It was sold for €72.00, and €72.00 goes back to your client. After our commission, €0.00 is yours." in says()
    )


def test_no_fit(cast, bought, clock, says):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(booking.ends_at + HOUR)
    actions.say_no_fit(booking, by=cast.ben)

    assert "it did not fit" in says()
    assert "€72.00 goes back to your client. After our commission, €0.00 is yours." in says()


def test_not_there(cast, bought, clock, says):
    booking = bought(WEDNESDAY_TEN)
    give_back(sold.lines_of(booking)[0], Money(1000, "EUR"))
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=11))
    actions.mark_specialist_missed(booking, by=cast.ben)

    assert "It was sold for €72.00, and €62.00 goes back to your client." in says()
    assert "Before that, €10.00 had gone back to your client." in says()


def test_of_what_is_free_nothing_is_said(cast, says):
    actions.cancel(stored(cast.ben, cast.practice, WEDNESDAY_TEN), by=cast.ben)

    assert "sold" not in says() and "commission" not in says()


def test_after_no_fit_there_are_ways_on_and_the_same_person_is_not_one(cast, bought, clock, client, sign_in, post):
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(booking.ends_at + HOUR)
    sign_in(client, cast.ben)
    assert post(f"/bookings/{booking.code}/no-fit").status_code == 303
    page = client.get(f"/bookings/{booking.code}").text

    assert "Everyone who offers a free consultation" in page and "Your appointments" in page
    assert "Anna’s other times" not in page


@pytest.mark.parametrize("offers", [False, True])
def test_the_answer_to_what_they_did_themselves_leaves_at_once(cast, bought, clock, outbox, offers):
    """Also while the client may still take the booking back: they wait to hear of it."""
    booking = bought(WEDNESDAY_TEN)
    if offers:
        proposal = actions.propose(booking, [WEDNESDAY_TEN + HOUR], by=cast.anna)
        actions.accept_proposal(proposal, WEDNESDAY_TEN + HOUR, by=cast.ben, is_express=True)
    else:
        actions.cancel_by_specialist(booking, by=cast.anna)
        actions.choose_time(booking, WEDNESDAY_TEN + HOUR, by=cast.ben, is_express=True)

    assert outbox.last_to(cast.anna).due_at <= clock.now()
    actions.cancel(booking, by=cast.ben)
    assert outbox.last_to(cast.anna).template == "bookings/cancelled"
