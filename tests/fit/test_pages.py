"""What each side reads: equal answers with the neutral one first, nothing of the other side, ways on after every no."""

import re

import pytest

from practice.fit import actions, queries
from practice.fit.actions import Answered
from practice.fit.models import FitChoice
from practice.fit.states import Choice, Outcome, Party
from practice.store.db import db, transaction
from tests import factories
from tests.fit.conftest import STARTS
from tests.pages import fields_of, tree_of
from tests.selling import sold_by


@pytest.fixture
def ben(client, cast, sign_in):
    return sign_in(client, cast.ben)


@pytest.fixture
def anna(app, cast, sign_in):
    return sign_in(app.test_client(), cast.anna)


def words(answer):
    return " ".join(tree_of(answer).find("main").get_text(" ").split())


def page(browser, talk):
    return browser.get(f"/bookings/{talk.code}/fit")


def practice_page(browser, talk):
    return browser.get(f"/practice/bookings/{talk.code}/fit")


def ways_on(answer):
    """Links out of a page's own part that lead anywhere but back to itself."""
    found = {a["href"] for a in tree_of(answer).find("main").find_all("a", href=True)}
    return {href for href in found if href.startswith(("/specialists", "/me", "/free-consultation"))}


# ---------------------------------------------------------------- the question


def test_the_neutral_answer_stands_first_and_none_is_chosen(talk, ben, anna):
    for answer in (page(ben, talk), practice_page(anna, talk)):
        radios = tree_of(answer).find_all("input", attrs={"name": "choice"})
        assert radios[0]["value"] == Choice.NEED_TIME
        assert [each for each in radios if each.has_attr("checked")] == []


def test_all_answers_weigh_the_same_and_no_button_beside_them_is_filled(talk, ben, anna):
    for answer in (page(ben, talk), practice_page(anna, talk)):
        main = tree_of(answer).find("main")
        labels = [each.find_parent("label") for each in main.find_all("input", attrs={"name": "choice"})]
        assert {tuple(each["class"]) for each in labels} == {("choice",)}
        assert main.select("button.btn:not(.second):not(.quiet)") == []


def test_an_answer_is_needed_and_its_absence_said_beside_it(talk, ben, post):
    answer = post(f"/bookings/{talk.code}/fit", choice="", reason="Kept in the form")

    assert answer.status_code == 422
    assert "Choose one of the answers" in words(answer)
    assert "Kept in the form" in tree_of(answer).find("textarea", attrs={"name": "reason"}).text


@pytest.mark.parametrize("choice", ["refer", "continue", "YES", "x" * 5000])
def test_no_other_answer_is_taken_from_outside(talk, ben, post, choice):
    assert post(f"/bookings/{talk.code}/fit", choice=choice).status_code == 422


def test_a_client_answers_and_reads_where_things_are(talk, ben, post):
    post(f"/bookings/{talk.code}/fit", choice="yes")

    text = words(page(ben, talk))
    assert "You’d like to carry on. Now it’s Anna’s turn" in text
    assert "By Tuesday 2 March, 08:00" in re.sub(r"\s+", " ", text)


def test_whoever_changes_their_mind_finds_what_they_said(talk, ben, post):
    post(f"/bookings/{talk.code}/fit", choice="yes", reason="Warm")

    fields = fields_of(page(ben, talk), f"/bookings/{talk.code}/fit")

    assert fields["choice"] == ["yes"]
    assert fields["reason"] == ["Warm"]


def test_who_declines_says_in_which_words(talk, anna, post, cast, outbox):
    address = f"/practice/bookings/{talk.code}/fit"
    answer = post(address, browser=anna, choice="not_a_fit")

    assert answer.status_code == 422
    assert "Please choose the words in which we say it" in words(answer)
    assert post(address, browser=anna, choice="not_a_fit", text_key="lapsed").status_code == 422
    assert queries.fit_of(talk).outcome == Outcome.OPEN

    assert post(address, browser=anna, choice="not_a_fit", text_key="decline_room").status_code == 303
    assert "can’t give this the time" in outbox.read(outbox.last_to(cast.ben)).text


@pytest.mark.parametrize("choice, told", [("not_now", "change it for ten minutes"), ("yes", "as long as nothing has")])
def test_for_how_long_an_answer_can_be_changed_is_told_as_it_is(talk, ben, post, choice, told):
    post(f"/bookings/{talk.code}/fit", choice=choice)

    assert told in " ".join(page(ben, talk).text.split())


def test_sharing_a_reason_that_cannot_be_opened_is_still_taken_back(talk, ben, post, decide):
    decide.client(talk, "yes", reason="I felt at ease", shares_reason=True)
    with transaction():
        db.session.query(FitChoice).one().reason_sealed = "v9:unreadable"
    fields = fields_of(page(ben, talk), f"/bookings/{talk.code}/fit")
    assert "reason" not in fields and fields["shares_reason"]

    post(f"/bookings/{talk.code}/fit", choice="yes", seen=fields["seen"][0])

    kept = db.session.query(FitChoice).populate_existing().one()
    assert (kept.shares_reason, kept.reason_sealed) == (False, "v9:unreadable")


