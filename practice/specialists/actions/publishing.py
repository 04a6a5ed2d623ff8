"""This file knows how a profile becomes public, rests, runs out and closes."""

from __future__ import annotations

from datetime import date, timedelta

from practice.accounts.holdings import lets_go
from practice.accounts.models import User
from practice.accounts.policy import Holding
from practice.specialists import emails, policy, queries
from practice.specialists.models import Credential, Specialist
from practice.specialists.states import CredentialKind, ProfileState
from practice.store import audit, versions
from practice.store.db import transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .rows import drop_file, touch

PAUSED_AT_MOST = timedelta(days=366)


@transactional
def publish(specialist: Specialist, *, by: User | None) -> None:
    """Make the profile public, by its owner; the end of a pause does it by itself (`by` None).

    Raises Conflict when a licence that the title rests on, or the insurance, is not in force.
    """
    _own(specialist, by)
    touch(specialist, calendar=True)
    if specialist.state == ProfileState.SUSPENDED:
        raise NotAllowed("Your practice is suspended. Our team has written to you.")
    if not credentials_in_force(specialist):
        raise Conflict("Your licence or insurance has run out. Send us the new one and we will check it.")
    specialist.move_to(ProfileState.PUBLISHED, by=by)
    specialist.published_at = specialist.published_at or clock.now()
    specialist.paused_until = specialist.paused_at = None
    audit.record("specialist.published", f"specialist:{specialist.code}", actor=by)


@transactional
def pause(specialist: Specialist, until: date | None, *, by: User, shown: Shown | None = None) -> None:
    """Take no new clients until a local date, or until told otherwise; the profile stays readable, bookings stand.

    Raises `Changed` for a rest that `shown` did not show.
    """
    _own(specialist, by)
    today = local_today(specialist)
    if until is not None and not today < until <= today + PAUSED_AT_MOST:
        raise Invalid("", {"until": "Choose a date after today and within a year."})
    touch(specialist, calendar=True)
    versions.check(shown)
    if specialist.state != ProfileState.PAUSED:
        specialist.move_to(ProfileState.PAUSED, by=by)
        specialist.paused_at = clock.now()
    specialist.paused_until = until
    audit.record("specialist.paused", f"specialist:{specialist.code}", actor=by)


@lets_go(Holding.PRACTICE)
def rest(user: User) -> None:
    """The account was locked: nobody new books with somebody who cannot get in. Its owner goes on when they can."""
    specialist = queries.application_of(user)
    if specialist is None or specialist.state != ProfileState.PUBLISHED:
        return
    touch(specialist, calendar=True)
    specialist.move_to(ProfileState.PAUSED, by=None, reason="the account was locked")
    specialist.paused_at, specialist.paused_until = clock.now(), None
    audit.record("specialist.paused", f"specialist:{specialist.code}", actor=None)


@transactional
def end_pause(specialist: Specialist) -> bool:
    """Bring a specialist back whose day has come; False when they came back, or left, by themselves meanwhile."""
    touch(specialist)
    until = specialist.paused_until
    if specialist.state != ProfileState.PAUSED or until is None or until > local_today(specialist):
        return False
    if not credentials_in_force(specialist):
        return False
    publish(specialist, by=None)
    return True


@transactional
def drop_credential_file(credential: Credential) -> None:
    """Let a document go after its time; what was checked and when stays."""
    drop_file(credential)
    audit.record("paper.dropped", f"credential:{credential.code}", actor=None)


@transactional
def expire(credential: Credential) -> bool:
    """Note that a credential has run out; a title that rested on it leaves the public list. True when it did."""
    specialist = credential.specialist
    touch(specialist, calendar=True)
    if credential.state != "verified":
        return False
    credential.state = "expired"
    audit.record("credential.expired", f"credential:{credential.code}", actor=None)
    if not _rests_on(specialist, credential):
        return False
    specialist.move_to(ProfileState.EXPIRED, by=None)
    audit.record("specialist.unpublished", f"specialist:{specialist.code}", actor=None)
    emails.unpublished(specialist, credential)
    return True


@transactional
def warn_of_expiry(credential: Credential, step: int) -> None:
    """One mail for the step (60, 30 or 7 days) that the credential has reached."""
    touch(credential.specialist)
    if credential.state == "verified" and (credential.warned_days is None or credential.warned_days > step):
        credential.warned_days = step
        emails.document_expiry(credential, step)


@transactional
def close(specialist: Specialist, *, by: User) -> None:
    """End a practice here for good; its owner gets it in writing. What becomes of appointments is not decided here."""
    _own(specialist, by)
    touch(specialist, calendar=True)
    specialist.move_to(ProfileState.CLOSED, by=by)
    audit.record("specialist.closed", f"specialist:{specialist.code}", actor=by)
    emails.closed(specialist)


def local_today(specialist: Specialist) -> date:
    """Today on the specialist's own calendar."""
    return clock.today(specialist.user.zone or "UTC")


def credentials_in_force(specialist: Specialist) -> bool:
    """True when a checked licence is valid on the specialist's local day, where the title rests on one, and where no
    insurance has run out without a newer one. A credential whose end nobody named is valid."""
    needs_licence = policy.is_licensed(specialist.kind)
    insured = any(
        c.kind == CredentialKind.INSURANCE and c.state in ("verified", "expired") for c in specialist.credentials
    )
    return (not needs_licence or _in_force(specialist, CredentialKind.LICENCE)) and (
        not insured or _in_force(specialist, CredentialKind.INSURANCE)
    )


def _in_force(specialist: Specialist, kind: CredentialKind) -> bool:
    today = local_today(specialist)
    return any(
        credential.kind == kind
        and credential.state == "verified"
        and (credential.expires_on is None or credential.expires_on >= today)
        for credential in specialist.credentials
    )


def _rests_on(specialist: Specialist, credential: Credential) -> bool:
    matters = credential.kind in (CredentialKind.LICENCE, CredentialKind.INSURANCE)
    return matters and specialist.is_visible and not credentials_in_force(specialist)


def _own(specialist: Specialist, by: User | None) -> None:
    if by is not None and specialist.user_id != by.id:
        raise NotAllowed("Only the specialist decides about this.")
