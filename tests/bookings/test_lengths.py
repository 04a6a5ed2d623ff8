"""P68: a session that was bought gets another length. A dearer one is kept beside it until the difference is paid; what
a shorter one costs less comes back. Whatever else becomes of the session, no payment of a difference is kept for
nothing."""

import pytest
from sqlalchemy import select

from practice.bookings import actions, claims, jobs, lengths, queries, sold, specialists_money
from practice.bookings.errors import ExpressNeeded, OfferChanged, OwnOverlap, SlotClosed, SlotTaken, TooLate
from practice.bookings.money_back import Turn, split
from practice.bookings.states import BookingState
from practice.disputes import actions as disputes
from practice.disputes.actions import Opening
from practice.disputes.states import Reason, Wish
from practice.invoices import actions as invoices
from practice.invoices.models import Invoice
from practice.ledger.chart import Pot
from practice.payments import actions as payments
from practice.payments.policy import events
from practice.payments.states import CheckoutState, OrderState, Seat
from practice.specialists.models import LowerPrice
from practice.store.db import db, transaction
from practice.values.errors import NotFound
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.bookings.lengthening import E80, HOUR, MINUTE, address, as_it_is, order, other, pay_it, read, seats, sent
from tests.factories import specialist, user
from tests.invoices.conftest import SMALL, say_taxed
from tests.pages import csrf_of, tree_of
from tests.selling import begin, booking_of, hold_ends, sold_by
from tests.shop import again, in_pot, opened, unsound_here

AS_IT_WAS = (BookingState.CONFIRMED, THURSDAY_TEN, 50, 7200)
LONGER = (BookingState.CONFIRMED, THURSDAY_TEN, 80, 11000)


# ---------------------------------------------------------------- a dearer length


def test_a_dearer_length_orders_the_difference_and_the_old_booking_stands_until_it_is_paid(session, longer):
    difference = order(session, longer)

    assert (difference.total, difference.lines[0].label) == (
        Money(3800, "EUR"),
        "Session, 80 min instead of 50 min",
    )
    assert as_it_is(session) == AS_IT_WAS
    assert session.ends_at == THURSDAY_TEN + 50 * MINUTE
    assert unsound_here() == []


def test_paid_it_lasts_longer_and_its_money_is_two_payments(session, longer, outbox):
    pay_it(order(session, longer))

    assert as_it_is(session) == LONGER
    assert session.ends_at == THURSDAY_TEN + 80 * MINUTE
    assert seats(session) == [(7200, 0, Seat.TAKEN), (3800, 0, Seat.TAKEN)]
    assert {line.ripe_at for line in sold.lines_of(session)} == {session.ends_at + 48 * HOUR}
    assert session.moves_used == 1
    assert [each.template for each in outbox.to(session.client)][-2:] == ["bookings/moved", "bookings/receipt"]
    assert unsound_here() == []


def test_it_may_be_at_another_time_too(session, longer):
    pay_it(order(session, longer, THURSDAY_TEN + 2 * HOUR))

    assert as_it_is(session) == (BookingState.CONFIRMED, THURSDAY_TEN + 2 * HOUR, 80, 11000)
    assert unsound_here() == []


def test_while_it_is_paid_both_times_are_taken(session, sells, longer, cast):
    order(session, longer, THURSDAY_TEN + 30 * MINUTE)

    for start in (THURSDAY_TEN, THURSDAY_TEN + HOUR):
        with pytest.raises(SlotTaken):
            begin(cast.cleo, sells, start)
    assert int((THURSDAY_TEN + HOUR).timestamp()) not in queries.starts_for(sells, queries.Looker(client=cast.cleo))


