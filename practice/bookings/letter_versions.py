"""This file knows which version of a letter of this room is read: decisions from the facts in its row, however old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .states import BookingState


def by_side(facts: Mapping[str, Any]) -> str:
    """The client's words or the specialist's."""
    return str(facts["side"])


def what_changed(facts: Mapping[str, Any]) -> str:
    """Its length alone, or its time, whatever else did."""
    return "length" if facts.get("minutes") and facts["before_at"] == facts["starts_at"] else "time"


def how_cancelled(facts: Mapping[str, Any]) -> str:
    """Who cancelled, and to whom it is said; for the client also whether it was late."""
    state, by, side = facts["state"], facts["by"], facts["side"]
    if facts.get("money_returned"):
        return f"money_returned_to_{side}"
    if facts.get("price") and side == "client":
        return "choose" if facts.get("choose_until_at") else "paid_to_client"
    if state == BookingState.UNDONE or by == "nobody":
        return "undone" if state == BookingState.UNDONE else "released"
    if by == "client" and state == BookingState.CANCELLED_BY_SPECIALIST:
        return f"none_suited_to_{side}"
    is_late = state == BookingState.LATE_RELEASED and side == "client"
    return f"by_{by}_{'late_' if is_late else ''}to_{side}"


def how_it_failed(facts: Mapping[str, Any]) -> str:
    """Whether the call may be repeated; if not, to whom that is said. Of what was paid: who asks, and who is asked."""
    if said_by := facts.get("said_by"):
        return "waits" if said_by == facts["side"] else f"asks_{facts['side']}"
    return "repeat" if facts["may_repeat"] else f"counts_for_{facts['side']}"


def what_follows(facts: Mapping[str, Any]) -> str:
    """What a decision means for who reads it; for a specialist also what became of a strike."""
    strike = facts["strike"].replace(" ", "_")
    return f"specialist_{strike}" if strike and facts["side"] == "specialist" else facts["side"]
