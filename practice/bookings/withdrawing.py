"""This file knows what it is to withdraw from a session that was bought, and what that brings: page, letter and action
ask it. Each payment has its own days (docs/decisions/0063, 0069)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from practice.payments.states import PaymentState
from practice.values.money import Money

from . import sold
from .models import Booking
from .money_back import Asked, Split, Turn, split
from .states import BookingState


def ahead_until(booking: Booking, now: datetime) -> datetime | None:
    """Until when (UTC) its client can withdraw from something that they paid for it and that has not begun: the last of
    the days of its payments; None where they cannot."""
    if not booking.is_confirmed or not booking.can_withdraw or now >= booking.starts_at:
        return None
    found = sold.to_cancel(booking)
    ends = (found.withdrawn_until, *(each.withdrawn_until for each in found.paid if each.returned < each.amount))
    return max((until for until in ends if until is not None and now <= until), default=None)


def may_once_held(booking: Booking, now: datetime) -> bool:
    """Whether its client can withdraw now that it was held: within the days of the law, and without having asked for
    it so early. Before the start it is cancelled, which brings the same."""
    is_over = booking.state in sold.CAME_TO and now >= booking.ends_at
    return is_over and sold.needs_express(booking, now) and not sold.left_and_returned(booking)[0].is_free


def now_brings(booking: Booking, now: datetime) -> tuple[Turn, Split] | None:
    """What it is to withdraw now, and what that brings; None where nobody can. Ahead it is a cancellation, and a late
    one only where something is kept."""
    if ahead_until(booking, now) is not None:
        turn, brings = sold.cancelled(booking, now)
        state = BookingState.CANCELLED_BY_CLIENT if brings.kept.is_free else turn.state
        asks = replace(turn, state=state, asked=Asked.WITHDRAWAL)
    elif may_once_held(booking, now):
        state = BookingState.COMPLETED if booking.is_confirmed else BookingState(booking.state)
        asks = Turn(state=state, at=now, asked=Asked.WITHDRAWAL)
    else:
        return None
    return asks, split(sold.to_cancel(booking), asks)


def within_days(booking: Booking, now: datetime) -> list[tuple[datetime, Money]]:
    """What of its payments is within days of its own, each with when (UTC) that was bought: what a notice names."""
    lines = [line for line in sold.lines_of(booking) if line.order.payment == PaymentState.PAID]
    bought = [sold.bought_at(booking), *(line.order.paid_at or now for line in lines[1:])]
    found = []
    for at, line in zip(bought, lines, strict=False):
        until = sold.withdrawn_until(booking, at)
        if line.back < line.price and until is not None and now <= until:
            found.append((at, Money(line.price - line.back, line.order.currency)))
    return found
