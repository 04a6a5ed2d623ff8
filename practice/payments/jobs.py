"""This file knows what happens to money without a browser; every sweep may run late, twice, or twice at once."""

from __future__ import annotations

from datetime import timedelta

from practice.work.jobs import sweep

from . import actions, comparing, inbox, operations, payday, sweeping


@sweep(every=timedelta(seconds=3))
def tell() -> int:
    """The card processor's messages are looked at, and it is told what was decided."""
    return inbox.look_at_due() + operations.carry_out()


@sweep(every=timedelta(minutes=1))
def holds() -> int:
    """Holds end: at the card processor first, and here where it goes on answering nothing."""
    return sweeping.end_holds() + sweeping.give_up_holds()


@sweep(every=timedelta(minutes=1))
def open_pages() -> int:
    """What may have been paid without a word to us."""
    return sweeping.look_at_pages()


@sweep(every=timedelta(minutes=10))
def messages_of_late() -> int:
    """Messages of the last hours that never came."""
    return sweeping.find_messages(sweeping.LATELY)


@sweep(every=timedelta(hours=6))
def messages_of_days() -> int:
    """Messages of three days that never came: while nobody was here to hear them."""
    return sweeping.find_messages(sweeping.MISSED)


@sweep(every=timedelta(days=1))
def objects_of_a_month() -> int:
    """What differs from what is known here, though no message is left of it."""
    return sweeping.find_objects()


@sweep(every=timedelta(minutes=5))
def ripen() -> int:
    """Payees may be paid once the wait after the session is over."""
    return sweeping.ripen_lines()


@sweep(every=timedelta(hours=6))
def accounts() -> int:
    """How payees' accounts and payouts stand."""
    return sweeping.look_at_accounts()


@sweep(every=timedelta(hours=1))
def payouts() -> int:
    """On Mondays what payees have on their balances goes to their banks; whoever was missed then, as soon as may be."""
    return payday.run()


@sweep(every=timedelta(days=1))
def forget_messages() -> int:
    """Messages that nobody can send again are forgotten."""
    return sweeping.forget_messages()


@sweep(every=timedelta(minutes=1))
def compare() -> int:
    """Our books are compared with themselves and the card processor's: each day, and when staff want it."""
    return comparing.run_due()


@sweep(every=timedelta(minutes=1))
def look_again() -> int:
    """What staff want the card processor to be asked once more."""
    return sweeping.look_again()


@sweep(every=timedelta(hours=1))
def lapse_proposals() -> int:
    """What nobody agreed to in time is not done."""
    return actions.lapse()
