"""This file knows how colleagues are suggested, and how a client takes up one of them or none.

Nothing about the client reaches a colleague here: what the client agreed to is read with the consultation they book.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import update

from practice.accounts.models import User
from practice.bookings import actions as bookings
from practice.bookings import claims
from practice.bookings.models import Booking
from practice.fit import emails, policy, queries
from practice.fit.models import Referral
from practice.fit.states import ReferralState
from practice.specialists.models import Specialist
from practice.store import audit
from practice.store.db import changed, db, transactional
from practice.values import clock
from practice.values.counts import number
from practice.values.errors import Conflict, Invalid, NotFound

R = ReferralState


@dataclass(frozen=True)
class Suggestion:
    """Whom a specialist suggests instead, with whom of them they share a practice, family or money, and what they would
    pass on; None for the draft leaves the one that is there."""

    people: tuple[Specialist, ...] = ()
    interests: frozenset[int] = field(default_factory=frozenset)
    draft: str | None = ""


def suggest(booking: Booking, suggestion: Suggestion) -> None:
    """Store whom a specialist suggests; whom they suggested before and do not any more is taken back.

    Raises `Invalid` for none or too many, and for somebody who is not published, takes nobody or has no free time.
    """
    people = suggestion.people
    if not 1 <= len(people) <= policy.MOST_SUGGESTED:
        most = number(policy.MOST_SUGGESTED)
        raise Invalid("", {"suggested": f"Suggest one to {most} people."})
    there = {each.id for each, _ in queries.colleagues_named(booking.specialist, [each.slug for each in people])}
    if gone := [each.called for each in people if each.id not in there]:
        raise Invalid("", {"suggested": f"{gone[0]} has no free time just now. Please choose again."})
    present = {each.to_specialist_id: each for each in queries.referrals_of(booking)}
    new = [each for each in people if each.id not in present]
    if new and any(each.state == R.ACCEPTED for each in present.values()):
        raise Invalid("", {"suggested": "Your client has taken up a suggestion, so nobody is added to it."})
    _take_back(each for to, each in present.items() if to not in there)
    for each in people:
        row = present.get(each.id) or Referral(
            booking_id=booking.id,
            from_specialist_id=booking.specialist_id,
            to_specialist_id=each.id,
            client_id=booking.client_id,
        )
        if row.state in (None, R.OFFERED):
            row.has_interest = each.id in suggestion.interests
            row.draft = row.draft if suggestion.draft is None else suggestion.draft
        db.session.add(row)


def take_suggestions_back(booking: Booking) -> None:
    """The specialist thought again; what the client has taken up already stays theirs."""
    _take_back(queries.referrals_of(booking))


def _take_back(referrals: Iterable[Referral]) -> None:
    for each in referrals:
        if each.state == R.OFFERED:
            db.session.delete(each)


@transactional
def accept_referral(booking: Booking, code: str, handover: str, *, by: User) -> Referral:
    """The client would meet this colleague, and agrees to these words; what they book there counts towards no limit.

    The words are read with the consultation, once it is booked. Raises `NotFound` for anybody who was not suggested,
    `Conflict` where they take nobody any more.
    """
    claims.keep_still(booking)
    referrals = queries.referrals_of(booking)
    chosen = next((each for each in referrals if each.code == code), None)
    if chosen is None:
        raise NotFound()
    if chosen.to_specialist_id not in queries.next_times([chosen.to_specialist]):
        raise Conflict(f"{chosen.to_specialist.called} has no free time any more.")
    chosen.move_to(R.ACCEPTED)
    chosen.handover = handover
    for each in referrals:
        if each.state == R.OFFERED:
            each.move_to(R.DECLINED)
    bookings.exempt(by, chosen.to_specialist)
    emails.suggestion_answered(chosen, accepted=True)
    audit.record("referral.accepted", f"booking:{booking.code}", actor=by)
    return chosen


@transactional
def decline_referrals(booking: Booking, *, by: User) -> None:
    """None of them, or after all none: what was to be sent along is wiped. `Conflict` where nothing is suggested."""
    claims.keep_still(booking)
    standing = [each for each in queries.referrals_of(booking) if each.state in (R.OFFERED, R.ACCEPTED)]
    if not standing:
        raise Conflict("These suggestions have changed in the meantime.")
    for each in standing:
        if each.state == R.ACCEPTED:
            each.handover = ""
            bookings.end_exemption(by, each.to_specialist)
        each.move_to(R.DECLINED)
    emails.suggestion_answered(standing[0], accepted=False)
    audit.record("referral.declined", f"booking:{booking.code}", actor=by)


@transactional
def lapse_referrals() -> int:
    """What nobody answered in time is no suggestion any more; how many."""
    made_before = clock.now() - policy.LAPSES
    overdue = update(Referral).where(Referral.state == R.OFFERED, Referral.made_at <= made_before)
    return changed(overdue.values(state=R.LAPSED, answered_at=clock.now()))
