"""This file knows how a pair's free consultation comes to count towards no limit, and how that ends."""

from __future__ import annotations

from sqlalchemy import delete

from practice.accounts.models import User
from practice.bookings.exemptions import Exemption
from practice.specialists.models import Specialist
from practice.store.db import changed, insert_once, transactional
from practice.values import clock


@transactional
def exempt(client: User, specialist: Specialist) -> None:
    """A colleague suggested this specialist, and the client agreed: their talk uses up nothing. Twice is once."""
    insert_once(Exemption, person_key=client.person_key, specialist_id=specialist.id, made_at=clock.now())


@transactional
def end_exemption(client: User, specialist: Specialist) -> None:
    """The client thought again: what they book there counts as everything does. What is booked stays as it is."""
    whose = (Exemption.person_key == client.person_key, Exemption.specialist_id == specialist.id)
    changed(delete(Exemption).where(*whose))
