"""A specialist suggests colleagues; the client reads, changes and agrees before anything is sent; nothing counts."""

import pytest

from practice.bookings import actions as bookings
from practice.bookings import policy as booking_rules
from practice.bookings import queries as booked
from practice.bookings.limits import MOST_OPEN
from practice.bookings.terms import Refusal
from practice.fit import actions, jobs, queries
from practice.fit.states import Outcome, ReferralState
from practice.specialists.states import ProfileState
from practice.store import memory
from practice.store.db import transaction
from practice.values import clock as wall
from practice.values.errors import Conflict, IllegalMove, Invalid, NotFound
from tests import factories
from tests.fit.conftest import STARTS
from tests.pages import tree_of

THURSDAY_TEN = STARTS.replace(day=4, hour=9, minute=0)


@pytest.fixture
def anna(app, cast, sign_in):
    return sign_in(app.test_client(), cast.anna)


@pytest.fixture
def ben(client, cast, sign_in):
    return sign_in(client, cast.ben)


@pytest.fixture
def suggested(talk, decide, colleague):
    decide.specialist(talk, "refer", colleague, draft="B. is tired of keeping score.")
    return queries.referrals_of(talk)[0]


def words(answer):
    return " ".join(tree_of(answer).find("main").get_text(" ").split())


def refusals(user, practice):
    return booking_rules.refusals(booked.eligibility_of(user, practice, practice.consult), wall.now())


# ---------------------------------------------------------------- who is suggested


def test_a_suggestion_is_a_referral_and_reaches_the_client_alone(talk, suggested, cast, colleague, outbox):
    assert queries.fit_of(talk).outcome == Outcome.REFERRED
    letter = outbox.last_to(cast.ben)
    assert (letter.template, outbox.read(letter).subject) == ("fit/suggestions", "Suggestions for you")
    assert "score" not in outbox.read(letter).text
    assert outbox.to(colleague.user) == []


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.SUSPENDED, ProfileState.CLOSED])
def test_nobody_is_suggested_who_takes_nobody(talk, decide, colleague, state):
    with transaction():
        colleague.state = state

    with pytest.raises(Invalid):
        decide.specialist(talk, "refer", colleague)


def test_nobody_is_suggested_without_a_free_time(talk, decide, colleague):
    factories.open_hours(colleague, days=())

    with pytest.raises(Invalid) as refused:
        decide.specialist(talk, "refer", colleague)

    assert "no free time" in refused.value.fields["suggested"]


def test_one_to_three_are_suggested_and_never_oneself(talk, decide, cast, colleague):
    more = [factories.specialist(factories.user(f"{name} Lind")) for name in ("Pia", "Quin", "Rosa")]

    with pytest.raises(Invalid):
        decide.specialist(talk, "refer", colleague, *more)
    with pytest.raises(Invalid):
        decide.specialist(talk, "refer")
    with pytest.raises(Invalid):
        decide.specialist(talk, "refer", cast.practice)


def test_suggestions_go_with_no_other_answer(talk, decide, colleague):
    with pytest.raises(Invalid):
        decide.specialist(talk, "yes", colleague)


def test_a_specialist_who_thinks_again_takes_them_back(talk, decide, suggested):
    decide.specialist(talk, "yes")

    assert queries.referrals_of(talk) == []


@pytest.fixture
def other(cast):
    return factories.specialist(factories.user("Pia Lind", zone="Europe/Vienna"))


def test_nobody_is_added_to_a_suggestion_that_was_taken_up(talk, decide, suggested, cast, colleague, other):
    actions.accept_referral(talk, suggested.code, "Hello", by=cast.ben)

    with pytest.raises(Invalid) as refused:
        decide.specialist(talk, "refer", colleague, other)
    assert "taken up" in refused.value.fields["suggested"]

    decide.specialist(talk, "refer", colleague)
    assert [each.state for each in queries.referrals_of(talk)] == ["accepted"]


def test_words_of_a_suggestion_that_was_declined_are_not_put_before_anybody_again(
    talk, decide, suggested, cast, colleague, other, ben
):
    actions.decline_referrals(talk, by=cast.ben)
    decide.specialist(talk, "refer", other, draft="Looks for a slower pace.")

    text = ben.get(f"/bookings/{talk.code}/fit").text

    assert "Looks for a slower pace." in text
    assert "keeping score" not in text


