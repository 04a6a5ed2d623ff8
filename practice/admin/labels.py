"""This file knows the words that only staff read: what they may decide, and how a letter is called."""

from __future__ import annotations

from practice.bookings.states import BookingState, Outcome
from practice.letters import sources

# What staff may decide about what somebody contested, by how it was marked: each answer says what it would say then.
DECISIONS: dict[str, tuple[tuple[str, str], ...]] = {
    BookingState.CLIENT_MISSED: (
        (Outcome.UPHELD, "It stays: the client was not there"),
        (Outcome.TOOK_PLACE, "The call took place"),
        (Outcome.TECHNICAL, "The call broke"),
        (Outcome.OTHER_SIDE, "The specialist was not there"),
    ),
    BookingState.COMPLETED: (
        (Outcome.UPHELD, "It stays: it took place"),
        (Outcome.TECHNICAL, "The call broke"),
        (Outcome.OTHER_SIDE, "The specialist was not there"),
    ),
    BookingState.SPECIALIST_MISSED: (
        (Outcome.UPHELD, "It stays: the specialist was not there"),
        (Outcome.TOOK_PLACE, "The call took place"),
        (Outcome.TECHNICAL, "The call broke"),
        (Outcome.OTHER_SIDE, "The client was not there"),
    ),
}


def letter(template: str) -> str:
    """What stands above a letter, "Your appointment on …"; a template of another version stands for itself."""
    return sources.title(template) or template
