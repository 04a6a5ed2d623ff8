"""This file knows every read about practices, their credentials and reviews, and who saved them for later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from practice.accounts.models import User
from practice.specialists.choices import COUPLE_TOPICS, region_name
from practice.specialists.models import (
    Credential,
    ProfileRevision,
    Review,
    SavedSpecialist,
    Specialist,
    Suspension,
    Topic,
)
from practice.specialists.policy import WITH_END, Filled
from practice.specialists.states import LICENSED, VISIBLE, Decision, OfferKind, ProfileState, SuspensionState
from practice.store.db import db, is_called
from practice.values import clock
from practice.values.errors import NotFound


def topics() -> list[Topic]:
    """All topics in the order they are shown."""
    return list(db.session.scalars(select(Topic).order_by(Topic.position, Topic.id)))


def topics_open_to(specialist: Specialist) -> list[Topic]:
    """The topics that a granted title carries: all but those that staff left out for want of training."""
    closed = topics_left_out(specialist)
    return [topic for topic in topics() if topic not in closed]


def topics_left_out(specialist: Specialist) -> list[Topic]:
    """The topics that staff did not grant with the title."""
    review = latest_review(specialist)
    refused = review.refused_topics if review and review.decision == Decision.APPROVED else ()
    return [topic for topic in topics() if topic.slug in refused] if refused else []


def topic_groups(offered: Iterable[Topic] | None = None) -> list[tuple[str, list[Topic]]]:
    """Topics, all unless some are named, under their group and in order."""
    groups: dict[str, list[Topic]] = {}
    for topic in topics() if offered is None else offered:
        groups.setdefault(topic.group, []).append(topic)
    return list(groups.items())


def application_of(user: User) -> Specialist | None:
    """The practice or application of this account, None before it has begun one."""
    return db.session.scalar(select(Specialist).where(Specialist.user_id == user.id))


# A profile is looked at more often than anything else: its row, its offers and whether they are sold in one question,
# put together once.
PROFILE = (
    select(Specialist)
    .options(joinedload(Specialist.offers), joinedload(Specialist.payout_account))
    .where(Specialist.slug == bindparam("slug"))
)


def public_profile(slug: str, viewer: User | None = None) -> Specialist:
    """A profile that anyone may read; its owner and staff may read it before. Raises NotFound for all others."""
    specialist: Specialist | None = db.session.scalars(PROFILE, {"slug": slug}).unique().first()
    if specialist is None or not (specialist.is_visible or _may_preview(specialist, viewer)):
        raise NotFound("There is no profile at this address. It may have been closed.")
    return specialist


def bookable(slug: str) -> Specialist:
    """A published specialist; raises NotFound."""
    specialist: Specialist | None = db.session.scalar(
        select(Specialist).where(Specialist.slug == slug, Specialist.state == ProfileState.PUBLISHED)
    )
    if specialist is None:
        raise NotFound("There is no profile at this address. It may have been closed.")
    return specialist


def zone_of(specialist: Specialist) -> str:
    """The IANA zone that a specialist lives by."""
    return specialist.user.zone or "UTC"


def places_to_choose(specialist: Specialist) -> list[tuple[str, str]]:
    """Where a client may be during the appointment, as (place, words), when the title is licensed for certain places.

    "Somewhere else" is among them: it is an honest answer, and booking then explains. Empty when it does not matter.
    """
    if specialist.kind not in LICENSED or not specialist.permitted_places:
        return []
    return [*((place, region_name(place)) for place in specialist.permitted_places), ("elsewhere", "Somewhere else")]


def credential_of(user: User, code: str) -> Credential:
    """One of the user's own credentials; anybody else gets NotFound."""
    credential: Credential | None = db.session.scalar(
        select(Credential).join(Credential.specialist).where(Credential.code == code, Specialist.user_id == user.id)
    )
    if credential is None:
        raise NotFound()
    return credential


