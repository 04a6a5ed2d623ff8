"""This file knows the ladder: a note, a warning, a limit for a while. Money is never part of it, and to stop an account
is what two people do on its own page."""

from __future__ import annotations

from dataclasses import dataclass

from practice.accounts.models import User
from practice.http.pages import link
from practice.moderation import emails, policy, queries, subjects, texts
from practice.moderation.models import Case, CaseParty, Limit, Sanction, Verdict
from practice.moderation.states import CaseState, Decision, Feature, Part, Severity, Step
from practice.moderation.subjects import Ruled, Shown, Subject
from practice.store import audit
from practice.store.db import db, transactional
from practice.values import clock
from practice.values.errors import Conflict, Invalid

from .locking import locked


@dataclass(frozen=True)
class Measure:
    """A step of the ladder as one of the staff chose it: `days` and `features` only of a limit."""

    step: Step
    reason: str = ""
    days: int = 0
    features: frozenset[Feature] = frozenset()

    def require(self) -> None:
        """Raises `Invalid` for a limit of nothing, or without an end."""
        if self.step != Step.LIMIT:
            return
        if not self.features:
            raise Invalid("", {"features": "Choose what they cannot do for a while."})
        if not 1 <= self.days <= policy.LONGEST_LIMIT:
            raise Invalid("", {"days": f"Write a number of days from 1 to {policy.LONGEST_LIMIT}."})


@transactional
def sanction(case: Case, measure: Measure, *, by: User) -> Sanction:
    """A step for whoever wrote what a case is about; they can ask another person about it as about any decision.

    Raises `Conflict`, `NotAllowed`, `Invalid`.
    """
    measure.require()
    case = locked(case)
    policy.may_sanction(queries.taking(case, by)).require()
    if case.author is None or not case.author.active:
        raise Conflict("Whoever wrote this has left.")
    # The same press sent twice is one step.
    before = queries.last_sanction(case.author, by)
    if before is not None and clock.now() - before.made_at < policy.SAME_PRESS and _is(before, measure):
        return before
    return _store(case, measure, case.author, by)


def _is(before: Sanction, measure: Measure) -> bool:
    same = (before.step, before.reason) == (measure.step, _reason(measure))
    return same and {each.feature for each in before.limits} == set(measure.features)


def _reason(measure: Measure) -> str:
    return measure.reason.strip() or texts.STEPS[measure.step]


def _store(case: Case, measure: Measure, user: User, by: User) -> Sanction:
    now, is_limit = clock.now(), measure.step == Step.LIMIT
    made = Sanction(
        user_id=user.id,
        step=measure.step,
        by_id=by.id,
        made_at=now,
        until_at=policy.limit_ends(now, measure.days) if is_limit else None,
        limits=[Limit(feature=each) for each in sorted(measure.features)] if is_limit else [],
        reason=_reason(measure),
    )
    db.session.add(made)
    own = _own_case(made, user)
    db.session.flush()
    db.session.add_all(
        [
            CaseParty(case_id=own.id, user_id=user.id, part=Part.AUTHOR),
            Verdict(
                case=own, decision=Decision.SANCTION, is_appeal=False, by_id=by.id, made_at=now, reason=made.reason
            ),
        ]
    )
    emails.sanctioned(own, made)
    audit.record("moderation.sanctioned", case.about, actor=by, detail={"step": str(measure.step)})
    return made


def _own_case(made: Sanction, user: User) -> Case:
    """What it is appealed by: a case that was decided as it was made."""
    own = Case(
        kind=queries.SANCTION,
        subject=made.code,
        severity=Severity.USUAL,
        state=CaseState.DECIDED,
        author_id=user.id,
        opened_at=made.made_at,
        decided_at=made.made_at,
    )
    db.session.add(own)
    return own


# ---------------------------------------------------------------- as the subject of an appeal


def _shown(code: str) -> Shown | None:
    found = queries.sanction(code)
    return None if found is None else Shown(f"A {found.step}", found.reason, mark=found.code, byline="Staff")


def _whose(code: str) -> User | None:
    found = queries.sanction(code)
    return None if found is None else found.user


def _lift(ruled: Ruled) -> None:
    """Another person took it back: from now on it limits nothing."""
    found = queries.sanction(ruled.code)
    if found is not None and ruled.on_appeal:
        found.lifted_at = found.lifted_at or clock.now()


subjects.register(
    Subject(
        kind=queries.SANCTION,
        label="account",
        decisions=(),
        show=_shown,
        author=_whose,
        carry_out=_lift,
        url=lambda _code: link("moderation.decisions"),
        may_report=lambda _code, _user: False,
    )
)
