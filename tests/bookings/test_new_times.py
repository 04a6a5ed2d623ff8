"""A time that a client may not take themselves any more: they ask, the specialist agrees or not, silence has an end."""

from datetime import timedelta

import pytest

from practice.bookings import actions, jobs, queries
from practice.bookings.errors import SlotClosed, SlotTaken, TooLate, TooOften
from practice.bookings.states import BookingState, ProposalState
from practice.bookings.who_may import Side
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid
from tests.bookings.conftest import THURSDAY_TEN, WEDNESDAY_TEN, value
from tests.factories import booking as stored
from tests.pages import as_read

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LATER = THURSDAY_TEN + HOUR
S = BookingState


@pytest.fixture
def late(cast, bought, clock):
    """Ben has paid for Wednesday at ten, and the free deadline has just passed."""
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN - 24 * HOUR + SECOND)
    return booking


def may(booking, side=Side.CLIENT):
    db.session.expire_all()
    return queries.possible(booking, side)


def asked(booking, cast, *starts):
    return actions.ask_times(booking, list(starts or (THURSDAY_TEN,)), by=cast.ben)


def words(outbox, person):
    return " ".join(outbox.read(outbox.last_to(person)).text.split())


# ---------------------------------------------------------------- when one asks


def test_one_asks_only_where_one_may_not_take_it_oneself(cast, bought, clock):
    booking = bought(WEDNESDAY_TEN)
    deadline = WEDNESDAY_TEN - 24 * HOUR
    found = []
    for now in (deadline, deadline + SECOND, WEDNESDAY_TEN - SECOND, WEDNESDAY_TEN):
        clock.freeze(now)
        found.append((bool(may(booking).move), bool(may(booking).ask_times)))

    assert found == [(True, False), (False, True), (False, True), (False, False)]
    clock.freeze(deadline)
    with pytest.raises(Conflict, match="move it yourself"):
        asked(booking, cast)


@pytest.mark.parametrize("kind", ["sold", "free"])
def test_after_two_moves_one_asks(cast, bought, kind):
    booking = bought(WEDNESDAY_TEN) if kind == "sold" else stored(cast.ben, cast.practice, WEDNESDAY_TEN)
    with transaction():
        booking.moves_used = 2

    asked(booking, cast)

    assert may(booking).take_back_asked
    assert booking.starts_at == WEDNESDAY_TEN


def test_while_the_specialist_offers_times_there_is_nothing_to_ask(cast, late):
    actions.propose(late, [THURSDAY_TEN], by=cast.anna)

    assert may(late).move
    assert not may(late).ask_times


def test_one_asks_three_times_a_day(cast, late):
    for hours in range(3):
        asked(late, cast, THURSDAY_TEN + hours * HOUR)

    with pytest.raises(TooOften):
        asked(late, cast, THURSDAY_TEN + 3 * HOUR)
    assert [each.state for each in late.proposals] == ["withdrawn", "withdrawn", "open"]


def test_only_free_times_are_asked_for_and_up_to_three(cast, late, bought):
    stored(cast.cleo, cast.practice, THURSDAY_TEN)

    with pytest.raises(SlotTaken):
        asked(late, cast, THURSDAY_TEN)
    for starts in ([], [LATER + hours * HOUR for hours in range(4)]):
        with pytest.raises(Invalid):
            actions.ask_times(late, starts, by=cast.ben)


# ---------------------------------------------------------------- the answer


def test_agreed_to_the_booking_moves_and_nothing_is_charged_or_used_up(cast, late, outbox):
    number = asked(late, cast)

    actions.agree(number, THURSDAY_TEN, by=cast.anna)

    assert (late.starts_at, late.moves_used, late.state) == (THURSDAY_TEN, 0, S.CONFIRMED)
    assert late.returned_why is None
    assert outbox.last_to(cast.ben).template == "bookings/moved"
    assert outbox.last_to(cast.anna).template == "bookings/moved"


def test_declined_it_stands_and_its_client_hears_so(cast, late, outbox):
    actions.decline_asked(asked(late, cast), by=cast.anna)

    assert late.starts_at == WEDNESDAY_TEN
    assert "Anna cannot make it then. So your appointment on Wednesday 3 March" in words(outbox, cast.ben)
    assert may(late).ask_times


@pytest.mark.parametrize("before", [47, 1], ids=["two days", "its start"])
def test_silence_ends_at_the_instant_that_was_said(cast, bought, clock, outbox, before):
    far = bought(WEDNESDAY_TEN + timedelta(days=7))
    with transaction():
        far.moves_used = 2
    clock.freeze(far.starts_at - (before + 1) * HOUR)
    wanted = asked(far, cast, far.starts_at + 24 * HOUR)
    said = min(clock.now() + 48 * HOUR, far.starts_at)
    assert wanted.lapses_at == said

    clock.freeze(said - SECOND)
    jobs.lapse_proposals()
    assert wanted.state == ProposalState.OPEN
    clock.freeze(said)
    with pytest.raises(TooLate, match="stands as it was"):
        actions.agree(wanted, far.starts_at + 24 * HOUR, by=cast.anna)
    jobs.lapse_proposals()

    assert wanted.state == ProposalState.LAPSED
    assert far.starts_at == WEDNESDAY_TEN + timedelta(days=7)


