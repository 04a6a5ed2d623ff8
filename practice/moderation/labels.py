"""This file knows how cases are put before a reader: urgency, ages, decisions, steps of the ladder, differences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from textwrap import shorten

from practice.accounts.models import User
from practice.config import settings
from practice.store import sealed
from practice.values import clock
from practice.values.counts import in_hours
from practice.values.text import Name, called

from . import policy, queries, subjects
from .models import Case, Look, Report, Sanction
from .states import CaseState, Decision, Feature, Severity, Step

URGENCY = {
    Severity.SAFETY: ("Safety", "danger"),
    Severity.HARM: ("Privacy, harm", "warn"),
    Severity.USUAL: ("Publication", ""),
    Severity.QUALITY: ("Quality", ""),
}
# Each with the time that a person has; the one of safety runs while people of the staff are there.
TARGET = {
    severity: f"{URGENCY[severity][0]}, within {in_hours(lasts, digits=True)}"
    for severity, lasts in policy.TARGETS.items()
}
DECISIONS = {
    Decision.PUBLISH: "Publish as written",
    Decision.ASK_EDIT: "Ask for a change",
    Decision.MASK: "Ask to mask words",
    Decision.REJECT: "Don’t publish",
    Decision.DUPLICATE: "Asked and answered already",
    Decision.REMOVE: "Take it down",
    Decision.LEAVE: "Leave it as it is",
    Decision.SANCTION: "A step of the ladder",
}
# The same for whoever wrote it.
FOR_AUTHOR = {
    Decision.PUBLISH: "Others can read it now.",
    Decision.ASK_EDIT: "We ask you for a change before others read it.",
    Decision.MASK: "We ask you to agree to a version without some words.",
    Decision.REJECT: "It isn’t shown to others.",
    Decision.DUPLICATE: "It has been asked and answered here. Yours can still be published if you say it is another.",
    Decision.REMOVE: "It was taken down.",
    Decision.SANCTION: "One of our staff wrote to you.",
}
STATES = {
    CaseState.OPEN: "Waits",
    CaseState.DECIDED: "Decided",
    CaseState.APPEALED: "Another person looks at it",
    CaseState.UPHELD: "Another person decided the same",
    CaseState.REVERSED: "Another person took it back",
    CaseState.WITHDRAWN: "Its author took it back",
}
STEPS = {Step.NOTE: "A note", Step.WARNING: "A warning", Step.LIMIT: "A limit for a while"}
FEATURES = {
    Feature.ASK: "Ask public questions",
    Feature.ANSWER: "Answer questions",
    Feature.MESSAGE: "Write messages",
    Feature.VOTE: "Say what helped",
}

# Pieces of a text: beyond, the two versions stand one after the other.
MOST_COMPARED = 3000
# How much of a text names it in a list.
LINE = 80


def name(case: Case) -> str:
    """What staff call it: "Question, case 41"."""
    found = subjects.subject(case.kind)
    return f"{(found.label if found is not None else case.kind).capitalize()}, case {case.id}"


def age(since: datetime) -> str:
    """How long something has waited: "48 min", "2 h 10 min", "3 days"."""
    return length(clock.now() - since)


def length(lasted: timedelta) -> str:
    """A length of time as staff read it at a glance."""
    minutes = max(int(lasted.total_seconds() // 60), 0)
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if minutes % 60 and hours < 10 else f"{hours} h"
    return f"{days} days"


def due_at(case: Case) -> datetime:
    """Until when (UTC) a person is to have decided."""
    return policy.due_at(Severity(case.severity), case.appealed_at or case.opened_at, settings().zone)


def is_late(case: Case) -> bool:
    """Whether that has passed."""
    return is_over(Severity(case.severity), case.appealed_at or case.opened_at)


def is_over(severity: Severity, since: datetime) -> bool:
    """Whether something of this urgency that waits since then (UTC) waits longer than we promise."""
    return clock.now() > policy.due_at(severity, since, settings().zone)


def whose(case: Case) -> str:
    """What a decision was about, for whoever wrote it: its kind and how it begins, as long as that is kept."""
    if case.kind == queries.SANCTION:
        return "About you"
    found = subjects.subject(case.kind)
    kind = f"Your {found.label if found is not None else 'text'}"
    own = sealed.shown(case.verdicts[0], "own").strip()
    return f"{kind}: “{shorten(own.splitlines()[0], LINE, placeholder='…')}”" if own else kind


def for_reporter(report: Report) -> str:
    """How what they reported stands, in a sentence that says nothing of anybody."""
    state = CaseState(report.case.state)
    if state == CaseState.OPEN:
        return "A person reads it, and you hear when they have."
    if state == CaseState.WITHDRAWN or (state == CaseState.DECIDED and report.appealed_at is not None):
        return policy.TAKEN_BACK
    if state == CaseState.APPEALED:
        return "Another person looks at it anew, and decides for good."
    if state == CaseState.UPHELD:
        return "Two people have looked, one after the other, and both found that nothing has to change."
    is_left = Decision(report.case.verdicts[0].decision) in policy.SILENT and state == CaseState.DECIDED
    return "A person has looked, and left it as it is." if is_left else "A person has looked, and something was done."


def crowd(case: Case) -> str:
    """How many reported it, and of what kind they are: a note for whoever decides, which changes nothing by itself."""
    reports = queries.reports_about(case)
    if not reports:
        return ""
    people = "one person" if len(reports) == 1 else f"{len(reports)} people"
    young = sum(_is_new(each) for each in reports)
    trade = queries.trades(case, reports)
    parts = [f"{trade} of the same trade"] * bool(trade) + [f"{young} with new accounts"] * bool(young)
    return f"Reported by {people}{': ' if parts else ''}{', '.join(parts)}."


def _is_new(report: Report) -> bool:
    return report.reporter is not None and report.made_at - report.reporter.created_at < policy.NEW_ACCOUNT


@dataclass(frozen=True)
class StepLine:
    """A step of the ladder as a reader has it."""

    title: str
    made_at: datetime
    until_at: datetime | None
    features: tuple[str, ...]
    is_lifted: bool


def step(found: Sanction | None) -> StepLine | None:
    """A step of the ladder; None where it is gone."""
    if found is None:
        return None
    names = tuple(FEATURES[Feature(each.feature)] for each in found.limits)
    return StepLine(STEPS[Step(found.step)], found.made_at, found.until_at, names, found.lifted_at is not None)


def steps_of(user: User) -> list[StepLine]:
    """Every step that is still kept about somebody, the latest first."""
    return [line for each in queries.sanctions_of(user) if (line := step(each)) is not None]


@dataclass(frozen=True)
class LookLine:
    """One look as the person reads it whose something was looked up."""

    at: datetime
    what: str
    who: str
    purpose: str


def look(found: Look) -> LookLine:
    """Who of the staff looked, at what, and why."""
    subject = subjects.subject(found.kind)
    who = Name(called(found.by.display_name)) if found.by.active and found.by.display_name else "Staff"
    return LookLine(found.at, subject.label if subject is not None else "text", who, sealed.shown(found, "purpose"))


# ---------------------------------------------------------------- what differs


@dataclass(frozen=True)
class Piece:
    """A run of words: as it stays, or only in the one version or the other ("del", "ins")."""

    text: str
    tag: str = ""


def differences(before: str, after: str) -> list[Piece]:
    """Two versions of a text as one, word by word; nothing is lost of either."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    if max(len(old), len(new)) > MOST_COMPARED:
        return [Piece(before, "del"), Piece(after, "ins")]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [piece for each in found for piece in _pieces(old, new, each)]


def _pieces(old: list[str], new: list[str], step: tuple[str, int, int, int, int]) -> Iterator[Piece]:
    tag, first, last, begins, ends = step
    if tag == "equal":
        yield Piece("".join(old[first:last]))
        return
    if first < last:
        yield Piece("".join(old[first:last]), "del")
    if begins < ends:
        yield Piece("".join(new[begins:ends]), "ins")


def changed_since(case: Case, words: str, mark: str) -> list[Piece]:
    """What its author changed since it was taken; nothing where they did not."""
    if case.read_mark in (None, mark):
        return []
    before = sealed.shown(case, "read")
    return [] if isinstance(before, sealed.Unread) or not before else differences(before, words)