def test_not_paid_the_old_booking_is_untouched_and_the_new_time_is_free_again(session, sells, longer, cast, outbox):
    hold_ends(order(session, longer, THURSDAY_TEN + 2 * HOUR))

    assert as_it_is(session) == AS_IT_WAS
    assert session.moves_used == 0
    assert outbox.to(session.client)[-1].template == "bookings/hold_ended"
    assert unsound_here() == []
    assert pay_it(begin(cast.cleo, sells, THURSDAY_TEN + 2 * HOUR)).state == OrderState.PAID


def test_chosen_twice_it_is_one_order_and_another_choice_takes_its_place(session, longer):
    first = order(session, longer)

    assert order(session, longer).code == first.code
    second = order(session, longer, THURSDAY_TEN + 2 * HOUR)
    assert again(first).state == OrderState.EXPIRED
    pay_it(second)
    assert as_it_is(session) == (BookingState.CONFIRMED, THURSDAY_TEN + 2 * HOUR, 80, 11000)


def test_paid_late_it_is_so_where_the_time_is_still_free(session, longer):
    pay_it(hold_ends(order(session, longer)))

    assert as_it_is(session) == LONGER


def test_paid_late_it_is_so_while_the_same_is_ordered_once_more_and_that_order_ends(session, longer, outbox):
    late = hold_ends(order(session, longer, THURSDAY_TEN + 2 * HOUR))
    second = order(session, longer, THURSDAY_TEN + 2 * HOUR)
    payments.turn(second, opened(second))

    assert pay_it(late).state == OrderState.PAID
    assert as_it_is(session) == (BookingState.CONFIRMED, THURSDAY_TEN + 2 * HOUR, 80, 11000)
    assert again(second).checkout == CheckoutState.ENDING
    assert pay_it(second).lines[0].back == 3800
    letter = outbox.to(session.client)[-1]
    assert letter.template == "bookings/paid_again" and "80 minutes" in read(outbox, letter)
    assert unsound_here() == []


def test_paid_late_the_difference_goes_back_where_somebody_else_has_the_time(session, sells, longer, cast, outbox):
    late = hold_ends(order(session, longer, THURSDAY_TEN + 2 * HOUR))
    pay_it(begin(cast.cleo, sells, THURSDAY_TEN + 2 * HOUR))
    late = pay_it(late)

    assert (late.state, late.lines[0].back) == (OrderState.REFUND_DUE, 3800)
    assert as_it_is(session) == AS_IT_WAS
    assert in_pot(late, Pot.COMMISSION) == in_pot(late, Pot.PENDING) == 0
    letter = outbox.to(session.client)[-1]
    assert letter.template == "bookings/seat_lost"
    assert "stands as it is" in read(outbox, letter)
    assert unsound_here() == []


@pytest.mark.parametrize(
    ("became", "is_late"),
    [("cancelled", False), ("cancelled", True), ("cancelled on", False), ("moved", True), ("moved back", True)],
)
def test_paid_for_what_has_changed_meanwhile_the_difference_goes_back(session, longer, cast, clock, became, is_late):
    difference = order(session, longer)
    payments.turn(difference, events.CheckoutMade(3800, "EUR"))
    if is_late:
        difference = hold_ends(difference)
    clock.advance(MINUTE)
    if became == "cancelled":
        actions.cancel(session, by=cast.ben, expecting=7200)
    elif became == "cancelled on":
        actions.cancel_by_specialist(session, by=cast.anna)
    else:
        actions.move(session, THURSDAY_TEN + 3 * HOUR, by=cast.ben, is_express=True)
        if became == "moved back":
            actions.move(session, THURSDAY_TEN, by=cast.ben, is_express=True)
    was = as_it_is(session)
    assert again(difference).checkout in (CheckoutState.ENDING, CheckoutState.ENDED)
    difference = pay_it(difference)

    assert difference.lines[0].back == 3800
    assert as_it_is(session) == was
    assert unsound_here() == []


def test_a_card_that_is_charged_once_more_for_it_changes_nothing(session, longer):
    difference = pay_it(order(session, longer))
    payments.turn(difference, events.PaymentSeen(events.Paid.PAID, 3800, "EUR", "ch_again", live=False))

    assert as_it_is(session) == LONGER


