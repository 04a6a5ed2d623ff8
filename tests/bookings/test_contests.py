"""What both sides read while a "missed" is contested, and after staff have decided."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from practice.bookings import actions, queries, sold
from practice.bookings.errors import TooLate
from practice.bookings.models import Strike
from practice.bookings.states import BookingState, Outcome
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values.errors import Conflict, Invalid, NotAllowed
from tests.bookings.conftest import THURSDAY_TEN, TUESDAY_NINE, WEDNESDAY_TEN
from tests.factories import booking as stored

S = BookingState


@pytest.fixture
def booked(cast, clock):
    made = stored(cast.ben, cast.practice, WEDNESDAY_TEN)
    clock.freeze(WEDNESDAY_TEN + timedelta(minutes=20))
    return made


@pytest.fixture
def read(app, cast, sign_in):
    """The main words of the booking's page, for "ben" or "anna"."""

    def open_page(booking, who):
        path = f"/bookings/{booking.code}" if who == "ben" else f"/practice/bookings/{booking.code}"
        answer = sign_in(app.test_client(), getattr(cast, who)).get(path)
        return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())

    return open_page


def letter_to(outbox, person):
    """The text of the latest letter, without its line breaks."""
    return " ".join(outbox.read(outbox.last_to(person)).text.split())


def decided(booking, outcome, *, asked_by, cast):
    """The booking after one side contested what the other had marked, and staff answered."""
    mark = actions.mark_client_missed if asked_by is cast.ben else actions.mark_specialist_missed
    mark(booking, by=cast.anna if asked_by is cast.ben else cast.ben)
    opened = actions.contest(booking, "I was there", by=asked_by)
    actions.answer_contest(opened, "I saw nobody", by=cast.anna if asked_by is cast.ben else cast.ben)
    actions.decide_contest(opened, outcome, by=cast.sam, reason="Both were seen at the door.")
    db.session.rollback()


def test_a_specialist_hears_that_they_were_marked_as_not_there(booked, cast, outbox):
    actions.mark_specialist_missed(booked, by=cast.ben)

    assert outbox.last_to(cast.anna).template == "bookings/noted_as_missed"
    text = letter_to(outbox, cast.anna)
    assert "B. told us that you were not there" in text
    # 72 hours later, on Anna's own clock.
    assert "say so on the page by Saturday 6 March 2027, 10:20 (Vienna time)" in text
    assert outbox.last_to(cast.ben).template == "bookings/missed_by_specialist"


@pytest.mark.parametrize(
    ("outcome", "to_ben", "to_anna"),
    [
        (
            Outcome.UPHELD,
            ["you told us that it was otherwise. What was noted stays: you were not there.", "It counts as your free"],
            ["because your client told us", "your client was not there.", "You can give them another"],
        ),
        (Outcome.TOOK_PLACE, ["it took place.", "It counts as your free"], ["it took place."]),
        (Outcome.TECHNICAL, ["the call did not work.", "It does not count"], ["the call did not work."]),
        (
            Outcome.OTHER_SIDE,
            ["Anna was not there.", "It does not count as your free consultation with Anna."],
            ["you were not there.", "It is noted on your side for 90 days."],
        ),
    ],
)
def test_both_hear_what_was_decided_and_what_follows_when_a_client_contests(
    booked, cast, outbox, outcome, to_ben, to_anna
):
    decided(booked, outcome, asked_by=cast.ben, cast=cast)

    assert "Why: Both were seen at the door." in letter_to(outbox, cast.ben)
    assert "Why: Both were seen at the door." in letter_to(outbox, cast.anna)
    assert [words for words in to_ben if words not in letter_to(outbox, cast.ben)] == []
    assert [words for words in to_anna if words not in letter_to(outbox, cast.anna)] == []


@pytest.mark.parametrize(
    ("outcome", "to_ben", "to_anna"),
    [
        (
            Outcome.UPHELD,
            ["because Anna told us", "stays: Anna was not there."],
            ["you told us", "you were not there."],
        ),
        (Outcome.TOOK_PLACE, ["it took place.", "It counts as your free"], ["on your side is taken back"]),
        (Outcome.TECHNICAL, ["the call did not work.", "It does not count"], ["on your side is taken back"]),
        (Outcome.OTHER_SIDE, ["you were not there.", "It counts as your free"], ["your client was not there."]),
    ],
)
def test_both_hear_what_was_decided_and_what_follows_when_a_specialist_contests(
    booked, cast, outbox, outcome, to_ben, to_anna
):
    decided(booked, outcome, asked_by=cast.anna, cast=cast)

    assert [words for words in to_ben if words not in letter_to(outbox, cast.ben)] == []
    assert [words for words in to_anna if words not in letter_to(outbox, cast.anna)] == []


