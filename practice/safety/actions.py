"""This file knows every change to crisis lines: the first list, and what two of the staff do to it together.

One proposes with an official page and the day it was read, another agrees. Nobody calls an emergency line to test it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from practice.accounts.models import User
from practice.store import audit
from practice.store.db import changed, db, insert_once, new_code, transactional
from practice.values import clock
from practice.values.counts import in_days
from practice.values.errors import Conflict, Invalid, NotAllowed

from . import policy, queries
from .models import CrisisChange, CrisisResource
from .policy import Line, Source
from .seeds import SEEDS
from .states import MOVES, ChangeKind, ChangeState

DONE = {ChangeKind.CHECK: "checked", ChangeKind.CHANGE: "changed", ChangeKind.ADD: "added", ChangeKind.END: "ended"}
Values = dict[str, Any]
STALE = "This line has changed in the meantime."


@transactional
def seed_resources(verified_on: date | None = None) -> int:
    """Enter the start list; how many numbers were new. Without a date they read "check locally" until staff looked.

    A country that has numbers is staff's: a later run adds nothing to it, so that what was corrected or ended stays so.
    """
    known = set(db.session.scalars(select(CrisisResource.country).distinct()))
    return sum(
        insert_once(CrisisResource, code=new_code(), verified_on=verified_on, url=None, **seed._asdict())
        for seed in SEEDS
        if seed.country not in known
    )


@transactional
def propose_change(resource: CrisisResource, line: Line, source: Source, *, by: User) -> CrisisChange:
    """The first of two says what the line is now, or that it is still right; nothing changes yet. Raises Invalid."""
    _check(line, source)
    if (line.country, line.purpose) != (resource.country, resource.purpose):
        raise Invalid("", {"number": "End this line and add another: its country and purpose stay."})
    _not_there_twice(line, resource.code)
    kind = ChangeKind.CHECK if line == resource.line else ChangeKind.CHANGE
    return _propose(kind, resource.code, (_stored(resource), line.as_values()), source, by)


@transactional
def propose_line(line: Line, source: Source, *, by: User) -> CrisisChange:
    """The first of two people wants another line; nothing changes yet. Raises Invalid."""
    _check(line, source)
    _not_there_twice(line)
    if policy.leaves_no_emergency([*_purposes(line.country), line.purpose]):
        raise Invalid("", {"purpose": "A country begins with its emergency number."})
    return _propose(ChangeKind.ADD, new_code(), ({}, line.as_values()), source, by)


@transactional
def propose_end(resource: CrisisResource, source: Source, *, by: User) -> CrisisChange:
    """The first of two people says that the line is gone; nothing changes yet. Raises Invalid."""
    if wrong := policy.source_mistakes(source, clock.today("UTC")):
        raise Invalid("", wrong)
    _keep_an_emergency_number(resource)
    return _propose(ChangeKind.END, resource.code, (_stored(resource), {}), source, by)


@transactional
def agree(change: CrisisChange, *, by: User) -> None:
    """The second person has opened the source too: it is so from now on. Raises NotAllowed for the first one."""
    if change.proposed_by_id == by.id:
        raise NotAllowed("You proposed this, so somebody else has to agree.")
    _move(change, ChangeState.AGREED, by)
    _put(change.line_code, change.was, change.becomes and change.becomes | _as_of(change))
    done = DONE[ChangeKind(change.kind)]
    audit.record(f"safety.number_{done}", f"crisis:{change.line_code}", actor=by)


@transactional
def withdraw(change: CrisisChange, *, by: User) -> None:
    """The second person does not agree, or the first thinks again: everything stays as it is."""
    _move(change, ChangeState.WITHDRAWN, by)
    audit.record("safety.change_withdrawn", f"crisis:{change.line_code}", actor=by)


@transactional
def undo(change: CrisisChange, *, by: User) -> None:
    """Within seven days any one of the staff lets stand again what stood before: it had two people too, or was the
    start. Raises Conflict where the line has changed since."""
    if change.decided_at is None or clock.now() - change.decided_at > policy.UNDO_WITHIN:
        raise Conflict(
            f"This was decided more than {in_days(policy.UNDO_WITHIN)} ago. Please propose a change instead."
        )
    _move(change, ChangeState.UNDONE, by)
    _put(change.line_code, change.becomes, change.was)
    audit.record("safety.change_undone", f"crisis:{change.line_code}", actor=by)


# ---------------------------------------------------------------- how a line is read and written


def _stored(resource: CrisisResource) -> dict[str, Any]:
    on = resource.verified_on
    return resource.line.as_values() | {"verified_on": on.isoformat() if on else None, "url": resource.url}


def _as_of(change: CrisisChange) -> dict[str, Any]:
    return {"verified_on": change.source_read_on.isoformat(), "url": change.source_url}


def _put(code: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Make the line `after` ({} for gone), if it is `before` ({} for not there); else raises Conflict."""
    present = db.session.scalars(select(CrisisResource).where(CrisisResource.code == code).with_for_update()).first()
    if (present.line.as_values() if present else {}) != {name: before[name] for name in policy.LINE if before}:
        raise Conflict(STALE)
    if present is not None and not after:
        _keep_an_emergency_number(present)
        db.session.delete(present)
        return
    values = dict(after) | {"verified_on": date.fromisoformat(on) if (on := after["verified_on"]) else None}
    _not_there_twice(Line(**{name: values[name] for name in policy.LINE}), code)
    if present is None:
        db.session.add(CrisisResource(code=code, **values))
        return
    for name, value in values.items():
        setattr(present, name, value)