# ---------------------------------------------------------------- a cheaper one


def test_a_cheaper_length_is_had_at_once_and_the_difference_comes_back(session, shorter, outbox):
    actions.change_length(session, other(session, shorter), by=session.client)

    assert as_it_is(session) == (BookingState.CONFIRMED, THURSDAY_TEN, 30, 4500)
    assert seats(session) == [(7200, 2700, Seat.TAKEN)]
    (line,) = sold.lines_of(session)
    assert (in_pot(line.order, Pot.PENDING), in_pot(line.order, Pot.COMMISSION)) == (3960, 540)
    said = read(outbox, outbox.to(session.client)[-1])
    assert "It lasts 30 minutes now" in said
    assert "Its price is €45.00 now. €27.00 comes back" in said
    assert unsound_here() == []


def test_at_the_same_price_nothing_is_ordered_and_nothing_comes_back(session, cast):
    same = sold_by(cast.anna, minutes=60)
    actions.change_length(session, other(session, same, THURSDAY_TEN + HOUR), by=session.client)

    assert as_it_is(session) == (BookingState.CONFIRMED, THURSDAY_TEN + HOUR, 60, 7200)
    assert seats(session) == [(7200, 0, Seat.TAKEN)]


def test_longer_and_then_shorter_gives_back_of_the_difference_first(session, longer, shorter):
    pay_it(order(session, longer))
    actions.change_length(session, other(session, shorter), by=session.client)

    assert [(price, back) for price, back, _ in seats(session)] == [(7200, 2700), (3800, 3800)]
    assert unsound_here() == []


# ---------------------------------------------------------------- what follows


def test_cancelled_late_the_share_that_was_agreed_is_of_both_payments(session, longer, clock):
    pay_it(order(session, longer))
    clock.freeze(THURSDAY_TEN - 20 * HOUR)
    found = sold.to_cancel(session)
    half = split(found, Turn(state=BookingState.CANCELLED_BY_CLIENT, at=clock.now()))

    assert (half.back, half.kept, half.commission) == (Money(5500, "EUR"), Money(5500, "EUR"), Money(660, "EUR"))
    actions.cancel(session, by=session.client, expecting=11000)  # the one that is forgiven
    assert [(price, back) for price, back, _ in seats(session)] == [(7200, 7200), (3800, 3800)]
    assert unsound_here() == []


def test_whom_it_is_cancelled_on_chooses_though_a_difference_had_come_back_before(
    session, longer, shorter, cast, outbox
):
    actions.change_length(session, other(session, shorter), by=session.client)
    actions.cancel_by_specialist(session, by=cast.anna)

    said = read(outbox, outbox.to(cast.ben)[-1])
    assert "becomes of your €45.00" in said
    assert "€45.00 comes back by itself" in said
    assert "€72.00" not in said
    db.session.expire_all()
    assert sold.chooses_until(session) is not None
    jobs.return_unchosen()
    db.session.expire_all()
    assert session.choice_until is not None
    actions.choose_money(session, by=cast.ben)
    assert [(price, back) for price, back, _ in seats(session)] == [(7200, 7200)]
    said = read(outbox, outbox.to(cast.anna)[-1])
    assert "It was sold for €45.00, and €45.00 goes back to your client." in said
    assert "€72.00" not in said and "Before that" not in said
    found = specialists_money.on_its_page(session)
    assert (found["price"], found["returned"], found["yours"]) == ("€45.00", "€45.00", "€0.00")


def test_the_badge_of_a_session_that_was_made_shorter_says_what_comes_back(ben_in, session, shorter):
    actions.change_length(session, other(session, shorter), by=session.client)

    badges = tree_of(ben_in.get(f"/bookings/{session.code}")).select("header .badges .badge")
    assert badges[-1].get_text(" ", strip=True) == "Paid €72.00, €27.00 comes back"