@pytest.mark.parametrize("asked_by", ["ben", "anna"])
def test_each_side_reads_whose_words_are_being_read(booked, cast, read, asked_by):
    mark = actions.mark_client_missed if asked_by == "ben" else actions.mark_specialist_missed
    mark(booked, by=cast.anna if asked_by == "ben" else cast.ben)
    actions.contest(booked, "I was there", by=getattr(cast, asked_by))

    other = "anna" if asked_by == "ben" else "ben"
    assert "We have your words. A person reads them" in read(booked, asked_by)
    theirs = read(booked, other)
    assert "We have your words" not in theirs
    assert ("Your client" if other == "anna" else "Anna") + " told us that it was otherwise." in theirs


@pytest.mark.parametrize("who", ["ben", "anna"])
def test_the_story_says_that_staff_decided(booked, cast, read, who):
    decided(booked, Outcome.TOOK_PLACE, asked_by=cast.ben, cast=cast)

    words = read(booked, who)
    assert "Our staff looked again: took place." in words
    assert "Our staff looked at this again on Wednesday 3 March." in words


@pytest.mark.parametrize("who", ["ben", "anna"])
def test_what_staff_decided_is_not_turned_again_by_either_side(booked, cast, read, who):
    decided(booked, Outcome.TOOK_PLACE, asked_by=cast.ben, cast=cast)

    assert "The call didn’t work" not in read(booked, who)
    with pytest.raises(TooLate):
        actions.report_technical(booked, by=getattr(cast, who))


@pytest.mark.parametrize("outcome", [Outcome.TOOK_PLACE, Outcome.OTHER_SIDE])
def test_staff_decide_also_when_the_two_have_met_again_since(cast, clock, outcome):
    first = stored(cast.ben, cast.practice, TUESDAY_NINE)
    clock.freeze(TUESDAY_NINE + timedelta(minutes=20))
    actions.mark_specialist_missed(first, by=cast.ben)
    opened = actions.contest(first, "I was there", by=cast.anna)
    second = stored(cast.ben, cast.practice, THURSDAY_TEN)

    actions.answer_contest(opened, "I saw nobody", by=cast.ben)

    actions.decide_contest(opened, outcome, by=cast.sam, reason="Both were seen at the door.")

    assert first.state == (S.COMPLETED if outcome == Outcome.TOOK_PLACE else S.CLIENT_MISSED)
    assert (first.claims_pair, second.claims_pair) == (False, True)
    assert queries.strikes_of(cast.practice.id) == []


def test_a_letter_leaves_a_line_above_its_button(booked, cast, outbox):
    actions.report_technical(booked, by=cast.ben)

    assert "\n\nSee the appointment:\n" in outbox.read(outbox.last_to(cast.ben)).text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("marked_by", "turn"),
    [
        ("ben", lambda booking, cast: actions.complete(booking, by=cast.anna)),
        ("ben", lambda booking, cast: actions.mark_client_missed(booking, by=cast.anna)),
        ("ben", lambda booking, cast: actions.report_technical(booking, by=cast.anna)),
        ("anna", lambda booking, cast: actions.mark_specialist_missed(booking, by=cast.ben)),
        ("anna", lambda booking, cast: actions.report_technical(booking, by=cast.ben)),
        ("anna", lambda booking, cast: actions.complete(booking, by=cast.anna)),
    ],
)
def test_a_missed_call_is_turned_by_staff_and_by_nobody_else(booked, cast, marked_by, turn):
    mark = actions.mark_specialist_missed if marked_by == "ben" else actions.mark_client_missed
    mark(booked, by=getattr(cast, marked_by))
    before = booked.state

    with pytest.raises(Conflict):
        turn(booked, cast)

    db.session.refresh(booked)
    assert booked.state == before


# ---------------------------------------------------------------- both sides, and why


@pytest.fixture
def contested(booked, cast):
    actions.mark_client_missed(booked, by=cast.anna)
    return actions.contest(booked, "I was there", by=cast.ben)


def test_the_other_side_is_asked_how_it_was(contested, cast, outbox):
    assert outbox.last_to(cast.anna).template == "bookings/contest_asks"
    text = letter_to(outbox, cast.anna)
    assert "by Friday 5 March 2027, 10:20 (Vienna time)" in text
    assert "I was there" not in text


