"""What answers come to, who may answer until when, and when who is reminded: pure rules, every combination of them."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from practice.fit import policy
from practice.fit.policy import Known
from practice.fit.states import CHOICES, ENDED, NO, UNDECIDED, Choice, Outcome, Party
from practice.values.errors import Conflict, NotAllowed

OPENED = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SOON = OPENED + timedelta(hours=1)
C, P, S = Party
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def known(client=None, specialist=None, partner=None, **more):
    said = {C: client, P: partner, S: specialist}
    answers = {party: choice for party, choice in said.items() if choice is not None}
    return Known(**{"is_over": True, "opened_at": OPENED, "answers": answers} | more)


def everything(**more):
    """Each combination of answers that a talk of two, or of a couple, can have."""
    choices = {party: (None, *CHOICES[party]) for party in Party}
    for client, specialist in product(choices[C], choices[S]):
        yield known(client, specialist, **more)
    for client, partner, specialist in product(choices[C], choices[P], choices[S]):
        yield known(client, specialist, partner, is_couple=True, **more)


# ---------------------------------------------------------------- what it comes to


def test_it_goes_on_with_a_yes_of_everybody_and_never_without():
    for each in everything():
        is_yes = all(each.answers.get(party) == Choice.YES for party in policy.parties(each))
        assert (policy.outcome(each, SOON) == Outcome.CONTINUE) is is_yes


def test_one_no_ends_it_whoever_says_it():
    for each in everything():
        has_no = any(each.answers.get(party) in NO for party in policy.parties(each))
        assert (policy.outcome(each, SOON) in ENDED) is has_no


def test_needing_time_is_no_answer():
    for each in everything():
        silent = {party: choice for party, choice in each.answers.items() if choice != Choice.NEED_TIME}
        bare = Known(is_over=True, opened_at=OPENED, answers=silent, is_couple=each.is_couple)
        assert policy.outcome(each, SOON) == policy.outcome(bare, SOON)


@pytest.mark.parametrize(
    ("client", "specialist", "found"),
    [
        (None, None, Outcome.OPEN),
        (Choice.YES, None, Outcome.CLIENT_DECIDED),
        (None, Choice.YES, Outcome.SPECIALIST_DECIDED),
        (Choice.YES, Choice.YES, Outcome.CONTINUE),
        (Choice.NOT_NOW, Choice.YES, Outcome.ENDED_BY_CLIENT),
        (Choice.NOT_A_FIT, None, Outcome.ENDED_BY_CLIENT),
        (Choice.YES, Choice.NOT_A_FIT, Outcome.ENDED_BY_SPECIALIST),
        (None, Choice.REFER, Outcome.REFERRED),
        (Choice.NOT_A_FIT, Choice.NOT_A_FIT, Outcome.ENDED_MUTUALLY),
        (Choice.NOT_NOW, Choice.REFER, Outcome.ENDED_MUTUALLY),
    ],
)
def test_two_answers_come_to(client, specialist, found):
    assert policy.outcome(known(client, specialist), SOON) == found


def test_what_nobody_decided_lapses_after_14_days_to_the_second():
    for each in everything():
        before = policy.outcome(each, OPENED + policy.LAPSES - SECOND)
        after = policy.outcome(each, OPENED + policy.LAPSES)
        assert after == (Outcome.LAPSED if before in UNDECIDED else before)


def test_nothing_is_decided_before_the_talk_is_over():
    assert {policy.outcome(each, SOON) for each in everything(is_over=False)} == {Outcome.NOT_YET}


def test_a_practice_that_closed_ends_what_was_open_and_leaves_what_had_ended():
    for each in everything(has_left=True):
        found = policy.outcome(each, SOON)
        assert found == Outcome.GONE or found in ENDED


# ---------------------------------------------------------------- who may answer, until when


def test_everybody_may_change_their_answer_while_it_has_not_ended():
    for each in everything():
        if policy.outcome(each, SOON) not in ENDED:
            assert all(policy.may_answer(each, party, SOON) for party in policy.parties(each))


def test_nobody_changes_an_answer_once_something_is_paid_for():
    for each, party in product(everything(has_paid=True), Party):
        assert not policy.may_answer(each, party, SOON)


def test_a_specialist_who_said_no_may_think_again_and_a_client_asks_first():
    by_specialist, by_client = known(Choice.YES, Choice.NOT_A_FIT), known(Choice.NOT_A_FIT, Choice.YES)

    assert policy.may_answer(by_specialist, S, SOON)
    assert not policy.may_answer(by_client, S, SOON)
    with pytest.raises(Conflict, match="opened again if both"):
        policy.may_answer(by_client, C, SOON).require()
    assert policy.may_ask_again(by_client, SOON)


def test_who_had_not_answered_when_the_other_ended_it_may_still_say_no_as_well():
    assert policy.may_answer(known(specialist=Choice.NOT_A_FIT), C, SOON)
    assert policy.may_answer(known(client=Choice.NOT_A_FIT), S, SOON)
    assert not policy.may_answer(known(Choice.YES, Choice.NOT_A_FIT), C, SOON)


def test_a_client_takes_a_no_back_within_minutes_without_asking_anybody():
    slipped = known(Choice.NOT_A_FIT, Choice.YES, just_now=frozenset({C}))

    assert policy.may_answer(slipped, C, SOON)
    assert not policy.may_answer(slipped, S, SOON)


def test_nobody_answers_for_a_partner_who_is_not_there():
    with pytest.raises(NotAllowed):
        policy.may_answer(known(), P, SOON).require()


def test_what_lapsed_is_answered_by_nobody_and_opened_again_by_both():
    late = OPENED + policy.LAPSES

    assert not any(policy.may_answer(known(Choice.YES), party, late) for party in (C, S))
    assert policy.may_ask_again(known(Choice.YES), late)


@pytest.mark.parametrize(
    "stops", [{"has_paid": True}, {"asks_again": True}, {"declined_again": True}, {"has_left": True}]
)
def test_it_is_asked_for_once_and_never_after_a_refusal_or_a_payment(stops):
    assert not policy.may_ask_again(known(Choice.NOT_NOW, **stops), SOON)


def test_nothing_that_is_open_or_referred_is_asked_to_be_opened_again():
    for each in everything():
        if policy.outcome(each, SOON) in (*UNDECIDED, Outcome.CONTINUE, Outcome.REFERRED):
            assert not policy.may_ask_again(each, SOON)


def test_the_other_side_is_told_of_only_after_ones_own_answer():
    assert not policy.sees_others(known(client=Choice.YES), S)
    assert not policy.sees_others(known(client=Choice.YES, specialist=Choice.NEED_TIME), S)
    assert policy.sees_others(known(client=Choice.YES, specialist=Choice.YES), S)


def test_a_client_goes_on_alone_while_it_is_open_or_where_only_the_partner_said_no():
    assert policy.may_go_alone(known(Choice.YES, is_couple=True), SOON)
    assert policy.may_go_alone(known(Choice.YES, partner=Choice.NOT_NOW, is_couple=True), SOON)
    assert not policy.may_go_alone(known(Choice.NOT_NOW, is_couple=True), SOON)
    assert not policy.may_go_alone(known(Choice.YES), SOON)


# ---------------------------------------------------------------- who is reminded


@pytest.mark.parametrize(("hours", "is_due"), [(19.99, False), (20, True), (71, True), (20 + 72, False)])
def test_a_silent_specialist_is_reminded_from_20_hours_on_while_that_is_news(hours, is_due):
    assert policy.wants_nudge(known(), OPENED + hours * HOUR) is is_due


@pytest.mark.parametrize(
    "settled",
    [
        {"specialist": Choice.YES},
        {"specialist": Choice.NEED_TIME},
        {"specialist": Choice.NOT_A_FIT},
        {"client": Choice.NOT_A_FIT},
        {"client": Choice.NOT_NOW},
    ],
)
def test_nobody_is_reminded_of_what_is_answered_or_ended(settled):
    assert not policy.wants_nudge(known(**settled), OPENED + policy.NUDGE)


def test_after_72_hours_a_client_is_told_also_where_more_time_was_asked_for():
    late = OPENED + policy.OVERDUE

    assert policy.is_overdue(known(Choice.YES), late)
    assert policy.is_overdue(known(Choice.YES, Choice.NEED_TIME), late)
    assert not policy.is_overdue(known(Choice.YES), late - SECOND)
    assert not policy.is_overdue(known(Choice.NOT_A_FIT), late)
    assert not policy.is_overdue(known(specialist=Choice.YES), late)


def test_only_a_yes_that_nobody_answered_is_owed_a_word_when_it_lapses():
    late = OPENED + policy.LAPSES

    assert policy.has_lapsed_on_a_yes(known(Choice.YES), late)
    assert not policy.has_lapsed_on_a_yes(known(), late)
    assert not policy.has_lapsed_on_a_yes(known(specialist=Choice.YES), late)


def test_days_count_from_the_end_unless_it_was_settled_much_later_or_opened_again():
    a_day = OPENED + timedelta(hours=24, minutes=5)
    decided, again = OPENED + timedelta(days=3), OPENED + timedelta(days=20)

    assert policy.opened_at(OPENED, OPENED + timedelta(minutes=2), None) == OPENED
    assert policy.opened_at(OPENED, a_day, None) == OPENED
    assert policy.opened_at(OPENED, decided, None) == decided
    assert policy.opened_at(OPENED, decided, again) == again


def test_a_day_to_come_back_is_after_today_and_within_14_days():
    today = date(2027, 3, 1)

    assert policy.revisit_on(None, today) == date(2027, 3, 8)
    assert policy.revisit_on(date(2027, 3, 4), today) == date(2027, 3, 4)
    assert policy.revisit_on(date(2026, 1, 1), today) == date(2027, 3, 2)
    assert policy.revisit_on(date(2030, 1, 1), today) == date(2027, 3, 15)
