"""Their specialist cancelled what they had paid for: they choose between all of it and another time."""

from datetime import UTC, datetime, timedelta

import pytest

from practice.bookings import actions, jobs, queries, sold
from practice.bookings.errors import SlotTaken, TooLate
from practice.bookings.money_back import Why
from practice.bookings.states import BookingState
from practice.ledger.chart import Pot
from practice.letters.mail_worker import deliver_due
from practice.payments import actions as payments
from practice.payments import queries as orders
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.specialists.models import LowerPrice, Offer
from practice.specialists.states import ProfileState
from practice.store.db import db, transaction
from practice.values.money import Money
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.factories import booking as stored
from tests.factories import specialist, user
from tests.pages import as_read, tree_of
from tests.selling import begin, sold_by
from tests.shop import in_pot, unsound

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
S = BookingState


def line_of(booking):
    db.session.expire_all()
    return sold.lines_of(booking)[0]


@pytest.fixture
def called_off(cast, bought):
    """Ben had paid for Wednesday at ten, and Anna has just cancelled."""
    booking = bought(WEDNESDAY_TEN)
    actions.cancel_by_specialist(booking, by=cast.anna)
    return booking


@pytest.fixture
def told_off(cast, bought, clock):
    """The same, after both had read that it stands."""
    booking = bought(WEDNESDAY_TEN)
    clock.advance(hours=1)
    deliver_due()
    actions.cancel_by_specialist(booking, by=cast.anna)
    return booking


def words(outbox, person):
    return " ".join(outbox.read(outbox.last_to(person)).text.split())


def test_its_specialist_reads_among_what_they_earned_that_their_client_chooses(cast, called_off, client, sign_in):
    sign_in(client, cast.anna)
    until = "Waiting: your client chooses until 4 March"

    assert until in client.get("/practice/earnings").text
    assert until in client.get("/practice/earnings.csv").text
    actions.choose_money(called_off, by=cast.ben)
    assert until not in client.get("/practice/earnings").text


def test_whoever_cancels_what_was_paid_reads_what_their_client_was_told(cast, bought, client, sign_in, post):
    booking = bought(WEDNESDAY_TEN)
    sign_in(client, cast.anna)
    answer = post(f"/practice/bookings/{booking.code}/cancel")

    said = client.get(answer.location).text
    assert "chooses another time with you or their money" in said and "other people who have time" not in said


def test_nothing_is_decided_for_them_and_nobody_is_paid_meanwhile(cast, called_off, clock):
    assert (called_off.state, line_of(called_off).back) == (S.CANCELLED_BY_SPECIALIST, 0)
    assert called_off.choice_until == clock.now() + 72 * HOUR
    assert line_of(called_off).ripe_at >= called_off.choice_until
    assert unsound() == []


def test_the_old_time_is_free_at_once(cast, called_off):
    assert stored(cast.cleo, cast.practice, WEDNESDAY_TEN).is_confirmed


def test_they_may_have_all_of_it(cast, called_off):
    actions.choose_money(called_off, by=cast.ben)

    assert (line_of(called_off).back, called_off.returned_why) == (7200, Why.CANCELLED_BY_SPECIALIST)
    assert called_off.choice_until is None
    for again in (
        lambda: actions.choose_money(called_off, by=cast.ben),
        lambda: actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben),
    ):
        with pytest.raises(TooLate):
            again()


def test_they_may_take_another_time_without_paying_again(cast, called_off, clock, outbox):
    number = called_off.ics_sequence
    actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)

    assert (called_off.state, called_off.starts_at, called_off.place) == (S.CONFIRMED, THURSDAY_TEN, 1)
    assert (called_off.moves_used, called_off.choice_until, called_off.ended_at) == (0, None, None)
    assert called_off.ics_sequence > number
    assert (line_of(called_off).back, line_of(called_off).ripe_at) == (0, called_off.ends_at + 48 * HOUR)
    assert unsound() == []
    # It is a booking as any other: cancelled in time all of it comes back.
    actions.cancel(called_off, by=cast.ben)
    assert line_of(called_off).back == 7200


