"""This file knows what stands beside a conversation: who is away, who else has time, what was blocked, what is new."""

from __future__ import annotations

from datetime import date
from typing import Any

from practice.accounts.models import User
from practice.bookings import queries as bookings
from practice.bookings.labels import person
from practice.http.clocks import day, local, reader
from practice.http.pages import link
from practice.specialists.models import Specialist

from . import away, live, queries
from .models import Thread
from .states import Side


def of(thread: Thread, user: User, *, may_send: bool) -> dict[str, Any]:
    """All of it for one who reads the conversation. `others`: people with time soon, where a client waits for too long,
    or cannot write here any more; nothing of why."""
    is_client = queries.part_of(thread, user).side != Side.SPECIALIST
    waits = thread.offered_others_at is not None and queries.is_first_contact(thread)
    has_blocked = queries.has_blocked(thread, user)
    shows_others = is_client and (waits or not may_send) and not has_blocked
    return {
        "has_blocked": has_blocked,
        "away": away_line(thread.specialist) if is_client else None,
        "waits": waits,
        "others": _others(thread.specialist, user) if shows_others else [],
        "live_address": link("messages.news", code=thread.code, since=live.last_code(thread)),
    }


def away_line(specialist: Specialist) -> dict[str, Any] | None:
    """What a specialist says while they are away, and until when; None while they are not."""
    found = away.text_of(specialist)
    return {"words": found[0], "until": _until(found[1])} if found is not None else None


def _until(last: date | None) -> str:
    return day(last, pattern="EEEE d MMMM") if last is not None else ""


def _others(specialist: Specialist, user: User) -> list[dict[str, Any]]:
    """Up to three colleagues with whom they may book, each with a time that is free now, in their waking hours."""
    found = bookings.others_with_times(specialist, user, reader())
    return [person(each) | {"time": local(start)} for each, start in found]
