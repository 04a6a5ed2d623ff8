"""This file knows what must always hold of decisions, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, select

from practice.bookings.exemptions import Exemption
from practice.bookings.models import Booking
from practice.bookings.terms import ONE_PER_PAIR
from practice.store.checks import check
from practice.store.db import db

from .models import FitChoice, FitPartner, Referral
from .states import Party, ReferralState


@check
def _decided_talks() -> Iterator[str]:
    """Answers are about free consultations, and a partner's only about those that were booked for two."""
    others = select(Booking.code).join(FitChoice, FitChoice.booking_id == Booking.id)
    for code in db.session.scalars(others.where(Booking.kind.not_in(ONE_PER_PAIR)).distinct()):
        yield f"Booking {code} is no free consultation, and somebody decided after it."
    lonely = others.where(FitChoice.party == Party.PARTNER, Booking.with_partner.is_(False), Booking.call_name != "")
    for code in db.session.scalars(lonely.distinct()):
        yield f"Booking {code} was made for one person, and has the answer of a partner."


@check
def _partners() -> Iterator[str]:
    """Nobody is their own partner."""
    same = select(Booking.code).join(FitPartner, FitPartner.booking_id == Booking.id)
    for code in db.session.scalars(same.where(FitPartner.user_id == Booking.client_id)):
        yield f"The client of booking {code} answers as their own partner."


@check
def _accepted_suggestions() -> Iterator[str]:
    """Whoever took up a suggestion can book there without it counting, as long as they are somebody."""
    kept = exists().where(
        Exemption.specialist_id == Referral.to_specialist_id, Exemption.person_key == Booking.person_key
    )
    asked = (
        select(Booking.code)
        .join(Referral, Referral.booking_id == Booking.id)
        .where(Referral.state == ReferralState.ACCEPTED, Referral.client_id.is_not(None), ~kept)
    )
    for code in db.session.scalars(asked):
        yield f"A suggestion after booking {code} was taken up, and what is booked for it would count."
