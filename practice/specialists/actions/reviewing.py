"""This file knows what staff do with an application: take it, ask for more, grant a title, refuse it as two."""

from __future__ import annotations

from sqlalchemy import select

from practice.accounts import actions as accounts
from practice.accounts.models import User
from practice.specialists import emails, policy, queries
from practice.specialists.answers import Verdict
from practice.specialists.models import Review, Specialist
from practice.specialists.states import Decision, ProfileState
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .rows import touch


@transactional
def claim(specialist: Specialist, *, by: User) -> Review:
    """The review of this application, held by `by` from now on; a colleague's open one is taken over.

    Raises NotAllowed for one's own application, and for an appeal against one's own refusal; Conflict while a refusal
    waits for a second person, who could otherwise become the first.
    """
    _not_oneself(specialist, by)
    touch(specialist)
    _not_their_refusal(specialist, by)
    review = _open_review(specialist)
    if review is None:
        specialist.move_to(ProfileState.IN_REVIEW, by=by)
        review = Review(specialist=specialist)
        db.session.add(review)
    if review.decision == Decision.REFUSE_PROPOSED:
        raise Conflict("A colleague proposes to decline this application. Agree or disagree first.")
    review.reviewer_id = by.id
    audit.record("review.claimed", f"specialist:{specialist.code}", actor=by)
    return review


@transactional
def approve(review: Review, verdict: Verdict, *, by: User) -> Specialist:
    """Grant the title and every topic that was not refused; the specialist publishes the profile, never we.

    Raises Invalid when a check is open, the title is not on the list, or no topic would be left.
    """
    specialist = _locked(review, by)
    _check_verdict(specialist, verdict)
    _note(review, Decision.APPROVED, verdict)
    review.title = specialist.granted_title = verdict.title
    review.refused_topics = list(verdict.refused_topics)
    specialist.topics = [row for row in specialist.topics if row.topic.slug not in verdict.refused_topics]
    _verify_credentials(specialist, by)
    accounts.give_role(specialist.user, "specialist")
    specialist.move_to(ProfileState.APPROVED, by=by)
    audit.record(
        "specialist.approved",
        f"specialist:{specialist.code}",
        actor=by,
        detail={"topics_refused": len(verdict.refused_topics)},
    )
    emails.approved(review)
    return specialist


@transactional
def ask_for_changes(review: Review, verdict: Verdict, *, by: User) -> Specialist:
    """Give the application back with reasons; nothing has to be typed again, and its place in the queue is kept."""
    specialist = _locked(review, by)
    _say_why(verdict)
    _note(review, Decision.CHANGES, verdict)
    review.refused_topics = list(verdict.refused_topics)
    specialist.move_to(ProfileState.CHANGES_REQUESTED, by=by)
    audit.record("specialist.changes_requested", f"specialist:{specialist.code}", actor=by)
    emails.more_needed(review)
    return specialist


@transactional
def propose_refusal(review: Review, verdict: Verdict, *, by: User) -> None:
    """The first of two people says no; the applicant hears nothing until a second one agrees."""
    specialist = _locked(review, by)
    _say_why(verdict)
    _note(review, Decision.REFUSE_PROPOSED, verdict)
    review.decided_at = None
    audit.record("specialist.refusal_proposed", f"specialist:{specialist.code}", actor=by)


@transactional
def confirm_refusal(review: Review, *, by: User) -> Specialist:
    """The second person agrees: the application is refused, with the reason and the words on how to appeal."""
    specialist = _second(review, by)
    review.decision, review.second_reviewer_id, review.decided_at = Decision.REFUSED, by.id, clock.now()
    # The application is refused, not its credentials: who appeals sends the same again. From today their time runs.
    for credential in specialist.credentials:
        if credential.state == "submitted":
            credential.checked_by_id, credential.checked_at = by.id, clock.now()
    specialist.move_to(ProfileState.REFUSED, by=by)
    audit.record("specialist.refused", f"specialist:{specialist.code}", actor=by)
    emails.refused(review)
    return specialist


