"""This file knows a client's bookings as rows, for the page that lists them all: what it shows of each, one question.

Rows and not objects: a list of a few lines would otherwise read some two hundred columns, most of them for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, case, literal, or_, select, union_all

from practice.accounts.models import User
from practice.bookings import limits, terms
from practice.bookings.models import Appointment, Booking, Proposal
from practice.bookings.states import NOT_FOR_SPECIALISTS, BookingState, ProposalState
from practice.specialists.models import Specialist
from practice.specialists.states import VISIBLE
from practice.store.db import UtcDateTime, db, spelled
from practice.values import clock


class Listed(NamedTuple):
    """One of a client's bookings in their own list; `name` and `called` are its specialist's."""

    is_ahead: bool
    id: int
    code: str
    kind: str
    state: str
    format: str
    client_id: int | None
    person_key: str | None
    claims_pair: bool
    moves_used: int
    confirmed_at: datetime | None
    reconfirmed_at: datetime | None
    joined_client_at: datetime | None
    joined_specialist_at: datetime | None
    cancel_rule: str | None
    choice_until: datetime | None
    returned_why: str | None
    ended_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    name: str
    called: str
    profile_state: str
    proposed_until: datetime | None

    @property
    def terms(self) -> terms.Terms:
        """What was agreed for its kind, and when it was sold."""
        return terms.as_sold(self.kind, self.cancel_rule)

    @property
    def is_confirmed(self) -> bool:
        """It stands."""
        return self.state == BookingState.CONFIRMED

    @property
    def is_public(self) -> bool:
        """Whether the practice that it is with can be seen by anybody."""
        return self.profile_state in VISIBLE

    @property
    def over_at(self) -> datetime:
        """When it became past: at its time, or when it was cancelled before."""
        return min(self.ended_at or self.starts_at, self.starts_at)


OF_BOOKING = Listed._fields[1 : Listed._fields.index("starts_at")]
OFFERED = and_(
    Proposal.booking_id == Booking.id,
    Proposal.state == spelled(ProposalState.OPEN),
    Proposal.side == "specialist",
)


def _rows(*, ahead: bool) -> Select[object]:
    return (
        select(
            literal(ahead).label("is_ahead"),
            *(getattr(Booking, name) for name in OF_BOOKING),
            Appointment.starts_at,
            Appointment.ends_at,
            Specialist.name,
            Specialist.called,
            Specialist.state.label("profile_state"),
            Proposal.lapses_at.label("proposed_until"),
        )
        .join(Booking.appointment)
        .join(Specialist, Specialist.id == Booking.specialist_id)
        .outerjoin(Proposal, OFFERED)
        .where(Booking.client_id == bindparam("client"))
    )


UPCOMING = _rows(ahead=True).where(
    Booking.state == BookingState.CONFIRMED, Appointment.ends_at > bindparam("since", type_=UtcDateTime())
)
# The same as `over_at` of a row.
OVER_AT = case((Booking.ended_at < Appointment.starts_at, Booking.ended_at), else_=Appointment.starts_at)
PAST = (
    _rows(ahead=False)
    .where(
        Booking.state.not_in((*NOT_FOR_SPECIALISTS, BookingState.UNDONE)),
        or_(Booking.state != BookingState.CONFIRMED, Appointment.ends_at <= bindparam("now", type_=UtcDateTime())),
    )
    .order_by(OVER_AT.desc())
    .limit(bindparam("most", type_=Integer()))
    .subquery()
)
LIST = union_all(UPCOMING, select(PAST))


def list_of(user: User, most_past: int = 20) -> tuple[list[Listed], list[Listed]]:
    """What is confirmed and has not ended, soonest first, and what is over, the last to be over first: one question.

    For as long as somebody may say that the other is not there, a confirmed one that has ended is in both.
    """
    now = clock.now()
    asked = {"client": user.id, "since": now - limits.SPECIALIST_MISSED_AFTER, "now": now, "most": most_past}
    found = list(_found(asked))
    ahead, past = [each for each in found if each.is_ahead], [each for each in found if not each.is_ahead]
    ahead.sort(key=lambda each: each.starts_at)
    return ahead, sorted(past, key=lambda each: each.over_at, reverse=True)


def _found(asked: dict[str, object]) -> Iterator[Listed]:
    return map(Listed._make, db.session.execute(LIST, asked))
