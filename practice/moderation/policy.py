"""This file knows how many, how long and how late in the moderation room, and who may do what, as decisions from
values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from practice.bookings.errors import TooLate
from practice.bookings.who_may import Answer
from practice.safety import staffed
from practice.values.counts import in_days
from practice.values.errors import Conflict, NotAllowed, TooMany

from .states import CaseState, Decision, ReportReason, Severity

CLAIM_LASTS = timedelta(minutes=30)
APPEAL_WITHIN = timedelta(days=180)
LONGEST_REASON = 2000  # of staff, in characters
MOST_REPORTS = 30  # of one person in 24 hours
LONGEST_REPORT = 1000  # of whoever reports
LONGEST_APPEAL = 2000
LONGEST_WORDS = 6000  # that a mask leaves
LONGEST_PURPOSE = 300
LONGEST_ADDRESS = 300
SHORTEST_PURPOSE = 10
LOOK_LASTS = timedelta(minutes=30)  # a name that was looked up stands on the page for as long
LONGEST_LIMIT = 90  # days that a limit may last
HEAVY_A_DAY = 20  # heavy items decided in a day, after which a break is due
BREAK = timedelta(minutes=15)
FEW_SAMPLES = 5  # below, no median is shown
MEDIAN_OVER = timedelta(days=30)
SAME_PRESS = timedelta(minutes=10)  # the same step by the same hand is one
NEW_ACCOUNT = timedelta(days=7)

TARGETS = {
    Severity.SAFETY: timedelta(hours=1),
    Severity.HARM: timedelta(hours=8),
    Severity.USUAL: timedelta(hours=24),
    Severity.QUALITY: timedelta(hours=72),
}
SEVERITIES = {
    ReportReason.DANGER: Severity.SAFETY,
    ReportReason.HARASSMENT: Severity.HARM,
    ReportReason.PRIVATE: Severity.HARM,
    ReportReason.WRONG: Severity.HARM,
    ReportReason.SPAM: Severity.QUALITY,
    ReportReason.OTHER: Severity.USUAL,
}
# Reports that weigh though nobody is in danger: staff can wish not to be given them, as they can of a topic.
HEAVY_REASONS = (ReportReason.HARASSMENT, ReportReason.PRIVATE)
ON_DUTY = timedelta(hours=1)  # since somebody of the staff was last here
MOST_CARED_FOR = 60  # topics that one person is not given
# What somebody can ask another person about: whatever kept their words from being read as they wrote them.
APPEALABLE = frozenset({Decision.ASK_EDIT, Decision.MASK, Decision.REJECT, Decision.REMOVE, Decision.SANCTION})
# What changes nothing for who wrote it: they do not hear of a report that came to nothing.
SILENT = frozenset({Decision.LEAVE})
YES = Answer()
OWN = "Somebody else has to look at this: you are part of it."
HELD = "A colleague has this at the moment. It is free again when they let it go, and by itself."
TAKEN_BACK = "What you reported is gone: whoever wrote it took it back."
DECIDED = "A colleague has decided this in the meantime."


# ---------------------------------------------------------------- how soon


def due_at(severity: Severity, opened_at: datetime, zone: str) -> datetime:
    """Until when (UTC) a person is to have decided. The hour of safety runs while people of the staff are there."""
    if severity != Severity.SAFETY:
        return opened_at + TARGETS[severity]
    begins = staffed.back_at(opened_at, zone)
    due = begins + TARGETS[severity]
    left = TARGETS[severity] - staffed.staffed_between(begins, due, zone)
    return due if not left else staffed.back_at(due, zone) + left


def topic_of(reason: ReportReason) -> str:
    """A reason as a topic of a case; no topic of a room has such a name."""
    return f"report:{reason}"


def day_begins(now: datetime, zone: str) -> datetime:
    """When somebody's day began, on their own clock (UTC)."""
    return datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone)).astimezone(UTC)


def median_of(lasted: Sequence[timedelta]) -> timedelta | None:
    """How long half of them took at most; None of too few to say."""
    return timedelta(seconds=median(each.total_seconds() for each in lasted)) if len(lasted) >= FEW_SAMPLES else None


# ---------------------------------------------------------------- who may


@dataclass(frozen=True)
class Taking:
    """A case as one of the staff stands to it: `is_party`, they are part of it; `has_decided`, they did, the first
    time; `held`: a colleague has it at this moment."""

    state: CaseState
    is_staff: bool = True
    is_party: bool = False
    has_decided: bool = False
    held: bool = False


def may_report(today: int) -> Answer:
    """Whether somebody who reported so many things in 24 hours may report another."""
    enough = (
        f"You have reported {MOST_REPORTS} things since yesterday. We read all of them; please go on tomorrow. "
        "Where somebody is in danger, the numbers behind “Help now” answer at once."
    )
    return Answer(TooMany, enough) if today >= MOST_REPORTS else YES


def may_take(taking: Taking) -> Answer:
    """Whether one of the staff may look after a case: nobody their own, nobody their own decision."""
    if not taking.is_staff:
        return Answer(NotAllowed, "Only staff decide about this.")
    if taking.is_party:
        return Answer(NotAllowed, OWN)
    if taking.state not in (CaseState.OPEN, CaseState.APPEALED):
        return Answer(Conflict, DECIDED)
    if taking.has_decided:
        return Answer(NotAllowed, "You decided this first, so somebody else decides about the appeal.")
    return Answer(Conflict, HELD) if taking.held else YES


def may_sanction(taking: Taking) -> Answer:
    """Whether one of the staff may take a step of the ladder: of any case that they are no part of."""
    if not taking.is_staff:
        return Answer(NotAllowed, "Only staff decide about this.")
    return Answer(NotAllowed, OWN) if taking.is_party else YES


def limit_ends(now: datetime, days: int) -> datetime:
    """Until when (UTC) a limit of so many days lasts."""
    return now + timedelta(days=days)


def may_ask_again(state: CaseState, decision: Decision, made_at: datetime, now: datetime) -> Answer:
    """Whether whoever reported something that was left as it is can ask another person: once, for half a year."""
    if decision not in SILENT:
        return Answer(Conflict, "Something was done about it, so there is nothing to ask another person.")
    return _once("Another person was asked about this already.", state, made_at, now)


def may_appeal(state: CaseState, decision: Decision, made_at: datetime, now: datetime) -> Answer:
    """Whether who wrote it can ask another person: once, for half a year."""
    if decision not in APPEALABLE:
        return Answer(Conflict, "Nothing was decided here that another person could change for you.")
    return _once("You have asked another person about this already.", state, made_at, now)


def _once(asked: str, state: CaseState, made_at: datetime, now: datetime) -> Answer:
    """Another person can be asked about a decision once, while there is time; `asked` says that it was done."""
    if state != CaseState.DECIDED:
        return Answer(Conflict, asked)
    if now > made_at + APPEAL_WITHIN:
        return Answer(TooLate, f"Another person can be asked for {in_days(APPEAL_WITHIN)} after a decision.")
    return YES
