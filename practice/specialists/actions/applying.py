"""This file knows how an application grows: begun, kept step by step, sent."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from practice.accounts.models import User
from practice.specialists import emails, policy, queries
from practice.specialists.answers import CredentialFile, Profession, Words
from practice.specialists.models import Credential, Specialist
from practice.specialists.states import EDITABLE_APPLICATION, CredentialKind, ProfileState
from practice.store import audit, versions
from practice.store.db import db, transactional
from practice.store.versions import Shown
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed
from practice.values.text import called

from .rows import drop_file, put_words, touch


@transactional
def create_application(user: User, profession: Profession, *, shown: Shown | None = None) -> Specialist:
    """A draft that belongs to `user`, or the one they have already with these answers; nobody else sees it.

    Raises Conflict when it was sent already, `Changed` for answers that `shown` did not show, Invalid for a title that
    this kind of specialist cannot be granted.
    """
    # Two clicks at once are one application: the second waits here and finds what the first made.
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    versions.check(shown)
    specialist = db.session.scalar(select(Specialist).where(Specialist.user_id == user.id))
    if specialist is None:
        specialist = _begin(user, profession)
        audit.record("specialist.begun", f"specialist:{specialist.code}", actor=user)
    return keep_profession(specialist, profession, by=user)


@transactional
def keep_profession(specialist: Specialist, profession: Profession, *, by: User) -> Specialist:
    """The first step of an application as it is now; the title is only what they apply for."""
    _open_for(specialist, by)
    if not policy.may_apply_for(profession.kind, profession.title):
        raise Invalid("", {"title": "Choose a title from the list for what you do."})
    for name in ("kind", "name", "country", "place", "training", "years", "supervision", "records_country"):
        setattr(specialist, name, getattr(profession, name))
    specialist.called = profession.called or called(profession.name)
    specialist.title_applied_for = profession.title
    specialist.permitted_places = list(profession.permitted_places)
    _put_licence(specialist, profession)
    return specialist


@transactional
def keep_words(specialist: Specialist, words: Words, *, by: User, shown: Shown | None = None) -> Specialist:
    """The words, topics and languages of an application. Raises `Changed` for words that `shown` did not show."""
    _open_for(specialist, by)
    versions.check(shown)
    put_words(specialist, words)
    return specialist


@transactional
def keep_credential(specialist: Specialist, kind: CredentialKind, file: CredentialFile, *, by: User) -> Credential:
    """A credential handed in with an application; one of the same kind that nobody has checked yet is replaced."""
    _open_for(specialist, by)
    return put_credential(specialist, kind, file)


@transactional
def submit(specialist: Specialist, *, by: User) -> None:
    """Send the application to staff, with the declaration made now.

    Raises Invalid whose `facts["missing"]` says what is missing at which step, IllegalMove when it was sent already.
    """
    _open_for(specialist, by)
    gaps = policy.missing(queries.filled(specialist))
    if gaps:
        raise Invalid("A few things are still missing.", missing=gaps)
    appeals = specialist.state == ProfileState.REFUSED
    specialist.declared_at = clock.now()
    if specialist.submitted_at is None or appeals:
        specialist.submitted_at = clock.now()
    for credential in specialist.credentials:
        if credential.state == "submitted":
            credential.checked_by_id = credential.checked_at = None
    specialist.move_to(ProfileState.SUBMITTED, by=by, reason="appeal" if appeals else "")
    audit.record("specialist.submitted", f"specialist:{specialist.code}", actor=by)
    emails.received(specialist)


@transactional
def take_back(specialist: Specialist, *, by: User) -> None:
    """Take a sent application back to change it; it becomes what it was before it was sent.

    Raises Conflict once somebody reads it: then they ask for what is missing.
    """
    if specialist.user_id != by.id:
        raise NotAllowed("This application belongs to somebody else.")
    touch(specialist)
    if specialist.state != ProfileState.SUBMITTED:
        raise Conflict("Somebody reads your application now. If something is missing, they will ask you for it.")
    before = ProfileState(specialist.moves[-1].before)
    specialist.move_to(before, by=by, reason="taken back")
    if before == ProfileState.DRAFT:
        specialist.submitted_at = None
    audit.record("specialist.taken_back", f"specialist:{specialist.code}", actor=by)


def put_credential(specialist: Specialist, kind: CredentialKind, file: CredentialFile) -> Credential:
    """The row of a credential that waits for a check, with its file. Raises Invalid for a last day that cannot be."""
    if wrong := policy.end_mistake(kind, file.expires_on, clock.today(specialist.user.zone or "UTC")):
        raise Invalid("", {"expires_on": wrong})
    credential = _unchecked(specialist, kind)
    if kind in policy.WITH_END:
        credential.expires_on = file.expires_on
    drop_file(credential)
    # Another file is nobody's decision yet, and its time runs from today.
    credential.checked_by_id, credential.checked_at, credential.created_at = None, None, clock.now()
    credential.document_key = file.key
    credential.document_name = file.name
    credential.document_type = file.type
    credential.document_bytes = file.size
    return credential


def _open_for(specialist: Specialist, by: User) -> None:
    if specialist.user_id != by.id:
        raise NotAllowed("This application belongs to somebody else.")
    touch(specialist)
    if specialist.state not in EDITABLE_APPLICATION:
        raise Conflict("Your application is with us now, so it cannot be changed. We will write if we need more.")


def _put_licence(specialist: Specialist, profession: Profession) -> None:
    if not profession.body and not policy.is_licensed(profession.kind):
        return
    kind = CredentialKind.LICENCE if policy.is_licensed(profession.kind) else CredentialKind.TRAINING
    licence = _unchecked(specialist, kind)
    licence.body, licence.number, licence.country = profession.body, profession.number, profession.country
    licence.expires_on, licence.registry_url = profession.expires_on, profession.registry_url


def _unchecked(specialist: Specialist, kind: CredentialKind) -> Credential:
    for credential in specialist.credentials:
        if credential.kind == kind and credential.state == "submitted":
            return credential
    credential = Credential(kind=kind, state="submitted", country=specialist.country)
    specialist.credentials.append(credential)
    db.session.flush()
    return credential


def _begin(user: User, profession: Profession) -> Specialist:
    """A new row; somebody of the same name may take the same address at this very moment, so it is tried again."""
    for _ in range(5):
        slug = _free_slug(profession.name)
        specialist = Specialist(user_id=user.id, slug=slug, kind=profession.kind, name=profession.name)
        try:
            with db.session.begin_nested():
                db.session.add(specialist)
        except IntegrityError:
            continue
        return specialist
    raise Conflict("Many people of that name apply just now. Please send this again.")


def _free_slug(name: str) -> str:
    wanted = policy.slug_of(name)
    taken = set(db.session.scalars(select(Specialist.slug).where(Specialist.slug.startswith(wanted, autoescape=True))))
    taken |= policy.RESERVED_SLUGS
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
