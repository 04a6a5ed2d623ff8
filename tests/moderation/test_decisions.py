"""How a case is decided: once, by one person, about what they read; and by another person after an appeal."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from practice.bookings.errors import TooLate
from practice.letters.outbox import OutboxMail
from practice.moderation import actions, queries, texts
from practice.moderation.actions import Choice
from practice.moderation.errors import ChangedMeanwhile, Gone
from practice.moderation.models import Verdict
from practice.moderation.states import CaseState, Decision, Severity
from practice.store.db import db, transaction
from practice.values.errors import Conflict, Invalid, NotAllowed, NotFound

HALF_AN_HOUR = timedelta(minutes=30)
WHO_IS_IT = "Anyone know Mrs Gray of Elm Street?"


@pytest.fixture
def read(board):
    """`read("reject")`: what one of the staff chose about what stands there now."""

    def chosen(decision, reason="", words="", code="note-one"):
        return Choice(Decision(decision), board.show(code).mark, reason, words)

    return chosen


def letters_to(person):
    return [each.template for each in db.session.scalars(select(OutboxMail).filter_by(recipient_id=person.id))]


# ---------------------------------------------------------------- who has it


def test_who_has_a_case_has_it_for_half_an_hour_and_nobody_else_decides_it(case, cast, sue, read, clock):
    actions.claim(case, by=cast.sam)

    with pytest.raises(Conflict, match="A colleague has this"):
        actions.claim(case, by=sue)
    with pytest.raises(Conflict, match="A colleague has this"):
        actions.decide(case, read("publish"), by=sue)
    assert case.holder(clock.now()) == cast.sam

    clock.advance(HALF_AN_HOUR)
    assert case.holder(clock.now()) is None
    actions.claim(case, by=sue)


def test_who_lets_a_case_go_leaves_it_to_others_and_cannot_let_go_what_another_has(case, cast, sue, clock):
    actions.claim(case, by=cast.sam)
    actions.let_go(case, by=sue)
    assert case.holder(clock.now()) == cast.sam

    actions.let_go(case, by=cast.sam)
    actions.claim(case, by=sue)
    assert case.holder(clock.now()) == sue


@pytest.mark.parametrize("part", ["author", "concerned", "reporter"])
def test_nobody_of_the_staff_decides_about_what_they_are_part_of_or_reads_that_it_waits(board, cast, sue, part, read):
    board.pin("note-one", sue if part == "author" else cast.ben)
    board.concerned["note-one"] = [sue] if part == "concerned" else []
    case = actions.submit("note", "note-one", Severity.USUAL)
    if part == "reporter":
        actions.report("note", "note-one", actions.Reported("other", "This is about me."), by=sue)

    for refused in (lambda: actions.claim(case, by=sue), lambda: actions.decide(case, read("publish"), by=sue)):
        with pytest.raises(NotAllowed, match="Somebody else"):
            refused()
    assert queries.waiting(sue) == [] and queries.waits(sue)[0] == 0
    with pytest.raises(NotFound):
        queries.for_staff(sue, case.code)
    assert queries.waiting(cast.sam) == [case]


def test_only_staff_decide(case, cast, read):
    with pytest.raises(NotAllowed):
        actions.decide(case, read("publish"), by=cast.cleo)


# ---------------------------------------------------------------- the version that was read


def test_a_decision_is_for_the_version_that_was_read(case, cast, board, read):
    choice = read("publish")
    board.notes["note-one"] = "Something else altogether."

    with pytest.raises(ChangedMeanwhile):
        actions.decide(case, choice, by=cast.sam)
    assert (case.state, board.done) == (CaseState.OPEN, [])


def test_what_is_gone_is_not_decided(case, cast, board, read):
    choice = read("publish")
    del board.notes["note-one"]

    with pytest.raises(Gone):
        actions.decide(case, choice, by=cast.sam)


def test_what_its_room_cannot_carry_out_is_not_decided(case, cast, board, read):
    board.busy = True

    with pytest.raises(Conflict):
        actions.decide(case, read("publish"), by=cast.sam)
    assert (case.state, letters_to(cast.ben)) == (CaseState.OPEN, [])


def test_a_decision_is_carried_out_told_with_reasons_and_gives_the_words_back(case, cast, board, read):
    verdict = actions.decide(case, read("reject", "It names somebody."), by=cast.sam)

    assert board.done == [("note-one", Decision.REJECT, "", False)]
    assert (verdict.reason, verdict.own) == ("It names somebody.", WHO_IS_IT)
    assert letters_to(cast.ben) == ["moderation/decided"]
    assert queries.of_author(cast.ben, case.code) == case
    with pytest.raises(NotFound):
        queries.of_author(cast.cleo, case.code)


def test_a_decision_without_words_says_the_kind_ones(case, cast, read):
    assert actions.decide(case, read("ask_edit"), by=cast.sam).reason == texts.REASONS[Decision.ASK_EDIT]


def test_a_mask_has_words_that_differ(case, cast, board, read):
    for words in ("", WHO_IS_IT):
        with pytest.raises(Invalid):
            actions.decide(case, read("mask", words=words), by=cast.sam)

    actions.decide(case, read("mask", words="Anyone know somebody?"), by=cast.sam)
    assert board.done == [("note-one", Decision.MASK, "Anyone know somebody?", False)]


def test_the_second_of_two_who_decide_is_told_and_the_same_press_again_is_nothing(case, cast, sue, board, read):
    first = actions.decide(case, read("publish"), by=cast.sam)

    with pytest.raises(Conflict, match="A colleague has decided"):
        actions.decide(case, read("reject"), by=sue)
    assert actions.decide(case, read("publish"), by=cast.sam) == first
    assert len(board.done) == 1


# ---------------------------------------------------------------- another person


@pytest.fixture
def appealed(case, cast, read):
    """Sam turned Ben's note down, and Ben asks another person."""
    actions.decide(case, read("reject"), by=cast.sam)
    actions.appeal(case, "Mrs Gray is my cat.", by=cast.ben)
    return case


