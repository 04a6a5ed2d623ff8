"""This file knows the rules of deciding after a consultation: what answers come to, who may answer, who is reminded.

Pure: from plain values and an instant (UTC) to an outcome, an answer with its sentence, or an instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from practice.bookings.who_may import CHANGED, YES, Answer
from practice.values.counts import in_days
from practice.values.errors import Conflict, NotAllowed

from .states import CHOICES, ENDED, NO, UNDECIDED, Choice, Outcome, Party

# From the end of the call on, or from when it was settled that it took place.
PROMISED = timedelta(hours=24)  # the client is told that there is an answer by then
NUDGE = timedelta(hours=20)
OVERDUE = timedelta(hours=72)
LAPSES = timedelta(days=14)
# Nobody is reminded of something older than this, also where no worker ran for a while.
STILL_NEWS = timedelta(days=3)
SETTLED_LATE = timedelta(hours=25)
FURTHEST_REVISIT = timedelta(days=14)
LINK_LASTS = LAPSES
# A "no" is told to others a few minutes later, so that a slip is taken back without a word.
SECOND_THOUGHTS = timedelta(minutes=10)
MOST_SUGGESTED = 3
LONGEST_REASON = 2000
LONGEST_HANDOVER = 1500


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known about one consultation: whether it took place and until when its time ran, the answers of all and
    whose is only minutes old, what became of the wish to open it again (`asks_again` waits, `declined_again` was
    refused)."""

    is_over: bool
    opened_at: datetime
    answers: Mapping[Party, Choice] = field(default_factory=dict)
    just_now: frozenset[Party] = frozenset()
    is_couple: bool = False
    has_paid: bool = False
    has_left: bool = False
    asks_again: bool = False
    declined_again: bool = False


def opened_at(ends_at: datetime, settled_at: datetime | None, again_at: datetime | None) -> datetime:
    """From when on the days are counted: the end of the call; where it was settled much later that it took place, then;
    where it was opened again, from there."""
    if again_at is not None:
        return again_at
    return settled_at if settled_at is not None and settled_at > ends_at + SETTLED_LATE else ends_at


def parties(known: Known) -> tuple[Party, ...]:
    """Everybody who has to say yes."""
    return tuple(Party) if known.is_couple else (Party.CLIENT, Party.SPECIALIST)


def outcome(known: Known, now: datetime) -> Outcome:
    """What all answers come to at `now`: a yes of everybody goes on, one no ends it, silence lapses."""
    if not known.is_over:
        return Outcome.NOT_YET
    if (ended := _ended(known)) is not None:
        return ended
    if known.has_left:
        return Outcome.GONE
    if all(known.answers.get(each) == Choice.YES for each in parties(known)):
        return Outcome.CONTINUE
    if now >= known.opened_at + LAPSES:
        return Outcome.LAPSED
    return _who_waits(known)


def _ended(known: Known) -> Outcome | None:
    by_specialist = known.answers.get(Party.SPECIALIST)
    by_clients = any(known.answers.get(each) in NO for each in parties(known) if each != Party.SPECIALIST)
    if by_specialist in NO:
        if by_clients:
            return Outcome.ENDED_MUTUALLY
        return Outcome.REFERRED if by_specialist == Choice.REFER else Outcome.ENDED_BY_SPECIALIST
    return Outcome.ENDED_BY_CLIENT if by_clients else None


def _who_waits(known: Known) -> Outcome:
    """Nobody has said no, and somebody has not said yes."""
    if known.answers.get(Party.SPECIALIST) == Choice.YES:
        return Outcome.SPECIALIST_DECIDED
    clients = [each for each in parties(known) if each != Party.SPECIALIST]
    is_decided = all(known.answers.get(each) == Choice.YES for each in clients)
    return Outcome.CLIENT_DECIDED if is_decided else Outcome.OPEN


# ---------------------------------------------------------------- who may do what, until when

_TOO_EARLY = Answer(Conflict, "Your talk is not over yet. Afterwards you can answer here, in your own time.")
_PAID = Answer(Conflict, "A session is booked by now, so this answer stays as it is. You can stop after any session.")
_GONE = Answer(Conflict, "This practice is closed, so there is nothing to decide any more.")
_LAPSED = Answer(Conflict, f"Nobody had decided within {in_days(LAPSES)}, so this has come to its end.")
_ENDED = Answer(Conflict, "This has come to its end. It can be opened again if both of you would like that.")
_NOT_ASKED = Answer(Conflict, "Nobody asks to open this again.")
_ASKED_ALREADY = Answer(Conflict, "You have asked already, and hear from us.")
_JUST_NOW = Answer(Conflict, "You can still change your answer yourself, so there is nothing to ask for.")
_NO_COUPLE = Answer(Conflict, "This talk was with you alone.")
_NOBODY_ASKED = Answer(
    Conflict,
    f"{in_days(LAPSES).capitalize()} have passed, so your client is not asked any more. They can ask to open it again.",
)
_STAYS = Answer(Conflict, "Your answer stays as it is now.")
_NOT_YOURS = Answer(NotAllowed, "That is not yours to answer.")