def filled(specialist: Specialist) -> Filled:
    """How far an application is, as the values that `policy.missing` looks at."""
    licence = next((c for c in specialist.credentials if c.state == "submitted" and c.body), None)
    return Filled(
        kind=specialist.kind,
        name=specialist.name,
        title=specialist.title_applied_for,
        place=specialist.place,
        country=specialist.country,
        body=licence.body if licence else "",
        number=licence.number if licence else "",
        credentials={c.kind for c in specialist.credentials if _is_handed_in(c)},
        headline=specialist.headline,
        best_at=specialist.best_at,
        not_right_for=specialist.not_right_for,
        about=specialist.about,
        topics=len(specialist.topics),
        main_topics=sum(row.is_main for row in specialist.topics),
        languages=len(specialist.languages),
        formats=len(specialist.formats),
        offers_couples=any(row.topic.slug in COUPLE_TOPICS for row in specialist.topics),
        couple_stance=specialist.couple_stance,
        priced=sum(o.is_current and o.kind == OfferKind.INDIVIDUAL for o in specialist.offers),
    )


def _is_handed_in(credential: Credential) -> bool:
    """With its document, and its last day where it has one."""
    is_whole = bool(credential.document_key) and (credential.kind not in WITH_END or credential.expires_on is not None)
    return is_whole and credential.state in ("submitted", "verified")


def latest_review(specialist: Specialist) -> Review | None:
    """The last pass of this application through staff."""
    return db.session.scalar(
        select(Review).where(Review.specialist_id == specialist.id).order_by(Review.id.desc()).limit(1)
    )


def refused_by(specialist: Specialist) -> set[int]:
    """Ids of those who refused this application before: an appeal is read by a third person."""
    asked = select(Review.reviewer_id, Review.second_reviewer_id).where(
        Review.specialist_id == specialist.id, Review.decision == Decision.REFUSED
    )
    return {each for row in db.session.execute(asked) for each in row if each is not None}


def review_of(specialist: Specialist) -> Review:
    """The last pass through staff; raises NotFound before there was one."""
    review = latest_review(specialist)
    if review is None:
        raise NotFound()
    return review


def credentials_in(revision: ProfileRevision) -> list[Credential]:
    """The newer credentials that a request brings, in the order in which they came first."""
    brought = (Credential.code.in_(revision.credential_codes), Credential.specialist_id == revision.specialist_id)
    return list(db.session.scalars(select(Credential).where(*brought).order_by(Credential.id)))


def waiting_revision(specialist: Specialist) -> ProfileRevision | None:
    """The change of name, title, place or credential that staff have not answered yet."""
    return db.session.scalar(
        select(ProfileRevision).where(
            ProfileRevision.specialist_id == specialist.id, ProfileRevision.state == "waiting"
        )
    )


# ---------------------------------------------------------------- for staff


def applications(states: Sequence[ProfileState], limit: int = 50, name: str = "") -> list[Specialist]:
    """Applications in these states, the one that has waited longest first; `name` is a part of a name."""
    return list(
        db.session.scalars(
            select(Specialist)
            .where(Specialist.state.in_(states), is_called(Specialist.name, Specialist.name_folded, name))
            .order_by(Specialist.submitted_at, Specialist.id)
            .limit(limit)
        )
    )


def application_by_code(code: str) -> Specialist:
    """One application with everything a reviewer needs; raises NotFound."""
    specialist: Specialist | None = db.session.scalar(
        select(Specialist)
        .where(Specialist.code == code)
        .options(
            joinedload(Specialist.user),
            selectinload(Specialist.credentials),
            selectinload(Specialist.topics),
            selectinload(Specialist.languages),
            selectinload(Specialist.offers),
        )
    )
    if specialist is None:
        raise NotFound()
    return specialist


def credential_by_code(code: str) -> Credential:
    """A credential for staff; raises NotFound."""
    credential: Credential | None = db.session.scalar(
        select(Credential)
        .join(Credential.specialist)
        .where(Credential.code == code)
        .options(contains_eager(Credential.specialist))
    )
    if credential is None:
        raise NotFound()
    return credential


def revision_by_code(code: str) -> ProfileRevision:
    """One request for a checked change; raises NotFound."""
    revision: ProfileRevision | None = db.session.scalar(
        select(ProfileRevision).where(ProfileRevision.code == code).options(joinedload(ProfileRevision.specialist))
    )
    if revision is None:
        raise NotFound("There is no such request. It may have been taken back.")
    return revision


def waiting_revisions(limit: int = 50) -> list[ProfileRevision]:
    """Requests that staff have not answered, oldest first."""
    return list(
        db.session.scalars(
            select(ProfileRevision)
            .where(ProfileRevision.state == "waiting")
            .where(ProfileRevision.specialist.has(Specialist.state != ProfileState.CLOSED))
            .options(joinedload(ProfileRevision.specialist))
            .order_by(ProfileRevision.asked_at)
            .limit(limit)
        )
    )