# ---------------------------------------------------------------- on the specialist's page


def test_an_interest_is_declared_and_nothing_is_assumed(talk, anna, post, colleague):
    answer = post(f"/practice/bookings/{talk.code}/fit", browser=anna, choice="not_a_fit", suggested=[colleague.slug])

    assert answer.status_code == 422
    assert "Please say yes or no" in words(answer)
    assert queries.referrals_of(talk) == []


def test_with_whom_an_interest_is_shared_is_told_to_the_client(talk, anna, post, ben, colleague):
    fields = {"choice": "not_a_fit", "suggested": [colleague.slug], "interest": "yes", "interests": [colleague.slug]}
    post(f"/practice/bookings/{talk.code}/fit", browser=anna, **fields)

    assert "Anna and they share a practice, family or money" in words(ben.get(f"/bookings/{talk.code}/fit"))


def test_somebody_is_found_by_name_and_what_was_typed_stays(talk, anna, post, cast):
    far = factories.specialist(factories.user("Wanda Quist"))
    with transaction():
        far.topics.clear()
    fields = {"choice": "not_a_fit", "draft": "Words so far", "colleague": "quist", "look": "1"}

    page = post(f"/practice/bookings/{talk.code}/fit", browser=anna, **fields)

    assert page.status_code == 200
    assert "Wanda Quist" in words(page)
    assert "Words so far" in tree_of(page).find("textarea", attrs={"name": "draft"}).text
    assert queries.fit_of(talk).outcome == Outcome.OPEN


# ---------------------------------------------------------------- the client agrees


def test_nothing_is_sent_before_the_client_agreed_and_booked(suggested, talk, cast, colleague, outbox):
    actions.accept_referral(talk, suggested.code, "Only what I changed.", by=cast.ben)
    assert outbox.to(colleague.user) == []

    booking = bookings.book(cast.ben, colleague.consult, THURSDAY_TEN, bookings.Details(format="video"))

    assert booking.is_referred
    handover = queries.handover_of(booking)
    assert handover is not None
    assert handover.handover == "Only what I changed."


def test_the_colleague_reads_what_the_client_agreed_to_with_two_step_sign_in(
    suggested, talk, cast, colleague, app, sign_in
):
    actions.accept_referral(talk, suggested.code, "Only what I changed.", by=cast.ben)
    booking = bookings.book(cast.ben, colleague.consult, THURSDAY_TEN, bookings.Details(format="video"))
    otto = sign_in(app.test_client(), colleague.user)
    assert "Only what I changed" not in otto.get(f"/practice/bookings/{booking.code}/fit").text

    factories.with_two_step(colleague.user)

    text = words(otto.get(f"/practice/bookings/{booking.code}/fit"))
    assert "Only what I changed." in text
    assert "keeping score" not in text


def test_whoever_suggested_learns_that_one_was_taken_up_and_nothing_else(suggested, talk, cast, outbox):
    actions.accept_referral(talk, suggested.code, "Secret words", by=cast.ben)
    # Who has chosen already is not written to that somebody was suggested.
    assert outbox.last_to(cast.ben).state == "lapsed"

    text = outbox.read(outbox.last_to(cast.anna)).text
    assert "taken up a suggestion" in text
    assert "Secret" not in text
    assert "Otto" not in text


def test_a_consultation_that_was_suggested_counts_towards_no_limit(suggested, talk, cast, colleague):
    for number in range(MOST_OPEN):
        other = factories.specialist(factories.user(f"Nele{number} Ost"))
        factories.booking(cast.ben, other, THURSDAY_TEN.replace(hour=12 + number))
    assert Refusal.TOO_MANY_OPEN in refusals(cast.ben, colleague)

    actions.accept_referral(talk, suggested.code, "", by=cast.ben)

    assert refusals(cast.ben, colleague) == []
    bookings.book(cast.ben, colleague.consult, THURSDAY_TEN, bookings.Details(format="video"))
    assert booked.eligibility_of(cast.ben, cast.practice).open_count == MOST_OPEN


