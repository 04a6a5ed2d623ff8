"""This file knows how whoever reported something that was left as it is asks another person, and what follows."""

from __future__ import annotations

from practice.accounts.models import User
from practice.moderation import emails, queries
from practice.moderation.errors import ChangedMeanwhile, Gone
from practice.moderation.models import Case, Report, Verdict
from practice.moderation.states import CaseState, Decision, Part
from practice.moderation.subjects import Ruled, Shown, Subject
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Invalid, NotAllowed

from .locking import locked
from .submitting import is_about, known, parties, take_part

GONE = "It is gone by now, so there is nothing to look at."


def as_read(subject: Subject, case: Case, mark: str) -> Shown:
    """What stands there, which is what was read. Raises `Gone`, `ChangedMeanwhile`."""
    shown = subject.show(case.subject)
    if shown is None:
        raise Gone("This was taken back in the meantime, so there is nothing to decide.")
    if shown.mark != mark:
        raise ChangedMeanwhile("Its author changed it since you read it. Nothing is decided yet.")
    return shown


@transactional
def ask_again(report: Report, why: str, *, by: User) -> None:
    """Another person looks, once. Whoever wrote it hears nothing of that. Pressed twice it is once.

    Raises `Conflict`, `NotAllowed`, `TooLate`, `Invalid`.
    """
    if report.reporter_id != by.id:
        raise NotAllowed("Only whoever reported it can ask another person.")
    known(report.case.kind).keep_still(report.case.subject)
    case = locked(report.case)
    db.session.refresh(report)
    if report.appealed_at is not None and report.appeal == why.strip():
        return
    queries.may_ask_again(case).require()
    if not why.strip():
        raise Invalid("", {"why": "Please say in a sentence what was overlooked."})
    if known(case.kind).show(case.subject) is None:
        raise Gone(GONE)
    case.move_to(CaseState.APPEALED)
    case.appealed_at = report.appealed_at = clock.now()
    report.appeal = why.strip()
    emails.asked_again(report)
    # Not by whom: staff read the log, and are not told who reported.
    audit.record("moderation.asked_again", case.about, actor=None)


def take_down(case: Case, verdict: Verdict, mark: str) -> None:
    """The second person finds that what they read, the version `mark`, has to go. That is decided as a case of its own,
    so that whoever wrote it can have another person look in turn, and learns of no report. Inside the transaction that
    settles the first."""
    subject = known(case.kind)
    shown = as_read(subject, case, mark)
    own = Case(
        kind=case.kind,
        subject=case.subject,
        severity=case.severity,
        state=CaseState.DECIDED,
        author_id=case.author_id,
        opened_at=case.opened_at,
        decided_at=verdict.made_at,
    )
    first = Verdict(
        case=own,
        is_appeal=False,
        decision=Decision.REMOVE,
        mark=shown.mark,
        by_id=verdict.by_id,
        made_at=verdict.made_at,
        reason=verdict.reason,
        own=shown.words,
    )
    db.session.add_all([own, first])
    db.session.flush()
    parties(own, subject, own.author)
    for report in queries.reports_about(case):
        if report.reporter is not None:
            take_part(own, report.reporter, Part.REPORTER)
    for topic in queries.topics_of(case):
        is_about(own, topic)
    subject.carry_out(Ruled(own.subject, Decision.REMOVE, first.reason, first.by, mark=shown.mark))
    emails.decided(own, first)
    audit.record("moderation.decided", own.about, actor=first.by, detail={"decision": str(Decision.REMOVE)})