def test_cancelled_once_more_they_are_asked_once_more(cast, called_off, outbox):
    actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)
    actions.cancel_by_specialist(called_off, by=cast.anna)

    asked = [each for each in outbox.to(cast.ben) if each.template == "bookings/cancelled"]
    assert len(asked) == 2
    actions.choose_money(called_off, by=cast.ben)
    assert line_of(called_off).back == 7200


def test_calendars_lose_the_old_time_and_get_the_new_one_under_the_same_name(cast, told_off, outbox):
    actions.choose_time(told_off, THURSDAY_TEN, by=cast.ben)

    for person in (cast.ben, cast.anna):
        gone, stands = (each.context["invite"] for each in outbox.to(person)[-2:])
        assert (gone["method"], stands["method"]) == ("CANCEL", "REQUEST")
        assert gone["uid"] == stands["uid"]
        assert gone["sequence"] < stands["sequence"]


@pytest.mark.parametrize(
    "now", [datetime(2027, 3, 26, 9, tzinfo=UTC), datetime(2027, 10, 29, 9, tzinfo=UTC)], ids=["spring", "autumn"]
)
def test_who_is_silent_has_it_back_after_seventy_two_hours_also_when_clocks_change(cast, bought, clock, now):
    clock.freeze(now)
    booking = bought(now + timedelta(days=7))
    actions.cancel_by_specialist(booking, by=cast.anna)

    clock.freeze(now + 72 * HOUR - SECOND)
    jobs.return_unchosen()
    assert line_of(booking).back == 0
    clock.freeze(now + 72 * HOUR)
    with pytest.raises(TooLate):
        actions.choose_time(booking, now + timedelta(days=8), by=cast.ben)
    for _ in range(2):
        jobs.return_unchosen()
    assert (line_of(booking).back, booking.choice_until) == (7200, None)
    assert in_pot(line_of(booking).order, Pot.PENDING) == 0


def test_one_letter_asks_and_says_until_when(cast, called_off, outbox):
    said = words(outbox, cast.ben)

    assert "have all of it back, or take another time with Anna without paying again" in said
    assert "€72.00 comes back by itself" in said
    assert "If you do not choose until Thursday 4 March, 08:00 (Dublin time)" in said
    jobs.return_unchosen()
    assert sum(each.template == "bookings/cancelled" for each in outbox.to(cast.ben)) == 1


def test_a_time_that_somebody_else_has_is_not_theirs_and_the_choice_stays(cast, called_off):
    stored(cast.cleo, cast.practice, THURSDAY_TEN)

    with pytest.raises(SlotTaken):
        actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)
    db.session.refresh(called_off)
    assert called_off.state == S.CANCELLED_BY_SPECIALIST
    assert queries.possible_to(called_off, cast.ben).choose_time


def test_a_practice_that_ends_gives_it_back_at_once(cast, called_off, client, sign_in):
    with transaction():
        cast.practice.state = ProfileState.SUSPENDED
    db.session.expire_all()
    possible = queries.possible_to(called_off, cast.ben)
    assert possible.choose_money and not possible.choose_time
    page = as_read(sign_in(client, cast.ben).get(f"/bookings/{called_off.code}").text)
    assert "Choose another" not in page and "another time with" not in page and "all of it comes back" in page
    mine = as_read(client.get("/me").text)
    assert "Anna cancelled: your €72.00 comes back" in mine
    assert "another time without paying" not in mine and "You choose what becomes" not in mine

    jobs.return_unchosen()
    assert line_of(called_off).back == 7200


def test_a_paused_practice_still_owes_another_time(cast, called_off):
    with transaction():
        cast.practice.state = ProfileState.PAUSED
    actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)

    assert called_off.is_confirmed


def test_while_a_bank_asks_for_the_money_there_is_nothing_to_choose(cast, called_off):
    order = orders.order_of(sold.KIND, called_off.code)
    payments.turn(order, events.DisputeSeen(events.Asked.OPEN, 7200))

    with pytest.raises(TooLate):
        actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)
    payments.turn(order, events.DisputeSeen(events.Asked.WON, 7200))
    actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)
    assert called_off.is_confirmed


