"""This file knows that every refusal has a sentence with its facts, and that it agrees with the list of free times."""

from datetime import UTC, date, datetime, timedelta

import pytest

from practice.availability import actions
from practice.availability.policy import Limits
from practice.bookings import explain, queries
from practice.bookings.states import BookingState
from practice.scheduling.hours import WeeklyRange
from practice.scheduling.slots import Why
from practice.specialists import actions as offers
from practice.specialists.states import ProfileState
from practice.store.db import transaction
from practice.values.errors import Invalid, NotFound
from practice.values.money import Money
from tests import factories
from tests.pages import tree_of

PAGE = "/practice/availability/why"
TUESDAY = date(2027, 3, 2)


def at(hour, minute=0, on=TUESDAY):
    """An instant on Anna's clock in winter."""
    return datetime(on.year, on.month, on.day, hour - 1, minute, tzinfo=UTC)


def ask(when, word=""):
    return explain.explanation("anna-kern", when, word)


def test_a_time_that_is_free_is_said_to_be_offered(practice):
    assert (
        ask("2027-03-02 10:00")
        == "Tuesday 2 March, 10:00 (Vienna time) is offered for free consultations of 30 minutes."
    )


@pytest.mark.once
@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("2027-03-01 08:00", "It has passed."),
        ("2027-05-03 10:00", "further ahead than the horizon of 28 days. It opens on Monday 5 April."),
        ("2027-03-06 10:00", "There are no weekly hours on a Saturday."),
        ("2027-03-02 20:00", "It is outside the hours of that day: 09:00 to 17:00."),
        ("2027-03-02 10:05", "Times begin every 15 minutes from 09:00 on, and this is not one of them."),
        ("2027-03-02 16:45", "30 minutes do not fit any more before the hours end at 17:00."),
        ("2027-03-01 16:00", "shortest notice of 12 hours: nothing before Monday 1 March, 21:00 can be booked."),
        ("2027-03-28 02:30", "The clocks go forward then, so this time does not exist."),
    ],
)
def test_what_the_hours_refuse(practice, when, sentence):
    assert sentence in ask(when)


def test_an_exception_and_time_off_are_named(practice):
    actions.save_exception(practice, TUESDAY, [])
    actions.add_time_off(practice, at(9, on=date(2027, 3, 3)), at(13, on=date(2027, 3, 3)))

    assert "This date is closed in your single dates." in ask("2027-03-02 10:00")
    assert "time off from Wednesday 3 March, 09:00 to Wednesday 3 March, 13:00." in ask("2027-03-03 10:00")


def test_an_appointment_a_hold_and_the_gap_around_them_are_named_without_anybodys_name(practice, cast):
    actions.save_limits(practice, Limits(gap_before=15, gap_after=15))
    factories.booking(cast.ben, practice, at(10))
    factories.booking(cast.cleo, practice, at(14), state=BookingState.HELD)

    assert "There is an appointment from 10:00 to 10:30." in ask("2027-03-02 10:15")
    assert "filling in the booking form for 14:00 to 14:30" in ask("2027-03-02 14:00")
    too_close = "It is too close to the appointment from 10:00 to 10:30: 15 minutes are kept free between two."
    assert too_close in ask("2027-03-02 10:30")
    assert "Ben" not in ask("2027-03-02 10:00")


@pytest.mark.once
@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(daily_cap=1), "Tuesday 2 March is full: the limit of conversations a day is 1."),
        (Limits(weekly_cap=1), "That week is full: the limit of conversations from Monday to Sunday is 1."),
        (Limits(weekly_consults=1), "That week is full: the limit of free consultations from Monday to Sunday is 1."),
    ],
)
def test_full_days_and_weeks_are_named_with_their_limit(practice, cast, limits, sentence):
    actions.save_limits(practice, limits)
    factories.booking(cast.ben, practice, at(10))

    assert sentence in ask("2027-03-02 15:00")


def test_a_refusal_speaks_of_the_date_that_was_asked_also_while_one_flies(practice):
    """Monday in Vienna is closed; Tuesday is spent in Tokyo, and its morning there is still Monday in Vienna."""
    actions.save_exception(practice, date(2027, 3, 8), [])
    actions.add_travel(practice, date(2027, 3, 9), None, "Asia/Tokyo")

    assert "09:00 (Tokyo time) is offered" in ask("2027-03-09 09:00")
    assert ask("2027-03-09 05:00").endswith("It is outside the hours of that day: 09:00 to 17:00.")


def test_a_night_that_runs_on_is_told_with_its_days(practice):
    actions.save_week(practice, "", [WeeklyRange(1, 22 * 60, 26 * 60)])

    assert "22:00 to 24:00" in ask("2027-03-02 10:00").replace("00:00", "24:00")
    assert "is offered" in ask("2027-03-03 01:00")


def test_a_practice_that_nobody_can_book_says_so_first(practice, cast):
    with transaction():
        practice.move_to(ProfileState.PAUSED, by=cast.anna)

    assert ask("2027-03-02 10:00") == "No time is offered: the profile is not published at the moment."


def fifty(practice):
    return next(each for each in practice.offers if each.is_current and each.minutes == 50)


def test_what_is_not_offered_says_what_there_is(practice):
    with transaction():
        practice.consult.ended_at = at(9)

    with pytest.raises(Invalid) as refusal:
        ask("2027-03-02 10:00")

    assert (
        refusal.value.message == f"Anna Kern has no such offer; there is: {fifty(practice).code} (Session, 50 minutes)."
    )


