"""This file knows what happens to practices without a browser: credentials run out, pauses end, old documents go."""

from __future__ import annotations

from datetime import timedelta

from practice.values import clock
from practice.work.each import one_by_one
from practice.work.jobs import sweep

from . import actions, credentials, files, photos, policy, queries
from .models import Credential

# A file whose upload was interrupted has no row; a day is longer than any upload.
ORPHANED = timedelta(days=1)


@sweep(every=timedelta(minutes=10))
def expire_credentials() -> int:
    """Credentials past their last day, at midnight where the specialist lives; how many profiles left the list."""
    return one_by_one("credential", queries.expired_credentials(), actions.expire)


@sweep(every=timedelta(hours=6))
def warn_of_expiry() -> int:
    """One mail at 60, 30 and 7 days before a credential runs out; how many went out."""
    return one_by_one("credential", queries.expiring(timedelta(days=max(policy.WARN_DAYS) + 1)), _warn)


def _warn(credential: Credential) -> bool:
    today, last = clock.today(queries.zone_of(credential.specialist)), credential.expires_on
    step = policy.warning_due(last, today, credential.warned_days) if last else None
    if step is not None:
        actions.warn_of_expiry(credential, step)
    return step is not None


@sweep(every=timedelta(minutes=10))
def end_pauses() -> int:
    """Specialists whose day to be back has come are public again; how many."""
    return one_by_one("practice", queries.back_today(), actions.end_pause)


@sweep(every=timedelta(hours=12))
def drop_credential_files() -> int:
    """Documents 90 days after the decision or, where none is due, after they came, and files that no row names; how
    many went. The result of a check stays."""
    gone = one_by_one("credential", files.credentials_to_clear(), actions.drop_credential_file)
    before = (clock.now() - ORPHANED).timestamp()
    one_by_one("file", credentials.unused(files.credential_file_keys(), before), credentials.drop, named=str)
    one_by_one("photo", photos.unused(files.photo_keys(), before), photos.drop_file, named=str)
    return gone
