"""What people report: one report of one person, one case for all, and nobody hears who it was."""

import pytest
from sqlalchemy import select

from practice.letters.outbox import OutboxMail
from practice.moderation import actions, labels, queries
from practice.moderation.actions import Choice, Reported
from practice.moderation.errors import ReportedBefore
from practice.moderation.states import CaseState, Decision, ReportReason, Severity
from practice.store.audit import AuditEvent
from practice.store.db import db
from practice.values.errors import NotFound
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


def test_the_log_that_staff_read_says_neither_who_reported_nor_whose_it_is(reported, note, cast, board):
    actions.decide(reported, Choice(Decision.REMOVE, board.show(note).mark), by=cast.sam)
    actions.appeal(reported, "It sells nothing.", by=cast.ben)

    actors = set(db.session.scalars(select(AuditEvent.actor).where(AuditEvent.action.startswith("moderation."))))
    assert actors == {"system", f"account:{cast.sam.code}"}
