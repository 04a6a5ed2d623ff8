"""This file knows how soon a specialist usually answers, and whom they left without an answer: from what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from practice.specialists.answering import Answering, promise_of
from practice.specialists.models import Specialist
from practice.store.db import db
from practice.values import clock

from . import away, policy, queries
from .models import Message, Thread
from .states import Side, ThreadState

HOUR = 3600


def of(specialist: Specialist) -> Answering:
    """How this specialist answers, as it stands now: three questions, however much was written."""
    left = unanswered(specialist)
    return Answering(usual(_seconds(specialist), left), left >= policy.UNANSWERED)


def usual(seconds: Sequence[int], left: int = 0) -> int | None:
    """The promise that three of four answers kept, None for too few answers, or none that was kept so often. `left`:
    how many wait without one, and count as later than all."""
    ordered = sorted(seconds)
    place = -(-(len(ordered) + left) * 3 // 4) - 1
    if len(ordered) < policy.SAMPLES or place >= len(ordered):
        return None
    return promise_of(ordered[place] / HOUR)


def unanswered(specialist: Specialist) -> int:
    """How many first messages wait for longer than others are shown after. Nobody answers while they said that they are
    away, and then they have as long as others from when they are back."""
    before = clock.now() - policy.OTHERS_AFTER
    back = away.back_at(specialist)
    if away.is_now(specialist) or (back is not None and back > before):
        return 0
    return _waiting(specialist, before)


def _waiting(specialist: Specialist, before: datetime) -> int:
    waits = (
        Thread.state == ThreadState.AWAITING_SPECIALIST,
        Thread.waits_since <= before,
        Thread.waits_since > before - policy.SAMPLED,
    )
    first = (Thread.replied_at.is_(None), Thread.opened_by != Side.SPECIALIST, ~queries.apart())
    asked = select(func.count()).select_from(Thread).where(Thread.specialist_id == specialist.id, *waits, *first)
    return db.session.scalar(asked) or 0


def _seconds(specialist: Specialist) -> list[int]:
    asked = (
        select(Message.reply_seconds)
        .where(
            Message.author_id == specialist.user_id,
            Message.reply_seconds.is_not(None),
            Message.sent_at > clock.now() - policy.SAMPLED,
        )
        .order_by(Message.sent_at.desc())
        .limit(policy.MOST_SAMPLES)
    )
    return [each for each in db.session.scalars(asked) if each is not None]
