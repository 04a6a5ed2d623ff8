"""This file knows what each side may do about an appointment at an instant, and why not: pages and actions ask it.

A button is shown where an answer is true; the action behind the button begins with `require()` of the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from practice.values.counts import in_days, in_hours, in_minutes
from practice.values.errors import Conflict, IllegalMove, NotAllowed, Problem

from . import limits, policy
from .errors import TooLate, TooOften
from .states import BookingState
from .terms import Refusal, Terms

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

    `broken_by` said that a paid call did not work, and the other side is asked. `is_held_up`: somebody looks at its
    money already. Other times are offered `proposed_until`; whom it was cancelled on chooses until `chooses_until`.
    """

    terms: Terms
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    confirmed_at: datetime | None
    reconfirmed_at: datetime | None
    moves_used: int
    claims_pair: bool
    joined_specialist_at: datetime | None
    is_public: bool
    proposed_until: datetime | None = None
    asked_until: datetime | None = None
    chooses_until: datetime | None = None
    marked_at: datetime | None = None
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
CHANGED = Answer(IllegalMove, "This appointment has changed in the meantime, so that is no longer possible.")
NOT_PROPOSED = Answer(TooLate, "These times are not offered any more. Your appointment stands as it was.")
_FIXED = Answer(TooLate, "This appointment cannot be moved any more.")
_MOVED_LATE = Answer(
    TooLate, "The time in which you can move it yourself is over. You can still ask your specialist for another."
)
_PROPOSED_TOO_OFTEN = Answer(TooOften, policy.PROPOSED_TOO_OFTEN)


@dataclass(frozen=True, kw_only=True)
class Possible:
    """What one side may do about one booking at one instant, and the facts that stand beside those buttons.

    `say_missed`: that the other side is not there. `awaits_answer`: they were asked whether they still
    come, and have not said.
    `cancel_counts`: cancelled now it uses up the pair's one, or has its price; not before `counts_from`.
    """

    join: Answer
    move: Answer
    cancel: Answer
    undo: Answer
    reconfirm: Answer
    prepare: Answer
    take_proposed: Answer
    propose_times: Answer
    ask_times: Answer
    take_back_asked: Answer
    answer_asked: Answer
    choose_time: Answer
    choose_money: Answer
    complete: Answer
    say_missed: Answer
    say_broken: Answer
    agree_broken: Answer
    contest: Answer
    answer_contest: Answer
    grant_again: Answer
    decide_contest: Answer
    call_off: Answer
    awaits_answer: bool
    undo_until: datetime | None
    door_opens: datetime
    counts_from: datetime
    cancel_counts: bool
    moves_left: int


def possible(known: Known, side: Side, now: datetime) -> Possible:
    """The same for `side` at `now` (UTC)."""
    answers = {name: rule(known, side, now) for name, rule in _RULES.items()}
    undo_until = policy.undo_until(known.terms, known.confirmed_at or now, known.starts_at)
    return Possible(
        **answers,
        awaits_answer=known.is_ahead(now) and policy.awaits_answer(known.reconfirmed_at, known.starts_at, now),
        undo_until=undo_until if answers["undo"] else None,
        door_opens=known.starts_at - limits.JOIN_OPENS,
        counts_from=policy.counts_from(known.terms, known.starts_at),
        cancel_counts=policy.cancelled_state(known.terms, known.starts_at, now) == S.LATE_RELEASED,
        moves_left=known.terms.moves - known.moves_used,
    )


# ---------------------------------------------------------------- while it is ahead


