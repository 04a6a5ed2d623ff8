"""This file knows what must always hold of disputes, and checks it by plain reading, not by the rules' code."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from practice.bookings.models import Booking
from practice.store.checks import check
from practice.store.db import db

from . import queries
from .models import Dispute, Ruling
from .states import DisputeState, RulingState


@check
def _waiting_money() -> Iterator[str]:
    """As long as a dispute is open, the money of its session waits."""
    for code in queries.unfrozen():
        yield f"Booking {code} has an open dispute, and its money goes on."


@check
def _decisions() -> Iterator[str]:
    """What is decided was decided by somebody, and after an appeal by somebody else."""
    holds = select(Ruling.dispute_id).where(Ruling.state == RulingState.IN_FORCE)
    decided = (DisputeState.DECIDED, DisputeState.APPEALED)
    asked = select(Booking.code).join(Dispute, Dispute.booking_id == Booking.id)
    for code in db.session.scalars(asked.where(Dispute.state.in_(decided), Dispute.id.not_in(holds))):
        yield f"The dispute about booking {code} is decided, and nobody decided it."
    people: dict[int, set[int]] = {}
    for ruling in db.session.scalars(
        select(Ruling).where(Ruling.state == RulingState.IN_FORCE).order_by(Ruling.is_appeal)
    ):
        took_part = {each for each in (ruling.by_id, ruling.agreed_by_id) if each is not None}
        if ruling.is_appeal and took_part & people.get(ruling.dispute_id, set()):
            yield f"Dispute {ruling.dispute_id} was decided again by the same person."
        people[ruling.dispute_id] = took_part