def expiring(within: timedelta) -> list[Credential]:
    """Checked credentials of practising specialists that run out within that time, soonest first."""
    horizon = (clock.now() + within).date()
    return list(
        db.session.scalars(
            select(Credential)
            .join(Credential.specialist)
            .where(Credential.state == "verified", Credential.expires_on <= horizon, Specialist.state.in_(VISIBLE))
            .options(contains_eager(Credential.specialist))
            .order_by(Credential.expires_on, Credential.id)
        )
    )


def expired_credentials() -> list[Credential]:
    """Checked credentials whose last day is over where their specialist lives."""
    rows = db.session.scalars(
        select(Credential)
        .join(Credential.specialist)
        .where(Credential.state == "verified", Credential.expires_on < (clock.now() + timedelta(days=1)).date())
        .options(contains_eager(Credential.specialist).joinedload(Specialist.user))
    )
    return [
        credential
        for credential in rows
        if credential.expires_on and credential.expires_on < clock.today(zone_of(credential.specialist))
    ]


def back_today() -> list[Specialist]:
    """Paused specialists whose day to be back has come on their own calendar."""
    rows = db.session.scalars(
        select(Specialist)
        .where(Specialist.state == ProfileState.PAUSED, Specialist.paused_until.is_not(None))
        .options(joinedload(Specialist.user))
    )
    return [each for each in rows if each.paused_until and each.paused_until <= clock.today(zone_of(each))]


def counts_by_state() -> dict[str, int]:
    """How many specialists are in each state."""
    rows = db.session.execute(select(Specialist.state, func.count()).group_by(Specialist.state))
    return dict(rows.all())


def waiting_for_second() -> set[int]:
    """Ids of specialists whose refusal or suspension waits for a second person."""
    refusals = select(Review.specialist_id).where(Review.decision == Decision.REFUSE_PROPOSED)
    suspensions = select(Suspension.specialist_id).where(Suspension.state == SuspensionState.PROPOSED)
    return set(db.session.scalars(refusals.union(suspensions)))


def open_suspension(specialist: Specialist) -> Suspension | None:
    """The suspension of this practice that is proposed or stands."""
    return db.session.scalar(
        select(Suspension).where(
            Suspension.specialist_id == specialist.id,
            Suspension.state.in_((SuspensionState.PROPOSED, SuspensionState.IN_FORCE)),
        )
    )


def suspension_of(specialist: Specialist) -> Suspension:
    """The same; raises NotFound when there is none."""
    found = open_suspension(specialist)
    if found is None:
        raise NotFound()
    return found


def suspensions_to_look_at(on: date) -> list[Suspension]:
    """Suspensions that wait for a second person, or whose day to be looked at again has come by `on`; oldest first."""
    due = and_(Suspension.state == SuspensionState.IN_FORCE, Suspension.look_again_on <= on)
    return list(
        db.session.scalars(
            select(Suspension)
            .where(or_(Suspension.state == SuspensionState.PROPOSED, due))
            .options(joinedload(Suspension.specialist))
            .order_by(Suspension.id)
        )
    )


# ---------------------------------------------------------------- saved for later


IS_SAVED = and_(
    SavedSpecialist.user_id == bindparam("user"),
    SavedSpecialist.specialist_id == Specialist.id,
    Specialist.state.in_(tuple(VISIBLE)),
)
SAVED = select(Specialist).join(SavedSpecialist, IS_SAVED).order_by(SavedSpecialist.id.desc())
HAS_SAVED = exists().where(IS_SAVED)


def saved_by(user: User) -> list[Specialist]:
    """Visible specialists that this person keeps, the last one first."""
    return list(db.session.scalars(SAVED, {"user": user.id}))


IS_ON_LIST = select(SavedSpecialist.id).where(
    SavedSpecialist.user_id == bindparam("user"), SavedSpecialist.specialist_id == bindparam("specialist")
)


def is_saved(user: User, specialist: Specialist) -> bool:
    """True when this person keeps that specialist."""
    if not user.is_authenticated:
        return False
    return db.session.scalar(IS_ON_LIST, {"user": user.id, "specialist": specialist.id}) is not None


def _may_preview(specialist: Specialist, viewer: User | None) -> bool:
    return bool(viewer and viewer.is_authenticated and (viewer.is_staff or viewer.id == specialist.user_id))
