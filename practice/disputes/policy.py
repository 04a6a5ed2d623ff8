"""This file knows who may do what about a dispute and until when, as decisions from values; all that is not of money
alone is in it too: a concern about conduct has no end date, and no price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from practice.bookings.errors import TooLate
from practice.bookings.states import CANCELLED, BookingState
from practice.bookings.who_may import Answer, Side
from practice.values.counts import in_days, in_hours, times
from practice.values.errors import Conflict, NotAllowed

from .states import DisputeState

OPENS_FOR = timedelta(days=7)  # after the end of the session
REPLY_WITHIN = timedelta(hours=72)
APPEAL_WITHIN = timedelta(days=14)
MOST_STATEMENTS = 5  # of each side
LONGEST = 2000  # of one of them, in characters
LONGEST_REASON = 1000  # of staff

S = DisputeState
YES = Answer()
# As long as nobody has decided for good, words are welcome.
UNDECIDED = frozenset({S.AWAITING_REPLY, S.IN_MEDIATION, S.APPEALED})
OPEN = frozenset(DisputeState) - {S.CLOSED}
AT_BANK = Answer(
    Conflict, "The card’s bank was asked for this money too. Until it has decided, nothing is decided here."
)
_NOT_YOURS = Answer(NotAllowed, "That is for somebody else to say.")
_OVER = Answer(Conflict, "This was decided in the meantime.")
_OWN = Answer(NotAllowed, "Somebody else has to decide about your own appointment.")


# ---------------------------------------------------------------- before there is one


@dataclass(frozen=True, kw_only=True)
class Session:
    """What decides whether something can be said about a session. Instants are UTC. `is_left`: of what was paid
    something has not come back; `at_bank`: the card holder's bank asks for it."""

    state: BookingState
    starts_at: datetime
    ends_at: datetime
    is_paid: bool = False
    is_left: bool = False
    is_contested: bool = False
    at_bank: bool = False
    is_disputed: bool = False
    is_reported: bool = False


def may_open(session: Session, now: datetime) -> Answer:
    """Whether its client can have staff look at its money."""
    if not session.is_paid:
        return Answer(Conflict, "Nothing was paid for this appointment, so there is nothing to give back.")
    if session.is_disputed:
        return Answer(Conflict, "You have told us about this session already.")
    if now < session.ends_at:
        return Answer(TooLate, "This can be said once the session is over.")
    if session.is_contested or session.state in (BookingState.CLIENT_MISSED, BookingState.SPECIALIST_MISSED):
        return Answer(Conflict, "Whether somebody was there is looked at on the page of the appointment.")
    if session.state not in (BookingState.CONFIRMED, BookingState.COMPLETED) or not session.is_left:
        return Answer(Conflict, "What comes back of this session is settled.")
    if session.at_bank:
        return AT_BANK
    if now > session.ends_at + OPENS_FOR:
        return Answer(TooLate, f"This can be said for {in_days(OPENS_FOR)} after the end of a session.")
    return YES


def may_report(session: Session, now: datetime) -> Answer:
    """Whether its client can tell how they were treated: of any appointment that began, at any time after."""
    if session.is_reported:
        return Answer(Conflict, "Our safety team has your words already, and answers you.")
    if now < session.starts_at or session.state in CANCELLED:
        return Answer(TooLate, "This can be said of an appointment that has begun.")
    return YES


# ---------------------------------------------------------------- once there is one


@dataclass(frozen=True, kw_only=True)
class Known:
    """A dispute with everything that decides about it. `percent`: what was decided, None for nothing; `deciders`: whose
    decision that was; `waits_for_second`: who decided and needs a second person, None for nobody."""

    state: DisputeState
    due_at: datetime | None = None
    at_bank: bool = False
    percent: int | None = None
    deciders: frozenset[int] = frozenset()
    waits_for_second: int | None = None
    accepted: frozenset[Side] = frozenset()
    statements: Mapping[Side, int] = field(default_factory=dict)


def may_say(known: Known, side: Side) -> Answer:
    """Words of either side, as long as nobody has decided."""
    if side == Side.STAFF:
        return _NOT_YOURS
    if known.state not in UNDECIDED:
        return _OVER
    if known.statements.get(side, 0) >= MOST_STATEMENTS:
        return Answer(Conflict, f"Each side can write {times(MOST_STATEMENTS)}, and you have. A person reads it all.")
    return YES