def test_every_offer_is_asked_about_by_its_code(practice):
    session = fifty(practice)

    assert (
        ask("2027-03-03 10:00", session.code)
        == ask("2027-03-03 10:00", "individual")
        == "Wednesday 3 March, 10:00 (Vienna time) is offered for individual sessions of 50 minutes."
    )
    assert "50 minutes do not fit any more before the hours end at 17:00." in ask("2027-03-03 16:15", session.code)
    assert "is offered" in ask("2027-03-03 16:15", practice.consult.code)


def test_the_code_of_an_older_version_answers_for_the_present_one_and_says_so(practice, cast):
    before = fifty(practice).code
    offers.set_offer(practice, 50, Money(8000, "EUR"), by=cast.anna)

    answer = ask("2027-03-03 10:00", before)

    assert answer == (
        "This offer has changed: it was 50 minutes for €72.00, and is 50 minutes for €80.00 now. "
        "Wednesday 3 March, 10:00 (Vienna time) is offered for individual sessions of 50 minutes."
    )


@pytest.mark.once
def test_every_rule_of_the_engine_has_its_sentence():
    assert set(explain.SENTENCES) == set(Why)


@pytest.mark.once
def test_the_answer_agrees_with_the_list_at_every_five_minutes_of_a_week(practice, cast):
    actions.save_limits(practice, Limits(gap_before=10, gap_after=20, weekly_consults=3))
    factories.booking(cast.ben, practice, at(10))
    asked_for = [explain.chosen(practice), explain.chosen(practice, fifty(practice).code)]
    listed = [set(queries.starts_for(each.offer)) for each in asked_for]

    for hours in range(24 * 3):
        for minute in (0, 5, 15, 30, 45):
            start = at(1) + timedelta(hours=hours, minutes=minute)
            local = start + timedelta(hours=1)
            answers = [explain.why(each, local.date(), local.hour * 60 + local.minute) for each in asked_for]
            assert [each.is_open for each in answers] == [int(start.timestamp()) in each for each in listed], answers


@pytest.mark.once
@pytest.mark.parametrize("when", ["", "soon", "2027-02-30 10:00", "10:00", "2027-03-02T25:00", "9" * 5000])
def test_a_time_that_cannot_be_read_is_refused(practice, when):
    with pytest.raises(Invalid):
        ask(when)


def test_an_unknown_specialist_or_offer_is_refused(practice):
    with pytest.raises(NotFound):
        explain.explanation("nobody", "2027-03-02 10:00")
    with pytest.raises(Invalid):
        ask("2027-03-02 10:00", "séance")


# ---------------------------------------------------------------- the command and the page


def test_the_operator_asks_on_the_command_line(practice, app):
    answer = app.test_cli_runner().invoke(args=["explain", "anna-kern", "2027-03-06 10:00"])

    assert answer.output.strip().endswith("There are no weekly hours on a Saturday.")


def test_the_specialist_asks_on_a_page(anna_in, practice):
    plain = anna_in.get(PAGE)
    answer = anna_in.get(PAGE, query_string={"on": "2027-03-06", "at": "10:00", "offer": fifty(practice).code})

    offered = tree_of(plain).select("select[name=offer] option")
    assert [each.text for each in offered] == ["Free consultation, 30 minutes", "Session, 50 minutes"]
    assert answer.status_code == 200
    assert "There are no weekly hours on a Saturday." in answer.text
    chosen = tree_of(answer).select("select[name=offer] option[selected]")
    assert [each.text for each in chosen] == ["Session, 50 minutes"]


@pytest.mark.parametrize("kind", ["consult", "individual"])
def test_a_bookmark_that_names_a_kind_is_answered_for_its_offer(anna_in, practice, kind):
    answer = anna_in.get(PAGE, query_string={"on": "2027-03-02", "at": "10:00", "kind": kind})

    assert answer.status_code == 200
    assert "is offered for" in answer.text


def test_who_offers_nothing_reads_that_first(anna_in, practice):
    with transaction():
        for each in practice.offers:
            each.ended_at = at(9)

    answer = anna_in.get(PAGE)

    assert explain.NOTHING.sentence in answer.text
    assert not tree_of(answer).select("select[name=offer]")


@pytest.mark.once
@pytest.mark.parametrize(
    "asked",
    [
        {"on": "", "at": "10:00"},
        {"on": "2027-02-30", "at": "10:00"},
        {"on": "2027-03-06", "at": "noon"},
        {"on": "2027-03-06", "at": "10:00", "offer": "séance"},
        {"on": "9999-12-31", "at": "23:59"},
        {"on": "2027-03-06"},
        {"on": "x" * 3000, "at": "\x00", "offer": ""},
    ],
)
def test_a_question_that_cannot_be_read_says_what_to_mend(anna_in, asked):
    answer = anna_in.get(PAGE, query_string=asked)

    assert answer.status_code == 422
    assert "to fix" in answer.text


def test_a_client_cannot_ask_about_a_practice(client, cast, sign_in):
    assert sign_in(client, cast.ben).get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "2027-03-06 10:00"], "There is no specialist “nobody”."),
        (["anna-kern", "tomorrow"], "Write the time like this: 2027-03-09 10:00"),
        (["anna-kern", "2027-03-06 10:00", "--offer", "lunch"], "Anna Kern has no such offer; there is: "),
    ],
)
def test_the_command_refuses_in_a_sentence_and_never_with_a_trace(app, practice, arguments, words):
    answer = app.test_cli_runner().invoke(args=["explain", *arguments])

    assert answer.exit_code in (1, 2)
    assert words in answer.output
    assert "Traceback" not in answer.output
