"""This file knows the rules of booking as decisions from values; numbers: `limits.py`, buttons: `who_may.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from practice.values.counts import in_days, number, times

from . import limits
from .states import COUNTING, BookingState
from .terms import CONSULT, Refusal, Terms

S = BookingState

PROPOSED_TOO_OFTEN = (
    f"You have offered this client other times {times(limits.MOST_PROPOSALS_A_DAY)} within "
    f"{in_days(limits.A_DAY, one='a')}, and they were written to each time. "
    "A day later you can offer others; what you offered last still stands."
)

ASKED_TOO_OFTEN = (
    f"You have asked for other times {times(limits.MOST_PROPOSALS_A_DAY)} within "
    f"{in_days(limits.A_DAY, one='a')}, and your specialist was written to each time. "
    "A day later you can ask again."
)


@dataclass(frozen=True)
class Eligibility:
    """What decides whether one person may book something of one specialist now, on the terms of its kind."""

    terms: Terms = CONSULT
    # It has a price that cannot be paid at the moment.
    costs: bool = False
    # Nothing has to come before it, or that has been: a consultation with a yes of both sides.
    is_unlocked: bool = True
    is_signed_in: bool = True
    is_confirmed: bool = True
    is_adult: bool = True
    is_own_profile: bool = False
    is_bookable: bool = True
    paused_until: datetime | None = None
    pair_used: bool = False
    # What the pair has used is booked, and lies ahead.
    is_ahead: bool = False
    changes_today: int = 0
    open_count: int = 0
    started_count: int = 0
    # A colleague suggested it: it counts towards no limit.
    is_referred: bool = False
    permitted_places: Sequence[str] = field(default_factory=tuple)
    location: str | None = None


# Whatever of these stands in the way stands in the way of a consultation with anybody.
WITH_ANYBODY = frozenset(
    {Refusal.ADULT, Refusal.PAUSED_CLIENT, Refusal.TOO_MANY_OPEN, Refusal.TOO_MANY_STARTED},
)


def choose_some(chosen: int) -> str:
    """What a specialist is told who offers none of the other times, or more than there may be."""
    counted = f"You chose {number(chosen)}. " if chosen > limits.MOST_PROPOSED else ""
    return f"{counted}Choose one to {number(limits.MOST_PROPOSED)} times."


def refusals(eligibility: Eligibility, now: datetime) -> list[Refusal]:
    """Everything that stands in the way, most telling first; empty means: may book. Shown early, asked again later."""
    stands = {
        Refusal.PRICE: eligibility.costs,
        Refusal.SIGN_IN: not eligibility.is_signed_in,
        Refusal.EMAIL: eligibility.is_signed_in and not eligibility.is_confirmed,
        Refusal.ADULT: eligibility.is_signed_in and not eligibility.is_adult,
        Refusal.OWN_PROFILE: eligibility.is_own_profile,
        Refusal.NOT_BOOKABLE: not eligibility.is_bookable,
        Refusal.CONSULT_FIRST: not eligibility.is_unlocked,
        Refusal.PAUSED_CLIENT: eligibility.paused_until is not None and now < eligibility.paused_until,
        Refusal.PAIR_AHEAD: eligibility.is_ahead,
        Refusal.PAIR_USED: eligibility.pair_used and not eligibility.is_ahead,
        Refusal.TOO_OFTEN: eligibility.changes_today >= limits.MOST_CHANGES_A_DAY,
        Refusal.TOO_MANY_OPEN: not eligibility.is_referred and eligibility.open_count >= limits.MOST_OPEN,
        Refusal.TOO_MANY_STARTED: not eligibility.is_referred and eligibility.started_count >= limits.MOST_STARTED,
        Refusal.PLACE: eligibility.location is not None
        and not is_permitted(eligibility.permitted_places, eligibility.location),
    }
    return [refusal for refusal in eligibility.terms.refused_for if stands[refusal]]


def lasting(found: Iterable[Refusal]) -> list[Refusal]:
    """Of these, what stands in the way also of somebody who signs in and confirms their address."""
    return [each for each in found if each not in (Refusal.SIGN_IN, Refusal.EMAIL)]


def is_permitted(places: Sequence[str], location: str) -> bool:
    """True if `location` ("IE", "CA-ON") lies in one of `places`; no places listed means no limit of that kind."""
    country = location.partition("-")[0]
    return not places or location in places or country in places


def was_prolonged(terms: Terms, created_at: datetime, held_until: datetime | None, is_known: bool) -> bool:
    """True if a hold was prolonged beyond what it began with; `is_known`: by then their address was confirmed."""
    first = terms.hold if is_known else terms.unknown_hold
    return held_until is not None and held_until - created_at > first + limits.CLOCK_READINGS


def may_undo(terms: Terms, confirmed_at: datetime | None, starts_at: datetime, now: datetime) -> bool:
    """A booking can be taken back without a trace for a while, unless it starts soon."""
    return confirmed_at is not None and now <= undo_until(terms, confirmed_at, starts_at)


def undo_until(terms: Terms, confirmed_at: datetime, starts_at: datetime) -> datetime:
    """The last instant at which `may_undo` still holds."""
    return min(confirmed_at + terms.undo, starts_at - terms.undo_before_start)


def cancelled_state(terms: Terms, starts_at: datetime, now: datetime, is_public: bool = True) -> BookingState:
    """What a client's cancellation becomes: shortly before the start it is a late one."""
    return S.LATE_RELEASED if now > counts_from(terms, starts_at, is_public) else S.CANCELLED_BY_CLIENT


