"""This file knows how a case is decided: once, by one person, about the version that they read."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.moderation import emails, policy, queries, texts
from practice.moderation.models import Case, Report, Verdict
from practice.moderation.states import CaseState, Decision
from practice.moderation.subjects import Ruled, Shown, Subject
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid, NotAllowed

from .asking_again import as_read, take_down
from .locking import locked
from .submitting import known


@dataclass(frozen=True)
class Choice:
    """What one of the staff chose about what they read: `mark` is the version, `words` what a mask leaves, `reason` in
    words for whoever wrote it, "" for the usual ones, `twin` the code of what it is the same as."""

    decision: Decision
    mark: str
    reason: str = ""
    words: str = ""
    twin: str = ""


@transactional
def decide(case: Case, choice: Choice, *, by: User) -> Verdict:
    """Decide it, and have its room carry that out; whoever wrote it hears, and whoever reported it.

    Raises `ChangedMeanwhile`, `Gone` and other `Conflict`s, `NotAllowed`, `Invalid`.
    """
    case, subject = locked(case), known(case.kind)
    if (again := _again(case, choice, by)) is not None:
        return again
    policy.may_take(queries.taking(case, by)).require()
    if case.state != CaseState.OPEN:
        raise Conflict(policy.DECIDED)
    shown = as_read(subject, case, choice.mark)
    _possible(subject, choice, shown)
    verdict = Verdict(
        case=case,
        is_appeal=False,
        decision=choice.decision,
        mark=choice.mark,
        by_id=by.id,
        made_at=clock.now(),
        reason=choice.reason.strip() or texts.REASONS[choice.decision],
        own=shown.words,
        masked=choice.words if choice.decision == Decision.MASK else "",
    )
    db.session.add(verdict)
    case.move_to(CaseState.DECIDED)
    case.decided_at, case.read = verdict.made_at, ""
    db.session.flush()
    subject.carry_out(_ruled(case, verdict, choice))
    emails.decided(case, verdict)
    emails.outcome(case, choice.decision)
    audit.record("moderation.decided", case.about, actor=by, detail={"decision": str(choice.decision)})
    return verdict


def _ruled(case: Case, verdict: Verdict, choice: Choice) -> Ruled:
    """What its room is to do."""
    twin = choice.twin if choice.decision == Decision.DUPLICATE else ""
    return Ruled(
        case.subject, choice.decision, verdict.reason, verdict.by, words=verdict.masked, twin=twin, mark=choice.mark
    )


def _again(case: Case, choice: Choice, by: User) -> Verdict | None:
    """What the same press has done already, where it is sent twice."""
    first = next(iter(case.verdicts), None)
    same = first is not None and (first.by_id, first.decision, first.mark) == (by.id, choice.decision, choice.mark)
    return first if same else None


def _possible(subject: Subject, choice: Choice, shown: Shown) -> None:
    if choice.decision not in subject.possible(shown):
        raise Invalid("", {"decision": "Choose one of these."})
    if choice.decision == Decision.DUPLICATE and not choice.twin:
        raise Invalid("", {"twin": "Say which one it is: the address of its page."})
    if choice.decision != Decision.MASK:
        return
    if not choice.words.strip():
        raise Invalid("", {"words": "Write how it reads once the words are masked."})
    if choice.words.strip() == shown.words.strip():
        raise Invalid("", {"words": "Nothing is masked yet. Change the words here, or choose another decision."})


@transactional
def settle_appeal(case: Case, *, reverse: bool, reason: str, by: User, mark: str = "") -> Verdict:
    """Another person decides for good; where they take the first decision back, its room undoes it, or takes down what
    was left and reported, in the version `mark` that they read.

    Raises `ChangedMeanwhile`, `Gone` and other `Conflict`s, `NotAllowed`.
    """
    case, subject = locked(case), known(case.kind)
    ended = CaseState.REVERSED if reverse else CaseState.UPHELD
    if case.state == ended and case.verdicts[-1].by_id == by.id:
        return case.verdicts[-1]  # pressed twice
    policy.may_take(queries.taking(case, by)).require()
    if case.state != CaseState.APPEALED:
        raise Conflict(policy.DECIDED)
    first, again = case.verdicts[0], queries.asked_again(case)
    usual = texts.REASONS[Decision.REMOVE] if again is not None and reverse else texts.SETTLED[reverse]
    verdict = Verdict(
        case=case,
        is_appeal=True,
        decision=first.decision,
        mark=first.mark,
        by_id=by.id,
        made_at=clock.now(),
        reason=reason.strip() or usual,
    )
    db.session.add(verdict)
    case.move_to(ended)
    case.closed_at = verdict.made_at
    db.session.flush()
    if again is not None:
        _answer(case, again, verdict, mark)
    else:
        if reverse:
            _undo(subject, case, verdict, by)
        emails.settled(case, verdict)
    audit.record(f"moderation.{case.state}", case.about, actor=by)
    return verdict


def _answer(case: Case, again: Report, verdict: Verdict, mark: str) -> None:
    """Whoever reported it asked: what is to go goes, and they hear of that or that it stays."""
    if case.state == CaseState.REVERSED:
        take_down(case, verdict, mark)
        emails.outcome(case, Decision.REMOVE, again=True)
    else:
        emails.same(again)


def _undo(subject: Subject, case: Case, verdict: Verdict, by: User) -> None:
    first = case.verdicts[0]
    decision, mark = Decision(first.decision), first.mark or ""
    ruled = Ruled(case.subject, decision, verdict.reason, by, words=first.masked, on_appeal=True, mark=mark)
    subject.carry_out(ruled)


@transactional
def appeal(case: Case, why: str, *, by: User) -> None:
    """Whoever wrote it asks another person, once. Pressed twice it is once. Raises `Conflict`, `NotAllowed`, `TooLate`,
    `Invalid`."""
    case = locked(case)
    if case.author_id != by.id:
        raise NotAllowed("Only whoever wrote it can ask another person.")
    if case.appealed_at is not None and case.appeal == why.strip():
        return
    first = case.verdicts[0]
    policy.may_appeal(CaseState(case.state), Decision(first.decision), first.made_at, clock.now()).require()
    if not why.strip():
        raise Invalid("", {"why": "Please say in a sentence what was overlooked."})
    case.move_to(CaseState.APPEALED)
    case.appealed_at, case.appeal = clock.now(), why.strip()
    emails.appealed(case)
    # Not by whom: the log would say whose the words are, and nobody would have looked.
    audit.record("moderation.appealed", case.about, actor=None)
