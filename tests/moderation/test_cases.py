"""What waits for a person: one case for a thing, its urgency, its age."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from practice.moderation import actions, policy, queries
from practice.moderation.models import Case, Look
from practice.moderation.states import CaseState, Severity
from practice.store.db import db

HOUR = timedelta(hours=1)
DUBLIN = "Europe/Dublin"


def test_a_thing_that_is_sent_again_is_one_case_as_urgent_as_its_worst_and_as_old_as_its_first(case, note, clock):
    opened = case.opened_at
    clock.advance(HOUR)

    again = actions.submit("note", note, Severity.SAFETY)
    actions.submit("note", note, Severity.QUALITY)

    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert (again.id, again.severity, again.opened_at) == (case.id, Severity.SAFETY, opened)


def test_what_its_author_takes_back_waits_for_nobody_and_can_be_sent_again(case, note):
    actions.withdraw("note", note)
    actions.withdraw("note", note)

    assert case.state == CaseState.WITHDRAWN and queries.open_about("note", note) is None
    assert actions.submit("note", note, Severity.USUAL).id != case.id


def test_who_looks_up_whose_it_is_leaves_a_line_for_that_person(case, note, cast):
    assert actions.look(cast.sam, "note", note, "A street is named; we ask about it.") == cast.ben

    seen = db.session.scalars(select(Look)).one()
    assert (seen.user_id, seen.by_id, seen.purpose) == (cast.ben.id, cast.sam.id, "A street is named; we ask about it.")


def test_an_hour_of_safety_runs_while_somebody_is_there():
    morning, evening = datetime(2027, 2, 1, 9, tzinfo=UTC), datetime(2027, 2, 1, 19, 30, tzinfo=UTC)

    assert policy.due_at(Severity.SAFETY, morning, DUBLIN) == morning + HOUR
    assert policy.due_at(Severity.SAFETY, evening, DUBLIN) == datetime(2027, 2, 2, 8, 30, tzinfo=UTC)
    assert policy.due_at(Severity.HARM, evening, DUBLIN) == evening + 8 * HOUR