def test_nothing_is_decided_before_the_other_side_is_heard(contested, cast, clock):
    with pytest.raises(Conflict, match="has not answered yet"):
        actions.decide_contest(contested, Outcome.OTHER_SIDE, by=cast.sam, reason="They say so.")
    clock.advance(hours=48)

    actions.decide_contest(contested, Outcome.OTHER_SIDE, by=cast.sam, reason="They had two days.")

    assert contested.booking.state == S.SPECIALIST_MISSED


def test_nothing_is_decided_without_a_reason(contested, cast, clock):
    clock.advance(hours=48)

    with pytest.raises(Invalid) as refusal:
        actions.decide_contest(contested, Outcome.UPHELD, by=cast.sam, reason="  ")

    assert list(refusal.value.fields) == ["reason"]


def test_the_other_side_answers_once_on_its_page_and_both_read_why(contested, cast, read, post, client, sign_in):
    path = f"/practice/bookings/{contested.booking.code}/contest/answer"
    browser = sign_in(client, cast.anna)
    assert post(path, browser=browser, answer="").status_code == 422
    assert post(path, browser=browser, answer="Nobody came").status_code == 303
    assert post(path, browser=browser, answer="Nobody came").status_code == 409
    db.session.rollback()

    actions.decide_contest(contested, Outcome.UPHELD, by=cast.sam, reason="The door says so.")

    assert "Why: The door says so." in read(contested.booking, "anna")
    assert "Why: The door says so." in read(contested.booking, "ben")


def test_whoever_contested_does_not_answer_themselves_and_strangers_do_not(contested, cast):
    for person in (cast.ben, cast.cleo):
        with pytest.raises(NotAllowed):
            actions.answer_contest(contested, "And once more", by=person)


def test_neither_side_reads_what_the_other_wrote(contested, cast, read):
    actions.answer_contest(contested, "A secret of Anna", by=cast.anna)

    assert "A secret of Anna" not in read(contested.booking, "ben")
    assert "I was there" not in read(contested.booking, "anna")


def in_log(action):
    return [line.subject for line in db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == action))]


def test_a_strike_by_decision_stands_in_the_log_as_every_other(booked, cast):
    decided(booked, Outcome.OTHER_SIDE, asked_by=cast.ben, cast=cast)

    assert in_log("strike.noted") == [f"booking:{booked.code}"]


@pytest.mark.parametrize("is_waived", [True, False])
def test_what_staff_took_back_before_is_not_taken_back_again(booked, cast, clock, outbox, is_waived):
    actions.mark_specialist_missed(booked, by=cast.ben)
    strike = db.session.scalars(db.select(Strike)).one()
    before = clock.now()
    if is_waived:
        actions.waive_strike(strike, by=cast.sam, reason="The door was broken.")
    clock.advance(hours=1)
    opened = actions.contest(booked, "I was there", by=cast.anna)
    actions.answer_contest(opened, "I saw nobody", by=cast.ben)
    actions.decide_contest(opened, Outcome.TOOK_PLACE, by=cast.sam, reason="Both were seen at the door.")

    assert strike.waived_at == (before if is_waived else clock.now())
    assert ("is taken back" in letter_to(outbox, cast.anna)) != is_waived
    assert in_log("strike.waived") == [f"booking:{booked.code}"]


def test_that_it_took_place_is_nobodys_last_word(cast, bought, clock, outbox, read, app, sign_in):
    """Anna never came, and noted that it took place as soon as she could; Ben says that it was otherwise."""
    booking = bought(WEDNESDAY_TEN)
    clock.freeze(booking.ends_at)
    actions.complete(booking, by=cast.anna)
    assert "Anna noted that it took place" in read(booking, "ben")

    opened = actions.contest(booking, "Nobody came.", by=cast.ben)
    line = sold.lines_of(booking)[0]
    assert line.frozen
    assert "You noted that the appointment on" in letter_to(outbox, cast.anna)
    clock.advance(hours=48)
    staff = sign_in(app.test_client(), cast.sam).get("/admin/contests").text
    assert "marked: it took place" in staff and "The specialist was not there" in staff
    actions.decide_contest(opened, Outcome.OTHER_SIDE, by=cast.sam, reason="No record that she came.")
    db.session.expire_all()

    assert booking.state == S.SPECIALIST_MISSED
    assert (sold.lines_of(booking)[0].back, sold.lines_of(booking)[0].frozen) == (7200, False)
    assert db.session.query(Strike).one().reason == "missed"
