"""This file knows what decides what somebody may do about an appointment, and what an answer to that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from practice.values.errors import IllegalMove, NotAllowed, Problem

from .states import BookingState
from .terms import Terms

S = BookingState


class Side(StrEnum):
    """Who somebody is to an appointment; staff are everybody who is neither its client nor its specialist."""

    CLIENT = "client"
    SPECIALIST = "specialist"
    STAFF = "staff"


@dataclass(frozen=True)
class Answer:
    """True where something is possible; else false, with the error and the sentence that say why not."""

    error: type[Problem] | None = None
    sentence: str = ""

    def __bool__(self) -> bool:
        return self.error is None

    def require(self) -> None:
        """Raises the error, with its sentence, where it is not possible."""
        if self.error is not None:
            raise self.error(self.sentence)


@dataclass(frozen=True, kw_only=True)
class Contested:
    """That somebody said "it was not like that", and how far it has come."""

    by: Side
    opened_at: datetime
    answered_at: datetime | None
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known about a booking. What has a default was looked up beside its own row; None where that was not done,
    or where there is nothing: what depends on it is then not possible.

    `joined_…_at`: when either side came to the door, as far as there is a record. It came into its state at
    `marked_at`, by the word of `marked_by`; None for time alone. `broken_by` said that a paid call did not work, and
    the other side is asked. `is_held_up`: somebody looks at its money already. Other times are offered
    `proposed_until`; whom it was cancelled on chooses until `chooses_until`. `has_ended`: one of the two has said no.
    """

    terms: Terms
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    confirmed_at: datetime | None
    reconfirmed_at: datetime | None
    moves_used: int
    claims_pair: bool
    joined_client_at: datetime | None
    joined_specialist_at: datetime | None
    is_public: bool
    proposed_until: datetime | None = None
    asked_until: datetime | None = None
    chooses_until: datetime | None = None
    has_ended: bool = False
    marked_at: datetime | None = None
    marked_by: Side | None = None
    broken_by: Side | None = None
    is_held_up: bool = False
    contest: Contested | None = None
    changes_today: int | None = None
    proposals_today: int | None = None

    @property
    def is_confirmed(self) -> bool:
        return self.state == S.CONFIRMED

    def is_ahead(self, now: datetime) -> bool:
        """It is booked, and has not begun."""
        return self.is_confirmed and now < self.starts_at

    def is_proposed(self, now: datetime) -> bool:
        """The specialist offers other times, and waits for an answer."""
        return self.is_confirmed and self.proposed_until is not None and now < self.proposed_until

    def is_asked(self, now: datetime) -> bool:
        """The client asks for another time, and waits for an answer."""
        return self.is_ahead(now) and self.asked_until is not None and now < self.asked_until


YES = Answer()
NOT_YOURS = Answer(NotAllowed, "That is not yours to do here.")
ONES_OWN = Answer(NotAllowed, "Somebody else has to decide about your own appointment.")
CHANGED = Answer(IllegalMove, "This appointment has changed in the meantime, so that is no longer possible.")


def still(known: Known) -> Answer:
    """Whether it stands, as whoever asks has seen it."""
    return YES if known.is_confirmed else CHANGED
