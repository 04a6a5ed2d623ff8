"""A client says that something was wrong with a session: who may do what, and what becomes of its money."""

from datetime import timedelta

import pytest

from practice.bookings import actions as bookings
from practice.bookings.errors import TooLate
from practice.bookings.states import BookingState, Outcome
from practice.disputes import actions, jobs, policy, queries
from practice.disputes.actions import Decision
from practice.disputes.models import Statement
from practice.payments import actions as payments
from practice.payments.actions.proposing import Return
from practice.payments.kinds import Reason
from practice.payments.policy import events
from practice.payments.policy.events import Asked
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.money import Money
from tests.disputes.conftest import ENDS, line_of, now
from tests.shop import unsound_here as faults

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def letters(outbox, person):
    """Which letters of disputes went to them."""
    return [each.template.removeprefix("disputes/") for each in outbox.to(person) if "disputes/" in each.template]


def at_bank(booking, status, amount=7200):
    """What is heard of the card's bank."""
    order = line_of(booking).order
    payments.turn(order, events.DisputeSeen(status, amount))
    db.session.commit()


# ---------------------------------------------------------------- opening


def test_a_client_opens_one_within_seven_days_and_only_that_line_waits(cast, bought, session, complain, outbox):
    other = bought(session.starts_at + 2 * DAY)

    dispute = complain()

    assert dispute.state == "awaiting_reply"
    assert dispute.due_at == ENDS + timedelta(minutes=1) + 72 * HOUR
    assert line_of(session).frozen and not line_of(other).frozen
    assert session.state == BookingState.COMPLETED
    assert letters(outbox, cast.ben) == ["opened"]
    assert letters(outbox, cast.anna) == ["asks"]


@pytest.mark.parametrize("after, may", [(7 * DAY, True), (7 * DAY + SECOND, False)])
def test_seven_days_after_the_end_it_is_too_late(session, complain, clock, after, may):
    clock.freeze(ENDS + after)
    if may:
        complain()
        return
    with pytest.raises(TooLate):
        complain()


def test_before_its_end_nothing_can_be_said_about_a_session(session, complain, clock):
    clock.freeze(ENDS - SECOND)
    with pytest.raises(TooLate):
        complain()


def test_there_is_one_for_each_session(complain):
    complain()
    with pytest.raises(Conflict):
        complain()


def test_what_was_marked_as_missed_is_contested_and_not_disputed(cast, session, complain, clock):
    clock.freeze(session.starts_at + timedelta(minutes=20))
    bookings.mark_client_missed(session, by=cast.anna)
    clock.freeze(ENDS + HOUR)
    with pytest.raises(Conflict):
        complain()


def test_once_staff_have_said_that_it_took_place_its_quality_can_be_complained_of(cast, session, complain, clock):
    clock.freeze(ENDS + HOUR)
    bookings.complete(session, by=cast.anna)
    contest = bookings.contest(session, "Nobody came.", by=cast.ben)
    with pytest.raises(Conflict):
        complain()
    clock.advance(49 * HOUR)
    bookings.decide_contest(contest, Outcome.UPHELD, by=cast.sam, reason="Both were seen at the door.")

    assert complain().state


def test_what_has_come_back_whole_is_settled(cast, session, complain):
    bookings.report_technical(session, by=cast.anna)
    with pytest.raises(Conflict):
        complain()


# ---------------------------------------------------------------- both sides


def test_the_specialists_words_bring_it_to_a_person(cast, complain, outbox):
    dispute = complain()
    actions.say(dispute, "The call before ran over.", by=cast.anna)

    assert now(dispute).state == "in_mediation"
    assert letters(outbox, cast.ben) == ["opened", "in_mediation"]


def test_after_72_hours_of_silence_a_person_looks_all_the_same(cast, complain, clock, outbox):
    dispute = complain()
    clock.freeze(dispute.due_at - SECOND)
    jobs.go_on()
    assert now(dispute).state == "awaiting_reply"

    clock.advance(SECOND)
    jobs.go_on()
    jobs.go_on()

    assert now(dispute).state == "in_mediation"
    assert letters(outbox, cast.anna) == ["asks", "in_mediation"]
    actions.say(dispute, "I was away.", by=cast.anna)
    assert queries.known_of(now(dispute)).statements == {"client": 1, "specialist": 1}


def test_the_same_words_sent_twice_are_said_once_and_there_is_an_end_of_words(cast, complain):
    dispute = complain()
    for words in ["One", "One", "Two", "Three", "Four"]:
        actions.say(dispute, words, by=cast.ben)
    with pytest.raises(Conflict):
        actions.say(dispute, "Five", by=cast.ben)
    assert db.session.query(Statement).count() == policy.MOST_STATEMENTS


def test_what_somebody_wrote_is_sealed(complain):
    complain(words="You came late.")
    stored = db.session.query(Statement.words_sealed).scalar()
    assert stored and "late" not in stored


