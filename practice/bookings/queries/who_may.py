"""This file knows how what is possible about a booking is looked up: whole for its own page and for actions,
from the row alone for lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from practice.accounts.models import User
from practice.bookings import complaints, gates, policy, sold
from practice.bookings import who_may as rules
from practice.bookings.models import Booking, BookingMove, Contest
from practice.bookings.states import BookingState, Outcome
from practice.bookings.who_may import Contested, Known, Possible, Side
from practice.store.db import db
from practice.values import clock

from .eligibility import changes_today, proposals_today
from .listed import Listed


def side_of(booking: Booking, user: User) -> Side:
    """Who `user` is to this booking."""
    if user.id == booking.client_id:
        return Side.CLIENT
    return Side.SPECIALIST if user.id == booking.specialist.user_id else Side.STAFF


def possible(booking: Booking, side: Side) -> Possible:
    """What `side` may do now, from everything that decides it: two questions at most. In an action, after its lock."""
    now = clock.now()
    beside = _while_it_stands(booking, side, now) if booking.is_confirmed else _once_it_is_over(booking)
    return rules.possible(replace(known(booking, **beside), is_public=sold.is_open(booking)), side, now)


def _while_it_stands(booking: Booking, side: Side, now: datetime) -> dict[str, Any]:
    limit: dict[str, Any] = {}
    if side == Side.CLIENT:
        limit["changes_today"] = changes_today(booking, now)
    if side != Side.STAFF:
        limit["proposals_today"] = proposals_today(booking, side, now)
    asked = booking.open_request
    limit["is_held_up"] = _is_held_up(booking)
    return limit | {"proposed_until": _proposed_until(booking), "asked_until": asked.lapses_at if asked else None}


def _once_it_is_over(booking: Booking) -> dict[str, Any]:
    if booking.choice_until is not None:
        is_ended = gates.has_ended(booking.client, booking.appointment.offer)
        return {"chooses_until": sold.chooses_until(booking), "has_ended": is_ended}
    contest, mark = contest_of(booking), mark_of(booking)
    return {
        "marked_at": mark.at if mark else None,
        "marked_by": marked_by(booking, mark),
        "broken_by": broken_by(booking, mark),
        "contest": contested(booking, contest) if contest else None,
        "is_held_up": _is_held_up(booking, mark),
    }


def _is_held_up(booking: Booking, mark: BookingMove | None = None) -> bool:
    """Whether somebody looks at it, or has: asked only where it decides something."""
    now = clock.now()
    may_say = policy.may_report_technical(booking.starts_at, booking.ends_at, now)
    may_say = may_say or (mark is not None and policy.may_contest(mark.at, now))
    if booking.price_amount is None or not may_say:
        return False
    return sold.is_held_up(booking) or complaints.is_there(booking)


def possible_to(booking: Booking, user: User) -> Possible:
    """The same for a person, on whichever side they are."""
    return possible(booking, side_of(booking, user))


def possible_in_list(
    booking: Booking | Listed,
    side: Side,
    now: datetime,
    *,
    contest: Contest | None = None,
    mark: BookingMove | None = None,
) -> Possible:
    """For lists: from the booking's own row, with `contest` and `mark` where a list has them. Nothing is looked up
    (a client's lists bring offered times along), so what depends on more is left to the booking's own page."""
    beside: dict[str, Any] = {"marked_at": mark.at if mark else None, "marked_by": marked_by(booking, mark)}
    beside["broken_by"] = broken_by(booking, mark) if isinstance(booking, Booking) else None
    beside["contest"] = contested(booking, contest) if contest is not None else None
    beside["proposed_until"] = _proposed_until(booking) if side == Side.CLIENT else None
    return rules.possible(known(booking, **beside), side, now)


def known(booking: Booking | Listed, **beside: Any) -> Known:
    """What a booking's own row says, and what was looked up `beside` it."""
    return Known(
        terms=booking.terms,
        state=BookingState(booking.state),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        confirmed_at=booking.confirmed_at,
        reconfirmed_at=booking.reconfirmed_at,
        moves_used=booking.moves_used,
        claims_pair=booking.claims_pair,
        joined_client_at=booking.joined_client_at,
        joined_specialist_at=booking.joined_specialist_at,
        is_public=booking.is_public if isinstance(booking, Listed) else booking.specialist.is_visible,
        **beside,
    )


def _proposed_until(booking: Booking | Listed) -> datetime | None:
    if isinstance(booking, Listed):
        return booking.proposed_until
    return booking.open_proposal.lapses_at if booking.open_proposal is not None else None


def contested(booking: Booking | Listed, contest: Contest) -> Contested:
    """A contest as the rules see it."""
    return Contested(
        by=Side.CLIENT if contest.by_id == booking.client_id else Side.SPECIALIST,
        opened_at=contest.opened_at,
        answered_at=contest.answered_at,
        is_open=contest.outcome == Outcome.OPEN,
    )


def contest_of(booking: Booking) -> Contest | None:
    """The contest about this booking, if there is one."""
    return db.session.scalar(select(Contest).where(Contest.booking_id == booking.id))


def mark_of(booking: Booking) -> BookingMove | None:
    """How the booking came into its present state: when, and by whom."""
    asked = select(BookingMove).where(BookingMove.booking_id == booking.id, BookingMove.after == booking.state)
    return db.session.scalar(asked.order_by(BookingMove.id.desc()).limit(1))


def marked_by(booking: Booking | Listed, mark: BookingMove | None) -> Side | None:
    """By whose word it came into its state; None where nobody said it, or that was not looked up."""
    if mark is None or mark.by_id is None or isinstance(booking, Listed):
        return None
    if mark.by_id == booking.client_id:
        return Side.CLIENT
    return Side.SPECIALIST if mark.by_id == booking.specialist.user_id else Side.STAFF


def broken_by(booking: Booking, mark: BookingMove | None) -> Side | None:
    """Who said that the call of a paid session did not work, while nothing has followed from it; else None."""
    if mark is None or not sold.awaits_word(booking):
        return None
    return Side.CLIENT if mark.by_id == booking.client_id else Side.SPECIALIST
