"""This file knows what happens to practices without a browser: credentials run out, pauses end, old documents go."""

from __future__ import annotations

from datetime import timedelta

from practice.values import clock
from practice.work.jobs import sweep

from . import actions, credentials, files, photos, policy, queries

# A file whose upload was interrupted has no row; a day is longer than any upload.
ORPHANED = timedelta(days=1)


@sweep(every=timedelta(minutes=10))
def expire_credentials() -> int:
    """Credentials past their last day, at midnight where the specialist lives; how many profiles left the list."""
    return sum(actions.expire(credential) for credential in queries.expired_credentials())


@sweep(every=timedelta(hours=6))
def warn_of_expiry() -> int:
    """One mail at 60, 30 and 7 days before a credential runs out; how many went out."""
    sent = 0
    for credential in queries.expiring(timedelta(days=max(policy.WARN_DAYS) + 1)):
        today = clock.today(queries.zone_of(credential.specialist))
        if (
            credential.expires_on
            and (step := policy.warning_due(credential.expires_on, today, credential.warned_days)) is not None
        ):
            actions.warn_of_expiry(credential, step)
            sent += 1
    return sent


@sweep(every=timedelta(minutes=10))
def end_pauses() -> int:
    """Specialists whose day to be back has come are public again; how many."""
    return sum(actions.end_pause(specialist) for specialist in queries.back_today())


@sweep(every=timedelta(hours=12))
def drop_credential_files() -> int:
    """Documents 90 days after the decision or, where none is due, after they came, and files that no row names; how
    many went. The result of a check stays."""
    gone = [actions.drop_credential_file(credential) for credential in files.credentials_to_clear()]
    before = (clock.now() - ORPHANED).timestamp()
    for key in credentials.unused(files.credential_file_keys(), before):
        credentials.drop(key)
    for key in photos.unused(files.photo_keys(), before):
        photos.drop_file(key)
    return len(gone)