def counts_from(terms: Terms, starts_at: datetime, is_public: bool = True) -> datetime:
    """Until this instant (inclusive) a cancellation does not count: where the practice takes nobody and so gives no
    other time, until the start."""
    return starts_at - terms.late if is_public else starts_at


def has_grace(forgiven_at: Sequence[datetime], now: datetime) -> bool:
    """One late cancellation of a pair is forgiven by itself in six months; `forgiven_at`: when that was done before."""
    return all(at + limits.GRACE_WINDOW <= now for at in forgiven_at)


def fits_until(ends_at: datetime, *, is_first_paid: bool, consult_first: bool) -> datetime | None:
    """Until when "fit, no charge" can be said of a session: after the first paid one of a pair that had no free
    conversation before; None for all others."""
    return ends_at + limits.FIT_WINDOW if is_first_paid and not consult_first else None


def withdrawn_until(bought_at: datetime, zone: str) -> datetime:
    """Until when a contract from a distance can be withdrawn from where that is law: the last instant (UTC) of the
    fourteenth day after the one of the purchase, by the client's calendar. It lies in that day, as pages say it."""
    day = bought_at.astimezone(ZoneInfo(zone)).date() + limits.WITHDRAWAL
    return datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC)


class Booked(Protocol):
    """A booking, or a row of one."""

    @property
    def terms(self) -> Terms: ...
    @property
    def state(self) -> str: ...
    @property
    def claims_pair(self) -> bool: ...


def counts(booking: Booked) -> bool:
    """Whether it uses up, in the state it is in, what was agreed: the pair's one consultation, or its price."""
    return booking.claims_pair if booking.terms.one_per_pair else booking.state in COUNTING