def test_two_tabs_do_not_overwrite_each_other_unseen(talk, ben, post):
    old = fields_of(page(ben, talk), f"/bookings/{talk.code}/fit")
    post(f"/bookings/{talk.code}/fit", choice="yes")

    answer = post(f"/bookings/{talk.code}/fit", choice="not_now", seen=old["seen"][0])

    assert answer.status_code == 409
    assert queries.fit_of(talk).outcome == Outcome.CLIENT_DECIDED


# ---------------------------------------------------------------- who may see it


def test_a_stranger_finds_no_decision(talk, client, cast, sign_in):
    sign_in(client, cast.cleo)

    assert page(client, talk).status_code == 404


def test_another_practice_finds_no_decision(talk, client, colleague, sign_in):
    sign_in(client, colleague.user)

    assert practice_page(client, talk).status_code == 404


def test_a_specialist_reads_nothing_of_the_client_before_answering(talk, anna, decide):
    before = words(practice_page(anna, talk))

    decide.client(talk, "yes", reason="Loved it")

    assert words(practice_page(anna, talk)) == before


def test_after_answering_a_specialist_reads_decided_or_not_yet(talk, anna, decide):
    decide.specialist(talk, "yes")
    assert "Not yet." in words(practice_page(anna, talk))

    decide.client(talk, "yes")

    assert "both said yes" in words(practice_page(anna, talk))


def test_a_specialist_reads_did_not_continue_and_no_reason(talk, anna, decide):
    decide.client(talk, "not_a_fit", reason="No chemistry")

    text = words(practice_page(anna, talk))

    assert "did not continue" in text
    assert "chemistry" not in text


def test_a_reason_is_read_where_its_writer_ticked_so_and_two_step_is_on(talk, anna, decide, cast):
    decide.client(talk, "not_a_fit", reason="I need evenings", shares_reason=True)
    assert "evenings" not in words(practice_page(anna, talk))

    factories.with_two_step(cast.anna)

    assert "B. wrote I need evenings" in words(practice_page(anna, talk))


def test_whose_words_are_shared_is_said(couple, anna, decide, cast):
    factories.with_two_step(cast.anna)
    actions.join_as_partner(actions.invite_partner(couple, by=cast.ben), by=cast.cleo)
    theirs = Answered(Choice.NOT_NOW, reason="Not this year", shares_reason=True)
    actions.answer(couple, Party.PARTNER, theirs, by=cast.cleo)

    assert "Their partner wrote Not this year" in words(practice_page(anna, couple))


def test_a_reason_that_is_shared_tells_a_specialist_nothing_before_their_own_answer(talk, anna, decide, cast):
    factories.with_two_step(cast.anna)
    before = words(practice_page(anna, talk))

    decide.client(talk, "yes", reason="I felt at ease", shares_reason=True)

    assert words(practice_page(anna, talk)) == before
    decide.specialist(talk, "yes")
    assert "I felt at ease" in words(practice_page(anna, talk))


def test_a_client_never_reads_a_specialists_reason(talk, ben, decide):
    decide.specialist(talk, "not_a_fit", reason="Reminds me of my brother")

    assert "brother" not in page(ben, talk).text


def test_a_client_is_not_told_of_a_yes_before_their_own(talk, ben, decide):
    before = words(page(ben, talk))

    decide.specialist(talk, "yes")

    assert words(page(ben, talk)) == before


# ---------------------------------------------------------------- after every no there is a way on


def test_a_no_on_a_page_that_was_open_is_taken_after_the_others_no(talk, ben, post, decide, outbox, cast):
    address = f"/bookings/{talk.code}/fit"
    opened = fields_of(page(ben, talk), address)
    decide.specialist(talk, "not_a_fit")

    assert post(address, choice="not_a_fit", seen=opened["seen"][0]).status_code == 303

    assert queries.fit_of(talk).outcome == Outcome.ENDED_MUTUALLY


def test_a_specialist_is_asked_nothing_once_the_client_ended_it(talk, anna, decide):
    decide.client(talk, "not_now")

    assert tree_of(practice_page(anna, talk)).find("input", attrs={"name": "choice"}) is None


ENDS_OF_IT = {
    "by client": lambda talk, decide: decide.client(talk, "not_now"),
    "by specialist": lambda talk, decide: decide.specialist(talk, "not_a_fit"),
    "by both": lambda talk, decide: (decide.specialist(talk, "yes"), decide.client(talk, "not_a_fit")),
}


@pytest.mark.parametrize("how", ENDS_OF_IT)
def test_no_in_any_form_ends_with_two_things_to_do(talk, ben, decide, colleague, how):
    ENDS_OF_IT[how](talk, decide)

    answer = page(ben, talk)

    assert len(ways_on(answer)) >= 2
    assert "Otto Berg" in words(answer)


