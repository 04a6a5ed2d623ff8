"""This file knows how somebody ends what they hear of somebody: at once, and without a word to the other."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import aliased

from practice.accounts.models import User
from practice.messages import emails, policy, queries
from practice.messages.models import Block, Correspondent, Thread
from practice.messages.states import Side, ThreadState
from practice.store import audit
from practice.store.db import changed, db, insert_once, transactional
from practice.values import clock

from .locking import lock


@transactional
def block(thread: Thread, *, by: User) -> None:
    """Nothing that the other side writes reaches them from now on, in this conversation or another of the two, and no
    letter that waited leaves, to either. Twice is once."""
    lock(thread)
    others = _others(thread, by)
    for each in others:
        insert_once(Block, by_id=by.id, user_id=each, made_at=clock.now())
    ended = _between(by.id, others)
    for each in ended:
        lock(each)
        if each.state != ThreadState.BLOCKED:
            each.move_to(ThreadState.BLOCKED)
    emails.stop(ended)
    audit.record("thread.blocked", f"thread:{thread.code}", actor=by)


@transactional
def unblock(thread: Thread, *, by: User) -> None:
    """They hear from the other side again, unless that one blocked them. Nothing of the time between is sent after."""
    lock(thread)
    others = _others(thread, by)
    lifted = changed(delete(Block).where(Block.by_id == by.id, Block.user_id.in_(others)))
    if not lifted:
        return
    for each in _between(by.id, others):
        lock(each)
        if each.state == ThreadState.BLOCKED and not queries.is_blocked(each):
            each.move_to(ThreadState.OPEN)
    audit.record("thread.unblocked", f"thread:{thread.code}", actor=by)


def _others(thread: Thread, by: User) -> list[int]:
    mine = Side(queries.part_of(thread, by).side)
    return sorted(each.user_id for each in thread.people if not policy.same_camp(Side(each.side), mine))


def _between(user_id: int, others: Sequence[int]) -> list[Thread]:
    """Every conversation that they and one of these are in, on opposite sides."""
    mine, theirs = aliased(Correspondent), aliased(Correspondent)
    is_opposite = or_(mine.side == Side.SPECIALIST, theirs.side == Side.SPECIALIST)
    asked = (
        select(Thread)
        .join(mine, mine.thread_id == Thread.id)
        .join(theirs, theirs.thread_id == Thread.id)
        .where(mine.user_id == user_id, theirs.user_id.in_(others), is_opposite)
        .order_by(Thread.id)
    )
    return list(db.session.scalars(asked).unique())
