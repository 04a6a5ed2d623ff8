"""This file knows what has happened to a booking, line by line, and where that leaves it, in words for one side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from practice.http.formats import amount

from . import invites, limits, sold
from .labels import FOR_CLIENT, FOR_SPECIALIST, named
from .models import (
    AGREED_TO,
    ASKED,
    CHOSE_AGAIN,
    MONEY_RETURNED,
    MOVED,
    MOVED_INSTEAD,
    OTHER_LENGTH,
    OUTDATED,
    PAID_BEFORE,
    PROPOSED,
    TOOK_PROPOSED,
    WITHDREW,
    Booking,
    BookingMove,
)
from .sale_labels import date
from .states import CANCELLED, BookingState
from .terms import Terms

BY_STAFF = "Cancelled by our staff"
NOT_RECONFIRMED = "Released, because it was not re-confirmed"
# What a row of its history says to staff, where the state that it led to says too little.
STEPS = {
    MOVED: "Another time",
    OTHER_LENGTH: "Another length",
    PAID_BEFORE: "Not needed any more: its client had paid for it by another order",
    OUTDATED: "Not to be had any more: the session has changed since",
    TOOK_PROPOSED: "Took a time that the specialist had offered",
    MOVED_INSTEAD: "Chose another time, as the specialist had asked",
    PROPOSED: "The specialist asked for another time",
    ASKED: "The client asked for another time",
    AGREED_TO: "The specialist agreed to a time that the client had asked for",
    CHOSE_AGAIN: "Chose another time, after the specialist had cancelled",
    MONEY_RETURNED: "Called off, because all that was paid for it has gone back",
    WITHDREW: "The client withdrew from it: cancelled",
    "reconfirmed": "Confirmed once more",
    "declined": "Took none of the times that the specialist had offered: cancelled",
}


def step(move: BookingMove, agreed: Terms) -> str:
    """One row of a booking's history for staff: what was done, and whose wish it was."""
    said = STEPS.get(move.reason) or named(move.after, agreed)
    return f"{said}, before {date(move.starts_before)}{lasted(move)}" if move.starts_before else said


def lasted(move: BookingMove) -> str:
    """ ", 50 minutes", behind the time before, where it has another length since; else empty."""
    return f", {move.minutes_before} minutes" if move.minutes_before else ""


def shown(moves: Sequence[BookingMove], booking: Booking, viewer_id: int) -> dict[str, Any]:
    """What a page of one side says of it: what has happened, where it stands, until when (UTC) to contest that."""
    return {
        "history": of(moves, booking, viewer_id),
        "state": state(moves, booking, viewer_id),
        "contest_until": contest_until(moves, booking),
    }


def of(moves: Iterable[BookingMove], booking: Booking, viewer_id: int) -> list[dict[str, Any]]:
    """What has happened so far, what was paid too, latest first, in words for one side."""
    who = "You" if viewer_id == booking.client_id else "The client"
    lines = [(at, f"{who} paid {amount(money)}.") for at, money in sold.payments_of(booking)]
    lines += [(move.at, _line(move, booking, viewer_id)) for move in moves]
    found = sorted((each for each in lines if each[1]), key=lambda each: each[0])
    return [{"title": date(at), "text": text, "at": at, "done": True} for at, text in reversed(found)]


def _line(move: BookingMove, booking: Booking, viewer_id: int) -> str:
    who = "You" if move.by_id == viewer_id else _other(move, booking)
    if move.starts_before:
        return _moved(move, booking, viewer_id, who)
    if move.reason in (PROPOSED, ASKED):
        return f"{who} asked for another time."
    if move.reason == "reconfirmed":
        return f"{who} said: I’ll be there."
    if move.reason == "declined":
        return f"{who} took none of the other times, so it was cancelled."
    if move.after == BookingState.CONFIRMED:
        return f"{who} booked it."
    return _became(move, booking, viewer_id)


def _moved(move: BookingMove, booking: Booking, viewer_id: int, who: str) -> str:
    """Another time, and whose wish it was: whoever takes a time that was offered did not ask for it."""
    asker, taker = (
        ("You", invites.initials(booking)) if viewer_id != booking.client_id else (booking.specialist.called, "you")
    )
    was = f"before, it was {date(move.starts_before or booking.starts_at)}{lasted(move)}"
    if move.reason == TOOK_PROPOSED:
        return f"{asker} offered other times, {taker} took this one; {was}."
    if move.reason == MOVED_INSTEAD:
        return f"{asker} asked for another time, {taker} chose one of the free ones; {was}."
    if move.reason == AGREED_TO:
        is_clients = viewer_id == booking.client_id
        said = f"You asked for this time, and {asker}" if is_clients else f"{taker} asked for this time, and you"
        return f"{said} agreed; {was}."
    if move.reason == CHOSE_AGAIN:
        return f"{who} chose this time after it had been cancelled; {was}."
    if move.reason == OTHER_LENGTH:
        return f"{who} chose another length; {was}."
    return f"{who} moved it from {date(move.starts_before or booking.starts_at)}."


def _became(move: BookingMove, booking: Booking, viewer_id: int) -> str:
    """The state that a move led to, in words for one side; where staff decided it, that they did."""
    state, is_ours = BookingState(move.after), move.by_id not in (None, booking.client_id, booking.specialist.user_id)
    if is_ours and state in CANCELLED:
        return f"{BY_STAFF}."
    if move.reason == WITHDREW:
        return f"{'You' if viewer_id == booking.client_id else 'The client'} withdrew from it."
    if state == BookingState.RELEASED:
        return f"{STEPS.get(move.reason, NOT_RECONFIRMED)}."
    names = FOR_CLIENT if viewer_id == booking.client_id else FOR_SPECIALIST
    name = named(state, booking.terms, names)
    return f"Our staff looked again: {name.lower()}." if is_ours else f"{name}."


def contest_until(moves: Sequence[BookingMove], booking: Booking) -> datetime:
    """Until when (UTC) either side may say that it was otherwise than its state says."""
    marked = next((move.at for move in reversed(moves) if move.after == booking.state), booking.ends_at)
    return marked + limits.CONTEST_WINDOW


def state(moves: Sequence[BookingMove], booking: Booking, viewer_id: int) -> str:
    """Where the booking stands, in words for one side, by how it came there."""
    last = next((move for move in reversed(moves) if move.after == booking.state), None)
    if last is not None and booking.state in CANCELLED:
        return _became(last, booking, viewer_id).rstrip(".")
    names = FOR_CLIENT if viewer_id == booking.client_id else FOR_SPECIALIST
    return named(booking.state, booking.terms, names)


def _other(move: BookingMove, booking: Booking) -> str:
    if move.by_id is None:
        return "The calendar"
    if move.by_id == booking.client_id:
        return "The client"
    return booking.specialist.called if move.by_id == booking.specialist.user_id else "Our staff"
