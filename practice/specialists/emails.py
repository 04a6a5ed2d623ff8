"""This file knows every letter of this room: neutral subjects, reasons in the letter, health words nowhere."""

from __future__ import annotations

from practice.accounts.models import User
from practice.http.clocks import day
from practice.http.formats import money
from practice.letters import registry
from practice.letters.outbox import enqueue_mail
from practice.values.clock import now

from . import policy
from .models import Credential, Offer, ProfileRevision, Review, Specialist, Suspension
from .states import CredentialKind

registry.has_versions("specialists/profile_decided", by=lambda facts: "accepted" if facts["accepted"] else "refused")
registry.has_versions("specialists/suspended", by=lambda facts: "called_off" if facts["called_off"] else "stands")
registry.has_versions("specialists/reinstated", by=lambda facts: "public" if facts["is_public"] else "hidden")


def received(specialist: Specialist) -> None:
    """We have the application, and by when there is an answer."""
    sent_at = now()
    enqueue_mail(
        f"practice:{specialist.code}:application:{sent_at.isoformat()}",
        "specialists/received",
        specialist.user,
        {"name": specialist.user.display_name, "due": day(policy.answer_due(sent_at.date()))},
    )


def more_needed(review: Review) -> None:
    """What is missing, in the reviewer's words."""
    _about(review, "more_needed")


def approved(review: Review) -> None:
    """The title that was granted, topics that were not, and that publishing is theirs to do."""
    _about(review, "approved", title=review.title, topics_left_out=len(review.refused_topics))


def refused(review: Review) -> None:
    """The reason, and how a third person looks again."""
    _about(review, "refused")


def unpublished(specialist: Specialist, credential: Credential) -> None:
    """The profile is not public any more, and what brings it back."""
    enqueue_mail(
        f"credential:{credential.code}:expired",
        "specialists/unpublished",
        specialist.user,
        {"name": specialist.user.display_name, "expired_on": _day(credential)},
    )


def document_expiry(credential: Credential, step: int) -> None:
    """A credential runs out soon. `step` is 60, 30 or 7."""
    specialist = credential.specialist
    enqueue_mail(
        f"credential:{credential.code}:{step}",
        "specialists/document_expiry",
        specialist.user,
        {
            "name": specialist.user.display_name,
            "paper": policy.CREDENTIAL_NAMES[CredentialKind(credential.kind)],
            "expires_on": _day(credential),
        },
    )


def profile_decided(revision: ProfileRevision) -> None:
    """Staff took the new words, or left the old ones with a reason."""
    user = revision.specialist.user
    enqueue_mail(
        f"revision:{revision.code}:{revision.state}",
        "specialists/profile_decided",
        user,
        {"name": user.display_name, "accepted": revision.state == "accepted", "words": revision.reason},
    )


def suspended(suspension: Suspension) -> None:
    """The reason, what becomes of appointments, and by when it is looked at again."""
    facts = {"called_off": suspension.calls_off, "look_again": day(suspension.look_again_on, pattern="d MMMM y")}
    _of_suspension(suspension, "suspended", words=suspension.reason, **facts)


def reinstated(suspension: Suspension) -> None:
    """The practice is open again, and whether its profile is public already."""
    _of_suspension(suspension, "reinstated", is_public=suspension.specialist.is_published)


def closed(specialist: Specialist) -> None:
    """Its owner closed the practice: what that means, in case it was somebody else at their keyboard."""
    facts = {"name": specialist.user.display_name}
    enqueue_mail(f"practice:{specialist.code}:closed", "specialists/closed", specialist.user, facts)


def closed_by_us(suspension: Suspension, words: str) -> None:
    """The practice is closed for good, and why."""
    _of_suspension(suspension, "closed_by_us", words=words)


def lower_price_given(offer: Offer, client: User) -> None:
    """Whose lower price they have from now on, and that nobody else reads of it."""
    _of_lower_price(offer, client, "lower_price_given")


def lower_price_ended(offer: Offer, client: User) -> None:
    """That the usual price counts from their next purchase on, and nothing else changes."""
    _of_lower_price(offer, client, "lower_price_ended")


def _of_lower_price(offer: Offer, client: User, name: str) -> None:
    with_whom = offer.specialist
    facts = {"name": client.display_name, "with": with_whom.called, "slug": with_whom.slug}
    prices = {"minutes": offer.minutes, "price": money(offer.price), "lower": money(offer.lower or offer.price)}
    enqueue_mail(
        f"offer:{offer.code}:{name}:{client.code}:{now().isoformat()}", f"specialists/{name}", client, facts | prices
    )


def _of_suspension(suspension: Suspension, name: str, **facts: object) -> None:
    user = suspension.specialist.user
    context = {"name": user.display_name, **facts}
    key = f"practice:{suspension.specialist.code}:suspension:{suspension.code}:{name}"
    enqueue_mail(key, f"specialists/{name}", user, context)


def _about(review: Review, name: str, **facts: object) -> None:
    user = review.specialist.user
    context = {"name": user.display_name, "words": review.to_applicant, **facts}
    enqueue_mail(f"practice:{review.specialist.code}:review:{review.code}:{name}", f"specialists/{name}", user, context)


def _day(credential: Credential) -> str:
    return day(credential.expires_on, pattern="d MMMM y") if credential.expires_on else ""