def _move(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if not known.is_ahead(now):
        return _FIXED
    if known.is_proposed(now):
        return YES
    if known.terms.cancel_rule.share_at(known.starts_at - now) < 100:
        return _MOVED_LATE
    if known.moves_used >= known.terms.moves:
        return Answer(TooLate, known.terms.moved_enough)
    if known.changes_today is None or known.changes_today >= limits.MOST_CHANGES_A_DAY:
        return Answer(TooOften, known.terms.sentences[Refusal.TOO_OFTEN])
    return YES


_BEGUN = {
    Side.CLIENT: Answer(TooLate, "This appointment has begun, so it cannot be cancelled any more."),
    Side.SPECIALIST: Answer(TooLate, "This appointment has begun. Say what happened instead."),
}


def _cancel(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    return _BEGUN[side] if now >= known.starts_at else _still(known)


def _call_off(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.STAFF:
        return _ONES_OWN
    if known.is_public:
        return Answer(NotAllowed, "This practice is open, so its appointments are the specialist’s to cancel.")
    return _BEGUN[Side.CLIENT] if now >= known.starts_at else _still(known)


def _undo(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if not policy.may_undo(known.terms, known.confirmed_at, known.starts_at, now):
        return Answer(TooLate, known.terms.undone_too_late)
    return _still(known)


def _reconfirm(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    return YES if known.is_ahead(now) else Answer(TooLate, "This appointment cannot be confirmed any more.")


def _prepare(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    is_there = known.is_confirmed and now < known.ends_at
    return YES if is_there else Answer(TooLate, "This appointment is over, so nothing more is kept for it.")


def _take_proposed(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if not known.is_proposed(now):
        return NOT_PROPOSED
    return YES if known.is_ahead(now) else _FIXED


def _propose_times(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.SPECIALIST:
        return NOT_YOURS
    if not known.is_ahead(now):
        return Answer(TooLate, "Other times can be offered until the appointment begins.")
    is_often = known.proposals_today is None or known.proposals_today >= limits.MOST_PROPOSALS_A_DAY
    return _PROPOSED_TOO_OFTEN if is_often else YES


_ASKED_TOO_OFTEN = Answer(TooOften, policy.ASKED_TOO_OFTEN)
NOT_ASKED = Answer(TooLate, "This is not asked for any more. The appointment stands as it was.")


def _ask_times(known: Known, side: Side, now: datetime) -> Answer:
    """Ask the specialist for another time, where one may not take it oneself any more."""
    if side != Side.CLIENT:
        return NOT_YOURS
    move = _move(known, side, now)
    if move or known.terms.shares_a_time or not known.is_ahead(now):
        return Answer(Conflict, "You can move it yourself.") if move else _FIXED
    if move.error is TooOften:
        return move
    is_often = known.proposals_today is None or known.proposals_today >= limits.MOST_PROPOSALS_A_DAY
    return _ASKED_TOO_OFTEN if is_often else YES


def _take_back_asked(known: Known, side: Side, now: datetime) -> Answer:
    asked = YES if known.is_asked(now) else NOT_ASKED
    return asked if side == Side.CLIENT else NOT_YOURS


def _answer_asked(known: Known, side: Side, now: datetime) -> Answer:
    asked = YES if known.is_asked(now) else NOT_ASKED
    return asked if side == Side.SPECIALIST else NOT_YOURS


# ---------------------------------------------------------------- the specialist cancelled what was paid

_CHOSEN = Answer(TooLate, "There is nothing left to choose here: what was paid comes back, or has come back.")
_NO_TIMES = Answer(TooLate, "This practice takes no appointments at the moment. What you paid comes back.")


def _choose_money(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    return YES if known.chooses_until is not None and now < known.chooses_until else _CHOSEN


def _choose_time(known: Known, side: Side, now: datetime) -> Answer:
    money = _choose_money(known, side, now)
    return _NO_TIMES if money and not known.is_public else money


# ---------------------------------------------------------------- once it begins


_DOOR = Answer(TooLate, f"The door opens {in_minutes(limits.JOIN_OPENS)} before the start, and closes with the end.")


def _join(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    is_open = known.is_confirmed and policy.may_join(known.starts_at, known.ends_at, now)
    return YES if is_open else _DOOR


def _complete(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.SPECIALIST:
        return NOT_YOURS
    return Answer(TooLate, "It has not begun yet.") if now < known.starts_at else _still(known)


_FROM, _AFTER = "That can be said from", "after the start"
_CLIENT_IS_THERE = (
    f"{_FROM} {in_minutes(limits.CLIENT_MISSED_AFTER)} {_AFTER}, for {in_days(limits.MISSED_WINDOW, one='a')}."
)
_OTHER_IS_THERE = f"{_FROM} {in_minutes(limits.SPECIALIST_MISSED_AFTER, digits=True)} {_AFTER}"
_UNTIL = f"from the start until {in_days(limits.TECH_WINDOW, one='a')} after the end"


def _say_missed(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    if side == Side.SPECIALIST:
        if not policy.may_mark_client_missed(known.starts_at, now):
            return Answer(TooLate, _CLIENT_IS_THERE)
    elif not policy.may_mark_specialist_missed(known.starts_at, known.joined_specialist_at, now):
        return Answer(TooLate, f"{_OTHER_IS_THERE}, if the specialist has not joined.")
    return _still(known)


def _say_broken(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    if not policy.may_report_technical(known.starts_at, known.ends_at, now):
        return Answer(TooLate, f"A technical problem can be reported {_UNTIL}.")
    if known.contest is not None or known.is_held_up:
        return Answer(TooLate, "Somebody looks at this appointment, or has done so: what they decide stands.")
    return YES if known.state in (S.CONFIRMED, S.COMPLETED) else CHANGED


def _agree_broken(known: Known, side: Side, _now: datetime) -> Answer:
    if known.broken_by is None or known.contest is not None:
        return Answer(Conflict, "Nobody asks you about this any more.")
    return YES if _OTHER[known.broken_by] == side else NOT_YOURS


def _grant_again(known: Known, side: Side, _now: datetime) -> Answer:
    if side != Side.SPECIALIST:
        return NOT_YOURS
    is_used_up = known.claims_pair and not known.is_confirmed
    unused = f"This {known.terms.called} is not used up, so there is nothing to give again."
    return YES if is_used_up else Answer(Conflict, unused)


# ---------------------------------------------------------------- "it was not like that"

# Whoever was marked as not there may say otherwise, and of a paid call that did not work who has not said so.
_MARKED = {S.CLIENT_MISSED: Side.CLIENT, S.SPECIALIST_MISSED: Side.SPECIALIST}
_OTHER = {Side.CLIENT: Side.SPECIALIST, Side.SPECIALIST: Side.CLIENT}
_ONES_OWN = Answer(NotAllowed, "Somebody else has to decide about your own appointment.")


def _contest(known: Known, side: Side, now: datetime) -> Answer:
    if side == Side.STAFF:
        return NOT_YOURS
    who = _OTHER[known.broken_by] if known.broken_by else _MARKED.get(known.state)
    if who is None or known.marked_at is None or not policy.may_contest(known.marked_at, now):
        return Answer(TooLate, f"This can be contested for {in_hours(limits.CONTEST_WINDOW)} after it was marked.")
    if known.contest is not None:
        return Answer(Conflict, "We have your words already, and will answer you.")
    return YES if who == side else NOT_YOURS


def _answer_contest(known: Known, side: Side, _now: datetime) -> Answer:
    if known.contest is None or side in (Side.STAFF, known.contest.by):
        return Answer(NotAllowed, "The other side of this appointment answers.")
    is_awaited = known.contest.is_open and known.contest.answered_at is None
    return YES if is_awaited else Answer(Conflict, "We have both sides already, and answer you.")


def _decide_contest(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.STAFF:
        return _ONES_OWN
    if known.contest is None or not known.contest.is_open:
        return Answer(Conflict, "This was decided already.")
    is_heard = policy.is_heard(known.contest.opened_at, known.contest.answered_at, now)
    unheard = f"The other side has not answered yet: they have {in_hours(limits.ANSWER_WINDOW)} from the first word."
    return YES if is_heard else Answer(Conflict, unheard)


def _still(known: Known) -> Answer:
    return YES if known.is_confirmed else CHANGED


_ALL: tuple[Callable[[Known, Side, datetime], Answer], ...] = (
    *(_join, _move, _cancel, _undo, _reconfirm, _prepare, _take_proposed, _propose_times),
    *(_ask_times, _take_back_asked, _answer_asked, _choose_time, _choose_money),
    *(_complete, _say_missed, _say_broken, _agree_broken, _grant_again, _call_off),
    *(_contest, _answer_contest, _decide_contest),
)
# By the names that `Possible` has for them.
_RULES = {rule.__name__.removeprefix("_"): rule for rule in _ALL}