@pytest.mark.parametrize("end", ["yes", "silence", "closed"])
def test_what_the_heading_says_is_not_said_again_below_it(talk, ben, cast, clock, decide, end):
    from practice.bookings import actions as bookings

    if end == "yes":
        decide.client(talk, Choice.YES)
        decide.specialist(talk, Choice.YES)
    elif end == "silence":
        clock.advance(days=14)
    else:
        bookings.close_practice(cast.practice, calls_off=True, by=cast.anna)
    main = tree_of(page(ben, talk)).find("main")

    heading = main.find("h1").get_text(" ", strip=True)
    assert heading in {"You can go on with Anna", "This came to its end by itself", "Anna doesn’t work here any more"}
    assert words(page(ben, talk)).count(heading) == 1


def test_silence_and_a_closed_practice_lead_on_too(talk, ben, cast, clock, colleague):
    from practice.bookings import actions as bookings

    clock.advance(days=14)
    assert len(ways_on(page(ben, talk))) >= 2
    bookings.close_practice(cast.practice, calls_off=True, by=cast.anna)

    assert len(ways_on(page(ben, talk))) >= 2


def test_a_client_who_ended_it_asks_once_to_open_it_again(talk, ben, post, decide, anna, clock):
    decide.client(talk, "not_now")
    at_once = words(page(ben, talk))
    clock.advance(minutes=10)
    later = words(page(ben, talk))
    ways = ("Changed your mind?", "Ask to open it again")
    assert [[way in said for way in ways] for said in (at_once, later)] == [[True, False], [False, True]]
    post(f"/bookings/{talk.code}/fit/again")
    assert "You asked to open it again" in words(page(ben, talk))

    post(f"/practice/bookings/{talk.code}/fit/again", browser=anna, opens="yes")

    assert queries.fit_of(talk).outcome == Outcome.OPEN


def test_neither_answer_to_such_a_wish_is_chosen_beforehand_and_leaving_it_stands_first(
    talk, anna, decide, cast, clock
):
    decide.client(talk, "not_now")
    clock.advance(minutes=10)
    actions.ask_again(talk, by=cast.ben)

    radios = tree_of(practice_page(anna, talk)).find_all("input", attrs={"name": "opens"})

    assert [each["value"] for each in radios] == ["no", "yes"]
    assert not any(each.has_attr("checked") for each in radios)


# ---------------------------------------------------------------- where it is found


def test_both_sides_are_led_to_it(talk, ben, anna):
    assert f"/bookings/{talk.code}/fit" in ben.get("/me").text
    assert f"/bookings/{talk.code}/fit" in ben.get(f"/bookings/{talk.code}").text
    assert f"/practice/bookings/{talk.code}/fit" in anna.get("/practice").text
    assert f"/practice/bookings/{talk.code}/fit" in anna.get(f"/practice/bookings/{talk.code}").text


def test_what_is_past_is_not_said_as_to_come(talk, ben, clock):
    assert "Anna is asked to answer by then." in words(page(ben, talk))
    clock.advance(hours=24)
    after_a_day = words(page(ben, talk))
    assert "Anna was asked to answer by then." in after_a_day and "is asked" not in after_a_day
    assert "If there’s nothing by" in after_a_day
    clock.advance(hours=48)
    assert "If there’s nothing by" not in words(page(ben, talk))


def test_two_yeses_without_a_session_to_book_lead_to_no_button_that_leads_nowhere(cast, talk, ben, anna, decide):
    decide.client(talk, "yes")
    decide.specialist(talk, "yes")

    read, answer = words(page(ben, talk)), page(ben, talk)
    assert "has no session that can be booked here at the moment" in read and "Choose a first time" not in read
    assert tree_of(answer).find("main").find("a", href=re.compile("#book")) is None
    said = words(practice_page(anna, talk))
    assert "They find no session of yours that can be booked yet." in said and "What you offer" in said
    sold_by(cast.anna, consult_first=True)
    assert "Choose a first time" in words(page(ben, talk))
    assert "What you offer" not in words(practice_page(anna, talk))


def test_what_has_ended_is_no_task_and_no_card(talk, ben, anna, decide):
    decide.client(talk, "not_a_fit")

    assert "How did it feel" not in ben.get("/me").text
    assert "Would you work with" not in anna.get("/practice").text


def test_a_talk_ahead_has_nothing_to_decide(cast, ben):
    ahead = factories.booking(cast.ben, cast.practice, STARTS.replace(day=3, hour=9))

    assert "/fit" not in ben.get(f"/bookings/{ahead.code}").text
    assert "comes after the talk" in words(page(ben, ahead))
    assert "You meet for your free consultation." in words(page(ben, ahead))


def test_more_talks_cost_no_more_questions(talk, ben, cast, questions, clock):
    def asked():
        ben.get("/me")
        questions.clear()
        ben.get("/me")
        return len(questions)

    one = asked()
    for name in ("Pia", "Quin", "Rosa"):
        practice = factories.specialist(factories.user(f"{name} Somebody"))
        factories.booking(cast.ben, practice, STARTS, state="completed")

    assert asked() == one
