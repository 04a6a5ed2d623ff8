"""This file knows what happens to practices without a browser: papers run out, pauses end, old documents go."""

from __future__ import annotations

from datetime import timedelta

from practice.values import clock
from practice.work.jobs import sweep

from . import actions, credentials, photos, policy, queries

# A file whose upload was interrupted has no row; a day is longer than any upload.
ORPHANED = timedelta(days=1)


@sweep(every=timedelta(minutes=10))
def expire_papers() -> int:
    """Papers past their last day, at midnight where the specialist lives; how many profiles left the list."""
    return sum(actions.expire(paper) for paper in queries.expired_papers())


@sweep(every=timedelta(hours=6))
def warn_of_expiry() -> int:
    """One mail at 60, 30 and 7 days before a paper runs out; how many went out."""
    sent = 0
    for paper in queries.expiring(timedelta(days=max(policy.WARN_DAYS) + 1)):
        today = clock.today(queries.zone_of(paper.specialist))
        if paper.expires_on and (step := policy.warning_due(paper.expires_on, today, paper.warned_days)) is not None:
            actions.warn_of_expiry(paper, step)
            sent += 1
    return sent


@sweep(every=timedelta(minutes=10))
def end_pauses() -> int:
    """Specialists whose day to be back has come are public again; how many."""
    return sum(actions.end_pause(specialist) for specialist in queries.back_today())


@sweep(every=timedelta(hours=12))
def drop_documents() -> int:
    """Documents 90 days after the decision, and files that no row names; how many went. The result of a check stays."""
    gone = [actions.drop_document(paper) for paper in queries.documents_to_drop()]
    before = (clock.now() - ORPHANED).timestamp()
    for key in credentials.unused(queries.document_keys(), before):
        credentials.drop(key)
    for key in photos.unused(queries.photo_keys(), before):
        photos.drop_file(key)
    return len(gone)
