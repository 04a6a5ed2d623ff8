"""This file knows what follows a silence: the specialist is reminded once, then whoever waits is shown others."""

from __future__ import annotations

from practice.messages import away, emails, queries, reliability
from practice.messages.models import Thread
from practice.messages.states import Side, ThreadState
from practice.specialists import actions as specialists
from practice.specialists.models import Specialist
from practice.store import audit
from practice.store.db import transactional
from practice.values import clock

from .locking import lock


@transactional
def remind(thread: Thread) -> bool:
    """The specialist hears that somebody waits; once, and not while they said that they are away. False for none."""
    lock(thread)
    if not _waits(thread) or thread.reminded_at is not None or away.is_now(thread.specialist):
        return False
    thread.reminded_at = clock.now()
    if thread.specialist.is_visible:
        emails.waits(thread)
    return True


@transactional
def offer_others(thread: Thread) -> bool:
    """Whoever wrote first and has no answer is shown who else has time, whether or not the specialist is away."""
    lock(thread)
    if not _waits(thread) or thread.offered_others_at is not None or not queries.is_first_contact(thread):
        return False
    thread.offered_others_at = clock.now()
    emails.others(thread)
    audit.record("thread.others_offered", f"thread:{thread.code}", actor=None)
    return True


def measure(specialist: Specialist) -> bool:
    """Write down how a specialist answers, as their card and profile say it; False where that is as it was."""
    return specialists.note_answering(specialist, reliability.of(specialist))


def _waits(thread: Thread) -> bool:
    waits = thread.state == ThreadState.AWAITING_SPECIALIST
    waits = waits and queries.are_together(thread)
    return waits and any(each.side == Side.CLIENT and each.user.active for each in thread.people)