def may_withdraw(known: Known, side: Side) -> Answer:
    """Its client takes it back."""
    if side != Side.CLIENT:
        return _NOT_YOURS
    return YES if known.state in (S.AWAITING_REPLY, S.IN_MEDIATION) else _OVER


def may_give_all(known: Known, side: Side) -> Answer:
    """Its specialist gives all of it back."""
    if side != Side.SPECIALIST:
        return _NOT_YOURS
    if known.at_bank:
        return AT_BANK
    return YES if known.state in OPEN else _OVER


def may_appeal(known: Known, side: Side, now: datetime) -> Answer:
    """Whoever has something to gain by it, once: another person looks."""
    if known.state != S.DECIDED or side in known.accepted:
        return _OVER
    if side not in _appealing(known):
        return _NOT_YOURS
    if known.due_at is not None and now > known.due_at and not known.at_bank:
        return Answer(TooLate, f"This can be said for {in_days(APPEAL_WITHIN)} after a decision.")
    return YES


def others_until(known: Known, now: datetime) -> datetime | None:
    """Until when (UTC) one of the sides can still ask another person, and the money stays; None once nobody can."""
    if known.due_at is None or known.due_at < now:
        return None
    return known.due_at if any(may_appeal(known, each, now) for each in (Side.CLIENT, Side.SPECIALIST)) else None


def may_accept(known: Known, side: Side) -> Answer:
    """Whoever could ask another person says that they do not."""
    if known.state != S.DECIDED or side in known.accepted:
        return _OVER
    return YES if side in _appealing(known) else _NOT_YOURS


def _appealing(known: Known) -> frozenset[Side]:
    """A client who gets all back has nothing to ask for, nor a specialist who keeps all."""
    if known.percent is None:
        return frozenset()
    client = {Side.CLIENT} if known.percent < 100 else set()
    return frozenset(client | ({Side.SPECIALIST} if known.percent > 0 else set()))


def may_decide(known: Known, side: Side, person_id: int) -> Answer:
    """One of the staff, who is neither side of it; after an appeal, somebody who had no part in the first decision."""
    if side != Side.STAFF:
        return _OWN
    if known.state not in UNDECIDED:
        return _OVER
    if known.at_bank:
        return AT_BANK
    if known.state == S.AWAITING_REPLY:
        return Answer(Conflict, f"The specialist has {in_hours(REPLY_WITHIN)} to answer; it can be decided after that.")
    if known.waits_for_second is not None:
        return Answer(Conflict, "A decision waits for a second person already.")
    if known.state == S.APPEALED and person_id in known.deciders:
        return Answer(NotAllowed, "You decided the first time, so somebody else decides now.")
    return YES


def may_second(known: Known, side: Side, person_id: int) -> Answer:
    """The second of two people, who is none of those before."""
    if side != Side.STAFF:
        return _OWN
    if known.waits_for_second is None or known.state not in UNDECIDED:
        return _OVER
    if known.at_bank:
        return AT_BANK
    if person_id == known.waits_for_second:
        return Answer(NotAllowed, "You decided this, so somebody else has to agree.")
    if known.state == S.APPEALED and person_id in known.deciders:
        return Answer(NotAllowed, "You decided the first time, so somebody else agrees now.")
    return YES


def may_decline(known: Known, side: Side) -> Answer:
    """Whoever decided thinks again, or a second person does not agree."""
    if side != Side.STAFF:
        return _OWN
    return YES if known.waits_for_second is not None else _OVER


# ---------------------------------------------------------------- by the clock


def is_silent(known: Known, now: datetime) -> bool:
    """The time to answer is over; while a bank is asked no clock runs."""
    return known.state == S.AWAITING_REPLY and not known.at_bank and known.due_at is not None and now >= known.due_at


def is_final(known: Known, now: datetime) -> bool:
    """Nobody can ask another person any more, or nobody who could wants to."""
    if known.state != S.DECIDED or known.at_bank:
        return False
    is_over = known.due_at is not None and now > known.due_at
    return is_over or known.accepted >= _appealing(known)


def runs(state: DisputeState) -> timedelta | None:
    """How long the clock of this state runs; None where there is none."""
    return {S.AWAITING_REPLY: REPLY_WITHIN, S.DECIDED: APPEAL_WITHIN}.get(state)
