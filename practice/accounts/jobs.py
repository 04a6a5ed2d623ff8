"""This file knows what happens to accounts without a browser: old drafts, devices and links go."""

from __future__ import annotations

from datetime import timedelta

from practice.letters.mail_worker import when_bounced
from practice.work.jobs import sweep

from . import actions, intents, records  # noqa: F401 - records says what this room writes down


@sweep(every=timedelta(minutes=15))
def expire_intents() -> int:
    """Wipe drafts that nobody came back for."""
    return intents.expire()


@sweep(every=timedelta(hours=24))
def forget_devices() -> None:
    """Forget where people were signed in a month ago."""
    actions.sweep_devices()


@sweep(every=timedelta(minutes=15))
def send_ways_back() -> int:
    """Send the link round a lost second step to those who waited long enough."""
    return actions.send_ways_back()


@sweep(every=timedelta(hours=24))
def remove_unconfirmed() -> int:
    """Delete accounts that nobody confirmed within seven days."""
    return actions.remove_unconfirmed()


@sweep(every=timedelta(hours=1))
def erase_due() -> int:
    """End accounts whose owners wanted that fourteen days ago."""
    return actions.erase_due()


@sweep(every=timedelta(hours=24))
def forget_certificates() -> None:
    """Forget what is left of accounts that ended years ago."""
    actions.forget_certificates()


@when_bounced
def note_bounce(recipient_id: int, address: str) -> None:
    """Show a banner in the account whose mail comes back."""
    actions.note_bounce(recipient_id, address)
