"""This file knows which words of a profile change at once, and which wait for staff while the old ones stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from practice.accounts.models import User
from practice.specialists import emails, photos, policy, queries
from practice.specialists.answers import Renewal, Words
from practice.specialists.models import Credential, ProfileRevision, Specialist
from practice.specialists.states import WORKING, CredentialKind
from practice.store import audit, versions
from practice.store.db import after_commit, db, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed, NotFound

from .applying import put_credential
from .rows import put_words, touch

CHECKED = ("name", "called", "title", "country", "place", "permitted_places")


@transactional
def edit_words(specialist: Specialist, words: Words, *, by: User, shown: Shown | None = None) -> None:
    """The free words of a profile, live at once. Raises Invalid for a topic that was not granted with the title,
    `Changed` for words that `shown` did not show.
    """
    _own(specialist, by)
    touch(specialist)
    versions.check(shown)
    closed = {topic.slug for topic in queries.topics_left_out(specialist)}
    if closed & {*words.main_topics, *words.other_topics}:
        raise Invalid("", {"topics": "One of these topics was not granted with your title. Leave it out."})
    put_words(specialist, words)
    audit.record("specialist.edited", f"specialist:{specialist.code}", actor=by)


@transactional
def ask_revision(
    specialist: Specialist,
    fields: Mapping[str, Any],
    *,
    by: User,
    renewal: Renewal | None = None,
    shown: Shown | None = None,
) -> ProfileRevision | None:
    """Ask staff for another name, title, country or place; the old ones stay live. None when nothing waits then.

    A second request joins the one that waits, and takes out of it what is asked to stay as it is. `renewal` brings a
    newer document for a credential of theirs; raises NotFound for somebody else's, `Changed` for a request or words
    that `shown` did not show.
    """
    _own(specialist, by)
    touch(specialist)
    versions.check(shown)
    waiting = queries.waiting_revision(specialist)
    before = dict(waiting.fields) if waiting else {}
    asked = before | {name: value for name, value in fields.items() if name in CHECKED}
    wanted = {name: value for name, value in asked.items() if value != _now(specialist, name)}
    if "title" in wanted and not policy.may_apply_for(specialist.kind, wanted["title"]):
        raise Invalid("", {"title": "Choose a title from the list."})
    if renewal:
        fresh = _renewed(specialist, renewal)
        wanted[f"paper:{fresh.kind}"] = fresh.code
    elif wanted == before:
        return waiting
    return _put_request(specialist, waiting, wanted, by)


def _put_request(
    specialist: Specialist, waiting: ProfileRevision | None, wanted: Mapping[str, Any], by: User
) -> ProfileRevision | None:
    """The request that waits from now on; none where nothing is asked for any more."""
    if not wanted:
        db.session.delete(waiting)
        audit.record("revision.taken_back", f"specialist:{specialist.code}", actor=by)
        return None
    revision = waiting or ProfileRevision(specialist_id=specialist.id)
    revision.fields, revision.asked_at = dict(wanted), clock.now()
    db.session.add(revision)
    audit.record("revision.asked", f"specialist:{specialist.code}", actor=by, detail={"fields": sorted(wanted)})
    return revision


@transactional
def decide_revision(
    revision: ProfileRevision, accept: bool, *, by: User, reason: str = "", as_of: datetime | None = None
) -> None:
    """Staff take the new words, or leave the old ones with a reason; `as_of` names the version that was read."""
    specialist = revision.specialist
    if not by.is_staff or specialist.user_id == by.id:
        raise NotAllowed("A colleague has to decide about your own profile.")
    touch(specialist)
    if not _still_waits(revision) or (as_of is not None and revision.asked_at != as_of):
        raise Conflict("This request has changed since you opened it. Please read it again.")
    if not accept and not reason.strip():
        raise Invalid("", {"reason": "Write why, in words for the specialist."})
    if accept:
        _apply(specialist, revision)
    for credential in queries.credentials_in(revision):
        _decide_credential(credential, accept, by)
    revision.state = "accepted" if accept else "refused"
    revision.decided_at, revision.decided_by_id, revision.reason = clock.now(), by.id, reason
    audit.record(f"revision.{revision.state}", f"specialist:{specialist.code}", actor=by)
    emails.profile_decided(revision)


@transactional
def set_photo(specialist: Specialist, key: str | None, *, by: User) -> None:
    """Another photo, already re-encoded and stored under `key`, or none; the old files go once this is stored."""
    _own(specialist, by)
    touch(specialist)
    old = specialist.photo_key
    specialist.photo_key = key
    if old and old != key:
        after_commit(lambda: photos.drop(old))
    audit.record("specialist.photo_changed", f"specialist:{specialist.code}", actor=by)


def _renewed(specialist: Specialist, renewal: Renewal) -> Credential:
    before = next((c for c in specialist.credentials if c.code == renewal.code), None)
    if before is None:
        raise NotFound()
    fresh = put_credential(specialist, CredentialKind(before.kind), renewal.file)
    fresh.expires_on = renewal.file.expires_on
    fresh.body, fresh.number, fresh.country = before.body, before.number, before.country
    return fresh


def _now(specialist: Specialist, name: str) -> Any:
    return specialist.granted_title if name == "title" else getattr(specialist, name, None)


def _still_waits(revision: ProfileRevision) -> bool:
    """Read behind the lock: it may have been answered meanwhile, or taken back and be gone."""
    found = db.session.get(ProfileRevision, revision.id, populate_existing=True)
    return found is not None and found.state == "waiting"


def _apply(specialist: Specialist, revision: ProfileRevision) -> None:
    for name, value in revision.checked_words.items():
        setattr(specialist, "granted_title" if name == "title" else name, value)


def _decide_credential(fresh: Credential, accept: bool, by: User) -> None:
    """It takes the place of the one before, or is refused; either way its document has its time from today."""
    for credential in fresh.specialist.credentials if accept else ():
        if credential.kind == fresh.kind and credential.state in ("verified", "expired"):
            credential.state = "replaced"
    fresh.state = "verified" if accept else "refused"
    fresh.checked_by_id, fresh.checked_at = by.id, clock.now()


def _own(specialist: Specialist, by: User) -> None:
    if specialist.user_id != by.id:
        raise NotAllowed("Only the specialist edits this profile.")
    if specialist.state not in WORKING:
        raise Conflict("Your profile can be edited once your application is approved.")