def test_while_a_bank_asks_no_page_of_the_session_says_that_money_comes_back_now(ben_in, bought):
    made = bought(THURSDAY_TEN)
    payments.turn(sold.lines_of(made)[0].order, events.DisputeSeen(events.Asked.OPEN, 7200))

    for page in ("", "/cancel"):
        said = " ".join(tree_of(ben_in.get(f"/bookings/{made.code}{page}")).get_text(" ").split())
        assert "€72.00 back now" not in said
        assert "€72.00 back, once the bank has decided" in said
        assert "nothing is sent before" in said


def test_of_two_payments_one_that_a_bank_takes_back_leaves_the_other(session, longer, cast):
    difference = pay_it(order(session, longer))
    payments.turn(difference, events.DisputeSeen(events.Asked.OPEN, 3800))

    assert lengths.others(session) == []
    actions.cancel(session, by=cast.ben, expecting=11000)
    payments.turn(again(difference), events.DisputeSeen(events.Asked.WON, 3800, again(difference).bank.name))
    assert [(price, back) for price, back, _ in seats(session)] == [(7200, 7200), (3800, 3800)]
    assert unsound_here() == []


def test_within_those_days_it_is_ordered_only_by_who_asks_for_it_so_early(session, longer):
    with transaction():
        session.can_withdraw, session.is_express = True, False

    with pytest.raises(ExpressNeeded):
        order(session, longer, is_express=False)
    pay_it(order(session, longer))
    db.session.expire_all()
    assert session.is_express


def test_each_payment_has_its_papers_and_what_goes_back_of_it_is_credited(session, longer, shorter, cast):
    say_taxed(cast.anna, SMALL)
    pay_it(order(session, longer))
    actions.change_length(session, other(session, shorter), by=session.client)
    invoices.write_all()

    found = db.session.scalars(select(Invoice).where(Invoice.kind.in_(("invoice", "credit_note"))).order_by(Invoice.id))
    said = [(each.kind, each.lines[0].label, each.total.amount) for each in found]
    fifty, difference = "Session, 50 min", "Session, 80 min instead of 50 min"
    assert sorted(said) == [
        ("credit_note", fifty, -2700),
        ("credit_note", difference, -3800),
        ("invoice", fifty, 7200),
        ("invoice", difference, 3800),
    ]
    assert unsound_here() == []


def test_its_specialist_reads_how_long_it_is_and_what_they_have_of_it(session, longer, cast, clock, outbox):
    clock.advance(HOUR)
    pay_it(order(session, longer))

    said = read(outbox, outbox.to(cast.anna)[-1])
    for words in ("It lasts 80 minutes now", "It was sold for €110.00. After our commission, €96.80 of it is yours."):
        assert words in said


def test_a_complaint_freezes_both_payments_and_a_decision_divides_them(session, longer, cast, clock):
    pay_it(order(session, longer))
    clock.freeze(session.ends_at + HOUR)
    actions.complete(session, by=cast.anna)
    dispute = disputes.open_dispute(session, Opening(Reason.LATE_OR_SHORT, Wish.PART, "It was short."), by=cast.ben)
    db.session.expire_all()
    assert [line.frozen for line in sold.lines_of(session)] == [True, True]

    disputes.give_all(dispute, by=cast.anna)
    assert [(price, back) for price, back, _ in seats(session)] == [(7200, 7200), (3800, 3800)]
    assert unsound_here() == []


# ---------------------------------------------------------------- what may be chosen


def test_the_other_lengths_are_those_that_are_sold_at_the_price_that_holds_for_this_client(session, cast):
    longer = sold_by(cast.anna, minutes=80, price=E80, lower_amount=9000, lower_count=1)
    with transaction():
        db.session.add(LowerPrice(offer_id=longer.id, client_id=cast.ben.id))

    db.session.expire_all()
    assert [(each.offer.minutes, each.price.amount) for each in lengths.others(session)] == [(80, 9000)]
    assert order(session, longer).total == Money(1800, "EUR")