def test_a_client_takes_it_back_and_the_money_goes_on(cast, session, complain, outbox):
    dispute = complain()
    actions.withdraw(dispute, by=cast.ben)

    assert (now(dispute).state, dispute.ending) == ("closed", "withdrawn")
    assert not line_of(session).frozen and line_of(session).back == 0
    assert letters(outbox, cast.anna) == ["asks", "closed"]
    with pytest.raises(Conflict):
        actions.withdraw(dispute, by=cast.ben)


def test_a_specialist_gives_all_of_it_back_at_once(cast, session, complain):
    dispute = complain()
    actions.give_all(dispute, by=cast.anna)

    assert (now(dispute).ending, line_of(session).back) == ("given", 7200)
    assert dispute.booking.returned_why == "waived"
    assert not line_of(session).frozen


def test_all_that_came_back_by_another_rule_ends_it(cast, session, complain):
    dispute = complain()
    bookings.waive(session, Money(7200, "EUR"), by=cast.anna)
    jobs.go_on()
    assert (now(dispute).ending, line_of(session).frozen) == ("returned", False)


# ---------------------------------------------------------------- deciding


def test_nobody_decides_before_the_specialist_was_heard_or_had_72_hours(cast, complain):
    with pytest.raises(Conflict):
        actions.decide(complain(), Decision(40, "Why"), by=cast.sam)


def test_a_decision_has_a_reason(cast, complain):
    with pytest.raises(Invalid):
        actions.decide(complain(), Decision(40, " "), by=cast.sam)


def test_a_decision_holds_once_nobody_asks_another_person_for_14_days(session, decided, clock):
    dispute = decided(40)
    assert dispute.state == "decided" and line_of(session).back == 0 and line_of(session).frozen
    clock.freeze(dispute.due_at)
    jobs.go_on()
    assert now(dispute).state == "decided"

    clock.advance(SECOND)
    jobs.go_on()

    assert (now(dispute).state, dispute.ending) == ("closed", "decided")
    assert (line_of(session).back, line_of(session).frozen) == (2880, False)
    assert faults() == []


def test_it_holds_sooner_where_both_say_that_it_is_fine(cast, session, decided):
    dispute = decided(40)
    actions.accept(dispute, by=cast.ben)
    assert line_of(session).back == 0
    with pytest.raises(Conflict):
        actions.accept(dispute, by=cast.ben)

    actions.accept(dispute, by=cast.anna)

    assert line_of(session).back == 2880


@pytest.mark.parametrize("percent, who", [(0, "ben"), (100, "anna")])
def test_only_who_has_something_to_gain_can_ask_another_person(cast, decided, sue, percent, who):
    dispute = decided(percent)
    if (waiting := queries.waiting(dispute)) is not None:
        actions.second(waiting, by=sue)
    other = {"ben": cast.anna, "anna": cast.ben}[who]
    for press in (lambda: actions.appeal(dispute, "No", by=other), lambda: actions.accept(dispute, by=other)):
        with pytest.raises(NotAllowed):
            press()
    actions.accept(dispute, by=getattr(cast, who))
    assert now(dispute).state == "closed"


def test_after_an_appeal_somebody_else_decides_for_good(cast, session, decided, sue, outbox):
    dispute = decided(0)
    actions.appeal(dispute, "I have the times.", by=cast.ben)
    with pytest.raises(Conflict):
        actions.appeal(dispute, "Again", by=cast.ben)
    with pytest.raises(NotAllowed):
        actions.decide(dispute, Decision(40, "Again me"), by=cast.sam)

    actions.decide(dispute, Decision(50, "Half of it was missing."), by=sue)

    assert (now(dispute).state, line_of(session).back) == ("closed", 3600)
    assert letters(outbox, cast.ben) == ["opened", "in_mediation", "decided", "appealed", "closed"]
    with pytest.raises(Conflict):
        actions.appeal(dispute, "Once more", by=cast.anna)


def test_from_a_limit_on_two_of_the_staff_decide(cast, session, complain, sue, tess, monkeypatch):
    limit = "practice.payments.queries.two_for_refund"
    monkeypatch.setattr(limit, lambda currency: queries.price_of(session))
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)
    ruling = actions.decide(dispute, Decision(100, "It did not take place."), by=cast.sam)
    assert (ruling.state, now(dispute).state) == ("waiting", "in_mediation")
    with pytest.raises(NotAllowed):
        actions.second(ruling, by=cast.sam)
    with pytest.raises(Conflict):
        actions.decide(dispute, Decision(10, "Mine"), by=sue)

    actions.second(ruling, by=sue)
    with pytest.raises(Conflict):
        actions.second(ruling, by=tess)

    assert now(dispute).state == "decided"
    actions.appeal(dispute, "No", by=cast.anna)
    with pytest.raises(NotAllowed):
        actions.decide(dispute, Decision(10, "Sue had a part in it"), by=sue)
    actions.decide(dispute, Decision(10, "A little."), by=tess)
    assert line_of(session).back == 720
    assert faults() == []