def test_whoever_decided_cannot_decide_about_the_appeal(appealed, cast):
    for refused in (
        lambda: actions.claim(appealed, by=cast.sam),
        lambda: actions.settle_appeal(appealed, reverse=False, reason="", by=cast.sam),
    ):
        with pytest.raises(NotAllowed, match="somebody else decides"):
            refused()


def test_the_database_knows_too_that_nobody_decides_twice_about_one_case(appealed, cast):
    def again():
        with transaction():
            db.session.add(Verdict(case_id=appealed.id, is_appeal=True, decision="reject", by_id=cast.sam.id))

    with pytest.raises(IntegrityError):
        again()


def test_an_appeal_is_heard_once_and_what_another_person_takes_back_is_undone(appealed, cast, sue, board):
    for _pressed_twice in range(2):
        actions.settle_appeal(appealed, reverse=True, reason="It is a cat.", by=sue)
    with pytest.raises(Conflict):
        actions.settle_appeal(appealed, reverse=False, reason="It is a cat.", by=sue)

    assert board.done[-1] == ("note-one", Decision.REJECT, "", True)
    assert appealed.state == CaseState.REVERSED
    with pytest.raises(Conflict):
        actions.appeal(appealed, "Again.", by=cast.ben)


def test_what_another_person_upholds_stays(appealed, sue, board):
    actions.settle_appeal(appealed, reverse=False, reason="", by=sue)

    assert (appealed.state, len(board.done)) == (CaseState.UPHELD, 1)


def test_another_person_can_be_asked_for_half_a_year_and_not_about_what_was_published(case, cast, board, read, clock):
    actions.decide(case, read("reject"), by=cast.sam)
    clock.advance(days=180, minutes=1)
    with pytest.raises(TooLate):
        actions.appeal(case, "Why?", by=cast.ben)

    shown = actions.submit("note", board.pin("note-two", cast.ben), Severity.USUAL)
    actions.decide(shown, read("publish", code="note-two"), by=cast.sam)
    with pytest.raises(Conflict):
        actions.appeal(shown, "Why?", by=cast.ben)
