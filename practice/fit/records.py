"""This file knows what the fit room writes down about a person: their copy of it, and its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from practice.accounts import holdings
from practice.accounts.holdings import Record, Rows, Stay
from practice.accounts.models import User
from practice.accounts.records import iso
from practice.bookings.models import Booking
from practice.specialists.models import Specialist
from practice.store.db import changed, db

from .models import FitChoice, FitPartner, FitRequest, Referral
from .states import Choice, Party, ReferralState


def _own_talks(user: User) -> dict[Party, Any]:
    """Which answers are somebody's, by the side they were given on."""
    booked = select(Booking.id).where(Booking.client_id == user.id)
    joined = select(FitPartner.booking_id).where(FitPartner.user_id == user.id)
    practised = (
        select(Booking.id).join(Specialist, Specialist.id == Booking.specialist_id).where(Specialist.user_id == user.id)
    )
    return {Party.CLIENT: booked, Party.PARTNER: joined, Party.SPECIALIST: practised}


def _is_own(user: User, *parties: Party) -> ColumnElement[bool]:
    theirs = _own_talks(user)
    return or_(*((FitChoice.party == each) & FitChoice.booking_id.in_(theirs[each]) for each in parties))


def _decisions(user: User) -> Rows:
    rows = db.session.scalars(
        select(FitChoice)
        .join(FitChoice.booking)
        .where(_is_own(user, Party.CLIENT, Party.PARTNER))
        .order_by(FitChoice.id)
    )
    return [
        {
            "with": each.booking.specialist.name,
            "you_chose": each.choice,
            "at": iso(each.decided_at),
            "remind_on": each.revisit_on.isoformat() if each.revisit_on else None,
            "your_note": each.reason,
            "shared": each.shares_reason,
        }
        for each in rows
    ]


def _asked_again(user: User) -> Rows:
    """When a client asked that what had ended is opened again."""
    asked = select(FitRequest).join(FitRequest.booking).where(Booking.client_id == user.id).order_by(FitRequest.id)
    return [
        {
            "of": each.booking.specialist.name,
            "asked": iso(each.asked_at),
            "state": each.state,
            "answered": iso(each.answered_at),
        }
        for each in db.session.scalars(asked)
    ]


def _couples(user: User) -> Rows:
    """Talks that somebody decides about together with a partner: who the other one is, is not said."""
    mine = select(FitPartner).join(FitPartner.booking)
    mine = mine.where(or_(FitPartner.user_id == user.id, Booking.client_id == user.id)).order_by(FitPartner.id)
    return [
        {
            "with": each.booking.specialist.name,
            "you_were": "invited" if each.user_id == user.id else "inviting",
            "invited": iso(each.made_at),
            "joined": iso(each.joined_at),
            "ended": iso(each.ended_at),
        }
        for each in db.session.scalars(mine)
    ]


def _wipe_decisions(user: User) -> None:
    """A pair that nobody is behind any more does not go on: that much the other side may know, and nothing else."""
    nothing_more = {"choice": Choice.NOT_NOW, "revisit_on": None, "reason_sealed": None, "shares_reason": False}
    changed(update(FitChoice).where(_is_own(user, Party.CLIENT, Party.PARTNER)).values(nothing_more))


def _wipe_couples(user: User) -> None:
    """Whoever was in it is in it no more, and the link opens nothing."""
    changed(
        update(FitPartner)
        .where(FitPartner.booking_id.in_(select(Booking.id).where(Booking.client_id == user.id)))
        .values(token_hash=None)
    )
    changed(update(FitPartner).where(FitPartner.user_id == user.id).values(user_id=None, token_hash=None))


def _practice(user: User) -> Rows:
    """What a specialist answered, without whom it was about."""
    rows = db.session.scalars(select(FitChoice).where(_is_own(user, Party.SPECIALIST)).order_by(FitChoice.id))
    return [{"you_chose": each.choice, "at": iso(each.decided_at), "your_note": each.reason} for each in rows]


def _wipe_practice(user: User) -> None:
    changed(update(FitChoice).where(_is_own(user, Party.SPECIALIST)).values(reason_sealed=None))


def _suggested(user: User) -> Rows:
    rows = db.session.scalars(select(Referral).where(Referral.client_id == user.id).order_by(Referral.id))
    return [
        {
            "by": each.from_specialist.name,
            "suggested": each.to_specialist.name,
            "state": each.state,
            "at": iso(each.made_at),
            "you_agreed_to_send": each.handover if each.state == ReferralState.ACCEPTED else "",
        }
        for each in rows
    ]


def _wipe_suggested(user: User) -> None:
    wiped = {"draft_sealed": None, "handover_sealed": None, "client_id": None}
    changed(update(Referral).where(Referral.client_id == user.id).values(wiped))


def _suggestions(user: User) -> Rows:
    """What a specialist suggested, without to whom."""
    rows = db.session.scalars(
        select(Referral)
        .join(Specialist, Specialist.id == Referral.from_specialist_id)
        .where(Specialist.user_id == user.id)
        .order_by(Referral.id)
    )
    return [
        {
            "suggested": each.to_specialist.name,
            "interest_declared": each.has_interest,
            "at": iso(each.made_at),
            "your_draft": each.draft,
        }
        for each in rows
    ]


def _wipe_suggestions(user: User) -> None:
    own = select(Specialist.id).where(Specialist.user_id == user.id)
    open_ones = (Referral.from_specialist_id.in_(own), Referral.state == ReferralState.OFFERED)
    changed(delete(Referral).where(*open_ones))
    changed(update(Referral).where(Referral.from_specialist_id.in_(own)).values(draft_sealed=None))


holdings.keeps(
    Record(
        "decisions",
        "How you wanted to go on after consultations, and your notes about it",
        _decisions,
        _wipe_decisions,
        stays=(
            Stay(
                "That the two of you did not go on. Not who you are, not your reasons",
                "Else the other side would wait for an answer for ever",
                "As long as that practice",
            ),
        ),
    )
)
holdings.keeps(
    Record("asked_to_go_on_again", "When you asked to open something again that had ended", _asked_again, goes=False)
)
holdings.keeps(Record("decided_as_a_couple", "Talks that you decide about with a partner", _couples, _wipe_couples))
holdings.keeps(Record("decisions_in_practice", "Your answers after consultations", _practice, _wipe_practice))
holdings.keeps(Record("suggested_to_you", "Colleagues who were suggested to you", _suggested, _wipe_suggested))
holdings.keeps(Record("your_suggestions", "Colleagues whom you suggested", _suggestions, _wipe_suggestions))
