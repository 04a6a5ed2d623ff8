"""This file knows how something comes to wait for a person, and how its author takes it back before anybody decided."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts.models import User
from practice.moderation import policy, queries, subjects
from practice.moderation.models import Case, CaseParty, CaseTopic
from practice.moderation.states import CaseState, Part, Severity
from practice.moderation.subjects import Subject
from practice.store import audit
from practice.store.db import db, insert_once, new_code, transactional
from practice.values import clock
from practice.values.errors import NotFound

from .locking import locked


def known(kind: str) -> Subject:
    """The kind of that name; raises `NotFound` where no room has one."""
    found = subjects.subject(kind)
    if found is None:
        raise NotFound()
    return found


@transactional
def submit(kind: str, code: str, severity: Severity) -> Case:
    """Something waits for a person: one case for a thing, however often it is asked for. What is more urgent makes the
    whole case so; its age stays that of the first. Raises `NotFound` for a kind that no room has."""
    subject = known(kind)
    author = subject.author(code)
    is_new = insert_once(
        Case,
        code=new_code(),
        kind=kind,
        subject=code,
        severity=severity,
        state=CaseState.OPEN,
        author_id=author.id if author is not None else None,
        opened_at=clock.now(),
    )
    found = queries.open_about(kind, code)
    if found is None:
        raise RuntimeError("a case is open once it was asked for")
    case = locked(found)
    if severity < case.severity:
        case.severity = severity
    parties(case, subject, author)
    for topic in subject.topics(code):
        is_about(case, topic)
    if is_new:
        audit.record("moderation.submitted", case.about, actor=None, detail={"severity": str(severity)})
    return case


def parties(case: Case, subject: Subject, author: User | None) -> None:
    """Who never decides about it: whoever wrote it, and whom it concerns."""
    if author is not None:
        take_part(case, author, Part.AUTHOR)
    for each in subject.concerns(case.subject):
        take_part(case, each, Part.CONCERNED)


def is_about(case: Case, topic: str) -> None:
    """It is not given to whoever of the staff wished not to be given this."""
    insert_once(CaseTopic, case_id=case.id, topic=topic)


def take_part(case: Case, user: User, part: Part) -> None:
    """From now on this person never decides about it; whoever is part of it already stays what they are."""
    insert_once(CaseParty, case_id=case.id, user_id=user.id, part=part)


@transactional
def withdraw(kind: str, code: str) -> None:
    """Its author took it back: what waits about it is closed, and nothing is kept of what it said, but for safety.

    Nothing where nothing waits.
    """
    found = queries.open_about(kind, code)
    if found is not None:
        _close(locked(found), kind, code)
    for each in queries.looked_at_anew(kind, code):
        _leave(locked(each))


def _leave(case: Case) -> None:
    """Whoever reported it asked another person, who finds nothing any more: it stays decided as it was."""
    if case.state == CaseState.APPEALED:
        case.move_to(CaseState.DECIDED)
        case.appealed_at = None
        audit.record("moderation.withdrawn", case.about, actor=None)


def _close(case: Case, kind: str, code: str) -> None:
    if case.state != CaseState.OPEN:
        return
    shown = known(kind).show(code) if case.is_heavy else None
    if shown is not None:
        case.read, case.read_mark = shown.words, shown.mark
    elif not case.is_heavy:
        case.read, case.read_mark = "", None
    db.session.execute(delete(CaseTopic).where(CaseTopic.case_id == case.id))
    case.move_to(CaseState.WITHDRAWN)
    case.closed_at = clock.now()
    audit.record("moderation.withdrawn", case.about, actor=None)


@transactional
def regrade(case: Case, severity: Severity, *, by: User) -> None:
    """One of the staff says that it is more or less urgent than it was taken for; its age stays. Raises `Conflict`,
    `NotAllowed`."""
    case = locked(case)
    policy.may_take(queries.taking(case, by)).require()
    before, case.severity = case.severity, severity
    if before != severity:
        db.session.flush()
        audit.record("moderation.regraded", case.about, actor=by, detail={"from": before, "to": str(severity)})