@transactional
def withdraw_refusal(review: Review, *, by: User) -> None:
    """The second person does not agree, or the first thinks again: the review is open as before."""
    specialist = _awaiting_second(review, by)
    review.decision = Decision.OPEN
    audit.record("specialist.refusal_withdrawn", f"specialist:{specialist.code}", actor=by)


def _locked(review: Review, by: User) -> Specialist:
    specialist = review.specialist
    _not_oneself(specialist, by)
    touch(specialist)
    db.session.refresh(review)
    if review.decision != Decision.OPEN:
        raise Conflict("A decision about this application was made in the meantime.")
    _not_their_refusal(specialist, by)
    if review.reviewer_id != by.id:
        raise Conflict("A colleague has taken this application over. Take it first, then decide.")
    return specialist


def _awaiting_second(review: Review, by: User) -> Specialist:
    """The application, locked, if it still waits for a second person."""
    specialist = review.specialist
    _not_oneself(specialist, by)
    touch(specialist)
    db.session.refresh(review)
    if review.decision != Decision.REFUSE_PROPOSED:
        raise Conflict("This application is not waiting for a second person any more.")
    _not_their_refusal(specialist, by)
    return specialist


def _second(review: Review, by: User) -> Specialist:
    specialist = _awaiting_second(review, by)
    if review.reviewer_id == by.id:
        raise NotAllowed("A refusal needs a second person. Somebody else has to agree.")
    return specialist


def _not_oneself(specialist: Specialist, by: User) -> None:
    if not by.is_staff:
        raise NotAllowed("Only staff decide about applications.")
    if specialist.user_id == by.id:
        raise NotAllowed("This is your own application. A colleague has to look at it.")


def _not_their_refusal(specialist: Specialist, by: User) -> None:
    """Whoever refused it before takes no part in what becomes of an appeal, however it comes to them."""
    if by.id in queries.refused_by(specialist):
        raise NotAllowed("You took part in refusing this application. A colleague reads the appeal.")


def _open_review(specialist: Specialist) -> Review | None:
    return db.session.scalar(
        select(Review)
        .where(
            Review.specialist_id == specialist.id,
            Review.decision.in_((Decision.OPEN, Decision.REFUSE_PROPOSED)),
        )
        .order_by(Review.id.desc())
    )


def _check_verdict(specialist: Specialist, verdict: Verdict) -> None:
    wrong = {}
    if set(policy.CHECKS) - set(verdict.checks):
        wrong["checks"] = "Every check has to be ticked before a title is granted."
    elif not _insurance_is_dated(specialist):
        wrong["checks"] = "The insurance has no last day, or it has passed. Ask for the certificate again."
    if not policy.may_apply_for(specialist.kind, verdict.title):
        wrong["title"] = "Choose the title to grant from the list."
    if not {row.topic.slug for row in specialist.topics} - set(verdict.refused_topics):
        wrong["refused_topics"] = "No topic would be left. Ask for changes instead."
    if wrong:
        raise Invalid("The title cannot be granted yet.", wrong)


def _insurance_is_dated(specialist: Specialist) -> bool:
    """Every insurance that was handed in says to which day it is valid, and that is not over."""
    today = clock.today(specialist.user.zone or "UTC")
    handed_in = [c for c in specialist.credentials if c.kind in policy.WITH_END and c.state == "submitted"]
    return all(not policy.end_mistake(c.kind, c.expires_on, today) for c in handed_in)


def _say_why(verdict: Verdict) -> None:
    if not verdict.words.strip():
        raise Invalid("", {"words": "Write what is missing or why, in words for the applicant."})


def _note(review: Review, decision: Decision, verdict: Verdict) -> None:
    review.decision, review.decided_at = decision, clock.now()
    review.checks, review.to_applicant = list(verdict.checks), verdict.words


def _verify_credentials(specialist: Specialist, by: User) -> None:
    for credential in specialist.credentials:
        if credential.state == "submitted":
            credential.state, credential.checked_by_id, credential.checked_at = "verified", by.id, clock.now()
