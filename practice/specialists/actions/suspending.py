"""This file knows how staff stop a practice as two, let it go on, or close it for good."""

from __future__ import annotations

from practice.accounts.models import User
from practice.specialists import emails, policy, queries
from practice.specialists.answers import Terms
from practice.specialists.models import Specialist, Suspension
from practice.specialists.states import WORKING, ProfileState, SuspensionState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .publishing import credentials_in_force
from .rows import touch


@transactional
def propose_suspension(specialist: Specialist, terms: Terms, *, by: User) -> Suspension:
    """The first of two people wants this practice stopped; nothing changes until a second one agrees."""
    _not_oneself(specialist, by)
    _check(terms)
    touch(specialist)
    if specialist.state not in WORKING or queries.open_suspension(specialist) is not None:
        raise Conflict("This practice cannot be suspended now.")
    suspension = Suspension(specialist=specialist, proposed_by_id=by.id, **vars(terms))
    db.session.add(suspension)
    audit.record("specialist.suspension_proposed", f"specialist:{specialist.code}", actor=by)
    return suspension


@transactional
def withdraw_suspension(suspension: Suspension, *, by: User) -> None:
    """The second person does not agree, or the first thinks again: the practice goes on as it is."""
    specialist = _proposed(suspension, by)
    _end(suspension, SuspensionState.WITHDRAWN, by)
    audit.record("specialist.suspension_withdrawn", f"specialist:{specialist.code}", actor=by)


@transactional
def confirm_suspension(suspension: Suspension, *, by: User) -> Specialist:
    """The second person agrees: the profile is not public any more and nobody new can book."""
    specialist = _proposed(suspension, by)
    if suspension.proposed_by_id == by.id:
        raise NotAllowed("A suspension needs a second person. Somebody else has to agree.")
    if specialist.state not in WORKING:
        raise Conflict("This practice is not open any more, so there is nothing to suspend.")
    suspension.state, suspension.before = SuspensionState.IN_FORCE, specialist.state
    suspension.agreed_by_id, suspension.agreed_at = by.id, clock.now()
    specialist.move_to(ProfileState.SUSPENDED, by=by, reason=suspension.reason)
    audit.record("specialist.suspended", f"specialist:{specialist.code}", actor=by)
    emails.suspended(suspension)
    return specialist


@transactional
def reinstate(suspension: Suspension, *, by: User, reason: str) -> None:
    """Let the practice go on. It is public at once where it was, and its licence is in force; else its owner publishes
    it when they are ready. The reason stays in the move."""
    specialist = _in_force(suspension, by)
    was_public = suspension.before == ProfileState.PUBLISHED
    may_be_public = credentials_in_force(specialist)
    specialist.paused_until = specialist.paused_at = None
    specialist.move_to(
        ProfileState.PUBLISHED if was_public and may_be_public else ProfileState.APPROVED, by=by, reason=reason
    )
    _end(suspension, SuspensionState.ENDED, by)
    audit.record("specialist.reinstated", f"specialist:{specialist.code}", actor=by)
    emails.reinstated(suspension)


@transactional
def close_suspended(suspension: Suspension, words: str, *, by: User) -> Specialist:
    """Close a suspended practice for good, with a reason that its owner reads. Two people have stopped it before, and
    have said what becomes of appointments ahead: one of them changes nothing about that."""
    if not words.strip():
        raise Invalid("", {"words": "Write why, in words for the specialist."})
    specialist = _in_force(suspension, by)
    specialist.move_to(ProfileState.CLOSED, by=by, reason=words)
    _end(suspension, SuspensionState.ENDED, by)
    audit.record("specialist.closed_by_staff", f"specialist:{specialist.code}", actor=by)
    emails.closed_by_us(suspension, words)
    return specialist


def _check(terms: Terms) -> None:
    today, wrong = clock.today("UTC"), {}
    if not terms.reason.strip():
        wrong["reason"] = "Write why, in words for the specialist."
    if not today < terms.look_again_on <= today + policy.SUSPENDED_AT_MOST:
        wrong["look_again_on"] = policy.LOOK_AGAIN
    if wrong:
        raise Invalid("", wrong)


def _proposed(suspension: Suspension, by: User) -> Specialist:
    return _locked(suspension, SuspensionState.PROPOSED, by)


def _in_force(suspension: Suspension, by: User) -> Specialist:
    return _locked(suspension, SuspensionState.IN_FORCE, by)


def _locked(suspension: Suspension, state: SuspensionState, by: User) -> Specialist:
    """The practice, its row and its calendar locked, if the suspension is still where it was read."""
    specialist = suspension.specialist
    _not_oneself(specialist, by)
    touch(specialist, calendar=True)
    db.session.refresh(suspension)
    if suspension.state != state:
        raise Conflict("A colleague has decided about this practice in the meantime.")
    return specialist


def _not_oneself(specialist: Specialist, by: User) -> None:
    if not by.is_staff:
        raise NotAllowed("Only staff decide about this.")
    if specialist.user_id == by.id:
        raise NotAllowed("This is your own practice. A colleague has to look at it.")


def _end(suspension: Suspension, state: SuspensionState, by: User) -> None:
    suspension.state, suspension.ended_by_id, suspension.ended_at = state, by.id, clock.now()