def _keep_an_emergency_number(ending: CrisisResource) -> None:
    if policy.leaves_no_emergency(_purposes(ending.country, but=ending.code)):
        raise Invalid(
            "A country keeps an emergency number as long as it has others. Add the right one first, or end the others.",
        )


def _purposes(country: str, but: str = "") -> list[str]:
    """What the country's lines are for; they are locked, so that two decisions at once see each other."""
    found = select(CrisisResource).where(CrisisResource.country == country).with_for_update()
    return [each.purpose for each in db.session.scalars(found) if each.code != but]


def _check(line: Line, source: Source) -> None:
    if wrong := policy.mistakes(line) | policy.source_mistakes(source, clock.today("UTC")):
        raise Invalid("", wrong)


def _not_there_twice(line: Line, code: str = "") -> None:
    if queries.is_entered(line, but=code):
        raise Invalid("", {"number": "This number is entered already for this country and purpose."})


# ---------------------------------------------------------------- how a proposal goes


def _propose(kind: ChangeKind, code: str, steps: tuple[Values, Values], source: Source, by: User) -> CrisisChange:
    """`steps`: what is stored of the line now, and what it becomes."""
    if queries.open_change(code) is not None:
        raise Conflict("A change of this line already waits for a second person.")
    change = CrisisChange(
        kind=kind,
        line_code=code,
        was=steps[0],
        becomes=steps[1],
        source_url=source.url,
        source_read_on=source.read_on,
        proposed_by_id=by.id,
    )
    db.session.add(change)
    audit.record("safety.change_proposed", f"crisis:{code}", actor=by)
    return change


def _move(change: CrisisChange, state: ChangeState, by: User) -> None:
    """One of two who press at once comes first, also in two processes."""
    if not by.is_staff:
        raise NotAllowed("Only staff decide about this.")
    froms = [before for before, targets in MOVES.items() if state in targets]
    who, when = ("undone_by_id", "undone_at") if state == ChangeState.UNDONE else ("decided_by_id", "decided_at")
    claimed = (
        update(CrisisChange)
        .where(CrisisChange.id == change.id, CrisisChange.state.in_(froms))
        .values({"state": state, who: by.id, when: clock.now()})
    )
    if changed(claimed) != 1:
        raise Conflict("A colleague has decided about this in the meantime.")