def test_the_pages_before_and_after_name_what_this_client_pays_whatever_others_do(client, cast, sign_in):
    of = sold_by(cast.anna, lower_amount=5000, lower_count=1)
    with transaction():
        db.session.add(LowerPrice(offer_id=of.id, client_id=cast.ben.id))
    db.session.expire_all()
    sign_in(client, cast.ben)
    before = tree_of(client.get(f"/specialists/anna-kern/offers/{of.code}/book?start={value(THURSDAY_TEN)}"))
    assert "€50.00 for 50 minutes." in before.get_text() and "€72.00" not in before.get_text()
    # What is bought becomes nobody's by the button below that page.
    assert "It’s kept for you from when you go to payment." in " ".join(before.get_text().split())

    made = booking_of(pay_it(begin(cast.ben, of, THURSDAY_TEN)))
    said = client.get(f"/bookings/{made.code}").text
    assert "€72.00" not in said
    assert "€50.00 for 50 minutes." in said


def test_a_length_of_anybody_else_is_none_and_neither_is_one_that_has_ended(session, longer, clock):
    ilse = specialist(user("Ilse", zone="Europe/Vienna"), slug="ilse")
    theirs = sold_by(ilse.user, minutes=80, price=E80)
    for code in ("nothing", theirs.code, session.appointment.offer.code):
        with pytest.raises(NotFound):
            lengths.named(session, code)
    with transaction():
        longer.ended_at = clock.now()
    db.session.expire_all()
    assert lengths.others(session) == []


def test_a_price_that_the_page_did_not_show_is_neither_ordered_nor_taken(session, longer, shorter):
    for offer, press in ((longer, actions.order_length), (shorter, actions.change_length)):
        with pytest.raises(OfferChanged):
            press(session, other(session, offer, shown="1 7200 0 EUR"), by=session.client)
    with pytest.raises(OfferChanged):
        actions.change_length(session, other(session, longer), by=session.client)
    with pytest.raises(OfferChanged):
        actions.order_length(session, other(session, shorter), by=session.client)
    assert as_it_is(session) == AS_IT_WAS


def test_once_it_cannot_be_moved_freely_its_length_stays(session, longer, clock):
    wanted = other(session, longer)
    clock.freeze(THURSDAY_TEN - 23 * HOUR)

    with pytest.raises(TooLate):
        actions.order_length(session, wanted, by=session.client)


def test_a_time_that_is_not_free_is_refused_and_the_old_one_stays(session, sells, longer, cast):
    pay_it(begin(cast.cleo, sells, THURSDAY_TEN + HOUR))

    with pytest.raises(SlotTaken):
        order(session, longer)
    with pytest.raises(SlotClosed):
        order(session, longer, THURSDAY_TEN + 7 * HOUR)
    pay_it(begin(cast.ben, sells, WEDNESDAY_TEN))
    with pytest.raises((SlotTaken, OwnOverlap)):
        order(session, longer, WEDNESDAY_TEN)
    assert as_it_is(session) == AS_IT_WAS


def test_what_is_kept_instead_is_never_booked_itself(session, longer):
    order(session, longer)

    (held,) = claims.held_instead(session)
    assert held.state == BookingState.HELD
    assert [each.code for each in queries.upcoming_of(session.client)] == [session.code]
    assert booking_of(sold.lines_of(session)[1].order).code == session.code


def test_once_it_is_over_its_page_says_all_that_was_paid_and_what_came_back(session, shorter, cast, clock, ben_in):
    actions.change_length(session, other(session, shorter), by=session.client)
    clock.freeze(session.ends_at + HOUR)
    actions.complete(session, by=cast.anna)

    said = ben_in.get(f"/bookings/{session.code}").text
    assert "You paid €72.00." in said
    assert "€27.00 of it comes back to your card" in said


# ---------------------------------------------------------------- the pages


