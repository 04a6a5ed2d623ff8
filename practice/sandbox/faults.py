"""This file knows everything that can go wrong between us and Stripe, switched on by hand: how often, until when."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select

from practice.store.db import db, transaction
from practice.values import clock

from .models import SandboxFault


class Fault(StrEnum):
    """What goes wrong with a request."""

    TIMEOUT_BEFORE = "timeout_before"  # no answer, and nothing was done
    TIMEOUT_AFTER = "timeout_after"  # no answer, and it was done
    RESET_BEFORE = "reset_before"  # the line breaks, and nothing was done
    RESET_AFTER = "reset_after"
    FAILED_BEFORE = "failed_before"  # Stripe's own failure, kept under the key; nothing was done
    FAILED_AFTER = "failed_after"  # the same, and it was done
    TOO_MANY = "too_many"  # 429
    IN_USE = "in_use"  # 409: the same key is being worked on
    SLOW = "slow"  # the answer takes its time; whoever waits for less sees a timeout, and it was done
    AWAY = "away"  # nobody answers at all


def expect(
    fault: Fault, matches: str = "", *, times: int | None = 1, lasts: timedelta | None = None, seconds: int = 0
) -> None:
    """Have requests go wrong that begin with `matches` ("POST /v1/refunds"): so many times, or as long as that.

    `times` None is every time. `seconds` is how slow a slow answer is.
    """
    until = clock.now() + lasts if lasts else None
    left = None if lasts and times == 1 else times
    with transaction() as session:
        session.add(SandboxFault(kind=fault, matches=matches, times_left=left, until_at=until, seconds=seconds))


def away(lasts: timedelta) -> None:
    """Stripe does not answer for as long as that."""
    expect(Fault.AWAY, lasts=lasts)


def all_is_well() -> None:
    """Nothing goes wrong from here on."""
    with transaction() as session:
        session.execute(delete(SandboxFault))


def take(request: str) -> SandboxFault | None:
    """What goes wrong with this request, if anything; it counts as used."""
    over = SandboxFault.until_at <= clock.now()
    if db.session.scalar(select(SandboxFault.number).limit(1)) is None:
        return None
    with transaction() as session:
        session.execute(delete(SandboxFault).where(or_(over, SandboxFault.times_left <= 0)))
        rows = session.scalars(select(SandboxFault).order_by(SandboxFault.number).with_for_update())
        row = next((each for each in rows if request.startswith(each.matches)), None)
        if row is not None and row.times_left is not None:
            row.times_left -= 1
    if row is not None:
        db.session.refresh(row)
        db.session.expunge(row)
    return row
