"""This file knows how many, how long and how late in the contact room, and who may do what with a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.bookings.who_may import YES, Answer
from practice.moderation.policy import HELD
from practice.values.counts import in_days
from practice.values.errors import Conflict, NotAllowed, TooMany

from .states import WITH_US, Category, TicketState

LONGEST = 3000  # of one message, in characters
LONGEST_REFERENCE = 40
MOST_OPEN = 10  # tickets of one person that are not over
MOST_A_DAY = 30  # messages of one person in 24 hours
# How long an answer takes is said from so many of the last ones.
LOOKED_AT = 50
CLOSES_AFTER = timedelta(days=14)  # an answer that nobody writes under
CLOSES_UNHEARD = timedelta(days=30)  # a question of ours that nobody answers
REOPENS_WITHIN = timedelta(days=30)

# The desk's order; within it the longest wait first.
RANK = {
    Category.SAFETY: 1,
    Category.COMPLAINT: 2,
    Category.BOOKING: 3,
    Category.PAYMENT: 3,
    Category.ACCOUNT: 3,
    Category.PRESS: 4,
}
# By then the desk shows it as late; of safety only hours count in which somebody is there.
LATE_AFTER = {1: timedelta(hours=1), 2: timedelta(hours=24), 3: timedelta(hours=24), 4: timedelta(days=5)}
# Nobody's words about these are laid aside unanswered.
NEVER_UNANSWERED = frozenset({Category.SAFETY, Category.COMPLAINT})

S = TicketState
_CLOSED = Answer(Conflict, "This was closed in the meantime.")
_UNANSWERED = Answer(Conflict, "Somebody waits for an answer to this. Answer it, then close it.")


@dataclass(frozen=True, kw_only=True)
class Known:
    """A ticket as the rules see it; instants are UTC."""

    state: TicketState
    category: Category
    is_answered: bool = False
    waits: bool = False
    closed_at: datetime | None = None
    claimed_by: int | None = None
    claimed_until: datetime | None = None


def may_open(open_ones: int, today: int, *, is_ours: bool) -> Answer:
    """Whether somebody may write to us now."""
    if is_ours:
        return Answer(NotAllowed, "This account has our own address. Write to us from one of yours.")
    if open_ones >= MOST_OPEN:
        return Answer(TooMany, f"{MOST_OPEN} of your messages are open. Please add to one of them.")
    return may_write(today)


def may_write(today: int) -> Answer:
    """Whether somebody has not written more in a day than people can read."""
    enough = f"You have written {MOST_A_DAY} messages since yesterday. We read all of them; please go on tomorrow."
    return Answer(TooMany, enough) if today >= MOST_A_DAY else YES


def may_reply(known: Known, now: datetime) -> Answer:
    """Whether its person may write more in it; what was closed opens again for a while."""
    if known.closed_at is not None and now > known.closed_at + REOPENS_WITHIN:
        return Answer(Conflict, f"This was closed more than {in_days(REOPENS_WITHIN)} ago. Please write to us anew.")
    return YES


def after_reply(state: TicketState) -> TicketState:
    """Where a ticket stands once its person has written in it."""
    if state in WITH_US:
        return state
    return S.REOPENED if state == S.CLOSED else S.OPEN


def may_settle(known: Known) -> Answer:
    """Whether its person may say that it is settled."""
    return YES if known.state != S.CLOSED else _CLOSED


def is_with_colleague(claimed_by: int | None, claimed_until: datetime | None, now: datetime, *, by: int) -> bool:
    """Whether somebody else of the staff has it in hand."""
    return claimed_by not in (None, by) and claimed_until is not None and now < claimed_until


def may_handle(known: Known, now: datetime, *, by: int) -> Answer:
    """Whether one of the staff may take, answer, move or close it now."""
    if is_with_colleague(known.claimed_by, known.claimed_until, now, by=by):
        return Answer(Conflict, HELD)
    return YES


def may_answer(known: Known, now: datetime, *, by: int) -> Answer:
    """Whether one of the staff may answer; what is closed stays so until its person writes again."""
    return may_handle(known, now, by=by) if known.state != S.CLOSED else _CLOSED


def may_close(known: Known, now: datetime, *, by: int | None) -> Answer:
    """Whether staff, or time alone (`by` None), may close it: nothing before its first answer, and of safety and
    complaints nothing that still waits."""
    if known.state == S.CLOSED:
        return _CLOSED
    if not known.is_answered or (known.waits and known.category in NEVER_UNANSWERED):
        return _UNANSWERED
    return may_handle(known, now, by=by) if by is not None else YES


def is_ours(address: str, own: Sequence[str]) -> bool:
    """Whether a mailbox is one of the platform's own, also with something after a plus: our letters would answer
    themselves."""
    return _bare(address) in {_bare(each) for each in own}


def _bare(address: str) -> str:
    name, _, domain = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"
