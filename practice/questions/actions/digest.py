"""This file knows how a specialist asks for the weekly digest, ends it, and when it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select, update

from practice.accounts.models import User
from practice.questions import answers as queries
from practice.questions import emails
from practice.questions.models import Digest
from practice.scheduling.zones import wall_to_instant
from practice.specialists.models import Specialist
from practice.specialists.queries import zone_of
from practice.store.db import changed, db, transactional
from practice.values import clock

WEEK = 7


@transactional
def want_digest(specialist: Specialist, weekday: int, hour: int) -> Digest:
    """Once a week from now on, at this hour of their own clock (Monday is 0); asked for again, it is at the new one."""
    digest = db.session.get(Digest, specialist.id)
    if digest is None:
        digest = Digest(specialist_id=specialist.id, next_at=clock.now())
        db.session.add(digest)
    digest.weekday, digest.hour = weekday, hour
    digest.next_at = next_turn(weekday, hour, zone_of(specialist), clock.now())
    return digest


@transactional
def end_digest(code: str) -> bool:
    """No more of it; False where it had ended already. The link of its letters goes on saying so."""
    return changed(update(Digest).where(Digest.code == code, Digest.next_at.is_not(None)).values(next_at=None)) > 0


@transactional
def end_digest_of(user: User) -> None:
    """The same for whoever leaves."""
    mine = select(Specialist.id).where(Specialist.user_id == user.id)
    changed(delete(Digest).where(Digest.specialist_id.in_(mine)))


@transactional
def write_digest(digest: Digest) -> bool:
    """Write it, unless nothing waits or its specialist is not public; either way the next one is in a week. False
    where somebody else has written it meanwhile."""
    asked = select(Digest).where(Digest.specialist_id == digest.specialist_id).with_for_update()
    found = db.session.scalars(asked, execution_options={"populate_existing": True}).one_or_none()
    if found is None or found.next_at is None or found.next_at > clock.now():
        return False
    specialist = found.specialist
    questions, topics = queries.count_waiting(specialist)
    if questions and specialist.is_visible and specialist.user.active:
        emails.weekly(found, specialist, questions, topics)
    found.next_at = next_turn(found.weekday, found.hour, zone_of(specialist), clock.now())
    return True


def next_turn(weekday: int, hour: int, zone: str, after: datetime) -> datetime:
    """The first such hour after an instant, in UTC; where the clock is put forward over it, as soon as it can be."""
    begins = after.astimezone(UTC).date() - timedelta(days=1)
    days = (begins + timedelta(days=n) for n in range(WEEK + 3))
    turns = (_instant(day, hour, zone) for day in days if day.weekday() == weekday)
    return next(turn for turn in turns if turn > after)


def _instant(day: date, hour: int, zone: str) -> datetime:
    return datetime.fromtimestamp(wall_to_instant(day, hour * 60, zone), UTC)
