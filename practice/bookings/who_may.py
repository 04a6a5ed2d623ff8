"""This file knows what each side may do about an appointment at an instant, and why not: pages and actions ask it.

A button is shown where an answer is true; the action behind the button begins with `require()` of the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from practice.values.errors import Conflict, NotAllowed

from . import attended, limits, policy
from .errors import PracticeClosed, TooLate, TooOften
from .known import CHANGED, NOT_YOURS, ONES_OWN, YES, Answer, Contested, Known, Side, still
from .states import BookingState
from .terms import Refusal

__all__ = [
    "CHANGED",
    "NOT_ASKED",
    "NOT_PROPOSED",
    "YES",
    "Answer",
    "Contested",
    "Known",
    "Possible",
    "Side",
    "possible",
]

S = BookingState
NOT_PROPOSED = Answer(TooLate, "These times are not offered any more. Your appointment stands as it was.")
_TAKES_NOBODY = Answer(PracticeClosed, "This practice takes no appointments at the moment, so it keeps its time.")
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
        counts_from=policy.counts_from(known.terms, known.starts_at, known.is_public),
        cancel_counts=policy.cancelled_state(known.terms, known.starts_at, now, known.is_public) == S.LATE_RELEASED,
        moves_left=known.terms.moves - known.moves_used,
    )


# ---------------------------------------------------------------- while it is ahead


def _move(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if not known.is_ahead(now):
        return _FIXED
    if not known.is_public:
        return _TAKES_NOBODY
    if known.is_proposed(now):
        return YES
    if known.terms.cancel_rule.share_at(known.starts_at - now) < 100:
        return _MOVED_LATE
    if known.moves_used >= known.terms.moves:
        return Answer(TooLate, known.terms.moved_enough)
    if not known.terms.one_per_pair:
        return YES  # promised with what was paid, however much one buys in a day
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
    return _BEGUN[side] if now >= known.starts_at else still(known)


def _call_off(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.STAFF:
        return ONES_OWN
    if known.is_public:
        return Answer(NotAllowed, "This practice is open, so its appointments are the specialist’s to cancel.")
    return _BEGUN[Side.CLIENT] if now >= known.starts_at else still(known)


def _undo(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if not policy.may_undo(known.terms, known.confirmed_at, known.starts_at, now):
        return Answer(TooLate, known.terms.undone_too_late)
    return still(known)


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
    if not known.is_ahead(now):
        return _FIXED
    return YES if known.is_public else _TAKES_NOBODY


def _propose_times(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.SPECIALIST:
        return NOT_YOURS
    if not known.is_ahead(now):
        return Answer(TooLate, "Other times can be offered until the appointment begins.")
    if not known.is_public:
        return _TAKES_NOBODY
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
    if move.error in (TooOften, PracticeClosed):
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
_CHOSE = Answer(TooLate, "There is nothing left to choose here: the appointment’s page says what became of it.")
_NO_TIMES = Answer(TooLate, "Another time cannot be chosen here any more. What you paid comes back.")


def _choose_money(known: Known, side: Side, now: datetime) -> Answer:
    if side != Side.CLIENT:
        return NOT_YOURS
    if known.state != S.CANCELLED_BY_SPECIALIST:
        return _CHOSE  # it takes place, or has: what was paid is for that
    return YES if known.chooses_until is not None and now < known.chooses_until else _CHOSEN


def _choose_time(known: Known, side: Side, now: datetime) -> Answer:
    money = _choose_money(known, side, now)
    return _NO_TIMES if money and (known.has_ended or not known.is_public) else money


_ALL: tuple[Callable[[Known, Side, datetime], Answer], ...] = (
    *(attended.join, _move, _cancel, _undo, _reconfirm, _prepare, _take_proposed, _propose_times),
    *(_ask_times, _take_back_asked, _answer_asked, _choose_time, _choose_money),
    *(attended.complete, attended.say_missed, attended.say_broken, attended.agree_broken, attended.grant_again),
    *(attended.contest, attended.answer_contest, attended.decide_contest, _call_off),
)
# By the names that `Possible` has for them.
_RULES = {rule.__name__.removeprefix("_"): rule for rule in _ALL}
