"""Each side has an answer of its own: what is stored, who is written to, what opens, and what nobody ever reads."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from practice.bookings.states import BookingState
from practice.fit import actions, jobs, queries
from practice.fit.models import FitChoice
from practice.fit.states import Choice, Outcome, Party
from practice.specialists.states import OfferKind
from practice.store import audit
from practice.store.db import db, transaction
from practice.values.errors import Conflict, IllegalMove
from tests import factories
from tests.fit.conftest import ENDS, STARTS


def fit_letters(outbox, person):
    return [each for each in outbox.to(person) if each.template.startswith("fit/")]


def kinds(outbox, person):
    return [each.template for each in fit_letters(outbox, person)]


def texts(outbox, person):
    return " ".join(outbox.read(each).text for each in fit_letters(outbox, person))


# ---------------------------------------------------------------- may they buy


def test_nobody_may_buy_before_both_said_yes(talk, cast, decide):
    assert not queries.may_buy(cast.ben, cast.practice)
    decide.client(talk, "yes")
    assert not queries.may_buy(cast.ben, cast.practice)

    decide.specialist(talk, "yes")

    assert queries.may_buy(cast.ben, cast.practice)
    assert not queries.may_buy(cast.cleo, cast.practice)


def test_whoever_takes_a_yes_back_closes_what_it_opened(talk, cast, decide):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")

    decide.client(talk, "need_time")

    assert not queries.may_buy(cast.ben, cast.practice)


@pytest.mark.parametrize(
    "state", [BookingState.CLIENT_MISSED, BookingState.TECH_FAILURE, BookingState.CANCELLED_BY_CLIENT]
)
def test_a_talk_that_never_was_opens_nothing(cast, decide, state, talk):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    with transaction():
        talk.state = state

    assert not queries.may_buy(cast.ben, cast.practice)


def test_of_two_talks_the_newest_with_a_result_counts(talk, cast, decide, clock):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    clock.advance(days=30)
    with transaction():
        talk.claims_pair = False
    again = factories.booking(cast.ben, cast.practice, clock.now() - (ENDS - STARTS), state=BookingState.COMPLETED)
    assert queries.may_buy(cast.ben, cast.practice)

    decide.specialist(again, "not_a_fit")

    assert not queries.may_buy(cast.ben, cast.practice)


def test_an_answer_stays_as_it_is_once_a_session_is_booked(talk, cast, decide):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    session = next(each for each in cast.practice.offers if each.kind == OfferKind.INDIVIDUAL)
    factories.booking(cast.ben, cast.practice, STARTS.replace(day=9), of=session)

    with pytest.raises(Conflict, match="booked by now"):
        decide.client(talk, "not_now")
    with pytest.raises(Conflict, match="booked by now"):
        decide.specialist(talk, "not_a_fit")

    assert queries.may_buy(cast.ben, cast.practice)


def a_session(cast, **more):
    session = next(each for each in cast.practice.offers if each.kind == OfferKind.INDIVIDUAL)
    return factories.booking(cast.ben, cast.practice, STARTS.replace(day=9), of=session, **more)


@pytest.mark.parametrize("state", [BookingState.CONFIRMED, BookingState.UNDONE])
def test_a_session_booked_before_both_said_yes_decides_nothing(talk, cast, decide, clock, state, outcome):
    a_session(cast, state=state)
    clock.advance(minutes=1)

    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    decide.client(talk, "need_time")

    assert outcome(talk) == Outcome.SPECIALIST_DECIDED


def test_a_session_that_was_taken_back_leaves_the_answers_open(talk, cast, decide, clock, outcome):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")
    clock.advance(minutes=5)
    session = a_session(cast, state=BookingState.CANCELLED_BY_CLIENT)
    decide.client(talk, "not_now")

    assert session.confirmed_at is not None and outcome(talk) == Outcome.ENDED_BY_CLIENT


@pytest.mark.parametrize("choice, may", [("yes", False), ("need_time", False), ("not_a_fit", True)])
def test_a_no_of_the_specialist_stands_after_14_days_where_their_client_had_not_answered(
    talk, decide, clock, outcome, choice, may
):
    decide.specialist(talk, "not_a_fit", text_key="decline_way")
    clock.advance(days=15)

    if may:
        decide.specialist(talk, choice, text_key="decline_room")
    else:
        with pytest.raises(Conflict, match="They can ask to open it again"):
            decide.specialist(talk, choice)

    assert outcome(talk) == Outcome.ENDED_BY_SPECIALIST


def test_a_client_who_said_yes_hears_of_a_late_yes_of_the_specialist(talk, cast, decide, clock, outcome):
    decide.client(talk, "yes")
    decide.specialist(talk, "not_a_fit")
    clock.advance(days=15)

    decide.specialist(talk, "yes")

    assert outcome(talk) == Outcome.CONTINUE


# ---------------------------------------------------------------- what is stored


def test_each_party_has_one_answer_about_one_talk(talk, decide):
    decide.client(talk, "need_time")
    decide.client(talk, "yes")

    assert [each.choice for each in db.session.scalars(select(FitChoice))] == [Choice.YES]
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(FitChoice(booking_id=talk.id, party=Party.CLIENT, choice=Choice.NOT_NOW))


@pytest.mark.parametrize(("party", "choice"), [(Party.CLIENT, Choice.REFER), (Party.SPECIALIST, Choice.NOT_NOW)])
def test_the_database_knows_whose_answer_is_whose(talk, party, choice):
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(FitChoice(booking_id=talk.id, party=party, choice=choice))


def test_nobody_gives_an_answer_that_is_not_theirs(talk, decide):
    with pytest.raises(IllegalMove):
        decide.client(talk, "refer")


def test_a_private_reason_is_sealed_and_the_log_names_no_answer(talk, cast, decide):
    decide.client(talk, "not_a_fit", reason="He kept looking at the clock")

    row = db.session.scalars(select(FitChoice)).one()
    assert "clock" not in row.reason_sealed
    assert row.reason == "He kept looking at the clock"
    lines = db.session.scalars(select(audit.AuditEvent).where(audit.AuditEvent.action.startswith("fit."))).all()
    assert [(each.action, each.subject) for each in lines] == [("fit.answered", f"booking:{talk.code}")]


def test_an_answer_in_practice_says_that_the_talk_took_place(cast, decide):
    unmarked = factories.booking(cast.ben, cast.practice, STARTS)

    decide.specialist(unmarked, "yes")

    assert unmarked.state == BookingState.COMPLETED


def test_nobody_answers_before_the_end(cast, decide, clock):
    ahead = factories.booking(cast.ben, cast.practice, STARTS.replace(hour=9))

    with pytest.raises(Conflict, match="not over yet"):
        decide.client(ahead, "yes")
    with pytest.raises(Conflict, match="not over yet"):
        decide.specialist(ahead, "yes")


# ---------------------------------------------------------------- who is written to


def test_a_yes_of_one_side_is_told_to_nobody(talk, cast, decide, outbox):
    decide.client(talk, "yes")
    assert kinds(outbox, cast.anna) == []

    decide.client(talk, "need_time")
    decide.specialist(talk, "yes")

    assert kinds(outbox, cast.ben) == []


def test_both_yes_is_told_to_both(talk, cast, decide, outbox):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")

    assert kinds(outbox, cast.ben) == ["fit/result"]
    assert "You both said yes" in texts(outbox, cast.ben)
    assert kinds(outbox, cast.anna) == ["fit/update"]


def test_a_no_of_the_specialist_is_said_in_a_kind_text_and_never_with_the_reason(talk, cast, decide, outbox):
    decide.client(talk, "yes")

    decide.specialist(talk, "not_a_fit", reason="Too angry for me", text_key="decline_way")

    assert "Anna thinks that another way of working would do more for you" in texts(outbox, cast.ben)
    assert "angry" not in texts(outbox, cast.ben)
    assert outbox.read(fit_letters(outbox, cast.ben)[0]).subject == "An update about your request"


def test_a_slip_is_taken_back_within_minutes_without_a_word(talk, cast, decide, outbox, clock):
    decide.specialist(talk, "not_a_fit")
    clock.advance(minutes=2)

    decide.specialist(talk, "yes")

    assert [each.state for each in fit_letters(outbox, cast.ben)] == ["lapsed"]


def test_a_client_takes_a_slip_back_within_minutes_and_nobody_hears_of_it(talk, cast, decide, outbox, clock):
    decide.specialist(talk, "yes")
    decide.client(talk, "not_a_fit")
    clock.advance(minutes=9, seconds=59)

    decide.client(talk, "yes")

    assert queries.may_buy(cast.ben, cast.practice)
    assert [each.state for each in fit_letters(outbox, cast.anna)] == ["lapsed", "waiting"]
    decide.client(talk, "not_a_fit")
    clock.advance(minutes=10)
    with pytest.raises(Conflict, match="opened again if both"):
        decide.client(talk, "yes")


def test_a_specialist_who_thinks_again_later_tells_the_client(talk, cast, decide, outbox, clock, smtp):
    decide.client(talk, "yes")
    decide.specialist(talk, "not_a_fit")
    clock.advance(minutes=11)
    outbox.deliver(smtp)

    decide.specialist(talk, "need_time")

    assert "open to it again" in texts(outbox, cast.ben)


def test_a_no_of_the_client_is_told_to_a_specialist_who_had_said_yes_and_to_no_other(talk, cast, decide, outbox):
    decide.specialist(talk, "yes")

    decide.client(talk, "not_a_fit", reason="No chemistry")

    assert "did not continue" in texts(outbox, cast.anna)
    assert "chemistry" not in texts(outbox, cast.anna)
    assert kinds(outbox, cast.ben) == []


def test_after_a_clients_no_nobody_is_written_to_about_it(talk, cast, decide, outbox, clock):
    decide.client(talk, "not_a_fit")

    for hours in (20, 52, 14 * 24):
        clock.advance(hours=hours)
        jobs.remind()

    assert kinds(outbox, cast.ben) == []
    assert kinds(outbox, cast.anna) == []


@pytest.mark.parametrize("says", ["client", "specialist"])
@pytest.mark.parametrize("how", ["complete", "close_ended"])
def test_whom_a_no_has_ended_it_for_is_not_asked_what_comes_next(cast, decide, outbox, clock, says, how):
    from practice.bookings import actions as bookings
    from practice.bookings import jobs as sweeps

    unmarked = factories.booking(cast.ben, cast.practice, STARTS)
    getattr(decide, says)(unmarked, "not_a_fit")
    if how == "close_ended":
        clock.freeze(ENDS.replace(day=2, minute=1))
        sweeps.close_ended()
    elif says == "client":
        bookings.complete(unmarked, by=cast.anna)

    assert "bookings/ended" not in outbox.kinds_to(cast.ben)


# ---------------------------------------------------------------- reminders


def test_a_specialist_is_reminded_once_after_20_hours(talk, cast, outbox, clock):
    clock.advance(hours=19, minutes=59)
    jobs.remind()
    assert kinds(outbox, cast.anna) == []

    clock.advance(minutes=1)
    jobs.remind()
    jobs.remind()

    assert kinds(outbox, cast.anna) == ["fit/decision_waiting"]
    assert outbox.read(fit_letters(outbox, cast.anna)[0]).subject == "A decision is waiting"


def test_a_client_is_told_honestly_once_after_72_hours(talk, cast, decide, outbox, clock):
    decide.client(talk, "yes")
    clock.advance(hours=72)

    jobs.remind()
    jobs.remind()

    assert kinds(outbox, cast.ben) == ["fit/overdue"]
    assert "hasn’t answered yet" in texts(outbox, cast.ben)


@pytest.mark.parametrize("state", ["paused", "suspended", "draft"])
def test_the_honest_word_comes_whatever_became_of_the_practice(talk, cast, decide, outbox, clock, state):
    decide.client(talk, "yes")
    with transaction():
        cast.practice.state = state
    clock.advance(hours=72)

    jobs.remind()

    assert kinds(outbox, cast.ben) == ["fit/overdue"]


def test_a_yes_that_lapsed_is_owed_a_word(talk, cast, decide, outbox, clock):
    decide.client(talk, "yes")
    clock.advance(days=14)

    jobs.remind()
    jobs.remind()

    assert queries.fit_of(talk).outcome == Outcome.LAPSED
    assert kinds(outbox, cast.ben) == ["fit/result"]


def test_a_worker_that_was_down_for_long_writes_nothing_old(talk, cast, decide, outbox, clock):
    decide.client(talk, "yes")
    clock.advance(days=30)

    jobs.remind()

    assert kinds(outbox, cast.ben) == kinds(outbox, cast.anna) == []


def test_whoever_needs_time_is_reminded_once_on_their_day_at_nine(talk, cast, decide, outbox, clock):
    decide.client(talk, "need_time", revisit_on=STARTS.date().replace(day=4))
    clock.freeze(STARTS.replace(day=4, hour=8))
    jobs.revisit()
    assert kinds(outbox, cast.ben) == []

    clock.advance(hours=1)
    jobs.revisit()
    jobs.revisit()

    assert kinds(outbox, cast.ben) == ["fit/revisit"]


def test_a_specialist_who_needs_time_is_reminded_on_the_next_morning(talk, cast, decide, outbox, clock):
    decide.specialist(talk, "need_time")
    clock.freeze(STARTS.replace(day=2, hour=8))

    jobs.revisit()

    assert kinds(outbox, cast.anna) == ["fit/still_waiting"]


def test_nobody_is_reminded_of_a_day_once_it_has_ended(talk, cast, decide, outbox, clock):
    decide.client(talk, "need_time")
    decide.specialist(talk, "not_a_fit")
    clock.advance(days=8)

    jobs.revisit()

    assert "fit/revisit" not in kinds(outbox, cast.ben)


def test_the_letter_after_a_talk_leaves_also_where_nobody_said_how_it_was(cast, outbox, clock):
    from practice.bookings import jobs as bookings

    factories.booking(cast.ben, cast.practice, STARTS)
    clock.freeze(ENDS.replace(day=2, minute=1))

    bookings.close_ended()

    assert outbox.kinds_to(cast.ben) == ["bookings/ended"]


# ---------------------------------------------------------------- once more, by request and consent


def test_what_a_client_ended_is_opened_again_only_if_the_specialist_agrees(talk, cast, decide, outcome, outbox, clock):
    decide.specialist(talk, "yes")
    decide.client(talk, "not_now")
    with pytest.raises(Conflict, match="change your answer yourself"):
        actions.ask_again(talk, by=cast.ben)
    clock.advance(minutes=10)

    actions.ask_again(talk, by=cast.ben)
    assert outcome(talk) == Outcome.ENDED_BY_CLIENT
    assert kinds(outbox, cast.anna)[-1] == "fit/asked_again"
    actions.open_again(talk, by=cast.anna)

    assert outcome(talk) == Outcome.OPEN
    assert "open to it again" in texts(outbox, cast.ben)


def test_what_is_opened_again_has_all_its_days_anew(talk, cast, decide, outcome, clock):
    clock.advance(days=20)
    actions.ask_again(talk, by=cast.ben)
    actions.open_again(talk, by=cast.anna)
    clock.advance(days=13)

    assert outcome(talk) == Outcome.OPEN
    clock.advance(days=1)
    assert outcome(talk) == Outcome.LAPSED


def test_a_wish_that_was_declined_is_told_kindly_and_not_asked_again(talk, cast, decide, outcome, outbox, clock):
    decide.client(talk, "not_now")
    clock.advance(minutes=10)
    actions.ask_again(talk, by=cast.ben)

    actions.leave_closed(talk, by=cast.anna)

    assert "leaves it as it is" in texts(outbox, cast.ben)
    with pytest.raises(Conflict):
        actions.ask_again(talk, by=cast.ben)


def test_nobody_opens_again_what_nobody_asked_for(talk, cast, decide):
    decide.client(talk, "not_now")

    with pytest.raises(Conflict, match="Nobody asks"):
        actions.open_again(talk, by=cast.anna)
