"""This file knows how somebody says that something is wrong: one report of one person, one case for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.moderation import emails, policy, queries
from practice.moderation.errors import ReportedBefore
from practice.moderation.models import Report
from practice.moderation.states import Part, ReportReason
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import NotFound

from .submitting import is_about, known, submit, take_part


@dataclass(frozen=True)
class Reported:
    """What somebody chose and wrote."""

    reason: ReportReason
    words: str


@transactional
def report(kind: str, code: str, reported: Reported, *, by: User) -> Report:
    """A person will look. Many reports raise nothing by themselves: only what is said decides how soon.

    Sent twice is one. Raises `ReportedBefore` for other words while the first wait, `NotFound` for what they may not
    see, `TooMany`.
    """
    known(kind).keep_still(code)
    if not known(kind).may_report(code, by):
        raise NotFound()
    case = submit(kind, code, policy.SEVERITIES[reported.reason])
    before = queries.report_of(case, by)
    if before is not None:
        if (before.reason, before.words) == (reported.reason, reported.words):
            return before
        raise ReportedBefore("We have your report already, and a person reads it. What you typed now was not added.")
    policy.may_report(queries.reported_lately(by)).require()
    made = Report(case_id=case.id, reporter_id=by.id, reason=reported.reason, words=reported.words, made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    take_part(case, by, Part.REPORTER)
    is_about(case, policy.topic_of(reported.reason))
    emails.received(made)
    # The log is read by staff, who are not told who reported.
    audit.record("moderation.reported", case.about, actor=None, detail={"reason": str(reported.reason)})
    return made