@pytest.fixture
def ben(ben_in, session, longer, shorter):
    """Ben's browser, while Anna sells three lengths."""
    return ben_in


def test_the_page_offers_each_length_with_its_own_times_and_what_it_costs(ben, session, longer, shorter):
    chips = [each.text for each in tree_of(ben.get(address(session, "move"))).select("nav .chip")]
    assert chips == ["30 minutes", "50 minutes", "80 minutes"]
    assert "Nothing to pay. Your €72.00 moves with it." in ben.get(address(session, "move")).text
    dearer = ben.get(address(session, "move", length=longer.code)).text
    assert "€110.00 instead of €72.00. You pay the difference, €38.00, on the next pages." in dearer
    cheaper = ben.get(address(session, "move", length=shorter.code)).text
    assert "€45.00 instead of €72.00: €27.00 comes back to your card by itself." in cheaper
    assert ben.get(address(session, "move", length="nothing")).status_code == 404


def test_from_the_times_over_the_review_to_the_payment_of_the_difference(ben, session, longer):
    page = ben.get(address(session, "move", length=longer.code))
    answer = sent(ben, page, address(session, "move"), start=value(THURSDAY_TEN))
    assert answer.status_code == 303
    review = ben.get(answer.location)
    for said in ("€110.00", "€72.00", "Go to payment, €38.00", "You get back €110.00 of €110.00", "stands as it is"):
        assert said in review.text
    assert len(sold.lines_of(session)) == 1, "nothing is ordered by looking"

    answer = sent(ben, review, address(session, "length"), express="y")
    (_, line) = sold.lines_of(session)
    assert answer.location == f"/checkout/{line.order.code}/pay"
    assert "Your session stands as it is" in ben.get(f"/checkout/{line.order.code}/return").text


def test_a_shorter_one_is_had_by_one_press(ben, session, shorter):
    page = ben.get(address(session, "move", length=shorter.code))
    answer = sent(ben, page, address(session, "move"), start=value(THURSDAY_TEN), express="y")

    assert "It lasts 30 minutes now" in ben.get(answer.location).text
    assert as_it_is(session)[2:] == (30, 4500)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"length": "nothing"}, 404),
        ({"length": "\x00"}, 404),
        ({"shown": "1 7200 0 EUR"}, 409),
        ({"start": "yesterday"}, 422),
        ({"start": value(THURSDAY_TEN + 20 * HOUR)}, 409),
    ],
)
def test_what_no_page_of_ours_sends_orders_nothing(ben, session, longer, changes, status):
    honest = {"start": value(THURSDAY_TEN), "length": longer.code, "shown": "11000 7200 0 EUR", "express": "y"}
    answer = ben.post(
        address(session, "length"), data=honest | {"csrf_token": csrf_of(ben.get("/time-zone"))} | changes
    )

    assert answer.status_code == status
    assert len(sold.lines_of(session)) == 1
    assert as_it_is(session) == AS_IT_WAS


def test_a_stranger_finds_no_review_and_orders_nothing(client, sign_in, session, longer, cast):
    stranger = sign_in(client, cast.cleo)
    fields = {"start": value(THURSDAY_TEN), "length": longer.code, "shown": "11000 7200 0 EUR"}

    assert stranger.get(address(session, "length", **fields)).status_code == 404
    data = fields | {"csrf_token": csrf_of(stranger.get("/time-zone"))}
    assert stranger.post(address(session, "length"), data=data).status_code == 404


def test_as_long_as_the_difference_is_not_paid_their_own_page_says_that_the_old_length_stands(ben, session, longer):
    order(session, longer)

    said = " ".join(tree_of(ben.get("/me")).get_text(" ").split())

    assert "Waiting for your payment" in said
    assert "with Anna, the difference, €38.00." in said
    assert "Your session stands as it is: Thursday 4 March, 09:00 to 09:50" in said
    assert "Nothing is booked or charged before you have paid" not in said