def may_join(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """The link opens ten minutes before the start and closes with the booked end."""
    return starts_at - limits.JOIN_OPENS <= now < ends_at


def may_mark_client_missed(starts_at: datetime, now: datetime) -> bool:
    """From 15 minutes after the start, for a day."""
    return starts_at + limits.CLIENT_MISSED_AFTER <= now <= starts_at + limits.MISSED_WINDOW


def came_alone(starts_at: datetime, client_joined: datetime | None, specialist_joined: datetime | None) -> bool:
    """The client came to the door, and the specialist not, or only when that could be said of them."""
    came_late = specialist_joined is None or specialist_joined > starts_at + limits.SPECIALIST_MISSED_AFTER
    return client_joined is not None and came_late


def may_mark_specialist_missed(starts_at: datetime, specialist_joined: datetime | None, now: datetime) -> bool:
    """From 10 minutes after the start, for a day, if there is no record that the specialist joined."""
    return (
        specialist_joined is None
        and starts_at + limits.SPECIALIST_MISSED_AFTER <= now <= starts_at + limits.MISSED_WINDOW
    )


def may_report_technical(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Either side may say from the start until a day after the end that the call broke."""
    return starts_at <= now <= ends_at + limits.TECH_WINDOW


def is_heard(opened_at: datetime, answered_at: datetime | None, now: datetime) -> bool:
    """True once the other side of a contest has answered, or had its 48 hours."""
    return answered_at is not None or now >= opened_at + limits.ANSWER_WINDOW


def may_contest(marked_at: datetime, now: datetime) -> bool:
    """72 hours to say that it was otherwise."""
    return now <= marked_at + limits.CONTEST_WINDOW


def needs_reconfirmation(chosen_at: datetime, starts_at: datetime, missed_before: int) -> bool:
    """The present time was chosen more than 48 hours ahead, or by somebody who missed two before: we ask once more.

    Never where it was chosen within the day before: the letter that asks had no moment to leave.
    """
    ahead = starts_at - chosen_at
    return ahead > limits.RECONFIRM_AHEAD or (missed_before >= 2 and ahead > limits.REMINDER_DAY)


def awaits_answer(reconfirmed_at: datetime | None, starts_at: datetime, now: datetime) -> bool:
    """From a day before, the client is asked whether it still suits them, until they have said so."""
    return reconfirmed_at is None and starts_at - limits.REMINDER_DAY <= now < starts_at


def is_released_unless_reconfirmed(missed_before: int) -> bool:
    """The place goes back to others only for people who missed one before; everybody else keeps it."""
    return missed_before >= 1


def released_at(terms: Terms, chosen_at: datetime, starts_at: datetime, missed_before: int) -> datetime | None:
    """When the place goes back to others if nobody answers; None for those who keep it in any case. What was paid for
    is never given away by silence: its rule says what ends it."""
    is_at_stake = (
        terms.one_per_pair
        and is_released_unless_reconfirmed(missed_before)
        and needs_reconfirmation(chosen_at, starts_at, missed_before)
    )
    return starts_at - limits.RECONFIRM_BY if is_at_stake else None


def care(missed_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when free consultations pause after the third missed within 90 days; None while there is no pause."""
    recent = sorted(at for at in missed_at if at > now - limits.CARE_WINDOW - limits.CARE_PAUSE)
    for third in range(2, len(recent)):
        if recent[third] - recent[third - 2] <= limits.CARE_WINDOW and now < recent[third] + limits.CARE_PAUSE:
            return recent[third] + limits.CARE_PAUSE
    return None


def strikes_pause(strikes: Sequence[datetime], now: datetime) -> bool:
    """Three strikes within 90 days: no new free consultations until staff take one back, or one is older than that."""
    return sum(at > now - limits.STRIKE_WINDOW for at in strikes) >= limits.STRIKES_PAUSE


def rests(terms: Terms, strikes: Sequence[datetime], now: datetime) -> bool:
    """Whether strikes keep new bookings on these terms away."""
    return terms.rests_after_strikes and strikes_pause(strikes, now)


def is_strike(starts_at: datetime, now: datetime, *, emergency: bool, emergencies_this_year: int) -> bool:
    """A specialist who cancels within 24 hours gets one, unless it is one of two emergencies a year."""
    excused = emergency and emergencies_this_year < limits.EMERGENCIES_A_YEAR
    return is_short_notice(starts_at, now) and not excused


def is_short_notice(starts_at: datetime, now: datetime) -> bool:
    """Whether a specialist who cancels now, or offers other times of which none suits, does so within 24 hours."""
    return now > starts_at - limits.STRIKE_NOTICE


def proposal_lapses(starts_at: datetime, offered: Collection[datetime], now: datetime) -> datetime:
    """Other times stand for two days, but never beyond the start of the original, nor the last of themselves."""
    return min(now + limits.PROPOSAL_LASTS, starts_at, max(offered))


def claims_after_failure(earlier_failures: int) -> bool:
    """A broken call is repeated free of charge once; the second one of a pair counts."""
    return earlier_failures >= 1