def may_answer(known: Known, party: Party, now: datetime) -> Answer:
    """Whether `party` may answer now, or change what they said: until something is paid for, while it has not ended.

    A specialist who said no may think again, since nothing follows from their yes but what the client then chooses. A
    client who said no asks first (`may_ask_again`), unless it was only minutes ago. Who had not answered when somebody
    else ended it still may: nobody is refused who says no as well.
    """
    if party == Party.PARTNER and not known.is_couple:
        return _NOT_YOURS
    if known.has_paid:
        # What the client booked since is nobody else's on their side to know.
        return _STAYS if party == Party.PARTNER else _PAID
    found = outcome(known, now)
    if found in ENDED and (party in known.just_now or not has_decided(known, party)):
        return YES
    if found in (Outcome.ENDED_BY_SPECIALIST, Outcome.REFERRED) and party == Party.SPECIALIST:
        return YES
    refusals = {Outcome.NOT_YET: _TOO_EARLY, Outcome.GONE: _GONE, Outcome.LAPSED: _LAPSED}
    return _ENDED if found in ENDED else refusals.get(found, YES)


def may_choose(known: Known, party: Party, choice: Choice, now: datetime) -> Answer:
    """Whether this is one of the answers that `party` has. A specialist's no stands once the days are over in which
    their client could answer, unless all wait for nothing but their yes."""
    if choice not in CHOICES[party]:
        return CHANGED
    is_back = party == Party.SPECIALIST and known.answers.get(party) in NO and choice not in NO
    others = [known.answers.get(each) for each in parties(known) if each != party]
    goes_on = choice == Choice.YES and all(each == Choice.YES for each in others)
    return _NOBODY_ASKED if is_back and not goes_on and now >= known.opened_at + LAPSES else YES


def may_ask_again(known: Known, now: datetime) -> Answer:
    """Whether the client may ask to open it again: once it has ended or lapsed, and the specialist did not decline that
    before."""
    if known.has_paid:
        return _PAID
    if known.asks_again:
        return _ASKED_ALREADY
    if known.answers.get(Party.CLIENT) in NO and may_answer(known, Party.CLIENT, now):
        return _JUST_NOW
    if known.declined_again or known.has_left:
        return _ENDED if known.declined_again else _GONE
    may = outcome(known, now) in (Outcome.ENDED_BY_CLIENT, Outcome.ENDED_BY_SPECIALIST, Outcome.ENDED_MUTUALLY)
    return YES if may or outcome(known, now) == Outcome.LAPSED else _NOT_ASKED


def may_open_again(known: Known) -> Answer:
    """Whether the specialist has a wish to answer."""
    return YES if known.asks_again else _NOT_ASKED


def may_go_alone(known: Known, now: datetime) -> Answer:
    """Whether the client may go on without the partner: the specialist is then asked anew."""
    if not known.is_couple:
        return _NO_COUPLE
    if known.has_paid:
        return _PAID
    found = outcome(known, now)
    by_partner = found == Outcome.ENDED_BY_CLIENT and known.answers.get(Party.CLIENT) not in NO
    return YES if found in UNDECIDED or by_partner else _ENDED


def may_invite(known: Known, now: datetime) -> Answer:
    """Whether the client may make a link for the partner."""
    if not known.is_couple:
        return _NO_COUPLE
    return YES if outcome(known, now) in (*UNDECIDED, Outcome.NOT_YET) else _ENDED


# ---------------------------------------------------------------- what either side sees of the other


def sees_others(known: Known, party: Party) -> bool:
    """Whether they are told "decided" or "not yet" of the others: never before their own answer."""
    return known.answers.get(party) not in (None, Choice.NEED_TIME)


def has_decided(known: Known, party: Party) -> bool:
    """Whether somebody has said more than that they need time."""
    return known.answers.get(party) not in (None, Choice.NEED_TIME)


# ---------------------------------------------------------------- when who is reminded


def is_due(known: Known, after: timedelta, now: datetime) -> bool:
    """Whether that long after the beginning has come, and not so long ago that it would be no news any more."""
    return known.opened_at + after <= now < known.opened_at + after + STILL_NEWS


def awaits_specialist(known: Known, now: datetime) -> bool:
    """Whether it is the specialist's turn."""
    return outcome(known, now) in (Outcome.OPEN, Outcome.CLIENT_DECIDED)


def wants_nudge(known: Known, now: datetime) -> bool:
    """Whether the specialist is reminded now: 20 hours after the end, unless they asked for more time themselves."""
    is_silent = Party.SPECIALIST not in known.answers
    return is_silent and awaits_specialist(known, now) and is_due(known, NUDGE, now)


def is_overdue(known: Known, now: datetime) -> bool:
    """Whether the client has waited for 72 hours: they are told honestly, and are free to talk to others."""
    return awaits_specialist(known, now) and now >= known.opened_at + OVERDUE


def has_lapsed_on_a_yes(known: Known, now: datetime) -> bool:
    """Whether somebody who wanted to go on is owed a word: it lapsed because the specialist never answered."""
    return (
        outcome(known, now) == Outcome.LAPSED
        and known.answers.get(Party.CLIENT) == Choice.YES
        and not has_decided(known, Party.SPECIALIST)
    )


def revisit_on(chosen: date | None, today: date) -> date:
    """The day on which somebody who needs time is reminded once: their own choice, else a week from now."""
    furthest = today + FURTHEST_REVISIT
    return min(max(chosen or today + timedelta(days=7), today + timedelta(days=1)), furthest)
