"""This file knows how one of the staff takes a case for half an hour, and lets it go; it lapses without anybody."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete

from practice.accounts.models import User
from practice.moderation import policy, queries
from practice.moderation.models import Care, CareTopic, Case
from practice.store import audit
from practice.store.db import db, insert_once, transactional
from practice.values import clock

from .locking import locked
from .submitting import known


@transactional
def claim(case: Case, *, by: User) -> None:
    """Nobody else decides it for half an hour; again, and the half hour begins anew. What stands there is kept beside
    it, so that a change can be shown. Raises `Conflict`, `NotAllowed`."""
    case = locked(case)
    policy.may_take(queries.taking(case, by)).require()
    shown = known(case.kind).show(case.subject)
    is_new = case.holder(clock.now()) is None
    case.claimed_by_id, case.claimed_until = by.id, clock.now() + policy.CLAIM_LASTS
    if is_new:
        case.read, case.read_mark = (shown.words, shown.mark) if shown is not None else ("", None)
        audit.record("moderation.taken", case.about, actor=by)


@transactional
def let_go(case: Case, *, by: User) -> None:
    """Somebody else can take it, and nobody is asked why; nothing where somebody else has it."""
    case = locked(case)
    holder = case.holder(clock.now())
    if holder is None or holder.id != by.id:
        return
    case.claimed_by_id, case.claimed_until = None, None
    audit.record("moderation.let_go", case.about, actor=by)


@transactional
def care_for(user: User, *, skips_heavy: bool, topics: Iterable[str] = ()) -> None:
    """One of the staff is not given heavy items, nor these topics, or is again; nobody else reads that."""
    db.session.execute(delete(CareTopic).where(CareTopic.user_id == user.id))
    for topic in sorted(set(topics))[: policy.MOST_CARED_FOR]:
        insert_once(CareTopic, user_id=user.id, topic=topic)
    row = db.session.get(Care, user.id)
    if skips_heavy:
        insert_once(Care, user_id=user.id)
    elif row is not None:
        db.session.delete(row)
