"""Of several payments each waits for a question about itself only: what goes at once and what once its bank has decided
is said as it is, and what is no part of the session any more holds nothing up."""

import pytest

from practice.bookings import actions, lengths, queries, sold
from practice.disputes import policy as disputes
from practice.disputes import queries as complaints
from practice.payments.states import RefundState
from practice.store.db import db
from practice.values import clock as now
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN
from tests.bookings.lengthening import HOUR, MINUTE, order, pay_it, read
from tests.bookings.test_lengths_and_money import bank_asks, bank_takes, refunds
from tests.bookings.test_money_follows import no_law
from tests.pages import as_read
from tests.selling import hold_ends
from tests.shop import again


def requested(line):
    return [each.amount for each in again(line.order).refunds if each.state == RefundState.REQUESTED]


def test_pages_buttons_and_the_letter_say_what_goes_now_and_what_waits(session, longer, cast, ben_in, outbox, clock):
    no_law(cast.ben)
    clock.advance(HOUR)
    pay_it(order(session, longer))
    bank_asks(sold.lines_of(session)[1].order, 3800)
    db.session.expire_all()
    mine = f"/bookings/{session.code}"
    page, cancel = (as_read(ben_in.get(mine + path).text) for path in ("", "/cancel"))

    for said in (page, cancel):
        assert "€72.00 back now, €38.00 once the bank has decided" in said
        assert "nothing is sent before" not in said and "€110.00 back" not in said
    assert "so €38.00 is not sent before" in page
    assert "We ask for €72.00 in the same minute" in cancel and "€38.00 was paid by itself" in cancel

    actions.cancel(session, by=cast.ben, expecting=11000)
    letter, page = read(outbox, outbox.last_to(cast.ben)), as_read(ben_in.get(mine).text)
    assert [requested(line) for line in sold.lines_of(session)] == [[7200], []]
    assert "We ask for €72.00 at once" in letter and "so €38.00 is sent once it has decided" in letter
    assert "€72.00 usually after some days, and €38.00 once its bank has decided about that payment" in page
    assert sold.held_by_bank(session) == Money(3800, "EUR")


def test_what_its_specialist_gives_back_waits_too_and_says_so(session, cast, client, sign_in, post, clock):
    clock.freeze(THURSDAY_TEN + 16 * MINUTE)
    actions.mark_client_missed(session, by=cast.anna)
    bank_asks(sold.lines_of(session)[0].order, 7200)
    sign_in(client, cast.anna)

    answer = post(f"/practice/bookings/{session.code}/waive", amount="1.00", shown="0")

    said = as_read(client.get(answer.location).text)
    assert "€1.00 goes back to your client once the bank of the card has decided" in said


@pytest.fixture
def late(session, longer, cast):
    """A difference that came when the session had been moved, and went back whole."""
    no_law(cast.ben)
    difference = hold_ends(order(session, longer))
    actions.move(session, THURSDAY_TEN + 24 * HOUR, by=cast.ben)
    return pay_it(again(difference))


@pytest.mark.parametrize("bank", [bank_asks, None], ids=["asks", "has taken"])
def test_a_bank_that_is_asked_about_what_never_became_part_of_it_holds_nothing_up(
    session, longer, cast, late, clock, bank
):
    if bank:
        bank_asks(late, 3800)
    else:
        bank_takes(cast, sold.lines_of(session)[1], 3800)
    db.session.expire_all()

    assert [each.offer.minutes for each in lengths.others(session)] == [80]
    clock.freeze(THURSDAY_TEN + 24 * HOUR + 10 * MINUTE)
    assert queries.possible_to(session, cast.ben).say_broken
    clock.freeze(THURSDAY_TEN + 26 * HOUR)
    assert disputes.may_open(complaints.session_of(session), now.now())


def test_nor_does_it_take_the_choice_away(session, cast, late):
    bank_asks(late, 3800)
    actions.cancel_by_specialist(session, by=cast.anna)

    assert sold.chooses_until(session) is not None


def test_a_bank_that_asks_for_what_it_stands_on_does(session, longer, cast):
    pay_it(order(session, longer))
    refunds(cast, sold.lines_of(session)[1], 1000)
    bank_asks(sold.lines_of(session)[1].order, 2800)
    db.session.expire_all()

    assert sold.is_held_up(session) and lengths.others(session) == []