@pytest.fixture
def refunds(cast):
    """`refunds(booking, 7200)`: one of the staff gives back so much."""

    def refund(booking, minor):
        more = payments.Return(more=Money(minor, "EUR"), shown=0, reason=Reason.KINDNESS, words="x")
        payments.propose_refund(line_of(booking), more, by=cast.sam)

    return refund


@pytest.mark.parametrize("minor", [7200, 1000], ids=["all", "a part"])
def test_nobody_chooses_another_time_for_money_that_has_gone_back(cast, called_off, refunds, minor, client, sign_in):
    refunds(called_off, minor)

    with pytest.raises(TooLate):
        actions.choose_time(called_off, THURSDAY_TEN, by=cast.ben)
    assert called_off.state == S.CANCELLED_BY_SPECIALIST
    for person, address in ((cast.ben, "/bookings"), (cast.anna, "/practice/bookings")):
        page = as_read(sign_in(client, person).get(f"{address}/{called_off.code}").text)
        assert "choose what becomes" not in page and "Your client chooses" not in page and "Have it back" not in page
    # Whatever is left follows it, without waiting for an answer that nobody can give.
    jobs.return_unchosen()
    assert (line_of(called_off).back, called_off.choice_until) == (7200, None)


def test_what_had_gone_back_before_it_was_cancelled_leaves_no_choice(cast, bought, refunds):
    booking = bought(WEDNESDAY_TEN)
    refunds(booking, 1000)
    actions.cancel_by_specialist(booking, by=cast.anna)

    assert (line_of(booking).back, booking.choice_until) == (7200, None)


def test_the_page_says_why_there_is_no_choice(cast, called_off, refunds, client, sign_in):
    payments.turn(orders.order_of(sold.KIND, called_off.code), events.DisputeSeen(events.Asked.OPEN, 7200))
    page = sign_in(client, cast.ben).get(f"/bookings/{called_off.code}")
    assert "Your bank was asked about this money" in as_read(page.text)


def test_staff_and_none_of_the_times_and_a_closing_practice_leave_no_choice(cast, bought):
    declined, closing = bought(WEDNESDAY_TEN), bought(THURSDAY_TEN)
    actions.decline_proposal(actions.propose(declined, [THURSDAY_TEN + HOUR], by=cast.anna), by=cast.ben)
    actions.close_practice(cast.practice, calls_off=True, by=cast.anna)

    for booking in (declined, closing):
        assert (line_of(booking).back, booking.choice_until) == (7200, None)


@pytest.mark.parametrize("minor", [100, 7200])
def test_nothing_is_waived_while_they_choose(cast, called_off, minor):
    with pytest.raises(TooLate):
        actions.waive(called_off, Money(minor, "EUR"), by=cast.anna)

    assert line_of(called_off).back == 0
    assert queries.possible_to(called_off, cast.ben).choose_time