def test_whoever_waited_in_vain_hears_so_once(cast, bought, clock, outbox):
    booking = bought(THURSDAY_TEN + timedelta(days=7))
    with transaction():
        booking.moves_used = 2
    asked(booking, cast)
    clock.advance(hours=48)
    for _ in range(2):
        jobs.lapse_proposals()

    letters = [each for each in outbox.to(cast.ben) if each.template == "bookings/asked_in_vain"]
    assert len(letters) == 1
    assert "Anna has not answered in time." in words(outbox, cast.ben)


def test_the_letter_to_the_specialist_says_until_when(cast, late, outbox):
    asked(late, cast)

    said = words(outbox, cast.anna)
    assert "asks whether another time would suit you" in said
    assert "Without an answer until Wednesday 3 March, 10:00 (Vienna time) it stands as it was." in said


# ---------------------------------------------------------------- what comes in between


@pytest.mark.parametrize("between", ["cancelled", "taken back", "offered", "begun", "cancelled by the specialist"])
def test_what_is_not_asked_for_any_more_is_not_agreed_to(cast, late, clock, between):
    wanted = asked(late, cast)
    deeds = {
        "cancelled": lambda: actions.cancel(late, by=cast.ben),
        "taken back": lambda: actions.take_back_asked(late),
        "offered": lambda: actions.propose(late, [LATER], by=cast.anna),
        "begun": lambda: clock.freeze(WEDNESDAY_TEN),
        "cancelled by the specialist": lambda: actions.cancel_by_specialist(late, by=cast.anna),
    }
    deeds[between]()
    before = late.starts_at

    for answer in (
        lambda: actions.agree(wanted, THURSDAY_TEN, by=cast.anna),
        lambda: actions.decline_asked(wanted, by=cast.anna),
    ):
        with pytest.raises(TooLate):
            answer()
    assert late.starts_at == before


def test_what_somebody_else_took_meanwhile_is_not_agreed_to_and_the_rest_can_be(cast, late):
    wanted = asked(late, cast, THURSDAY_TEN, LATER)
    stored(cast.cleo, cast.practice, THURSDAY_TEN)

    with pytest.raises(SlotTaken):
        actions.agree(wanted, THURSDAY_TEN, by=cast.anna)
    with pytest.raises(SlotClosed, match="not one of the times"):
        actions.agree(wanted, LATER + HOUR, by=cast.anna)
    actions.agree(wanted, LATER, by=cast.anna)

    assert late.starts_at == LATER


# ---------------------------------------------------------------- the pages


def test_from_the_page_to_the_answer(client, cast, late, sign_in, post):
    mine, theirs = f"/bookings/{late.code}", f"/practice/bookings/{late.code}"
    sign_in(client, cast.ben)
    assert "Ask for another" in as_read(client.get(mine).text)
    page = as_read(client.get(f"{mine}/move?week=2027-03-01").text)
    assert "Ask for this time" in page
    assert post(f"{mine}/move", start=value(THURSDAY_TEN)).status_code == 409
    assert post(f"{mine}/ask", start=value(THURSDAY_TEN)).status_code == 303
    said = as_read(client.get(mine).text)
    assert "You asked for another time" in said
    assert "without an answer, your time stands as it is" in said

    sign_in(client, cast.anna)
    assert "B. asks for another time" in as_read(client.get("/practice").text)
    assert "Agree to Thu 4 March, 10:00" in as_read(client.get(theirs).text)
    db.session.expire_all()
    agreed = post(f"/requests/{late.open_request.code}/agree", start=value(THURSDAY_TEN))
    assert agreed.status_code == 303
    assert "B. asked for this time, and you agreed" in as_read(client.get(theirs).text)

    db.session.expire_all()
    assert late.starts_at == THURSDAY_TEN


def test_nobody_else_answers_or_asks(client, cast, late, sign_in, post):
    wanted = asked(late, cast)
    sign_in(client, cast.cleo)
    assert post(f"/bookings/{late.code}/ask", start=value(LATER)).status_code == 404
    assert post(f"/requests/{wanted.code}/agree", start=value(THURSDAY_TEN)).status_code in (403, 404)
    sign_in(client, cast.ben)
    assert post(f"/requests/{wanted.code}/agree", start=value(THURSDAY_TEN)).status_code in (403, 404)
    assert post(f"/proposals/{wanted.code}/accept", start=value(THURSDAY_TEN)).status_code == 404


def test_a_time_that_is_none_is_refused_beside_the_times(client, cast, late, sign_in, post):
    sign_in(client, cast.ben)
    for start in ("", "nonsense", "2027-13-45T99:00:00Z"):
        answer = post(f"/bookings/{late.code}/ask", start=start)
        assert answer.status_code == 422
        assert "Choose one of the times." in as_read(answer.text)