def test_what_one_gives_back_alone_is_one_sum_whichever_way_it_goes(cast, session, complain, monkeypatch):
    monkeypatch.setattr("practice.payments.queries.two_for_refund", lambda currency: Money(4000, currency))
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)
    assert actions.decide(dispute, Decision(50, "Half."), by=cast.sam).state == "in_force"
    back = Return(more=Money(600, "EUR"), shown=0, reason=Reason.KINDNESS, words="A little more")

    assert payments.propose_refund(line_of(session), back, by=cast.sam).needs_two


def test_what_was_given_back_before_counts_in_a_dispute(cast, session, complain, monkeypatch):
    monkeypatch.setattr("practice.payments.queries.two_for_refund", lambda currency: Money(4000, currency))
    back = Return(more=Money(600, "EUR"), shown=0, reason=Reason.KINDNESS, words="A little")
    assert not payments.propose_refund(line_of(session), back, by=cast.sam).needs_two
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)

    assert actions.decide(dispute, Decision(50, "Half."), by=cast.sam).state == "waiting"


@pytest.mark.parametrize(("percent", "said"), [(25, "no money goes back by this"), (60, "€7.20 goes back")])
def test_a_decision_promises_only_what_has_not_come_back_before(cast, session, complain, outbox, percent, said):
    back = Return(more=Money(3600, "EUR"), shown=0, reason=Reason.KINDNESS, words="Half of it")
    payments.propose_refund(line_of(session), back, by=cast.sam)
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)
    actions.decide(dispute, Decision(percent, "So."), by=cast.sam)

    assert said in outbox.read(outbox.last_to(cast.ben)).text


def test_a_second_person_who_does_not_agree_leaves_it_to_be_decided(cast, session, complain, sue, monkeypatch):
    limit = "practice.payments.queries.two_for_refund"
    monkeypatch.setattr(limit, lambda currency: queries.price_of(session))
    dispute = complain()
    actions.say(dispute, "Yes", by=cast.anna)
    ruling = actions.decide(dispute, Decision(100, "All"), by=cast.sam)
    actions.decline_ruling(ruling, by=sue)
    with pytest.raises(Conflict):
        actions.second(ruling, by=sue)
    actions.decide(dispute, Decision(10, "Some"), by=sue)
    assert now(dispute).state == "decided"


def test_nobody_decides_about_their_own_session(cast, decided):
    with pytest.raises(NotAllowed):
        decided(40, by=cast.ben)


# ---------------------------------------------------------------- the card's bank comes first


def test_while_a_bank_is_asked_nothing_is_decided_and_no_clock_runs(cast, session, complain, clock):
    dispute = complain()
    at_bank(session, Asked.OPEN)
    with pytest.raises(Conflict):
        actions.give_all(dispute, by=cast.anna)
    clock.advance(10 * DAY)
    jobs.go_on()
    assert now(dispute).state == "awaiting_reply"

    at_bank(session, Asked.WON)

    assert queries.by_number(dispute.number).due_at >= clock.now() + 72 * HOUR - timedelta(minutes=10)
    actions.say(dispute, "Here I am.", by=cast.anna)
    actions.decide(dispute, Decision(40, "A part."), by=cast.sam)


def test_what_a_bank_took_ends_it_and_is_not_given_back_twice(cast, session, decided, outbox):
    dispute = decided(40)
    at_bank(session, Asked.OPEN)
    actions.accept(dispute, by=cast.ben)
    actions.accept(dispute, by=cast.anna)
    assert now(dispute).state == "decided"

    at_bank(session, Asked.LOST)
    jobs.go_on()

    assert (now(dispute).ending, line_of(session).frozen) == ("by_bank", False)
    assert line_of(session).order.refunds == []
    assert faults() == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_bank_that_took_a_part_decides_nothing_about_the_rest(cast, session, complain, when, clock):
    """Whatever is left of the price is what people look at; as long as anything is, a bank's word ends nothing."""
    dispute = complain() if when == "meanwhile" else None
    at_bank(session, Asked.OPEN, 2000)
    at_bank(session, Asked.LOST, 2000)
    clock.advance(HOUR)
    dispute = dispute or complain()
    jobs.go_on()
    assert (now(dispute).state, line_of(session).frozen) == ("awaiting_reply", True)

    bookings.waive(session, Money(5200, "EUR"), by=cast.anna, shown=2000)
    jobs.go_on()
    assert now(dispute).ending == ("by_bank" if when == "meanwhile" else "returned")


def test_none_is_opened_while_a_bank_is_asked(session, complain):
    at_bank(session, Asked.OPEN)
    with pytest.raises(Conflict):
        complain()


# ---------------------------------------------------------------- accounts and practices that end


def test_it_goes_on_with_a_practice_that_was_closed_and_a_client_whose_account_is_locked(cast, session, complain):
    dispute = complain()
    with transaction():
        cast.practice.state = "closed"
        cast.ben.active = False
    actions.say(dispute, "I can still answer.", by=cast.anna)
    actions.decide(dispute, Decision(0, "Nothing was missing."), by=cast.sam)
    assert now(dispute).state == "decided"


def test_the_check_up_notices_money_that_goes_on_while_a_dispute_is_open(session, complain):
    complain()
    assert faults() == []
    with transaction():
        line_of(session).frozen = False
    assert [each for each in faults() if "open dispute" in each]
