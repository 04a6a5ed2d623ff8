"""This file knows which states a specialist's profile has and which moves between them exist."""

from __future__ import annotations

from enum import StrEnum


class ProfileState(StrEnum):
    """Where a profile stands between the first line of an application and the day it closes."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    REFUSED = "refused"
    APPROVED = "approved"
    PUBLISHED = "published"
    PAUSED = "paused"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    CLOSED = "closed"


S = ProfileState
MOVES: dict[ProfileState, frozenset[ProfileState]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.CLOSED}),
    # Taken back before anybody reads it, an application is again what it was when it was sent.
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.DRAFT, S.CHANGES_REQUESTED, S.REFUSED, S.CLOSED}),
    S.IN_REVIEW: frozenset({S.CHANGES_REQUESTED, S.APPROVED, S.REFUSED, S.CLOSED}),
    S.CHANGES_REQUESTED: frozenset({S.SUBMITTED, S.CLOSED}),
    S.REFUSED: frozenset({S.SUBMITTED, S.CLOSED}),
    S.APPROVED: frozenset({S.PUBLISHED, S.SUSPENDED, S.CLOSED}),
    S.PUBLISHED: frozenset({S.PAUSED, S.EXPIRED, S.SUSPENDED, S.CLOSED}),
    S.PAUSED: frozenset({S.PUBLISHED, S.EXPIRED, S.SUSPENDED, S.CLOSED}),
    S.EXPIRED: frozenset({S.IN_REVIEW, S.PUBLISHED, S.SUSPENDED, S.CLOSED}),
    # Back where it was public; else to where its owner publishes it, as we never do that for anybody.
    S.SUSPENDED: frozenset({S.PUBLISHED, S.APPROVED, S.CLOSED}),
}
VISIBLE = frozenset({S.PUBLISHED, S.PAUSED})
EDITABLE_APPLICATION = frozenset({S.DRAFT, S.CHANGES_REQUESTED, S.REFUSED})
STOPPED = frozenset({S.SUSPENDED, S.CLOSED})
WORKING = frozenset({S.APPROVED, S.PUBLISHED, S.PAUSED, S.EXPIRED})


class Kind(StrEnum):
    """What a specialist practises as; the title itself is granted by staff, never typed."""

    COACH = "coach"
    COUNSELLOR = "counsellor"
    PSYCHOLOGIST = "psychologist"
    PSYCHOTHERAPIST = "psychotherapist"
    PSYCHIATRIST = "psychiatrist"
    SOCIAL_WORKER = "social_worker"


LICENSED = frozenset({Kind.COUNSELLOR, Kind.PSYCHOLOGIST, Kind.PSYCHOTHERAPIST, Kind.PSYCHIATRIST, Kind.SOCIAL_WORKER})


class OfferKind(StrEnum):
    """What an offer is: the free consultation is an offer at price zero, not a path of its own."""

    CONSULT = "consult"
    INDIVIDUAL = "individual"
    GROUP = "group"


class Format(StrEnum):
    """How two people meet."""

    VIDEO = "video"
    PHONE = "phone"
    CHAT = "chat"
    IN_PERSON = "in_person"


class CoupleStance(StrEnum):
    """What a specialist does with what one partner says alone; required before couples are offered."""

    NO_SECRETS = "no_secrets"
    LIMITED = "limited_secrets"
    SEPARATE = "individual_only"


class CredentialKind(StrEnum):
    """What a credential proves."""

    IDENTITY = "identity"
    TRAINING = "training"
    LICENCE = "licence"
    INSURANCE = "insurance"
    SUPERVISION = "supervision"


class SuspensionState(StrEnum):
    """Where a suspension stands; what is proposed waits for a second person and changes nothing yet."""

    PROPOSED = "proposed"
    IN_FORCE = "standing"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Decision(StrEnum):
    """Where one pass through staff stands; a proposed refusal waits for a second person."""

    OPEN = "open"
    APPROVED = "approved"
    CHANGES = "changes"
    REFUSE_PROPOSED = "refuse_proposed"
    REFUSED = "refused"
