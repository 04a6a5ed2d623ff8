"""This file knows how staff decide: one of them, or two above a limit; after an appeal others, and for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from practice.accounts.models import User
from practice.bookings import sold
from practice.bookings.money_back import Turn, split
from practice.bookings.states import BookingState
from practice.disputes import emails, policy, queries
from practice.disputes.models import Dispute, Ruling
from practice.disputes.states import DisputeState, Ending, RulingState
from practice.payments import alone
from practice.payments.models import Order
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid
from practice.values.money import Money, Rounding

from .ending import close
from .locking import locked


@dataclass(frozen=True)
class Decision:
    """How much of the price comes back, in per cent, and why, in words for both."""

    percent: int
    reason: str


@transactional
def decide(dispute: Dispute, decision: Decision, *, by: User) -> Ruling:
    """One of the staff decides. From a limit on a second of them has to agree before it holds.

    Raises `Conflict`, `NotAllowed`, `Invalid`.
    """
    if not decision.reason.strip():
        raise Invalid("", {"reason": "Write why, in words for both."})
    dispute = locked(dispute)
    policy.may_decide(queries.known_of(dispute), queries.side_of(dispute.booking, by), by.id).require()
    ruling = Ruling(
        dispute=dispute,
        is_appeal=dispute.state == DisputeState.APPEALED,
        percent=decision.percent,
        by_id=by.id,
        state=RulingState.WAITING if needs_second(dispute, decision.percent) else RulingState.IN_FORCE,
        reason=decision.reason.strip(),
    )
    db.session.add(ruling)
    db.session.flush()
    audit.record("dispute.ruled", _about(dispute), actor=by, detail={"percent": decision.percent})
    if ruling.state == RulingState.IN_FORCE:
        _comes_into_force(dispute, ruling, by)
    return ruling


@transactional
def second(ruling: Ruling, *, by: User) -> None:
    """A second of the staff agrees: it holds. Raises `Conflict`, `NotAllowed`."""
    dispute = locked(ruling.dispute)
    policy.may_second(queries.known_of(dispute), queries.side_of(dispute.booking, by), by.id).require()
    _still_waits(ruling)
    ruling.state, ruling.agreed_by_id, ruling.second_at = RulingState.IN_FORCE, by.id, clock.now()
    audit.record("dispute.seconded", _about(dispute), actor=by)
    _comes_into_force(dispute, ruling, by)


@transactional
def decline_ruling(ruling: Ruling, *, by: User) -> None:
    """A second of them does not agree, or the first thinks again: it is to be decided as before. Raises `Conflict`."""
    dispute = locked(ruling.dispute)
    policy.may_decline(queries.known_of(dispute), queries.side_of(dispute.booking, by)).require()
    _still_waits(ruling)
    ruling.state, ruling.agreed_by_id, ruling.second_at = RulingState.DECLINED, by.id, clock.now()
    audit.record("dispute.ruling_declined", _about(dispute), actor=by)


def needs_second(dispute: Dispute, percent: int) -> bool:
    """Whether so much comes back that two decide, as with any other refund of staff's."""
    back, replaced = part_of(dispute, percent), _alone(dispute)
    lines = sold.lines_of(dispute.booking)
    return bool(lines) and alone.needs_two(lines[0].order, back, beside=replaced)


def _alone(dispute: Dispute) -> int:
    """What of it one of the staff decided alone, as it holds now."""
    holds = queries.last_in_force(dispute)
    is_alone = holds is not None and holds.agreed_by_id is None and dispute.ending in (None, Ending.DECIDED)
    return part_of(dispute, holds.percent).amount if holds is not None and is_alone else 0


def _given(orders: Sequence[Order], currency: str) -> int:
    """What one of them gave back in disputes about what was bought with these orders."""
    found = (each for each in queries.of_orders(orders) if queries.price_of(each.booking).currency == currency)
    return sum(_alone(each) for each in found)


alone.way("disputes", _given)


def part_of(dispute: Dispute, percent: int) -> Money:
    """What so many per cent of the price are, rounded for the client as the money itself is."""
    price = queries.price_of(dispute.booking)
    return price - price.share(100 - percent, 100, Rounding.DOWN)


def _comes_into_force(dispute: Dispute, ruling: Ruling, by: User) -> None:
    if ruling.is_appeal:
        close(dispute, Ending.DECIDED, by=by)
        return
    dispute.move_to(DisputeState.DECIDED)
    booking = dispute.booking
    turn = Turn(state=BookingState(booking.state), at=clock.now(), decided=ruling.percent)
    # What came back before counts towards the part, and is not promised a second time.
    emails.decided(dispute, ruling, split(sold.of(booking), turn).due)


def _still_waits(ruling: Ruling) -> None:
    db.session.refresh(ruling)
    if ruling.state != RulingState.WAITING:
        raise Conflict("This was decided in the meantime.")


def _about(dispute: Dispute) -> str:
    return f"booking:{dispute.booking.code}"
