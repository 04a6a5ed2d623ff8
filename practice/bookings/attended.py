"""This file knows what each side may say of an appointment once it begins: that it took place or not, and against what
the other side said.

Who came to the door, and when, is evidence and no proof: people meet by phone and in person, and a link that was
opened says of no call that it worked. So it stands in the way of one side's last word, and decides nothing by itself.
"""

from __future__ import annotations

from datetime import datetime

from practice.values.counts import in_days, in_hours, in_minutes
from practice.values.errors import Conflict, NotAllowed

from . import limits, policy
from .errors import TooLate
from .known import CHANGED, NOT_YOURS, ONES_OWN, YES, Answer, Known, Side, still
from .states import BookingState

S = BookingState

_DOOR = Answer(TooLate, f"The door opens {in_minutes(limits.JOIN_OPENS)} before the start, and closes with the end.")


def join(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    is_open = known.is_confirmed and policy.may_join(known.starts_at, known.ends_at, now)
    return YES if is_open else _DOOR


_NOT_OVER = Answer(
    TooLate,
    f"That can be said once it is over; {in_minutes(limits.SPECIALIST_MISSED_AFTER)} after the start where both have "
    "come to the door.",
)


def complete(known: Known, side: Side, now: datetime) -> Answer:
    """Once it is over. Before that where both came, and for as long as their client could still say that nobody did."""
    if side != Side.SPECIALIST:
        return NOT_YOURS
    both_came = known.joined_client_at is not None and known.joined_specialist_at is not None
    from_ = known.starts_at + limits.SPECIALIST_MISSED_AFTER if both_came else known.ends_at
    return _NOT_OVER if now < from_ else still(known)


_FROM, _AFTER = "That can be said from", "after the start"
_CLIENT_IS_THERE = (
    f"{_FROM} {in_minutes(limits.CLIENT_MISSED_AFTER)} {_AFTER}, for {in_days(limits.MISSED_WINDOW, one='a')}."
)
_OTHER_IS_THERE = f"{_FROM} {in_minutes(limits.SPECIALIST_MISSED_AFTER, digits=True)} {_AFTER}"
_CAME = Answer(
    Conflict,
    "Your client came to the door, and there is no record that you did in time. If the call did not work, say that.",
)
_UNTIL = f"from the start until {in_days(limits.TECH_WINDOW, one='a')} after the end"


def say_missed(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    if side == Side.SPECIALIST:
        if not policy.may_mark_client_missed(known.starts_at, now):
            return Answer(TooLate, _CLIENT_IS_THERE)
        if policy.came_alone(known.starts_at, known.joined_client_at, known.joined_specialist_at):
            return _CAME
    elif not policy.may_mark_specialist_missed(known.starts_at, known.joined_specialist_at, now):
        return Answer(TooLate, f"{_OTHER_IS_THERE}, if the specialist has not joined.")
    return still(known)


def say_broken(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    if not policy.may_report_technical(known.starts_at, known.ends_at, now):
        return Answer(TooLate, f"A technical problem can be reported {_UNTIL}.")
    if known.contest is not None or known.is_held_up:
        return Answer(TooLate, "Somebody looks at this appointment, or has done so: what they decide stands.")
    return YES if known.state in (S.CONFIRMED, S.COMPLETED) else CHANGED


def agree_broken(known: Known, side: Side, _now: datetime) -> Answer:
    if known.broken_by is None or known.contest is not None:
        return Answer(Conflict, "Nobody asks you about this any more.")
    return YES if _OTHER[known.broken_by] == side else NOT_YOURS


def grant_again(known: Known, side: Side, _now: datetime) -> Answer:
    if side != Side.SPECIALIST:
        return NOT_YOURS
    is_used_up = known.claims_pair and not known.is_confirmed
    unused = f"This {known.terms.called} is not used up, so there is nothing to give again."
    return YES if is_used_up else Answer(Conflict, unused)


# ---------------------------------------------------------------- "it was not like that"

# Whoever was marked as not there may say otherwise.
_MARKED = {S.CLIENT_MISSED: Side.CLIENT, S.SPECIALIST_MISSED: Side.SPECIALIST}
_OTHER = {Side.CLIENT: Side.SPECIALIST, Side.SPECIALIST: Side.CLIENT}


def _who_contests(known: Known) -> Side | None:
    """Of a paid call that did not work, who has not said so; of one that took place by its specialist's word alone, its
    client, unless somebody looks at its money already."""
    if known.broken_by is not None:
        return _OTHER[known.broken_by]
    if known.state == S.COMPLETED:
        is_their_word = known.marked_by == Side.SPECIALIST and not known.is_held_up
        return Side.CLIENT if is_their_word or known.contest is not None else None
    return _MARKED.get(known.state)


def contest(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    who = _who_contests(known)
    if who is None or known.marked_at is None or not policy.may_contest(known.marked_at, now):
        return Answer(TooLate, f"This can be contested for {in_hours(limits.CONTEST_WINDOW)} after it was marked.")
    if known.contest is not None:
        return Answer(Conflict, "We have your words already, and will answer you.")
    return YES if who == side else NOT_YOURS


def answer_contest(known: Known, side: Side, _now: datetime) -> Answer:
    if known.contest is None or side in (Side.STAFF, known.contest.by):
        return Answer(NotAllowed, "The other side of this appointment answers.")
    is_awaited = known.contest.is_open and known.contest.answered_at is None
    return YES if is_awaited else Answer(Conflict, "We have both sides already, and answer you.")


def decide_contest(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.STAFF:
        return ONES_OWN
    if known.contest is None or not known.contest.is_open:
        return Answer(Conflict, "This was decided already.")
    is_heard = policy.is_heard(known.contest.opened_at, known.contest.answered_at, now)
    unheard = f"The other side has not answered yet: they have {in_hours(limits.ANSWER_WINDOW)} from the first word."
    return YES if is_heard else Answer(Conflict, unheard)
