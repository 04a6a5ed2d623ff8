"""A booking is moved, cancelled, taken back: what counts, what is told to whom, and what a stranger sees."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from practice.bookings import actions, queries
from practice.bookings.errors import SlotClosed, TooLate
from practice.bookings.models import Booking, Strike
from practice.bookings.occupancy import Occupancy
from practice.bookings.states import BookingState
from practice.letters.mail_worker import deliver_due
from practice.store.db import db
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN, value
from tests.factories import booking as stored
from tests.factories import specialist, user
from tests.pages import as_read, tree_of

S = BookingState


@pytest.fixture
def booked(cast, app):
    offer = queries.chosen_offer("anna-kern").offer
    return actions.book(cast.ben, offer, WEDNESDAY_TEN, actions.Details(format="video"))


@pytest.fixture
def read(outbox):
    """The words of a letter, without its line breaks."""
    return lambda letter: " ".join(outbox.read(letter).text.split())


@pytest.fixture
def told(booked, clock):
    """The quarter of an hour to take it back is over, and both have their letter."""
    clock.advance(minutes=15, seconds=1)
    deliver_due()
    return booked


def _state(code):
    db.session.rollback()
    return db.session.scalar(select(Booking).where(Booking.code == code)).state


# ---------------------------------------------------------------- move


def test_a_client_moves_twice_and_then_asks(booked, ben_in, post, cast, outbox):
    first = post(f"/bookings/{booked.code}/move", start=value(THURSDAY_TEN))
    second = post(f"/bookings/{booked.code}/move", start=value(WEDNESDAY_TEN))
    third = post(f"/bookings/{booked.code}/move", start=value(THURSDAY_TEN))

    assert (first.status_code, second.status_code, third.status_code) == (303, 303, 409)
    assert "can be moved twice" in third.text
    assert outbox.kinds_to(cast.ben).count("bookings/moved") == 2


def test_after_a_move_the_old_time_is_free_and_the_new_one_taken(booked, cast):
    actions.move(booked, THURSDAY_TEN, by=cast.ben)

    starts = queries.starts_for(cast.practice.consult)
    assert int(WEDNESDAY_TEN.timestamp()) in starts
    assert int(THURSDAY_TEN.timestamp()) not in starts
    taken = select(func.count()).where(Occupancy.person_id == cast.ben.id).select_from(Occupancy)
    assert db.session.scalar(taken) == 6


def test_a_shift_by_a_quarter_of_an_hour_does_not_stand_in_its_own_way(booked, cast):
    actions.move(booked, WEDNESDAY_TEN + timedelta(minutes=15), by=cast.ben)

    assert booked.starts_at == WEDNESDAY_TEN + timedelta(minutes=15)


def test_a_move_onto_a_taken_time_keeps_the_old_one(booked, ben_in, post, cast):
    stored(cast.cleo, cast.practice, THURSDAY_TEN)

    answer = post(f"/bookings/{booked.code}/move", start=value(THURSDAY_TEN))

    assert answer.status_code == 409
    assert "Your old time is still yours" in answer.text
    db.session.rollback()
    assert booked.starts_at == WEDNESDAY_TEN


def test_moving_to_the_same_time_is_refused_number(booked, cast):
    with pytest.raises(SlotClosed, match="the time you have already"):
        actions.move(booked, WEDNESDAY_TEN, by=cast.ben)


def test_a_moved_booking_is_asked_again_whether_it_suits(booked, cast):
    actions.reconfirm(booked, by=cast.ben)
    actions.move(booked, THURSDAY_TEN, by=cast.ben)

    assert booked.reconfirmed_at is None


# ---------------------------------------------------------------- cancel and undo


def test_a_booking_taken_back_within_a_quarter_of_an_hour_counts_for_nothing(booked, ben_in, post, clock, cast):
    clock.advance(minutes=15)
    post(f"/bookings/{booked.code}/undo")

    assert _state(booked.code) == S.UNDONE
    assert not queries.eligibility_of(cast.ben, cast.practice).pair_used


def test_after_a_quarter_of_an_hour_undo_is_refused_and_cancel_offered(booked, ben_in, post, clock):
    clock.advance(minutes=15, seconds=1)
    answer = post(f"/bookings/{booked.code}/undo")

    assert answer.status_code == 409
    assert "You can still cancel it" in answer.text


def test_two_hours_before_is_in_time_and_a_second_later_is_not(booked, cast, clock):
    other = stored(cast.cleo, cast.practice, WEDNESDAY_TEN + timedelta(hours=1))
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=2))
    actions.cancel(booked, by=cast.ben)
    clock.advance(hours=1, seconds=1)
    actions.cancel(other, by=cast.cleo)

    assert booked.state == S.CANCELLED_BY_CLIENT
    assert other.state == S.LATE_RELEASED
    assert not queries.eligibility_of(cast.ben, cast.practice).pair_used
    assert queries.eligibility_of(cast.cleo, cast.practice).pair_used


def test_cancelling_frees_the_time_and_tells_both(told, ben_in, post, cast, outbox):
    answer = post(f"/bookings/{told.code}/cancel")

    assert answer.status_code == 303
    assert int(WEDNESDAY_TEN.timestamp()) in queries.starts_for(cast.practice.consult)
    for person in (cast.ben, cast.anna):
        assert outbox.last_to(person).template == "bookings/cancelled"
        assert outbox.last_to(person).context["invite"]["method"] == "CANCEL"


def test_nobody_is_asked_why_they_cancel_on_either_side(told, ben_in, app, cast, sign_in):
    """Nobody would read it. A specialist says whether it is an emergency, which a rule reads."""
    anna_in = sign_in(app.test_client(), cast.anna)
    asked = {}
    for browser, page, sent in (
        (ben_in, f"/bookings/{told.code}/cancel", f"/bookings/{told.code}/cancel"),
        (anna_in, f"/practice/bookings/{told.code}", f"/practice/bookings/{told.code}/cancel"),
    ):
        form = tree_of(browser.get(page)).find("form", action=sent)
        asked[sent] = [each["name"] for each in form.select("input, textarea") if each["name"] != "csrf_token"]

    assert list(asked.values()) == [[], ["emergency"]]


def test_the_cancel_page_says_before_whether_it_counts(booked, ben_in, clock):
    early = ben_in.get(f"/bookings/{booked.code}/cancel").text
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=1))
    late = ben_in.get(f"/bookings/{booked.code}/cancel").text

    assert "It doesn’t count." in early
    assert "It counts as your one free consultation" in late


def test_an_appointment_that_has_begun_cannot_be_cancelled(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN)

    with pytest.raises(TooLate):
        actions.cancel(booked, by=cast.ben)


def test_a_specialist_who_cancels_late_gets_a_strike_and_the_client_keeps_the_consultation(booked, cast, clock):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=23))
    actions.cancel_by_specialist(booked, by=cast.anna)

    assert db.session.scalar(select(func.count(Strike.id))) == 1
    assert not queries.eligibility_of(cast.ben, cast.practice).pair_used


def test_a_day_ahead_or_in_an_emergency_there_is_no_strike(booked, cast, clock):
    other = stored(cast.cleo, cast.practice, WEDNESDAY_TEN + timedelta(hours=1))
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=24))
    actions.cancel_by_specialist(booked, by=cast.anna)
    clock.advance(hours=5)
    actions.cancel_by_specialist(other, by=cast.anna, emergency=True)

    assert db.session.scalar(select(func.count(Strike.id))) == 0


def test_an_emergency_a_week_ahead_excuses_nothing_and_uses_up_none_of_the_year(booked, cast, clock):
    late = [stored(user(f"Client{n} Q"), cast.practice, WEDNESDAY_TEN + timedelta(hours=n)) for n in (1, 2)]
    actions.cancel_by_specialist(booked, by=cast.anna, emergency=True)  # two days ahead
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=3))
    for each in late:
        actions.cancel_by_specialist(each, by=cast.anna, emergency=True)

    assert not booked.is_emergency
    assert db.session.scalar(select(func.count(Strike.id))) == 0


def test_an_emergency_that_is_noted_all_the_same_uses_up_none_of_the_year(booked, cast, clock):
    late = [stored(user(f"Client{n} Q"), cast.practice, WEDNESDAY_TEN + timedelta(hours=n)) for n in (1, 2, 3)]
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=3))
    for each in (booked, *late):
        actions.cancel_by_specialist(each, by=cast.anna, emergency=True)

    assert [each.is_emergency for each in (booked, *late)] == [True, True, False, False]
    assert db.session.scalar(select(func.count(Strike.id))) == 2


NOTED = "noted on your side for 90 days. With three, new free consultations rest."


@pytest.mark.parametrize("is_late", [True, False], ids=["23 hours before", "a day before"])
def test_whoever_cancels_reads_whether_it_was_noted(booked, cast, clock, outbox, read, is_late):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=23 if is_late else 24))
    actions.cancel_by_specialist(booked, by=cast.anna)

    assert (NOTED in read(outbox.last_to(cast.anna))) == is_late
    assert "noted" not in read(outbox.last_to(cast.ben))


@pytest.mark.parametrize("is_late", [True, False], ids=["23 hours before", "a day before"])
def test_whoever_offers_other_times_late_reads_before_and_after_that_it_is_noted(
    booked, client, cast, sign_in, clock, outbox, read, is_late
):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=23 if is_late else 24))
    page = sign_in(client, cast.anna).get(f"/practice/bookings/{booked.code}/move").text
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    actions.decline_proposal(proposal, by=cast.ben)

    assert ("noted on your side, as if you had cancelled it now" in as_read(page)) == is_late
    assert (NOTED in read(outbox.last_to(cast.anna))) == is_late


def test_three_strikes_in_ninety_days_pause_new_consultations(cast, app, clock):
    clock.advance(hours=2)
    for number, name in enumerate(("Dora", "Emil", "Fritz")):
        one = stored(user(name), cast.practice, TUESDAY_NINE + timedelta(minutes=45 * number))
        actions.cancel_by_specialist(one, by=cast.anna)

    assert not queries.eligibility_of(cast.ben, cast.practice).is_bookable
    clock.advance(days=90)
    assert queries.eligibility_of(cast.ben, cast.practice).is_bookable


# ---------------------------------------------------------------- other times from the specialist


def test_offered_times_change_nothing_until_one_is_taken(booked, client, cast, sign_in, post, outbox):
    sign_in(client, cast.anna)
    offered = post(f"/practice/bookings/{booked.code}/move", starts=[value(THURSDAY_TEN), value(TUESDAY_NINE)])
    db.session.rollback()
    proposal = booked.open_proposal

    assert offered.status_code == 303
    assert booked.starts_at == WEDNESDAY_TEN
    assert outbox.last_to(cast.ben).template == "bookings/proposal"
    sign_in(client, cast.ben)
    post(f"/proposals/{proposal.code}/accept", start=value(THURSDAY_TEN))
    db.session.rollback()
    assert booked.starts_at == THURSDAY_TEN
    assert booked.moves_used == 0


def test_the_history_says_that_another_time_was_asked_for_before_any_is_taken(booked, client, cast, sign_in, ben_in):
    actions.propose(booked, [THURSDAY_TEN], by=cast.anna)

    assert "Anna asked for another time." in ben_in.get(f"/bookings/{booked.code}").text
    theirs = sign_in(client, cast.anna).get(f"/practice/bookings/{booked.code}").text
    assert "You asked for another time." in theirs


def test_a_declined_offer_cancels_without_counting(booked, cast):
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    actions.decline_proposal(proposal, by=cast.ben)

    assert booked.state == S.CANCELLED_BY_SPECIALIST
    assert not queries.eligibility_of(cast.ben, cast.practice).pair_used


def test_the_letters_of_a_cancelled_appointment_say_who_and_whether_it_counts(told, cast, clock, outbox):
    actions.decline_proposal(actions.propose(told, [THURSDAY_TEN], by=cast.anna), by=cast.ben)
    again = stored(cast.ben, cast.practice, THURSDAY_TEN)
    declined = [" ".join(outbox.read(outbox.last_to(person)).text.split()) for person in (cast.ben, cast.anna)]
    actions.cancel(again, by=cast.ben)
    in_time = " ".join(outbox.read(outbox.last_to(cast.ben)).text.split())

    assert "None of the other times suited you, so it is cancelled. It does not count" in declined[0]
    assert "None of the times you offered suits your client" in declined[1]
    assert "You cancelled it. It does not count: your free consultation with Anna is still yours." in in_time
    assert "Two ways" not in in_time, "one link is one way"
    assert "What is possible with Anna now is on the page of the appointment." in in_time


def test_after_cancelling_the_page_to_cancel_says_so(booked, ben_in, cast):
    actions.cancel(booked, by=cast.ben)

    assert "You cancelled." in ben_in.get(f"/bookings/{booked.code}/cancel").text


def test_another_time_than_those_offered_uses_up_no_move_of_the_clients(booked, cast):
    booked.moves_used = 2
    db.session.commit()
    actions.propose(booked, [THURSDAY_TEN], by=cast.anna)

    actions.move(booked, THURSDAY_TEN + timedelta(hours=1), by=cast.ben)

    assert (booked.starts_at, booked.moves_used) == (THURSDAY_TEN + timedelta(hours=1), 2)
    with pytest.raises(TooLate):
        actions.move(booked, THURSDAY_TEN, by=cast.ben)


@pytest.mark.parametrize("taken", ["offered", "another"])
def test_the_history_says_whose_wish_another_time_was(booked, client, cast, sign_in, ben_in, taken):
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    if taken == "offered":
        actions.accept_proposal(proposal, THURSDAY_TEN, by=cast.ben)
    else:
        actions.move(booked, THURSDAY_TEN + timedelta(hours=1), by=cast.ben)
    clients = ben_in.get(f"/bookings/{booked.code}").text
    theirs = sign_in(client, cast.anna).get(f"/practice/bookings/{booked.code}").text

    offered = taken == "offered"
    assert ("Anna offered other times, you took this one" if offered else "Anna asked for another time, you") in clients
    assert ("You offered other times, B. took this one" if offered else "You asked for another time, B.") in theirs
    for page in (clients, theirs):
        assert "moved it" not in page


@pytest.mark.parametrize(("asked", "strikes"), [(25, 0), (23, 1)], ids=["a day ahead", "within a day"])
def test_a_declined_offer_is_judged_by_when_the_specialist_asked(booked, cast, clock, ben_in, asked, strikes):
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=asked))
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    clock.freeze(WEDNESDAY_TEN - timedelta(hours=3))

    actions.decline_proposal(proposal, by=cast.ben)

    assert db.session.scalar(select(func.count(Strike.id))) == strikes
    assert "You took none of the other times, so it was cancelled." in ben_in.get(f"/bookings/{booked.code}").text


def test_an_offer_lapses_and_the_old_time_stays(booked, cast, clock):
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)
    clock.freeze(WEDNESDAY_TEN - timedelta(minutes=1))
    actions.lapse_proposals()
    clock.advance(minutes=1)

    with pytest.raises(TooLate, match="Your appointment stands"):
        actions.accept_proposal(proposal, THURSDAY_TEN, by=cast.ben)


def test_a_time_that_was_not_offered_cannot_be_slipped_in(booked, ben_in, post, cast):
    proposal = actions.propose(booked, [THURSDAY_TEN], by=cast.anna)

    answer = post(f"/proposals/{proposal.code}/accept", start=value(TUESDAY_NINE))

    assert answer.status_code == 409


@pytest.mark.parametrize(
    "starts", [[], [value(THURSDAY_TEN + timedelta(minutes=30 * n)) for n in range(4)], ["nonsense"]]
)
def test_an_offer_holds_one_to_three_times(booked, client, cast, sign_in, post, starts):
    sign_in(client, cast.anna)

    answer = post(f"/practice/bookings/{booked.code}/move", starts=starts)

    assert answer.status_code == 422
    assert "one to three" in answer.text


def ticked(answer):
    found = BeautifulSoup(answer.text, "html.parser").find_all("input", {"name": "starts"}, checked=True)
    return [each["value"] for each in found]


def test_times_chosen_in_one_week_stay_chosen_in_another(booked, client, cast, sign_in, post):
    sign_in(client, cast.anna)
    path = f"/practice/bookings/{booked.code}/move"
    friday_later = THURSDAY_TEN + timedelta(days=8)

    other = post(path, starts=[value(THURSDAY_TEN)], week="2027-03-08")
    page = client.get(other.headers["Location"])

    assert other.status_code == 303
    assert booked.open_proposal is None
    assert ticked(page) == [value(THURSDAY_TEN)]
    assert "Chosen in other weeks" in page.text
    back = client.get(post(path, starts=[*ticked(page), value(friday_later)], week="2027-03-01").headers["Location"])
    assert sorted(ticked(back)) == [value(THURSDAY_TEN), value(friday_later)]
    post(path, starts=ticked(back))
    db.session.rollback()
    assert booked.open_proposal.instants == [THURSDAY_TEN, friday_later]


def test_a_refused_offer_comes_back_with_every_choice_and_the_week_that_was_shown(booked, client, cast, sign_in, post):
    sign_in(client, cast.anna)
    later = [THURSDAY_TEN + timedelta(days=7, minutes=30 * n) for n in range(3)]
    starts = [value(each) for each in (THURSDAY_TEN, *later)]

    answer = post(f"/practice/bookings/{booked.code}/move?week=2027-03-08", starts=starts)

    assert answer.status_code == 422
    assert sorted(ticked(answer)) == starts
    assert "You chose four. Choose one to three times." in answer.text
    assert "Thursday 11 March" in answer.text


# ---------------------------------------------------------------- strangers


@pytest.mark.parametrize("path", ["", "/confirmed", "/move", "/cancel", "/reminder", "/appointment.ics"])
def test_a_stranger_cannot_see_a_booking(booked, client, cast, sign_in, path):
    sign_in(client, cast.cleo)

    assert client.get(f"/bookings/{booked.code}{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["undo", "move", "cancel", "reconfirm", "preparation", "join", "missed", "technical", "contest"]
)
def test_a_stranger_cannot_change_a_booking(booked, client, cast, sign_in, post, path):
    sign_in(client, cast.cleo)

    answer = post(f"/bookings/{booked.code}/{path}", start=value(THURSDAY_TEN), words="x")

    assert answer.status_code == 404
    assert _state(booked.code) == S.CONFIRMED


@pytest.mark.parametrize("path", ["", "/move"])
def test_another_specialist_cannot_see_an_appointment(booked, client, cast, sign_in, path):
    other = user("Berta")
    specialist(other, slug="berta")
    sign_in(client, other)

    assert client.get(f"/practice/bookings/{booked.code}{path}").status_code == 404


def test_the_specialist_sees_initials_and_only_what_was_shared(cast, client, sign_in, app):
    offer = queries.chosen_offer("anna-kern").offer
    details = actions.Details(format="video", call_name="Ben Surname", note="a canary kept private")
    booking = actions.book(cast.ben, offer, WEDNESDAY_TEN, details)
    sign_in(client, cast.anna)

    page = client.get(f"/practice/bookings/{booking.code}").text

    assert "B. S." in page
    assert "canary" not in page
    assert "Surname" not in page
    assert cast.ben.email not in page


def test_nothing_changes_on_a_get(booked, ben_in):
    before = _state(booked.code)
    for path in ("", "/confirmed", "/move", "/cancel", "/reminder", "/appointment.ics"):
        ben_in.get(f"/bookings/{booked.code}{path}")

    for path in ("undo", "reconfirm", "join", "missed", "technical", "contest", "preparation"):
        assert ben_in.get(f"/bookings/{booked.code}/{path}").status_code in (404, 405)
    assert _state(booked.code) == before
    assert db.session.get(Booking, booked.id).reconfirmed_at is None


def test_a_form_without_its_token_changes_nothing(booked, ben_in):
    answer = ben_in.post(f"/bookings/{booked.code}/cancel")

    assert answer.status_code == 400
    assert _state(booked.code) == S.CONFIRMED


def test_fields_that_nobody_offered_are_ignored(booked, ben_in, post):
    post(f"/bookings/{booked.code}/cancel", state="completed", claims_pair="0", client_id="1", specialist_id="9")

    assert _state(booked.code) == S.CANCELLED_BY_CLIENT
