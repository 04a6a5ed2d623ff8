"""This file knows every change to crisis lines: the first list, and that somebody has checked a number."""

from __future__ import annotations

from datetime import date

from practice import audit, clock
from practice.accounts.models import User
from practice.db import insert_once, new_code, transactional

from .models import CrisisResource
from .seeds import SEEDS


@transactional
def seed_resources(verified_on: date | None = None) -> int:
    """Enter the start list; how many numbers were new. Without a date they read "check locally" until staff called.

    A second run changes nothing, so what staff corrected stays.
    """
    return sum(
        insert_once(CrisisResource, code=new_code(), verified_on=verified_on, url=None, **seed._asdict())
        for seed in SEEDS
    )


@transactional
def confirm_resource(resource: CrisisResource, *, by: User) -> None:
    """`by` has called the number today and it is right."""
    resource.verified_on = clock.today("UTC")
    audit.record("safety.number_checked", f"crisis:{resource.code}", actor=by)


@transactional
def change_resource(resource: CrisisResource, *, number: str, hours: str, by: User) -> None:
    """The number or its hours are other ones now; it counts as checked."""
    resource.number, resource.hours = number.strip(), hours.strip()
    resource.verified_on = clock.today("UTC")
    audit.record("safety.number_changed", f"crisis:{resource.code}", actor=by)
