"""What people report: one report of one person, one case for all, and nobody hears who it was."""

import pytest
from sqlalchemy import select

from practice.letters.outbox import OutboxMail
from practice.moderation import actions, labels, policy, queries
from practice.moderation.actions import Choice, Reported
from practice.moderation.errors import ReportedBefore
from practice.moderation.states import CaseState, Decision, ReportReason, Severity
from practice.store import checks
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values.errors import Conflict, NotAllowed, NotFound, TooMany
from tests import factories

SPAM = Reported(ReportReason.SPAM, "It sells something.")


@pytest.fixture
def reported(note, cast):
    """Cleo says that Ben's note sells something."""
    return actions.report("note", note, SPAM, by=cast.cleo).case


def test_how_soon_somebody_looks_follows_from_what_is_said(reported, note, cast):
    assert reported.severity == Severity.QUALITY

    actions.report("note", note, Reported(ReportReason.DANGER, ""), by=cast.anna)
    assert reported.severity == Severity.SAFETY


def test_a_report_that_is_sent_twice_is_one_and_other_words_are_not_lost_in_silence(reported, note, cast):
    actions.report("note", note, SPAM, by=cast.cleo)

    with pytest.raises(ReportedBefore):
        actions.report("note", note, Reported(ReportReason.SPAM, "And something else."), by=cast.cleo)
    assert len(queries.reports_about(reported)) == 1


def test_nobody_reports_what_they_cannot_see_or_what_is_theirs(note, cast):
    for code, person in (("nothing", cast.cleo), (note, cast.ben)):
        with pytest.raises(NotFound):
            actions.report("note", code, SPAM, by=person)


def test_many_reports_raise_nothing_and_the_case_says_how_many_and_of_whom(board, cast, clock):
    note = board.pin("note-one", cast.anna)
    rival = factories.user("Rita Rival")
    factories.specialist(rival)
    crowd = [rival, *(factories.user(f"New {number}", email=f"new{number}@people.example") for number in range(3))]
    for each in crowd:
        actions.report("note", note, SPAM, by=each)
    case = queries.open_about("note", note)

    assert (case.severity, case.state) == (Severity.QUALITY, CaseState.OPEN)
    assert labels.crowd(case) == "Reported by 4 people: 1 of the same trade, 4 with new accounts."


def test_who_reported_hears_that_somebody_looked_and_who_wrote_it_hears_of_no_report_that_changes_nothing(
    reported, note, cast, board
):
    actions.decide(reported, Choice(Decision.LEAVE, board.show(note).mark), by=cast.sam)

    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(each.recipient_id, each.template) for each in mail] == [
        (cast.cleo.id, "moderation/report_received"),
        (cast.cleo.id, "moderation/report_outcome"),
    ]
    assert queries.about(cast.ben) == []


def test_a_letter_to_who_wrote_it_says_nothing_of_who_reported(reported, note, cast, board):
    actions.decide(reported, Choice(Decision.REMOVE, board.show(note).mark), by=cast.sam)

    told = db.session.scalars(select(OutboxMail).filter_by(recipient_id=cast.ben.id)).one()
    assert "Cleo" not in str(told.context) and cast.cleo.code not in str(told.context)


def test_nobody_floods_the_desk_and_whoever_says_it_twice_is_not_told_so(reported, board, cast, monkeypatch, clock):
    monkeypatch.setattr(policy, "MOST_REPORTS", 1)
    other = board.pin("note-two", cast.ben)

    assert actions.report("note", "note-one", SPAM, by=cast.cleo).case == reported
    with pytest.raises(TooMany):
        actions.report("note", other, SPAM, by=cast.cleo)
    assert queries.open_about("note", other) is None
    clock.advance(days=1)
    assert actions.report("note", other, SPAM, by=cast.cleo)


def test_the_log_that_staff_read_says_neither_who_reported_nor_whose_it_is(reported, note, cast, board):
    actions.decide(reported, Choice(Decision.REMOVE, board.show(note).mark), by=cast.sam)
    actions.appeal(reported, "It sells nothing.", by=cast.ben)

    actors = set(db.session.scalars(select(AuditEvent.actor).where(AuditEvent.action.startswith("moderation."))))
    assert actors == {"system", f"account:{cast.sam.code}"}


# ---------------------------------------------------------------- another person


@pytest.fixture
def left(reported, note, cast, board):
    """Sam left it as it was; what Cleo reported."""
    actions.decide(reported, Choice(Decision.LEAVE, board.show(note).mark), by=cast.sam)
    return queries.report_of(reported, cast.cleo)


def test_whoever_reported_asks_another_person_once_and_who_wrote_it_hears_nothing(left, note, cast, board, sue, outbox):
    actions.ask_again(left, "It names her street.", by=cast.cleo)
    actions.ask_again(left, "It names her street.", by=cast.cleo)

    with pytest.raises(Conflict):
        actions.ask_again(left, "And her house.", by=cast.cleo)
    with pytest.raises(NotAllowed):
        actions.settle_appeal(left.case, reverse=False, reason="", by=cast.sam)
    actions.settle_appeal(left.case, reverse=False, reason="", by=sue)

    assert (left.case.state, left.appeal) == (CaseState.UPHELD, "It names her street.")
    assert outbox.kinds_to(cast.cleo)[-2:] == ["moderation/appealed", "moderation/report_outcome"]
    assert outbox.to(cast.ben) == [] and queries.about(cast.ben) == []
    with pytest.raises(Conflict):
        actions.ask_again(left, "Once more.", by=cast.cleo)


def test_what_the_second_person_takes_down_its_author_can_have_looked_at_by_a_third(
    left, note, cast, board, sue, outbox
):
    actions.care_for(cast.sam, skips_heavy=False, topics=[policy.topic_of(ReportReason.SPAM)])
    actions.ask_again(left, "It names her street.", by=cast.cleo)
    actions.settle_appeal(left.case, reverse=True, reason="", by=sue, mark=board.show(note).mark)

    [own] = queries.about(cast.ben)
    assert left.case.state == CaseState.REVERSED and board.done[-1][1] == Decision.REMOVE
    assert own.id != left.case.id and own.verdicts[0].own and own.appeal == ""
    assert outbox.kinds_to(cast.ben) == ["moderation/decided"] and outbox.last_to(cast.cleo).context["done"]
    actions.appeal(own, "It is my own street.", by=cast.ben)
    assert queries.appeals(cast.sam) == []
    assert not policy.may_take(queries.taking(own, sue)) and policy.may_take(queries.taking(own, cast.sam))
    assert checks.faults() == []


def test_what_its_author_takes_back_meanwhile_waits_for_nobody_and_whoever_asked_reads_so(left, note, cast, board, sue):
    actions.ask_again(left, "It names her street.", by=cast.cleo)
    del board.notes[note]
    actions.withdraw("note", note)

    assert queries.appeals(sue) == [] and labels.for_reporter(left) == policy.TAKEN_BACK
    assert not queries.may_ask_again(left.case) and checks.faults() == []


def test_nobody_asks_about_what_was_done_or_what_somebody_else_reported(reported, note, cast, board):
    actions.decide(reported, Choice(Decision.REMOVE, board.show(note).mark), by=cast.sam)
    report = queries.report_of(reported, cast.cleo)

    with pytest.raises(Conflict):
        actions.ask_again(report, "Why?", by=cast.cleo)
    with pytest.raises(NotFound):
        queries.own_report(cast.anna, report.code)