def test_from_the_page_to_another_time(client, cast, called_off, sign_in, post):
    mine = f"/bookings/{called_off.code}"
    sign_in(client, cast.ben)
    page = as_read(client.get(mine).text)
    assert "€72.00 to your card" in page and "Choose another time" in page and "costs you" not in page
    assert "Take this time" in client.get(f"{mine}/move?week=2027-03-01").text
    assert post(f"{mine}/again", start="nonsense").status_code == 422
    assert post(f"{mine}/move", start=value(THURSDAY_TEN)).status_code == 409
    # Before they pay for one more they read that this one waits, and what they begin to pay is named where it stands in
    # the way.
    form = {"start": value(THURSDAY_TEN), "format": "video", "form_key": "f9"}
    offer = f"/specialists/anna-kern/offers/{called_off.appointment.offer.code}"
    post(f"{offer}/book", start=value(THURSDAY_TEN))
    review = tree_of(client.get(post(f"{offer}/book/confirm", **form).location))
    assert "Anna cancelled: choose what becomes of your €72.00" in as_read(str(review))
    assert review.find("a", string="Choose another time without paying again")["href"] == f"{mine}/move#times"
    begun = begin(cast.ben, called_off.appointment.offer, THURSDAY_TEN)
    refused = as_read(post(f"{mine}/again", start=value(THURSDAY_TEN)).text)
    assert "You are paying for that time already" in refused and f"/checkout/{begun.code}/leave" in refused
    payments.let_go(begun, by=cast.ben)
    assert post(f"{mine}/again", start=value(THURSDAY_TEN)).status_code == 303
    assert "You chose this time after it had been cancelled" in as_read(client.get(mine).text)
    for what in ("money-back", "again"):
        late = post(f"{mine}/{what}", start=value(THURSDAY_TEN))
        assert late.status_code == 409
        said = " ".join(as_read(late.text).split())
        assert "Your session stands as it is: Thursday 4 March, 09:00 to 09:50, Dublin time, with Anna." in said
        assert "comes back, or has come back" not in said
    sign_in(client, cast.anna)
    assert client.get(f"/practice/bookings/{called_off.code}").status_code == 200


def test_nobody_else_chooses(client, cast, called_off, sign_in, post):
    sign_in(client, cast.cleo)
    for what in ("again", "money-back"):
        assert post(f"/bookings/{called_off.code}/{what}", start=value(THURSDAY_TEN)).status_code == 404


# ---------------------------------------------------------------- where they read of it


def test_their_own_page_asks_for_the_choice_and_says_nothing_came_back(client, cast, called_off, sign_in, clock):
    sign_in(client, cast.ben)
    said = " ".join(tree_of(client.get("/me")).get_text(" ").split())

    assert "Anna cancelled: choose what becomes of your €72.00" in said
    assert "If you don’t choose until Thursday 4 March, 08:00 , Dublin time, it comes back by itself." in said
    assert "You choose what becomes of the money" in said
    assert "given back" not in said

    # Whoever pays less for one by now is told before they keep the dearer one.
    cheaper, mine = "A session of 50 minutes costs you", f"/bookings/{called_off.code}"
    assert cheaper not in as_read(client.get(mine).text)
    with transaction() as session:
        session.get(Offer, called_off.appointment.offer_id).ended_at = clock.now()
    db.session.expire_all()
    was = called_off.appointment.offer_id
    lower = sold_by(cast.anna, lower_amount=4000, lower_count=1, follows_id=was, version=2)
    with transaction():
        db.session.add(LowerPrice(offer_id=lower.id, client_id=cast.ben.id))
    db.session.expire_all()
    assert f"{cheaper} €40.00 now. If you have it back, you can book one for that." in as_read(client.get(mine).text)

    actions.choose_money(called_off, by=cast.ben)
    after = as_read(client.get("/me").text)
    assert "choose" not in after.lower()
    assert "Cancelled on 1 March, not by you" in after


def test_its_specialist_reads_before_cancelling_that_the_client_chooses(client, cast, bought, sign_in):
    booking = bought(WEDNESDAY_TEN)
    sign_in(client, cast.anna)
    said = as_read(client.get(f"/practice/bookings/{booking.code}").text)

    assert "If you cancel, they choose between all of the money and another time." in said
    assert "given back" not in said


@pytest.mark.parametrize("by_staff", [False, True])
def test_the_letter_names_others_who_have_time_and_the_specialists_names_nobody(cast, bought, outbox, by_staff):
    specialist(user("Berta Quell"), slug="berta")
    booking = bought(WEDNESDAY_TEN)
    if by_staff:
        with transaction():
            cast.practice.state = "suspended"
        actions.call_off(booking, by=cast.sam)
    else:
        actions.cancel_by_specialist(booking, by=cast.anna)

    said = words(outbox, cast.ben)
    assert "Other people who have time soon, on your clock: Berta Quell: " in said
    assert "Berta" not in words(outbox, cast.anna)