def test_neither_is_it_counted_among_those_that_were_begun(suggested, talk, cast, colleague):
    actions.accept_referral(talk, suggested.code, "", by=cast.ben)
    before = booked.eligibility_of(cast.ben, cast.practice).started_count

    bookings.book(cast.ben, colleague.consult, THURSDAY_TEN, bookings.Details(format="video"))

    assert booked.eligibility_of(cast.ben, cast.practice).started_count == before


def test_the_pairs_one_consultation_is_still_one(suggested, talk, cast, colleague):
    actions.accept_referral(talk, suggested.code, "", by=cast.ben)
    bookings.book(cast.ben, colleague.consult, THURSDAY_TEN, bookings.Details(format="video"))

    assert Refusal.PAIR_AHEAD in refusals(cast.ben, colleague)


def test_who_was_not_suggested_counts_as_ever(suggested, talk, cast):
    actions.accept_referral(talk, suggested.code, "", by=cast.ben)
    other = factories.specialist(factories.user("Nele Ost"))

    booking = bookings.book(cast.ben, other.consult, THURSDAY_TEN, bookings.Details(format="video"))

    assert not booking.is_referred


def test_after_all_none_wipes_the_words_and_counts_again(suggested, talk, cast, colleague):
    actions.accept_referral(talk, suggested.code, "Words", by=cast.ben)

    actions.decline_referrals(talk, by=cast.ben)

    assert queries.referrals_of(talk)[0].handover == ""
    assert not booked.eligibility_of(cast.ben, colleague).is_referred


def test_of_several_one_is_taken_and_the_others_are_not(talk, decide, cast, colleague):
    pia = factories.specialist(factories.user("Pia Lind"))
    decide.specialist(talk, "refer", colleague, pia)
    first, second = queries.referrals_of(talk)

    actions.accept_referral(talk, first.code, "", by=cast.ben)

    assert [each.state for each in queries.referrals_of(talk)] == [ReferralState.ACCEPTED, ReferralState.DECLINED]
    with pytest.raises(IllegalMove):
        actions.accept_referral(talk, second.code, "", by=cast.ben)


def test_nobody_else_is_taken_by_their_code(talk, suggested, cast):
    with pytest.raises(NotFound):
        actions.accept_referral(talk, "nothing-of-that-name-1", "", by=cast.ben)


def test_a_colleague_who_is_full_by_now_cannot_be_chosen(talk, suggested, cast, colleague, ben):
    factories.open_hours(colleague, days=())
    memory.forget()

    with pytest.raises(Conflict, match="no free time"):
        actions.accept_referral(talk, suggested.code, "", by=cast.ben)
    assert "Below are other people" in words(ben.get(f"/bookings/{talk.code}/fit"))


def test_suggestions_lapse_after_14_days(talk, suggested, clock, cast):
    clock.advance(days=14)

    jobs.lapse_referrals()

    assert queries.referrals_of(talk)[0].state == ReferralState.LAPSED


# ---------------------------------------------------------------- on the client's page


def test_the_client_reads_the_words_before_they_are_sent_and_none_is_chosen(talk, suggested, ben):
    page = tree_of(ben.get(f"/bookings/{talk.code}/fit"))

    assert "keeping score" in page.find("textarea", attrs={"name": "handover"}).text
    radios = page.find_all("input", attrs={"name": "referral"})
    assert [each["value"] for each in radios] == [suggested.code, "none"]
    assert not any(each.has_attr("checked") for each in radios)


def test_a_choice_leads_to_the_colleagues_times(talk, suggested, ben, post):
    answer = post(f"/bookings/{talk.code}/fit/suggestions", referral=suggested.code, handover="Mine")

    assert answer.location.endswith("/specialists/otto-b") or answer.location.endswith(suggested.to_specialist.slug)
    assert queries.referrals_of(talk)[0].handover == "Mine"


def test_none_of_them_is_an_answer_too(talk, suggested, ben, post):
    post(f"/bookings/{talk.code}/fit/suggestions", referral="none")

    assert queries.referrals_of(talk)[0].state == ReferralState.DECLINED


def test_an_unanswered_form_says_so(talk, suggested, ben, post):
    answer = post(f"/bookings/{talk.code}/fit/suggestions", handover="Typed already")

    assert answer.status_code == 422
    assert "Choose one of them" in words(answer)
    assert "Typed already" in tree_of(answer).find("textarea", attrs={"name": "handover"}).text
